//! A case in a list: narrow, without texts, complainant or actions.

use chrono::{DateTime, FixedOffset, NaiveDate};
use domain::words::CaseType;
use persistence::case::CaseItem;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{CappedCount, StaffName, Teller, UnitName};
use crate::case::codes;

/// A case as lists show it.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = CaseItem)]
pub(crate) struct CaseItemView {
    /// Its id.
    id: Uuid,
    /// Its number.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40)]
    case_no: Option<String>,
    /// Where it stands.
    #[schema(schema_with = codes::status)]
    status: &'static str,
    /// Its version.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    version: u64,
    /// What kind of matter it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = codes::a_case_type)]
    case_type: Option<&'static str>,
    /// How it came.
    #[schema(schema_with = codes::a_channel)]
    channel: &'static str,
    /// A line that names it; absent for what is confidential.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200)]
    subject: Option<String>,
    /// The category.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40)]
    category: Option<String>,
    /// How serious it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40)]
    severity: Option<String>,
    /// How urgent it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40)]
    urgency: Option<String>,
    /// Flags.
    #[schema(schema_with = codes::words)]
    flags: Vec<String>,
    /// Whether it is open only to those named on it.
    confidential: bool,
    /// The round; 0 before the first dispatch.
    #[schema(minimum = 0, maximum = 255)]
    round: i32,
    /// When the office got it.
    received_at: DateTime<FixedOffset>,
    /// Who took it in.
    #[serde(skip_serializing_if = "Option::is_none")]
    first_receiver: Option<StaffName>,
    /// The unit that leads.
    #[serde(skip_serializing_if = "Option::is_none")]
    lead_unit: Option<UnitName>,
    /// The duty that is due next.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_due: Option<NextDueView>,
    /// Whether that duty is overdue.
    overdue: bool,
}

/// The duty of a case that is due next.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = NextDue)]
pub(crate) struct NextDueView {
    /// Which.
    duty_id: Uuid,
    /// The last day that is in time.
    due_on: NaiveDate,
    /// The first instant that is too late.
    due_at: DateTime<FixedOffset>,
}

/// A page of cases.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct CasePage {
    /// The cases, in the order asked for.
    #[schema(max_items = 100)]
    items: Vec<CaseItemView>,
    /// Where the next page begins; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 1000)]
    next_cursor: Option<String>,
    /// How many match in all, if it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    count: Option<CappedCount>,
}

impl CasePage {
    /// A page of these rows, told to this caller.
    pub(crate) fn new(
        rows: impl IntoIterator<Item = CaseItem>,
        next_cursor: Option<String>,
        count: Option<u32>,
        teller: &Teller,
    ) -> Self {
        Self {
            items: rows
                .into_iter()
                .map(|row| CaseItemView::new(row, teller))
                .collect(),
            next_cursor,
            count: count.map(CappedCount::of),
        }
    }
}

impl CaseItemView {
    /// The row, told to this caller.
    pub(crate) fn new(item: CaseItem, teller: &Teller) -> Self {
        let overdue = item.next_due.as_ref().is_some_and(|due| due.at <= teller.now);
        Self {
            id: item.id.0,
            case_no: item.case_no,
            status: item.status.as_str(),
            version: item.version,
            case_type: item.case_type.map(CaseType::as_str),
            channel: item.channel.as_str(),
            subject: item.subject,
            category: item.category.map(|it| it.to_string()),
            severity: item.severity.map(|it| it.to_string()),
            urgency: item.urgency.map(|it| it.to_string()),
            flags: item.flags.iter().map(ToString::to_string).collect(),
            confidential: item.confidential,
            round: i32::from(item.round),
            received_at: teller.instant(item.received_at),
            first_receiver: item.first_receiver.map(|staff| teller.staff_name(staff)),
            lead_unit: item.lead_unit.map(|unit| teller.unit_name(unit)),
            next_due: item.next_due.map(|due| NextDueView {
                duty_id: due.duty.0,
                due_on: due.on,
                due_at: teller.instant(due.at),
            }),
            overdue,
        }
    }
}

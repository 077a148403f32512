//! A notification as it is answered: which case, why, under which clause. It repeats no word that a person wrote.

use chrono::{DateTime, FixedOffset};
use domain::notification::NotificationKind;
use persistence::notification::NotificationItem;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::case::codes;
use crate::case::view::{CappedCount, Teller};
use crate::problem::ClauseView;

/// What somebody was told about a case.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Notification)]
pub(crate) struct NotificationView {
    /// Its id.
    id: Uuid,
    /// Why.
    #[schema(schema_with = kind)]
    kind: &'static str,
    /// The same for people.
    #[schema(max_length = 100)]
    title: String,
    /// The case.
    case_id: Uuid,
    /// The case's number.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40)]
    case_no: Option<String>,
    /// The number of the event in the history of the case.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    sequence: u64,
    /// The clause it rests on.
    #[serde(skip_serializing_if = "Option::is_none")]
    clause: Option<ClauseView>,
    /// The duty it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    duty_id: Option<Uuid>,
    /// When it was written.
    told_at: DateTime<FixedOffset>,
    /// When the caller marked it as read; absent while it is unread.
    #[serde(skip_serializing_if = "Option::is_none")]
    read_at: Option<DateTime<FixedOffset>>,
}

/// A page of notifications.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct NotificationPage {
    /// The notifications, newest first.
    #[schema(max_items = 100)]
    pub(crate) items: Vec<NotificationView>,
    /// Where the next page begins; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 1000)]
    pub(crate) next_cursor: Option<String>,
    /// How many are unread, if it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) counts: Option<NotificationCounts>,
}

/// How many notifications are unread.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct NotificationCounts {
    /// How many in all.
    unread: CappedCount,
    /// The kinds of which there are any.
    #[schema(max_items = 20)]
    groups: Vec<NotificationGroupCount>,
}

/// The unread notifications of one kind.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct NotificationGroupCount {
    /// The kind.
    #[schema(schema_with = kind)]
    kind: &'static str,
    /// How many.
    count: CappedCount,
}

impl NotificationView {
    /// A notification, told to its addressee in the words of the version that its case lives under.
    pub(crate) fn new(item: &NotificationItem, teller: &Teller) -> Self {
        Self {
            id: item.id,
            kind: item.kind.as_str(),
            title: teller.say(item.kind.zh(), item.kind.en()),
            case_id: item.case.0,
            case_no: item.case_no.clone(),
            sequence: item.sequence,
            clause: item.clause.as_ref().map(|clause| teller.clause(clause)),
            duty_id: item.duty.map(|duty| duty.0),
            told_at: teller.instant(item.told_at),
            read_at: item.read_at.map(|at| teller.instant(at)),
        }
    }
}

impl NotificationCounts {
    /// What was counted.
    pub(crate) fn of(counted: &[(NotificationKind, u32)]) -> Self {
        let all = counted.iter().map(|(_, count)| count).sum();
        Self {
            unread: CappedCount::of(all),
            groups: counted
                .iter()
                .map(|(kind, count)| NotificationGroupCount {
                    kind: kind.as_str(),
                    count: CappedCount::in_all(*count, all),
                })
                .collect(),
        }
    }
}

fn kind() -> utoipa::openapi::schema::Object {
    codes::open(NotificationKind::WORDS)
}

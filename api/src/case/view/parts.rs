//! The small parts that answers about cases are made of.

use chrono::{DateTime, FixedOffset, NaiveDate};
use domain::time_limit::{Span, Unit, Within};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::case::codes;

/// A member of staff.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct StaffName {
    /// Who.
    pub(crate) staff_id: Uuid,
    /// The name.
    #[schema(max_length = 100, example = "李某")]
    pub(crate) name: String,
}

/// A unit.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct UnitName {
    /// Which.
    pub(crate) unit_id: Uuid,
    /// Its name.
    #[schema(max_length = 100, example = "城区营销部")]
    pub(crate) name: String,
    /// The level it stands at.
    #[schema(max_length = 40)]
    pub(crate) level: String,
}

/// Who owes or may: a person, a unit, a position, or several of these together; at least one is present.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Holder {
    /// The member of staff.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) staff_id: Option<Uuid>,
    /// The unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) unit_id: Option<Uuid>,
    /// The position, by the rulebook's word.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40, example = "intake_officer")]
    pub(crate) position: Option<String>,
    /// What a person would call the holder.
    #[schema(max_length = 200, example = "投诉受理员")]
    pub(crate) name: String,
}

/// A length of time, as an answer tells it.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[schema(example = json!({"count": 2, "unit": "working_day"}))]
pub(crate) struct Amount {
    /// How many.
    #[schema(minimum = 1, maximum = 1_000_000)]
    count: u32,
    /// Of what.
    #[schema(schema_with = codes::unit_of_limit)]
    unit: &'static str,
}

impl Amount {
    /// The length of a limit; none where it has no number.
    pub(crate) fn of_limit(within: Within) -> Option<Self> {
        match within {
            Within::Immediately | Within::Promptly | Within::AsPrescribed => None,
            Within::SameDay => Some(Self {
                count: 1,
                unit: "same_day",
            }),
            Within::Span(span) => Some(span.into()),
        }
    }

    /// What several extensions make together; none where they are in different units.
    pub(crate) fn of_all(spans: &[Span]) -> Option<Self> {
        let first = *spans.first()?;
        let all_alike = spans.iter().all(|span| span.unit == first.unit);
        let count = spans
            .iter()
            .fold(0, |sum: u32, span| sum.saturating_add(span.amount.get()));
        all_alike.then_some(Self {
            count,
            ..first.into()
        })
    }
}

impl From<Span> for Amount {
    fn from(span: Span) -> Self {
        Self {
            count: span.amount.get(),
            unit: match span.unit {
                Unit::WorkingHour => "working_hour",
                Unit::Hour => "hour",
                Unit::WorkingDay => "working_day",
                Unit::Day => "calendar_day",
                Unit::Month => "month",
                Unit::Year => "year",
            },
        }
    }
}

/// Something that was done on the case.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct DoneDeed {
    /// The thing it made.
    pub(crate) id: Uuid,
    /// Which deed: `measure.apology`, `rectification_check` …
    #[schema(max_length = 64, example = "measure.apology")]
    pub(crate) deed: String,
    /// What people call it.
    #[schema(max_length = 200)]
    pub(crate) title: String,
    /// When.
    pub(crate) at: DateTime<FixedOffset>,
    /// By whom; absent where a rule or the clock did it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) by: Option<StaffName>,
    /// In which round; 0 before the first dispatch.
    #[schema(minimum = 0, maximum = 255)]
    pub(crate) round: i32,
    /// For which dispatch, if it is a unit's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) dispatch_id: Option<Uuid>,
    /// What was written; absent once erased.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 20_000)]
    pub(crate) text: Option<String>,
    /// False once it was undone: a plan refused, a check not passed.
    pub(crate) stands: bool,
}

/// A capped count.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub(crate) struct CappedCount {
    /// How many, counted no further than the cap.
    #[schema(minimum = 0, maximum = 10_000)]
    pub(crate) value: u32,
    /// Whether there may be more.
    pub(crate) capped: bool,
}

/// How far anything is counted.
pub(crate) const COUNT_MAX: u32 = 10_000;

impl CappedCount {
    /// What a count that stops at [`COUNT_MAX`] says.
    pub(crate) fn of(value: u32) -> Self {
        Self::in_all(value, value)
    }

    /// What the count of one group says, where counting stopped at [`COUNT_MAX`] for all groups together.
    pub(crate) fn in_all(value: u32, all: u32) -> Self {
        Self {
            value,
            capped: all >= COUNT_MAX,
        }
    }
}

/// The last day that is in time of something, and the first instant that is too late.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub(crate) struct Ends {
    /// The last day that is in time.
    pub(crate) due_on: NaiveDate,
    /// The first instant that is too late.
    pub(crate) due_at: DateTime<FixedOffset>,
}

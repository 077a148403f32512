//! What a new version of a calendar says otherwise: why a due date moves.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{Calendar, DayKind, Holiday};

/// What one version of a calendar says otherwise than another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The days that are worked and were not, or the other way round, in order.
    days: Vec<ChangedDay>,
    /// Whether the business hours are others.
    pub hours: bool,
}

/// A day that is worked and was not, or the other way round.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangedDay {
    /// The day.
    pub date: NaiveDate,
    /// What it was.
    pub was: DayKind,
    /// What it is.
    pub is: DayKind,
    /// The holiday or local day that makes it so, or did before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

impl Difference {
    /// What `after` says otherwise than `before`.
    #[must_use]
    pub fn between(before: &Calendar, after: &Calendar) -> Self {
        let named: BTreeSet<NaiveDate> = [before, after].into_iter().flat_map(named_days).collect();
        let changed = |date: NaiveDate| {
            let (was, is) = (before.day(date), after.day(date));
            (was.kind.is_working() != is.kind.is_working()).then(|| ChangedDay {
                date,
                was: was.kind,
                is: is.kind,
                name: is.name.or(was.name).map(str::to_owned),
            })
        };
        Self {
            days: named.into_iter().filter_map(changed).collect(),
            hours: before.business_hours() != after.business_hours(),
        }
    }

    /// The changed days from `first` to `last`.
    #[must_use]
    pub fn days(&self, first: NaiveDate, last: NaiveDate) -> &[ChangedDay] {
        let from = self.days.partition_point(|day| day.date < first);
        let to = self.days.partition_point(|day| day.date <= last);
        self.days.get(from..to).unwrap_or_default()
    }
}

/// The days of which a notice or the office speaks.
fn named_days(calendar: &Calendar) -> impl Iterator<Item = NaiveDate> {
    let holidays = calendar.years().iter().flat_map(|year| &year.holidays);
    let of_notices = holidays.flat_map(Holiday::days).map(|(day, _)| day);
    let own = calendar.local_days().iter().flat_map(|local| local.days.days());
    of_notices.chain(own)
}

//! A duty under a newer calendar.
//!
//! Nothing but the count is done again: start, limit, pauses and extensions are as they were recorded. So a case on which
//! a command is decided, the run that applies an import, and its dry run all find the same, and what one of them has
//! moved the others find moved.

use chrono::{DateTime, Utc};

use super::{Due, Terms};
use crate::calendar::Calendar;
use crate::time_limit;

/// What is owed, if it is due at another time under a newer calendar, or no longer provisionally. Nothing where it was
/// due before that calendar was gone by: a new notice moves what is not yet due, and leaves what is over. A calendar
/// without a beginning is gone by from now on.
#[must_use]
pub fn recounted(terms: &Terms, calendar: &Calendar, now: DateTime<Utc>) -> Option<Terms> {
    let due = terms.due.as_ref()?;
    if is_left(terms, calendar, now) || calendar.version() <= terms.calendar_version {
        return None;
    }
    let (start, limit) = (terms.start.as_ref()?, terms.limit.as_ref()?);
    let count = time_limit::count(start.at, limit, &terms.counting, &terms.pauses, calendar)?;
    let again = count.paused_since.is_none().then_some(Due {
        on: count.due_on,
        at: count.due_at,
        provisional: !count.provisional_years.is_empty(),
    });
    (again.as_ref() != Some(due)).then(|| Terms {
        due: again,
        calendar_version: calendar.version(),
        ..terms.clone()
    })
}

/// Whether it was due before a newer calendar was gone by.
#[must_use]
pub(crate) fn is_left(terms: &Terms, calendar: &Calendar, now: DateTime<Utc>) -> bool {
    let since = calendar.since().unwrap_or(now);
    terms.calendar_version < calendar.version() && terms.due.as_ref().is_some_and(|due| due.at <= since)
}

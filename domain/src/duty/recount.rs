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
/// due before that calendar was gone by: a new notice moves what is not yet due, and leaves what is over. Nothing, either,
/// where it would have been due before: nobody keeps a limit of which he learns after its end, so that a notice makes
/// nothing late at once. A calendar without a beginning is gone by from now on.
#[must_use]
pub fn recounted(terms: &Terms, calendar: &Calendar, now: DateTime<Utc>) -> Option<Terms> {
    let due = terms.due.as_ref()?;
    if calendar.version() <= terms.calendar_version {
        return None;
    }
    let (start, limit) = (terms.start.as_ref()?, terms.limit.as_ref()?);
    let count = time_limit::count(start.at, limit, &terms.counting, &terms.pauses, calendar)?;
    let again = count.paused_since.is_none().then_some(Due {
        on: count.due_on,
        at: count.due_at,
        provisional: !count.provisional_years.is_empty(),
    });
    if again.as_ref() == Some(due) || is_left(terms, again.as_ref(), calendar, now) {
        return None;
    }
    Some(Terms {
        due: again,
        calendar_version: calendar.version(),
        ..terms.clone()
    })
}

/// Whether a newer calendar, under which it would be due at `again`, leaves it as it is: it was due before that calendar
/// was gone by, or would have been.
#[must_use]
pub(crate) fn is_left(terms: &Terms, again: Option<&Due>, calendar: &Calendar, now: DateTime<Utc>) -> bool {
    let since = calendar.since().unwrap_or(now);
    let is_over = |due: &Due| due.at <= since;
    terms.calendar_version < calendar.version()
        && terms
            .due
            .as_ref()
            .is_some_and(|due| is_over(due) || again.is_some_and(is_over))
}

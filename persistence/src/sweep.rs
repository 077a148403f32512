//! The sweep (巡检): what is due is claimed, looked at and committed, a batch at a time; what it did, and what failed.
//!
//! A case is due when its `next_look_at` has come. Replicas on PostgreSQL share what is due by claiming: a batch locks the
//! cases it takes and skips those that somebody else has locked, so that no two look at the same one. The lock is the
//! claim: it ends with the transaction, and so with a replica that is killed, and no lease has to run out.
//!
//! A case that cannot be looked at is put off, a little longer each time. Its `next_look_at` says when it is tried again,
//! so that until then no replica meets it and it holds up nothing else.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use domain::ids::{CaseId, OfficeId};
use uuid::Uuid;

use crate::case::{LookDue, NotAccepted};
use crate::schema::{sweep_failures, sweeps};
use crate::sql_types::Bind;
use crate::store_error::StoreError;

/// What came of a batch, or of several.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Swept {
    /// What was due, by office.
    pub offices: BTreeMap<OfficeId, Tally>,
    /// The cases that failed.
    pub failures: Vec<Failure>,
}

/// What was due in an office.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Since when the oldest of it had been.
    pub oldest: Option<DateTime<Utc>>,
    /// Cases that were looked at.
    pub cases: u64,
    /// Steps that fired.
    pub steps: u64,
    /// Cases that could not be looked at.
    pub failed: u64,
}

impl Swept {
    /// How many cases were looked at, those that failed among them.
    #[must_use]
    pub fn cases(&self) -> u64 {
        self.offices.values().map(|tally| tally.cases).sum()
    }

    /// How many steps fired.
    #[must_use]
    pub fn steps(&self) -> u64 {
        self.offices.values().map(|tally| tally.steps).sum()
    }

    /// Adds what came of another batch.
    pub fn add(&mut self, more: Self) {
        for (office, tally) in more.offices {
            let own = self.offices.entry(office).or_default();
            own.oldest = [own.oldest, tally.oldest].into_iter().flatten().min();
            own.cases += tally.cases;
            own.steps += tally.steps;
            own.failed += tally.failed;
        }
        self.failures.extend(more.failures);
    }

    pub(crate) fn looked_at(&mut self, due: &LookDue, steps: u64) {
        let tally = self.offices.entry(due.office).or_default();
        tally.oldest = [tally.oldest, Some(due.since)].into_iter().flatten().min();
        tally.cases += 1;
        tally.steps += steps;
    }

    pub(crate) fn failed(&mut self, failure: Failure) {
        self.looked_at(&failure.due, 0);
        self.offices.entry(failure.due.office).or_default().failed += 1;
        self.failures.push(failure);
    }
}

/// A case that is due and could not be looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Which, and since when something is due on it.
    pub due: LookDue,
    /// When it was tried.
    pub at: DateTime<Utc>,
    /// Why not.
    pub fault: Fault,
    /// What the archive or the rules said; for the log.
    pub said: String,
}

/// Why a case could not be looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::IntoStaticStr, strum::EnumString)]
#[strum(serialize_all = "snake_case")]
pub enum Fault {
    /// A row of it cannot be read.
    Unreadable,
    /// The rulebook it lives under is not here.
    NoRulebook,
    /// The rules refuse it, panic over it, or know nothing to do about what is due.
    Undecidable,
    /// The database refuses what would be written, or somebody holds the case for too long.
    NotWritten,
}

impl Failure {
    pub(crate) fn of(due: LookDue, at: DateTime<Utc>, reason: &NotAccepted) -> Self {
        let fault = match reason {
            NotAccepted::OfficeNotActive => Fault::NoRulebook,
            NotAccepted::CaseUnknown | NotAccepted::Store(StoreError::Corrupt { .. }) => Fault::Unreadable,
            NotAccepted::Refused(_)
            | NotAccepted::Stale { .. }
            | NotAccepted::KeyInProgress
            | NotAccepted::KeyReused
            | NotAccepted::Overloaded
            | NotAccepted::Store(StoreError::Failed(_)) => Fault::Undecidable,
            NotAccepted::Store(
                StoreError::Unavailable(_)
                | StoreError::Busy(_)
                | StoreError::Conflict(_)
                | StoreError::Stale { .. }
                | StoreError::Missing(_)
                // It passes as soon as the key is given.
                | StoreError::KeyMissing { .. },
            ) => Fault::NotWritten,
        };
        Self {
            due,
            at,
            fault,
            said: format!("{reason:?}"),
        }
    }

    pub(crate) fn not_written(due: LookDue, at: DateTime<Utc>, error: &StoreError) -> Self {
        Self {
            due,
            at,
            fault: Fault::NotWritten,
            said: format!("{error:?}"),
        }
    }

    pub(crate) fn nothing_follows(due: LookDue, at: DateTime<Utc>) -> Self {
        Self {
            due,
            at,
            fault: Fault::Undecidable,
            said: "something is due, and nothing follows from it".to_owned(),
        }
    }
}

/// How long a case rests that has failed so many times in a row: half a minute, twice as long each time, six hours at most.
pub(crate) fn backoff(failures: i32) -> TimeDelta {
    const LONGEST: TimeDelta = TimeDelta::hours(6);
    let doubled = failures.clamp(1, 16) - 1;
    (TimeDelta::seconds(30) * (1 << doubled)).min(LONGEST)
}

/// A run of the sweep in one office, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Insertable, Queryable, Selectable)]
#[diesel(table_name = sweeps)]
pub struct SweepRecord {
    /// The office.
    #[diesel(serialize_as = Bind<Uuid>)]
    pub office_id: Uuid,
    /// The run in this office.
    #[diesel(serialize_as = Bind<Uuid>)]
    pub id: Uuid,
    /// When it began.
    #[diesel(serialize_as = Bind<DateTime<Utc>>)]
    pub started_at: DateTime<Utc>,
    /// When it was through.
    #[diesel(serialize_as = Bind<DateTime<Utc>>)]
    pub ended_at: DateTime<Utc>,
    /// Since when the oldest of what it met had been due.
    #[diesel(serialize_as = Bind<DateTime<Utc>>)]
    pub oldest_due_at: DateTime<Utc>,
    /// How many cases it looked at.
    pub cases: i64,
    /// How many steps fired.
    pub steps: i64,
    /// How many cases failed.
    pub failed: i64,
}

/// A case that is put off, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = sweep_failures)]
pub struct SweepFailureRecord {
    /// The office.
    pub office_id: Uuid,
    /// The case.
    pub case_id: Uuid,
    /// Since when something is due on it.
    pub due_at: DateTime<Utc>,
    /// How many times in a row it has failed.
    pub failures: i32,
    /// When it failed first.
    pub first_failed_at: DateTime<Utc>,
    /// When it failed last.
    pub last_failed_at: DateTime<Utc>,
    /// When it is tried again.
    pub retry_at: DateTime<Utc>,
    /// Why it failed last: a [`Fault`] as it is written.
    pub fault: String,
}

impl SweepFailureRecord {
    /// The case.
    #[must_use]
    pub fn case(&self) -> CaseId {
        CaseId(self.case_id)
    }
}

/// How far behind the sweep is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Lag {
    /// Since when the oldest step that has not fired has been due, those of cases that are put off among them.
    pub oldest_due_at: Option<DateTime<Utc>>,
    /// How many cases are put off, a thousand at most.
    pub put_off: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_fails_again_rests_twice_as_long() {
        let seconds = |failures| backoff(failures).num_seconds();
        assert_eq!([seconds(1), seconds(2), seconds(3)], [30, 60, 120]);
        assert_eq!(seconds(30), 6 * 3600);
        assert_eq!(seconds(i32::MAX), 6 * 3600);
    }
}

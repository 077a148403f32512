//! The guard before a secret that can be guessed: tries are counted under a keyed hash of the name that was given.
//!
//! Whether anybody has that name plays no part, so that a lock says nothing about it. A try counts before the secret is
//! compared, and is forgotten when it was right: guesses made side by side cannot pass the guard together.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;

use crate::schema::log_in_guards;
use crate::staff::LogInRecord;

/// When tries lock a name, and for how long.
#[derive(Debug, Clone, Copy)]
pub struct LockRule {
    /// How many tries in a row are free; with the last of them the name is locked.
    pub free: i32,
    /// How long the first lock lasts. Each further try that fails makes it twice as long.
    pub first: TimeDelta,
    /// How long a lock lasts at most.
    pub longest: TimeDelta,
    /// After how long without a try the earlier ones are forgotten.
    pub remembered: TimeDelta,
}

impl LockRule {
    /// How long a name is locked with this many tries behind it; none while they are free.
    pub fn lasting(&self, tries: i32) -> Option<TimeDelta> {
        let doublings = u32::try_from(tries.checked_sub(self.free)?).ok()?;
        let factor = 1_i32.checked_shl(doublings.min(30)).unwrap_or(i32::MAX);
        let lasting = self.first.checked_mul(factor).unwrap_or(self.longest);
        Some(lasting.min(self.longest))
    }
}

/// Whether a try may be made.
#[derive(Clone)]
pub enum Admission {
    /// It may, and has been counted.
    Admitted {
        /// Who has the name, if anybody.
        record: Option<Box<LogInRecord>>,
        /// Until when the name is locked for others, and for this one if the try fails.
        locked_until: Option<DateTime<Utc>>,
    },
    /// It may not, before this instant.
    Locked(DateTime<Utc>),
}

/// What is kept of the tries under one name.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = log_in_guards)]
pub(crate) struct GuardRecord {
    pub(crate) tries: i32,
    pub(crate) tried_at: DateTime<Utc>,
    pub(crate) locked_until: Option<DateTime<Utc>>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_grows_with_each_further_try_up_to_a_bound() {
        let rule = LockRule {
            free: 5,
            first: TimeDelta::minutes(1),
            longest: TimeDelta::hours(1),
            remembered: TimeDelta::days(1),
        };
        let minutes = |tries| rule.lasting(tries).map(|lasting| lasting.num_minutes());
        let lasting = [0, 1, 4, 5, 6, 7, 10, 11, 40, i32::MAX].map(minutes);
        let expected = [
            None,
            None,
            None,
            Some(1),
            Some(2),
            Some(4),
            Some(32),
            Some(60),
            Some(60),
            Some(60),
        ];
        assert_eq!(lasting, expected);
    }
}

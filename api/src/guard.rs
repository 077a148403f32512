//! The guard before passwords: what may be guessed, how often, and how long one then waits.
//!
//! Tries are counted in the database, so that all replicas count together, under a keyed hash of the name that was given:
//! a name that nobody has is locked like any other, and nobody who reads the database learns which names were tried. A
//! try counts before the password is compared, and is forgotten when it was right.

use chrono::{DateTime, TimeDelta, Utc};
use hmac::{Hmac, Mac};
use persistence::guard::{Admission, LockRule};
use persistence::staff::LogInRecord;
use sha2::Sha256;

use crate::desk::{Desk, apart};
use crate::keys::derived;
use crate::password;
use crate::problem::{Kind, Problem};

/// Five tries are free. Then the name is locked for a minute, and with each further try that fails for twice as long, up
/// to an hour. A day without a try forgets them.
const RULE: LockRule = LockRule {
    free: 5,
    first: TimeDelta::minutes(1),
    longest: TimeDelta::hours(1),
    remembered: REMEMBERED,
};

/// After how long without a try the earlier ones are forgotten.
pub(crate) const REMEMBERED: TimeDelta = TimeDelta::days(1);

/// The key of the hashes under which tries are counted.
pub(crate) struct GuardKey(Hmac<Sha256>);

impl GuardKey {
    /// The key made of `secret`; apart from any other key made of it.
    pub(crate) fn new(secret: &[u8]) -> Self {
        Self(derived(secret, b"log-ins"))
    }

    /// Under what the tries of a name are counted.
    pub(crate) fn of(&self, user_name: &str) -> Vec<u8> {
        self.0
            .clone()
            .chain_update(user_name)
            .finalize()
            .into_bytes()
            .to_vec()
    }
}

/// Somebody whose password was right.
pub(crate) struct Proven {
    /// Who has the name.
    pub(crate) record: LogInRecord,
    /// Under what their tries are counted, to be forgotten with what follows.
    pub(crate) name_hash: Vec<u8>,
}

/// Holds a password against a name, as one try.
///
/// # Errors
/// `bad_credentials`, whichever half was wrong; `locked_out` while the name is locked, and when this try locks it.
pub(crate) async fn prove(desk: &Desk, user_name: String, password: String) -> Result<Proven, Problem> {
    let now = desk.watch.now();
    let name_hash = desk.guard_key.of(&user_name);
    let counted_under = name_hash.clone();
    let admission = desk
        .blocking(move |archive| archive.admit_log_in(&counted_under, &user_name, RULE, now))
        .await?;
    let (record, locked_until) = match admission {
        Admission::Admitted { record, locked_until } => (record, locked_until),
        Admission::Locked(until) => return Err(locked(until, now)),
    };
    let hash = record.as_ref().map(|record| record.password_hash.clone());
    // Compared whether or not the name is known: the work is the same.
    let matches = apart(move || password::verify(&password, hash.as_deref())).await?;
    match record.filter(|_| matches) {
        Some(record) => Ok(Proven {
            record: *record,
            name_hash,
        }),
        None => Err(locked_until.map_or_else(|| Kind::BadCredentials.into(), |until| locked(until, now))),
    }
}

fn locked(until: DateTime<Utc>, now: DateTime<Utc>) -> Problem {
    let seconds = (until - now).num_seconds().max(1);
    Problem::from(Kind::LockedOut).retry_after(u32::try_from(seconds).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_names_hash_needs_the_key() {
        let key = GuardKey::new(b"a secret of more than thirty-two bytes");
        assert_eq!(key.of("hall.clerk"), key.of("hall.clerk"));
        assert_ne!(key.of("hall.clerk"), key.of("hall.Clerk"));
        let other = GuardKey::new(b"another secret of more than 32 bytes!");
        assert_ne!(key.of("hall.clerk"), other.of("hall.clerk"));
    }
}

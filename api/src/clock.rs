//! The only place that reads the time.
//!
//! Instants are cut to microseconds, because one of the two databases keeps no more: an instant must be the same
//! before and after it was stored.

use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, SubsecRound, Utc};

/// Where the service takes its time from.
#[derive(Debug, Clone)]
pub enum Clock {
    /// The time of the machine.
    System,
    /// A time that stands still until somebody sets it; for tests and demonstrations. Clones share it.
    Manual(ManualClock),
}

impl Clock {
    /// A manual clock that stands at `start`.
    pub fn manual(start: DateTime<Utc>) -> Self {
        Self::Manual(ManualClock {
            now: Arc::new(Mutex::new(start.trunc_subsecs(6))),
        })
    }

    /// The present instant, in whole microseconds.
    pub fn now(&self) -> DateTime<Utc> {
        match self {
            Self::System => system_now().trunc_subsecs(6),
            Self::Manual(clock) => clock.now(),
        }
    }
}

/// A clock that is set by hand, and only forward.
#[derive(Debug, Clone)]
pub struct ManualClock {
    now: Arc<Mutex<DateTime<Utc>>>,
}

impl ManualClock {
    /// The instant it was last set to.
    pub fn now(&self) -> DateTime<Utc> {
        *self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sets the clock forward to `instant`; setting it to the present instant changes nothing.
    ///
    /// # Errors
    /// [`BackInTime`] when `instant` lies before the present one: what is on record would get a past later than
    /// its future.
    pub fn set(&self, instant: DateTime<Utc>) -> Result<(), BackInTime> {
        let instant = instant.trunc_subsecs(6);
        let mut now = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        if instant < *now {
            return Err(BackInTime { now: *now });
        }
        *now = instant;
        Ok(())
    }
}

/// A manual clock was to be set back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the clock stands at {now} and cannot be set back")]
pub struct BackInTime {
    /// Where the clock stands.
    pub now: DateTime<Utc>,
}

#[expect(
    clippy::disallowed_methods,
    reason = "this is the one place that reads the machine's time"
)]
fn system_now() -> DateTime<Utc> {
    std::time::SystemTime::now().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manual_clock_only_goes_forward_and_its_clones_follow() {
        let start: DateTime<Utc> = "2026-03-02T09:00:00.123456789+08:00".parse().unwrap();
        let clock = Clock::manual(start);
        assert_eq!(clock.now().to_rfc3339(), "2026-03-02T01:00:00.123456+00:00");
        let Clock::Manual(hand) = clock.clone() else {
            panic!("it is manual")
        };
        let later = start + chrono::Duration::days(1);
        hand.set(later).unwrap();
        assert_eq!(clock.now(), later.trunc_subsecs(6));
        hand.set(later).unwrap();
        assert_eq!(
            hand.set(start),
            Err(BackInTime {
                now: later.trunc_subsecs(6)
            })
        );
    }

    #[test]
    fn the_systems_time_has_whole_microseconds() {
        assert_eq!(Clock::System.now().timestamp_subsec_nanos() % 1000, 0);
    }
}

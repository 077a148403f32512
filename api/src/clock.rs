//! The only place that reads the time.
//!
//! **One time for all replicas.** Where the database is a server, the time is the server's, whatever the machines of
//! the replicas say: two that disagree by an hour would fire steps an hour early and call late what was in time. To ask
//! for it with each command would cost every reading a round trip, so a replica asks every few seconds
//! ([`SharedClock::set`]) and in between counts on from the answer with a clock that only runs (`Instant`), which
//! nobody can set. The wall clock of the machine is not read at all: however far it is off and wherever it jumps,
//! nobody notices. What remains is half the round trip of the question, of which the shortest lately counts, and the
//! drift of a quartz since: some milliseconds. Where it is a file, there is one process, and its machine's clock is the
//! time.
//!
//! **A clock that is set back** (the server's, or the machine's) is followed, because a limit ends when the time has come
//! and not earlier. That harms no case: `decide` records nothing before the case's last entry, a step that was taken
//! stands in the case and is not taken again, and a due time is counted from what is recorded and not from the clock.
//!
//! Instants are cut to microseconds, because one of the two databases keeps no more: an instant must be the same
//! before and after it was stored.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use chrono::{DateTime, SubsecRound, Utc};

/// Where the service takes its time from.
#[derive(Debug, Clone)]
pub enum Clock {
    /// The time of the machine.
    System,
    /// The time of the database's server, which all replicas share.
    Shared(SharedClock),
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
            Self::Shared(clock) => clock.now(),
            Self::Manual(clock) => clock.now(),
        }
    }
}

/// A clock that somebody else keeps: it is set by what he tells, and runs by itself in between. Clones share it.
#[derive(Debug, Clone)]
pub struct SharedClock(Arc<Mutex<Reading>>);

/// What the keeper of a clock told.
#[derive(Debug, Clone, Copy)]
struct Reading {
    /// The time.
    time: DateTime<Utc>,
    /// When it was that.
    at: Instant,
    /// By how much it may be wrong.
    error: Duration,
}

/// By how much a machine's clock goes wrong in a second: more than any quartz does.
const DRIFT_PER_SECOND: Duration = Duration::from_micros(200);

/// A difference beyond what question and drift explain: the keeper's clock was set.
const SET: Duration = Duration::from_millis(100);

impl SharedClock {
    /// A clock that shows what its keeper told, who was asked at `asked`.
    pub fn told(time: DateTime<Utc>, asked: Instant) -> Self {
        Self(Arc::new(Mutex::new(Reading::of(time, asked))))
    }

    /// The present instant, in whole microseconds.
    pub fn now(&self) -> DateTime<Utc> {
        let reading = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        reading.now().trunc_subsecs(6)
    }

    /// Takes what the keeper told, who was asked at `asked`; unless the answer took so long that the clock itself knows
    /// better. Whether the keeper's clock has been set since.
    pub fn set(&self, time: DateTime<Utc>, asked: Instant) -> bool {
        let new = Reading::of(time, asked);
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let aged = kept.error + DRIFT_PER_SECOND.mul_f64(kept.at.elapsed().as_secs_f64());
        let apart = (new.now() - kept.now()).abs().to_std().unwrap_or(Duration::MAX);
        let was_set = apart > aged + new.error + SET;
        if was_set || new.error <= aged {
            *kept = new;
        }
        was_set
    }
}

impl Reading {
    /// He told it at some moment between the question and now: in the middle, give or take a half.
    fn of(time: DateTime<Utc>, asked: Instant) -> Self {
        let error = asked.elapsed() / 2;
        Self {
            time,
            at: asked + error,
            error,
        }
    }

    fn now(&self) -> DateTime<Utc> {
        self.time + self.at.elapsed()
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
    fn replicas_that_ask_one_keeper_have_one_time_whatever_their_machines_say() {
        // Neither reads its machine's clock, which here says something else.
        let keepers: DateTime<Utc> = "2031-03-02T09:00:00Z".parse().unwrap();
        let begun = Instant::now();
        let (one, other) = (
            SharedClock::told(keepers, Instant::now()),
            SharedClock::told(keepers, Instant::now()),
        );
        let apart = (one.now() - other.now()).abs();
        assert!(apart.to_std().unwrap() <= begun.elapsed(), "{apart}");
        assert!(one.now() >= keepers && one.now() <= keepers + begun.elapsed());
    }

    #[test]
    fn a_keeper_whose_clock_was_set_is_followed_and_a_slow_answer_is_not() {
        let keepers: DateTime<Utc> = "2031-03-02T09:00:00Z".parse().unwrap();
        let clock = SharedClock::told(keepers, Instant::now());
        // An answer that took a second says less than the clock knows.
        let slow = Instant::now().checked_sub(Duration::from_secs(1)).unwrap();
        assert!(!clock.set(keepers, slow));
        assert!(clock.now() >= keepers && clock.now() < keepers + Duration::from_millis(400));
        // Back, and forward again.
        for set in [
            keepers - Duration::from_hours(48),
            keepers + Duration::from_hours(1),
        ] {
            assert!(clock.set(set, Instant::now()));
            let now = clock.now();
            assert!(now >= set && now < set + Duration::from_secs(5), "{now}");
        }
    }

    #[test]
    fn the_systems_time_has_whole_microseconds() {
        assert_eq!(Clock::System.now().timestamp_subsec_nanos() % 1000, 0);
    }
}

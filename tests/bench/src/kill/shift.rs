//! What the hands of one round share: where they write, when they begin, and the bell that ends it.

use std::sync::atomic::AtomicU64;
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How many hands there are.
pub(super) const HANDS: usize = 16;
/// How far apart the commands of one hand are: together they send a hundred a second.
pub(super) const BEAT: Duration = Duration::from_millis(160);

/// Tells all hands to stop, also those that wait for their time.
#[derive(Debug, Default)]
pub(super) struct Bell {
    rung: Mutex<bool>,
    heard: Condvar,
}

impl Bell {
    /// Tells them.
    pub(super) fn ring(&self) {
        *self.rung.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.heard.notify_all();
    }

    /// Waits; whether the bell rang before that.
    pub(super) fn rings_before(&self, at: Instant) -> bool {
        let left = at.saturating_duration_since(Instant::now());
        let rung = self.rung.lock().unwrap_or_else(PoisonError::into_inner);
        let (rung, _) = self
            .heard
            .wait_timeout_while(rung, left, |rung| !*rung)
            .unwrap_or_else(PoisonError::into_inner);
        *rung
    }
}

/// What the hands of one round share.
#[derive(Debug)]
pub(super) struct Shift<'s> {
    /// Where the service listens.
    pub(super) address: &'s str,
    /// As whom they write.
    pub(super) token: &'s str,
    /// The number of the round.
    pub(super) round: usize,
    /// When the first beat is.
    pub(super) begin: Instant,
    /// Whether nothing new is begun: only what is open is brought to its end.
    pub(super) last: bool,
    /// When to stop.
    pub(super) bell: &'s Bell,
    /// How many commands were acknowledged in this round.
    pub(super) acknowledged: &'s AtomicU64,
}

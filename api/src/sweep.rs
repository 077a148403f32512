//! The sweep (巡检): what became due happens, whoever sleeps.
//!
//! What happens is the core's to say; here only the clock speaks. Every few seconds a run takes what is due a batch at a
//! time, oldest first, until nothing is left. Replicas share the work by claiming in the archive, so that no two look at
//! the same case. A case that fails is put off there for longer and longer, for all replicas, and holds up no other. A run
//! in which anything was due leaves a record (`GET /sweeps`).

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use persistence::measure::{Counter, Histogram};
use persistence::sweep::{Lag, SweepRecord, Swept};

use crate::case::texts::new_id;
use crate::desk::Desk;
use crate::guard::REMEMBERED;
use crate::problem::Problem;

/// How many cases share a transaction. The archive holds them meanwhile, so that few commands shall wait for one of them,
/// and for long; more were not faster.
const BATCH: u32 = 64;
/// How long it rests between two runs.
const REST: Duration = Duration::from_secs(5);
/// How many batches one run takes: then it looks at the clock again.
const BATCHES_MAX: usize = 1000;
/// After how many runs the sessions are forgotten whose time is over: every hour.
const FORGETTING: u32 = 720;

/// What the sweep counts of itself.
#[derive(Debug)]
pub struct Sweeps {
    /// Cases that were looked at.
    pub done: Counter,
    /// Cases that could not be looked at.
    pub failed: Counter,
    /// Steps that fired.
    pub steps: Counter,
    /// How long a batch took.
    pub batch: Histogram,
    last: AtomicU64,
    oldest: AtomicU64,
    put_off: AtomicU64,
}

impl Default for Sweeps {
    fn default() -> Self {
        Self {
            done: Counter::default(),
            failed: Counter::default(),
            steps: Counter::default(),
            batch: Histogram::of_durations(),
            last: AtomicU64::new(0),
            oldest: AtomicU64::new(0),
            put_off: AtomicU64::new(0),
        }
    }
}

impl Sweeps {
    /// When all that was due had last been looked at, in seconds since 1970; 0 before the first time.
    pub fn last(&self) -> u64 {
        self.last.load(Ordering::Relaxed)
    }

    /// For how many seconds the oldest step that has not fired had been due at the end of the last run, those of cases
    /// that are put off among them.
    pub fn lag(&self) -> u64 {
        self.oldest.load(Ordering::Relaxed)
    }

    /// How many cases were put off at the end of the last run, a thousand at most.
    pub fn put_off(&self) -> u64 {
        self.put_off.load(Ordering::Relaxed)
    }

    fn count(&self, swept: &Swept, took: Duration) {
        let failed = swept.failures.len() as u64;
        self.failed.add(failed);
        self.done.add(swept.cases() - failed);
        self.steps.add(swept.steps());
        self.batch.took(took);
    }

    fn ended(&self, now: DateTime<Utc>, lag: Lag) {
        let late = lag
            .oldest_due_at
            .map_or(0, |since| (now - since).num_seconds().max(0));
        self.last.store(now.timestamp().unsigned_abs(), Ordering::Relaxed);
        self.oldest.store(late.unsigned_abs(), Ordering::Relaxed);
        self.put_off.store(lag.put_off.into(), Ordering::Relaxed);
    }
}

/// Sweeps at once, and then every few seconds, until the service ends. A run that panics ends alone.
pub async fn for_ever(desk: Desk) {
    for run in (0..FORGETTING).cycle() {
        let here = desk.clone();
        let ended = actix_web::rt::spawn(async move {
            if let Err(problem) = here.set_clock().await {
                tracing::warn!(problem = ?problem, "the database does not tell the time");
            }
            if let Err(problem) = once(&here).await {
                tracing::warn!(problem = ?problem, "the sweep did not look at all that is due");
            }
            if run == 0
                && let Err(problem) = forget_sessions(&here).await
            {
                tracing::warn!(problem = ?problem, "the sweep could not forget sessions that are over");
            }
        });
        if let Err(panic) = ended.await {
            tracing::error!(%panic, "a sweep ended early");
        }
        actix_web::rt::time::sleep(REST).await;
    }
}

/// Forgets the sessions whose time is over, and tries to log in that are long past; answers how many sessions.
///
/// # Errors
/// Whatever the archive answers.
pub async fn forget_sessions(desk: &Desk) -> Result<usize, Problem> {
    let now = desk.watch.now();
    desk.blocking(move |archive| archive.forget_old_tries(now - REMEMBERED))
        .await?;
    desk.blocking(move |archive| archive.forget_sessions(now)).await
}

/// Brings about all that is due now.
///
/// # Errors
/// When the archive cannot be asked, or does not take what follows: what is left stays due. A case that fails is none.
pub async fn once(desk: &Desk) -> Result<Swept, Problem> {
    let now = desk.now();
    // What an office takes as its own from today on holds for whatever is looked at.
    desk.blocking(move |archive| archive.begin_rulebooks(now)).await?;
    let mut swept = Swept::default();
    let done = batches(desk, now, &mut swept).await;
    record(desk, now, &swept).await?;
    done?;
    let lag = desk.blocking(move |archive| archive.sweep_lag(None, now)).await?;
    desk.sweeps.ended(now, lag);
    Ok(swept)
}

/// Takes batches until nothing is left that is due and free.
async fn batches(desk: &Desk, now: DateTime<Utc>, swept: &mut Swept) -> Result<(), Problem> {
    for _ in 0..BATCHES_MAX {
        let begun = Instant::now();
        let batch = desk.blocking(move |archive| archive.sweep(now, BATCH)).await?;
        if batch.cases() == 0 {
            break;
        }
        desk.sweeps.count(&batch, begun.elapsed());
        for failure in &batch.failures {
            tracing::warn!(
                office = %failure.due.office, case = %failure.due.case, fault = ?failure.fault, said = failure.said,
                "a case that is due could not be looked at and is put off"
            );
        }
        swept.add(batch);
    }
    Ok(())
}

/// Leaves a record of the run in each office in which anything was due.
async fn record(desk: &Desk, started_at: DateTime<Utc>, swept: &Swept) -> Result<(), Problem> {
    if swept.offices.is_empty() {
        return Ok(());
    }
    let ended_at = desk.now().max(started_at);
    let count = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    let runs: Vec<SweepRecord> = swept
        .offices
        .iter()
        .map(|(office, tally)| SweepRecord {
            office_id: office.0,
            id: new_id(started_at),
            started_at,
            ended_at,
            oldest_due_at: tally.oldest.unwrap_or(started_at),
            cases: count(tally.cases),
            steps: count(tally.steps),
            failed: count(tally.failed),
        })
        .collect();
    desk.blocking(move |archive| archive.record_sweep(&runs)).await
}

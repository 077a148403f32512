//! The way every command takes: a bounded queue, a few writers, one transaction for all that waits.
//!
//! A writer takes what is waiting, claims the keys, holds the cases (both in sorted order, so that no two batches wait
//! for each other in a circle), folds the rules over the commands in memory, writes what follows in a few statements,
//! commits, and answers. There is no timer: a lone command waits for nobody, and while one batch is committed the next
//! one gathers.
//!
//! A refusal never reaches the database. An error from it rolls the whole batch back, and its commands run one by one,
//! so that each harms only itself. Plain Rust: what an engine must be able to do is [`Writer`] and [`Transaction`].

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::archive::Answer;
use crate::case::{Accepted, Key, NotAccepted, Reply, Submission};
use crate::law::{Law, Rulebooks};
use crate::store_error::StoreError;
use fold::Known;
use queue::{Job, Queue};
use rows::Writes;

mod fold;
mod narrow;
mod queue;
pub(crate) mod rows;

/// How many commands may wait; one more is refused, so that nobody waits without end.
const QUEUE: usize = 512;

/// How many commands share a transaction at most. More gain little, and the last one waits for all.
const BATCH: usize = 64;

/// How long a writer tries to reach a lost database before it answers those who wait that it is gone.
const PATIENCE: Duration = Duration::from_secs(2);

/// The first and the longest pause between two attempts to reach it.
const PAUSES: (Duration, Duration) = (Duration::from_millis(20), Duration::from_secs(1));

/// A connection that belongs to one writer.
pub(crate) trait Writer: Send {
    /// Makes sure that there is a connection; one that was lost is replaced.
    fn connect(&mut self) -> Answer<()>;

    /// Does the work in a transaction that commits if it succeeds. An error says whether the connection was lost:
    /// then it is [`StoreError::Unavailable`].
    fn transaction(&mut self, work: &mut dyn FnMut(&mut dyn Transaction) -> Answer<()>) -> Answer<()>;
}

/// What happens inside a writer's transaction.
pub(crate) trait Transaction {
    /// Claims keys until the commit without waiting; `false` for one that another transaction holds.
    fn claim(&mut self, keys: &[ClaimedKey]) -> Answer<Vec<bool>>;

    /// What these keys remember.
    fn remembered(&mut self, keys: &[ClaimedKey]) -> Answer<Vec<KeptAnswer>>;

    /// What holds in these offices, and goes on holding until the commit.
    fn laws(&mut self, offices: &[Uuid]) -> Answer<BTreeMap<Uuid, LawFound>>;

    /// Locks the cases that are there until the commit, and reads them.
    fn hold(&mut self, cases: &[(Uuid, Uuid)]) -> Answer<Vec<HeldState>>;

    /// Writes everything.
    fn write(&mut self, writes: &Writes) -> Answer<()>;
}

/// A key with its office: what is claimed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ClaimedKey {
    pub(crate) office: Uuid,
    pub(crate) caller: String,
    pub(crate) operation: String,
    pub(crate) key: String,
}

/// A remembered answer: office, caller, operation, key, hash of what was asked, outcome.
pub(crate) type KeptAnswer = (Uuid, String, String, String, Vec<u8>, String);

/// The versions an office's law has: the office, its directory's version, its calendar's newest version.
pub(crate) type Stamp = (Uuid, i64, Option<i64>);

/// The fat row of a case: office, case, document, sight, hash of the last entry.
pub(crate) type HeldState = (Uuid, Uuid, String, String, Vec<u8>);

/// An office's law; none where the office is not there or its rulebook is not. The error is a row that cannot be read:
/// it concerns the commands of that office alone.
pub(crate) type LawFound = Result<Option<Arc<Law>>, Unreadable>;

/// A row that cannot be read.
#[derive(Debug, Clone)]
pub(crate) struct Unreadable {
    pub(crate) table: &'static str,
    pub(crate) id: Option<Uuid>,
    pub(crate) reason: String,
}

impl From<Unreadable> for StoreError {
    fn from(row: Unreadable) -> Self {
        Self::Corrupt {
            table: row.table,
            id: row.id,
            reason: row.reason,
        }
    }
}

impl ClaimedKey {
    fn of(office: Uuid, key: &Key) -> Self {
        Self {
            office,
            caller: key.caller.clone(),
            operation: key.operation.clone(),
            key: key.key.clone(),
        }
    }
}

/// A count as the database keeps it.
fn whole(count: u64) -> i64 {
    i64::try_from(count).expect("no case has that many entries")
}

/// The number under which a key is locked. Two keys that share one are merely told to wait for each other.
pub(crate) fn key_hash(key: &ClaimedKey) -> i64 {
    let mut hash = Sha256::new();
    hash.update(key.office.as_bytes());
    for part in [&key.caller, &key.operation, &key.key] {
        hash.update(part.len().to_be_bytes());
        hash.update(part);
    }
    let digest: [u8; 32] = hash.finalize().into();
    let (first, _) = digest
        .split_first_chunk()
        .expect("a digest is longer than a number");
    i64::from_be_bytes(*first)
}

/// The number under which an office is locked; two that share one are locked together.
pub(crate) fn office_hash(office: Uuid) -> i32 {
    let digest: [u8; 32] = Sha256::digest(office.as_bytes()).into();
    let (first, _) = digest
        .split_first_chunk()
        .expect("a digest is longer than a number");
    i32::from_be_bytes(*first)
}

/// The queue and its writers. They end with it, after what was waiting is done.
pub(crate) struct WritePath {
    queue: Arc<Queue>,
    threads: Vec<JoinHandle<()>>,
}

impl WritePath {
    /// Sets the writers to work, each on a thread of its own.
    pub(crate) fn start(writers: Vec<Box<dyn Writer>>, rulebooks: &Arc<Rulebooks>) -> std::io::Result<Self> {
        let mut path = Self {
            queue: Arc::new(Queue::new(QUEUE)),
            threads: Vec::new(),
        };
        for (number, writer) in writers.into_iter().enumerate() {
            let (queue, rulebooks) = (Arc::clone(&path.queue), Arc::clone(rulebooks));
            let thread = thread::Builder::new()
                .name(format!("writer-{}", number + 1))
                .spawn(move || {
                    Clerk {
                        writer,
                        queue,
                        rulebooks,
                    }
                    .work();
                })?;
            path.threads.push(thread);
        }
        Ok(path)
    }

    /// Puts a command into the queue, or answers at once that it is full.
    pub(crate) fn submit(&self, submission: Submission, reply: Reply) {
        if let Some(job) = self.queue.put(Job { submission, reply }) {
            answer(job.reply, Err(NotAccepted::Overloaded));
        }
    }

    /// How many commands wait, and how many may.
    pub(crate) fn waiting(&self) -> (usize, usize) {
        (self.queue.len(), QUEUE)
    }
}

impl Drop for WritePath {
    fn drop(&mut self) {
        self.queue.close();
        for thread in self.threads.drain(..) {
            // The last owner can be a reply that a writer is just giving: a thread does not wait for itself.
            if thread.thread().id() != thread::current().id() {
                drop(thread.join());
            }
        }
    }
}

/// Gives an answer. What the receiver does with it is his own affair, a panic included.
fn answer(reply: Reply, answer: Result<Accepted, NotAccepted>) {
    drop(catch_unwind(AssertUnwindSafe(|| reply(answer))));
}

/// A writer at work.
struct Clerk {
    writer: Box<dyn Writer>,
    queue: Arc<Queue>,
    rulebooks: Arc<Rulebooks>,
}

/// What went wrong with a batch.
struct Failure {
    error: StoreError,
    /// Whether the commit had begun: if the connection was lost over it, nobody here knows whether it happened.
    committing: bool,
}

impl Clerk {
    /// Works until the queue is closed and empty. Nothing is taken without a connection.
    fn work(mut self) {
        loop {
            if let Err(error) = self.reach() {
                self.turn_away(&error);
                if self.queue.is_closed() {
                    return;
                }
                continue;
            }
            let batch = self.queue.take(BATCH);
            if batch.is_empty() {
                return;
            }
            self.run(batch);
        }
    }

    /// Reaches the database, trying again for a while with growing pauses.
    fn reach(&mut self) -> Answer<()> {
        let begun = Instant::now();
        let (mut pause, longest) = PAUSES;
        loop {
            match self.writer.connect() {
                Err(_) if begun.elapsed() < PATIENCE && !self.queue.is_closed() => {
                    self.queue.rest(pause);
                    pause = (pause * 2).min(longest);
                }
                reached => return reached,
            }
        }
    }

    /// Answers everybody who waits that the database is gone.
    fn turn_away(&self, error: &StoreError) {
        for job in self.queue.drain() {
            answer(job.reply, Err(gone(error)));
        }
    }

    fn run(&mut self, mut batch: Vec<Job>) {
        let mut again = true;
        loop {
            let Failure { error, committing } = match self.attempt(&batch) {
                Ok(answers) => {
                    for (job, its) in batch.into_iter().zip(answers) {
                        answer(job.reply, its);
                    }
                    return;
                }
                Err(failure) => failure,
            };
            if matches!(error, StoreError::Unavailable(_)) {
                if committing {
                    // Only those with a key may ask again: if it happened, the key tells.
                    let (keyed, others): (Vec<_>, Vec<_>) =
                        batch.into_iter().partition(|job| job.submission.key.is_some());
                    batch = keyed;
                    for job in others {
                        answer(job.reply, Err(gone(&error)));
                    }
                }
                if again && self.reach().is_ok() {
                    again = false;
                    continue;
                }
                for job in batch {
                    answer(job.reply, Err(gone(&error)));
                }
            } else if batch.len() > 1 {
                for job in batch {
                    self.run(vec![job]);
                }
            } else if let Some(job) = batch.pop() {
                answer(job.reply, Err(NotAccepted::Store(error)));
            }
            return;
        }
    }

    /// One transaction for the whole batch.
    fn attempt(&mut self, batch: &[Job]) -> Result<Vec<Result<Accepted, NotAccepted>>, Failure> {
        let submissions: Vec<&Submission> = batch.iter().map(|job| &job.submission).collect();
        let mut answers = Vec::new();
        let mut committing = false;
        let rulebooks = &self.rulebooks;
        self.writer
            .transaction(&mut |transaction| {
                let known = know(transaction, &submissions)?;
                let (given, writes) = fold::fold(&submissions, known, rulebooks);
                answers = given;
                if !writes.is_empty() {
                    transaction.write(&writes)?;
                }
                committing = true;
                Ok(())
            })
            .map_err(|error| Failure { error, committing })?;
        Ok(answers)
    }
}

/// That the database is gone, for one more who waited for it.
fn gone(error: &StoreError) -> NotAccepted {
    let reason = std::error::Error::source(error).map_or_else(|| error.to_string(), ToString::to_string);
    NotAccepted::Store(StoreError::Unavailable(reason.into()))
}

/// Claims, locks and reads everything that the batch needs: keys first, then offices, then cases.
fn know(transaction: &mut dyn Transaction, submissions: &[&Submission]) -> Answer<Known> {
    let sorted = |mut all: Vec<Uuid>| {
        all.sort_unstable();
        all.dedup();
        all
    };
    let mut keys: Vec<ClaimedKey> = submissions
        .iter()
        .filter_map(|submission| Some(ClaimedKey::of(submission.office.0, submission.key.as_ref()?)))
        .collect();
    keys.sort_unstable();
    keys.dedup();
    let mut known = Known::default();
    if !keys.is_empty() {
        let claimed = transaction.claim(&keys)?;
        let (ours, theirs): (Vec<_>, Vec<_>) = keys.into_iter().zip(claimed).partition(|(_, ours)| *ours);
        let ours: Vec<ClaimedKey> = ours.into_iter().map(|(key, _)| key).collect();
        known.in_progress = theirs.into_iter().map(|(key, _)| key).collect();
        known.remember(transaction.remembered(&ours)?);
    }
    known.laws = transaction.laws(&sorted(submissions.iter().map(|it| it.office.0).collect()))?;
    let mut cases: Vec<(Uuid, Uuid)> = submissions.iter().map(|it| (it.office.0, it.case.0)).collect();
    cases.sort_unstable();
    cases.dedup();
    known.hold(transaction.hold(&cases)?);
    Ok(known)
}

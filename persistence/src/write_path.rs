//! The way every command takes: a bounded queue, a few writers, one transaction for all that waits.
//!
//! A writer takes what is waiting, claims the keys, holds the cases (both in sorted order, so that no two batches wait
//! for each other in a circle), folds the rules over the commands in memory, writes what follows in a few statements,
//! commits, and answers. There is no timer: a lone command waits for nobody, and while one batch is committed the next
//! one gathers. Plain Rust: what an engine must be able to do is [`Writer`] and [`Transaction`].
//!
//! **What it costs.** On PostgreSQL five round trips for a batch of any size: `BEGIN`; one statement that takes the
//! locks; one that reads what keys, offices and cases hold; one that writes; `COMMIT`, which waits for the disk. An
//! office whose directory or calendar changed since it was last read costs five more, once; a batch in which a case that
//! was there is found by other words than before costs some more, whatever its size. On SQLite a statement for
//! each row, without a round trip, and one wait for the disk.
//!
//! **The order of locks** is the same everywhere: keys (never waited for), offices (shared, sorted), cases (sorted).
//! What a lock protects is read by a statement that began after the lock was taken, or else an older snapshot would
//! show what was there before its last owner's commit. The row of a case is read by the statement that locks it: there
//! the engine itself returns to the newest version.
//!
//! **Its limits.** The queue takes [`Options::queue`](crate::Options::queue) commands; one more is refused at once, so
//! that nobody waits without end. A transaction takes [`Options::batch`](crate::Options::batch), because the last one
//! waits for all. PostgreSQL has two writers, so that one works while the other waits for the disk, SQLite one, since
//! its file takes one at a time. More writers were slower on two cores.
//!
//! **When something goes wrong**, it harms as few as it can. A refusal never reaches the database. An error from it, or
//! a panic, rolls the whole batch back, and its commands run one by one, for a bounded time. A writer that lost its
//! connection leaves its commands to the other one, or tries again; only when no writer has reached the database for a
//! while are those who wait told so. After a commit whose end nobody knows, only commands with a key are tried again:
//! the key tells whether it happened.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Instant;

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::archive::Answer;
use crate::case::{Key, LookDue, NotAccepted, Reply, Submission};
use crate::database::Options;
use crate::law::{Law, Shelf};
use crate::measure::Measures;
use crate::store_error::StoreError;
use crate::sweep::Failure;
use crate::vault::Vault;
use clerk::{Clerk, PATIENCE, give};
use fold::Known;
use queue::{Job, Queue, Turned};
use rows::Writes;

mod clerk;
mod fold;
mod narrow;
mod queue;
pub(crate) mod rows;
pub(crate) mod sweeper;

/// A connection that belongs to one writer.
pub(crate) trait Writer: Send {
    /// Makes sure that there is a connection; one that was lost is replaced.
    fn connect(&mut self) -> Answer<()>;

    /// Does the work in a transaction that commits if it succeeds. An error says whether the connection was lost:
    /// then it is [`StoreError::Unavailable`].
    fn transaction(&mut self, work: &mut dyn FnMut(&mut dyn Transaction) -> Answer<()>) -> Answer<()>;
}

/// What happens inside a writer's transaction, in this order.
pub(crate) trait Transaction {
    /// Claims keys until the commit without waiting, `false` for one that another transaction holds; and keeps the
    /// directories of the offices as they are until then.
    fn lock(&mut self, keys: &[ClaimedKey], offices: &[Uuid]) -> Answer<Vec<bool>>;

    /// Locks the cases that are there until the commit, and reads all that decisions rest on; of the cases for which
    /// there are texts, the keys too.
    fn read(
        &mut self,
        keys: &[ClaimedKey],
        offices: &[Uuid],
        cases: &[(Uuid, Uuid)],
        worded: &[(Uuid, Uuid)],
    ) -> Answer<Found>;

    /// Makes sure that this version of a rulebook is on the shelf; false if there is none.
    fn learn(&mut self, code: &str, version: &str) -> Answer<bool>;

    /// Claims cases on which something has been due for longest, `most` at the most, until the commit: what another
    /// transaction holds is left out, and so is an office whose directory is just being changed.
    fn claim(&mut self, now: DateTime<Utc>, most: u32) -> Answer<Vec<LookDue>>;

    /// Puts off cases at which the clock could not look.
    fn put_off(&mut self, failures: &[Failure]) -> Answer<()>;

    /// Writes everything.
    fn write(&mut self, writes: &Writes) -> Answer<()>;
}

/// What decisions rest on.
#[derive(Default)]
pub(crate) struct Found {
    /// What the keys remember.
    pub(crate) remembered: Vec<KeptAnswer>,
    /// What holds in the offices.
    pub(crate) laws: BTreeMap<Uuid, LawFound>,
    /// The cases that are there.
    pub(crate) held: Vec<HeldState>,
    /// The keys under which their texts are sealed.
    pub(crate) case_keys: Vec<KeptKey>,
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

/// The key of a case: office, case, master key, wrapped key.
pub(crate) type KeptKey = (Uuid, Uuid, String, Vec<u8>);

/// What an engine reads for a batch: answers, versions of laws, states of cases, keys of cases.
pub(crate) type Kept = (Vec<KeptAnswer>, Vec<Stamp>, Vec<HeldState>, Vec<KeptKey>);

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
    measures: Arc<Measures>,
    threads: Vec<JoinHandle<()>>,
}

impl WritePath {
    /// Sets the writers to work, each on a thread of its own.
    pub(crate) fn start(
        writers: Vec<Box<dyn Writer>>,
        options: Options,
        rulebooks: &Arc<Shelf>,
        vault: &Arc<Vault>,
        measures: &Arc<Measures>,
    ) -> std::io::Result<Self> {
        let mut path = Self {
            queue: Arc::new(Queue::new(options.queue)),
            measures: Arc::clone(measures),
            threads: Vec::new(),
        };
        for (number, writer) in writers.into_iter().enumerate() {
            let clerk = Clerk::new(
                writer,
                &path.queue,
                rulebooks,
                vault,
                measures,
                usize::from(options.batch.get()),
            );
            let thread = thread::Builder::new()
                .name(format!("writer-{}", number + 1))
                .spawn(move || clerk.work())?;
            path.threads.push(thread);
        }
        Ok(path)
    }

    /// Puts a command into the queue, or answers at once that it is full or that the database is gone.
    pub(crate) fn submit(&self, submission: Submission, reply: Reply) {
        let job = Job {
            submission,
            reply,
            since: Instant::now(),
            lost: 0,
        };
        let (job, reason) = match self.queue.put(job, PATIENCE) {
            None => return,
            Some(Turned::Full(job)) => (job, NotAccepted::Overloaded),
            Some(Turned::Deserted(job)) => {
                let gone = StoreError::Unavailable("no writer reaches the database".into());
                (job, NotAccepted::Store(gone))
            }
        };
        give(&self.measures, job.reply, Err(reason));
    }

    /// How many commands wait, and how many may.
    pub(crate) fn waiting(&self) -> (usize, usize) {
        (self.queue.len(), self.queue.most())
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

/// Claims, locks and reads everything that the batch needs.
fn know(transaction: &mut dyn Transaction, submissions: &[&Submission], rulebooks: &Shelf) -> Answer<Known> {
    let mut keys: Vec<ClaimedKey> = submissions
        .iter()
        .filter_map(|submission| Some(ClaimedKey::of(submission.office.0, submission.key.as_ref()?)))
        .collect();
    keys.sort_unstable();
    keys.dedup();
    let mut offices: Vec<Uuid> = submissions.iter().map(|it| it.office.0).collect();
    offices.sort_unstable();
    offices.dedup();
    let mut cases: Vec<(Uuid, Uuid)> = submissions.iter().map(|it| (it.office.0, it.case.0)).collect();
    cases.sort_unstable();
    cases.dedup();
    let mut worded: Vec<(Uuid, Uuid)> = submissions
        .iter()
        .filter(|it| !it.texts.is_empty())
        .map(|it| (it.office.0, it.case.0))
        .collect();
    worded.sort_unstable();
    worded.dedup();
    let claimed = transaction.lock(&keys, &offices)?;
    let (ours, theirs): (Vec<_>, Vec<_>) = keys.into_iter().zip(claimed).partition(|(_, ours)| *ours);
    let ours: Vec<ClaimedKey> = ours.into_iter().map(|(key, _)| key).collect();
    let found = transaction.read(&ours, &offices, &cases, &worded)?;
    let mut known = Known::default();
    known.in_progress = theirs.into_iter().map(|(key, _)| key).collect();
    known.laws = found.laws;
    known.remember(found.remembered);
    known.hold(found.held);
    known.find_keys(found.case_keys);
    for (code, version) in known.versions(submissions) {
        if rulebooks.known(&code, &version).is_none() {
            transaction.learn(&code, &version)?;
        }
    }
    Ok(known)
}

#[cfg(test)]
mod tests;

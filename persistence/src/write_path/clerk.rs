//! A writer at work: takes a batch, tries it, answers, and comes through whatever goes wrong.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use uuid::Uuid;

use super::queue::{Job, Queue};
use super::{Writer, fold, know};
use crate::archive::Answer;
use crate::case::{Accepted, NotAccepted, Reply, Submission};
use crate::law::Shelf;
use crate::measure::{Measures, Outcome};
use crate::store_error::StoreError;
use crate::vault::Vault;

/// How long the database may be out of every writer's reach before those who wait are told that it is gone.
pub(super) const PATIENCE: Duration = Duration::from_secs(2);

/// The first and the longest pause between two attempts to reach it.
const PAUSES: (Duration, Duration) = (Duration::from_millis(20), Duration::from_secs(1));

/// How often a command is tried on connections that are then lost: a writer's own, another's that nobody knew to be
/// lost too, and one that was just made.
const TRIES: u32 = 3;

/// How long the commands of one batch may take one by one; those that are left then are told to try again. A lock is
/// waited for two seconds, so that some waits fit in.
const ONE_BY_ONE: Duration = Duration::from_secs(6);

/// A writer with what it needs.
pub(super) struct Clerk {
    writer: Box<dyn Writer>,
    queue: Arc<Queue>,
    rulebooks: Arc<Shelf>,
    vault: Arc<Vault>,
    measures: Arc<Measures>,
    /// How many commands share a transaction at most.
    most: usize,
    /// Whether the queue counts on it.
    up: bool,
    /// How long it rests before it tries to reach the database again.
    pause: Duration,
}

/// What went wrong with a batch.
struct Failure {
    what: Wrong,
    /// Whether the commit had begun: if the connection was lost over it, nobody here knows whether it happened.
    committing: bool,
}

enum Wrong {
    /// The connection was lost.
    Lost(StoreError),
    /// The database refused something; nothing was changed.
    Refused(StoreError),
    /// A defect; the connection is gone with it.
    Panicked,
}

impl Clerk {
    pub(super) fn new(
        writer: Box<dyn Writer>,
        queue: &Arc<Queue>,
        rulebooks: &Arc<Shelf>,
        vault: &Arc<Vault>,
        measures: &Arc<Measures>,
        most: usize,
    ) -> Self {
        Self {
            writer,
            queue: Arc::clone(queue),
            rulebooks: Arc::clone(rulebooks),
            vault: Arc::clone(vault),
            measures: Arc::clone(measures),
            most,
            up: false,
            pause: PAUSES.0,
        }
    }

    /// Works until the queue is closed and empty. Nothing is taken without a connection.
    pub(super) fn work(mut self) {
        loop {
            if let Err(error) = self.reach(false) {
                for job in self.queue.clear(PATIENCE) {
                    self.answer(job.reply, Err(gone(&error)));
                }
                if self.queue.is_closed() {
                    return;
                }
                self.rest();
                continue;
            }
            let batch = self.queue.take(self.most);
            if batch.is_empty() {
                return;
            }
            for job in &batch {
                self.measures.waited.took(job.since.elapsed());
            }
            self.run(batch);
        }
    }

    /// Reaches the database, trying again with growing pauses: until nobody has reached it for too long, or, with
    /// commands in hand, as long as there is no other writer who could do them.
    fn reach(&mut self, in_hand: bool) -> Answer<()> {
        loop {
            match self.writer.connect() {
                Ok(()) => {
                    if !self.up {
                        self.up = true;
                        self.queue.come();
                    }
                    self.pause = PAUSES.0;
                    return Ok(());
                }
                Err(error) => {
                    self.leave();
                    if self.queue.is_closed()
                        || self.queue.is_deserted(PATIENCE)
                        || (in_hand && self.queue.is_served())
                    {
                        return Err(error);
                    }
                    self.rest();
                }
            }
        }
    }

    fn leave(&mut self) {
        if self.up {
            self.up = false;
            self.queue.leave();
        }
    }

    fn rest(&mut self) {
        self.queue.rest(self.pause);
        self.pause = (self.pause * 2).min(PAUSES.1);
    }

    /// Sees a batch through to its answers. Says whether one command alone waited in vain for a lock.
    fn run(&mut self, mut batch: Vec<Job>) -> bool {
        while !batch.is_empty() {
            let Failure { what, committing } = match self.attempt(&batch) {
                Ok(answers) => {
                    for (job, its) in batch.into_iter().zip(answers) {
                        self.answer(job.reply, its);
                    }
                    return false;
                }
                Err(failure) => failure,
            };
            if committing && !matches!(what, Wrong::Refused(_)) {
                batch = self.only_keyed(batch);
            }
            match what {
                Wrong::Lost(error) => {
                    self.leave();
                    self.measures.lost.increase();
                    batch = self.not_too_often(batch, &error);
                    if let Err(error) = self.reach(true) {
                        self.leave_to_others(batch, &error);
                        return false;
                    }
                }
                Wrong::Refused(_) | Wrong::Panicked if batch.len() > 1 => {
                    self.one_by_one(batch);
                    return false;
                }
                Wrong::Refused(error) => {
                    let busy = matches!(error, StoreError::Busy(_));
                    if let Some(job) = batch.pop() {
                        self.answer(job.reply, Err(NotAccepted::Store(error)));
                    }
                    return busy;
                }
                Wrong::Panicked => {
                    for job in batch.drain(..) {
                        let defect = StoreError::Failed("the write path panicked".into());
                        self.answer(job.reply, Err(NotAccepted::Store(defect)));
                    }
                }
            }
        }
        false
    }

    /// Only those with a key may be tried again after a commit that nobody knows the end of: if it happened, the key
    /// tells. The others hear that it is unknown.
    fn only_keyed(&self, batch: Vec<Job>) -> Vec<Job> {
        let (keyed, others): (Vec<_>, Vec<_>) =
            batch.into_iter().partition(|job| job.submission.key.is_some());
        for job in others {
            let lost = StoreError::Unavailable("the connection was lost over the commit".into());
            self.answer(job.reply, Err(NotAccepted::Store(lost)));
        }
        keyed
    }

    fn not_too_often(&self, batch: Vec<Job>, error: &StoreError) -> Vec<Job> {
        let mut again = Vec::with_capacity(batch.len());
        for mut job in batch {
            job.lost += 1;
            if job.lost < TRIES {
                again.push(job);
            } else {
                self.answer(job.reply, Err(gone(error)));
            }
        }
        again
    }

    /// Puts commands back for another writer; if there is none, the database is gone.
    fn leave_to_others(&self, batch: Vec<Job>, error: &StoreError) {
        for job in self.queue.hand_over(batch) {
            self.answer(job.reply, Err(gone(error)));
        }
    }

    /// Runs each command in a transaction of its own, so that the one at fault harms only itself. Bounded in time: a
    /// case whose lock was waited for in vain is not waited for again, and what is left in the end may come back.
    fn one_by_one(&mut self, batch: Vec<Job>) {
        self.measures.split.increase();
        let begun = Instant::now();
        let mut held: BTreeSet<(Uuid, Uuid)> = BTreeSet::new();
        let mut jobs = batch.into_iter();
        while let Some(job) = jobs.next() {
            // A panic takes the connection with it, and so may the command before.
            if let Err(error) = self.reach(true) {
                self.leave_to_others(std::iter::once(job).chain(jobs).collect(), &error);
                return;
            }
            let place = (job.submission.office.0, job.submission.case.0);
            if begun.elapsed() >= ONE_BY_ONE || held.contains(&place) {
                let busy = StoreError::Busy("others of the batch waited for the same".into());
                self.answer(job.reply, Err(NotAccepted::Store(busy)));
            } else if self.run(vec![job]) {
                held.insert(place);
            }
        }
    }

    /// One transaction for the whole batch.
    fn attempt(&mut self, batch: &[Job]) -> Result<Vec<Result<Accepted, NotAccepted>>, Failure> {
        let submissions: Vec<&Submission> = batch.iter().map(|job| &job.submission).collect();
        let mut answers = Vec::new();
        let committing = Cell::new(false);
        let begun = Instant::now();
        self.measures.began(batch.len());
        let done = catch_unwind(AssertUnwindSafe(|| {
            self.writer.transaction(&mut |transaction| {
                let known = know(transaction, &submissions, &self.rulebooks)?;
                let (given, writes) = fold::fold(&submissions, known, &self.rulebooks, &self.vault);
                answers = given;
                if !writes.is_empty() {
                    transaction.write(&writes)?;
                }
                committing.set(true);
                Ok(())
            })
        }));
        self.measures.transaction.took(begun.elapsed());
        let what = match done {
            Ok(Ok(())) => return Ok(answers),
            Ok(Err(error @ StoreError::Unavailable(_))) => Wrong::Lost(error),
            Ok(Err(error)) => Wrong::Refused(error),
            Err(_) => {
                self.measures.panicked.increase();
                Wrong::Panicked
            }
        };
        let committing = committing.get();
        Err(Failure { what, committing })
    }

    fn answer(&self, reply: Reply, answer: Result<Accepted, NotAccepted>) {
        give(&self.measures, reply, answer);
    }
}

/// Gives an answer. What the receiver does with it is his own affair, a panic included.
pub(super) fn give(measures: &Measures, reply: Reply, answer: Result<Accepted, NotAccepted>) {
    measures.ended(Outcome::of(&answer));
    drop(catch_unwind(AssertUnwindSafe(|| reply(answer))));
}

/// That the database is gone, for one more who waited for it.
fn gone(error: &StoreError) -> NotAccepted {
    let reason = std::error::Error::source(error).map_or_else(|| error.to_string(), ToString::to_string);
    NotAccepted::Store(StoreError::Unavailable(reason.into()))
}

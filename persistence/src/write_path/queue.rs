//! The bounded queue: whoever puts never waits, whoever takes gets all that is there.
//!
//! It also knows which writers are up, so that one that lost its connection leaves the work to the others, and only
//! when nobody is there any more is anybody sent home.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::case::{Reply, Submission};

/// A command, and whom to tell.
pub(super) struct Job {
    pub(super) submission: Submission,
    pub(super) reply: Reply,
    /// When it came.
    pub(super) since: Instant,
    /// How often it was tried on a connection that was then lost.
    pub(super) lost: u32,
}

pub(super) struct Queue {
    room: Mutex<Room>,
    /// There is work, or the queue is closed: for writers that are up.
    filled: Condvar,
    /// The queue is closed: for writers that rest, whom no work shall wake.
    closed: Condvar,
    most: usize,
}

struct Room {
    jobs: VecDeque<Job>,
    closed: bool,
    /// How many writers have a connection.
    up: usize,
    /// Since when none has.
    deserted: Instant,
}

/// Why a job was not put into the queue.
pub(super) enum Turned {
    /// There is no room.
    Full(Job),
    /// No writer has reached the database for longer than anybody should wait.
    Deserted(Job),
}

impl Queue {
    pub(super) fn new(most: usize) -> Self {
        Self {
            room: Mutex::new(Room {
                jobs: VecDeque::with_capacity(most),
                closed: false,
                up: 0,
                deserted: Instant::now(),
            }),
            filled: Condvar::new(),
            closed: Condvar::new(),
            most,
        }
    }

    /// Puts a job at the end, or gives it back: if there is no room, or nobody has been there for `patience`.
    pub(super) fn put(&self, job: Job, patience: Duration) -> Option<Turned> {
        let mut room = self.enter();
        if room.closed || room.jobs.len() >= self.most {
            return Some(Turned::Full(job));
        }
        if room.is_deserted(patience) {
            return Some(Turned::Deserted(job));
        }
        room.jobs.push_back(job);
        drop(room);
        self.filled.notify_one();
        None
    }

    /// Waits for jobs and takes those that are there, `most` at the most; none once the queue is closed and empty, and
    /// whoever hears that is up no more.
    pub(super) fn take(&self, most: usize) -> Vec<Job> {
        let mut room = self.enter();
        while room.jobs.is_empty() && !room.closed {
            room = self.filled.wait(room).unwrap_or_else(PoisonError::into_inner);
        }
        if room.jobs.is_empty() {
            room.leave();
        }
        let taken = room.jobs.len().min(most);
        room.jobs.drain(..taken).collect()
    }

    /// Leaves jobs that were taken to another writer, before all others; gives them back if none is up.
    pub(super) fn hand_over(&self, jobs: Vec<Job>) -> Vec<Job> {
        let mut room = self.enter();
        if room.up == 0 {
            return jobs;
        }
        for job in jobs.into_iter().rev() {
            room.jobs.push_front(job);
        }
        drop(room);
        self.filled.notify_one();
        Vec::new()
    }

    /// A writer has a connection.
    pub(super) fn come(&self) {
        self.enter().up += 1;
    }

    /// A writer has lost its connection.
    pub(super) fn leave(&self) {
        self.enter().leave();
    }

    /// Whether a writer is up.
    pub(super) fn is_served(&self) -> bool {
        self.enter().up > 0
    }

    /// Whether none has been up for `patience`.
    pub(super) fn is_deserted(&self, patience: Duration) -> bool {
        self.enter().is_deserted(patience)
    }

    /// Takes everything, once nobody is there who would do it: none has been up for `patience`, or the queue is closed
    /// and none is up.
    pub(super) fn clear(&self, patience: Duration) -> Vec<Job> {
        let mut room = self.enter();
        if room.is_deserted(patience) || (room.closed && room.up == 0) {
            room.jobs.drain(..).collect()
        } else {
            Vec::new()
        }
    }

    /// Waits for a while, or until the queue is closed.
    pub(super) fn rest(&self, pause: Duration) {
        let room = self.enter();
        drop(self.closed.wait_timeout_while(room, pause, |room| !room.closed));
    }

    pub(super) fn close(&self) {
        self.enter().closed = true;
        self.filled.notify_all();
        self.closed.notify_all();
    }

    pub(super) fn is_closed(&self) -> bool {
        self.enter().closed
    }

    pub(super) fn len(&self) -> usize {
        self.enter().jobs.len()
    }

    pub(super) fn most(&self) -> usize {
        self.most
    }

    fn enter(&self) -> MutexGuard<'_, Room> {
        self.room.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Room {
    fn leave(&mut self) {
        self.up -= 1;
        if self.up == 0 {
            self.deserted = Instant::now();
        }
    }

    fn is_deserted(&self, patience: Duration) -> bool {
        self.up == 0 && self.deserted.elapsed() >= patience
    }
}

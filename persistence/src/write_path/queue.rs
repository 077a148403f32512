//! The bounded queue: whoever puts never waits, whoever takes gets all that is there.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::case::{Reply, Submission};

/// A command, and whom to tell.
pub(super) struct Job {
    pub(super) submission: Submission,
    pub(super) reply: Reply,
}

pub(super) struct Queue {
    room: Mutex<Room>,
    changed: Condvar,
    most: usize,
}

struct Room {
    jobs: VecDeque<Job>,
    closed: bool,
}

impl Queue {
    pub(super) fn new(most: usize) -> Self {
        let jobs = VecDeque::with_capacity(most);
        Self {
            room: Mutex::new(Room { jobs, closed: false }),
            changed: Condvar::new(),
            most,
        }
    }

    /// Puts a job at the end, or gives it back if there is no room.
    pub(super) fn put(&self, job: Job) -> Option<Job> {
        let mut room = self.enter();
        if room.closed || room.jobs.len() >= self.most {
            return Some(job);
        }
        room.jobs.push_back(job);
        drop(room);
        self.changed.notify_one();
        None
    }

    /// Waits for jobs and takes those that are there, `most` at the most; none once the queue is closed and empty.
    pub(super) fn take(&self, most: usize) -> Vec<Job> {
        let mut room = self.enter();
        while room.jobs.is_empty() && !room.closed {
            room = self.changed.wait(room).unwrap_or_else(PoisonError::into_inner);
        }
        let taken = room.jobs.len().min(most);
        room.jobs.drain(..taken).collect()
    }

    /// Takes everything at once.
    pub(super) fn drain(&self) -> Vec<Job> {
        self.enter().jobs.drain(..).collect()
    }

    /// Waits for a while, or until the queue is closed.
    pub(super) fn rest(&self, pause: Duration) {
        let room = self.enter();
        drop(self.changed.wait_timeout_while(room, pause, |room| !room.closed));
    }

    pub(super) fn close(&self) {
        self.enter().closed = true;
        self.changed.notify_all();
    }

    pub(super) fn is_closed(&self) -> bool {
        self.enter().closed
    }

    pub(super) fn len(&self) -> usize {
        self.enter().jobs.len()
    }

    fn enter(&self) -> MutexGuard<'_, Room> {
        self.room.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

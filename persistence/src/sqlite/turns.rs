//! Whose turn it is to write. The file takes one writer at a time, and its own way of waiting is to try again and
//! again, by which whoever writes all the time always wins. Within this process writers therefore stand in line; the
//! file's lock remains for other processes.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// The line of those who want to write: first come, first served.
#[derive(Default)]
pub(super) struct Turns {
    line: Mutex<Line>,
    moved: Condvar,
}

#[derive(Default)]
struct Line {
    /// The number that the next one draws.
    next: u64,
    /// The number whose turn it is.
    now: u64,
}

/// Somebody's turn; the next one's begins when it is dropped.
pub(super) struct Turn<'t>(&'t Turns);

impl Turns {
    /// Waits for a turn.
    pub(super) fn wait(&self) -> Turn<'_> {
        let mut line = self.enter();
        let own = line.next;
        line.next += 1;
        let waited = self.moved.wait_while(line, |line| line.now != own);
        drop(waited.unwrap_or_else(PoisonError::into_inner));
        Turn(self)
    }

    fn enter(&self) -> MutexGuard<'_, Line> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.enter().now += 1;
        self.0.moved.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::thread;

    use super::*;

    #[test]
    fn turns_are_taken_in_the_order_of_asking() {
        let turns = Turns::default();
        let (tell, told) = mpsc::channel();
        thread::scope(|scope| {
            let first = turns.wait();
            for number in 1..=5 {
                let (tell, turns) = (tell.clone(), &turns);
                scope.spawn(move || {
                    let _turn = turns.wait();
                    tell.send(number).expect("the test listens");
                });
                // The next one comes only once this one stands in line.
                while turns.enter().next <= number {
                    thread::yield_now();
                }
            }
            drop(first);
        });
        drop(tell);
        assert_eq!(told.iter().collect::<Vec<u64>>(), [1, 2, 3, 4, 5]);
    }
}

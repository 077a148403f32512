//! Who compares just now: one comparison in an office at a time, and a few in all.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use domain::ids::OfficeId;

use crate::problem::{Kind, Problem};

/// How many comparisons a process does at a time: each takes one of the threads that wait for the archive while a page
/// is compared, and most of them are to be left to what somebody waits for.
const MOST: usize = 4;

/// After how long without a page being asked for a comparison loses its place: its client has stalled.
const IDLE_MAX: Duration = Duration::from_mins(2);

/// After how many seconds somebody may come again who found all places taken.
const RETRY_AFTER: u32 = 30;

/// The comparisons that are under way in this process.
#[derive(Debug, Default)]
pub(crate) struct Comparisons(Mutex<Running>);

#[derive(Debug, Default)]
struct Running {
    /// Counts the comparisons, so that one whose place was lost does not take it for another's.
    begun: u64,
    /// Which one runs in an office, and when a page of it was last asked for.
    places: BTreeMap<OfficeId, (u64, Instant)>,
}

/// A comparison that is under way, until this is dropped.
#[derive(Debug)]
pub(crate) struct Place {
    comparisons: Arc<Comparisons>,
    office: OfficeId,
    number: u64,
}

impl Comparisons {
    /// Takes the place of an office.
    ///
    /// # Errors
    /// `already_running` while the office compares; `overloaded` while too many others do.
    pub(crate) fn enter(self: &Arc<Self>, office: OfficeId) -> Result<Place, Problem> {
        self.enter_at(office, Instant::now())
    }

    fn enter_at(self: &Arc<Self>, office: OfficeId, now: Instant) -> Result<Place, Problem> {
        self.with(|running| {
            running
                .places
                .retain(|_, (_, asked)| now.saturating_duration_since(*asked) < IDLE_MAX);
            if running.places.contains_key(&office) {
                return Err(Kind::AlreadyRunning.into());
            }
            if running.places.len() >= MOST {
                return Err(Problem::from(Kind::Overloaded).retry_after(RETRY_AFTER));
            }
            running.begun += 1;
            let number = running.begun;
            running.places.insert(office, (number, now));
            Ok(Place {
                comparisons: Arc::clone(self),
                office,
                number,
            })
        })
    }

    fn with<T>(&self, act: impl FnOnce(&mut Running) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Place {
    /// Says that another page is asked for; false once the place was lost.
    pub(super) fn is_kept(&self) -> bool {
        self.comparisons
            .with(|running| match running.places.get_mut(&self.office) {
                Some((number, asked)) if *number == self.number => {
                    *asked = Instant::now();
                    true
                }
                Some(_) | None => false,
            })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.comparisons.with(|running| {
            if running
                .places
                .get(&self.office)
                .is_some_and(|(number, _)| *number == self.number)
            {
                running.places.remove(&self.office);
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn an_office_compares_once_at_a_time_and_a_stalled_client_keeps_nobody_out() {
        let comparisons = Arc::new(Comparisons::default());
        let office = |number| OfficeId(Uuid::from_u128(number));
        let begun = Instant::now();
        let kind = |place: Result<Place, Problem>| place.map_err(|problem| problem.kind()).err();
        let first = comparisons.enter_at(office(1), begun).expect("it is free");
        assert_eq!(
            kind(comparisons.enter_at(office(1), begun)),
            Some(Kind::AlreadyRunning)
        );
        let others: Vec<_> = (2..=4)
            .map(|number| comparisons.enter_at(office(number), begun))
            .collect();
        assert!(others.iter().all(Result::is_ok));
        assert_eq!(
            kind(comparisons.enter_at(office(5), begun)),
            Some(Kind::Overloaded)
        );
        drop(others);
        let again = comparisons
            .enter_at(office(1), begun + IDLE_MAX)
            .expect("the first one stalled");
        assert!(!first.is_kept() && again.is_kept());
        drop(first);
        assert!(again.is_kept(), "what was lost takes nothing along");
    }
}

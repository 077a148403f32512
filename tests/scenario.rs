//! Conformance scenarios: case scripts that read like the regulation's own examples, played against the real service.
//!
//! A script is a TOML file under `tests/scenarios/<rulebook code>/`; `tests/scenarios/README.md` has the format. All of
//! them are played in one house, each on a case of its own, and their steps come in the order of their times: the one
//! clock only goes forward, and what becomes due on one case does not touch another.

mod cast;
mod expected;
mod script;
mod stage;
mod told;

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;

use chrono::NaiveDateTime;

pub use cast::{Cast, Who};
pub use expected::{Expected, Happened, Owed, Refused, Settled};
pub use script::{Scenario, Step, folder, read, read_all};

use crate::database::Database;
use crate::open_house::House;
use stage::Stage;

/// How many scenarios act at the same instant.
const AT_ONCE: usize = 4;

/// What did not come true, and where it is written.
#[derive(Debug)]
pub struct Failure {
    /// The file and the line of the step.
    pub place: String,
    /// The scenario, and which of its steps.
    pub step: String,
    /// What was expected and what came.
    pub difference: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let difference = self.difference.trim_end().replace('\n', "\n    ");
        write!(f, "{}\n  {}\n    {difference}", self.place, self.step)
    }
}

/// Plays scenarios on an empty database, all in one house; answers what did not come true. A scenario ends with its
/// first failure, and the others go on.
///
/// # Panics
/// When the house itself fails: no service, no clock.
pub fn play(database: &Database, scenarios: &[Scenario]) -> Vec<Failure> {
    let mut times: Vec<NaiveDateTime> = steps(scenarios).map(|step| step.at).collect();
    times.sort_unstable();
    times.dedup();
    let Some(first) = times.first() else {
        return Vec::new();
    };
    let house = House::open_at(database, &format!("{}+08:00", first.format("%Y-%m-%dT%H:%M:%S")));
    let mut stages: Vec<Stage> = scenarios
        .iter()
        .map(|scenario| Stage::new(&house, scenario))
        .collect();
    for time in times {
        house.set_clock(&time.format("%Y-%m-%dT%H:%M").to_string());
        let mut due: Vec<&mut Stage> = stages
            .iter_mut()
            .filter(|stage| stage.next().is_some_and(|step| step.at == time))
            .collect();
        let share = due.len().div_ceil(AT_ONCE).max(1);
        thread::scope(|scope| {
            for stages in due.chunks_mut(share) {
                scope.spawn(|| stages.iter_mut().for_each(|stage| play_until(stage, time)));
            }
        });
    }
    stages.into_iter().filter_map(Stage::into_failure).collect()
}

fn steps(scenarios: &[Scenario]) -> impl Iterator<Item = &Step> {
    scenarios.iter().flat_map(|scenario| &scenario.steps)
}

/// Plays the steps of one scenario that stand at this time.
fn play_until(stage: &mut Stage, time: NaiveDateTime) {
    while stage.next().is_some_and(|step| step.at == time) {
        let played = catch_unwind(AssertUnwindSafe(|| stage.play_next()));
        let difference = match played {
            Ok(Ok(())) => continue,
            Ok(Err(difference)) => difference,
            Err(panic) => panic
                .downcast_ref::<String>()
                .cloned()
                .or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()))
                .unwrap_or_else(|| "it panicked".to_owned()),
        };
        stage.fail(difference);
    }
}

//! What is due, among few open duties and among many.

use std::path::Path;
use std::time::Duration;

use clap::Args;

use super::crowd::{Crowd, LATER, anew, until_nothing_is_due};
use crate::place::Place;
use crate::server::Server;
use crate::service::Service;
use crate::{Outcome, failure, number, tell};

/// The databases: with few, and with many.
const PLACES: [&str; 2] = ["due_few", "due_many"];

/// How much longer it may take among many.
const RATIO: f64 = 1.3;

/// How long a sweep may take.
const PATIENCE: Duration = Duration::from_mins(5);

/// What is copied of cases that are not due: what the sweep could stumble over. Their documents, found by their key alone,
/// would only fill the disk.
const KEPT: [&str; 3] = ["cases", "case_sight", "duties"];

/// What this form is told.
#[derive(Debug, Args)]
pub(crate) struct Due {
    #[command(flatten)]
    place: Place,
    /// How many steps become due at once, at least.
    #[arg(long, default_value_t = 1_000)]
    steps: u64,
    /// How many duties few are.
    #[arg(long, default_value_t = 50_000)]
    few: u64,
    /// How many duties many are.
    #[arg(long, default_value_t = 5_000_000)]
    many: u64,
    /// How often each is measured; the middle one counts.
    #[arg(long, default_value_t = 7)]
    rounds: u64,
}

impl Due {
    /// Measures, and fails if it takes longer among many.
    pub(crate) fn run(&self) -> Outcome<()> {
        let (directory, program) = (self.place.directory()?, self.place.program()?);
        let server = Server::start(directory.path(), "4GB")?;
        let crowd = Crowd::gather(&server, &program, directory.path(), "due_molds", 1)?;
        let open: u64 = server
            .ask(
                crowd.database,
                &format!(
                    "SELECT count(*) FROM duties WHERE state = 'open' AND case_id IN ('{}')",
                    crowd.originals.join("', '")
                ),
            )?
            .parse()?;
        for (place, duties) in PLACES.into_iter().zip([self.few, self.many]) {
            anew(&server, place, crowd.database)?;
            let cases = duties * crowd.originals.len() as u64 / open + 1;
            crowd.copy(&server, place, 0..cases, 0, Some(&KEPT))?;
            server.ask(place, "VACUUM (ANALYZE)")?;
            tell(&format!(
                "{place}: {} open duties on {cases} cases, {}",
                server.ask(place, "SELECT count(*) FROM duties WHERE state = 'open'")?,
                server.ask(
                    place,
                    "SELECT pg_size_pretty(pg_database_size(current_database()))"
                )?
            ));
        }
        server.ask("postgres", "CHECKPOINT")?;
        let mut took: [Vec<f64>; 2] = [Vec::new(), Vec::new()];
        // The first round warms everything up.
        for round in 0..=self.rounds {
            for (place, took) in PLACES.into_iter().zip(&mut took) {
                let each = self.sweep(&server, &program, directory.path(), &crowd, place, round)?;
                tell(&format!("round {round}, {place}: {:.1} µs a step", each * 1e6));
                if round > 0 {
                    took.push(each);
                }
            }
        }
        let [few, many] = took.map(|mut took| {
            took.sort_by(f64::total_cmp);
            took[took.len() / 2]
        });
        let ratio = many / few;
        tell(&format!(
            "{} steps: {:.1} ms among {} open duties, {:.1} ms among {}; ratio {ratio:.2}",
            self.steps,
            few * number(self.steps) * 1e3,
            self.few,
            many * number(self.steps) * 1e3,
            self.many
        ));
        if ratio > RATIO {
            return Err(failure(format!("the ratio is above {RATIO}")));
        }
        Ok(())
    }

    /// Lets steps become due in a database and one replica fire them; how long the batches took, in seconds a step.
    fn sweep(
        &self,
        server: &Server,
        program: &Path,
        directory: &Path,
        crowd: &Crowd,
        place: &str,
        round: u64,
    ) -> Outcome<f64> {
        // Copies with ordinals of their own, far above those that are not due; each fires several steps.
        let first = (round + 1) << 32;
        // What they touch is touched for the first time since a checkpoint when they are copied: otherwise each page
        // would be logged whole during the measurement, and among many no two steps share one.
        server.ask("postgres", "CHECKPOINT")?;
        crowd.copy(server, place, first..first + self.steps / 2, LATER.into(), None)?;
        let log = directory.join("service.log");
        let settings = [("HUIYIN_CLOCK", "system")];
        let service = Service::start(program, &server.url(place), None, &settings, &log)?;
        until_nothing_is_due(server, place, PATIENCE)?;
        // The figures are told once a batch is through.
        std::thread::sleep(Duration::from_millis(200));
        let figures = service.text("/metrics")?;
        let figure = |name: &str| -> Outcome<f64> {
            let line = figures.lines().find(|line| line.split(' ').next() == Some(name));
            let figure = line.and_then(|line| line.split(' ').nth(1));
            Ok(figure
                .ok_or_else(|| failure(format!("no figure {name}")))?
                .parse()?)
        };
        let steps = figure("huiyin_steps_fired_total")?;
        if steps < number(self.steps) {
            return Err(failure(format!("only {steps} steps were due")));
        }
        Ok(figure("huiyin_sweep_batch_seconds_sum")? / steps)
    }
}

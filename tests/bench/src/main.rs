//! THE STOPWATCH. How fast the house is, beside what its database can do.
//!
//! `tests/bench/run` builds and starts it. It starts a PostgreSQL server of its own and the real service, fills the
//! database with cases ([`seed`]), and then asks the service for the same things over and over ([`load`], [`work`]),
//! while in the same round pgbench issues the statements that the service issues for one such request alone
//! ([`statements`], [`pgbench`]). Two programs on the same cores in the same minute: only their ratio is told, and the
//! processor time each request costs.

mod audit;
mod calendar;
mod cost;
mod counting;
mod dice;
mod kill;
mod lives;
mod load;
mod mold;
mod overload;
mod pgbench;
mod place;
mod report;
mod rotation;
mod rounds;
mod secrecy;
mod seed;
mod server;
mod service;
mod short;
mod sqlite;
mod statements;
mod sweep;
mod texts;
mod whole;
mod work;

use std::error::Error;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use audit::Audit;
use calendar::Calendar;
use counting::Adding;
use kill::Kill;
use place::Place;
use rotation::Rotation;
use secrecy::Secrecy;
use short::Short;
use sweep::{Due, Sweep};
use whole::Whole;

/// What a part of the benchmark gives, or why it could not.
type Outcome<T> = Result<T, Failure>;

/// Why something could not be measured.
type Failure = Box<dyn Error + Send + Sync>;

fn failure(reason: impl Into<String>) -> Failure {
    Failure::from(reason.into())
}

/// The command line.
#[derive(Debug, Parser)]
#[command(
    name = "bench",
    about = "Measures Huiyin beside pgbench, on a database of its own"
)]
struct CommandLine {
    #[command(subcommand)]
    form: Form,
}

/// Which measurement.
#[derive(Debug, Subcommand)]
enum Form {
    /// Everything that was promised, at every size; an hour or more.
    Whole(Whole),
    /// Hold what a request costs against what is kept; a minute or two.
    Short(Short),
    /// Kill the service, and its database, in the middle of writing, and look for what is lost.
    Kill(Kill),
    /// Verify a million events, whose chains and checkpoints are true ones.
    Audit(Audit),
    /// Change the master key while people work, and see whether anybody waits for it or loses anything.
    Rotation(Rotation),
    /// Read what leaves a trace beside what leaves none, and what is hidden beside what there is not; two minutes.
    Secrecy(Secrecy),
    /// Add working days beside other calendars, and compare twenty years day by day; a minute.
    Counting(Adding),
    /// Let three replicas sweep what is due while they are killed, and look for steps that are lost or doubled.
    Sweep(Sweep),
    /// Measure how long what is due takes among few open duties and among many.
    Due(Due),
    /// Import a year of holidays while half a million duties are open, undisturbed and killed on the way.
    Calendar(Calendar),
}

fn main() -> ExitCode {
    let done = match CommandLine::parse().form {
        Form::Whole(whole) => whole.run(),
        Form::Short(short) => short.run(),
        Form::Kill(kill) => kill.run(),
        Form::Audit(audit) => audit.run(),
        Form::Rotation(rotation) => rotation.run(),
        Form::Secrecy(secrecy) => secrecy.run(),
        Form::Counting(adding) => adding.run(),
        Form::Sweep(sweep) => sweep.run(),
        Form::Due(due) => due.run(),
        Form::Calendar(calendar) => calendar.run(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            tell(&format!("bench: {failure}"));
            ExitCode::FAILURE
        }
    }
}

/// Says how far things are.
#[expect(clippy::print_stderr, reason = "this is how it tells whoever waits")]
fn tell(text: &str) {
    eprintln!("{text}");
}

/// A count as a number to reckon with; no count here is too large to be exact.
#[expect(clippy::cast_precision_loss, reason = "counts stay far below the limit")]
fn number(count: u64) -> f64 {
    count as f64
}

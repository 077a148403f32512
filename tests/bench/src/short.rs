//! The short form: whether the service has become dearer, told in a minute or two on any machine.
//!
//! What is compared is the service's processor time for each request with PostgreSQL's for one transaction of pgbench
//! that issues the same statements, in the same round. Neither another machine nor a busy one changes that ratio much;
//! the middle one of several rounds is held against the one that is kept, and what is too dear is measured again. Since
//! the statements are the service's own, a request that issues more of them would look cheaper: their number is kept
//! as well.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use serde::{Deserialize, Serialize};

use crate::rounds::{Compared, Stage, scripts};
use crate::seed::Recipe;
use crate::server::Server;
use crate::work::{Spread, Work};
use crate::{Outcome, Place, failure, tell};

const LIVES: usize = 200;
const CASES: u64 = 4000;
const CONNECTIONS: [usize; 2] = [8, 32];
const ROUNDS: usize = 3;
const MEASURED: Duration = Duration::from_secs(1);
/// How often a request is measured that is too dear.
const ATTEMPTS: usize = 3;
/// How much dearer is too dear.
const WORSE: f64 = 1.25;

/// What the short form is told.
#[derive(Debug, Args)]
pub(crate) struct Short {
    #[command(flatten)]
    place: Place,
    /// The ratios that are kept.
    #[arg(long, default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/kept.toml"))]
    kept: PathBuf,
    /// Keep what is measured now.
    #[arg(long)]
    update: bool,
}

/// What is kept, by the kind of request and the connections.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    /// The service's processor time for a request, PostgreSQL's for a transaction of pgbench being 1.
    ratio: BTreeMap<String, f64>,
    /// How many statements one request issues.
    statements: BTreeMap<String, usize>,
}

impl Short {
    /// Measures, and holds it against what is kept.
    pub(crate) fn run(&self) -> Outcome<()> {
        let (directory, program) = (self.place.directory()?, self.place.program()?);
        let server = Server::start(directory.path(), "256MB")?;
        let seed = Recipe::of(LIVES, CASES).make(&server, &program, directory.path())?;
        let works = [
            Work::Create,
            Work::Command(Spread::Random),
            Work::Read,
            Work::List(None),
        ];
        let scripts = scripts(&server, &program, &seed, directory.path(), &works)?;
        let stage = Stage::set(&server, &program, &seed, directory.path())?;
        let kept: Kept = if self.update {
            Kept::default()
        } else {
            toml::from_str(&fs::read_to_string(&self.kept)?)?
        };
        let mut measured = Kept::default();
        for (work, script) in works.iter().zip(&scripts) {
            for connections in CONNECTIONS {
                let name = format!("{}_{connections}", work.name());
                let most = kept
                    .ratio
                    .get(&name)
                    .map_or(f64::INFINITY, |before| before * WORSE);
                let mut least = f64::INFINITY;
                // What is too dear once may have had a bad minute; what has become dearer is so each time.
                for _ in 0..ATTEMPTS {
                    let compared = stage.compare(work, script, connections, ROUNDS, MEASURED)?;
                    if compared.errors() > 0 {
                        return Err(failure(format!("{name}: {} errors", compared.errors())));
                    }
                    least = least.min(ratio(&compared));
                    measured.statements.insert(compared.name, compared.statements);
                    if least <= most {
                        break;
                    }
                }
                measured.ratio.insert(name, least);
            }
        }
        if self.update {
            fs::write(&self.kept, measured.written())?;
            tell(&format!("kept in {}", self.kept.display()));
            return Ok(());
        }
        let worse = measured.worse_than(&kept);
        if worse.is_empty() {
            tell("no request has become dearer");
            Ok(())
        } else {
            Err(failure(format!(
                "dearer than what is kept in {}:{worse}",
                self.kept.display()
            )))
        }
    }
}

fn ratio(compared: &Compared) -> f64 {
    compared.median(|round| round.load.each()[0] / round.floor.database)
}

impl Kept {
    /// What has become too dear, a line each.
    fn worse_than(&self, kept: &Self) -> String {
        let mut worse = String::new();
        for (name, now) in &self.ratio {
            match kept.ratio.get(name) {
                Some(before) => {
                    tell(&format!("{name:<14} {now:.2} of pgbench, kept {before:.2}"));
                    if *now > before * WORSE {
                        write!(worse, "\n  {name}: {now:.2} of pgbench, it was {before:.2}")
                            .expect("a string");
                    }
                }
                None => write!(worse, "\n  {name} is not kept: run with --update").expect("a string"),
            }
        }
        for (name, now) in &self.statements {
            let before = kept.statements.get(name).copied().unwrap_or_default();
            if *now > before {
                write!(worse, "\n  {name}: {now} statements, it was {before}").expect("a string");
            }
        }
        worse
    }

    fn written(&self) -> String {
        let mut text = "# What a request costs, held against by `bench short`; written by `bench short --update`.\n\
                        # ratio: processor time of the service for a request, that of PostgreSQL for one transaction of\n\
                        # pgbench with the same statements being 1. statements: how many one request issues.\n\n[ratio]\n"
            .to_owned();
        for (name, ratio) in &self.ratio {
            writeln!(text, "{name} = {ratio:.2}").expect("a string takes what is written");
        }
        text.push_str("\n[statements]\n");
        for (name, count) in &self.statements {
            writeln!(text, "{name} = {count}").expect("a string takes what is written");
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(ratio: f64, statements: usize) -> Kept {
        Kept {
            ratio: BTreeMap::from([("read_8".to_owned(), ratio)]),
            statements: BTreeMap::from([("read".to_owned(), statements)]),
        }
    }

    #[test]
    fn a_quarter_more_is_too_much_and_so_is_a_statement() {
        assert_eq!(kept(1.2, 3).worse_than(&kept(1.0, 3)), "");
        assert!(kept(1.3, 3).worse_than(&kept(1.0, 3)).contains("read_8"));
        assert!(kept(1.0, 4).worse_than(&kept(1.0, 3)).contains("4 statements"));
        assert!(kept(1.0, 3).worse_than(&Kept::default()).contains("not kept"));
    }

    #[test]
    fn what_is_written_is_read_again() {
        let read: Kept = toml::from_str(&kept(1.25, 3).written()).unwrap();
        assert!((read.ratio["read_8"] - 1.25).abs() < 0.001);
        assert_eq!(read.statements["read"], 3);
    }
}

//! The whole form: everything that was promised, at every size, on both engines.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;

use crate::cost::resident;
use crate::load::Plan;
use crate::pgbench;
use crate::place::Directory;
use crate::report::{Bound, Report, Target};
use crate::rounds::{Compared, Stage, scripts};
use crate::seed::{Recipe, Seed};
use crate::server::Server;
use crate::service::Service;
use crate::statements::Eavesdropper;
use crate::work::{Spread, Work};
use crate::{Outcome, Place, lives, number, overload, sqlite, tell, texts};

/// What the whole form is told.
#[derive(Debug, Args)]
pub(crate) struct Whole {
    #[command(flatten)]
    place: Place,
    /// How many cases: the first size is measured in full, the others where size may matter.
    #[arg(long, value_delimiter = ',', default_values_t = [10_000, 1_000_000])]
    cases: Vec<u64>,
    /// A size at which only what lists read is there for every case; 0 for none.
    #[arg(long, default_value_t = 5_000_000)]
    narrow: u64,
    /// How many lives are led through the service, a multiple of twenty.
    #[arg(long, default_value_t = 2000)]
    lives: usize,
    /// How many rounds.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Seconds of each turn.
    #[arg(long, default_value_t = 4)]
    seconds: u64,
    /// PostgreSQL's shared memory.
    #[arg(long, default_value = "2GB")]
    shared_buffers: String,
    /// GB of the disk that stay free; what does not fit is scaled down.
    #[arg(long, default_value_t = 10)]
    leave: u64,
    /// Where the report goes; its chart goes beside it.
    #[arg(long, default_value = "REPORT.md")]
    out: PathBuf,
}

/// What the log of the database takes while it is filled.
const LOG: u64 = 9 << 30;
/// With fewer whole cases it would always be the same ones that are met.
const WHOLE_MIN: u64 = 2000;
/// The page that is deep.
const DEEP_ROWS: u64 = 200_000;

impl Whole {
    /// Measures all of it.
    pub(crate) fn run(&self) -> Outcome<()> {
        let (directory, program) = (self.place.directory()?, self.place.program()?);
        let server = Server::start(directory.path(), &self.shared_buffers)?;
        let mut report = Report {
            settings: server.settings.clone(),
            ..Report::default()
        };
        report
            .remarks
            .push(format!("The database lay on {}", directory.disk()));
        let mut sizes = self.cases.clone();
        sizes.extend((self.narrow > 0).then_some(self.narrow));
        for (at, cases) in sizes.iter_mut().enumerate() {
            let recipe = self.recipe(*cases, &report, &directory)?;
            // What the disk bears.
            *cases = recipe.cases;
            let seed = recipe.make(&server, &program, directory.path())?;
            report.seeds.push(seed.clone());
            self.measure(at == 0, &seed, &server, &program, directory.path(), &mut report)?;
            report.write(&self.out)?;
            if !directory.is_kept() {
                server.ask(
                    "postgres",
                    &format!("DROP DATABASE {} WITH (FORCE)", recipe.database()),
                )?;
            }
        }
        for cases in &self.cases {
            let recipe = self.recipe(*cases, &report, &directory)?;
            // A file has no narrow form: as many cases as the disk bears.
            let recipe = Recipe::of(self.lives, recipe.whole);
            let measured = Duration::from_secs(self.seconds);
            sqlite::measure(
                &recipe,
                &program,
                directory.path(),
                self.rounds,
                measured,
                &mut report,
            )?;
        }
        promises(&sizes, &mut report);
        report.write(&self.out)?;
        tell(&format!("The report is in {}", self.out.display()));
        Ok(())
    }

    /// As many whole cases as the disk bears, by what a case of the first seed weighs.
    fn recipe(&self, cases: u64, report: &Report, directory: &Directory) -> Outcome<Recipe> {
        let recipe = Recipe::of(self.lives, cases);
        if recipe.is_kept(directory.path()) {
            return Ok(recipe);
        }
        let Some(first) = report.seeds.first() else {
            return Ok(recipe);
        };
        let (weight, free) = (first.weight(), directory.free()?);
        let mut left = free.saturating_sub((self.leave << 30) + LOG);
        let mut fits = |most: u64, each: u64| {
            // In whole rounds of lives, so that every kind of life is there as often.
            let fit = most.min(left / each.max(1)) / lives::CYCLE as u64 * lives::CYCLE as u64;
            left -= fit * each;
            fit
        };
        let cases = fits(cases, weight.narrow);
        let searched = fits(cases, weight.searched);
        let whole = fits(
            searched,
            weight.whole.saturating_sub(weight.narrow + weight.searched),
        );
        let recipe = Recipe {
            cases,
            whole,
            searched,
            ..recipe
        };
        tell(&format!(
            "A case weighs {} bytes where lists read, {} where it is searched, {} in all; {} GB are free, of which {} stay \
             so: {cases} cases, {searched} to be searched, {whole} whole",
            weight.narrow,
            weight.searched,
            weight.whole,
            free >> 30,
            self.leave,
        ));
        Ok(recipe)
    }

    fn measure(
        &self,
        first: bool,
        seed: &Seed,
        server: &Server,
        program: &Path,
        directory: &Path,
        report: &mut Report,
    ) -> Outcome<()> {
        let stage = Stage::set(server, program, seed, directory)?;
        let mut works = vec![
            (
                Work::Create,
                if first { vec![1, 8, 32, 128] } else { vec![8, 32] },
            ),
            (
                Work::Command(Spread::Random),
                if first { vec![1, 8, 32, 128] } else { vec![8, 32] },
            ),
            (Work::Command(Spread::Hot), vec![8, 32]),
            (Work::Read, if first { vec![1, 8, 32, 128] } else { vec![8] }),
            (
                Work::List(None),
                if first { vec![1, 8, 32, 128] } else { vec![8] },
            ),
            (
                Work::List(Some(deep(&stage, "/api/v1/cases?limit=100")?)),
                vec![8],
            ),
            (Work::Worklist(None), vec![8]),
            (
                Work::Worklist(Some(deep(&stage, "/api/v1/duties?scope=office&limit=100")?)),
                vec![8],
            ),
        ];
        if searches(&stage) {
            works.extend(
                [texts::FREQUENT, texts::RARE, texts::ABSENT].map(|word| (Work::Search(word), vec![1, 8])),
            );
        } else {
            report.remarks.push("This service has no search.".to_owned());
        }
        drop(stage);
        if seed.recipe.whole < WHOLE_MIN {
            report.remarks.push(format!(
                "Of {} cases too few are whole to be read or commanded",
                seed.recipe.cases
            ));
            works.retain(|(work, _)| !matches!(work, Work::Read | Work::Command(_)));
        }
        let kinds: Vec<Work> = works.iter().map(|(work, _)| work.clone()).collect();
        let scripts = scripts(server, program, seed, directory, &kinds)?;
        let stage = Stage::set(server, program, seed, directory)?;
        std::thread::sleep(Duration::from_secs(1));
        let idle = resident(stage.service.process())?;
        for ((work, connections), script) in works.iter().zip(&scripts) {
            for connections in connections {
                let measured = Duration::from_secs(self.seconds);
                let compared = stage.compare(work, script, *connections, self.rounds, measured)?;
                report.compared.push(compared);
            }
        }
        if first {
            self.memory(&stage, idle, report)?;
            overload::measure(&stage, report)?;
        }
        drop(stage);
        self.start(seed, server, program, directory, report)?;
        sweep(seed, server, program, directory, report)
    }

    fn memory(&self, stage: &Stage, idle: f64, report: &mut Report) -> Outcome<()> {
        let plan = Plan {
            connections: 128,
            rate: None,
            warm_up: Duration::from_secs(1),
            measured: Duration::from_secs(self.seconds * 3),
        };
        let load = stage.load(&Work::Create, plan)?;
        let again = stage.load(&Work::Create, plan)?;
        let target = |about: &str, measured, most| Target {
            about: about.to_owned(),
            measured: Some(measured),
            bound: Bound::AtMost(most),
            unit: " MB",
        };
        report.targets.extend([
            target("Memory when nobody asks", idle, 40.0),
            target("Memory while 128 ask", load.memory.0.max(again.memory.0), 150.0),
        ]);
        report.remarks.push(format!(
            "Memory at the end of two long turns of 128 connections: {:.1} and {:.1} MB",
            load.memory.1, again.memory.1
        ));
        Ok(())
    }

    fn start(
        &self,
        seed: &Seed,
        server: &Server,
        program: &Path,
        directory: &Path,
        report: &mut Report,
    ) -> Outcome<()> {
        let url = server.url(&seed.recipe.database());
        let mut times = Vec::new();
        for _ in 0..self.rounds.max(3) {
            let service = Service::start(program, &url, None, &[], &directory.join("service.log"))?;
            times.push(service.started_in.as_secs_f64() * 1000.0);
        }
        times.sort_by(f64::total_cmp);
        report.targets.push(Target {
            about: format!("From start to ready, {} cases", seed.recipe.cases),
            measured: times.get(times.len() / 2).copied(),
            bound: Bound::AtMost(300.0),
            unit: " ms",
        });
        Ok(())
    }
}

/// What was promised about the comparisons.
fn promises(sizes: &[u64], report: &mut Report) {
    let first = sizes.first().copied().unwrap_or_default();
    let largest = sizes.last().copied().unwrap_or_default();
    let ratio = |name: &str, connections| report.find(name, first, connections).map(Compared::ratio);
    let p99 = |name: &str, connections| {
        report
            .find(name, first, connections)
            .map(|it| it.median(|round| round.load.p(99)))
    };
    let mut targets = Vec::new();
    let mut add = |about: String, measured, bound, unit| {
        targets.push(Target {
            about,
            measured,
            bound,
            unit,
        });
    };
    for (name, connections, least) in [
        ("create", 8, 1.0),
        ("create", 32, 2.0),
        ("command", 8, 1.15),
        ("command", 32, 2.2),
        ("read", 8, 0.4),
        ("list", 8, 0.45),
    ] {
        let about = format!("{name}, {connections} connections, beside pgbench");
        add(about, ratio(name, connections), Bound::AtLeast(least), "");
    }
    add(
        "create, 32 connections, p99".to_owned(),
        p99("create", 32),
        Bound::AtMost(15.0),
        " ms",
    );
    let hot = report.compared.iter().filter(|it| it.name == "command_hot");
    let hot = hot.map(|it| number(it.errors())).sum();
    add(
        "Errors on the fifty hot cases".to_owned(),
        Some(hot),
        Bound::AtMost(0.0),
        "",
    );
    for name in ["read", "list", "list_deep", "worklist", "worklist_deep"] {
        let cost = |cases| {
            let cost = report.find(name, cases, 8)?.cost();
            Some(cost[0] + cost[1])
        };
        let grown = cost(largest).zip(cost(first)).map(|(large, small)| large / small);
        add(
            format!("{name}: its cost at {largest} cases beside {first}"),
            grown,
            Bound::AtMost(1.2),
            "",
        );
    }
    for cases in &sizes[1..] {
        for (word, most) in [(texts::FREQUENT, 50.0), (texts::RARE, 20.0), (texts::ABSENT, 5.0)] {
            let found = report.find(&Work::Search(word).name(), *cases, 1);
            let took = found.map(|it| it.median(|round| round.load.p(50)));
            add(
                format!("Search for {word} in {cases} cases, p50"),
                took,
                Bound::AtMost(most),
                " ms",
            );
        }
    }
    report.targets.extend(targets);
}

/// The cursor of a page deep in a list, or of the middle one if it is not that long.
fn deep(stage: &Stage, path: &str) -> Outcome<String> {
    let mut cursors: Vec<String> = Vec::new();
    while (cursors.len() as u64) < DEEP_ROWS / 100 {
        let path = cursors
            .last()
            .map_or_else(|| path.to_owned(), |cursor| format!("{path}&cursor={cursor}"));
        let page = stage.service.ask("GET", &path, Some(&stage.token), &[], None)?;
        let Some(cursor) = page["next_cursor"].as_str() else {
            cursors.truncate((cursors.len() / 2).max(1));
            break;
        };
        cursors.push(cursor.to_owned());
    }
    Ok(cursors.pop().ok_or("a list of one page has no depth")?)
}

/// Whether the service can search.
fn searches(stage: &Stage) -> bool {
    let (method, path, body) = Work::Search(texts::ABSENT).asked(0);
    stage
        .service
        .ask(method, &path, Some(&stage.token), &[], body.as_ref())
        .is_ok()
}

/// What a look at what is due costs when nothing is.
fn sweep(seed: &Seed, server: &Server, program: &Path, directory: &Path, report: &mut Report) -> Outcome<()> {
    let listening = Eavesdropper::start(server, program, seed, lives::HALL, &directory.join("service.log"))?;
    let script = listening.idle_script()?;
    drop(listening);
    let database = seed.recipe.database();
    let floor = pgbench::run(
        server,
        &database,
        &script,
        directory,
        1,
        Duration::from_secs(2),
        true,
    )?;
    report.remarks.push(format!(
        "A sweep of nothing due costs PostgreSQL {:.0} us at {} cases ({} statements)",
        floor.database, seed.recipe.cases, script.statements
    ));
    Ok(())
}

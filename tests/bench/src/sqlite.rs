//! SQLite: the same seed in a file, and what a shared transaction gains there.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection as _;
use diesel::sql_types::Text;
use diesel::{Connection as _, QueryableByName, RunQueryDsl as _, SqliteConnection, sql_query};

use crate::cost::Watched;
use crate::lives::{self, HALL};
use crate::load::{self, Load, Plan};
use crate::mold::Mold;
use crate::report::{Bound, Report, Target};
use crate::seed::{Known, Molds, Recipe, searched};
use crate::service::Service;
use crate::work::Work;
use crate::{Outcome, tell};

/// How many rows an INSERT has.
const ROWS: usize = 200;
/// How many cases share a transaction while the file is filled.
const CASES: u64 = 5000;

/// A seed in a file.
#[derive(Debug)]
struct Filled {
    path: PathBuf,
    now: String,
}

/// Fills a file and measures how much faster creating is when those who wait share a transaction.
pub(crate) fn measure(
    recipe: &Recipe,
    program: &Path,
    directory: &Path,
    rounds: usize,
    measured: Duration,
    report: &mut Report,
) -> Outcome<()> {
    let filled = fill(recipe, program, directory)?;
    let bytes = fs::metadata(&filled.path)?.len();
    report.remarks.push(format!(
        "The SQLite file of {} cases holds {} MB",
        recipe.cases,
        bytes >> 20
    ));
    for (connections, least) in [(8, 2.0), (32, 3.0)] {
        let mut gains = Vec::new();
        let mut waits = Vec::new();
        for _ in 0..rounds {
            let turn =
                |batch: &str| create(&filled, recipe, program, directory, batch, connections, measured);
            let (together, alone) = (turn("64")?, turn("1")?);
            let line = format!(
                "SQLite, {} cases, create, {connections} connections: {:.0} a second together, {:.0} one by one; p99 {:.1} \
                 and {:.1} ms; {:.0} us of the service each; answers by status {:?}",
                recipe.cases,
                together.rate(),
                alone.rate(),
                together.p(99),
                alone.p(99),
                together.each()[0],
                together.answers
            );
            tell(&line);
            report.remarks.push(line);
            gains.push(together.rate() / alone.rate());
            waits.push(together.p(99));
        }
        let middle = |mut all: Vec<f64>| {
            all.sort_by(f64::total_cmp);
            all.get(all.len() / 2).copied()
        };
        let about = |what: &str| {
            format!(
                "SQLite, {} cases, create, {connections} connections: {what}",
                recipe.cases
            )
        };
        report.targets.push(Target {
            about: about("together beside one by one"),
            measured: middle(gains),
            bound: Bound::AtLeast(least),
            unit: "",
        });
        report.targets.push(Target {
            about: about("p99"),
            measured: middle(waits),
            bound: Bound::AtMost(15.0),
            unit: " ms",
        });
    }
    Ok(())
}

fn create(
    filled: &Filled,
    recipe: &Recipe,
    program: &Path,
    directory: &Path,
    batch: &str,
    connections: usize,
    measured: Duration,
) -> Outcome<Load> {
    let log = directory.join("service.log");
    let settings = [("HUIYIN_BATCH", batch)];
    let service = Service::start(program, &url(&filled.path), Some(&filled.now), &settings, &log)?;
    let token = service.log_in(HALL)?;
    let plan = Plan {
        connections,
        rate: None,
        warm_up: Duration::from_millis(500),
        measured,
    };
    let watched = Watched {
        service: Some(service.process()),
        database: None,
    };
    load::run(&service.address, plan, watched, |_| {
        Work::Create.requests(&service.address, &token, recipe)
    })
}

fn url(path: &Path) -> String {
    format!("sqlite://{}", path.display())
}

/// Leads the lives on a new file and copies them.
fn fill(recipe: &Recipe, program: &Path, directory: &Path) -> Outcome<Filled> {
    let path = directory.join(format!("{}.sqlite", recipe.database()));
    for suffix in ["", "-wal", "-shm"] {
        let mut old = path.clone().into_os_string();
        old.push(suffix);
        drop(fs::remove_file(old));
    }
    let service = Service::start(program, &url(&path), None, &[], &directory.join("service.log"))?;
    let led = lives::lead(&service, recipe.lives, recipe.seed)?;
    drop(service);
    let begun = Instant::now();
    let mut file = SqliteConnection::establish(&path.display().to_string())?;
    file.batch_execute(
        "PRAGMA journal_mode = DELETE; PRAGMA synchronous = OFF; PRAGMA cache_size = -400000",
    )?;
    copy(recipe, &mut file, &led.cases)?;
    file.batch_execute("ANALYZE")?;
    tell(&format!(
        "SQLite: {} cases copied in {} s",
        recipe.cases,
        begun.elapsed().as_secs()
    ));
    Ok(Filled { path, now: led.now })
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

fn lines(file: &mut SqliteConnection, question: &str) -> Outcome<Vec<String>> {
    let found: Vec<Line> = sql_query(question).load(file)?;
    Ok(found.into_iter().map(|it| it.line).collect())
}

/// Copies the rows of the lives, in every table that names a case.
fn copy(recipe: &Recipe, file: &mut SqliteConnection, cases: &[String]) -> Outcome<()> {
    let known = known(file, cases)?;
    let indexes = lines(
        file,
        "SELECT sql AS line FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL",
    )?;
    let names = lines(
        file,
        "SELECT name AS line FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL",
    )?;
    for name in names {
        file.batch_execute(&format!("DROP INDEX {name}"))?;
    }
    let tables = lines(
        file,
        "SELECT m.name || ' ' || c.name AS line FROM sqlite_master m, pragma_table_info(m.name) c \
         WHERE m.type = 'table' AND (c.name = 'case_id' OR (m.name = 'cases' AND c.name = 'id')) \
         AND m.sql NOT LIKE 'CREATE VIRTUAL%' AND m.name NOT LIKE 'case_search_%' AND m.name NOT LIKE 'case_texts%' \
         AND m.name NOT LIKE 'checkpoint_%' \
         AND m.name NOT IN ('case_keys', 'complainant_marks', 'erasures', 'outbox', 'access_log')",
    )?;
    for (table, column) in tables.iter().filter_map(|line| line.split_once(' ')) {
        let molds = molds(file, table, column, &known)?;
        pour(recipe, file, table, &molds)?;
    }
    Ok(file.batch_execute(&indexes.join(";"))?)
}

/// What is known of the lives that are copied.
fn known(file: &mut SqliteConnection, cases: &[String]) -> Outcome<Known> {
    let ids = "SELECT hex(id) AS line FROM offices UNION ALL SELECT hex(id) FROM units UNION ALL SELECT hex(id) FROM staff \
               UNION ALL SELECT hex(id) FROM windows";
    let numbers = "SELECT hex(id) || ' ' || case_no AS line FROM cases WHERE case_no IS NOT NULL";
    let texts = "SELECT hex(case_id) || ' ' || replace(words, char(10), char(31)) AS line FROM case_search";
    let mut known = Known {
        ordinals: cases.iter().cloned().zip(0..).collect(),
        shared: lines(file, ids)?.iter().map(|id| dashed(id)).collect(),
        ..Known::default()
    };
    for line in lines(file, numbers)? {
        let (case, number) = line.split_once(' ').ok_or("a case and its number")?;
        known.numbers.insert(dashed(case), number.to_owned());
    }
    for line in lines(file, texts)? {
        let (case, words) = line.split_once(' ').ok_or("a case and what it says")?;
        known.words.insert(dashed(case), searched(words));
    }
    Ok(known)
}

/// The rows of a table as molds, by the ordinal of the life.
fn molds(file: &mut SqliteConnection, table: &str, column: &str, known: &Known) -> Outcome<Molds> {
    let columns = lines(
        file,
        &format!("SELECT 'quote(' || name || ')' AS line FROM pragma_table_info('{table}')"),
    )?;
    let row = columns.join(" || char(9) || ");
    let rows = format!("SELECT hex({column}) || char(9) || {row} AS line FROM {table}");
    let mut molds: Molds = known.ordinals.iter().map(|_| Vec::new()).collect();
    for line in lines(file, &rows)? {
        let (case, row) = line.split_once('\t').ok_or("a row names its case")?;
        if let Some((ordinal, life)) = known.life(&dashed(case)) {
            molds[ordinal].push(Mold::of_literals(row, &life));
        }
    }
    Ok(molds)
}

fn pour(recipe: &Recipe, file: &mut SqliteConnection, table: &str, molds: &Molds) -> Outcome<()> {
    let (mut rows, mut row) = (Vec::new(), Vec::new());
    for ordinal in 0..recipe.cases {
        let copied = recipe.copied(ordinal);
        let life = usize::try_from(ordinal).unwrap_or(usize::MAX) % molds.len();
        for mold in &molds[life] {
            row.clear();
            mold.cast(copied, &mut row);
            let row = str::from_utf8(&row)?;
            rows.push(format!("({})", row.trim_end().replace('\t', ",")));
        }
        if ordinal % CASES == CASES - 1 || ordinal + 1 == recipe.cases {
            file.transaction(|file| {
                for some in rows.chunks(ROWS) {
                    file.batch_execute(&format!("INSERT INTO {table} VALUES {}", some.join(",")))?;
                }
                diesel::QueryResult::Ok(())
            })?;
            rows.clear();
        }
    }
    Ok(())
}

/// An id as it is written, of its hexadecimal digits.
fn dashed(digits: &str) -> String {
    uuid::Uuid::parse_str(digits).map_or_else(|_| digits.to_owned(), |id| id.to_string())
}

//! A database full of cases: some hundred whole lives, and copies of their rows by the million.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::lives::{self, CYCLE};
use crate::mold::{Copied, Life, Mold};
use crate::server::Server;
use crate::service::Service;
use crate::texts::Kind;
use crate::{Outcome, failure, tell};

/// The days over which the cases are spread.
const DAYS: u64 = 3 * 365;

/// How long the service may take to index what is searched.
const INDEXING: Duration = Duration::from_hours(3);

/// How many bytes are handed over at once.
const BUFFER: usize = 1 << 20;

/// What a seed is made of; kept beside it, so that a later run finds it again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Recipe {
    /// How many lives are led through the service.
    pub(crate) lives: usize,
    /// How many cases are copied from them.
    pub(crate) cases: u64,
    /// How many of those, the newest, have all their rows. Of the others only the tables that lists read have any, and
    /// of their duties, if they are closed, two.
    pub(crate) whole: u64,
    /// How many, the newest, can be searched.
    pub(crate) searched: u64,
    /// What chance begins with.
    pub(crate) seed: u64,
    /// Whether all are open: then they lie in time where the lives lie.
    #[serde(default)]
    pub(crate) open: bool,
}

/// A seed as it lies in a database.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Seed {
    /// What it is made of.
    pub(crate) recipe: Recipe,
    /// Where the clock must stand: nothing is due then.
    pub(crate) now: String,
    /// Bytes of each table with its indexes, and its rows.
    pub(crate) tables: BTreeMap<String, (u64, u64)>,
    /// How long the copying took, in seconds.
    pub(crate) seconds: u64,
}

/// What a case weighs, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Weight {
    /// In the tables that lists read, if it is closed with two of its duties.
    pub(crate) narrow: u64,
    /// In what is searched.
    pub(crate) searched: u64,
    /// In everything.
    pub(crate) whole: u64,
}

impl Seed {
    /// What a case of this seed weighs, in the mean.
    pub(crate) fn weight(&self) -> Weight {
        let mut weight = Weight {
            narrow: 0,
            searched: 0,
            whole: 0,
        };
        for (table, (bytes, rows)) in &self.tables {
            let each = bytes / self.cases_in(table);
            weight.whole += each;
            if table == DUTIES {
                weight.narrow += bytes / rows.max(&1) * (DUTIES_KEPT as u64 + 1);
            } else if NARROW.contains(&table.as_str()) {
                weight.narrow += each;
            } else if table.starts_with(SEARCHED) {
                weight.searched += each;
            }
        }
        weight
    }

    /// How many cases have rows in a table.
    pub(crate) fn cases_in(&self, table: &str) -> u64 {
        (self.recipe.cases - self.recipe.first_in(table) + self.recipe.lives as u64).max(1)
    }
}

/// The tables that lists read, in which every case has rows.
const NARROW: [&str; 3] = ["cases", DUTIES, "case_sight"];
const DUTIES: &str = "duties";
/// The table that decisions read.
const STATES: &str = "case_states";
/// How the names of the tables begin that are searched.
const SEARCHED: &str = "case_search";
/// How many duties a closed case keeps that is not whole.
const DUTIES_KEPT: usize = 2;

impl Recipe {
    /// The name of the database that holds this seed.
    pub(crate) fn database(&self) -> String {
        format!("bench_{}", self.cases)
    }

    /// What tells that it is there.
    fn note(&self, directory: &Path) -> PathBuf {
        directory.join(format!("{}.json", self.database()))
    }

    /// Whether an earlier run has left a seed of so many cases.
    pub(crate) fn is_kept(&self, directory: &Path) -> bool {
        self.note(directory).exists()
    }

    /// Makes the seed, or finds it where an earlier run has left it.
    pub(crate) fn make(&self, server: &Server, program: &Path, directory: &Path) -> Outcome<Seed> {
        let database = self.database();
        let note = self.note(directory);
        if let Ok(kept) = fs::read_to_string(&note) {
            let seed: Seed = serde_json::from_str(&kept)?;
            if seed.recipe.is_like(self) && seed.now > chrono::Utc::now().to_rfc3339() {
                tell(&format!("{} cases: the seed is there already", self.cases));
                return Ok(seed);
            }
            fs::remove_file(&note)?;
        }
        server.ask(
            "postgres",
            &format!("DROP DATABASE IF EXISTS {database} WITH (FORCE)"),
        )?;
        server.ask(
            "postgres",
            &format!("CREATE DATABASE {database} TEMPLATE template0"),
        )?;
        let begun = Instant::now();
        let service = Service::start(
            program,
            &server.url(&database),
            None,
            &[],
            &directory.join("service.log"),
        )?;
        let led = lives::lead(&service, self.lives, self.seed)?;
        drop(service);
        tell(&format!(
            "{} lives led in {} s",
            self.lives,
            begun.elapsed().as_secs()
        ));
        let begun = Instant::now();
        self.copy(server, &database, &led.cases)?;
        tell(&format!(
            "{} cases copied from them in {} s",
            self.cases,
            begun.elapsed().as_secs()
        ));
        self.index(server, program, &database, &led.now, directory)?;
        server.ask(&database, "VACUUM (ANALYZE)")?;
        server.ask(&database, "CHECKPOINT")?;
        let seconds = begun.elapsed().as_secs();
        let seed = Seed {
            recipe: self.clone(),
            now: led.now,
            tables: sizes(server, &database)?,
            seconds,
        };
        fs::write(note, serde_json::to_string_pretty(&seed)?)?;
        Ok(seed)
    }

    /// So many cases, all of them whole.
    pub(crate) fn of(lives: usize, cases: u64) -> Self {
        Self {
            lives,
            cases,
            whole: cases,
            searched: cases,
            seed: 1,
            open: false,
        }
    }

    /// So many open cases, as far as their duties and decisions on them need it.
    pub(crate) fn open(lives: usize, cases: u64) -> Self {
        Self {
            whole: 0,
            searched: 0,
            open: true,
            ..Self::of(lives, cases)
        }
    }

    /// The ordinal of the first case that has rows in a table.
    fn first_in(&self, table: &str) -> u64 {
        if NARROW.contains(&table) || (self.open && table == STATES) {
            0
        } else if table.starts_with(SEARCHED) {
            self.cases - self.searched.max(self.whole).min(self.cases)
        } else {
            self.cases - self.whole.min(self.cases)
        }
    }

    /// Whether it is the same but for how many are whole, which the disk says.
    fn is_like(&self, other: &Self) -> bool {
        (self.lives, self.cases, self.seed) == (other.lives, other.cases, other.seed)
    }

    /// Copies the rows of the lives to as many cases as are wanted.
    pub(crate) fn copy(&self, server: &Server, database: &str, cases: &[String]) -> Outcome<()> {
        let known = Known::of(server, database, cases)?;
        let indexes = if self.cases > 50_000 {
            drop_indexes(server, database)?
        } else {
            String::new()
        };
        for table in tables(server, database)? {
            let molds = table.molds(server, database, &known)?;
            table.fill(self, server, database, &molds)?;
        }
        server.ask(database, &indexes)?;
        server.ask(database, "ANALYZE").map(drop)
    }

    /// Lets the service make what it makes by itself of what is searched, if it searches.
    fn index(
        &self,
        server: &Server,
        program: &Path,
        database: &str,
        now: &str,
        directory: &Path,
    ) -> Outcome<()> {
        let there = server.ask(database, "SELECT to_regclass('case_search_backlog') IS NOT NULL")?;
        if there != "t" {
            return Ok(());
        }
        server.ask(
            database,
            "INSERT INTO case_search_backlog (office_id, case_id) SELECT office_id, case_id FROM case_search \
             ON CONFLICT DO NOTHING",
        )?;
        let begun = Instant::now();
        let service = Service::start(
            program,
            &server.url(database),
            Some(now),
            &[],
            &directory.join("service.log"),
        )?;
        while server.ask(database, "SELECT EXISTS (SELECT FROM case_search_backlog)")? == "t" {
            std::thread::sleep(Duration::from_millis(500));
            if begun.elapsed() > INDEXING {
                return Err(failure(
                    "the service does not finish its index of what is searched",
                ));
            }
        }
        drop(service);
        tell(&format!(
            "{} cases indexed by the service in {} s",
            self.cases,
            begun.elapsed().as_secs()
        ));
        Ok(())
    }

    /// What sets the copy with this ordinal apart: closed cases go back three years, open ones lie where they lay,
    /// so that nothing on them is due.
    pub(crate) fn copied(&self, ordinal: u64) -> Copied {
        Copied {
            ordinal,
            days_back: if self.open || is_open(ordinal) {
                0
            } else {
                (self.cases - ordinal) * DAYS / self.cases
            },
            // A due time that is a turn later than the calendar says would not be the calendar's.
            turn: if self.open { 0 } else { ordinal / self.lives as u64 },
            seed: self.seed,
        }
    }
}

/// Whether the case with this ordinal is open.
fn is_open(ordinal: u64) -> bool {
    ordinal.is_multiple_of(CYCLE as u64 / 2)
}

/// A table that has rows of cases.
#[derive(Debug)]
pub(crate) struct Table {
    /// Its name.
    pub(crate) name: String,
    /// The column that names the case.
    case: String,
    columns: Vec<String>,
    bytes: Vec<bool>,
}

/// Rows as molds, by the ordinal of the life.
pub(crate) type Molds = Vec<Vec<Mold>>;

/// What is known of the lives that are copied.
#[derive(Debug, Default)]
pub(crate) struct Known {
    /// Which ordinal a case has.
    pub(crate) ordinals: BTreeMap<String, usize>,
    /// The number of each case that has one.
    pub(crate) numbers: BTreeMap<String, String>,
    /// Ids that are not of one case.
    pub(crate) shared: BTreeSet<String>,
    /// What people wrote about each case.
    pub(crate) words: BTreeMap<String, Vec<(Kind, String)>>,
}

impl Known {
    /// What is known of these cases.
    pub(crate) fn of(server: &Server, database: &str, cases: &[String]) -> Outcome<Self> {
        Ok(Self {
            ordinals: cases.iter().cloned().zip(0..).collect(),
            numbers: numbers(server, database)?,
            shared: shared_ids(server, database)?,
            words: words(server, database)?,
        })
    }

    /// What is the case's own, and which ordinal it has; nothing for a case of the demonstration.
    pub(crate) fn life<'a>(&'a self, case: &'a str) -> Option<(usize, Life<'a>)> {
        let ordinal = *self.ordinals.get(case)?;
        let life = Life {
            case,
            number: self.numbers.get(case).map_or("", String::as_str),
            shared: &self.shared,
            words: self.words.get(case).map_or(&[], Vec::as_slice),
        };
        Some((ordinal, life))
    }
}

impl Table {
    /// The rows of the cases that are known, as molds.
    pub(crate) fn molds(&self, server: &Server, database: &str, known: &Known) -> Outcome<Molds> {
        let case_at = self.columns.iter().position(|column| *column == self.case);
        let case_at = case_at.ok_or("a table of cases names the case")?;
        let mut molds: Molds = known.ordinals.iter().map(|_| Vec::new()).collect();
        let rows = server.ask(
            database,
            &format!(
                "COPY (SELECT {} FROM {} ORDER BY {}) TO STDOUT",
                self.list(),
                self.name,
                self.case
            ),
        )?;
        for row in rows.lines() {
            let case = row.split('\t').nth(case_at).ok_or("a row names its case")?;
            if let Some((ordinal, life)) = known.life(case) {
                molds[ordinal].push(Mold::of(row, &self.bytes, &life));
            }
        }
        Ok(molds)
    }

    fn list(&self) -> String {
        self.columns.join(", ")
    }

    fn fill(&self, recipe: &Recipe, server: &Server, database: &str, molds: &Molds) -> Outcome<()> {
        self.pour_in(server, database, |input| pour(recipe, &self.name, molds, input))
    }

    /// Takes in the rows that are written.
    pub(crate) fn pour_in(
        &self,
        server: &Server,
        database: &str,
        write: impl FnOnce(&mut BufWriter<std::process::ChildStdin>) -> std::io::Result<()>,
    ) -> Outcome<()> {
        let mut psql = server
            .program("psql", database)
            .args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-c"])
            .arg(format!("COPY {} ({}) FROM STDIN", self.name, self.list()))
            .stdin(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        let mut input = BufWriter::with_capacity(BUFFER, psql.stdin.take().ok_or("the input was asked for")?);
        let poured = write(&mut input).and_then(|()| input.flush());
        drop(input);
        let said = psql.wait_with_output()?;
        if said.status.success() {
            Ok(poured?)
        } else {
            Err(failure(format!(
                "{}: {}",
                self.name,
                String::from_utf8_lossy(&said.stderr).trim()
            )))
        }
    }
}

fn pour(recipe: &Recipe, table: &str, molds: &Molds, input: &mut impl Write) -> std::io::Result<()> {
    let mut row = Vec::new();
    for ordinal in recipe.first_in(table)..recipe.cases {
        let thinned = table == DUTIES
            && !recipe.open
            && !is_open(ordinal)
            && ordinal < recipe.cases - recipe.whole.min(recipe.cases);
        let copied = recipe.copied(ordinal);
        let life = usize::try_from(ordinal).unwrap_or(usize::MAX) % molds.len();
        let kept = if thinned { DUTIES_KEPT } else { usize::MAX };
        for mold in molds[life].iter().take(kept) {
            row.clear();
            mold.cast(copied, &mut row);
            input.write_all(&row)?;
        }
    }
    input.flush()
}

/// Every table with rows of cases: whatever names a case, so that none is forgotten. What the service makes by itself of
/// what is searched is left to it; what is sealed for one case opens for no other, so that a copy has no texts; what
/// is numbered through a whole office or installation cannot stand there twice.
pub(crate) fn tables(server: &Server, database: &str) -> Outcome<Vec<Table>> {
    let said = server.ask(
        database,
        "SELECT table_name, column_name, data_type FROM information_schema.columns c \
         WHERE table_schema = 'public' AND is_generated = 'NEVER' AND NOT starts_with(table_name, 'case_search_') \
         AND NOT starts_with(table_name, 'checkpoint_') AND NOT starts_with(table_name, 'case_texts') \
         AND table_name NOT IN ('case_keys', 'complainant_marks', 'erasures', 'outbox', 'outbox_waiting', 'access_log') \
         AND (table_name = 'cases' OR EXISTS \
         (SELECT FROM information_schema.columns o WHERE o.table_schema = 'public' \
          AND o.table_name = c.table_name AND o.column_name = 'case_id')) \
         ORDER BY table_name, ordinal_position",
    )?;
    let mut tables: Vec<Table> = Vec::new();
    for line in said.lines() {
        let [name, column, kind] = line.split('\t').collect::<Vec<_>>()[..] else {
            return Err(failure(format!("a column: {line}")));
        };
        if tables.last().is_none_or(|table| table.name != name) {
            tables.push(Table {
                name: name.to_owned(),
                case: if name == "cases" { "id" } else { "case_id" }.to_owned(),
                columns: Vec::new(),
                bytes: Vec::new(),
            });
        }
        let table = tables.last_mut().expect("one was pushed");
        table.columns.push(column.to_owned());
        table.bytes.push(kind == "bytea");
    }
    Ok(tables)
}

/// The ids that many cases name.
fn shared_ids(server: &Server, database: &str) -> Outcome<BTreeSet<String>> {
    let said = server.ask(
        database,
        "SELECT id FROM offices UNION ALL SELECT id FROM units UNION ALL SELECT id FROM staff \
         UNION ALL SELECT id FROM windows",
    )?;
    Ok(said.lines().map(str::to_owned).collect())
}

fn numbers(server: &Server, database: &str) -> Outcome<BTreeMap<String, String>> {
    let said = server.ask(
        database,
        "SELECT id, case_no FROM cases WHERE case_no IS NOT NULL",
    )?;
    let pairs = said.lines().filter_map(|line| line.split_once('\t'));
    Ok(pairs
        .map(|(case, number)| (case.to_owned(), number.to_owned()))
        .collect())
}

fn words(server: &Server, database: &str) -> Outcome<BTreeMap<String, Vec<(Kind, String)>>> {
    let said = server.ask(
        database,
        "SELECT case_id, replace(words, E'\\n', E'\\x1f') FROM case_search",
    )?;
    let lines = said.lines().filter_map(|line| line.split_once('\t'));
    Ok(lines
        .map(|(case, words)| (case.to_owned(), searched(words)))
        .collect())
}

/// What a case says, from what is searched of it, its lines parted by [`PARTED`]: the texts themselves are sealed. After
/// the number comes the subject, then the content, then what was answered.
pub(crate) fn searched(words: &str) -> Vec<(Kind, String)> {
    let kinds = [Kind::Subject, Kind::Content]
        .into_iter()
        .chain(std::iter::repeat(Kind::Reply));
    words
        .split(PARTED)
        .filter(|line| line.chars().next().is_some_and(|first| !first.is_ascii()))
        .zip(kinds)
        .map(|(line, kind)| (kind, line.to_owned()))
        .collect()
}

/// Stands between the lines of what is searched, where a line of its own would be read as another row.
const PARTED: char = '\u{1f}';

/// Drops the indexes that no key needs; answers the statements that make them again.
pub(crate) fn drop_indexes(server: &Server, database: &str) -> Outcome<String> {
    let said = server.ask(
        database,
        "SELECT c.relname, pg_get_indexdef(i.indexrelid) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid \
         WHERE c.relnamespace = 'public'::regnamespace AND NOT i.indisunique",
    )?;
    let (names, definitions): (Vec<&str>, Vec<&str>) =
        said.lines().filter_map(|line| line.split_once('\t')).unzip();
    server.ask(database, &format!("DROP INDEX {}", names.join(", ")))?;
    Ok(definitions.join(";"))
}

/// Bytes and rows of each table.
fn sizes(server: &Server, database: &str) -> Outcome<BTreeMap<String, (u64, u64)>> {
    let said = server.ask(
        database,
        "SELECT relname, pg_total_relation_size(oid), greatest(reltuples, 0)::bigint FROM pg_class \
         WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND reltuples > 0",
    )?;
    said.lines()
        .map(|line| match line.split('\t').collect::<Vec<_>>()[..] {
            [name, bytes, rows] => Ok((name.to_owned(), (bytes.parse()?, rows.parse()?))),
            _ => Err(failure(format!("a size: {line}"))),
        })
        .collect()
}

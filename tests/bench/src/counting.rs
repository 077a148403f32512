//! What it costs to add working days, however many, beside calendars of another ecosystem; and whether all of them
//! work on the same days.
//!
//! The others are `PyPI`'s `chinesecalendar`, which has the notices from 2004 on, and `holidays`. They are installed by
//! the ordinary client into an environment in a folder of its own, unless one is named that has them.

use std::collections::BTreeSet;
use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use clap::Args;
use domain::calendar::Calendar;
use domain::time_limit::{Counting, Limit, Span, Unit, Within, count, end};
use serde::Deserialize;

use crate::dice::Dice;
use crate::{Outcome, failure, number, tell};

/// How many working days are added.
const AMOUNTS: [u32; 5] = [1, 15, 45, 250, 2_500];
/// The program that asks the others.
const ASK_THE_OTHERS: &str = include_str!("counting.py");

/// Adds working days, here and elsewhere.
#[derive(Debug, Args)]
pub(crate) struct Adding {
    /// A Python that has `chinesecalendar` and `holidays`. Without one, they are installed into a folder of their own.
    #[arg(long, value_name = "PROGRAM")]
    python: Option<PathBuf>,
    /// A folder of notices, one JSON file for each year: `{"days": [{"date": "2026-10-01", "isOffDay": true}]}`.
    #[arg(long, value_name = "FOLDER")]
    notices: Option<PathBuf>,
}

/// What the others said.
#[derive(Deserialize)]
struct Others {
    working: BTreeSet<NaiveDate>,
    costs: std::collections::BTreeMap<String, Vec<f64>>,
}

/// A year's notice.
#[derive(Deserialize)]
struct Notice {
    days: Vec<NoticeDay>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct NoticeDay {
    date: NaiveDate,
    is_off_day: bool,
}

impl Adding {
    /// Measures, compares, and tells; fails where the days differ.
    pub(crate) fn run(&self) -> Outcome<()> {
        let calendar = Calendar::national();
        let ours = working_days(|date| calendar.is_working(date))?;
        if let Some(folder) = &self.notices {
            compare("the notices", &ours, &announced(folder)?)?;
        }
        let others = match &self.python {
            Some(python) => ask(python)?,
            None => ask(&install()?)?,
        };
        compare("chinesecalendar", &ours, &others.working)?;
        tell(&format!(
            "nanoseconds for {AMOUNTS:?} working days, the best of 5 rounds here, one elsewhere:"
        ));
        let starts = starts();
        let ways: [(&str, &Way); 3] = [
            ("the day", &|calendar, start, limit| {
                let Within::Span(span) = limit.within else { return };
                let date = calendar.date_of(start);
                black_box(calendar.working_day_after(date, span.amount.get()));
            }),
            ("the due date", &|calendar, start, limit| {
                black_box(end(start, limit, &Counting::default(), &[], calendar));
            }),
            ("explained", &|calendar, start, limit| {
                black_box(count(start, limit, &Counting::default(), &[], calendar));
            }),
        ];
        for (name, way) in ways {
            let costs = AMOUNTS.map(|amount| nanoseconds(way, amount, &starts, &calendar));
            row(name, &costs);
        }
        for (name, costs) in &others.costs {
            row(name, costs);
        }
        Ok(())
    }
}

type Way = dyn Fn(&Calendar, DateTime<Utc>, &Limit);

fn row(name: &str, costs: &[f64]) {
    let costs: Vec<String> = costs.iter().map(|cost| format!("{cost:>14.0}")).collect();
    tell(&format!("{name:<16}{}", costs.concat()));
}

/// Instants so early that all that is counted from them lies within the published years.
fn starts() -> Vec<DateTime<Utc>> {
    let mut dice = Dice::new(1);
    let first: DateTime<Utc> = NaiveDate::from_ymd_opt(2007, 1, 1)
        .and_then(|day| day.and_hms_opt(0, 0, 0))
        .expect("1 January 2007 exists")
        .and_utc();
    let minutes = 9 * 365 * 24 * 60;
    (0..1_000)
        .map(|_| first + TimeDelta::minutes(dice.below(minutes).cast_signed()))
        .collect()
}

fn nanoseconds(way: &Way, amount: u32, starts: &[DateTime<Utc>], calendar: &Calendar) -> f64 {
    let span = Span::new(amount, Unit::WorkingDay).expect("less than a hundred years");
    let limit = Limit::from(Within::Span(span));
    let round = || {
        let (began, mut done) = (Instant::now(), 0_u64);
        while began.elapsed() < Duration::from_millis(100) {
            for start in starts {
                way(black_box(calendar), black_box(*start), black_box(&limit));
            }
            done += starts.len() as u64;
        }
        began.elapsed().as_secs_f64() * 1e9 / number(done)
    };
    (0..5).map(|_| round()).fold(f64::INFINITY, f64::min)
}

/// The days of 2007 to 2026 that are worked.
fn working_days(is_working: impl Fn(NaiveDate) -> bool) -> Outcome<BTreeSet<NaiveDate>> {
    let first = NaiveDate::from_ymd_opt(2007, 1, 1).ok_or_else(|| failure("no 2007"))?;
    let after = NaiveDate::from_ymd_opt(2027, 1, 1).ok_or_else(|| failure("no 2027"))?;
    let days = first.iter_days().take_while(|date| *date < after);
    Ok(days.filter(|date| is_working(*date)).collect())
}

/// What the notices of a folder make of the plain week.
fn announced(folder: &Path) -> Outcome<BTreeSet<NaiveDate>> {
    let (mut off, mut made_up) = (BTreeSet::new(), BTreeSet::new());
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let notice: Notice = serde_json::from_str(&fs::read_to_string(&path)?)?;
        for day in notice.days {
            if day.is_off_day { &mut off } else { &mut made_up }.insert(day.date);
        }
    }
    working_days(|date| {
        use chrono::{Datelike, Weekday};
        let in_week = !matches!(date.weekday(), Weekday::Sat | Weekday::Sun);
        made_up.contains(&date) || (in_week && !off.contains(&date))
    })
}

fn compare(name: &str, ours: &BTreeSet<NaiveDate>, theirs: &BTreeSet<NaiveDate>) -> Outcome<()> {
    let differing: Vec<_> = ours.symmetric_difference(theirs).take(10).collect();
    if !differing.is_empty() {
        return Err(failure(format!("the days differ from {name}: {differing:?}")));
    }
    tell(&format!(
        "{name}: the same {} working days from 2007 to 2026, no day differs",
        ours.len()
    ));
    Ok(())
}

/// A Python of its own, with the others in it.
fn install() -> Outcome<PathBuf> {
    let folder = std::env::temp_dir().join("huiyin-bench-python");
    let python = folder.join("bin/python");
    if !python.exists() {
        run(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
    }
    let wanted = ["-m", "pip", "install", "--quiet", "chinesecalendar", "holidays"];
    run(Command::new(&python).args(wanted))?;
    Ok(python)
}

fn ask(python: &Path) -> Outcome<Others> {
    let amounts = AMOUNTS.map(|amount| amount.to_string());
    let said = run(Command::new(python).arg("-c").arg(ASK_THE_OTHERS).args(amounts))?;
    Ok(serde_json::from_slice(&said)?)
}

fn run(command: &mut Command) -> Outcome<Vec<u8>> {
    let output = command.output()?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(failure(format!("{command:?} failed: {said}")))
}

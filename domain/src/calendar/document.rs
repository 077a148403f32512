//! A calendar as it is written: the tables of the TOML file (the JSON document has the same shape), and the checks.
//!
//! What can be checked in one value or one table is checked while it is read, so that the fault has a line; what
//! concerns the document as a whole is checked when it becomes a [`Calendar`]. The values are in
//! `words`.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Datelike, Utc, Weekday};
use serde::{Deserialize, Serialize};

use super::words::{DayRange, Offset, OpenHours, weekdays};
use super::worked::WorkedDays;
use super::{Calendar, DayKind, FIRST_DAY, LAST_DAY, YearStatus};

/// The longest text that is read as a calendar, in bytes.
pub const TEXT_AT_MOST: usize = 256 * 1024;
/// The most years in one calendar.
pub const YEARS_AT_MOST: usize = 200;
/// The most holidays in one year, and the most ranges of days in one holiday.
pub const HOLIDAYS_AT_MOST: usize = 50;
/// The most entries of local days in one calendar.
pub const LOCAL_DAYS_AT_MOST: usize = 1_000;
/// The most spans of business hours in a day.
pub const BUSINESS_HOURS_AT_MOST: usize = 8;
/// The longest name or source, in characters.
pub const NAME_AT_MOST: usize = 200;

/// Why a text is not a calendar.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}{reason}", line.map(|line| format!("line {line}: ")).unwrap_or_default())]
pub struct CalendarFault {
    /// The line of the fault, from 1; absent where the fault concerns the document as a whole, or was not read from TOML.
    pub line: Option<usize>,
    /// What is wrong, naming the day or the word.
    pub reason: String,
}

pub(super) fn fault(reason: impl Into<String>) -> CalendarFault {
    CalendarFault {
        line: None,
        reason: reason.into(),
    }
}

/// The written form of a [`Calendar`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Document {
    pub(super) code: String,
    pub(super) version: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) since: Option<DateTime<Utc>>,
    pub(super) utc_offset: Offset,
    #[serde(with = "weekdays")]
    pub(super) week: Vec<Weekday>,
    pub(super) business_hours: Vec<OpenHours>,
    #[serde(rename = "year", default, skip_serializing_if = "Vec::is_empty")]
    pub(super) years: Vec<Year>,
    #[serde(rename = "local_day", default, skip_serializing_if = "Vec::is_empty")]
    pub(super) local_days: Vec<LocalDay>,
}

/// One year of a calendar: what its notice says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "WrittenYear")]
pub struct Year {
    /// The year the notice is about.
    pub year: i32,
    /// Whether the notice is out.
    pub status: YearStatus,
    /// Where the notice, and what amended it, can be read.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notices: Vec<String>,
    /// The holidays it names.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub holidays: Vec<Holiday>,
}

/// One holiday of a notice: its days off, and the days worked to make up for them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Holiday {
    /// The holiday's name: 国庆节.
    pub name: String,
    /// Days without work, the weekend days inside the block included.
    pub off: Vec<DayRange>,
    /// Days of rest that are worked instead (调休).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub makeup_workdays: Vec<DayRange>,
}

/// Days on which one office does otherwise than the notices say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LocalDay {
    /// Which days.
    pub days: DayRange,
    /// What the office calls them.
    pub name: String,
    /// Off, or worked.
    pub work: LocalWork,
}

/// What an office does on a local day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LocalWork {
    /// It rests.
    Off,
    /// It works.
    Working,
}

/// A year as read, before its days were compared with one another.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenYear {
    year: i32,
    status: YearStatus,
    #[serde(default)]
    notices: Vec<String>,
    #[serde(default)]
    holidays: Vec<Holiday>,
}

impl TryFrom<WrittenYear> for Year {
    type Error = CalendarFault;

    fn try_from(written: WrittenYear) -> Result<Self, CalendarFault> {
        let WrittenYear {
            year,
            status,
            notices,
            holidays,
        } = written;
        if !(FIRST_DAY.year()..=LAST_DAY.year()).contains(&year) {
            return Err(fault(format!("the year {year} is not between 1 and 9999")));
        }
        if status == YearStatus::Missing && !holidays.is_empty() {
            return Err(fault(format!("{year} is missing, yet it has holidays")));
        }
        at_most("notices", notices.len(), HOLIDAYS_AT_MOST)?;
        notices.iter().try_for_each(|notice| short("notice", notice))?;
        at_most("holidays", holidays.len(), HOLIDAYS_AT_MOST)?;
        let mut seen = BTreeSet::new();
        for holiday in &holidays {
            short("holiday's name", &holiday.name)?;
            at_most(
                "ranges of days",
                holiday.off.len() + holiday.makeup_workdays.len(),
                HOLIDAYS_AT_MOST,
            )?;
            for (day, _) in holiday.days() {
                let december_before = day.year() == year - 1 && day.month() == 12;
                if day.year() != year && !december_before {
                    return Err(fault(format!(
                        "{day} lies neither in {year} nor in the December before"
                    )));
                }
                if !seen.insert(day) {
                    return Err(fault(format!("{day} is named twice in {year}")));
                }
            }
        }
        Ok(Self {
            year,
            status,
            notices,
            holidays,
        })
    }
}

impl Holiday {
    /// The days it names, each with what it becomes.
    pub(super) fn days(&self) -> impl Iterator<Item = (chrono::NaiveDate, DayKind)> {
        let off = self
            .off
            .iter()
            .flat_map(|range| range.days())
            .map(|day| (day, DayKind::Holiday));
        let makeup = self.makeup_workdays.iter().flat_map(|range| range.days());
        off.chain(makeup.map(|day| (day, DayKind::MakeupWorkday)))
    }
}

impl Document {
    /// Reads the written form; see [`Calendar::from_toml`].
    pub(super) fn from_toml(text: &str) -> Result<Self, CalendarFault> {
        at_most("bytes", text.len(), TEXT_AT_MOST)?;
        toml::from_str(text).map_err(|error| CalendarFault {
            line: error
                .span()
                .and_then(|span| Some(1 + text.get(..span.start)?.matches('\n').count())),
            reason: error.message().to_owned(),
        })
    }
}

impl From<Calendar> for Document {
    fn from(calendar: Calendar) -> Self {
        calendar.document
    }
}

impl TryFrom<Document> for Calendar {
    type Error = CalendarFault;

    /// Checks the document as a whole and lays its days over one another: the notices, then the office's own.
    fn try_from(document: Document) -> Result<Self, CalendarFault> {
        if document.code.is_empty() || document.code.chars().count() > 64 {
            return Err(fault("`code` must have 1 to 64 characters"));
        }
        if document.version == 0 {
            return Err(fault("`version` starts at 1"));
        }
        check_week(&document.week)?;
        check_business_hours(&document.business_hours)?;
        at_most("years", document.years.len(), YEARS_AT_MOST)?;
        at_most("local days", document.local_days.len(), LOCAL_DAYS_AT_MOST)?;

        let mut years = BTreeMap::new();
        let mut exceptions = BTreeMap::new();
        for year in &document.years {
            if years.insert(year.year, year.status).is_some() {
                return Err(fault(format!("the year {} stands twice", year.year)));
            }
            for (holiday, (day, kind)) in year
                .holidays
                .iter()
                .flat_map(|h| h.days().map(move |day| (h, day)))
            {
                if kind == DayKind::MakeupWorkday && document.week.contains(&day.weekday()) {
                    return Err(fault(format!("{day} is worked anyway and makes up for nothing")));
                }
                if exceptions.insert(day, (kind, holiday.name.clone())).is_some() {
                    return Err(fault(format!("{day} is named by the notices of two years")));
                }
            }
        }
        let mut seen = BTreeSet::new();
        for local in &document.local_days {
            short("local day's name", &local.name)?;
            let kind = match local.work {
                LocalWork::Off => DayKind::LocalDayOff,
                LocalWork::Working => DayKind::LocalWorkday,
            };
            for day in local.days.days() {
                if !seen.insert(day) {
                    return Err(fault(format!("the local day {day} is named twice")));
                }
                exceptions.insert(day, (kind, local.name.clone()));
            }
        }
        Ok(Self {
            worked: WorkedDays::new(&document.week, &exceptions),
            document,
            exceptions,
            years,
        })
    }
}

fn check_week(week: &[Weekday]) -> Result<(), CalendarFault> {
    if week.is_empty() {
        return Err(fault("`week` must have at least one working weekday"));
    }
    match week
        .iter()
        .enumerate()
        .find(|(at, day)| week[..*at].contains(day))
    {
        Some((_, day)) => Err(fault(format!("`week` names {day} twice"))),
        None => Ok(()),
    }
}

fn check_business_hours(hours: &[OpenHours]) -> Result<(), CalendarFault> {
    at_most("spans of business hours", hours.len(), BUSINESS_HOURS_AT_MOST)?;
    if hours.is_empty() {
        return Err(fault("`business_hours` must have at least one span"));
    }
    match hours.windows(2).find(|pair| pair[1].opens() < pair[0].closes()) {
        Some(pair) => Err(fault(format!(
            "business hours `{}` and `{}` overlap or are out of order",
            pair[0], pair[1]
        ))),
        None => Ok(()),
    }
}

fn at_most(what: &str, count: usize, limit: usize) -> Result<(), CalendarFault> {
    if count <= limit {
        Ok(())
    } else {
        Err(fault(format!("{count} {what}; at most {limit} are read")))
    }
}

fn short(what: &str, text: &str) -> Result<(), CalendarFault> {
    match text.chars().count() {
        0 => Err(fault(format!("a {what} is empty"))),
        1..=NAME_AT_MOST => Ok(()),
        _ => Err(fault(format!("a {what} has more than {NAME_AT_MOST} characters"))),
    }
}

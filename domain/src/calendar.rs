//! Working days and business hours: what kind of day a date is, and when the office opens and closes.
//!
//! A [`Calendar`] is one version of one office's days: the base week, the business hours, and the exceptions
//! of each year (days off, make-up workdays 调休), each year published, provisional or missing. It answers
//! questions about single days; how a due date is counted over them is in [`crate::time_limit`].
//! The written form (TOML, or JSON as a stored document) and its checks are in [`document`].
//!
//! Absent on purpose: any clock, and time zones with rules. A calendar has one fixed offset from UTC. That is
//! enough for China, which has kept one zone without summer time since 1991. An office where clocks are put
//! forward needs a zone name instead of the offset; then [`Calendar::local`], [`Calendar::start_of_day`] and
//! [`Calendar::closing`] look the offset up for each instant, days last 23 to 25 hours, and nothing else changes.

mod difference;
pub mod document;
mod layer;
pub mod notice;
mod words;
mod worked;

use std::collections::BTreeMap;
use std::str::FromStr;

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, TimeDelta, TimeZone, Utc, Weekday};
use serde::{Deserialize, Serialize};

pub use difference::{ChangedDay, Difference};
use document::Document;
pub use document::{CalendarFault, Holiday, LocalDay, LocalWork, Year};
pub use layer::{Change, Layer};
pub use words::{DayRange, OpenHours, RANGE_AT_MOST};
use worked::WorkedDays;

/// The first day a calendar knows; an earlier instant is read as lying on this day.
pub const FIRST_DAY: NaiveDate = NaiveDate::from_ymd_opt(1, 1, 1).expect("1 January of the year 1 exists");

/// The last day a calendar knows; a later instant is read as lying on this day.
/// RFC 3339 has no later one.
pub const LAST_DAY: NaiveDate = NaiveDate::from_ymd_opt(9999, 12, 31).expect("31 December 9999 exists");

/// One version of an office's working days and business hours.
///
/// Read by [`Calendar::from_toml`], or deserialized from the same document as JSON; both are checked alike.
///
/// ```
/// use domain::calendar::{Calendar, DayKind};
///
/// let calendar = Calendar::national();
/// let sunday = "2026-09-20".parse()?;
/// assert_eq!(calendar.day(sunday).kind, DayKind::MakeupWorkday);
/// assert_eq!(calendar.day(sunday).name, Some("国庆节"));
/// assert!(calendar.is_working(sunday));
/// # Ok::<(), chrono::ParseError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Document", into = "Document")]
pub struct Calendar {
    document: Document,
    /// Every day that is not what its weekday says, derived from the document.
    exceptions: BTreeMap<NaiveDate, (DayKind, String)>,
    years: BTreeMap<i32, YearStatus>,
    /// The working days, numbered: derived from the week and the exceptions.
    worked: WorkedDays,
}

/// What kind of day a date is. A working day, a make-up workday and a local workday are worked; the rest are not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DayKind {
    /// A day of the base week on which the office works.
    WorkingDay,
    /// A day of rest that a notice makes a workday (调休上班).
    MakeupWorkday,
    /// A day of rest of the base week.
    Weekend,
    /// A day off by a notice (法定节假日, with the days moved beside it).
    Holiday,
    /// A day off of this office alone.
    LocalDayOff,
    /// A day that this office alone works.
    LocalWorkday,
}

impl DayKind {
    /// Whether work is done on such a day.
    pub fn is_working(self) -> bool {
        match self {
            Self::WorkingDay | Self::MakeupWorkday | Self::LocalWorkday => true,
            Self::Weekend | Self::Holiday | Self::LocalDayOff => false,
        }
    }
}

/// What a calendar says about one date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Day<'a> {
    /// What kind of day it is.
    pub kind: DayKind,
    /// The holiday, or the holiday that a make-up workday makes up for, or the local day's name.
    pub name: Option<&'a str>,
}

/// How sure the days of a year are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum YearStatus {
    /// The notice is out. (The next year's notice may still reach back into the last days of December.)
    Published,
    /// Days were announced, but not finally.
    Provisional,
    /// No notice: the plain base week stands in, and whatever is counted over it is provisional.
    Missing,
}

impl Calendar {
    /// China's work calendar as it stands in this version of the service: code `cn`, 2007 to 2026, 2027 missing.
    ///
    /// # Panics
    /// Never: the file is part of the source, and a test reads it.
    #[must_use]
    pub fn national() -> Self {
        Self::from_toml(include_str!("../calendars/cn.toml")).expect("the national calendar is sound")
    }

    /// Reads a calendar from its written form; `calendars/cn.toml` is the model.
    ///
    /// # Errors
    /// [`CalendarFault`] with line and reason: an unknown key or word, a day that does not exist or lies outside its
    /// notice's year, a day named twice, a make-up workday that is worked anyway, no working weekday, business hours
    /// that are absent or overlap, or more of anything than [`document`] allows.
    pub fn from_toml(text: &str) -> Result<Self, CalendarFault> {
        Self::try_from(Document::from_toml(text)?)
    }

    /// The same calendar with an office's own days laid over it. A local day beats the notice: an office
    /// may work on a holiday and rest on a make-up workday. Code and version stay: see [`Calendar::renamed`].
    ///
    /// # Errors
    /// [`CalendarFault`] if a local day is named twice, also if this calendar has it already, or there are too many.
    pub fn overlay(&self, local_days: &[LocalDay]) -> Result<Self, CalendarFault> {
        let mut document = self.document.clone();
        document.local_days.extend_from_slice(local_days);
        Self::try_from(document)
    }

    /// The same days under another code and version, for an office that keeps versions of its own.
    ///
    /// # Errors
    /// [`CalendarFault`] if the code is empty or longer than 64 characters, or the version is 0.
    pub fn renamed(&self, code: &str, version: u32) -> Result<Self, CalendarFault> {
        Self::try_from(Document {
            code: code.to_owned(),
            version,
            ..self.document.clone()
        })
    }

    /// The calendar's code, unique in an installation: `cn`.
    pub fn code(&self) -> &str {
        &self.document.code
    }

    /// The calendar's version, from 1.
    pub fn version(&self) -> u32 {
        self.document.version
    }

    /// The fixed offset from UTC in which this office's days begin and end.
    pub fn utc_offset(&self) -> FixedOffset {
        self.document.utc_offset.0
    }

    /// The weekdays on which work is done, from Monday on, unless a notice or the office says otherwise.
    pub fn week(&self) -> &[Weekday] {
        &self.document.week
    }

    /// The hours during which the office is open on a working day: in order, at least one, not overlapping.
    pub fn business_hours(&self) -> &[OpenHours] {
        &self.document.business_hours
    }

    /// The years this calendar speaks of, as they were written.
    pub fn years(&self) -> &[Year] {
        &self.document.years
    }

    /// The office's own days.
    pub fn local_days(&self) -> &[LocalDay] {
        &self.document.local_days
    }

    /// What kind of day a date is, and its name if it has one.
    pub fn day(&self, date: NaiveDate) -> Day<'_> {
        if let Some((kind, name)) = self.exceptions.get(&date) {
            return Day {
                kind: *kind,
                name: Some(name),
            };
        }
        let in_week = self.document.week.contains(&date.weekday());
        Day {
            kind: if in_week {
                DayKind::WorkingDay
            } else {
                DayKind::Weekend
            },
            name: None,
        }
    }

    /// Whether work is done on a date.
    pub fn is_working(&self, date: NaiveDate) -> bool {
        self.day(date).kind.is_working()
    }

    /// The `n`th working day after a date, the date itself not counted; none beyond [`LAST_DAY`]. It costs the same for
    /// every `n`. The 0th is the last working day up to the date.
    pub fn working_day_after(&self, date: NaiveDate, n: u32) -> Option<NaiveDate> {
        self.worked.numbered(self.worked.through(date) + i64::from(n))
    }

    /// The `n`th working day before a date, the date itself not counted; none before [`FIRST_DAY`]. The 0th is the first
    /// working day from the date on.
    pub fn working_day_before(&self, date: NaiveDate, n: u32) -> Option<NaiveDate> {
        let day_before = date.pred_opt()?;
        self.worked
            .numbered(self.worked.through(day_before) + 1 - i64::from(n))
    }

    /// How many working days there are after one date up to another, that one counted; 0 if there is none between.
    pub fn working_days_between(&self, after: NaiveDate, up_to: NaiveDate) -> u32 {
        u32::try_from(self.worked.through(up_to) - self.worked.through(after)).unwrap_or(0)
    }

    /// How sure the days of a year are. A year the calendar does not speak of is missing.
    pub fn year_status(&self, year: i32) -> YearStatus {
        self.years.get(&year).copied().unwrap_or(YearStatus::Missing)
    }

    /// An instant as the office's clock shows it.
    /// An instant before [`FIRST_DAY`] or after [`LAST_DAY`] is shown as the nearest one the calendar knows.
    pub fn local(&self, instant: DateTime<Utc>) -> DateTime<FixedOffset> {
        let first = self.start_of_day(FIRST_DAY);
        let last = self.end_of_day(LAST_DAY) - TimeDelta::nanoseconds(1);
        instant.clamp(first, last).with_timezone(&self.utc_offset())
    }

    /// The date on the office's wall at an instant, within [`FIRST_DAY`] and [`LAST_DAY`].
    pub fn date_of(&self, instant: DateTime<Utc>) -> NaiveDate {
        self.local(instant).date_naive()
    }

    /// The instant at which a date begins (00:00 at the office). A date the calendar does not know is read as
    /// the nearest one it does.
    pub fn start_of_day(&self, date: NaiveDate) -> DateTime<Utc> {
        let midnight = date.clamp(FIRST_DAY, LAST_DAY).and_time(chrono::NaiveTime::MIN);
        Utc.from_utc_datetime(&(midnight - TimeDelta::seconds(self.utc_offset().local_minus_utc().into())))
    }

    /// The instant at which a date is over: its 24:00, which is 00:00 of the next day, the first instant too late.
    pub fn end_of_day(&self, date: NaiveDate) -> DateTime<Utc> {
        self.start_of_day(date) + TimeDelta::days(1)
    }

    /// The times at which the office is open on a date, in order, each from its opening up to (not including)
    /// its closing. None on a day without work.
    pub fn open_hours(&self, date: NaiveDate) -> impl Iterator<Item = (DateTime<Utc>, DateTime<Utc>)> {
        let midnight = self.start_of_day(date);
        let hours = if self.is_working(date) {
            self.business_hours()
        } else {
            &[]
        };
        hours
            .iter()
            .map(move |open| (midnight + open.opens(), midnight + open.closes()))
    }

    /// When the office closes for the day, or nothing on a day without work.
    pub fn closing(&self, date: NaiveDate) -> Option<DateTime<Utc>> {
        self.open_hours(date).last().map(|(_, closes)| closes)
    }
}

impl FromStr for Calendar {
    type Err = CalendarFault;

    fn from_str(text: &str) -> Result<Self, CalendarFault> {
        Self::from_toml(text)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may stop where it stands")]
mod tests;

//! A year's notice of holidays in the form in which it goes round: `{year, papers, days: [{name, date, isOffDay}]}`.
//!
//! The form names exceptions only: days off, those of the weekend inside a holiday included, and days of rest that are
//! worked. A notice may reach back into the December before its year. A file whose days and papers are empty says that
//! nobody has published anything yet; whoever took it for a year without holidays would count every limit wrongly.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};

use super::document::{HOLIDAYS_AT_MOST, NAME_AT_MOST};
use super::{Calendar, DayRange, Holiday, Year, YearStatus};

/// The most days that one notice may name.
pub const DAYS_AT_MOST: usize = 200;

/// A notice as it was handed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// The year that it is about.
    pub year: i32,
    /// Where it can be read.
    pub papers: Vec<String>,
    /// The days that are not what their weekday says.
    pub days: Vec<NoticeDay>,
}

/// A day of a notice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NoticeDay {
    /// The holiday it belongs to.
    pub name: String,
    /// The day.
    pub date: NaiveDate,
    /// Off, or worked.
    pub is_off_day: bool,
}

/// What cannot stand in a notice, and where: a JSON pointer into it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{pointer}: {wrong}")]
pub struct NoticeFault {
    /// Where it stands.
    pub pointer: String,
    /// What is wrong there.
    pub wrong: Wrong,
}

/// What is wrong in a notice.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Wrong {
    /// No day is named: the year is not published.
    #[error("no day is named: this year is not published")]
    Empty,
    /// Days are named that no notice stands behind.
    #[error("no paper is named, so the days can only be provisional")]
    NoPaper,
    /// A missing year names days.
    #[error("a missing year has no days")]
    DaysOfMissing,
    /// A year beyond those that a calendar has.
    #[error("the year is not between 1 and 9999")]
    NoYear,
    /// A day outside the year and the December before.
    #[error("the day lies neither in the year nor in the December before")]
    OutsideYear,
    /// A day that is named before.
    #[error("the day is named twice")]
    Twice,
    /// A make-up workday that is worked anyway.
    #[error("the day is worked anyway and makes up for nothing")]
    WorkedAnyway,
    /// A day that the notice of a neighbouring year names.
    #[error("the notice of {0} names this day, too")]
    NamedBy(i32),
    /// A name that is absent or too long.
    #[error("the name is empty or too long")]
    Name,
    /// More than is read.
    #[error("more than {0} are not read")]
    TooMany(usize),
}

impl Notice {
    /// The year of a calendar that this notice makes: neighbouring days of one holiday become ranges.
    ///
    /// # Errors
    /// Every fault, in the order of the notice.
    pub fn year(&self, status: YearStatus, calendar: &Calendar) -> Result<Year, Vec<NoticeFault>> {
        let faults = self.faults(status, calendar);
        if !faults.is_empty() {
            return Err(faults);
        }
        let mut days: Vec<&NoticeDay> = self.days.iter().collect();
        days.sort_by_key(|day| day.date);
        let mut holidays: Vec<Holiday> = Vec::new();
        for day in days {
            let at = holidays.iter().position(|holiday| holiday.name == day.name);
            let at = at.unwrap_or_else(|| {
                holidays.push(Holiday {
                    name: day.name.clone(),
                    off: Vec::new(),
                    makeup_workdays: Vec::new(),
                });
                holidays.len() - 1
            });
            let ranges = if day.is_off_day {
                &mut holidays[at].off
            } else {
                &mut holidays[at].makeup_workdays
            };
            match ranges.last().and_then(|last| last.and(day.date)) {
                Some(longer) => {
                    ranges.pop();
                    ranges.push(longer);
                }
                None => ranges.push(DayRange::one(day.date)),
            }
        }
        if holidays.len() > HOLIDAYS_AT_MOST
            || holidays
                .iter()
                .any(|holiday| holiday.off.len() + holiday.makeup_workdays.len() > HOLIDAYS_AT_MOST)
        {
            return Err(vec![fault("/days", Wrong::TooMany(HOLIDAYS_AT_MOST))]);
        }
        Ok(Year {
            year: self.year,
            status,
            notices: self.papers.clone(),
            holidays,
        })
    }

    fn faults(&self, status: YearStatus, calendar: &Calendar) -> Vec<NoticeFault> {
        if !(1..=9999).contains(&self.year) {
            return vec![fault("/year", Wrong::NoYear)];
        }
        match (status, self.days.is_empty()) {
            (YearStatus::Missing, true) => return Vec::new(),
            (YearStatus::Missing, false) => return vec![fault("/days", Wrong::DaysOfMissing)],
            (YearStatus::Published | YearStatus::Provisional, true) => {
                return vec![fault("/days", Wrong::Empty)];
            }
            (YearStatus::Published | YearStatus::Provisional, false) => {}
        }
        if self.days.len() > DAYS_AT_MOST {
            return vec![fault("/days", Wrong::TooMany(DAYS_AT_MOST))];
        }
        let mut faults = Vec::new();
        if status == YearStatus::Published && self.papers.is_empty() {
            faults.push(fault("/papers", Wrong::NoPaper));
        }
        if self.papers.len() > HOLIDAYS_AT_MOST {
            faults.push(fault("/papers", Wrong::TooMany(HOLIDAYS_AT_MOST)));
        }
        for (at, paper) in self.papers.iter().enumerate() {
            if !is_short(paper) {
                faults.push(fault(&format!("/papers/{at}"), Wrong::Name));
            }
        }
        let elsewhere = self.named_by_neighbours(calendar);
        let mut seen = BTreeMap::new();
        for (at, day) in self.days.iter().enumerate() {
            let pointer = |field| format!("/days/{at}/{field}");
            let december_before = day.date.year() == self.year - 1 && day.date.month() == 12;
            if !is_short(&day.name) {
                faults.push(fault(&pointer("name"), Wrong::Name));
            }
            if day.date.year() != self.year && !december_before {
                faults.push(fault(&pointer("date"), Wrong::OutsideYear));
            } else if seen.insert(day.date, at).is_some() {
                faults.push(fault(&pointer("date"), Wrong::Twice));
            } else if let Some(year) = elsewhere.get(&day.date) {
                faults.push(fault(&pointer("date"), Wrong::NamedBy(*year)));
            } else if !day.is_off_day && calendar.week().contains(&day.date.weekday()) {
                faults.push(fault(&pointer("isOffDay"), Wrong::WorkedAnyway));
            }
        }
        faults
    }

    /// The days that the years before and after name already.
    fn named_by_neighbours(&self, calendar: &Calendar) -> BTreeMap<NaiveDate, i32> {
        let neighbours = calendar
            .years()
            .iter()
            .filter(|year| year.year != self.year && year.year.abs_diff(self.year) == 1);
        neighbours
            .flat_map(|year| {
                let days = year.holidays.iter().flat_map(Holiday::days);
                days.map(|(day, _)| (day, year.year))
            })
            .collect()
    }
}

fn is_short(text: &str) -> bool {
    !text.is_empty() && text.chars().count() <= NAME_AT_MOST
}

fn fault(pointer: &str, wrong: Wrong) -> NoticeFault {
    NoticeFault {
        pointer: pointer.to_owned(),
        wrong,
    }
}

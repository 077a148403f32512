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

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may stop where it stands")]
mod tests {
    use super::*;
    use crate::calendar::{Change, DayKind, Layer, LocalDay, LocalWork};

    fn notice(days: &[(&str, bool)]) -> Notice {
        Notice {
            year: 2027,
            papers: vec!["https://example.org/2027".to_owned()],
            days: days
                .iter()
                .map(|(date, off)| NoticeDay {
                    name: "元旦".to_owned(),
                    date: date.parse().unwrap(),
                    is_off_day: *off,
                })
                .collect(),
        }
    }

    #[track_caller]
    fn is_faulty(notice: &Notice, status: YearStatus, pointer: &str, wrong: &Wrong) {
        let faults = notice.year(status, &Calendar::national()).unwrap_err();
        let found: Vec<_> = faults.iter().map(|it| (it.pointer.as_str(), &it.wrong)).collect();
        assert_eq!(found, [(pointer, wrong)]);
    }

    #[test]
    fn neighbouring_days_become_ranges_and_a_december_before_belongs_to_them() {
        let notice = notice(&[
            ("2027-01-02", true),
            ("2026-12-31", true),
            ("2027-01-01", true),
            ("2027-01-03", false),
        ]);
        let national = Calendar::national();
        let year = notice.year(YearStatus::Published, &national).unwrap();
        assert_eq!(year.holidays.len(), 1);
        assert_eq!(
            year.holidays[0].off,
            ["2026-12-31 to 2027-01-02".parse().unwrap()]
        );
        let change = Change {
            year: Some(year),
            ..Change::default()
        };
        let since = "2026-11-22T08:00:00Z".parse().unwrap();
        let next = national.changed(&change, since).unwrap();
        assert_eq!((next.version(), next.since()), (2, Some(since)));
        assert_eq!(next.year_status(2027), YearStatus::Published);
        assert_eq!(
            next.day("2027-01-03".parse().unwrap()).kind,
            DayKind::MakeupWorkday
        );
        assert_eq!(
            national.year_status(2027),
            YearStatus::Missing,
            "the older one stays"
        );
    }

    #[test]
    fn what_cannot_stand_is_told_where_it_stands() {
        let published = YearStatus::Published;
        is_faulty(&notice(&[]), published, "/days", &Wrong::Empty);
        let twice = notice(&[("2027-01-01", true), ("2027-01-01", true)]);
        is_faulty(&twice, published, "/days/1/date", &Wrong::Twice);
        let outside = notice(&[("2026-11-30", true)]);
        is_faulty(&outside, published, "/days/0/date", &Wrong::OutsideYear);
        let worked = notice(&[("2027-01-04", false)]);
        is_faulty(&worked, published, "/days/0/isOffDay", &Wrong::WorkedAnyway);
        let missing = notice(&[("2027-01-01", true)]);
        is_faulty(&missing, YearStatus::Missing, "/days", &Wrong::DaysOfMissing);
        let unsigned = Notice {
            papers: Vec::new(),
            ..missing
        };
        is_faulty(&unsigned, published, "/papers", &Wrong::NoPaper);
        assert!(
            unsigned
                .year(YearStatus::Provisional, &Calendar::national())
                .is_ok()
        );
        let of_2026 = Notice {
            year: 2027,
            ..notice(&[("2026-12-31", true)])
        };
        let mut national = Calendar::national();
        let named = Change {
            year: Some(of_2026.year(published, &national).unwrap()),
            ..Change::default()
        };
        national = national.changed(&named, chrono::DateTime::UNIX_EPOCH).unwrap();
        let again = Notice {
            year: 2026,
            ..notice(&[("2026-12-31", true)])
        };
        let faults = again.year(published, &national).unwrap_err();
        assert_eq!(faults[0].wrong, Wrong::NamedBy(2027));
    }

    #[test]
    fn an_office_lies_over_the_national_calendar_until_that_knows_better() {
        let national = Calendar::national();
        let since = chrono::DateTime::UNIX_EPOCH;
        let own = notice(&[("2027-01-01", true)]);
        let layer = Layer::default().changed(&Change {
            year: Some(own.year(YearStatus::Published, &national).unwrap()),
            local_days: Some(vec![LocalDay {
                days: "2027-04-08 to 2027-04-09".parse().unwrap(),
                name: "三月三".to_owned(),
                work: LocalWork::Off,
            }]),
            business_hours: Some(vec!["08:30 to 12:00".parse().unwrap()]),
        });
        let office = national.under(&layer, "office.hall", 2, since).unwrap();
        assert_eq!((office.code(), office.version()), ("office.hall", 2));
        assert!(!office.is_working("2027-01-01".parse().unwrap()));
        assert!(!office.is_working("2027-04-08".parse().unwrap()));
        assert_eq!(office.business_hours().len(), 1);

        let theirs = notice(&[("2027-01-03", false)]);
        let published = Change {
            year: Some(theirs.year(YearStatus::Published, &national).unwrap()),
            ..Change::default()
        };
        let national = national.changed(&published, since).unwrap();
        let office = national.under(&layer, "office.hall", 3, since).unwrap();
        assert!(
            office.is_working("2027-01-01".parse().unwrap()),
            "the country's own notice counts now"
        );
        assert!(office.is_working("2027-01-03".parse().unwrap()));
        assert!(!office.is_working("2027-04-08".parse().unwrap()));
    }
}

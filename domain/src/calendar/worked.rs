//! The working days of a calendar as an index, so that any number of them is added at once.
//!
//! Far most days are what their weekday says. So only the days that are not are kept, in order, each with the number
//! of working days up to it; between two of them, and before and after them all, the base week is arithmetic. A sum
//! looks for its place among them twice and costs the same for one working day as for ten thousand.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate, TimeDelta, Weekday};

use super::{DayKind, FIRST_DAY, LAST_DAY};

/// The working days of a calendar, numbered from [`FIRST_DAY`] on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct WorkedDays {
    week: Week,
    /// The days on which the office does otherwise than its base week says, in order.
    turned: Vec<Turned>,
}

/// The base week, counted from Monday 1 January of the year 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Week {
    /// Of each weekday from Monday on, how many working days the week has up to its end.
    through: [i64; 7],
}

/// A day on which the office does otherwise than its base week says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Turned {
    date: NaiveDate,
    /// How many working days there are up to its end.
    through: i64,
}

impl WorkedDays {
    /// The index over a base week and the days that are not what their weekday says.
    pub(super) fn new(week: &[Weekday], exceptions: &BTreeMap<NaiveDate, (DayKind, String)>) -> Self {
        let base = Week::new(week);
        let mut more = 0;
        let turned = exceptions.iter().filter_map(|(date, (kind, _))| {
            match (week.contains(&date.weekday()), kind.is_working()) {
                (true, false) => more -= 1,
                (false, true) => more += 1,
                (true, true) | (false, false) => return None,
            }
            let through = base.through(*date) + more;
            Some(Turned { date: *date, through })
        });
        Self {
            turned: turned.collect(),
            week: base,
        }
    }

    /// How many working days there are from [`FIRST_DAY`] to the end of a date.
    pub(super) fn through(&self, date: NaiveDate) -> i64 {
        let behind = self.turned.partition_point(|turned| turned.date <= date);
        match behind.checked_sub(1).map(|last| self.turned[last]) {
            Some(last) => last.through + self.week.through(date) - self.week.through(last.date),
            None => self.week.through(date),
        }
    }

    /// The working day of this number, if the calendar reaches so far.
    pub(super) fn numbered(&self, number: i64) -> Option<NaiveDate> {
        if number < 1 {
            return None;
        }
        // The days up to this one have fewer working days: what is looked for lies behind it, and no later than the next.
        let behind = self.turned.partition_point(|turned| turned.through < number);
        let in_week = match behind.checked_sub(1).map(|last| self.turned[last]) {
            Some(last) => number - last.through + self.week.through(last.date),
            None => number,
        };
        let plain = self.week.numbered(in_week);
        // Where the next turned day is the one of this number, it is worked though its weekday is not.
        match self.turned.get(behind) {
            Some(next) => Some(plain.map_or(next.date, |plain| plain.min(next.date))),
            None => plain,
        }
    }
}

impl Week {
    fn new(week: &[Weekday]) -> Self {
        let mut worked = 0;
        let through = [0, 1, 2, 3, 4, 5, 6].map(|weekday: u8| {
            let is_worked = week
                .iter()
                .any(|day| day.num_days_from_monday() == u32::from(weekday));
            worked += i64::from(is_worked);
            worked
        });
        Self { through }
    }

    /// How many days of the base week there are from [`FIRST_DAY`] to the end of a date.
    fn through(self, date: NaiveDate) -> i64 {
        let days = (date - FIRST_DAY).num_days();
        let weekday = usize::try_from(days.rem_euclid(7)).expect("a remainder by seven is small");
        days.div_euclid(7) * self.through[6] + self.through[weekday]
    }

    /// The day of the base week of this number, from 1.
    fn numbered(self, number: i64) -> Option<NaiveDate> {
        let (weeks, of_week) = ((number - 1) / self.through[6], (number - 1) % self.through[6] + 1);
        let weekday = self.through.iter().position(|through| *through == of_week)?;
        let days = weeks.checked_mul(7)?.checked_add(i64::try_from(weekday).ok()?)?;
        FIRST_DAY
            .checked_add_signed(TimeDelta::try_days(days)?)
            .filter(|date| *date <= LAST_DAY)
    }
}

//! The end of a count without its days: the same arithmetic as the walk's, by the calendar's index.
//!
//! It leaps where nothing on the way can stop it. A limit with a pause, and one that reaches beyond what a walk looks
//! at, is left to the walk ([`Leap::over`] says `None`): there each day must be looked at anyway.

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc};

use super::{Counting, DAYS_WALKED_AT_MOST, DayEnd, End, RestDay, StartDay, Stretch, Unit, days_of_months};
use crate::calendar::{Calendar, LAST_DAY, YearStatus};

/// A count on its way, in leaps.
pub(super) struct Leap<'a> {
    start: DateTime<Utc>,
    counting: Counting,
    calendar: &'a Calendar,
    end: DateTime<Utc>,
    is_first: bool,
    provisional: bool,
}

impl<'a> Leap<'a> {
    /// Where these stretches end that run from `start` without a pause; nothing where only a walk can tell.
    pub(super) fn over(
        stretches: &[Stretch],
        start: DateTime<Utc>,
        counting: Counting,
        calendar: &'a Calendar,
    ) -> Option<End> {
        let mut leap = Self {
            start,
            counting,
            calendar,
            end: start,
            is_first: true,
            provisional: false,
        };
        for stretch in stretches {
            leap.end = leap.stretch(stretch)?;
            leap.is_first = false;
        }
        let on = calendar.date_of(leap.end - TimeDelta::nanoseconds(1));
        // What a walk would not look at to the end is not leapt over either.
        let days = usize::try_from((on - calendar.date_of(start)).num_days()).ok()?;
        (days < DAYS_WALKED_AT_MOST / 2 && on < LAST_DAY).then_some(End {
            on,
            at: leap.end,
            provisional: leap.provisional,
            paused_since: None,
        })
    }

    fn stretch(&mut self, stretch: &Stretch) -> Option<DateTime<Utc>> {
        let (amount, unit) = match stretch {
            Stretch::SameDay => return Some(self.end_of(self.zero())),
            Stretch::Units { amount, unit } => (*amount, *unit),
        };
        let last = match unit {
            Unit::Hour => return self.end.checked_add_signed(TimeDelta::hours(amount.into())),
            Unit::WorkingHour => return self.working_hours(amount),
            Unit::WorkingDay => {
                let before = self.before_first()?;
                let last = self.calendar.working_day_after(before, amount)?;
                self.asked(before.succ_opt()?, last);
                last
            }
            Unit::Day => self.days(amount)?,
            Unit::Month => self.months(amount)?,
            Unit::Year => self.months(amount.checked_mul(12)?)?,
        };
        Some(self.end_of(last))
    }

    fn months(&mut self, amount: u32) -> Option<NaiveDate> {
        let days = days_of_months(self.zero(), amount, self.start_day())?;
        self.days(days)
    }

    fn days(&mut self, amount: u32) -> Option<NaiveDate> {
        let last = self
            .before_first()?
            .checked_add_signed(TimeDelta::days(amount.into()))
            .filter(|last| *last < LAST_DAY)?;
        if self.counting.on_rest_day == RestDay::Stays {
            return Some(last);
        }
        let rolled = self.calendar.working_day_before(last, 0)?;
        self.asked(last, rolled);
        Some(rolled)
    }

    fn working_hours(&mut self, amount: u32) -> Option<DateTime<Utc>> {
        let date = self.calendar.date_of(self.end);
        let a_day: TimeDelta = self
            .calendar
            .business_hours()
            .iter()
            .map(|open| open.closes() - open.opens())
            .sum();
        let mut left = TimeDelta::hours(amount.into());
        let today = self.calendar.open_hours(date);
        for (from, to) in today
            .map(|(from, to)| (from.max(self.end), to))
            .filter(|(from, to)| from < to)
        {
            if left <= to - from {
                self.asked(date, date);
                return Some(from + left);
            }
            left -= to - from;
        }
        // What is left is more than nothing: whole days first, and of the last one more than nothing, too.
        let whole = (left.num_nanoseconds()? - 1) / a_day.num_nanoseconds()?;
        left -= a_day * i32::try_from(whole).ok()?;
        let last = self
            .calendar
            .working_day_after(date, u32::try_from(whole).ok()? + 1)?;
        self.asked(date, last);
        for (from, to) in self.calendar.open_hours(last) {
            if left <= to - from {
                return Some(from + left);
            }
            left -= to - from;
        }
        None
    }

    /// The day before the first that may count.
    fn before_first(&self) -> Option<NaiveDate> {
        match self.start_day() {
            StartDay::NotCounted => Some(self.zero()),
            StartDay::Counted => self.zero().pred_opt(),
        }
    }

    /// Day zero of the next stretch: the date of the start, or the last day of the stretch before.
    fn zero(&self) -> NaiveDate {
        let belongs = if self.is_first {
            self.end
        } else {
            self.end - TimeDelta::nanoseconds(1)
        };
        self.calendar.date_of(belongs)
    }

    fn start_day(&self) -> StartDay {
        if self.is_first {
            self.counting.start_day
        } else {
            StartDay::NotCounted
        }
    }

    fn end_of(&mut self, date: NaiveDate) -> DateTime<Utc> {
        if self.counting.last_day_ends == DayEnd::ClosingTime {
            self.asked(date, date);
        }
        super::end_of_day(date, self.counting.last_day_ends, self.start, self.calendar)
    }

    /// Remembers that the calendar decided something by these days, if one of them may still change.
    fn asked(&mut self, first: NaiveDate, last: NaiveDate) {
        self.provisional |=
            (first.year()..=last.year()).any(|year| self.calendar.year_status(year) != YearStatus::Published);
    }
}

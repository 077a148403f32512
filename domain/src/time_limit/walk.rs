//! The walk of a count: from the start, day by day, each day looked at once and written down.

use std::collections::BTreeSet;

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc};

use super::{
    Count, CountedDay, Counting, DAYS_RECORDED_AT_MOST, DAYS_WALKED_AT_MOST, DayEnd, Limit, Pause, Reason,
    RestDay, StartDay, days_of_months, end_of_day,
};
use crate::calendar::{Calendar, LAST_DAY, YearStatus};

/// A count on its way.
pub(super) struct Walk<'a> {
    start: DateTime<Utc>,
    counting: Counting,
    calendar: &'a Calendar,
    /// The pauses that have an end, clipped to the start, by their beginning. They may overlap.
    pauses: Vec<(DateTime<Utc>, DateTime<Utc>)>,
    /// The beginning of the earliest pause that has none.
    open_pause: Option<DateTime<Utc>>,
    /// The end of the stretches walked so far; before the first, the start.
    end: DateTime<Utc>,
    steps: usize,
    days: Vec<CountedDay>,
    days_truncated: bool,
    rolled_from: Option<NaiveDate>,
    provisional_years: BTreeSet<i32>,
    beyond_reach: bool,
}

/// Which days a stretch of days counts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Counts {
    WorkingDays,
    AllDays,
}

impl<'a> Walk<'a> {
    pub(super) fn new(
        start: DateTime<Utc>,
        counting: Counting,
        pauses: &[Pause],
        calendar: &'a Calendar,
    ) -> Self {
        let closed = pauses
            .iter()
            .filter_map(|pause| Some((pause.from.max(start), pause.to?)));
        let mut closed: Vec<_> = closed.filter(|(from, to)| from < to).collect();
        closed.sort_unstable();
        let open = pauses
            .iter()
            .filter(|pause| pause.to.is_none())
            .map(|pause| pause.from.max(start));
        Self {
            start,
            counting,
            calendar,
            pauses: closed,
            open_pause: open.min(),
            end: start,
            steps: 0,
            days: Vec::new(),
            days_truncated: false,
            rolled_from: None,
            provisional_years: BTreeSet::new(),
            beyond_reach: false,
        }
    }

    pub(super) fn same_day(&mut self) {
        let last = self.walk_days(1, Counts::AllDays, StartDay::Counted);
        self.end = self.end_of(last);
    }

    pub(super) fn working_days(&mut self, amount: u32) {
        let last = self.walk_days(amount, Counts::WorkingDays, self.start_day());
        self.end = self.end_of(last);
    }

    pub(super) fn days(&mut self, amount: u32) {
        let last = self.walk_days(amount, Counts::AllDays, self.start_day());
        let last = self.roll(last);
        self.end = self.end_of(last);
    }

    pub(super) fn months(&mut self, amount: u32) {
        let start_day = self.start_day();
        let days = days_of_months(self.day_before_end(), amount, start_day);
        self.beyond_reach |= days.is_none();
        let days = days.unwrap_or(u32::MAX);
        let last = self.walk_days(days, Counts::AllDays, start_day);
        let last = self.roll(last);
        self.end = self.end_of(last);
    }

    /// Walks until `amount` days are counted and returns the last of them.
    fn walk_days(&mut self, amount: u32, counts: Counts, start_day: StartDay) -> NaiveDate {
        self.rolled_from = None;
        let zero = self.day_before_end();
        let mut date = zero;
        let mut number = 0;
        loop {
            if date == zero && start_day == StartDay::NotCounted {
                // Where an extension runs on, its day zero is the last day counted, and is written down already.
                if self.is_first() {
                    self.record(date, None, Some(Reason::StartDay));
                }
            } else if counts == Counts::WorkingDays && !self.is_working(date) {
                self.record(date, None, None);
            } else if self.is_paused(date) {
                self.record(date, None, Some(Reason::Paused));
            } else {
                number += 1;
                self.record(date, Some(number), None);
            }
            if number == amount {
                return date;
            }
            match self.next(date) {
                Some(next) => date = next,
                None => return date,
            }
        }
    }

    /// Moves a last day that is a day of rest to the next working day, if the regulation says so.
    fn roll(&mut self, last: NaiveDate) -> NaiveDate {
        if self.counting.on_rest_day == RestDay::Stays || self.beyond_reach || self.is_working(last) {
            return last;
        }
        self.rolled_from = Some(last);
        let mut date = last;
        while let Some(next) = self.next(date) {
            date = next;
            if !self.is_working(date) {
                self.record(date, None, None);
            } else if self.is_paused(date) {
                self.record(date, None, Some(Reason::Paused));
            } else {
                self.record(date, None, Some(Reason::RolledTo));
                break;
            }
        }
        date
    }

    /// Runs the clock for `amount` hours: day and night, or while the office is open.
    pub(super) fn hours(&mut self, amount: u32, while_open: bool) {
        self.rolled_from = None;
        let mut left = TimeDelta::hours(amount.into());
        let mut date = self.calendar.date_of(self.end);
        loop {
            let open: Vec<_> = match while_open {
                true if self.is_working(date) => self.calendar.open_hours(date).collect(),
                true => Vec::new(),
                false => vec![(self.calendar.start_of_day(date), self.calendar.end_of_day(date))],
            };
            let ahead: Vec<_> = open
                .iter()
                .map(|(from, to)| ((*from).max(self.end), *to))
                .filter(|(from, to)| from < to)
                .collect();
            let mut run = TimeDelta::zero();
            let mut reached = None;
            for (from, to) in ahead.iter().flat_map(|(from, to)| self.running(*from, *to)) {
                let taken = left.min(to - from);
                left -= taken;
                run += taken;
                if left.is_zero() {
                    reached = Some(from + taken);
                    break;
                }
            }
            let reason = match (open.is_empty(), ahead.is_empty(), run.is_zero()) {
                (true, _, _) | (_, _, false) => None,
                (false, true, true) => Some(Reason::AfterHours),
                (false, false, true) => Some(Reason::Paused),
            };
            self.record_time(date, run, reason);
            if let Some(reached) = reached {
                self.end = reached;
                return;
            }
            let Some(next) = self.next(date) else {
                self.end = self.calendar.end_of_day(date);
                return;
            };
            date = next;
        }
    }

    /// The parts of a time that lie in no pause.
    fn running(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> Vec<(DateTime<Utc>, DateTime<Utc>)> {
        let mut parts = Vec::new();
        let mut at = from;
        for (pause_from, pause_to) in &self.pauses {
            if at < *pause_from && at < to {
                parts.push((at, to.min(*pause_from)));
            }
            at = at.max(*pause_to);
        }
        if at < to {
            parts.push((at, to));
        }
        parts
    }

    /// Whether a day lies wholly or partly inside a pause. Of the day only what belongs to a limit is looked at:
    /// what happens after closing time cannot stop a limit that ended with it.
    fn is_paused(&mut self, date: NaiveDate) -> bool {
        if self.pauses.is_empty() && self.open_pause.is_none() {
            return false;
        }
        let starts = self.calendar.start_of_day(date);
        let ends = self.end_of(date);
        self.pauses.iter().any(|(from, to)| *from < ends && starts < *to)
            || self.open_pause.is_some_and(|from| starts <= from && from < ends)
    }

    /// When a day of the limit is over.
    fn end_of(&mut self, date: NaiveDate) -> DateTime<Utc> {
        if self.counting.last_day_ends == DayEnd::ClosingTime {
            self.note_if_provisional(date);
        }
        end_of_day(date, self.counting.last_day_ends, self.start, self.calendar)
    }

    /// Whether a day is worked, where that decides.
    fn is_working(&mut self, date: NaiveDate) -> bool {
        self.note_if_provisional(date);
        self.calendar.is_working(date)
    }

    /// Remembers that the calendar decided something by a day on which it may still change.
    fn note_if_provisional(&mut self, date: NaiveDate) {
        match self.calendar.year_status(date.year()) {
            YearStatus::Published => {}
            YearStatus::Provisional | YearStatus::Missing => {
                self.provisional_years.insert(date.year());
            }
        }
    }

    /// Whether no stretch was walked yet: each writes down a day at least.
    fn is_first(&self) -> bool {
        self.days.is_empty()
    }

    /// The start day's rule concerns the start of the limit, not the point where an extension runs on.
    fn start_day(&self) -> StartDay {
        if self.is_first() {
            self.counting.start_day
        } else {
            StartDay::NotCounted
        }
    }

    /// Day zero of the next stretch: the date of the start, or the last day of the stretch before.
    fn day_before_end(&self) -> NaiveDate {
        let belongs = if self.is_first() {
            self.end
        } else {
            self.end - TimeDelta::nanoseconds(1)
        };
        self.calendar.date_of(belongs)
    }

    fn next(&mut self, date: NaiveDate) -> Option<NaiveDate> {
        self.steps += 1;
        let next = date
            .succ_opt()
            .filter(|next| *next <= LAST_DAY && self.steps <= DAYS_WALKED_AT_MOST);
        self.beyond_reach |= next.is_none();
        next
    }

    fn record(&mut self, date: NaiveDate, number: Option<u32>, reason: Option<Reason>) {
        self.push(date, number, number.is_some(), None, reason);
    }

    fn record_time(&mut self, date: NaiveDate, time: TimeDelta, reason: Option<Reason>) {
        self.push(date, None, !time.is_zero(), Some(time), reason);
    }

    fn push(
        &mut self,
        date: NaiveDate,
        number: Option<u32>,
        counted: bool,
        time: Option<TimeDelta>,
        reason: Option<Reason>,
    ) {
        if self.days.len() == DAYS_RECORDED_AT_MOST {
            self.days_truncated = true;
            return;
        }
        let day = self.calendar.day(date);
        let reason = reason.unwrap_or(day.kind.into());
        self.days.push(CountedDay {
            date,
            number,
            counted,
            time,
            reason,
            name: day.name.map(str::to_owned),
        });
    }

    pub(super) fn into_count(self, limit: &Limit) -> Count {
        Count {
            start: self.start,
            day_zero: self.calendar.date_of(self.start),
            limit: limit.clone(),
            counting: self.counting,
            calendar_code: self.calendar.code().to_owned(),
            calendar_version: self.calendar.version(),
            utc_offset: self.calendar.utc_offset(),
            due_on: self.calendar.date_of(self.end - TimeDelta::nanoseconds(1)),
            due_at: self.end,
            days: self.days,
            days_truncated: self.days_truncated,
            rolled_from: self.rolled_from,
            provisional_years: self.provisional_years.into_iter().collect(),
            paused_since: self.open_pause.filter(|since| *since < self.end),
            beyond_reach: self.beyond_reach,
        }
    }
}

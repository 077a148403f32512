//! How a due date is counted, and how it explains itself: [`count`] tells it day by day, [`end`] only where it ends.
//!
//! The computation is a walk from the start: it looks at each day once, and writes down what it did with it. That
//! record ([`Count::days`]) is the explanation, and [`sentence_zh`] reads it aloud. A due date is never edited; when a
//! pause, an extension or a new calendar comes, it is counted anew from the same start.
//!
//! There are two ways to the same end, because two things are asked of it. Who asks why must get every day, and a walk
//! over 2,500 working days looks at 3,600. Every command asks of each open duty only where it ends, and a new calendar
//! asks it of all of them: that must not depend on how long the limit is, so [`end`] leaps by the calendar's index
//! where nothing on the way can stop the count, and takes the walk's own end elsewhere. The two are bound together: the
//! parts that need judgement (which day is day zero, how many days a month has, when a day is over) are one function
//! each, used by both; and a test holds both against a third, slow count of its own, over a hundred thousand random
//! limits, calendars and pauses.
//!
//! The rules, with the law they rest on (民法典 Civil Code; a rulebook may say otherwise by [`Counting`]):
//!
//! 1. The start day is not counted (Art 201).
//! 2. Working days are those the calendar works: weekends and holidays are passed over, make-up workdays count.
//! 3. Days, months and years run over all days; if the last is a day of rest, the next working day takes its place
//!    (Art 203). A month without the day ends on its last day (Art 202).
//! 4. The last day ends at 24:00, or when the office closes (Art 203).
//! 5. `same day` and hours do not roll. Hours run day and night, working hours while the office is open.
//! 6. A pause stops the count: a day wholly or partly inside it is not counted; for hours the clock stands still.
//! 7. Extensions in one unit add up with the limit in that unit; one in another unit runs on from the end.

mod leap;
mod sentence;
mod walk;
mod words;

use chrono::{DateTime, Datelike, FixedOffset, Months, NaiveDate, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::calendar::{Calendar, DayKind, LAST_DAY};
use leap::Leap;
use walk::Walk;

pub use sentence::{sentence_en, sentence_zh};
pub use words::{BadSpan, Counting, DayEnd, RestDay, Span, StartDay, Unit, Within};

/// How many days a count walks at most, about 109 years; see [`Count::beyond_reach`].
pub const DAYS_WALKED_AT_MOST: usize = 40_000;

/// How many days a count writes down at most; see [`Count::days_truncated`].
pub const DAYS_RECORDED_AT_MOST: usize = 800;

/// A time limit with what it was extended by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limit {
    /// The limit itself.
    pub within: Within,
    /// The extensions granted, in the order in which they were granted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub extensions: Vec<Span>,
}

impl From<Within> for Limit {
    /// The limit as it stands, not extended.
    fn from(within: Within) -> Self {
        Self {
            within,
            extensions: Vec::new(),
        }
    }
}

/// A time during which a limit does not run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pause {
    /// Its first instant.
    pub from: DateTime<Utc>,
    /// The first instant after it; absent while it lasts. A pause that is not after its own start is no pause.
    pub to: Option<DateTime<Utc>>,
}

/// A due date, and how it was counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Count {
    /// The instant from which it was counted.
    pub start: DateTime<Utc>,
    /// The office's date at the start: the day that is not counted, unless the regulation counts it.
    pub day_zero: NaiveDate,
    /// What was counted.
    pub limit: Limit,
    /// By which rules.
    pub counting: Counting,
    /// Over which calendar.
    pub calendar_code: String,
    /// Over which version of it.
    pub calendar_version: u32,
    /// The offset from UTC of the dates and times in this count.
    pub utc_offset: FixedOffset,
    /// The last day on which it is in time.
    pub due_on: NaiveDate,
    /// The first instant that is too late. The end of 21 September is the start of 22 September.
    pub due_at: DateTime<Utc>,
    /// The days walked over, in order, from [`Count::day_zero`] on: counted or passed over, and why.
    pub days: Vec<CountedDay>,
    /// Whether more days were walked than [`DAYS_RECORDED_AT_MOST`], so that `days` stops before the end.
    pub days_truncated: bool,
    /// The day of rest that would have been the last, had the end not moved to the next working day.
    pub rolled_from: Option<NaiveDate>,
    /// The years without a published notice in which the calendar decided something. If any, the due date is
    /// provisional and to be counted anew when the notice comes. Hours on the wall clock never are: they ask no calendar.
    pub provisional_years: Vec<i32>,
    /// Since when the count stands still, if a pause that has no end began before the due time. Nobody is late
    /// while this is set, and `due_at` is only the earliest that it can be: as if the pause had ended when it began.
    /// Who wants to know when it would be due if it went on now gives the pause `to: Some(now)`.
    pub paused_since: Option<DateTime<Utc>>,
    /// Whether the walk gave up, after [`DAYS_WALKED_AT_MOST`] days or at the end of the year 9999. The due date then
    /// is the last day it looked at; the true one lies later.
    pub beyond_reach: bool,
}

/// Where a count ends, without its days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct End {
    /// The last day on which it is in time; see [`Count::due_on`].
    pub on: NaiveDate,
    /// The first instant that is too late; see [`Count::due_at`].
    pub at: DateTime<Utc>,
    /// Whether a year without a published notice decided something; see [`Count::provisional_years`].
    pub provisional: bool,
    /// Since when the count stands still; see [`Count::paused_since`].
    pub paused_since: Option<DateTime<Utc>>,
}

impl From<&Count> for End {
    /// The end that the walk came to.
    fn from(count: &Count) -> Self {
        Self {
            on: count.due_on,
            at: count.due_at,
            provisional: !count.provisional_years.is_empty(),
            paused_since: count.paused_since,
        }
    }
}

/// One day of a count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountedDay {
    /// The day.
    pub date: NaiveDate,
    /// Which day of the limit it is, from 1; absent if not counted, and for hours. Begins again at 1 where an
    /// extension in another unit runs on.
    pub number: Option<u32>,
    /// Whether the day, or for hours some time of it, was counted.
    pub counted: bool,
    /// For hours: how much of the day was counted.
    pub time: Option<TimeDelta>,
    /// Why it was counted or not.
    pub reason: Reason,
    /// The holiday or local day, if the day has a name.
    pub name: Option<String>,
}

/// Why a day was counted or not: what kind of day it is, unless something else decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// A day of the base week.
    WorkingDay,
    /// A day of rest that is worked by notice (调休上班).
    MakeupWorkday,
    /// A day of rest that this office works.
    LocalWorkday,
    /// A day of rest of the base week.
    Weekend,
    /// A day off by notice.
    Holiday,
    /// A day off of this office.
    LocalDayOff,
    /// Not counted: the limit started on it.
    StartDay,
    /// Not counted: wholly or partly inside a pause.
    Paused,
    /// Not counted: the office had closed when the limit started.
    AfterHours,
    /// Not counted, but the last day: the end moved here from a day of rest.
    RolledTo,
}

impl From<DayKind> for Reason {
    fn from(kind: DayKind) -> Self {
        match kind {
            DayKind::WorkingDay => Self::WorkingDay,
            DayKind::MakeupWorkday => Self::MakeupWorkday,
            DayKind::LocalWorkday => Self::LocalWorkday,
            DayKind::Weekend => Self::Weekend,
            DayKind::Holiday => Self::Holiday,
            DayKind::LocalDayOff => Self::LocalDayOff,
        }
    }
}

/// Counts when a limit that starts at `start` is over, by the rules at the top of this file.
///
/// `None` for a limit without a number: it is owed, but nothing can be counted. Total for every input: an instant
/// outside the years 1 to 9999 is read as the nearest one inside, and a walk without end is cut
/// ([`Count::beyond_reach`]). Of the calendar it is asked only what decides ([`Count::provisional_years`]).
///
/// ```
/// use domain::calendar::Calendar;
/// use domain::time_limit::{Counting, Limit, Within, count};
///
/// // Signed for on Friday 18 September 2026 at 10:05. Sunday the 20th is worked, to make up for a day in October.
/// let limit = Limit::from("2 working days".parse::<Within>()?);
/// let signed = "2026-09-18T10:05:00+08:00".parse()?;
/// let count = count(signed, &limit, &Counting::default(), &[], &Calendar::national()).expect("it has a number");
///
/// assert_eq!(count.due_on.to_string(), "2026-09-21");
/// assert_eq!(count.due_at.to_rfc3339(), "2026-09-21T16:00:00+00:00"); // 24:00 in Beijing
/// let counted: Vec<_> = count.days.iter().filter(|day| day.counted).map(|day| day.date.to_string()).collect();
/// assert_eq!(counted, ["2026-09-20", "2026-09-21"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn count(
    start: DateTime<Utc>,
    limit: &Limit,
    counting: &Counting,
    pauses: &[Pause],
    calendar: &Calendar,
) -> Option<Count> {
    let stretches = stretches(limit)?;
    let mut walk = Walk::new(calendar.local(start).to_utc(), *counting, pauses, calendar);
    for stretch in stretches {
        match stretch {
            Stretch::SameDay => walk.same_day(),
            Stretch::Units {
                amount,
                unit: Unit::WorkingHour,
            } => walk.hours(amount, true),
            Stretch::Units {
                amount,
                unit: Unit::Hour,
            } => walk.hours(amount, false),
            Stretch::Units {
                amount,
                unit: Unit::WorkingDay,
            } => walk.working_days(amount),
            Stretch::Units {
                amount,
                unit: Unit::Day,
            } => walk.days(amount),
            Stretch::Units {
                amount,
                unit: Unit::Month,
            } => walk.months(amount),
            Stretch::Units {
                amount,
                unit: Unit::Year,
            } => walk.months(amount.saturating_mul(12)),
        }
    }
    Some(walk.into_count(limit))
}

/// Where a limit ends that starts at `start`: what [`count`] says, without its days, and as fast for a long limit as
/// for a short one unless it was paused.
///
/// `None` for a limit without a number.
///
/// ```
/// use domain::calendar::Calendar;
/// use domain::time_limit::{Counting, Limit, Within, end};
///
/// let limit = Limit::from("2500 working days".parse::<Within>()?);
/// let started = "2016-09-18T10:05:00+08:00".parse()?;
/// let end = end(started, &limit, &Counting::default(), &[], &Calendar::national()).expect("it has a number");
/// assert_eq!((end.on.to_string(), end.provisional), ("2026-09-24".to_owned(), false));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn end(
    start: DateTime<Utc>,
    limit: &Limit,
    counting: &Counting,
    pauses: &[Pause],
    calendar: &Calendar,
) -> Option<End> {
    if pauses.is_empty() {
        let stretches = stretches(limit)?;
        if let Some(end) = Leap::over(&stretches, calendar.local(start).to_utc(), *counting, calendar) {
            return Some(end);
        }
    }
    count(start, limit, counting, pauses, calendar).map(|count| End::from(&count))
}

/// As how many days so many months count: as many as lie between a date and its like in the later month, so that a
/// pause can stop them. None where the calendar does not reach so far.
fn days_of_months(first: NaiveDate, amount: u32, start_day: StartDay) -> Option<u32> {
    let like = first
        .checked_add_months(Months::new(amount))
        .filter(|day| *day <= LAST_DAY)?;
    let days = match start_day {
        // Counted from the 15th, a month is over with the 14th. A day the month lacks was cut off already.
        StartDay::Counted if like.day() < first.day() => (like - first).num_days() + 1,
        StartDay::Counted | StartDay::NotCounted => (like - first).num_days(),
    };
    Some(u32::try_from(days).unwrap_or(u32::MAX).max(1))
}

/// When a day of a limit is over that started at `start`.
fn end_of_day(date: NaiveDate, ends: DayEnd, start: DateTime<Utc>, calendar: &Calendar) -> DateTime<Utc> {
    let midnight = calendar.end_of_day(date);
    match ends {
        DayEnd::Midnight => midnight,
        DayEnd::ClosingTime => calendar
            .closing(date)
            .filter(|closing| *closing > start)
            .unwrap_or(midnight),
    }
}

/// A part of a limit in one unit. A limit has one, and one more for each other unit it was extended in.
enum Stretch {
    SameDay,
    Units { amount: u32, unit: Unit },
}

/// The parts of a limit in the order in which they run, or `None` if it has no number.
fn stretches(limit: &Limit) -> Option<Vec<Stretch>> {
    let mut stretches = match limit.within {
        Within::Immediately | Within::Promptly | Within::AsPrescribed => return None,
        Within::SameDay => vec![Stretch::SameDay],
        Within::Span(span) => vec![Stretch::Units {
            amount: span.amount.get(),
            unit: span.unit,
        }],
    };
    for extension in &limit.extensions {
        let more = extension.amount.get();
        let same_unit = stretches.iter_mut().find_map(|stretch| match stretch {
            Stretch::Units { amount, unit } if *unit == extension.unit => Some(amount),
            Stretch::Units { .. } | Stretch::SameDay => None,
        });
        match same_unit {
            Some(amount) => *amount = amount.saturating_add(more),
            None => stretches.push(Stretch::Units {
                amount: more,
                unit: extension.unit,
            }),
        }
    }
    Some(stretches)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may stop where it stands")]
mod tests;

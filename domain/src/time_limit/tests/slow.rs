//! A slow count that is obviously right, and a hundred thousand random limits that must agree with it.
//!
//! It knows nothing of the calendar but its written form, laid out as a list of days from 2000 on, and looks at every
//! day and every quarter of an hour by itself. All times here are whole quarters of an hour, counted from
//! 1 January 2000 at the office.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, Months, NaiveDate, TimeDelta, Utc};

use super::super::*;
use super::at;
use crate::calendar::{LocalDay, LocalWork};

const DAY: i64 = 24 * 4;

/// A row of throws that one number gives, always the same (`SplitMix64`).
struct Throws(u64);

impl Throws {
    fn below(&mut self, bound: i64) -> i64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        i64::try_from((z ^ (z >> 31)) % u64::try_from(bound).unwrap()).unwrap()
    }

    fn pick<T: Copy, const N: usize>(&mut self, among: [T; N]) -> T {
        among[usize::try_from(self.below(i64::try_from(N).unwrap())).unwrap()]
    }

    fn span(&mut self) -> Span {
        let days = self.pick([15, 15, 15, 15, 15, 15, 15, 60, 60, 400]);
        let (unit, most) = self.pick([
            (Unit::WorkingHour, 24),
            (Unit::Hour, 96),
            (Unit::WorkingDay, days),
            (Unit::Day, days),
            (Unit::Month, 4),
            (Unit::Year, 1),
        ]);
        Span::new(u32::try_from(1 + self.below(most)).unwrap(), unit).unwrap()
    }

    fn limit(&mut self) -> Limit {
        Limit {
            within: match self.below(10) {
                0 => Within::SameDay,
                _ => Within::Span(self.span()),
            },
            extensions: (3..self.below(6)).map(|_| self.span()).collect(),
        }
    }

    fn counting(&mut self) -> Counting {
        Counting {
            start_day: self.pick([StartDay::NotCounted, StartDay::Counted]),
            last_day_ends: self.pick([DayEnd::Midnight, DayEnd::ClosingTime]),
            on_rest_day: self.pick([RestDay::NextWorkingDay, RestDay::Stays]),
        }
    }

    /// None for most limits; some that overlap, begin before the limit, end after it, or have no end yet.
    fn pauses(&mut self, start: i64) -> Vec<Pause> {
        (3..self.below(7))
            .map(|_| {
                let from = start - 10 * DAY + self.below(80 * DAY);
                let to = from - DAY + self.below(20 * DAY);
                let lasts = self.below(8) == 0;
                Pause {
                    from: instant(from),
                    to: (!lasts).then(|| instant(to)),
                }
            })
            .collect()
    }

    /// The national calendar, or an office with other hours, another week, and days of its own.
    fn calendar(&mut self) -> Calendar {
        let national = include_str!("../../../calendars/cn.toml");
        let hours = self.pick([
            r#"["09:00 to 12:00", "13:30 to 17:30"]"#,
            r#"["00:00 to 24:00"]"#,
            r#"["08:30 to 11:45", "12:00 to 13:00", "18:15 to 24:00"]"#,
        ]);
        let text = national.replace(r#"["09:00 to 12:00", "13:30 to 17:30"]"#, hours);
        assert!(
            text.contains(hours),
            "the hours stand there as they were looked for"
        );
        let other_week = self.pick([
            None,
            None,
            Some(r#"["monday", "tuesday", "thursday", "saturday"]"#),
            Some(r#"["wednesday"]"#),
            Some(r#"["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"]"#),
        ]);
        // An office with a week of its own goes by no notice: what that makes up for it may work anyway.
        let text = match other_week {
            None => text,
            Some(week) => format!(
                "code = \"t\"\nversion = 1\nutc_offset = \"+08:00\"\nweek = {week}\nbusiness_hours = {hours}\n"
            ),
        };
        let local_days: BTreeMap<i64, LocalWork> = (0..self.below(60))
            .map(|_| {
                (
                    7 * 365 + self.below(25 * 365),
                    self.pick([LocalWork::Off, LocalWork::Working]),
                )
            })
            .collect();
        let local_days: Vec<LocalDay> = local_days
            .into_iter()
            .map(|(number, work)| LocalDay {
                days: day_of(number).to_string().parse().unwrap(),
                name: "本地".to_owned(),
                work,
            })
            .collect();
        Calendar::from_toml(&text).unwrap().overlay(&local_days).unwrap()
    }
}

fn instant(quarter: i64) -> DateTime<Utc> {
    at("2000-01-01 00:00") + TimeDelta::minutes(15 * quarter)
}

fn quarter(instant: DateTime<Utc>) -> i64 {
    (instant - at("2000-01-01 00:00")).num_minutes() / 15
}

fn day_of(number: i64) -> NaiveDate {
    NaiveDate::from_ymd_opt(2000, 1, 1).unwrap() + TimeDelta::days(number)
}

/// A calendar as a list of days, each worked or not.
struct Plain {
    worked: Vec<bool>,
    /// The quarters of a working day in which the office is open.
    open: Vec<bool>,
    closes: i64,
}

impl Plain {
    fn new(calendar: &Calendar) -> Self {
        let number = |date: NaiveDate| usize::try_from((date - day_of(0)).num_days());
        let mut worked: Vec<bool> = (0..90 * 365)
            .map(|number| calendar.week().contains(&day_of(number).weekday()))
            .collect();
        for holiday in calendar.years().iter().flat_map(|year| &year.holidays) {
            let off = holiday.off.iter().flat_map(|range| range.days());
            off.for_each(|date| worked[number(date).unwrap()] = false);
            let made_up = holiday.makeup_workdays.iter().flat_map(|range| range.days());
            made_up.for_each(|date| worked[number(date).unwrap()] = true);
        }
        for local in calendar.local_days() {
            for date in local.days.days() {
                worked[number(date).unwrap()] = local.work == LocalWork::Working;
            }
        }
        let spans = calendar.business_hours();
        let open = (0..DAY).map(|quarter| {
            let from = TimeDelta::minutes(15 * quarter);
            spans
                .iter()
                .any(|span| span.opens() <= from && from < span.closes())
        });
        Self {
            worked,
            open: open.collect(),
            closes: spans.last().unwrap().closes().num_minutes() / 15,
        }
    }

    fn works(&self, day: i64) -> bool {
        self.worked[usize::try_from(day).unwrap()]
    }

    fn is_open(&self, quarter: i64) -> bool {
        self.works(quarter.div_euclid(DAY)) && self.open[usize::try_from(quarter.rem_euclid(DAY)).unwrap()]
    }
}

/// Where a limit is over, and since when it stands still.
fn slow(
    start: i64,
    limit: &Limit,
    counting: Counting,
    pauses: &[Pause],
    plain: &Plain,
) -> (i64, Option<i64>) {
    let clipped = |pause: &Pause| (quarter(pause.from).max(start), pause.to.map(quarter));
    let (open, ended): (Vec<_>, Vec<_>) = pauses.iter().map(clipped).partition(|(_, to)| to.is_none());
    // Behind the first pause without an end nothing is known yet, of another one neither.
    let still = open.iter().map(|(from, _)| *from).min();
    // It is as if it ended at once: the day that it touches is not counted, and no time is lost.
    let touched = still.map(|from| (from, from + 1));
    let ended = ended.iter().filter_map(|(from, to)| Some((*from, (*to)?)));
    let ended: Vec<(i64, i64)> = ended.filter(|(from, to)| from < to).collect();
    let end_of = |day: i64| {
        let closing = day * DAY + plain.closes;
        let closes = counting.last_day_ends == DayEnd::ClosingTime && plain.works(day) && closing > start;
        if closes { closing } else { (day + 1) * DAY }
    };
    let is_paused = |day: i64| {
        let mut all = ended.iter().chain(&touched);
        all.any(|(from, to)| *from < end_of(day) && day * DAY < *to)
    };
    let mut parts: Vec<(u32, Option<Unit>)> = vec![match limit.within {
        Within::Span(span) => (span.amount.get(), Some(span.unit)),
        _ => (1, None),
    }];
    for more in &limit.extensions {
        match parts.iter_mut().find(|(_, unit)| *unit == Some(more.unit)) {
            Some((amount, _)) => *amount += more.amount.get(),
            None => parts.push((more.amount.get(), Some(more.unit))),
        }
    }
    let mut end = start;
    for (at, (amount, unit)) in parts.into_iter().enumerate() {
        let first = at == 0;
        if let Some(unit @ (Unit::Hour | Unit::WorkingHour)) = unit {
            let mut left = i64::from(amount) * 4;
            while left > 0 {
                let runs = ended.iter().all(|(from, to)| end < *from || *to <= end);
                if runs && (unit == Unit::Hour || plain.is_open(end)) {
                    left -= 1;
                }
                end += 1;
            }
            continue;
        }
        let zero = if first { end } else { end - 1 }.div_euclid(DAY);
        let counts_zero = unit.is_none() || (first && counting.start_day == StartDay::Counted);
        let before_first = if counts_zero { zero - 1 } else { zero };
        let mut left = match unit {
            Some(Unit::Month | Unit::Year) => {
                let months = if unit == Some(Unit::Year) {
                    12 * amount
                } else {
                    amount
                };
                let like = day_of(zero) + Months::new(months);
                let like_day = (like - day_of(0)).num_days();
                let is_cut = like.day() < day_of(zero).day();
                let last = if counts_zero && !is_cut {
                    like_day - 1
                } else {
                    like_day
                };
                last - before_first
            }
            _ => i64::from(amount),
        };
        let mut day = before_first;
        while left > 0 {
            day += 1;
            if (unit != Some(Unit::WorkingDay) || plain.works(day)) && !is_paused(day) {
                left -= 1;
            }
        }
        let rolls = matches!(unit, Some(Unit::Day | Unit::Month | Unit::Year))
            && counting.on_rest_day == RestDay::NextWorkingDay
            && !plain.works(day);
        if rolls {
            while !plain.works(day) || is_paused(day) {
                day += 1;
            }
        }
        end = end_of(day);
    }
    (end, still.filter(|since| *since < end))
}

/// Draws limits over some calendars and compares the walk, the leap and the slow count.
fn agree(seed: u64, draws: u32) {
    let mut throws = Throws(seed);
    for _ in 0..draws / 1_000 {
        let calendar = throws.calendar();
        let plain = Plain::new(&calendar);
        for _ in 0..1_000 {
            let start = 7 * 365 * DAY + throws.below(21 * 365 * DAY);
            let (limit, counting) = (throws.limit(), throws.counting());
            let pauses = throws.pauses(start);
            let walked = count(instant(start), &limit, &counting, &pauses, &calendar).unwrap();
            let (ends, still) = slow(start, &limit, counting, &pauses, &plain);
            let told = || {
                format!(
                    "{limit:?} {counting:?} {pauses:?} from {} over {calendar:?}",
                    instant(start)
                )
            };
            assert_eq!(
                (walked.due_at, walked.paused_since),
                (instant(ends), still.map(instant)),
                "{}",
                told()
            );
            let leapt = end(instant(start), &limit, &counting, &pauses, &calendar).unwrap();
            assert_eq!(leapt, End::from(&walked), "{}", told());
        }
    }
}

#[test]
fn a_hundred_thousand_random_limits_agree_with_a_slow_count() {
    std::thread::scope(|scope| {
        for seed in 1..=4 {
            scope.spawn(move || agree(seed, 25_000));
        }
    });
}

#[test]
fn what_is_paused_is_left_to_the_walk_and_what_is_not_is_leapt() {
    let calendar = Calendar::national();
    let started = at("2016-09-18 10:05");
    for words in [
        "same day",
        "2500 working days",
        "900 days",
        "40 months",
        "9 years",
        "900 hours",
        "900 working hours",
    ] {
        let limit = super::limit(words);
        let parts = stretches(&limit).unwrap();
        let leapt = Leap::over(&parts, started, Counting::default(), &calendar);
        let walked = count(started, &limit, &Counting::default(), &[], &calendar).unwrap();
        assert_eq!(leapt, Some(End::from(&walked)), "{words}");
    }
}

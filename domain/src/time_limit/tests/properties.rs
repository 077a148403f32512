use std::sync::LazyLock;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use proptest::prelude::*;

use super::*;

static CALENDAR: LazyLock<Calendar> = LazyLock::new(Calendar::national);

/// Any minute of the years 2007 to 2027.
fn starts() -> impl Strategy<Value = DateTime<Utc>> {
    (0_i64..21 * 365 * 24 * 60).prop_map(|minutes| at("2007-01-01 00:00") + TimeDelta::minutes(minutes))
}

fn limits() -> impl Strategy<Value = Limit> {
    let units = [
        Unit::WorkingHour,
        Unit::Hour,
        Unit::WorkingDay,
        Unit::Day,
        Unit::Month,
    ];
    let spans = (1_u32..40, prop::sample::select(units.to_vec()))
        .prop_map(|(amount, unit)| Span::new(amount, unit).unwrap());
    let within = prop_oneof![1 => Just(Within::SameDay), 8 => spans.clone().prop_map(Within::Span)];
    (within, prop::collection::vec(spans, 0..3)).prop_map(|(within, extensions)| Limit { within, extensions })
}

fn countings() -> impl Strategy<Value = Counting> {
    let start_day = prop_oneof![Just(StartDay::NotCounted), Just(StartDay::Counted)];
    let last_day_ends = prop_oneof![Just(DayEnd::Midnight), Just(DayEnd::ClosingTime)];
    let on_rest_day = prop_oneof![Just(RestDay::NextWorkingDay), Just(RestDay::Stays)];
    (start_day, last_day_ends, on_rest_day).prop_map(|(start_day, last_day_ends, on_rest_day)| Counting {
        start_day,
        last_day_ends,
        on_rest_day,
    })
}

/// Pauses as hours after the start, and lengths in hours; negative ones are no pauses.
fn pauses() -> impl Strategy<Value = Vec<(i64, i64)>> {
    prop::collection::vec((-100_i64..1_000, -5_i64..200), 0..4)
}

fn after(start: DateTime<Utc>, pauses: &[(i64, i64)]) -> Vec<Pause> {
    let pause = |(offset, length): &(i64, i64)| {
        let from = start + TimeDelta::hours(*offset);
        Pause {
            from,
            to: Some(from + TimeDelta::hours(*length)),
        }
    };
    pauses.iter().map(pause).collect()
}

/// Working days in `(start, due]`, by looking at every day.
fn working_days_behind(start: NaiveDate, due: NaiveDate) -> usize {
    start
        .iter_days()
        .skip(1)
        .take_while(|day| *day <= due)
        .filter(|day| CALENDAR.is_working(*day))
        .count()
}

proptest! {
    #[test]
    fn a_due_date_is_a_working_day_with_exactly_n_working_days_behind_it(start in starts(), amount in 1_u32..200) {
        let limit = Limit::from(Within::Span(Span::new(amount, Unit::WorkingDay).unwrap()));
        let count = count(start, &limit, &Counting::default(), &[], &CALENDAR).unwrap();
        prop_assert!(CALENDAR.is_working(count.due_on));
        prop_assert_eq!(working_days_behind(count.day_zero, count.due_on), amount as usize);
    }

    #[test]
    fn calendar_days_end_on_the_nth_day_or_the_working_day_after(start in starts(), amount in 1_u32..200) {
        let limit = Limit::from(Within::Span(Span::new(amount, Unit::Day).unwrap()));
        let count = count(start, &limit, &Counting::default(), &[], &CALENDAR).unwrap();
        let nth = count.day_zero + TimeDelta::days(amount.into());
        let expected = nth.iter_days().find(|day| CALENDAR.is_working(*day)).unwrap();
        prop_assert_eq!(count.due_on, expected);
        prop_assert_eq!(count.rolled_from, (nth != expected).then_some(nth));
    }

    #[test]
    fn the_trace_is_gapless_and_adds_up(start in starts(), limit in limits(), counting in countings(), pauses in pauses()) {
        let count = count(start, &limit, &counting, &after(start, &pauses), &CALENDAR).unwrap();
        prop_assume!(!count.days_truncated);
        prop_assert_eq!(count.days[0].date, count.day_zero);
        // An extension of hours may run on within the day on which days ended, and the other way round.
        let gapless = count.days.windows(2).all(|pair| {
            pair[0].date.succ_opt() == Some(pair[1].date) || pair[0].date == pair[1].date
        });
        prop_assert!(gapless);
        prop_assert!(count.due_on <= count.days.last().unwrap().date);
        prop_assert!(count.due_at > count.start);
        prop_assert_eq!(CALENDAR.date_of(count.due_at - TimeDelta::nanoseconds(1)), count.due_on);
        if limit.extensions.is_empty() && let Within::Span(span) = limit.within {
            let numbered = count.days.iter().filter_map(|day| day.number).max().unwrap_or(0);
            let time: TimeDelta = count.days.iter().filter_map(|day| day.time).sum();
            match span.unit {
                Unit::WorkingHour | Unit::Hour => prop_assert_eq!(time, TimeDelta::hours(span.amount.get().into())),
                Unit::WorkingDay | Unit::Day => prop_assert_eq!(numbered, span.amount.get()),
                Unit::Month | Unit::Year => {}
            }
        }
    }

    #[test]
    fn a_pause_never_brings_the_end_nearer(start in starts(), limit in limits(), counting in countings(), pauses in pauses()) {
        let pauses = after(start, &pauses);
        let mut due_at = count(start, &limit, &counting, &[], &CALENDAR).unwrap().due_at;
        for some in 1..=pauses.len() {
            let later = count(start, &limit, &counting, &pauses[..some], &CALENDAR).unwrap().due_at;
            prop_assert!(due_at <= later);
            due_at = later;
        }
    }

    #[test]
    fn a_pause_after_the_end_or_before_the_start_changes_nothing(
        start in starts(), limit in limits(), counting in countings(), gap in 0_i64..50, length in 1_i64..200,
    ) {
        let plain = count(start, &limit, &counting, &[], &CALENDAR).unwrap();
        let after = Pause { from: plain.due_at + TimeDelta::hours(gap), to: Some(plain.due_at + TimeDelta::hours(gap + length)) };
        let open = Pause { to: None, ..after };
        let before = Pause { from: start - TimeDelta::hours(gap + length), to: Some(start - TimeDelta::hours(gap)) };
        for pause in [after, open, before] {
            let paused = count(start, &limit, &counting, &[pause], &CALENDAR).unwrap();
            prop_assert_eq!((&paused.due_at, &paused.days, paused.paused_since), (&plain.due_at, &plain.days, None));
        }
    }

    #[test]
    fn the_order_in_which_pauses_are_told_does_not_matter(start in starts(), limit in limits(), counting in countings(), pauses in pauses()) {
        let mut pauses = after(start, &pauses);
        let forwards = count(start, &limit, &counting, &pauses, &CALENDAR);
        pauses.reverse();
        prop_assert_eq!(count(start, &limit, &counting, &pauses, &CALENDAR), forwards);
    }

    #[test]
    fn a_pause_moves_wall_clock_hours_by_its_own_length(start in starts(), amount in 2_u32..100, offset in 0_i64..60, length in 1_i64..200) {
        let limit = Limit::from(Within::Span(Span::new(amount, Unit::Hour).unwrap()));
        let pause = Pause { from: start + TimeDelta::minutes(offset), to: Some(start + TimeDelta::minutes(offset + length)) };
        let count = count(start, &limit, &Counting::default(), &[pause], &CALENDAR).unwrap();
        prop_assert_eq!(count.due_at, start + TimeDelta::hours(amount.into()) + TimeDelta::minutes(length));
    }

    #[test]
    fn an_extension_never_brings_the_end_nearer(start in starts(), limit in limits(), counting in countings()) {
        let shorter = Limit { extensions: limit.extensions.iter().copied().take(limit.extensions.len().saturating_sub(1)).collect(), ..limit };
        let due_at = |limit| count(start, limit, &counting, &[], &CALENDAR).unwrap().due_at;
        prop_assert!(due_at(&shorter) <= due_at(&limit));
    }

    #[test]
    fn no_words_make_the_reader_panic(words in ".{0,80}") {
        let _ = words.parse::<Within>();
        let _ = Calendar::from_toml(&words);
    }
}

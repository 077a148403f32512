use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::*;
use crate::calendar::{LocalDay, LocalWork};

mod properties;
mod slow;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// `2026-09-18 10:05` on the clock in Beijing.
fn at(text: &str) -> DateTime<Utc> {
    format!("{}:00+08:00", text.replace(' ', "T")).parse().unwrap()
}

fn limit(words: &str) -> Limit {
    Limit::from(words.parse::<Within>().unwrap())
}

fn extended(words: &str, by: &[&str]) -> Limit {
    Limit {
        extensions: by.iter().map(|span| span.parse().unwrap()).collect(),
        ..limit(words)
    }
}

fn pause(from: &str, to: &str) -> Pause {
    Pause {
        from: at(from),
        to: Some(at(to)),
    }
}

fn counted(start: &str, limit: &Limit, counting: Counting, pauses: &[Pause]) -> Count {
    count(at(start), limit, &counting, pauses, &Calendar::national()).unwrap()
}

/// Counts by the Civil Code and compares the first instant too late, as the clock in Beijing shows it.
#[track_caller]
fn check(start: &str, words: &str, pauses: &[Pause], due_at: &str) -> Count {
    let count = counted(start, &limit(words), Counting::default(), pauses);
    assert_eq!(
        count.due_at,
        at(due_at),
        "{words} from {start}: {}",
        sentence_en(&count, "it started")
    );
    count
}

#[track_caller]
fn check_due_on(start: &str, words: &str, due_on: &str) -> Count {
    let count = counted(start, &limit(words), Counting::default(), &[]);
    assert_eq!(
        count.due_on,
        day(due_on),
        "{words} from {start}: {}",
        sentence_en(&count, "it started")
    );
    assert_eq!(
        count.due_at,
        Calendar::national().end_of_day(day(due_on)),
        "a day ends at its 24:00"
    );
    count
}

const CLOSING: Counting = Counting {
    start_day: StartDay::NotCounted,
    last_day_ends: DayEnd::ClosingTime,
    on_rest_day: RestDay::NextWorkingDay,
};
const FROM_THE_START_DAY: Counting = Counting {
    start_day: StartDay::Counted,
    last_day_ends: DayEnd::Midnight,
    on_rest_day: RestDay::NextWorkingDay,
};
const STAYS: Counting = Counting {
    start_day: StartDay::NotCounted,
    last_day_ends: DayEnd::Midnight,
    on_rest_day: RestDay::Stays,
};

#[test]
fn working_days_agree_with_the_vectors() {
    let amounts = [
        "1 working day",
        "2 working days",
        "3 working days",
        "5 working days",
        "7 working days",
        "15 working days",
    ];
    let vectors = [
        (
            "2026-02-13",
            [
                "2026-02-14",
                "2026-02-24",
                "2026-02-25",
                "2026-02-27",
                "2026-03-02",
                "2026-03-12",
            ],
        ),
        (
            "2026-04-30",
            [
                "2026-05-06",
                "2026-05-07",
                "2026-05-08",
                "2026-05-11",
                "2026-05-13",
                "2026-05-25",
            ],
        ),
        (
            "2026-09-18",
            [
                "2026-09-20",
                "2026-09-21",
                "2026-09-22",
                "2026-09-24",
                "2026-09-29",
                "2026-10-15",
            ],
        ),
        (
            "2026-09-24",
            [
                "2026-09-28",
                "2026-09-29",
                "2026-09-30",
                "2026-10-09",
                "2026-10-12",
                "2026-10-22",
            ],
        ),
        (
            "2026-09-30",
            [
                "2026-10-08",
                "2026-10-09",
                "2026-10-10",
                "2026-10-13",
                "2026-10-15",
                "2026-10-27",
            ],
        ),
        (
            "2025-12-31",
            [
                "2026-01-04",
                "2026-01-05",
                "2026-01-06",
                "2026-01-08",
                "2026-01-12",
                "2026-01-22",
            ],
        ),
    ];
    for (start, dues) in vectors {
        for (amount, due_on) in amounts.iter().zip(dues) {
            for clock in ["00:00", "15:30", "23:59"] {
                check_due_on(&format!("{start} {clock}"), amount, due_on);
            }
        }
    }
}

#[test]
fn a_limit_may_start_on_a_day_of_rest() {
    check_due_on("2026-09-12 10:00", "3 working days", "2026-09-16");
    check_due_on("2026-10-05 10:00", "7 working days", "2026-10-15");
}

#[test]
fn the_same_day_ends_the_same_day_even_on_a_day_of_rest() {
    check_due_on("2026-09-18 10:05", "same day", "2026-09-18");
    check_due_on("2026-10-03 23:59", "same day", "2026-10-03");
}

#[test]
fn calendar_days_roll_to_the_next_working_day() {
    let count = check_due_on("2026-09-12 09:00", "15 days", "2026-09-28");
    assert_eq!(count.rolled_from, Some(day("2026-09-27")));
    let count = check_due_on("2026-09-04 09:00", "16 days", "2026-09-20");
    assert_eq!(
        count.rolled_from, None,
        "a Sunday that is worked is no day of rest"
    );
    let count = check_due_on("2026-09-21 09:00", "10 days", "2026-10-08");
    assert_eq!(count.days.last().unwrap().reason, Reason::RolledTo);
    let count = counted("2026-09-12 09:00", &limit("15 days"), STAYS, &[]);
    assert_eq!((count.due_on, count.rolled_from), (day("2026-09-27"), None));
}

#[test]
fn months_end_on_the_day_of_the_same_number_or_the_last_of_the_month() {
    check_due_on("2026-01-15 09:00", "2 months", "2026-03-16");
    let ends = [
        ("2025-12-31", "2 months", "2026-02-28"),
        ("2024-01-31", "1 month", "2024-02-29"),
        ("2024-02-29", "1 year", "2025-02-28"),
        ("2024-02-29", "4 years", "2028-02-29"),
        ("2026-02-28", "1 month", "2026-03-28"),
    ];
    for (start, words, end) in ends {
        let count = counted(&format!("{start} 09:00"), &limit(words), STAYS, &[]);
        assert_eq!(count.due_on, day(end), "{words} from {start}");
    }
}

#[test]
fn a_start_day_that_counts_is_the_first_day() {
    let cases = [
        ("2026-09-18 09:00", "1 working day", "2026-09-18"),
        ("2026-09-19 09:00", "1 working day", "2026-09-20"),
        ("2026-09-14 09:00", "5 days", "2026-09-18"),
        ("2026-01-16 09:00", "2 months", "2026-03-16"), // 15 March is a Sunday.
        ("2026-03-01 09:00", "1 month", "2026-03-31"),
        ("2024-01-31 09:00", "1 month", "2024-02-29"),
    ];
    for (start, words, due_on) in cases {
        let count = counted(start, &limit(words), FROM_THE_START_DAY, &[]);
        assert_eq!(count.due_on, day(due_on), "{words} from {start}");
    }
}

#[test]
fn hours_run_through_nights_and_holidays() {
    check("2026-09-30 16:00", "24 hours", &[], "2026-10-01 16:00");
    let count = check("2026-10-02 00:00", "24 hours", &[], "2026-10-03 00:00");
    assert_eq!(count.due_on, day("2026-10-02"));
    assert!(
        check("2026-12-31 16:00", "24 hours", &[], "2027-01-01 16:00")
            .provisional_years
            .is_empty()
    );
}

#[test]
fn working_hours_run_while_the_office_is_open() {
    check("2026-09-17 10:00", "1 working hour", &[], "2026-09-17 11:00");
    check("2026-09-17 11:30", "1 working hour", &[], "2026-09-17 14:00");
    check("2026-09-17 16:00", "8 working hours", &[], "2026-09-18 17:00");
    check("2026-09-17 09:00", "7 working hours", &[], "2026-09-17 17:30");
    check("2026-09-30 17:00", "1 working hour", &[], "2026-10-08 09:30");
    let count = check("2026-09-18 18:00", "1 working hour", &[], "2026-09-20 10:00");
    let reasons: Vec<_> = count.days.iter().map(|day| day.reason).collect();
    assert_eq!(
        reasons,
        [Reason::AfterHours, Reason::Weekend, Reason::MakeupWorkday]
    );
}

#[test]
fn the_last_day_may_end_when_the_office_closes() {
    let due_at = |start, words| counted(start, &limit(words), CLOSING, &[]).due_at;
    assert_eq!(
        due_at("2026-09-18 10:05", "2 working days"),
        at("2026-09-21 17:30")
    );
    assert_eq!(due_at("2026-09-18 10:05", "same day"), at("2026-09-18 17:30"));
    assert_eq!(
        due_at("2026-09-18 17:30", "same day"),
        at("2026-09-19 00:00"),
        "closed already: until 24:00"
    );
    assert_eq!(
        due_at("2026-09-19 10:00", "same day"),
        at("2026-09-20 00:00"),
        "not open at all: until 24:00"
    );
}

#[test]
fn the_last_minute_is_in_time() {
    let count = check("2026-09-18 10:05", "2 working days", &[], "2026-09-22 00:00");
    assert!(at("2026-09-21 23:59") < count.due_at);
    assert_eq!(count.due_on, day("2026-09-21"));
}

#[test]
fn a_limit_without_a_number_is_not_counted() {
    for words in ["immediately", "promptly", "as prescribed"] {
        let limit = extended(words, &["3 days"]);
        assert_eq!(
            count(
                at("2026-09-18 10:05"),
                &limit,
                &Counting::default(),
                &[],
                &Calendar::national()
            ),
            None
        );
    }
}

#[test]
fn an_extension_adds_up_in_its_unit_and_runs_on_in_another() {
    let due_on = |start, limit: &Limit| counted(start, limit, Counting::default(), &[]).due_on;
    assert_eq!(
        due_on(
            "2026-09-18 10:05",
            &extended("2 working days", &["3 working days", "2 working days"])
        ),
        day("2026-09-29")
    );
    // 60 and 30 calendar days are 90: the Sunday on which the 60 end does not roll in between.
    assert_eq!(
        due_on("2026-03-03 09:00", &extended("60 days", &["30 days"])),
        due_on("2026-03-03 09:00", &limit("90 days"))
    );
    assert_eq!(
        due_on("2026-09-18 10:05", &extended("same day", &["2 working days"])),
        day("2026-09-21")
    );
    // The 10 days end on the Saturday after a Friday, roll to Monday 14 September, and one working day follows.
    assert_eq!(
        due_on("2026-09-02 09:00", &extended("10 days", &["1 working day"])),
        day("2026-09-15")
    );
    let hours_on = counted(
        "2026-09-18 10:05",
        &extended("2 working days", &["6 hours"]),
        Counting::default(),
        &[],
    );
    assert_eq!(hours_on.due_at, at("2026-09-22 06:00"));
    let days_on = counted(
        "2026-09-16 10:05",
        &extended("24 hours", &["1 working day"]),
        Counting::default(),
        &[],
    );
    assert_eq!(days_on.due_at, at("2026-09-19 00:00"));
}

#[test]
fn only_the_last_roll_is_told() {
    let count = counted(
        "2026-09-02 09:00",
        &extended("10 days", &["1 working day"]),
        Counting::default(),
        &[],
    );
    assert_eq!((count.due_on, count.rolled_from), (day("2026-09-15"), None));
}

#[test]
fn a_limit_past_the_last_day_says_so() {
    for words in [
        "1 day",
        "1 month",
        "100 years",
        "24 hours",
        "1 working hour",
        "1 working day",
    ] {
        assert!(
            counted("9999-12-31 18:00", &limit(words), Counting::default(), &[]).beyond_reach,
            "{words}"
        );
    }
}

#[test]
fn a_pause_stops_the_count() {
    let count = check(
        "2026-09-21 09:00",
        "3 working days",
        &[pause("2026-09-22 16:00", "2026-09-23 10:00")],
        "2026-09-30 00:00",
    );
    let paused: Vec<_> = count
        .days
        .iter()
        .filter(|day| day.reason == Reason::Paused)
        .map(|day| day.date)
        .collect();
    assert_eq!(paused, [day("2026-09-22"), day("2026-09-23")]);
    check(
        "2026-09-21 09:00",
        "3 working days",
        &[pause("2026-09-22 00:00", "2026-09-23 00:00")],
        "2026-09-29 00:00",
    );
    check(
        "2026-09-21 09:00",
        "3 working days",
        &[pause("2026-09-01 00:00", "2026-09-21 18:00")],
        "2026-09-25 00:00",
    );
    check(
        "2026-09-04 09:00",
        "1 month",
        &[pause("2026-09-10 09:00", "2026-09-13 09:00")],
        "2026-10-09 00:00",
    );
    check(
        "2026-09-21 09:00",
        "24 hours",
        &[pause("2026-09-21 20:00", "2026-09-21 22:30")],
        "2026-09-22 11:30",
    );
    check(
        "2026-09-17 10:00",
        "2 working hours",
        &[pause("2026-09-17 11:00", "2026-09-17 14:30")],
        "2026-09-17 15:30",
    );
}

#[test]
fn a_month_that_is_paused_gets_its_days_back() {
    let count = counted(
        "2026-09-04 09:00",
        &limit("1 month"),
        STAYS,
        &[pause("2026-09-10 09:00", "2026-09-13 09:00")],
    );
    assert_eq!(count.due_on, day("2026-10-08"), "4 October and four days");
}

#[test]
fn what_happens_after_the_end_does_not_bring_a_limit_back() {
    let late = pause("2026-09-21 18:00", "2026-09-28 10:00");
    assert_eq!(
        counted("2026-09-18 10:05", &limit("2 working days"), CLOSING, &[late]).due_at,
        at("2026-09-21 17:30")
    );
}

#[test]
fn an_open_pause_stands_still_and_says_so() {
    let open = Pause {
        from: at("2026-09-20 10:00"),
        to: None,
    };
    let count = counted(
        "2026-09-18 10:05",
        &limit("2 working days"),
        Counting::default(),
        &[open],
    );
    assert_eq!(count.paused_since, Some(open.from));
    assert_eq!(
        count.due_on,
        day("2026-09-22"),
        "as if it had ended at once: the day it touches is not counted"
    );
    let resumed = Pause {
        to: Some(at("2026-09-23 09:00")),
        ..open
    };
    let count = counted(
        "2026-09-18 10:05",
        &limit("2 working days"),
        Counting::default(),
        &[resumed],
    );
    assert_eq!((count.paused_since, count.due_on), (None, day("2026-09-28")));
    let too_late = Pause {
        from: at("2026-09-22 00:00"),
        to: None,
    };
    let count = counted(
        "2026-09-18 10:05",
        &limit("2 working days"),
        Counting::default(),
        &[too_late],
    );
    assert_eq!((count.paused_since, count.due_on), (None, day("2026-09-21")));
    let hours = counted(
        "2026-09-18 10:05",
        &limit("24 hours"),
        Counting::default(),
        &[open],
    );
    assert_eq!((hours.paused_since, hours.due_at), (None, at("2026-09-19 10:05")));
}

#[test]
fn a_year_without_a_notice_makes_a_due_date_provisional() {
    let cases = [
        ("2026-12-10", "15 working days", vec![]),
        ("2026-12-11", "15 working days", vec![2027]),
        ("2026-12-22", "7 working days", vec![]),
        ("2026-12-23", "7 working days", vec![2027]),
        ("2026-11-22", "60 days", vec![2027]),
        ("2026-12-01", "24 hours", vec![]),
        ("2026-12-01", "2 years", vec![2028]),
    ];
    for (start, words, years) in cases {
        let count = counted(&format!("{start} 09:00"), &limit(words), Counting::default(), &[]);
        assert_eq!(
            count.provisional_years, years,
            "{words} from {start}, due on {}",
            count.due_on
        );
    }
    assert!(
        counted("2026-11-22 09:00", &limit("60 days"), STAYS, &[])
            .provisional_years
            .is_empty(),
        "nothing to change"
    );
}

#[test]
fn a_year_announced_but_not_final_is_provisional_too() {
    let announced =
        include_str!("../../calendars/cn.toml").replace("status = \"missing\"", "status = \"provisional\"");
    let calendar = Calendar::from_toml(&announced).unwrap();
    let count = count(
        at("2026-12-11 09:00"),
        &limit("15 working days"),
        &Counting::default(),
        &[],
        &calendar,
    )
    .unwrap();
    assert_eq!(
        (count.due_on, count.provisional_years),
        (day("2027-01-01"), vec![2027])
    );
}

#[test]
fn an_office_counts_its_own_days() {
    let off = LocalDay {
        days: "2026-09-21".parse().unwrap(),
        name: "盘点".into(),
        work: LocalWork::Off,
    };
    let office = Calendar::national().overlay(&[off]).unwrap();
    let count = count(
        at("2026-09-18 10:05"),
        &limit("2 working days"),
        &Counting::default(),
        &[],
        &office,
    )
    .unwrap();
    assert_eq!(count.due_on, day("2026-09-22"));
    let local = &count.days[3];
    assert_eq!(
        (local.reason, local.name.as_deref(), local.counted),
        (Reason::LocalDayOff, Some("盘点"), false)
    );
}

#[test]
fn the_trace_says_what_was_done_with_each_day() {
    let count = check_due_on("2026-09-18 10:05", "2 working days", "2026-09-21");
    let trace: Vec<_> = count
        .days
        .iter()
        .map(|day| (day.date.to_string(), day.number, day.reason))
        .collect();
    let expected = [
        ("2026-09-18", None, Reason::StartDay),
        ("2026-09-19", None, Reason::Weekend),
        ("2026-09-20", Some(1), Reason::MakeupWorkday),
        ("2026-09-21", Some(2), Reason::WorkingDay),
    ];
    assert_eq!(
        trace,
        expected.map(|(date, number, reason)| (date.to_owned(), number, reason))
    );
    assert_eq!(count.days[2].name.as_deref(), Some("国庆节"));
}

#[test]
fn long_counts_stop_recording_and_endless_ones_stop() {
    let count = counted("2026-09-18 10:05", &limit("3 years"), STAYS, &[]);
    assert_eq!(
        (count.due_on, count.days.len(), count.days_truncated),
        (day("2029-09-18"), DAYS_RECORDED_AT_MOST, true)
    );
    let forever = pause("2026-09-19 10:05", "9999-01-01 00:00");
    for words in [
        "1 day",
        "1 working day",
        "1 month",
        "1 hour",
        "8 working hours",
        "36525 working days",
    ] {
        let count = counted("2026-09-18 23:30", &limit(words), Counting::default(), &[forever]);
        assert!(count.beyond_reach || words == "1 hour", "{words}");
        assert!(count.due_at > count.start);
    }
}

#[test]
fn extreme_instants_are_counted_without_a_panic() {
    let everything = [
        "same day",
        "1 day",
        "7 working days",
        "24 hours",
        "8 working hours",
        "1200 months",
        "100 years",
    ];
    for start in [DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC] {
        for words in everything {
            for counting in [Counting::default(), CLOSING, FROM_THE_START_DAY, STAYS] {
                let pauses = [
                    Pause {
                        from: DateTime::<Utc>::MIN_UTC,
                        to: None,
                    },
                    Pause {
                        from: start,
                        to: Some(start),
                    },
                ];
                let count = count(start, &limit(words), &counting, &pauses, &Calendar::national()).unwrap();
                assert!(count.due_at >= count.start && !sentence_zh(&count, "收到").is_empty());
            }
        }
    }
}

#[test]
fn limits_are_read_as_words_and_written_as_they_were_read() {
    for words in [
        "7 working days",
        "15 days",
        "24 hours",
        "8 working hours",
        "3 months",
        "3 years",
        "1 working day",
        "same day",
        "immediately",
        "promptly",
        "as prescribed",
    ] {
        assert_eq!(words.parse::<Within>().unwrap().to_string(), words);
        let json = serde_json::to_string(words).unwrap();
        assert_eq!(
            serde_json::to_string(&serde_json::from_str::<Within>(&json).unwrap()).unwrap(),
            json
        );
    }
    assert_eq!("0 days".parse::<Within>(), Err(BadSpan::Zero));
    let too_long = [
        "101 years",
        "1201 months",
        "36526 days",
        "36526 working days",
        "876601 hours",
        "99999999999 days",
    ];
    assert!(
        too_long
            .iter()
            .all(|words| matches!(words.parse::<Span>(), Err(BadSpan::TooLong { .. })))
    );
    let unknown = [
        "",
        "soon",
        "7",
        "days",
        "7  days",
        "+7 days",
        "-7 days",
        "7.5 days",
        "七日",
        "7 Working Days",
        "7 weeks",
    ];
    assert!(
        unknown
            .iter()
            .all(|words| matches!(words.parse::<Within>(), Err(BadSpan::Unknown(_))))
    );
}

#[test]
fn counting_is_written_in_the_rulebooks_words() {
    let written =
        r#"{"start_day":"not counted","last_day_ends":"closing time","on_rest_day":"next working day"}"#;
    assert_eq!(serde_json::from_str::<Counting>(written).unwrap(), CLOSING);
    assert_eq!(
        serde_json::from_str::<Counting>("{}").unwrap(),
        Counting::default()
    );
}

#[track_caller]
fn check_sentences(count: &Count, zh: &str, en: &str) {
    assert_eq!(sentence_zh(count, "受理"), zh);
    assert_eq!(sentence_en(count, "it was accepted"), en);
}

#[test]
fn a_count_can_be_read_aloud() {
    let count = counted("2026-09-18 10:05", &limit("15 working days"), CLOSING, &[]);
    check_sentences(
        &count,
        "9月18日受理，当日不计；中秋节（9月25日至9月27日）不计；国庆节（10月1日至10月7日）不计；9月20日（调休上班）为第1个工作日，……，10月15日为第15个工作日，17时30分届满。",
        "On 18 September 2026 it was accepted, and that day is not counted; 中秋节 (25 September to 27 September) is not counted; 国庆节 (1 October to 7 October) is not counted; 20 September (make-up workday) is working day 1, …, 15 October is working day 15; it ends on 15 October at 17:30.",
    );
    let count = counted("2026-09-18 10:05", &limit("same day"), Counting::default(), &[]);
    check_sentences(
        &count,
        "9月18日受理；9月18日24时届满。",
        "On 18 September 2026 it was accepted; it ends on 18 September at 24:00.",
    );
    let count = counted(
        "2026-12-31 10:05",
        &extended("24 hours", &["2 hours"]),
        Counting::default(),
        &[],
    );
    check_sentences(
        &count,
        "12月31日10时05分受理；期限24小时，延长2小时；2027年1月1日12时05分届满。",
        "On 31 December 2026 at 10:05 it was accepted; the limit is 24 hours, extended by 2 hours; it ends on 1 January 2027 at 12:05.",
    );
    let paused = [
        pause("2026-12-24 09:00", "2026-12-25 09:00"),
        Pause {
            from: at("2026-12-30 09:00"),
            to: None,
        },
    ];
    let count = counted(
        "2026-12-23 10:05",
        &limit("11 days"),
        Counting::default(),
        &paused,
    );
    check_sentences(
        &count,
        "12月23日受理，当日不计；暂停期间（12月24日至12月25日、12月30日）不计；12月26日为第1日，……，2027年1月6日为第11日，24时届满。2027年放假安排尚未公布，此期限为暂定。自12月30日起暂停计算，尚未恢复，届满时间将相应推后。",
        "On 23 December 2026 it was accepted, and that day is not counted; the pause (24 December to 25 December, 30 December) is not counted; 26 December is day 1, …, 6 January 2027 is day 11; it ends on 6 January 2027 at 24:00. The holidays of 2027 are not published yet: this is provisional. The count is paused since 30 December and has not gone on: the end will move.",
    );
    let count = counted("2026-09-21 09:00", &limit("6 days"), Counting::default(), &[]);
    assert!(sentence_zh(&count, "受理").ends_with("9月27日为休息日，顺延至9月28日，24时届满。"));
}

#[test]
fn an_end_is_never_before_its_start_by_a_late_clock() {
    let counting = Counting {
        start_day: StartDay::Counted,
        ..CLOSING
    };
    let count = counted("2026-09-18 20:00", &limit("1 working day"), counting, &[]);
    assert_eq!(count.due_at, at("2026-09-19 00:00"));
    assert!(count.due_at - count.start > TimeDelta::zero());
}

use chrono::{DateTime, Datelike, NaiveDate, Utc};

use super::*;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn instant(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

#[track_caller]
fn check_fault(text: &str, line: Option<usize>, reason: &str) {
    let fault = Calendar::from_toml(text).unwrap_err();
    assert!(fault.reason.contains(reason), "{fault}");
    assert_eq!(fault.line, line, "{fault}");
}

/// A calendar of one year, with `year` standing for the lines after line 7.
fn written(year: &str) -> String {
    format!(
        r#"code = "t"
version = 1
utc_offset = "+08:00"
week = ["monday", "tuesday"]
business_hours = ["09:00 to 12:00"]

[[year]]
{year}
"#
    )
}

#[test]
fn working_days_per_year_agree_with_the_notices() {
    let calendar = Calendar::national();
    for (year, expected) in [(2024, 251), (2025, 248), (2026, 248)] {
        let first = NaiveDate::from_ymd_opt(year, 1, 1).unwrap();
        let working = first
            .iter_days()
            .take_while(|day| day.year() == year)
            .filter(|day| calendar.is_working(*day));
        assert_eq!(working.count(), expected, "{year}");
    }
}

#[test]
fn every_year_is_published_but_2027() {
    let calendar = Calendar::national();
    assert!((2007..=2026).all(|year| calendar.year_status(year) == YearStatus::Published));
    assert_eq!(calendar.year_status(2027), YearStatus::Missing);
    assert_eq!(
        calendar.year_status(1999),
        YearStatus::Missing,
        "a year nobody wrote down is missing"
    );
    assert_eq!(
        calendar.day(day("2027-01-01")).kind,
        DayKind::WorkingDay,
        "the plain week stands in"
    );
}

#[test]
fn a_notice_reaches_into_the_december_before() {
    let calendar = Calendar::national();
    let kinds = [
        ("2006-12-30", DayKind::MakeupWorkday),
        ("2007-12-31", DayKind::Holiday),
        ("2018-12-29", DayKind::MakeupWorkday),
        ("2018-12-31", DayKind::Holiday),
        ("2022-12-31", DayKind::Holiday),
    ];
    for (date, kind) in kinds {
        assert_eq!(
            calendar.day(day(date)),
            Day {
                kind,
                name: Some("元旦")
            },
            "{date}"
        );
    }
}

#[test]
fn a_monday_after_a_prolonged_holiday_is_an_ordinary_working_day() {
    assert_eq!(
        Calendar::national().day(day("2020-02-03")),
        Day {
            kind: DayKind::WorkingDay,
            name: None
        }
    );
}

#[test]
fn local_days_beat_the_notice() {
    let festival = LocalDay {
        days: "2026-03-20 to 2026-03-22".parse().unwrap(),
        name: "诺鲁孜节".into(),
        work: LocalWork::Off,
    };
    let duty_day = LocalDay {
        days: "2026-10-02".parse().unwrap(),
        name: "国庆值班".into(),
        work: LocalWork::Working,
    };
    let national = Calendar::national();
    let office = national
        .overlay(&[festival.clone(), duty_day])
        .unwrap()
        .renamed("hall", 2)
        .unwrap();
    assert_eq!(
        office.day(day("2026-03-20")),
        Day {
            kind: DayKind::LocalDayOff,
            name: Some("诺鲁孜节")
        }
    );
    assert_eq!(office.day(day("2026-10-02")).kind, DayKind::LocalWorkday);
    assert_eq!(office.day(day("2026-10-03")).kind, DayKind::Holiday);
    assert_eq!((office.code(), office.version()), ("hall", 2));
    assert!(
        office
            .overlay(&[festival])
            .unwrap_err()
            .reason
            .contains("2026-03-20 is named twice")
    );
}

#[test]
fn a_day_begins_and_ends_by_the_office_clock() {
    let calendar = Calendar::national();
    assert_eq!(
        calendar.date_of(instant("2026-09-17T15:59:59Z")),
        day("2026-09-17")
    );
    assert_eq!(
        calendar.date_of(instant("2026-09-17T16:00:00Z")),
        day("2026-09-18")
    );
    assert_eq!(
        calendar.start_of_day(day("2026-09-18")),
        instant("2026-09-17T16:00:00Z")
    );
    assert_eq!(
        calendar.end_of_day(day("2026-09-18")),
        instant("2026-09-18T16:00:00Z")
    );
    assert_eq!(
        calendar.closing(day("2026-09-18")),
        Some(instant("2026-09-18T09:30:00Z"))
    );
    assert_eq!(calendar.closing(day("2026-09-19")), None);
    assert_eq!(
        calendar.local(instant("2026-09-18T02:05:00Z")).to_rfc3339(),
        "2026-09-18T10:05:00+08:00"
    );
}

#[test]
fn extreme_instants_and_dates_are_read_as_the_nearest_known() {
    let calendar = Calendar::national();
    assert_eq!(calendar.date_of(DateTime::<Utc>::MAX_UTC), LAST_DAY);
    assert_eq!(calendar.date_of(DateTime::<Utc>::MIN_UTC), FIRST_DAY);
    assert_eq!(calendar.end_of_day(NaiveDate::MAX), calendar.end_of_day(LAST_DAY));
    assert_eq!(
        calendar.start_of_day(NaiveDate::MIN),
        calendar.start_of_day(FIRST_DAY)
    );
}

#[test]
fn a_calendar_survives_being_stored_as_json() {
    let local = LocalDay {
        days: "2026-03-20".parse().unwrap(),
        name: "诺鲁孜节".into(),
        work: LocalWork::Off,
    };
    let calendar = Calendar::national().overlay(&[local]).unwrap();
    let json = serde_json::to_string(&calendar).unwrap();
    assert_eq!(serde_json::from_str::<Calendar>(&json).unwrap(), calendar);
    let unknown = json.replacen("\"code\"", "\"colour\":\"red\",\"code\"", 1);
    assert!(serde_json::from_str::<Calendar>(&unknown).is_err());
}

#[test]
fn a_faulty_calendar_is_refused_with_line_and_reason() {
    check_fault(
        &written("year = 2026\nstatus = \"published\"\ncolour = 1"),
        Some(10),
        "unknown field `colour`",
    );
    check_fault(
        &written("year = 2026\nstatus = \"maybe\""),
        Some(9),
        "unknown variant `maybe`",
    );
    let with = |holiday: &str| {
        written(&format!(
            "year = 2026\nstatus = \"published\"\nholidays = [\n{holiday},\n]"
        ))
    };
    check_fault(
        &with(r#"{ name = "a", off = ["2026-02-30"] }"#),
        Some(11),
        "`2026-02-30` is not a day",
    );
    check_fault(
        &with(r#"{ name = "a", off = ["2026-10-07 to 2026-10-01"] }"#),
        Some(11),
        "ends before it begins",
    );
    check_fault(
        &with(r#"{ name = "a", off = ["2025-11-30"] }"#),
        Some(7),
        "nor in the December before",
    );
    let twice = r#"{ name = "a", off = ["2026-10-01"], makeup_workdays = ["2026-10-01"] }"#;
    check_fault(&with(twice), Some(7), "2026-10-01 is named twice");
    let monday = r#"{ name = "a", off = [], makeup_workdays = ["2026-09-21"] }"#;
    check_fault(&with(monday), None, "2026-09-21 is worked anyway");
    let missing = "year = 2026\nstatus = \"missing\"\nholidays = [{ name = \"a\", off = [\"2026-10-01\"] }]";
    check_fault(&written(missing), Some(7), "2026 is missing, yet it has holidays");
    check_fault(
        &written("year = 12026\nstatus = \"missing\""),
        Some(7),
        "not between 1 and 9999",
    );
    let sound = written("year = 2026\nstatus = \"published\"");
    assert!(Calendar::from_toml(&sound).is_ok());
    let faults = [
        (
            "\"monday\", \"tuesday\"",
            "",
            None,
            "at least one working weekday",
        ),
        ("\"tuesday\"", "\"monday\"", None, "twice"),
        ("tuesday", "tirsdag", Some(4), "no weekday"),
        ("09:00 to 12:00", "09:00 to 25:00", Some(5), "no business hours"),
        (
            "09:00 to 12:00",
            "12:00 to 09:00",
            Some(5),
            "closes before it opens",
        ),
        ("\"09:00 to 12:00\"", "", None, "at least one span"),
        (
            "\"09:00 to 12:00\"",
            "\"09:00 to 12:00\", \"11:00 to 13:00\"",
            None,
            "overlap",
        ),
        ("+08:00", "+8", Some(3), "no offset"),
        ("+08:00", "+15:00", Some(3), "no offset"),
        ("version = 1", "version = 0", None, "starts at 1"),
        ("code = \"t\"", "code = \"\"", None, "1 to 64 characters"),
    ];
    for (sound_part, faulty_part, line, reason) in faults {
        check_fault(&sound.replacen(sound_part, faulty_part, 1), line, reason);
    }
    check_fault(&"#".repeat(document::TEXT_AT_MOST + 1), None, "bytes");
}

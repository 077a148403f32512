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

/// Of each year its working days, and all its days folded into one number, so that a single day that differs is found:
/// from a work day by times three and one, from a day of rest by times three and two, modulo 2⁶¹ − 1. Both were computed
/// from another collection of the notices, by another program.
const YEARS: [(i32, usize, u64); 20] = [
    (2007, 249, 1_368_989_863_393_979_977),
    (2008, 251, 796_006_939_151_932_764),
    (2009, 250, 942_692_750_007_681_490),
    (2010, 250, 411_155_794_117_374_406),
    (2011, 250, 1_106_687_110_810_424_280),
    (2012, 249, 1_192_797_264_741_336_081),
    (2013, 250, 614_896_200_597_941_096),
    (2014, 250, 1_599_450_734_580_533_190),
    (2015, 249, 396_432_277_079_736_491),
    (2016, 250, 916_104_742_255_485_716),
    (2017, 249, 1_141_107_775_576_059_326),
    (2018, 250, 1_826_183_716_903_142_868),
    (2019, 250, 1_389_037_339_583_021_959),
    (2020, 249, 789_460_111_987_618_605),
    (2021, 250, 982_100_170_806_491_963),
    (2022, 249, 2_042_014_706_403_707_832),
    (2023, 249, 1_543_108_498_957_304_341),
    (2024, 251, 1_017_390_424_224_149_311),
    (2025, 248, 2_040_381_476_891_118_241),
    (2026, 248, 2_141_745_091_972_567_253),
];

#[test]
fn twenty_years_agree_with_the_notices_day_by_day() {
    let calendar = Calendar::national();
    for (year, working, folded) in YEARS {
        let first = NaiveDate::from_ymd_opt(year, 1, 1).unwrap();
        let days: Vec<bool> = first
            .iter_days()
            .take_while(|day| day.year() == year)
            .map(|day| calendar.is_working(day))
            .collect();
        assert_eq!(days.iter().filter(|works| **works).count(), working, "{year}");
        let fold = days.iter().fold(0, |fold, works| {
            (fold * 3 + if *works { 1 } else { 2 }) % ((1 << 61) - 1)
        });
        assert_eq!(fold, folded, "{year}");
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

/// A year that turns the first days of the year, neighbours of each other, and the last.
const RESTLESS: &str = r#"year = 2026
status = "published"
holidays = [
    { name = "a", off = ["2025-12-29", "2025-12-30", "2026-06-01 to 2026-06-30"], makeup_workdays = ["2025-12-31 to 2026-01-04", "2026-12-30", "2026-12-31"] },
]"#;

#[test]
fn working_days_are_numbered_without_a_gap() {
    for calendar in [
        Calendar::national(),
        Calendar::from_toml(&written(RESTLESS)).unwrap(),
    ] {
        let first = day("2006-12-25");
        let mut behind = 0;
        for date in first.iter_days().skip(1).take_while(|date| date.year() < 2029) {
            behind += u32::from(calendar.is_working(date));
            assert_eq!(calendar.working_days_between(first, date), behind, "{date}");
            let last = calendar.working_day_after(first, behind).unwrap();
            assert!(calendar.is_working(last) && last <= date);
            assert_eq!(calendar.working_days_between(last, date), 0, "{date}");
            let next = calendar.working_day_before(date, 0).unwrap();
            assert!(calendar.is_working(next) && next >= date);
            assert_eq!(
                calendar.working_day_before(next.succ_opt().unwrap(), 1),
                Some(next)
            );
        }
    }
}

#[test]
fn adding_working_days_ends_with_the_calendar() {
    let calendar = Calendar::national();
    assert_eq!(calendar.working_day_after(LAST_DAY, 1), None);
    assert_eq!(calendar.working_day_after(day("2026-01-01"), u32::MAX), None);
    assert_eq!(calendar.working_day_before(FIRST_DAY, 1), None);
    assert_eq!(calendar.working_day_before(day("2026-01-01"), u32::MAX), None);
    assert_eq!(
        calendar.working_day_after(day("0001-01-01"), 1),
        Some(day("0001-01-02"))
    );
}

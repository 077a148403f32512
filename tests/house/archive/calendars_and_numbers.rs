//! Calendars, and blocks of case numbers.

use std::thread;

use persistence::calendar::CalendarRecord;
use persistence::{Conflict, StoreError};
use uuid::Uuid;

use people::{Database, on_both};

use super::place::{morning_as_kept, opened};

on_both!(
    a_calendar_version_is_kept_once_and_for_all,
    case_numbers_are_never_given_twice
);

fn a_calendar_version_is_kept_once_and_for_all(database: &Database) {
    let archive = &*opened(database);
    let version = |version, document: &str| {
        CalendarRecord::national("cn", version, document.to_owned(), morning_as_kept())
    };
    assert_eq!(archive.find_newest_calendar("cn").expect("read"), None);
    for number in [1, 10, 9] {
        let kept = archive.keep_calendar(&version(number, "{}")).expect("kept");
        assert_eq!(kept, version(number, "{}"));
    }
    archive
        .keep_calendar(&version(9, "{}"))
        .expect("the same again changes nothing");
    let other = archive.keep_calendar(&version(9, "{\"days\":[]}"));
    assert!(matches!(
        other,
        Err(StoreError::Conflict(Conflict::CalendarVersion))
    ));
    assert_eq!(
        archive.find_newest_calendar("cn").expect("read"),
        Some(version(10, "{}"))
    );
    assert_eq!(
        archive.find_calendar("cn", 9).expect("read"),
        Some(version(9, "{}"))
    );
    assert_eq!(archive.find_calendar("cn", 2).expect("read"), None);
}

fn case_numbers_are_never_given_twice(database: &Database) {
    let archive = &*opened(database);
    let office = Uuid::now_v7();
    assert_eq!(
        archive.reserve_case_numbers(office, 2026, 50).expect("reserved"),
        1..51
    );
    assert_eq!(
        archive.reserve_case_numbers(office, 2026, 1).expect("reserved"),
        51..52
    );
    assert_eq!(
        archive.reserve_case_numbers(office, 2027, 5).expect("reserved"),
        1..6
    );
    let mut given: Vec<i64> = thread::scope(|scope| {
        let takers: Vec<_> = (0..8)
            .map(|_| scope.spawn(|| archive.reserve_case_numbers(office, 2026, 7).expect("reserved")))
            .collect();
        takers
            .into_iter()
            .flat_map(|taker| taker.join().expect("no panic"))
            .collect()
    });
    given.sort_unstable();
    assert_eq!(given, (52..52 + 56).collect::<Vec<_>>());
}

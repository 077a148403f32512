//! A ledger becomes recorded history: what it says is judged, what it does not say is not made up, and a second run
//! doubles nothing.

use std::sync::Arc;

use api::demo;
use api::desk::shipped_rulebooks;
use api::ledger::{Destination, LedgerMap, Report, import, read};
use chrono::{DateTime, Utc};
use domain::ids::{OfficeId, StaffId};
use people::matter::HALL;
use people::{Case, Database, House, PASSWORD, all_of, archive_of, on_both};
use persistence::Archive;

on_both!(a_ledger_is_judged_and_a_second_run_doubles_nothing);

const LEDGER: &str = include_str!("../ledgers/citizen_messages.csv");
const MAP: &str = include_str!("../ledgers/citizen_messages.toml");

/// The day of the import: after everything that the ledger tells.
const DAY: &str = "2026-11-02T09:00:00+08:00";

fn a_ledger_is_judged_and_a_second_run_doubles_nothing(database: &Database) {
    {
        let archive = archive_of(database, DAY);
        demo::furnish(&*archive, &shipped_rulebooks(), PASSWORD, day()).expect("the offices are set up");
        let first = takes_in(&archive, LEDGER);
        assert_eq!((first.rows, first.recorded, first.known), (6, 4, 0), "{first:#?}");
        let verdicts = &first.verdicts["finish_and_tell"];
        assert_eq!(verdicts.clause, "R04-11");
        assert_eq!(
            (verdicts.on_time, verdicts.late, verdicts.open),
            (2, 1, 1),
            "{first:#?}"
        );
        // The header is line 1: what a spreadsheet shows beside the row.
        let refused: Vec<u64> = first.refused.iter().map(|(row, _)| *row).collect();
        assert_eq!(refused, [6, 7], "{first:#?}");
        assert!(first.refused[0].1.contains("留言时间"), "{first:#?}");

        let second = takes_in(&archive, LEDGER);
        assert_eq!(
            (second.rows, second.recorded, second.known),
            (6, 0, 4),
            "{second:#?}"
        );
        assert_eq!(second.verdicts, first.verdicts);
        assert_eq!(second.refused.len(), 2, "{second:#?}");
    }

    let house = House::open_at(database, DAY);
    let officer = house.person(HALL);
    let listed = all_of(&officer, "/cases?sort=oldest");
    assert_eq!(listed.len(), 4, "{listed:#?}");
    let case_of = |number: &str| {
        let item = listed.iter().find(|item| item["case_no"] == number);
        let item = item.unwrap_or_else(|| panic!("no case {number}: {listed:#?}"));
        Case::known(item["id"].as_str().expect("an item has an id"))
    };

    // Fifteen working days from 13 February, over the Spring Festival and its two make-up Saturdays, are over at the
    // midnight after 12 March: one second before it is in time, the midnight itself is not.
    let (in_time, too_late, unanswered) = (case_of("1001"), case_of("1002"), case_of("1004"));
    assert_eq!(officer.verdict(&in_time, "finish_and_tell"), "on_time");
    assert_eq!(officer.verdict(&too_late, "finish_and_tell"), "late");
    let explained = officer.explains(&too_late, "finish_and_tell");
    assert_eq!(explained.0["ends"]["due_on"], "2026-03-12", "{explained}");
    assert_eq!(explained.counted(), 15);
    assert_eq!(explained.reason("2026-02-14"), "makeup_workday");
    assert_eq!(explained.reason("2026-02-16"), "holiday");

    // What nobody wrote down is named, not made up.
    let seen = officer.sees(&in_time);
    assert_eq!(seen["status"], "closed", "{seen}");
    assert!(!seen.list("/unrecorded_facts").is_empty(), "{seen}");
    assert_eq!(seen.list("/measures").len(), 0, "{seen}");
    let history = officer.history(&in_time);
    let happened = |event: &str| history.iter().any(|it| it == event);
    assert!(happened("HistoryRecorded"), "{history:?}");
    assert!(
        !happened("CaseAccepted") && !happened("MeasureTaken"),
        "{history:?}"
    );

    // What was never answered is still owed, and has somebody who owes it.
    let seen = officer.sees(&unanswered);
    assert!(!seen.list("/duties").is_empty(), "{seen}");
}

fn takes_in(archive: &Arc<dyn Archive>, ledger: &str) -> Report {
    let office = archive
        .find_office_by_code("service_hall")
        .expect("the archive answers")
        .expect("the demonstration has one");
    let officer = archive
        .find_log_in(HALL)
        .expect("the archive answers")
        .expect("the demonstration has one");
    let office = OfficeId(office.id);
    let law = archive
        .law(office)
        .expect("the archive answers")
        .expect("the office runs a rulebook");
    let map = LedgerMap::read(MAP).expect("the map is sound");
    let destination = Destination {
        office,
        law: &law,
        first_receiver: StaffId(officer.staff_member.id),
        now: day(),
    };
    let mut ledger = csv::Reader::from_reader(ledger.as_bytes());
    let rows = read(&mut ledger, &map).expect("the ledger has the map's columns");
    import(&**archive, destination, &map, rows, &mut std::io::sink()).expect("the import runs to its end")
}

fn day() -> DateTime<Utc> {
    DAY.parse().expect("an instant")
}

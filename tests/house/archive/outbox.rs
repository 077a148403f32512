//! The outbox: in the order of commits, from any replica, with nothing skipped; and what was thrown away is gone.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use chrono::TimeDelta;
use domain::ids::CaseId;
use people::{Database, on_both};
use persistence::Archive;
use persistence::outbox::{Place, Position, Read, Row};

use super::hall::{Hall, OFFICER, classify};
use super::place::opened;

on_both!(
    nothing_is_skipped_and_every_case_keeps_its_order,
    what_was_thrown_away_is_gone_and_what_is_read_goes_on,
);

const WRITERS: usize = 6;
const ACTS: usize = 20;
const CASES: usize = 4;

/// Reads a few rows at a time, each time from where it was, until the writing is over and nothing more is there.
fn reads_along(archive: &dyn Archive, over: &AtomicBool) -> Vec<Row> {
    let (mut all, mut after): (Vec<Row>, Position) = (Vec::new(), 0);
    loop {
        let over = over.load(Ordering::SeqCst);
        while archive.number().expect("numbered") {}
        let read = archive.read_outbox(None, after, 7).expect("read");
        let Read::Through(rows, Place { position, .. }) = read else {
            panic!("nothing was thrown away")
        };
        assert!(rows.iter().all(|row| row.position > after), "{rows:?}");
        if over && rows.is_empty() {
            return all;
        }
        all.extend(rows);
        after = position;
        thread::yield_now();
    }
}

fn nothing_is_skipped_and_every_case_keeps_its_order(database: &Database) {
    let hall = Hall::founded(database);
    let replica = Hall {
        archive: opened(database),
        office: hall.office,
        now: hall.now,
    };
    let cases: Vec<CaseId> = (1..=CASES)
        .map(|number| hall.registered(&format!("2026-{number:06}")))
        .collect();
    let kept = |case: CaseId| {
        let entries = hall.archive.case_entries(hall.office, case, 0, 1000);
        entries.expect("read").len()
    };
    let over = AtomicBool::new(false);
    let (first, second) = thread::scope(|scope| {
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| {
                let (hall, cases) = (if writer % 2 == 0 { &hall } else { &replica }, &cases);
                scope.spawn(move || {
                    for act in 0..ACTS {
                        hall.does(cases[(writer + act) % CASES], classify("conduct_service"));
                    }
                })
            })
            .collect();
        let over = &over;
        let readers = [&hall, &replica].map(|hall| scope.spawn(move || reads_along(&*hall.archive, over)));
        for writer in writers {
            writer.join().expect("no panic");
        }
        over.store(true, Ordering::SeqCst);
        let [first, second] = readers.map(|reader| reader.join().expect("no panic"));
        (first, second)
    });
    assert_eq!(first, second, "who reads along sees the same as anybody else");
    let mut reached: BTreeMap<CaseId, u64> = BTreeMap::new();
    for row in &first {
        let last = reached.insert(row.case, row.last).unwrap_or(0);
        assert_eq!(row.first, last + 1, "the order of a case: {first:#?}");
    }
    for case in cases {
        assert_eq!(reached[&case], kept(case) as u64);
    }
}

fn what_was_thrown_away_is_gone_and_what_is_read_goes_on(database: &Database) {
    let hall = Hall::founded(database);
    let case = hall.registered("2026-000001");
    hall.does(case, classify("conduct_service"));
    let all = reads_along(&*hall.archive, &AtomicBool::new(true));
    let last = all.last().expect("something happened").position;
    let later = hall.now + TimeDelta::days(1);
    assert_eq!(
        hall.archive.prune_outbox(hall.now).expect("looked"),
        0,
        "nothing is older"
    );
    assert!(hall.archive.prune_outbox(later).expect("pruned") > 0);
    let read = |after| {
        hall.archive
            .read_outbox(Some(hall.office), after, 10)
            .expect("read")
    };
    assert!(matches!(read(0), Read::Gone));
    assert!(
        matches!(read(hall.archive.last_position().expect("read")), Read::Through(rows, _) if rows.is_empty())
    );
    let keys = hall.keys(OFFICER);
    for (place, gone) in [
        (Place::end_of(0), true),
        (
            Place {
                position: last,
                sequence: 1,
            },
            true,
        ),
        (Place::end_of(hall.archive.last_position().expect("read")), false),
    ] {
        let read = hall.archive.read_duty_changes(hall.office, &keys, place, 10);
        assert_eq!(matches!(read.expect("read"), Read::Gone), gone, "{place:?}");
    }
    // No position is ever given again.
    let newest = hall.archive.last_position().expect("read");
    hall.does(case, classify("conduct_service"));
    while hall.archive.number().expect("numbered") {}
    assert!(hall.archive.last_position().expect("read") > newest);
    let offices = hall.archive.offices_after(newest).expect("read");
    assert_eq!(offices.len(), 1);
    assert_eq!(offices[0].0, hall.office);
}

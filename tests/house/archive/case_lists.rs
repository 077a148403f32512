//! Lists and counts: who sees what, in which order, page by page.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use domain::authority::SightKey;
use domain::case::Command;
use domain::case::command::Recusal;
use domain::ids::CaseId;
use domain::search::Question;
use domain::words::{PositionName, Status};
use people::{Database, on_both};
use persistence::case::{CaseFilter, CaseGroup, CaseOrder, DutyFilter, DutyItem, Holders, Place, Submission};
use uuid::Uuid;

use super::hall::{Hall, OFFICER, at, classify};
use super::place::by_hand;

on_both!(
    a_hidden_case_is_not_there,
    pages_have_no_gap_and_no_double,
    who_sees_only_some_meets_the_same_pages,
    what_moves_while_it_is_listed_is_shown_once,
    filters_narrow_and_counts_agree,
    groups_are_counted_no_further_than_the_cap,
    a_worklist_shows_what_is_owed,
    who_leaves_is_found_on_his_cases,
);

fn all(
    hall: &Hall,
    keys: &BTreeSet<SightKey>,
    filter: &CaseFilter,
    order: CaseOrder,
    page: u32,
) -> Vec<CaseId> {
    let mut seen = Vec::new();
    let mut place: Option<Place> = None;
    loop {
        let items = hall
            .archive
            .list_cases(hall.office, keys, filter, order, place.as_ref(), page, hall.now)
            .expect("read");
        let Some(last) = items.last() else { return seen };
        place = Some(Place::of(last, order));
        seen.extend(items.iter().map(|item| item.id));
        assert!(seen.len() <= 100, "the pages end");
    }
}

fn a_hidden_case_is_not_there(database: &Database) {
    let hall = Hall::founded(database);
    let open = hall.registered("2026-000001");
    let hidden = hall.registered("2026-000002");
    let who = "complaint_officer.2";
    let keys = hall.keys(who);
    let filter = CaseFilter::default();
    let there = |case| {
        hall.archive
            .find_case(hall.office, case, &keys)
            .expect("read")
            .is_some()
    };
    assert!(there(open) && there(hidden));
    let recusal = Command::Recuse(Recusal {
        staff: hall.staff(who),
        reason: super::hall::text("note", "a relative").0,
    });
    hall.does(hidden, recusal);
    assert!(there(open) && !there(hidden), "who stepped aside does not read");
    assert_eq!(all(&hall, &keys, &filter, CaseOrder::Newest, 10), [open]);
    let count = hall
        .archive
        .count_cases(hall.office, &keys, &filter, 10, hall.now);
    assert_eq!(count.expect("read"), 1);
    let groups = hall
        .archive
        .count_cases_by(hall.office, &keys, &filter, CaseGroup::Status, 10, hall.now);
    assert_eq!(groups.expect("read"), [(Some("registered".to_owned()), 1)]);
    let duties = |keys: &BTreeSet<SightKey>| -> BTreeSet<CaseId> {
        hall.archive
            .list_duties(hall.office, keys, &DutyFilter::default(), None, 100, hall.now)
            .expect("read")
            .iter()
            .map(|duty| duty.case)
            .collect()
    };
    assert_eq!(duties(&keys), BTreeSet::from([open]));
    assert_eq!(duties(&hall.keys(OFFICER)), BTreeSet::from([open, hidden]));
    assert!(all(&hall, &BTreeSet::new(), &filter, CaseOrder::Due, 10).is_empty());
}

fn pages_have_no_gap_and_no_double(database: &Database) {
    let mut hall = Hall::founded(database);
    let keys = hall.keys(OFFICER);
    let mut cases = BTreeSet::new();
    // Several at the same instant, some of them finished and so without a due time.
    for number in 0..14 {
        if number == 7 {
            hall.now = at("2026-09-18T09:12");
        }
        let case = hall.registered(&format!("2026-{number:06}"));
        if number % 3 == 0 {
            for command in hall.way() {
                hall.does(case, command);
            }
        }
        cases.insert(case);
    }
    for order in [CaseOrder::Newest, CaseOrder::Oldest, CaseOrder::Due] {
        let whole = all(&hall, &keys, &CaseFilter::default(), order, 100);
        assert_eq!(whole.iter().copied().collect::<BTreeSet<_>>(), cases, "{order:?}");
        for page in [1, 3, 4] {
            assert_eq!(
                all(&hall, &keys, &CaseFilter::default(), order, page),
                whole,
                "{order:?} by {page}"
            );
        }
    }
    let newest = all(&hall, &keys, &CaseFilter::default(), CaseOrder::Newest, 100);
    let mut oldest = all(&hall, &keys, &CaseFilter::default(), CaseOrder::Oldest, 100);
    oldest.reverse();
    assert_eq!(newest, oldest);
    let last = all(&hall, &keys, &CaseFilter::default(), CaseOrder::Due, 100)
        .pop()
        .expect("some");
    let last = hall
        .archive
        .find_case(hall.office, last, &keys)
        .expect("read")
        .expect("there");
    assert_eq!(last.status, Status::Archived, "what has no due time stands last");
}

fn who_sees_only_some_meets_the_same_pages(database: &Database) {
    let mut hall = Hall::founded(database);
    let whole = hall.keys(OFFICER);
    let mut own = whole.clone();
    assert!(own.remove(&SightKey::Office), "the officer sees the office's");
    let instants = ["2026-09-17T09:12", "2026-09-18T09:12", "2026-09-19T09:12"].map(at);
    for number in 0..9 {
        hall.now = instants[number / 3];
        let case = hall.registered(&format!("2026-{number:06}"));
        if number % 3 == 0 {
            for command in hall.way() {
                hall.does(case, command);
            }
        }
    }
    let [first, second, third] = instants.map(Some);
    for (received_from, received_before, expected) in [
        (None, None, 9),
        (second, None, 6),
        (None, second, 3),
        (second, third, 3),
        (first, third, 6),
        (third, first, 0),
    ] {
        let filter = CaseFilter {
            received_from,
            received_before,
            ..CaseFilter::default()
        };
        for order in [CaseOrder::Newest, CaseOrder::Oldest, CaseOrder::Due] {
            let there = all(&hall, &whole, &filter, order, 100);
            assert_eq!(there.len(), expected, "{filter:?}");
            for page in [1, 2, 4, 100] {
                assert_eq!(
                    all(&hall, &own, &filter, order, page),
                    there,
                    "{order:?} by {page}"
                );
            }
        }
        let count = hall
            .archive
            .count_cases(hall.office, &own, &filter, 100, hall.now)
            .expect("read");
        assert_eq!(usize::try_from(count), Ok(expected), "{filter:?}");
    }
}

/// A commit between the two walks of a list moves rows from the one to the other.
fn what_moves_while_it_is_listed_is_shown_once(database: &Database) {
    let hall = Hall::founded(database);
    let keys = hall.keys(OFFICER);
    for number in 0..3 {
        hall.registered(&format!("2026-{number:06}"));
    }
    let to = |value: &str| {
        format!("BEGIN; UPDATE cases SET next_due_at = {value}; UPDATE duties SET due_at = {value}; COMMIT;")
    };
    let once = to("'2026-09-20T01:12:00.000000Z'") + &to("NULL");
    std::thread::scope(|scope| {
        let moving = scope.spawn(|| by_hand(database, &once.repeat(300)));
        while !moving.is_finished() {
            let cases = hall.archive.list_cases(
                hall.office,
                &keys,
                &CaseFilter::default(),
                CaseOrder::Due,
                None,
                50,
                hall.now,
            );
            let mut cases: Vec<CaseId> = cases.expect("read").iter().map(|item| item.id).collect();
            cases.sort_unstable();
            assert!(cases.is_sorted_by(|one, next| one < next), "{cases:?}");
            let duties =
                hall.archive
                    .list_duties(hall.office, &keys, &DutyFilter::default(), None, 50, hall.now);
            let mut duties: Vec<_> = duties.expect("read").iter().map(|it| it.duty.id).collect();
            duties.sort_unstable();
            assert!(duties.is_sorted_by(|one, next| one < next), "{duties:?}");
        }
    });
}

#[expect(clippy::too_many_lines, reason = "one line for each filter")]
fn filters_narrow_and_counts_agree(database: &Database) {
    let mut hall = Hall::founded(database);
    let keys = hall.keys(OFFICER);
    let first = hall.registered("2026-000001");
    let second = CaseId(Uuid::now_v7());
    hall.put(hall.complaint(second, "2026-000002", "Slow SERVICE 50%_done"))
        .expect("registered");
    hall.does(second, classify("conduct_service"));
    let officer = hall.staff(OFFICER);
    let found = |hall: &Hall, filter: CaseFilter| {
        let listed = all(hall, &keys, &filter, CaseOrder::Oldest, 10);
        let counted = hall
            .archive
            .count_cases(hall.office, &keys, &filter, 10, hall.now)
            .expect("read");
        assert_eq!(counted as usize, listed.len(), "{filter:?}");
        listed
    };
    let any = CaseFilter::default;
    let word = |word: &str| word.parse().expect("a word");
    let text = |words: &str| CaseFilter {
        text: Some(Question::new(words).expect("a question")),
        ..any()
    };
    assert_eq!(found(&hall, any()).len(), 2);
    assert_eq!(
        found(
            &hall,
            CaseFilter {
                category: vec![word("conduct_service")],
                ..any()
            }
        ),
        [second]
    );
    assert_eq!(
        found(
            &hall,
            CaseFilter {
                case_no: Some("2026-000001".to_owned()),
                ..any()
            }
        ),
        [first]
    );
    assert_eq!(
        found(
            &hall,
            CaseFilter {
                first_receiver: vec![officer],
                ..any()
            }
        )
        .len(),
        2
    );
    assert_eq!(
        found(
            &hall,
            CaseFilter {
                handler: vec![officer],
                ..any()
            }
        ),
        []
    );
    assert_eq!(
        found(
            &hall,
            CaseFilter {
                status: vec![Status::Registered, Status::Closed],
                ..any()
            }
        )
        .len(),
        2
    );
    assert_eq!(
        found(
            &hall,
            CaseFilter {
                status: vec![Status::Closed],
                ..any()
            }
        ),
        []
    );
    assert_eq!(
        found(
            &hall,
            CaseFilter {
                flag: vec![word("media"), word("urgent")],
                ..any()
            }
        ),
        []
    );
    assert_eq!(
        found(
            &hall,
            CaseFilter {
                confidential: Some(true),
                ..any()
            }
        ),
        []
    );
    assert_eq!(
        found(
            &hall,
            CaseFilter {
                received_before: Some(hall.now),
                ..any()
            }
        ),
        []
    );
    assert_eq!(
        found(
            &hall,
            CaseFilter {
                received_from: Some(hall.now),
                ..any()
            }
        )
        .len(),
        2
    );
    assert_eq!(found(&hall, text("slow service")), [second]);
    assert_eq!(found(&hall, text("50%_")), [second]);
    assert_eq!(found(&hall, text("0__d")), []);
    assert_eq!(found(&hall, text("态度")), [first]);
    assert_eq!(found(&hall, text("排队两小时")).len(), 2);
    assert_eq!(
        found(
            &hall,
            CaseFilter {
                overdue: Some(true),
                ..any()
            }
        ),
        []
    );
    assert_eq!(
        found(
            &hall,
            CaseFilter {
                overdue: Some(false),
                ..any()
            }
        )
        .len(),
        2
    );
    assert_eq!(
        found(
            &hall,
            CaseFilter {
                due_before: Some(hall.now),
                ..any()
            }
        ),
        []
    );
    hall.now += TimeDelta::days(200);
    let overdue = CaseFilter {
        overdue: Some(true),
        ..any()
    };
    assert_eq!(found(&hall, overdue).len(), 2);
}

fn groups_are_counted_no_further_than_the_cap(database: &Database) {
    let mut hall = Hall::founded(database);
    let keys = hall.keys(OFFICER);
    hall.registered("2026-000001");
    hall.registered("2026-000002");
    let grouped = |hall: &Hall, group| {
        hall.archive
            .count_cases_by(hall.office, &keys, &CaseFilter::default(), group, 1, hall.now)
            .expect("read")
    };
    let word = |word: &str| Some(word.to_owned());
    assert_eq!(grouped(&hall, CaseGroup::Status), [(word("registered"), 1)]);
    assert_eq!(grouped(&hall, CaseGroup::CaseType), [(word("complaint"), 1)]);
    assert_eq!(grouped(&hall, CaseGroup::Severity), [(None, 1)]);
    assert_eq!(grouped(&hall, CaseGroup::Unit), [(None, 1)]);
    assert_eq!(grouped(&hall, CaseGroup::Overdue), [(word("false"), 1)]);
    hall.now += TimeDelta::days(200);
    assert_eq!(grouped(&hall, CaseGroup::Overdue), [(word("true"), 1)]);
}

fn a_worklist_shows_what_is_owed(database: &Database) {
    let hall = Hall::founded(database);
    let keys = hall.keys(OFFICER);
    let cases: Vec<CaseId> = (0..3)
        .map(|number| hall.registered(&format!("2026-{number:06}")))
        .collect();
    let list = |filter: &DutyFilter, place: Option<&Place>, limit| {
        hall.archive
            .list_duties(hall.office, &keys, filter, place, limit, hall.now)
            .expect("read")
    };
    let whole = list(&DutyFilter::default(), None, 100);
    assert!(whole.iter().all(|duty| cases.contains(&duty.case)));
    let due = |duty: &DutyItem| duty.duty.terms.due.as_ref().map(|due| due.at);
    let dated = whole.iter().take_while(|duty| due(duty).is_some()).count();
    assert!(dated > 0);
    assert!(whole[..dated].is_sorted_by_key(due), "due earliest first");
    assert!(
        whole[dated..].iter().all(|duty| due(duty).is_none()),
        "without a due time last"
    );
    let mut seen: Vec<DutyItem> = Vec::new();
    loop {
        let place = seen.last().map(|last| Place {
            at: due(last),
            id: last.duty.id.0,
        });
        let page = list(&DutyFilter::default(), place.as_ref(), 2);
        if page.is_empty() {
            break;
        }
        seen.extend(page);
    }
    assert_eq!(seen, whole);
    let mine = DutyFilter {
        held_by: Some(Holders {
            staff: Some(hall.staff(OFFICER)),
            positions: vec!["complaint_officer".parse::<PositionName>().expect("a name")],
            unit: None,
        }),
        ..DutyFilter::default()
    };
    let nobody = DutyFilter {
        held_by: Some(Holders::default()),
        ..DutyFilter::default()
    };
    assert!(!list(&mine, None, 100).is_empty());
    assert_eq!(list(&nobody, None, 100), []);
    let counted = hall
        .archive
        .count_duties(hall.office, &keys, &DutyFilter::default(), 100, hall.now)
        .expect("read");
    let sum: u32 = counted.iter().map(|(_, _, count)| count).sum();
    assert_eq!(sum as usize, whole.len());
    assert!(
        counted.iter().all(|(_, late, count)| !late && *count <= 3),
        "{counted:?}"
    );
    let late = hall
        .archive
        .count_duties(
            hall.office,
            &keys,
            &DutyFilter::default(),
            2,
            hall.now + TimeDelta::days(300),
        )
        .expect("read");
    assert!(
        late.iter().any(|(_, late, count)| *late && *count == 2),
        "{late:?}"
    );
}

fn who_leaves_is_found_on_his_cases(database: &Database) {
    let hall = Hall::founded(database);
    let open = hall.registered("2026-000001");
    let closed = hall.registered("2026-000002");
    for command in hall.way() {
        hall.does(closed, command);
    }
    let of = |name: &str| {
        hall.archive
            .cases_of(hall.office, hall.staff(name), 10)
            .expect("read")
    };
    assert_eq!(of(OFFICER), [open]);
    assert_eq!(of("complaint_officer.2"), []);
    let other = Submission {
        office: domain::ids::OfficeId(Uuid::now_v7()),
        ..hall.submission(open, classify("conduct_service"))
    };
    assert!(hall.put(other).is_err(), "another office knows nothing of it");
}

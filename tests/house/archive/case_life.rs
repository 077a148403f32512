//! One case, from its registration to the archive, and what stands in its way.

use domain::case::{Command, Entry, Refusal};
use domain::duty::Verdict;
use domain::ids::{CaseId, DutyId};
use domain::words::Status;
use people::{Database, on_both};
use persistence::case::{Accepted, CaseFilter, DutyState, KeptEntry, NotAccepted, Submission};
use persistence::{Archive, Conflict, StoreError};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::hall::{Hall, OFFICER, classify, key, process_notice};
use super::place::by_hand;

on_both!(
    a_case_goes_from_the_window_to_the_archive,
    a_key_gives_the_outcome_again,
    a_stale_version_is_refused,
    what_is_refused_changes_nothing,
    an_id_and_a_number_serve_once,
    a_case_that_cannot_be_read_is_nobody_elses_trouble,
    an_office_without_its_rulebook_decides_nothing,
    numbers_of_the_office_fill_open_limits,
);

/// Every entry of a case, after holding its chain against the bytes.
#[track_caller]
pub(super) fn chained(archive: &dyn Archive, hall: &Hall, case: CaseId) -> Vec<Entry> {
    let kept: Vec<KeptEntry> = archive.case_entries(hall.office, case, 0, 10_000).expect("read");
    let mut previous: [u8; 32] = Sha256::digest(case.0.as_bytes()).into();
    for (number, entry) in (1..).zip(&kept) {
        assert_eq!(entry.entry.sequence, number, "no gap, no double");
        assert_eq!(entry.previous_hash, previous);
        let mut hash = Sha256::new();
        hash.update(previous);
        hash.update(&entry.body);
        previous = hash.finalize().into();
        assert_eq!(entry.hash, previous);
    }
    kept.into_iter().map(|entry| entry.entry).collect()
}

fn a_case_goes_from_the_window_to_the_archive(database: &Database) {
    let hall = Hall::founded(database);
    let keys = hall.keys(OFFICER);
    let case = hall.registered("2026-000001");
    let mut version = 1;
    for command in hall.way() {
        let submission = Submission {
            expected_version: Some(version),
            ..hall.submission(case, command)
        };
        let Ok(Accepted::Done {
            remembered,
            case: left,
        }) = hall.put(submission)
        else {
            panic!("refused at version {version}");
        };
        assert_eq!(
            (remembered.version, remembered.status),
            (left.version, left.status)
        );
        let kept = hall.archive.find_case(hall.office, case, &keys).expect("read");
        assert_eq!(kept.as_ref(), Some(&*left), "what is kept is what was answered");
        version = left.version;
    }
    let entries = chained(&*hall.archive, &hall, case);
    let mut again: Option<domain::case::Case> = None;
    for entry in &entries {
        again = match again {
            Some(case) => Some(case.after(entry)),
            None => domain::case::Case::opened_by(entry),
        };
    }
    let kept = hall.archive.find_case(hall.office, case, &keys).expect("read");
    assert_eq!(again, kept, "the events are the record");
    assert_eq!(kept.map(|case| case.status), Some(Status::Archived));

    let duties = hall.archive.case_duties(hall.office, case).expect("read");
    let finished = duties
        .iter()
        .find(|duty| duty.duty.key.name == "finish_and_tell")
        .expect("R04 has it");
    assert_eq!(finished.state, DutyState::Discharged);
    assert_eq!(finished.verdict, Some(Verdict::OnTime));
    assert_eq!(finished.ended_at, Some(hall.now));
    assert_eq!(finished.case_no.as_deref(), Some("2026-000001"));
    let opened: std::collections::BTreeSet<DutyId> = entries
        .iter()
        .filter_map(|entry| match &entry.event {
            domain::case::Event::DutyOpened(duty) => Some(duty.id),
            _ => None,
        })
        .collect();
    let kept: std::collections::BTreeSet<DutyId> = duties.iter().map(|duty| duty.duty.id).collect();
    assert_eq!(kept, opened, "every duty that was opened is there");
    assert!(
        duties.iter().all(|duty| duty.state != DutyState::Open),
        "{duties:#?}"
    );

    let texts = hall.archive.find_texts(hall.office, case, &[]).expect("read");
    assert_eq!(texts, []);
    let list = hall.archive.list_cases(
        hall.office,
        &keys,
        &CaseFilter::default(),
        persistence::case::CaseOrder::Newest,
        None,
        10,
        hall.now,
    );
    let list = list.expect("read");
    assert_eq!(list.len(), 1);
    assert_eq!(list[0].subject.as_deref(), Some("窗口态度"));
    assert_eq!(list[0].next_due, None);
}

fn a_key_gives_the_outcome_again(database: &Database) {
    let hall = Hall::founded(database);
    let case = hall.registered("2026-000001");
    let classified = |body: &str, version| Submission {
        key: Some(key("once", body)),
        expected_version: Some(version),
        ..hall.submission(case, classify("conduct_service"))
    };
    let Ok(Accepted::Done { remembered, .. }) = hall.put(classified("a", 1)) else {
        panic!("refused");
    };
    match hall.put(classified("a", 1)) {
        Ok(Accepted::Replayed { remembered: again }) => assert_eq!(again, remembered),
        other => panic!("{other:?}"),
    }
    assert!(matches!(
        hall.put(classified("b", 1)),
        Err(NotAccepted::KeyReused)
    ));
    // The same key several times in one batch: once done, then told again.
    let many: Vec<Submission> = (0..40)
        .map(|_| Submission {
            key: Some(key("many", "x")),
            ..hall.submission(case, classify("conduct_service"))
        })
        .collect();
    let answers = hall.put_at_once(database.engine(), many);
    assert!(matches!(answers[0], Ok(Accepted::Done { .. })), "{answers:?}");
    let told = |answer: &Result<_, _>| matches!(answer, Ok(Accepted::Replayed { .. }));
    assert!(answers[1..].iter().all(told), "{answers:?}");
    chained(&*hall.archive, &hall, case);
}

fn a_stale_version_is_refused(database: &Database) {
    let hall = Hall::founded(database);
    let case = hall.registered("2026-000001");
    let at_version = |version| Submission {
        expected_version: Some(version),
        ..hall.submission(case, classify("conduct_service"))
    };
    assert!(matches!(
        hall.put(at_version(7)),
        Err(NotAccepted::Stale { current: 1 })
    ));
    // Two in one batch on the same version: the second one sees what the first one did.
    let answers = hall.put_at_once(database.engine(), vec![at_version(1), at_version(1)]);
    assert!(matches!(answers[0], Ok(Accepted::Done { .. })), "{answers:?}");
    assert!(
        matches!(answers[1], Err(NotAccepted::Stale { current: 2 })),
        "{answers:?}"
    );
    let answers = hall.put_at_once(database.engine(), vec![at_version(2), at_version(3)]);
    assert!(
        matches!(&answers[1], Ok(Accepted::Done { case, .. }) if case.version == 4),
        "{answers:?}"
    );
    let nobody = CaseId(Uuid::now_v7());
    assert!(matches!(
        hall.put(hall.submission(nobody, classify("conduct_service"))),
        Err(NotAccepted::CaseUnknown)
    ));
}

fn what_is_refused_changes_nothing(database: &Database) {
    let hall = Hall::founded(database);
    let keys = hall.keys(OFFICER);
    let case = hall.registered("2026-000001");
    let all = || {
        (
            hall.archive.find_case(hall.office, case, &keys).expect("read"),
            hall.archive
                .case_entries(hall.office, case, 0, 100)
                .expect("read"),
            hall.archive.case_duties(hall.office, case).expect("read"),
            hall.archive
                .find_remembered_answer(hall.office.0, "staff:1", "classify_case", "k")
                .expect("read"),
        )
    };
    let before = all();
    let (_, kept) = super::hall::text("reply", "words");
    let refused = hall.put(Submission {
        key: Some(key("k", "x")),
        texts: vec![kept.clone()],
        ..hall.submission(
            case,
            Command::Accept(domain::case::command::Acceptance::default()),
        )
    });
    assert!(
        matches!(refused, Err(NotAccepted::Refused(Refusal::GateClosed { .. }))),
        "{refused:?}"
    );
    assert_eq!(all(), before);
    assert_eq!(
        hall.archive
            .find_texts(hall.office, case, &[kept.id])
            .expect("read"),
        []
    );
    // A refusal leaves its key free.
    let answer = hall.put(Submission {
        key: Some(key("k", "y")),
        ..hall.submission(case, process_notice())
    });
    assert!(matches!(answer, Ok(Accepted::Done { .. })), "{answer:?}");
}

fn an_id_and_a_number_serve_once(database: &Database) {
    let hall = Hall::founded(database);
    let case = hall.registered("2026-000001");
    let again = hall.put(hall.complaint(case, "2026-000002", "again"));
    assert!(
        matches!(again, Err(NotAccepted::Store(StoreError::Conflict(Conflict::Id)))),
        "{again:?}"
    );
    // One command that the database refuses harms nobody else in its batch.
    let mut batch: Vec<Submission> = (2..10)
        .map(|number| {
            hall.complaint(
                CaseId(Uuid::now_v7()),
                &format!("2026-{number:06}"),
                "another one",
            )
        })
        .collect();
    batch.insert(4, hall.complaint(CaseId(Uuid::now_v7()), "2026-000001", "taken"));
    let answers = hall.put_at_once(database.engine(), batch);
    for (number, answer) in answers.iter().enumerate() {
        if number == 4 {
            assert!(
                matches!(
                    answer,
                    Err(NotAccepted::Store(StoreError::Conflict(Conflict::CaseNumber)))
                ),
                "{answer:?}"
            );
        } else {
            assert!(matches!(answer, Ok(Accepted::Done { .. })), "{answer:?}");
        }
    }
    let counted = hall.archive.count_cases(
        hall.office,
        &hall.keys(OFFICER),
        &CaseFilter::default(),
        100,
        hall.now,
    );
    assert_eq!(counted.expect("read"), 9);
}

fn a_case_that_cannot_be_read_is_nobody_elses_trouble(database: &Database) {
    let hall = Hall::founded(database);
    let broken = hall.registered("2026-000001");
    by_hand(database, "UPDATE case_states SET document = '{}'");
    let well = hall.registered("2026-000002");
    let answers = hall.put_at_once(
        database.engine(),
        vec![
            hall.submission(broken, classify("conduct_service")),
            hall.submission(well, classify("conduct_service")),
        ],
    );
    assert!(
        matches!(
            &answers[0],
            Err(NotAccepted::Store(StoreError::Corrupt { table: "case_states", id: Some(id), .. })) if *id == broken.0
        ),
        "{answers:?}"
    );
    assert!(matches!(answers[1], Ok(Accepted::Done { .. })), "{answers:?}");
    let read = hall.archive.find_case(hall.office, broken, &hall.keys(OFFICER));
    assert!(matches!(read, Err(StoreError::Corrupt { .. })), "{read:?}");
}

fn an_office_without_its_rulebook_decides_nothing(database: &Database) {
    let hall = Hall::founded(database);
    let case = hall.registered("2026-000001");
    by_hand(
        database,
        "UPDATE offices SET rulebook_version = '9.9.9', directory_version = directory_version + 1",
    );
    assert!(hall.archive.law(hall.office).expect("read").is_none());
    let answer = hall.put(hall.submission(case, classify("conduct_service")));
    assert!(matches!(answer, Err(NotAccepted::OfficeNotActive)), "{answer:?}");
    by_hand(
        database,
        "UPDATE offices SET rulebook_version = '1.0.0', active = FALSE, directory_version = directory_version + 1",
    );
    let answer = hall.put(hall.complaint(CaseId(Uuid::now_v7()), "2026-000002", "too late"));
    assert!(matches!(answer, Err(NotAccepted::OfficeNotActive)), "{answer:?}");
    // What it has taken on it still brings to its end.
    hall.does(case, classify("conduct_service"));
}

fn numbers_of_the_office_fill_open_limits(database: &Database) {
    let hall = Hall::founded(database);
    let before = hall.archive.law(hall.office).expect("read").expect("there");
    assert!(before.directory.numbers.is_empty());
    let again = hall.archive.law(hall.office).expect("read").expect("there");
    assert!(std::sync::Arc::ptr_eq(&before, &again), "nothing has changed");
    by_hand(
        database,
        "UPDATE offices SET profile = '{\"numbers\": {\"tell_progress\": \"1 working day\"}}', \
         directory_version = directory_version + 1",
    );
    let after = hall.archive.law(hall.office).expect("read").expect("there");
    let number = after.directory.numbers.values().next().map(ToString::to_string);
    assert_eq!(number.as_deref(), Some("1 working day"));
    assert_eq!(after.directory.version, before.directory.version + 1);
}

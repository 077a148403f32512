//! What people wrote, under keys: it opens in its place alone, survives a change of the master key while people work, and
//! without the key nothing of it is told.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use domain::ids::{CaseId, TextId};
use people::{Database, Engine, on_both};
use persistence::case::{Accepted, CaseFilter, CaseOrder, NotAccepted, Submission};
use persistence::{Archive, DatabaseUrl, MasterKeys, OpenError, Options, StoreError, open};
use uuid::Uuid;

use super::hall::{Hall, OFFICER, text};
use super::place::{by_hand, masters, opened, rulebooks};

on_both!(
    a_text_in_anothers_place_does_not_open,
    the_master_key_changes_while_people_work,
    a_change_of_the_master_key_that_was_cut_off_goes_on,
    without_its_master_key_nothing_is_told,
    what_is_older_than_the_vault_is_sealed_at_the_start,
);

const OLD: &str = "q8Zt1nVx0pLr7KsWm4Yd2Ub9Hc6Ja3Eg5FoTqRkXvBw=";
const NEW: &str = "Xk2mQ9wL4tR7vB1nZ6yH3jD8sF5gA0pCeUiOaTrYqWs=";

fn keys(text: &str) -> MasterKeys {
    text.parse().expect("master keys")
}

fn opened_with(database: &Database, masters: &str) -> Result<Arc<dyn Archive>, OpenError> {
    let url: DatabaseUrl = database.url().parse().expect("the URL is well formed");
    open(&url, Options::default(), rulebooks(), keys(masters))
}

/// Registers a complaint; its texts.
fn complaint(hall: &Hall, number: &str, subject: &str) -> (CaseId, Vec<TextId>) {
    let case = CaseId(Uuid::now_v7());
    let submission = hall.complaint(case, number, subject);
    let texts = submission.texts.iter().map(|text| text.id).collect();
    let answer = hall.put(submission);
    assert!(matches!(answer, Ok(Accepted::Done { .. })), "{answer:?}");
    (case, texts)
}

fn subjects(hall: &Hall) -> persistence::Answer<Vec<Option<String>>> {
    let listed = hall.archive.list_cases(
        hall.office,
        &hall.keys(OFFICER),
        &CaseFilter::default(),
        CaseOrder::Oldest,
        None,
        100,
        hall.now,
    )?;
    Ok(listed.into_iter().map(|item| item.subject).collect())
}

/// An id as this engine writes it.
fn literal(database: &Database, id: Uuid) -> String {
    match database.engine() {
        Engine::Sqlite => format!("X'{}'", id.simple()),
        Engine::Postgres => format!("'{id}'"),
    }
}

fn a_text_in_anothers_place_does_not_open(database: &Database) {
    let hall = Hall::founded(database);
    let (one, of_one) = complaint(&hall, "2026-1", "甲");
    let (other, of_other) = complaint(&hall, "2026-2", "乙");
    assert_eq!(
        subjects(&hall).expect("read"),
        [Some("甲".to_owned()), Some("乙".to_owned())]
    );
    let (mine, theirs) = (literal(database, of_one[0].0), literal(database, of_other[0].0));
    by_hand(
        database,
        &format!(
            "UPDATE case_texts SET sealed = (SELECT t.sealed FROM case_texts t WHERE t.id = {theirs}) WHERE id = {mine}"
        ),
    );
    let corrupt = |error: &StoreError| {
        matches!(
            error,
            StoreError::Corrupt {
                table: "case_texts",
                ..
            }
        )
    };
    let read = hall.archive.find_texts(hall.office, one, &of_one);
    assert!(read.as_ref().is_err_and(corrupt), "{read:?}");
    let listed = subjects(&hall);
    assert!(
        listed.as_ref().is_err_and(corrupt),
        "no page is told in part: {listed:?}"
    );
    let intact = hall
        .archive
        .find_texts(hall.office, other, &of_other)
        .expect("read");
    assert_eq!(intact.len(), 2);
    // Nor does a key serve another case.
    let (one, other) = (literal(database, one.0), literal(database, other.0));
    by_hand(
        database,
        &format!(
            "UPDATE case_keys SET wrapped = (SELECT k.wrapped FROM case_keys k WHERE k.case_id = {one}) WHERE case_id = {other}"
        ),
    );
    assert!(subjects(&hall).is_err());
}

fn the_master_key_changes_while_people_work(database: &Database) {
    let before = Hall::of(opened_with(database, OLD).expect("opened"), "hall");
    let (first, texts) = complaint(&before, "2026-1", "第一件");
    for number in 2..=250 {
        complaint(&before, &format!("2026-{number}"), "旧件");
    }
    // A replica that knows the new key already, and one that uses it: both work at the same time.
    let knows = Hall {
        archive: opened_with(database, &format!("{OLD} {NEW}")).expect("opened"),
        ..before.clone()
    };
    let uses = Hall {
        archive: opened_with(database, &format!("{NEW} {OLD}")).expect("opened"),
        ..before.clone()
    };
    drop(before);
    let done = AtomicBool::new(false);
    let written: usize = thread::scope(|scope| {
        let work = |hall: &Hall, from: usize| {
            let mut written = 0;
            while !done.load(Ordering::Relaxed) {
                let number = format!("2026-{}", from + written);
                let (case, texts) = complaint(hall, &number, "新件");
                let read = hall.archive.find_texts(hall.office, case, &texts).expect("read");
                assert_eq!(read.len(), texts.len());
                // Also on a case whose key is being wrapped anew just now.
                let (reference, kept) = text("reason", "补记");
                let id = kept.id;
                let answer = hall.put(Submission {
                    texts: vec![kept],
                    ..hall.submission(first, super::hall::explained(reference))
                });
                assert!(matches!(answer, Ok(Accepted::Done { .. })), "{answer:?}");
                let read = hall.archive.find_texts(hall.office, first, &[id]).expect("read");
                assert_eq!(read[0].body, "补记");
                assert!(subjects(hall).expect("read").iter().all(Option::is_some));
                written += 1;
            }
            written
        };
        let (one, other) = (&knows, &uses);
        let works = [
            scope.spawn(move || work(one, 1_000)),
            scope.spawn(move || work(other, 10_000_000)),
        ];
        while uses.archive.tend_keys().expect("wrapped anew") {}
        done.store(true, Ordering::Relaxed);
        works
            .into_iter()
            .map(|work| work.join().expect("nothing was lost"))
            .sum()
    });
    assert!(written > 0);
    drop(knows);
    // What the replica that only knew the new key has written meanwhile is left, and wrapped now.
    while uses.archive.tend_keys().expect("wrapped anew") {}
    let left = uses.archive.keys_under().expect("counted");
    assert_eq!(left.len(), 1, "{left:?}");
    assert!(left[0].current && left[0].keys > 250, "{left:?}");
    let after = Hall {
        archive: opened_with(database, NEW).expect("the old key is needed no longer"),
        ..uses.clone()
    };
    let read = after
        .archive
        .find_texts(after.office, first, &texts)
        .expect("read");
    assert_eq!(read.len(), texts.len());
}

fn a_change_of_the_master_key_that_was_cut_off_goes_on(database: &Database) {
    let before = Hall::of(opened_with(database, OLD).expect("opened"), "hall");
    let cases: Vec<_> = (1..=150)
        .map(|number| complaint(&before, &format!("2026-{number}"), "旧件"))
        .collect();
    let both = format!("{NEW} {OLD}");
    let halved = opened_with(database, &both).expect("opened");
    assert!(halved.tend_keys().expect("wrapped anew"), "there is more to do");
    let under = |archive: &Arc<dyn Archive>| {
        let mut keys = archive.keys_under().expect("counted");
        keys.retain(|under| under.keys > 0);
        keys.into_iter()
            .map(|under| (under.current, under.keys))
            .collect::<Vec<_>>()
    };
    // The index key goes over last, so that the old master key is needed to the end.
    let mut left = under(&halved);
    left.sort_unstable();
    assert_eq!(left, [(false, 51), (true, 100)]);
    drop(halved);
    assert!(matches!(opened_with(database, NEW), Err(OpenError::Vault { .. })));
    let reads = |archive: &Arc<dyn Archive>| {
        cases.iter().all(|(case, texts)| {
            let read = archive.find_texts(before.office, *case, texts).expect("read");
            read.len() == texts.len()
        })
    };
    let again = opened_with(database, &both).expect("opened");
    assert!(reads(&again));
    while again.tend_keys().expect("wrapped anew") {}
    assert_eq!(under(&again), [(true, 151)]);
    let alone = opened_with(database, NEW).expect("the old key is needed no longer");
    assert!(reads(&alone));
}

fn without_its_master_key_nothing_is_told(database: &Database) {
    let hall = Hall::of(opened_with(database, OLD).expect("opened"), "hall");
    let (case, texts) = complaint(&hall, "2026-1", "甲");
    let lost = opened_with(database, NEW).map(drop);
    let Err(OpenError::Vault { source, .. }) = &lost else {
        panic!("{lost:?}")
    };
    let said = format!("{source}");
    assert!(
        said.contains(keys(OLD).current()),
        "it names what it needs: {said}"
    );
    // Another replica goes over to a key that this one was not given.
    let ahead = Hall {
        archive: opened_with(database, &format!("{NEW} {OLD}")).expect("opened"),
        ..hall.clone()
    };
    let (newer, of_newer) = complaint(&ahead, "2026-2", "乙");
    let missing = |error: &StoreError| matches!(error, StoreError::KeyMissing { master_key } if master_key == keys(NEW).current());
    let read = hall.archive.find_texts(hall.office, newer, &of_newer);
    assert!(read.as_ref().is_err_and(missing), "{read:?}");
    let listed = subjects(&hall);
    assert!(listed.as_ref().is_err_and(missing), "{listed:?}");
    let (reference, kept) = text("reason", "补记");
    let answer = hall.put(Submission {
        texts: vec![kept],
        ..hall.submission(newer, super::hall::explained(reference))
    });
    assert!(
        matches!(&answer, Err(NotAccepted::Store(error)) if missing(error)),
        "{answer:?}"
    );
    // What it can open it still tells.
    let read = hall.archive.find_texts(hall.office, case, &texts).expect("read");
    assert_eq!(read.len(), 2);
}

fn what_is_older_than_the_vault_is_sealed_at_the_start(database: &Database) {
    let hall = Hall::founded(database);
    let (case, texts) = complaint(&hall, "2026-1", "甲");
    let kept = hall.archive.find_texts(hall.office, case, &texts).expect("read");
    // As a database from before has it: the words stand open, and there is no key.
    let places = (literal(database, hall.office.0), literal(database, case.0));
    for text in &kept {
        let salt = match database.engine() {
            Engine::Sqlite => "X'0707'",
            Engine::Postgres => "'\\x0707'",
        };
        by_hand(
            database,
            &format!(
                "INSERT INTO case_texts_unsealed VALUES ({}, {}, {}, '{}', '{}', {salt}, '2026-09-17T01:12:00.000000Z')",
                places.0,
                places.1,
                literal(database, text.id.0),
                text.kind,
                text.body.replace('\'', "''"),
            ),
        );
    }
    by_hand(database, "DELETE FROM case_texts");
    by_hand(database, "DELETE FROM case_keys");
    let again = Hall {
        archive: opened(database),
        ..hall.clone()
    };
    let read = again
        .archive
        .find_texts(again.office, case, &texts)
        .expect("read");
    let bodies = |texts: &[persistence::case::CaseText]| -> Vec<String> {
        texts.iter().map(|text| text.body.clone()).collect()
    };
    assert_eq!(bodies(&read), bodies(&kept));
    assert_eq!(again.archive.keys_under().expect("counted")[0].keys, 2);
    let current = masters();
    assert_eq!(
        again.archive.keys_under().expect("counted")[0].master_key,
        current.current()
    );
}

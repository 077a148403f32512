//! Somebody is at the database after cases were erased and the master key was changed: each way of it is found and
//! named, on a case that lives, on one that is erased, and in the access log. An access log's own chain, too.

use chrono::TimeDelta;
use people::matter::{INTAKE, tobacco_report};
use people::{Database, House, OPENING, archive_of, nothing, on_both};
use persistence::audit::{
    Broken, EventLink, Fault, Item, ReadingLink, Verified, Verifier, Way, file, verify, walk,
};
use persistence::chain::{hexadecimal, link, origin};
use persistence::checkpoint::{CheckpointKey, Round, Signed};
use persistence::{DatabaseUrl, Options, StoreError, open, open_chains};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::archive::hand::{Hand, lied};
use crate::archive::place::rulebooks;
use crate::keeping::{CLERK, DIRECTOR, RULES, archived};

on_both!(
    each_tampering_is_named_after_erasures_and_a_new_master_key,
    each_tampering_with_the_access_log_is_named,
    an_export_holds_the_access_log,
);

/// The demonstrations' master key, and before it one that takes its place.
const MASTERS: &str =
    "Xk2mQ9wL4tR7vB1nZ6yH3jD8sF5gA0pCeUiOaTrYqWs= 4g0EaEf8epJMSq+szNpvhRGy7ky/oXkYPE74SlreED0=";

fn key() -> CheckpointKey {
    CheckpointKey::new(&[7; 32])
}

/// Makes a checkpoint for each office in which anything happened.
fn checkpoint(database: &Database, kept: &mut Vec<Signed>) {
    let opening = OPENING.parse().expect("an instant");
    match archive_of(database, OPENING).make_checkpoints(&key(), opening, TimeDelta::zero()) {
        Ok(Round::Made { checkpoints, .. }) => {
            kept.extend(
                checkpoints
                    .into_iter()
                    .map(persistence::checkpoint::CheckpointRecord::signed),
            );
        }
        other => panic!("{other:?}"),
    }
}

fn verified(database: &Database, kept: &[Signed]) -> Verified {
    let mut verifier = Verifier::new(&[key().public()], false);
    for kept in kept {
        verifier.remember(kept).expect("it is signed");
    }
    let mut chains = open_chains(&database.url().parse().expect("a URL")).expect("opened");
    verify(&mut *chains, &Way::default(), verifier).expect("read")
}

/// Holds that the first broken link is this one.
#[track_caller]
fn is_first(broken: &[Broken], what: &str, case: Option<Uuid>, fault: &Fault) {
    let first = broken.first().map(|broken| (broken.case, &broken.fault));
    assert_eq!(first, Some((case, fault)), "{what}: {broken:#?}");
}

/// Puts all keys of the vault under a new master key; how many there are.
fn change_the_master_key(database: &Database) -> u64 {
    let url: DatabaseUrl = database.url().parse().expect("a URL");
    let masters = MASTERS.parse().expect("master keys");
    let archive = open(&url, Options::default(), rulebooks(), masters).expect("the archive opens");
    while archive.tend_keys().expect("wrapped anew") {}
    let under = archive.keys_under().expect("counted");
    assert!(under.len() == 1 && under[0].current, "{under:?}");
    under[0].keys
}

fn each_tampering_is_named_after_erasures_and_a_new_master_key(database: &Database) {
    let mut kept = Vec::new();
    let house = House::open_under(database, RULES);
    let erased = archived(&house);
    let living = archived(&house);
    checkpoint(database, &mut kept);
    house.set_clock("2029-09-18T09:12");
    house.person(DIRECTOR).does("erase_case", &erased, &nothing());
    let clerk = house.person(CLERK);
    clerk.does("place_legal_hold", &living, &json!({"reason": "涉诉"}));
    checkpoint(database, &mut kept);
    drop(house);
    assert!(change_the_master_key(database) >= 1);
    assert_eq!(verified(database, &kept).broken, []);

    for case in [&living, &erased] {
        let case = case.id.parse().expect("an id");
        tamper_with_each_event(&Hand { database, case }, &kept);
    }
    let hand = Hand {
        database,
        case: living.id.parse().expect("an id"),
    };
    hand.tamper(
        "UPDATE checkpoints SET statement = replace(statement, 'changed ', 'changed 1') WHERE number = 1",
    );
    let broken = verified(database, &kept).broken;
    is_first(
        &broken,
        "a checkpoint rewritten",
        None,
        &Fault::CheckpointRewritten { number: 1 },
    );
}

/// Does to one case all that can be done to it by SQL, one after another, each time on what was there before.
fn tamper_with_each_event(hand: &Hand<'_>, kept: &[Signed]) {
    hand.back_up();
    let case = hand.case;
    let chain = hand.chain_of(case);
    let office = |broken: Vec<Broken>| {
        assert_eq!(broken.first().map(|it| it.office.as_str()), Some("review_office"));
        broken
    };
    let finds = |what: &str, fault: &Fault| {
        let broken = office(verified(hand.database, kept).broken);
        is_first(&broken, what, Some(case), fault);
        hand.put_back();
        assert_eq!(verified(hand.database, kept).broken, [], "put back after {what}");
    };
    let events = &chain.events;
    let last = i64::try_from(events.len()).expect("few");

    let body = hand.bytes(&lied(&events[2]));
    hand.tamper(&format!(
        "UPDATE events SET body = {body} WHERE {}",
        hand.of_case("= 3")
    ));
    finds("changed", &Fault::EventChanged { sequence: 3 });

    hand.tamper(&format!("DELETE FROM events WHERE {}", hand.of_case("= 3")));
    finds("removed", &Fault::EventRemoved { sequence: 3 });

    hand.tamper(&format!(
        "DELETE FROM events WHERE {}",
        hand.of_case(&format!("= {last}"))
    ));
    finds("its end removed", &Fault::EventRemoved { sequence: last });

    let body = lied(&events[2]);
    let inserted = EventLink {
        hash: link(&events[1].hash.0, &body),
        previous_hash: events[1].hash,
        body,
        ..events[2].clone()
    };
    hand.shift(3, 1);
    hand.put(3, &inserted);
    hand.tamper(&format!(
        "UPDATE events SET event_type = '{}' WHERE {}",
        inserted.event_type,
        hand.of_case("= 3")
    ));
    finds("inserted", &Fault::EventInserted { sequence: 3 });

    for (from, to) in [(3, 1000), (4, 3), (1000, 4)] {
        hand.tamper(&format!(
            "UPDATE events SET sequence = {to} WHERE {}",
            hand.of_case(&format!("= {from}"))
        ));
    }
    finds("reordered", &Fault::Reordered { sequence: 3 });

    hand.make_anew();
    let anchored = chain.anchors[0].sequence;
    let rewritten = Fault::Rewritten {
        sequence: anchored,
        checkpoint: chain.anchors[0].checkpoint,
    };
    finds("made anew", &rewritten);

    hand.remove_whole();
    let anchor = chain.anchors.last().expect("it is anchored");
    let removed = Fault::CaseRemoved {
        sequence: anchor.sequence,
        checkpoint: anchor.checkpoint,
    };
    finds("removed whole", &removed);

    hand.tamper("DELETE FROM checkpoints WHERE number = 2; DELETE FROM checkpoint_entries WHERE number = 2");
    let broken = verified(hand.database, kept).broken;
    let older = Fault::OlderBackup { kept: 2, last: 1 };
    assert!(broken.iter().any(|it| it.fault == older), "{broken:#?}");
    hand.put_back();
    hand.forget_backup();
}

/// A house in which a report was read, some of the readings anchored.
fn read_often(database: &Database, kept: &mut Vec<Signed>) {
    let house = House::open(database);
    let clerk = house.person(INTAKE);
    let report = clerk.registers(&tobacco_report());
    for _ in 0..3 {
        clerk.sees(&report);
    }
    clerk
        .post(
            &format!("/cases/{}/readings", report.id),
            &json!({"reason": "核对"}),
        )
        .expect(200);
    checkpoint(database, kept);
    clerk.sees(&report);
    checkpoint(database, kept);
    clerk.sees(&report);
}

/// The access log of the office that has one.
fn log_of(database: &Database) -> (Uuid, Vec<ReadingLink>) {
    let mut chains = open_chains(&database.url().parse().expect("a URL")).expect("opened");
    let (mut office, mut read_in, mut entries) = (Uuid::nil(), Uuid::nil(), Vec::new());
    walk::<StoreError>(&mut *chains, &Way::default(), |item| {
        match item {
            Item::Office { id, .. } => office = id,
            Item::Reading(entry) => {
                read_in = office;
                entries.push(entry);
            }
            Item::Case(_) | Item::Checkpoint(_) | Item::LogEnd(_) => {}
        }
        Ok(())
    })
    .expect("walked");
    (read_in, entries)
}

fn each_tampering_with_the_access_log_is_named(database: &Database) {
    let mut kept = Vec::new();
    read_often(database, &mut kept);
    let (office, entries) = log_of(database);
    let found = verified(database, &kept);
    assert_eq!(found.broken, []);
    let office_found = found
        .offices
        .iter()
        .find(|it| it.id == office)
        .expect("the office has a log");
    let count = u64::try_from(entries.len()).expect("few");
    assert!(count > 5, "{entries:#?}");
    assert_eq!(office_found.readings, count);
    assert!(
        office_found.readings_anchored < count && office_found.readings_anchored > 4,
        "the last ones are not anchored yet: {office_found:?}"
    );
    let anchored = i64::try_from(office_found.readings_anchored).expect("few");

    let hand = Hand {
        database,
        case: entries[0].case_id,
    };
    hand.back_up();
    let its = |which: String| format!("office_id = {} AND sequence {which}", hand.id(office));
    let finds = |what: &str, fault: &Fault| {
        is_first(&verified(database, &kept).broken, what, None, fault);
        hand.put_back();
        assert_eq!(verified(database, &kept).broken, [], "put back after {what}");
    };
    let tamper = |statement: String| hand.tamper(&statement);

    let nobody = hand.id(Uuid::nil());
    tamper(format!(
        "UPDATE access_log SET staff_id = {nobody} WHERE {}",
        its("= 2".to_owned())
    ));
    finds("who read was changed", &Fault::ReadingChanged { sequence: 2 });

    let body = lied_about(&entries[1]);
    tamper(format!(
        "UPDATE access_log SET body = {} WHERE {}",
        hand.bytes(&body),
        its("= 2".to_owned())
    ));
    finds("its bytes were changed", &Fault::ReadingChanged { sequence: 2 });

    tamper(format!(
        "UPDATE access_log SET body = {}, hash = {} WHERE {}",
        hand.bytes(&body),
        hand.bytes(&link(&entries[1].previous_hash.0, &body).0),
        its("= 2".to_owned())
    ));
    finds(
        "its bytes were changed with their hash",
        &Fault::ReadingUnlinked { sequence: 3 },
    );

    tamper(format!("DELETE FROM access_log WHERE {}", its("= 2".to_owned())));
    finds("removed", &Fault::ReadingRemoved { sequence: 2 });

    let last = i64::try_from(entries.len()).expect("few");
    tamper(format!(
        "DELETE FROM access_log WHERE {}",
        its(format!("= {last}"))
    ));
    finds("its end removed", &Fault::ReadingRemoved { sequence: last });

    // The row of the log says nothing of it either: only the checkpoint does.
    let left = anchored - 1;
    let head = &entries[usize::try_from(left).expect("small") - 1].hash;
    tamper(format!(
        "DELETE FROM access_log WHERE {}; UPDATE access_heads SET sequence = {left}, head = {} WHERE office_id = {}",
        its(format!("> {left}")),
        hand.bytes(&head.0),
        hand.id(office)
    ));
    finds(
        "its end removed, and its row changed",
        &Fault::ReadingRemoved { sequence: anchored },
    );

    for (from, to) in [(2, 1000), (3, 2), (1000, 3)] {
        tamper(format!(
            "UPDATE access_log SET sequence = {to} WHERE {}",
            its(format!("= {from}"))
        ));
    }
    finds("reordered", &Fault::ReadingUnlinked { sequence: 2 });

    tamper(format!(
        "INSERT INTO access_log (office_id, sequence, case_id, staff_id, kind, at, body, previous_hash, hash) \
         SELECT office_id, {}, case_id, staff_id, kind, at, body, previous_hash, hash FROM access_log WHERE {}",
        last + 1,
        its(format!("= {last}"))
    ));
    finds("inserted", &Fault::ReadingUnlinked { sequence: last + 1 });

    make_anew(&hand, office, &entries);
    is_rewritten(&verified(database, &[]).broken, anchored);
    hand.put_back();

    tamper(format!("DELETE FROM access_log WHERE {}", its("> 0".to_owned())));
    tamper(format!(
        "DELETE FROM access_heads WHERE office_id = {}",
        hand.id(office)
    ));
    finds("removed whole", &Fault::ReadingRemoved { sequence: 1 });
}

/// Holds that the key alone tells that the log was made anew.
#[track_caller]
fn is_rewritten(broken: &[Broken], anchored: i64) {
    let fault = broken.first().map(|it| it.fault.clone());
    let tells = matches!(fault, Some(Fault::LogRewritten { sequence, .. }) if sequence <= anchored);
    assert!(tells, "{broken:#?}");
}

/// The bytes of an entry, naming somebody else.
fn lied_about(entry: &ReadingLink) -> Vec<u8> {
    let mut said: Value = serde_json::from_slice(&entry.body).expect("an entry");
    said["operation"] = "list_cases".into();
    serde_json::to_vec(&said).expect("written")
}

/// Makes the log anew with an entry that says something else, as whoever knows how would.
fn make_anew(hand: &Hand<'_>, office: Uuid, entries: &[ReadingLink]) {
    let mut previous = origin(office);
    for entry in entries {
        let body = if entry.sequence == 2 {
            lied_about(entry)
        } else {
            entry.body.clone()
        };
        let hash = link(&previous.0, &body);
        hand.tamper(&format!(
            "UPDATE access_log SET body = {}, previous_hash = {}, hash = {} WHERE office_id = {} AND sequence = {}",
            hand.bytes(&body),
            hand.bytes(&previous.0),
            hand.bytes(&hash.0),
            hand.id(office),
            entry.sequence
        ));
        previous = hash;
    }
    hand.tamper(&format!(
        "UPDATE access_heads SET head = {} WHERE office_id = {}",
        hand.bytes(&previous.0),
        hand.id(office)
    ));
}

fn an_export_holds_the_access_log(database: &Database) {
    let mut kept = Vec::new();
    read_often(database, &mut kept);
    let (_, entries) = log_of(database);
    let mut chains = open_chains(&database.url().parse().expect("a URL")).expect("opened");
    let mut bytes = Vec::new();
    let mut writer = file::Writer::begin(&mut bytes, true).expect("begun");
    walk::<StoreError>(&mut *chains, &Way::default(), |item| {
        writer
            .item(item)
            .map_err(|error| StoreError::Failed(error.into()))
    })
    .expect("walked");
    writer.end().expect("ended");
    let read = |bytes: &[u8]| {
        let mut verifier = Verifier::new(&[key().public()], false);
        let whole = file::read(bytes, |item| verifier.take(item)).expect("read");
        verifier.finish(whole)
    };
    let found = read(&bytes);
    assert_eq!(found.broken, []);
    let readings: u64 = found.offices.iter().map(|office| office.readings).sum();
    assert_eq!(usize::try_from(readings), Ok(entries.len()));
    // The reason stands in it as a commitment alone.
    let text = String::from_utf8(bytes).expect("text");
    assert!(!text.contains("核对"));
    let hash = hexadecimal(&entries[1].hash.0);
    let changed = text.replacen(&hash, &"0".repeat(64), 1);
    is_first(
        &read(changed.as_bytes()).broken,
        "changed on its way",
        None,
        &Fault::ReadingChanged { sequence: 2 },
    );
}

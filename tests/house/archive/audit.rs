//! Somebody who can write to the database, and what he cannot hide: each test does by SQL what the service never does.

use std::ops::Deref;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use chrono::TimeDelta;
use domain::ids::CaseId;
use people::{Database, on_both};
use persistence::audit::{Broken, EventLink, Fault, KeptFault, Verified, Verifier, Way, file, verify, walk};
use persistence::chain::{Hash, link};
use persistence::checkpoint::{CheckpointKey, Round, Signed, Statement};
use persistence::{StoreError, open_chains};
use serde_json::Value;

use super::hall::{Hall, classify, note};
use super::hand::{Hand, lied};
use super::place::opened;

on_both!(
    what_nobody_touched_verifies,
    the_end_of_all_texts_and_a_new_key_break_no_link,
    a_changed_event_is_named,
    an_event_that_was_changed_with_its_hash_is_named,
    what_stands_beside_the_bytes_cannot_be_changed_either,
    a_removed_event_is_named,
    a_removed_end_is_named,
    a_removal_that_was_numbered_over_is_named,
    an_inserted_event_is_named,
    an_event_put_at_the_end_is_named,
    reordered_events_are_named,
    a_case_removed_whole_is_named,
    a_case_removed_with_its_entries_shows,
    a_chain_made_anew_is_named_by_its_checkpoint,
    a_rewritten_checkpoint_is_named,
    a_checkpoint_of_another_key_is_not_trusted,
    a_removed_checkpoint_is_named,
    a_changed_list_of_a_checkpoint_is_named,
    an_older_backup_put_back_is_named,
    a_history_signed_anew_is_named_by_what_was_kept,
    a_changed_snapshot_is_named,
    no_change_is_lost_between_commands_and_checkpoints,
    replicas_take_turns,
    an_export_verifies_with_the_key_alone,
);

/// A database with three cases: what they had come to at two checkpoints, and what came after.
struct Lived<'d> {
    hand: Hand<'d>,
    hall: Hall,
    cases: [CaseId; 3],
    kept: Vec<Signed>,
}

impl<'d> Deref for Lived<'d> {
    type Target = Hand<'d>;

    fn deref(&self) -> &Hand<'d> {
        &self.hand
    }
}

fn key() -> CheckpointKey {
    CheckpointKey::new(&[7; 32])
}

impl<'d> Lived<'d> {
    fn led(database: &'d Database) -> Self {
        let hall = Hall::founded(database);
        let cases = [1, 2, 3].map(|number| hall.registered(&format!("2026-{number:06}")));
        let mut lived = Self {
            hand: Hand {
                database,
                case: cases[0].0,
            },
            hall,
            cases,
            kept: Vec::new(),
        };
        for case in cases {
            for command in lived.hall.way().into_iter().take(4) {
                lived.hall.does(case, command);
            }
        }
        lived.checkpoint(&key());
        for case in &cases[..2] {
            lived.hall.does(*case, note("interview"));
            lived.hall.does(*case, note("another interview"));
        }
        lived.checkpoint(&key());
        lived.hall.does(cases[0], note("not anchored"));
        lived
    }

    fn checkpoint(&mut self, key: &CheckpointKey) {
        let round = self
            .hall
            .archive
            .make_checkpoints(key, self.hall.now, TimeDelta::zero())
            .expect("made");
        let Round::Made { checkpoints, more } = round else {
            panic!("nobody else has the turn")
        };
        assert_eq!((checkpoints.len(), more), (1, false));
        self.kept.extend(
            checkpoints
                .into_iter()
                .map(persistence::checkpoint::CheckpointRecord::signed),
        );
    }

    fn verified(&self, kept: &[Signed], rebuild: bool) -> Verified {
        let url = self.database.url().parse().expect("a URL");
        let mut verifier = Verifier::new(&[key().public()], rebuild);
        for kept in kept {
            verifier.remember(kept).expect("it is signed");
        }
        let way = Way {
            documents: rebuild,
            ..Way::default()
        };
        let mut chains = open_chains(&url).expect("opened");
        verify(&mut *chains, &way, verifier).expect("read")
    }

    /// Everything that is broken, without what was kept outside.
    fn broken(&self) -> Vec<Broken> {
        self.verified(&[], false).broken
    }

    /// Holds that the first broken link, by the database and the key alone, is this one of the first case.
    #[track_caller]
    fn breaks(&self, fault: Fault) {
        let broken = self.broken();
        let expected = Broken {
            office: "hall".to_owned(),
            case: Some(self.cases[0].0),
            fault,
        };
        assert_eq!(broken.first(), Some(&expected), "{broken:#?}");
    }

    /// Holds that the first broken link is one of the office's checkpoints.
    #[track_caller]
    fn breaks_its_checkpoints(&self, kept: &[Signed], fault: &Fault) {
        let broken = self.verified(kept, false).broken;
        assert_eq!(
            broken.first().map(|it| (it.case, &it.fault)),
            Some((None, fault)),
            "{broken:#?}"
        );
    }
}

fn what_nobody_touched_verifies(database: &Database) {
    let lived = Lived::led(database);
    let verified = lived.verified(&lived.kept[..1], true);
    assert_eq!(verified.broken, []);
    let [office] = &verified.offices[..] else {
        panic!("one office")
    };
    assert_eq!((office.cases, office.checkpoints), (3, 2));
    assert_eq!(office.last.map(|(number, _)| number), Some(2));
    assert_eq!(office.last_kept, Some(1));
    // What came after the last checkpoint is not anchored; what came after the one that was kept rests on this database.
    let last = Statement::read(&lived.kept[1].statement).expect("a statement");
    assert_eq!((last.cases, last.events), (3, office.anchored));
    assert_eq!(last.changed, 2);
    let first = Statement::read(&lived.kept[0].statement).expect("a statement");
    assert_eq!((first.changed, first.events), (3, office.kept));
    assert!(office.kept < office.anchored && office.anchored < office.events);
}

fn the_end_of_all_texts_and_a_new_key_break_no_link(database: &Database) {
    let mut lived = Lived::led(database);
    lived.tamper("DELETE FROM case_texts");
    let next = CheckpointKey::new(&[8; 32]);
    lived.checkpoint(&next);
    let keys = lived.hall.archive.list_checkpoint_keys().expect("read");
    assert_eq!(keys.len(), 2, "who signed before stays known");
    // The verifier trusts those that it is given, whatever the database says.
    lived.breaks_its_checkpoints(
        &[],
        &Fault::KeyUnknown {
            number: 3,
            key: next.public().id(),
        },
    );
    let mut chains = open_chains(&database.url().parse().expect("a URL")).expect("opened");
    let verifier = Verifier::new(&[key().public(), next.public()], false);
    let found = verify(&mut *chains, &Way::default(), verifier).expect("read");
    assert_eq!(found.broken, []);
    assert_eq!(found.offices[0].events, found.offices[0].anchored);
}

fn a_changed_event_is_named(database: &Database) {
    let lived = Lived::led(database);
    let event = &lived.chain_of(lived.cases[0].0).events[2];
    let body = lived.bytes(&lied(event));
    lived.tamper(&format!(
        "UPDATE events SET body = {body} WHERE {}",
        lived.of_case("= 3")
    ));
    lived.breaks(Fault::EventChanged { sequence: 3 });
    assert_eq!(lived.broken().len(), 1, "the others hold");
}

fn an_event_that_was_changed_with_its_hash_is_named(database: &Database) {
    let lived = Lived::led(database);
    let event = &lived.chain_of(lived.cases[0].0).events[2];
    let body = lied(event);
    lived.tamper(&format!(
        "UPDATE events SET body = {}, hash = {} WHERE {}",
        lived.bytes(&body),
        lived.bytes(&link(&event.previous_hash.0, &body).0),
        lived.of_case("= 3")
    ));
    lived.breaks(Fault::Unlinked { sequence: 4 });
}

fn what_stands_beside_the_bytes_cannot_be_changed_either(database: &Database) {
    let lived = Lived::led(database);
    lived.tamper(&format!(
        "UPDATE events SET event_type = 'CaseClosed' WHERE {}",
        lived.of_case("= 2")
    ));
    lived.breaks(Fault::EventChanged { sequence: 2 });
}

fn a_removed_event_is_named(database: &Database) {
    let lived = Lived::led(database);
    lived.tamper(&format!("DELETE FROM events WHERE {}", lived.of_case("= 3")));
    lived.breaks(Fault::EventRemoved { sequence: 3 });
}

fn a_removed_end_is_named(database: &Database) {
    let lived = Lived::led(database);
    let chain = lived.chain_of(lived.cases[0].0);
    let anchored = chain.anchors.last().expect("it is anchored").sequence;
    // The row of the case says nothing of it either: only the checkpoint does.
    lived.tamper(&format!(
        "DELETE FROM events WHERE {}; UPDATE cases SET sequence = {} WHERE id = {}; \
         UPDATE case_states SET head = {} WHERE case_id = {}",
        lived.of_case(&format!(">= {anchored}")),
        anchored - 1,
        lived.id(lived.cases[0].0),
        lived.bytes(&chain.events[usize::try_from(anchored).expect("small") - 2].hash.0),
        lived.id(lived.cases[0].0),
    ));
    lived.breaks(Fault::EventRemoved { sequence: anchored });
}

fn a_removal_that_was_numbered_over_is_named(database: &Database) {
    let lived = Lived::led(database);
    lived.tamper(&format!("DELETE FROM events WHERE {}", lived.of_case("= 3")));
    lived.shift(4, -1);
    lived.breaks(Fault::EventRemoved { sequence: 3 });
}

fn an_inserted_event_is_named(database: &Database) {
    let lived = Lived::led(database);
    let events = lived.chain_of(lived.cases[0].0).events;
    let body = lied(&events[2]);
    let inserted = EventLink {
        hash: link(&events[1].hash.0, &body),
        previous_hash: events[1].hash,
        body,
        ..events[2].clone()
    };
    lived.shift(3, 1);
    lived.put(3, &inserted);
    lived.tamper(&format!(
        "UPDATE events SET event_type = '{}' WHERE {}",
        inserted.event_type,
        lived.of_case("= 3")
    ));
    lived.breaks(Fault::EventInserted { sequence: 3 });
}

fn an_event_put_at_the_end_is_named(database: &Database) {
    let lived = Lived::led(database);
    let events = lived.chain_of(lived.cases[0].0).events;
    let last = events.last().expect("it has events");
    // As the first event, which nobody doubts, but with the next number.
    let mut entry: Value = serde_json::from_slice(&events[0].body).expect("an entry");
    entry["sequence"] = (last.sequence + 1).into();
    let body = serde_json::to_vec(&entry).expect("written");
    let inserted = EventLink {
        hash: link(&last.hash.0, &body),
        previous_hash: last.hash,
        body,
        ..events[0].clone()
    };
    lived.put(last.sequence + 1, &inserted);
    lived.breaks(Fault::EventInserted {
        sequence: last.sequence + 1,
    });
}

fn reordered_events_are_named(database: &Database) {
    let lived = Lived::led(database);
    for (from, to) in [(3, 1000), (4, 3), (1000, 4)] {
        lived.tamper(&format!(
            "UPDATE events SET sequence = {to} WHERE {}",
            lived.of_case(&format!("= {from}"))
        ));
    }
    lived.breaks(Fault::Reordered { sequence: 3 });
}

fn a_case_removed_whole_is_named(database: &Database) {
    let lived = Lived::led(database);
    let sequence = lived.chain_of(lived.cases[0].0).anchors[1].sequence;
    lived.remove_whole();
    lived.breaks(Fault::CaseRemoved {
        sequence,
        checkpoint: 2,
    });
}

fn a_case_removed_with_its_entries_shows(database: &Database) {
    let lived = Lived::led(database);
    lived.remove_whole();
    lived.tamper(&format!(
        "DELETE FROM checkpoint_entries WHERE case_id = {}",
        lived.id(lived.cases[0].0)
    ));
    lived.breaks_its_checkpoints(
        &[],
        &Fault::EntriesChanged {
            number: 1,
            stated: 3,
            listed: 2,
        },
    );
}

fn a_chain_made_anew_is_named_by_its_checkpoint(database: &Database) {
    let lived = Lived::led(database);
    let sequence = lived.chain_of(lived.cases[0].0).anchors[0].sequence;
    lived.make_anew();
    lived.breaks(Fault::Rewritten {
        sequence,
        checkpoint: 1,
    });
}

fn a_rewritten_checkpoint_is_named(database: &Database) {
    let lived = Lived::led(database);
    lived.tamper(
        "UPDATE checkpoints SET statement = replace(statement, 'cases 3', 'cases 2') WHERE number = 1",
    );
    lived.breaks_its_checkpoints(&[], &Fault::CheckpointRewritten { number: 1 });
    lived.tamper("UPDATE checkpoints SET statement = 'nothing' WHERE number = 1");
    lived.breaks_its_checkpoints(&[], &Fault::CheckpointUnreadable { after: 0 });
}

fn a_checkpoint_of_another_key_is_not_trusted(database: &Database) {
    let lived = Lived::led(database);
    let theirs = CheckpointKey::new(&[9; 32]);
    let own = Statement::read(&lived.kept[1].statement).expect("a statement");
    let forged = Statement {
        key: theirs.public().id(),
        ..own.clone()
    };
    let put = |text: &str, signature: &[u8]| {
        lived.tamper(&format!(
            "UPDATE checkpoints SET statement = '{text}', signature = {} WHERE number = 2",
            lived.bytes(signature)
        ));
    };
    put(&forged.text(), &theirs.sign(&forged.text()));
    let unknown = Fault::KeyUnknown {
        number: 2,
        key: theirs.public().id(),
    };
    lived.breaks_its_checkpoints(&[], &unknown);
    // Nor does it help to name the key that is trusted.
    put(&own.text(), &theirs.sign(&own.text()));
    lived.breaks_its_checkpoints(&[], &Fault::CheckpointRewritten { number: 2 });
    let mut verifier = Verifier::new(&[key().public()], false);
    let kept = Signed {
        statement: forged.text(),
        signature: theirs.sign(&forged.text()).to_vec(),
    };
    assert_eq!(verifier.remember(&kept), Err(KeptFault::KeyUnknown(forged.key)));
}

fn a_removed_checkpoint_is_named(database: &Database) {
    let lived = Lived::led(database);
    lived.tamper("DELETE FROM checkpoints WHERE number = 2");
    lived.breaks_its_checkpoints(&[], &Fault::CheckpointRemoved { number: 2 });
    lived.tamper("DELETE FROM checkpoint_entries WHERE number = 2");
    assert_eq!(lived.broken(), [], "nothing here tells that there was one");
    lived.breaks_its_checkpoints(&lived.kept, &Fault::OlderBackup { kept: 2, last: 1 });
}

fn a_changed_list_of_a_checkpoint_is_named(database: &Database) {
    let lived = Lived::led(database);
    lived.make_anew();
    // Whoever makes a chain anew may think of the list, too.
    let events = lived.chain_of(lived.cases[0].0);
    for anchor in &events.anchors {
        let head = events.events[usize::try_from(anchor.sequence).expect("small") - 1].hash;
        lived.tamper(&format!(
            "UPDATE checkpoint_entries SET head = {} WHERE number = {} AND case_id = {}",
            lived.bytes(&head.0),
            anchor.checkpoint,
            lived.id(lived.cases[0].0)
        ));
    }
    lived.breaks_its_checkpoints(
        &[],
        &Fault::EntriesChanged {
            number: 1,
            stated: 3,
            listed: 3,
        },
    );
}

fn an_older_backup_put_back_is_named(database: &Database) {
    let mut lived = Lived::led(database);
    lived.back_up();
    lived.hall.does(lived.cases[2], note("after the backup"));
    lived.checkpoint(&key());
    assert_eq!(lived.verified(&lived.kept, false).broken, []);
    lived.put_back();
    assert_eq!(lived.broken(), [], "it holds in itself");
    lived.breaks_its_checkpoints(&lived.kept, &Fault::OlderBackup { kept: 3, last: 2 });
    // And if life went on since, it is another one.
    let kept = lived.kept.clone();
    lived.hall.does(lived.cases[1], note("another life"));
    lived.checkpoint(&key());
    assert_eq!(lived.broken(), []);
    lived.breaks_its_checkpoints(&kept, &Fault::CheckpointNotKept { number: 3 });
}

fn a_history_signed_anew_is_named_by_what_was_kept(database: &Database) {
    let mut lived = Lived::led(database);
    let kept = lived.kept.clone();
    lived.make_anew();
    lived.tamper("DELETE FROM checkpoints; DELETE FROM checkpoint_entries");
    lived.tamper("INSERT INTO checkpoint_backlog (office_id, case_id) SELECT office_id, id FROM cases");
    lived.checkpoint(&key());
    assert_eq!(lived.broken(), [], "whoever has the key can sign anything");
    lived.breaks_its_checkpoints(&kept, &Fault::CheckpointNotKept { number: 1 });
}

fn a_changed_snapshot_is_named(database: &Database) {
    let lived = Lived::led(database);
    let count = i64::try_from(lived.chain_of(lived.cases[0].0).events.len()).expect("few");
    let case = lived.id(lived.cases[0].0);
    lived.tamper(&format!(
        "UPDATE case_states SET document = replace(document, '2026-000001', '2026-000009') WHERE case_id = {case}"
    ));
    assert_eq!(lived.broken(), [], "the chain says nothing of it");
    let broken = lived.verified(&[], true).broken;
    assert_eq!(broken[0].fault, Fault::SnapshotDiffers { sequence: count });
    lived.tamper(&format!("DELETE FROM case_states WHERE case_id = {case}"));
    lived.breaks(Fault::SnapshotDiffers { sequence: count });
}

fn no_change_is_lost_between_commands_and_checkpoints(database: &Database) {
    let hall = Hall::founded(database);
    let cases: Vec<CaseId> = (1..=4)
        .map(|number| hall.registered(&format!("2026-{number:06}")))
        .collect();
    let over = AtomicBool::new(false);
    let made = thread::scope(|scope| {
        let replica = opened(database);
        let (hall, over) = (&hall, &over);
        let making = scope.spawn(move || {
            let mut made = 0;
            loop {
                match replica.make_checkpoints(&key(), hall.now, TimeDelta::zero()) {
                    Ok(Round::Made { checkpoints, .. }) => made += checkpoints.len(),
                    Ok(Round::NotNow) => panic!("nobody else has the turn"),
                    Err(error) => panic!("{error}"),
                }
                if over.load(Ordering::Relaxed) {
                    return made;
                }
            }
        });
        let people: Vec<_> = cases
            .iter()
            .cycle()
            .take(12)
            .map(|case| {
                scope.spawn(move || (0..15).for_each(|_| drop(hall.does(*case, classify("conduct_service")))))
            })
            .collect();
        for person in people {
            person.join().expect("no panic");
        }
        over.store(true, Ordering::Relaxed);
        making.join().expect("no panic")
    });
    assert!(made > 0, "some were made meanwhile");
    hall.archive
        .make_checkpoints(&key(), hall.now, TimeDelta::zero())
        .expect("made");
    let lived = Lived {
        hand: Hand {
            database,
            case: cases[0].0,
        },
        hall,
        cases: [cases[0], cases[1], cases[2]],
        kept: Vec::new(),
    };
    let verified = lived.verified(&[], true);
    assert_eq!(verified.broken, []);
    assert_eq!(verified.offices[0].anchored, verified.offices[0].events);
    assert!(verified.offices[0].events >= 12 * 15);
}

fn replicas_take_turns(database: &Database) {
    let hall = Hall::founded(database);
    let replica = opened(database);
    hall.registered("2026-000001");
    let minutes = TimeDelta::minutes(10);
    let round = |archive: &dyn persistence::Archive, now| {
        archive.make_checkpoints(&key(), now, minutes).expect("made")
    };
    assert!(
        matches!(round(&*hall.archive, hall.now), Round::Made { checkpoints, .. } if checkpoints.len() == 1)
    );
    hall.registered("2026-000002");
    assert_eq!(round(&*replica, hall.now + TimeDelta::minutes(9)), Round::NotNow);
    let later = hall.now + minutes;
    assert!(matches!(round(&*replica, later), Round::Made { checkpoints, .. } if checkpoints.len() == 1));
    // With nothing new nothing is made, and the turn is over all the same.
    let later = later + minutes;
    assert_eq!(
        round(&*hall.archive, later),
        Round::Made {
            checkpoints: Vec::new(),
            more: false
        }
    );
    assert_eq!(round(&*replica, later), Round::NotNow);
}

fn an_export_verifies_with_the_key_alone(database: &Database) {
    let lived = Lived::led(database);
    let other = Hall::of(lived.hall.archive.clone(), "other");
    other.registered("2026-000001");
    let export = |offices: &[&str]| {
        let mut chains = open_chains(&database.url().parse().expect("a URL")).expect("opened");
        let way = Way {
            offices: offices.iter().map(|code| (*code).to_owned()).collect(),
            documents: false,
        };
        let mut bytes = Vec::new();
        let mut writer = file::Writer::begin(&mut bytes, way.offices.is_empty()).expect("begun");
        walk::<StoreError>(&mut *chains, &way, |item| {
            writer
                .item(item)
                .map_err(|error| StoreError::Failed(error.into()))
        })
        .expect("walked");
        writer.end().expect("ended");
        bytes
    };
    let read = |bytes: &[u8], kept: &[Signed]| {
        let mut verifier = Verifier::new(&[key().public()], false);
        for kept in kept {
            verifier.remember(kept).expect("it is signed");
        }
        let whole = file::read(bytes, |item| verifier.take(item))?;
        Ok::<Verified, file::FileError>(verifier.finish(whole))
    };
    let all = export(&[]);
    let found = read(&all, &lived.kept).expect("read");
    assert_eq!(found.offices.len(), 2);
    assert_eq!(found.broken, []);
    assert_eq!(found.offices.iter().map(|office| office.cases).sum::<u64>(), 4);

    let theirs = export(&["other"]);
    assert!(!String::from_utf8_lossy(&theirs).contains(&lived.hall.office.to_string()));
    let found = read(&theirs, &lived.kept).expect("read");
    assert_eq!(found.offices.len(), 1);
    assert_eq!(found.broken, []);

    let cut = &all[..all.len() - 20];
    assert!(read(cut, &[]).is_err());
    let lines: Vec<&[u8]> = all.split_inclusive(|byte| *byte == b'\n').collect();
    let cut = lines[..lines.len() - 1].concat();
    assert!(matches!(read(&cut, &[]), Err(file::FileError::CutOff)));
    assert!(matches!(read(b"{}", &[]), Err(file::FileError::NotOne)));

    // A file that was changed on its way.
    let text = String::from_utf8(all).expect("text");
    let head = lived
        .chain_of(lived.cases[2].0)
        .head
        .expect("it has a head")
        .to_string();
    let changed = text.replace(&head, &Hash([0; 32]).to_string());
    let broken = read(changed.as_bytes(), &[]).expect("read").broken;
    assert_eq!(broken[0].case, Some(lived.cases[2].0), "{broken:#?}");
}

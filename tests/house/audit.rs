//! What the house shows of its own proof, and to whom.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::TimeDelta;
use people::matter::{HALL, INTAKE, hall_complaint};
use people::{Database, House, OPENING, archive_of, on_both};
use persistence::chain::{Hash, link};
use persistence::checkpoint::{CheckpointKey, PublicKey, Round, Signed};

on_both!(
    an_event_shows_its_bytes_and_what_anchors_it,
    checkpoints_are_shown_to_who_sees_the_office,
);

const UNIT_HANDLER: &str = "tobacco_supervision.unit_handler";

fn checkpoint(database: &Database) -> usize {
    let key = CheckpointKey::new(&[7; 32]);
    let opening = OPENING.parse().expect("an instant");
    match archive_of(database, OPENING).make_checkpoints(&key, opening, TimeDelta::zero()) {
        Ok(Round::Made { checkpoints, .. }) => checkpoints.len(),
        other => panic!("{other:?}"),
    }
}

fn an_event_shows_its_bytes_and_what_anchors_it(database: &Database) {
    let house = House::open(database);
    let officer = house.person(HALL);
    let case = officer.registers(&hall_complaint());
    let event = |number: u64| format!("/cases/{}/events/{number}", case.id);
    let record = officer.get(&event(2)).expect(200);
    assert!(record["checkpoint"].is_null(), "nothing anchors it yet: {record}");
    let body = STANDARD.decode(record.text("/body")).expect("base64");
    let hash = |pointer| Hash::try_from(record.text(pointer).to_owned()).expect("a hash");
    assert_eq!(link(&hash("/event/previous_hash").0, &body), hash("/event/hash"));
    let first = officer.get(&event(1)).expect(200);
    assert_eq!(first.text("/event/hash"), record.text("/event/previous_hash"));

    assert!(checkpoint(database) > 0);
    let record = officer.get(&event(2)).expect(200);
    let signed: Signed = serde_json::from_value(record["checkpoint"].clone()).expect("a checkpoint");
    let keys = house.stranger().get("/audit-keys").expect(200);
    let public = PublicKey::read(keys.text("/items/0/public_key")).expect("a key");
    assert_eq!(public.id(), keys.text("/items/0/key_id"));
    assert!(public.signed(&signed.statement, &signed.signature));
    assert_eq!(signed.hash().to_string(), record.text("/checkpoint/hash"));
    assert_eq!(record["checkpoint"]["checkpoint_no"], 1);

    for missing in ["0", "10000", "-1", "one", "18446744073709551616"] {
        officer
            .get(&format!("/cases/{}/events/{missing}", case.id))
            .expect(404);
    }
    house.person(INTAKE).get(&event(2)).expect(404);
}

fn checkpoints_are_shown_to_who_sees_the_office(database: &Database) {
    let house = House::open(database);
    let officer = house.person(HALL);
    assert_eq!(officer.get("/checkpoints").expect(200).list("/items").len(), 0);
    for _ in 0..3 {
        officer.registers(&hall_complaint());
        checkpoint(database);
    }
    let page = officer.get("/checkpoints?limit=2").expect(200);
    let numbers = |page: &people::Answer| -> Vec<u64> {
        let items = page.list("/items").iter();
        items.filter_map(|item| item["checkpoint_no"].as_u64()).collect()
    };
    assert_eq!(numbers(&page), [3, 2]);
    let next = format!("/checkpoints?limit=2&cursor={}", page.text("/next_cursor"));
    let last = officer.get(&next).expect(200);
    assert_eq!((numbers(&last), last["next_cursor"].is_null()), (vec![1], true));
    let one = officer.get("/checkpoints/2").expect(200);
    assert_eq!(one.body(), &page["items"][1]);
    assert_eq!(one["changed_cases"], 1);
    officer.get("/checkpoints/4").expect(404);
    // Another office's are its own, and tell nothing of this one.
    let clerk = house.person(INTAKE);
    let theirs = clerk.get("/checkpoints").expect(200);
    assert!(theirs.list("/items").len() <= 1, "{theirs}");
    clerk.get("/checkpoints/3").expect(404);
    let handler = house.person(UNIT_HANDLER);
    handler.get("/checkpoints").expect(403);
    handler.get("/checkpoints/1").expect(403);
}

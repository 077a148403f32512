//! What one is told: by whose duty it becomes, by what is late, and only as long as one may see the case.

use std::collections::BTreeSet;

use people::matter::{INTAKE, tobacco_complaint};
use people::{Case, Database, House, OPENING, Person, archive_of, new_key, nothing, on_both};
use serde_json::{Value, json};

use crate::archive::place::by_hand;

on_both!(
    what_one_is_told_is_listed_read_and_counted,
    what_was_read_long_ago_is_thrown_away_and_nothing_else,
);

const OFFICER: &str = "tobacco_supervision.first_responsible_person";

fn is_sent(house: &House) -> Case {
    let clerk = house.person(INTAKE);
    let unit = house.person(OFFICER).get("/session").expect(200);
    let case = clerk.registers(&tobacco_complaint());
    clerk.does("accept_case", &case, &nothing());
    clerk.does("request_instruction", &case, &nothing());
    house.person("tobacco_supervision.supervising_leader").does(
        "give_instruction",
        &case,
        &json!({"text": "请查清。"}),
    );
    let task =
        json!({"unit_id": unit.text("/unit_id"), "role": "lead", "task": "查明原因", "standard": "退款"});
    clerk.does(
        "dispatch_case",
        &case,
        &json!({"units": [task], "sent_through": "fax"}),
    );
    case
}

/// All notifications of a person that are unread, newest first, turning pages.
fn unread(person: &Person) -> Vec<Value> {
    let mut all = Vec::new();
    let mut next = "/notifications?unread=true&limit=1".to_owned();
    loop {
        let page = person.get(&next).expect(200);
        all.extend(page.list("/items").iter().cloned());
        match page["next_cursor"].as_str() {
            Some(cursor) => next = format!("/notifications?unread=true&limit=1&cursor={cursor}"),
            None => return all,
        }
    }
}

fn kinds(told: &[Value]) -> BTreeSet<&str> {
    told.iter()
        .map(|one| one["kind"].as_str().expect("a kind"))
        .collect()
}

fn what_one_is_told_is_listed_read_and_counted(database: &Database) {
    let house = House::open(database);
    let officer = house.person(OFFICER);
    assert!(unread(&officer).is_empty());
    let case = is_sent(&house);
    let told = unread(&officer);
    let [one] = &told[..] else { panic!("{told:#?}") };
    assert_eq!(one["kind"], "duty_assigned");
    assert_eq!(one["case_id"], case.id.as_str());
    assert!(
        one["case_no"].is_string() && one["clause"]["number"].is_string(),
        "{one:#}"
    );
    let duty = one["duty_id"].as_str().expect("a duty");
    officer
        .get(&format!("/cases/{}/duties/{duty}", case.id))
        .expect(200);
    assert!(unread(&house.person("tobacco_supervision.first_responsible_person.2")).is_empty());
    assert!(unread(&house.person(INTAKE)).is_empty(), "his own doing");

    // What is late is urged, and then shown to the superior.
    house.set_clock("2026-09-30T18:00");
    let told = unread(&officer);
    assert!(kinds(&told).contains("urged"), "{told:#?}");
    let counted = officer.get("/notifications?count=true").expect(200);
    assert_eq!(counted["counts"]["unread"]["value"], told.len());

    // Marked by name, and then all up to one; again it is the same.
    let id = |one: &Value| one["id"].as_str().expect("an id").to_owned();
    let oldest = id(told.last().expect("some"));
    let left = officer
        .post("/notification-readings", &json!({"ids": [oldest]}))
        .expect(200);
    assert_eq!(left["unread"]["value"], told.len() - 1);
    let newest = json!({"up_to": id(&told[0])});
    let key = new_key();
    let none = officer
        .post("/notification-readings", &newest)
        .key(&key)
        .expect(200);
    assert_eq!(none["unread"]["value"], 0);
    let again = officer
        .post("/notification-readings", &newest)
        .key(&key)
        .expect(200);
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    let read = officer.get("/notifications?unread=false&limit=100").expect(200);
    assert_eq!(read.list("/items").len(), told.len());
    assert!(read.list("/items").iter().all(|one| one["read_at"].is_string()));
    for bad in [
        json!({}),
        json!({"ids": [oldest], "up_to": oldest}),
        json!({"ids": []}),
    ] {
        officer
            .post("/notification-readings", &bad)
            .is_problem(422, "body_invalid");
    }
    // Nobody marks what is another's.
    let leader = house.person("tobacco_supervision.supervising_leader");
    leader
        .post("/notification-readings", &json!({"ids": [oldest]}))
        .expect(200);

    // Who may no longer see the case is told nothing of it.
    by_hand(database, "DELETE FROM case_sight");
    let nothing = officer.get("/notifications?count=true").expect(200);
    assert!(nothing.list("/items").is_empty());
    assert_eq!(nothing["counts"]["unread"]["value"], 0);
}

/// Throws away what was read before this instant; how many there were.
fn prunes(database: &Database, read_before: &str) -> usize {
    let archive = archive_of(database, OPENING);
    let before = read_before
        .parse::<chrono::DateTime<chrono::FixedOffset>>()
        .expect("an instant")
        .to_utc();
    let (mut all, mut behind) = (0, None);
    loop {
        let (pruned, end) = archive.prune_notifications(before, behind).expect("pruned");
        all += pruned;
        if end.is_none() {
            return all;
        }
        assert_ne!(end, behind, "it goes on");
        behind = end;
    }
}

fn what_was_read_long_ago_is_thrown_away_and_nothing_else(database: &Database) {
    const LATER: &str = "2026-12-01T00:00:00+08:00";
    let house = House::open(database);
    let officer = house.person(OFFICER);
    is_sent(&house);
    is_sent(&house);
    let told = unread(&officer);
    assert_eq!(told.len(), 2, "{told:#?}");
    assert_eq!(prunes(database, LATER), 0, "nobody has read any");
    officer
        .post("/notification-readings", &json!({"ids": [told[1]["id"]]}))
        .expect(200);
    assert_eq!(prunes(database, OPENING), 0, "it was read just now");
    let others: usize = prunes(database, LATER);
    assert_eq!(others, 1, "the one that was read");
    let left = officer.get("/notifications?limit=100").expect(200);
    assert_eq!(left.list("/items"), [told[0].clone()]);
    assert_eq!(prunes(database, LATER), 0);
}

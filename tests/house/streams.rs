//! The worklist as it changes: every change once, in order, from any replica, and to nobody who may not see it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;
use std::thread;

use people::matter::{INTAKE, tobacco_complaint, tobacco_report};
use people::{
    Ask, Case, Database, Heard, House, Listener, OPENING, Person, all_of, archive_of, nothing, on_both,
};
use serde_json::{Value, json};

on_both!(
    who_comes_back_has_heard_everything_once_and_in_order,
    who_may_not_see_a_case_hears_nothing_of_it,
    a_stream_ends_with_its_session_and_with_what_its_caller_may,
    what_is_too_long_ago_or_too_much_is_refused,
);

/// The kinds of events that say what happened to a duty.
const OF_DUTIES: [&str; 4] = ["DutyOpened", "DutyMoved", "DutyDischarged", "DutyLapsed"];

/// Listens to the duties of this scope.
#[track_caller]
fn listens(house: &House, user_name: &str, scope: &str, last: Option<&str>) -> Listener {
    let mut listener = Listener::open(house, user_name, &format!("/duties/stream?scope={scope}"), last);
    // From here on nothing is missed.
    assert!(matches!(listener.hears_anything(), Heard::Alive), "the first id");
    assert!(listener.id.is_some());
    listener
}

fn case_of(data: &Value) -> String {
    data["duty"]["case_id"].as_str().expect("a case").to_owned()
}

/// What happened to the duties of a case, as its history has it.
fn history(person: &Person, case: &Case) -> Vec<u64> {
    all_of(person, &format!("/cases/{}/events", case.id))
        .iter()
        .filter(|event| OF_DUTIES.contains(&event["event_type"].as_str().expect("a type")))
        .map(|event| event["sequence"].as_u64().expect("a number"))
        .collect()
}

fn who_comes_back_has_heard_everything_once_and_in_order(database: &Database) {
    const WRITERS: usize = 3;
    const CASES: usize = 4;
    let houses = [House::open(database), House::open(database)];
    let last: OnceLock<String> = OnceLock::new();
    // Opened before anything happens; what comes later is not missed however late it is read.
    let mut listener = listens(&houses[0], INTAKE, "office", None);
    let (cases, heard) = thread::scope(|scope| {
        let (houses, last) = (&houses, &last);
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| {
                scope.spawn(move || {
                    let clerk = houses[writer % 2].person(INTAKE);
                    let works = |_| {
                        let case = clerk.registers(&tobacco_complaint());
                        clerk.does("accept_case", &case, &nothing());
                        clerk.does("request_instruction", &case, &nothing());
                        case
                    };
                    (0..CASES).map(works).collect::<Vec<Case>>()
                })
            })
            .collect();
        let listening = scope.spawn(move || {
            let (mut heard, mut dice, mut left): (Vec<(String, u64)>, usize, usize) = (Vec::new(), 7, 5);
            loop {
                if let Heard::Event(name, data) = listener.hears_anything() {
                    assert!(name.starts_with("duty_"), "{name}");
                    heard.push((case_of(&data), data["sequence"].as_u64().expect("a number")));
                    left -= 1;
                }
                let ended = |last: &String| heard.iter().any(|(case, _)| case == last);
                if last.get().is_some_and(ended) {
                    return heard;
                }
                if left == 0 {
                    dice = (dice * 1103 + 12345) % 65536;
                    left = 1 + dice % 9;
                    let id = listener.id.clone();
                    listener = listens(&houses[dice % 2], INTAKE, "office", id.as_deref());
                }
            }
        });
        let cases: Vec<Case> = writers
            .into_iter()
            .flat_map(|writer| writer.join().expect("no panic"))
            .collect();
        let end = houses[1].person(INTAKE).registers(&tobacco_complaint());
        last.set(end.id).expect("once");
        (cases, listening.join().expect("no panic"))
    });
    let mut told: BTreeMap<&str, Vec<u64>> = BTreeMap::new();
    for (case, sequence) in &heard {
        told.entry(case).or_default().push(*sequence);
    }
    let clerk = houses[0].person(INTAKE);
    assert_eq!(cases.len(), WRITERS * CASES);
    for case in &cases {
        assert_eq!(told[case.id.as_str()], history(&clerk, case), "{}", case.id);
    }
}

/// Takes a matter in and sends it to the unit of this officer.
fn is_sent(house: &House, officer: &Person) -> Case {
    let clerk = house.person(INTAKE);
    let unit = officer.get("/session").expect(200).text("/unit_id").to_owned();
    let case = clerk.registers(&tobacco_complaint());
    clerk.does("accept_case", &case, &nothing());
    clerk.does("request_instruction", &case, &nothing());
    house.person("tobacco_supervision.supervising_leader").does(
        "give_instruction",
        &case,
        &json!({"text": "请查清。"}),
    );
    let task = json!({"unit_id": unit, "role": "lead", "task": "查明原因", "standard": "退款"});
    clerk.does(
        "dispatch_case",
        &case,
        &json!({"units": [task], "sent_through": "fax"}),
    );
    case
}

fn who_may_not_see_a_case_hears_nothing_of_it(database: &Database) {
    const OFFICER: &str = "tobacco_supervision.first_responsible_person";
    let house = House::open(database);
    let officer = house.person(OFFICER);
    let mut everything = listens(&house, OFFICER, "office", None);
    let mut mine = listens(&house, OFFICER, "mine", None);
    let clerk = house.person(INTAKE);
    let hidden = [
        clerk.registers(&tobacco_complaint()),
        clerk.registers(&tobacco_report()),
    ];
    let seen = is_sent(&house, &officer);
    let hidden_too = clerk.registers(&tobacco_complaint());
    let last = is_sent(&house, &officer);
    let mut ids = BTreeSet::new();
    let mut cases = BTreeSet::new();
    while !cases.contains(&last.id) {
        let (_, data) = everything.hears();
        cases.insert(case_of(&data));
        let id = everything.id.clone().expect("an id");
        assert_eq!(id.len(), 64, "it says nothing by its length: {id}");
        assert!(ids.insert(id));
    }
    assert_eq!(cases, BTreeSet::from([seen.id.clone(), last.id.clone()]));
    for case in hidden.iter().chain([&hidden_too]) {
        officer
            .get(&format!("/cases/{}", case.id))
            .is_problem(404, "not_found");
    }
    // Of the same, what is asked for: the officer's own, and what moved.
    let (mut own, me) = (BTreeSet::new(), officer.get("/session").expect(200));
    let me = me.text("/staff_id").to_owned();
    while !own.contains(&last.id) {
        let (name, data) = mine.hears();
        if data["in_scope"] == true {
            assert_eq!(data["duty"]["holder"]["staff_id"], me.as_str(), "{data}");
            own.insert(case_of(&data));
        } else {
            assert_eq!(name, "duty_moved", "{data}");
        }
    }
}

fn a_stream_ends_with_its_session_and_with_what_its_caller_may(database: &Database) {
    const COLLEAGUE: &str = "tobacco_supervision.intake_officer.2";
    let house = House::open(database);
    let colleague = house.person(COLLEAGUE);
    let staff = colleague.get("/session").expect(200).text("/staff_id").to_owned();
    let listener = listens(&house, COLLEAGUE, "office", None);
    let administrator = house.person("tobacco_supervision.administrator");
    let known = administrator.get(&format!("/staff/{staff}")).expect(200);
    let version = known.version().expect("a version");
    administrator
        .ask("PATCH", &format!("/staff/{staff}"))
        .json(&json!({"positions": ["intake_officer", "rectification_office_head"]}))
        .if_match(version)
        .expect(200);
    house.person(INTAKE).registers(&tobacco_complaint());
    assert_eq!(listener.reason_of_end(), "permissions_changed");

    let listener = listens(&house, COLLEAGUE, "office", None);
    colleague.ask("DELETE", "/session").expect(204);
    house.person(INTAKE).registers(&tobacco_complaint());
    assert_eq!(listener.reason_of_end(), "session_ended");
}

/// Comes back to a stream.
fn comes_back<'h>(who: &Person<'h>, scope: &str, id: &str) -> Ask<'h> {
    who.get(&format!("/duties/stream?scope={scope}"))
        .header("Last-Event-ID", id)
}

fn what_is_too_long_ago_or_too_much_is_refused(database: &Database) {
    let house = House::open(database);
    let clerk = house.person(INTAKE);
    let mut listener = listens(&house, INTAKE, "office", None);
    clerk.registers(&tobacco_complaint());
    listener.hears();
    let id = listener.id.clone().expect("an id");
    // An id is one caller's and one question's.
    let colleague = house.person("tobacco_supervision.intake_officer.2");
    comes_back(&colleague, "office", &id).is_problem(400, "cursor_invalid");
    comes_back(&clerk, "mine", &id).is_problem(400, "cursor_invalid");
    comes_back(&clerk, "office", "7").is_problem(400, "cursor_invalid");

    let many: Vec<Listener> = (1..8).map(|_| listens(&house, INTAKE, "office", None)).collect();
    clerk.get("/duties/stream").is_problem(429, "too_many_requests");
    drop(many);

    let archive = archive_of(database, OPENING);
    let opening: chrono::DateTime<chrono::FixedOffset> = OPENING.parse().expect("an instant");
    let later = opening.to_utc() + chrono::TimeDelta::days(1);
    assert!(archive.prune_outbox(later).expect("pruned") > 0);
    comes_back(&clerk, "office", &id).is_problem(409, "resume_point_gone");
}

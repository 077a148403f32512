//! A rulebook in the life of an office: written, checked, approved by another, taken into use from a day on; and the
//! cases that began before stay under what they began with.

use api::demo::OPERATOR;
use people::matter::{HALL, hall_complaint};
use people::{Answer, Case, Database, House, Person, duty, new_key, on_both};
use serde_json::{Value, json};

on_both!(
    a_version_is_written_approved_and_taken_into_use,
    what_cannot_stand_is_told_line_by_line,
    a_script_is_played_and_nothing_stays,
    the_clauses_say_where_they_bite,
);

const ADMINISTRATOR: &str = "service_hall.administrator";
const HERE: &str = "/rulebooks/cn.service_hall/versions";

/// The shipped text as another version, in which an answer is owed sooner.
fn sooner(administrator: &Person) -> String {
    let shipped = administrator.get(&format!("{HERE}/1.0.0")).expect(200);
    assert_eq!(shipped["state"], "active", "{shipped}");
    assert_eq!(shipped["shipped"], true);
    assert_eq!(shipped.list("/findings").len(), 0);
    let text = shipped.text("/text");
    assert!(text.contains("\"1.0.0\"") && text.contains("\"15 working days\""));
    text.replacen("\"1.0.0\"", "\"1.1.0\"", 1)
        .replace("\"15 working days\"", "\"10 working days\"")
        .replace(
            "within 15 working days of receipt",
            "within 10 working days of receipt",
        )
}

fn drafts(administrator: &Person, text: &str) -> Answer {
    administrator
        .post("/rulebooks", &json!({ "text": text }))
        .key(&new_key())
        .expect(201)
}

/// Does something to the version 1.1.0 at this revision.
fn does<'h>(person: &Person<'h>, what: &str, revision: i64, body: &Value) -> people::Ask<'h> {
    let path = format!("{HERE}/1.1.0/{what}");
    let ask = person.ask("POST", &path).if_match(revision).key(&new_key());
    if body.is_null() { ask } else { ask.json(body) }
}

fn a_version_is_written_approved_and_taken_into_use(database: &Database) {
    let house = House::open(database);
    house.set_clock("2026-09-17T09:00");
    let administrator = house.person(ADMINISTRATOR);
    let operator = house.person(OPERATOR);
    let text = sooner(&administrator);

    // Whoever holds only a position neither writes nor reads drafts.
    let officer = house.person(HALL);
    officer
        .post("/rulebooks", &json!({ "text": text }))
        .key(&new_key())
        .is_problem(403, "not_permitted");
    officer.get(HERE).is_problem(403, "not_permitted");

    let draft = drafts(&administrator, &text);
    assert_eq!(draft["state"], "draft");
    assert_eq!(draft["version"], "1.1.0");
    administrator
        .post("/rulebooks", &json!({ "text": text }))
        .key(&new_key())
        .is_problem(409, "code_taken");
    house
        .person("tobacco_supervision.administrator")
        .get(&format!("{HERE}/1.1.0"))
        .is_problem(404, "not_found");
    let revised = administrator
        .ask("PUT", &format!("{HERE}/1.1.0"))
        .json(&json!({ "text": format!("{text}\n# 修订\n") }))
        .if_match(1)
        .expect(200);
    assert_eq!(revised["revision"], 2);

    // It is put up for review, sent back, put up again; whoever wrote it does not approve it.
    does(&administrator, "activation", 2, &json!({ "from": "2026-09-18" })).is_problem(409, "wrong_state");
    does(&administrator, "submission", 1, &Value::Null).is_problem(412, "version_stale");
    does(&administrator, "submission", 2, &Value::Null).expect(200);
    let approve = json!({ "decision": "approve" });
    does(&administrator, "decision", 3, &approve).is_problem(409, "separation_of_duties");
    does(&operator, "decision", 3, &json!({ "decision": "send_back" })).is_problem(422, "body_invalid");
    let back = json!({ "decision": "send_back", "reason": "请说明依据。" });
    let sent_back = does(&operator, "decision", 3, &back).expect(200);
    assert_eq!(sent_back["state"], "draft");
    assert_eq!(sent_back["reason"], "请说明依据。");
    does(&administrator, "submission", 4, &Value::Null).expect(200);
    let approved = does(&operator, "decision", 5, &approve).expect(200);
    assert_eq!(approved["state"], "approved");
    administrator
        .ask("PUT", &format!("{HERE}/1.1.0"))
        .json(&json!({ "text": text }))
        .if_match(6)
        .is_problem(409, "wrong_state");

    // From tomorrow on new cases fall under it; what began before stays under what it began with.
    let old = officer.registers(&hall_complaint());
    does(&administrator, "activation", 6, &json!({ "from": "2026-09-16" }))
        .is_problem(409, "times_out_of_order");
    does(&administrator, "activation", 6, &json!({ "from": "2026-09-18" })).expect(200);
    let today = officer.registers(&hall_complaint());
    assert_eq!(officer.sees(&today)["rulebook"]["version"], "1.0.0");
    house.set_clock("2026-09-18T09:00");
    let (administrator, officer) = (house.person(ADMINISTRATOR), house.person(HALL));
    let new = officer.registers(&hall_complaint());
    let seen = officer.sees(&new);
    assert_eq!(seen["rulebook"]["version"], "1.1.0", "{seen}");
    let versions = administrator.get(HERE).expect(200);
    let states: Vec<(&Value, &Value)> = versions
        .list("/items")
        .iter()
        .map(|item| (&item["version"], &item["state"]))
        .collect();
    assert_eq!(
        states,
        [
            (&json!("1.0.0"), &json!("superseded")),
            (&json!("1.1.0"), &json!("active"))
        ]
    );
    assert_eq!(
        duty(&officer.sees(&old), "finish_and_tell")["due_on"],
        "2026-10-14"
    );
    assert_eq!(
        duty(&seen, "finish_and_tell")["due_on"],
        "2026-10-09",
        "ten working days"
    );
    officer.does(
        "serve_notice",
        &old,
        &json!({ "kind": "process_notice", "text": "已告知办理程序。", "channel": "visit" }),
    );
    let seen = officer.sees(&old);
    assert_eq!(seen["rulebook"]["version"], "1.0.0");
    assert_eq!(duty(&seen, "finish_and_tell")["due_on"], "2026-10-14");

    are_told_in_their_own_words(&officer, &old, &new);

    // Unless somebody moves it, on record.
    is_moved(&administrator, &officer, &old);

    // Another replica, which never read it, handles the case under it too.
    let other = House::open_at(database, "2026-09-18T10:00:00+08:00");
    let officer = other.person(HALL);
    assert_eq!(officer.sees(&new)["rulebook"]["version"], "1.1.0");
    officer.does(
        "serve_notice",
        &new,
        &json!({ "kind": "process_notice", "text": "已告知办理程序。", "channel": "visit" }),
    );
}

/// A list of two cases tells each in the words of the version that it lives under.
fn are_told_in_their_own_words(officer: &Person, old: &Case, new: &Case) {
    let listed = officer
        .get("/duties?scope=office&limit=100")
        .language("en")
        .expect(200);
    let words = |case: &Case| {
        let mut items = listed.list("/items").iter();
        let owed =
            items.find(|duty| duty["case_id"] == case.id.as_str() && duty["kind"] == "finish_and_tell");
        owed.unwrap_or_else(|| panic!("{listed}"))["clause"]["paraphrase"].clone()
    };
    assert_eq!(words(old), "Finished and told within 15 working days of receipt");
    assert_eq!(words(new), "Finished and told within 10 working days of receipt");
}

/// An administrator moves a case to the new version; nobody else may, and not to one that is not there.
fn is_moved(administrator: &Person, officer: &Person, case: &Case) {
    let to = json!({ "rulebook_code": "cn.service_hall", "version": "1.1.0", "reason": "对投诉人更有利。" });
    officer
        .tries("move_case_to_version", case, &to)
        .is_problem(403, "not_permitted");
    let unknown = json!({ "rulebook_code": "cn.service_hall", "version": "9.9.9", "reason": "?" });
    administrator
        .tries("move_case_to_version", case, &unknown)
        .is_problem(409, "reference_unknown");
    administrator.tries("move_case_to_version", case, &to).expect(200);
    let seen = officer.sees(case);
    assert_eq!(seen["rulebook"]["version"], "1.1.0");
    assert_eq!(duty(&seen, "finish_and_tell")["due_on"], "2026-10-08");
    let history = officer
        .get(&format!("/cases/{}/events?limit=100", case.id))
        .expect(200);
    let mut moves = history.list("/items").iter();
    assert!(
        moves.any(|event| event["event_type"] == "MovedToVersion"),
        "{history}"
    );
}

fn what_cannot_stand_is_told_line_by_line(database: &Database) {
    let house = House::open(database);
    let administrator = house.person(ADMINISTRATOR);
    let text = sooner(&administrator);
    let check = |text: &str| {
        administrator
            .post("/rulebook-checks", &json!({ "text": text }))
            .expect(200)
    };
    assert_eq!(check(&text)["passed"], true);
    let wrong = text.replacen("owes   = \"registration\"", "owes   = \"registraton\"", 1);
    let found = check(&wrong);
    assert_eq!(found["passed"], false);
    assert_eq!(found["findings"][0]["closest"], "registration", "{found}");
    assert_eq!(found["findings"][0]["code"], "unknown_word");
    assert_eq!(found["findings"][0]["severity"], "error");
    assert_eq!(
        found["findings"][0]["path"],
        json!([]),
        "it shows in the text alone"
    );
    assert!(found["findings"][0]["line"].as_u64() > Some(10));
    administrator
        .post("/rulebooks", &json!({ "text": wrong }))
        .key(&new_key())
        .is_problem(422, "data_faulty")
        .points_at("/text", "line_faulty");
    // What can be read but does not fit together is a draft, and goes no further.
    let astray = text.replace("R04-11\"\nwho", "R04-99\"\nwho");
    assert_ne!(astray, text);
    let draft = drafts(&administrator, &astray);
    assert!(!draft.list("/findings").is_empty(), "{draft}");
    does(&administrator, "submission", 1, &Value::Null)
        .is_problem(409, "check_failed")
        .points_at("/text", "line_faulty");
    // What fits together is played: where nobody could go on, the way there is told.
    let stuck =
        format!("{text}\n[[gate]]\nbefore = \"acceptance\"\nneeds = [\"opinion\"]\nclause = \"R04-8\"\n");
    let played = check(&stuck);
    assert_eq!(played["passed"], false, "{played}");
    let found = &played["findings"][0];
    assert_eq!(found["code"], "nobody_can_act", "{played}");
    assert_eq!(found["path"][0]["by"], "complaint_officer", "{played}");
    let deeds: Vec<&str> = found["path"]
        .as_array()
        .expect("a path")
        .iter()
        .filter_map(|step| step["deed"].as_str())
        .collect();
    assert_eq!(deeds[0], "receipt", "{deeds:?}");
    administrator
        .ask("PUT", &format!("{HERE}/1.1.0"))
        .json(&json!({ "text": stuck }))
        .if_match(1)
        .expect(200);
    let refused = does(&administrator, "submission", 2, &Value::Null).is_problem(409, "check_failed");
    let told = &refused.zh["errors"][0];
    assert_eq!(told["params"]["flaw"], "nobody_can_act", "{told}");
    assert!(
        told["params"]["path"]
            .as_str()
            .is_some_and(|path| path.starts_with("receipt by")),
        "{told}"
    );
    // The schema is there for anybody's editor.
    let schema = house.stranger().get("/rulebook-schema").expect(200);
    assert_eq!(schema["additionalProperties"], false);
}

fn a_script_is_played_and_nothing_stays(database: &Database) {
    let house = House::open(database);
    let administrator = house.person(ADMINISTRATOR);
    let script = json!({
        "text": sooner(&administrator),
        "steps": [
            { "at": "2026-09-17 09:12", "by": "complaint_officer", "do": "register_case", "with": hall_complaint() },
            { "by": "complaint_officer", "do": "accept_case" },
        ],
    });
    let run = administrator.post("/rulebook-dry-runs", &script).expect(200);
    assert_eq!(run["rulebook_version"], "1.1.0");
    assert_eq!(run["steps"][0]["status"], "registered");
    assert_eq!(run["steps"][1]["refusal"]["code"], "gate_closed");
    assert_eq!(run["cases"][0]["status"], "registered");
    assert_eq!(
        house
            .person(HALL)
            .get("/cases?limit=1")
            .expect(200)
            .list("/items")
            .len(),
        0
    );
    let stored = json!({ "rulebook_code": "cn.service_hall", "version": "1.0.0", "steps": script["steps"] });
    administrator.post("/rulebook-dry-runs", &stored).expect(200);
    house
        .person(HALL)
        .post("/rulebook-dry-runs", &stored)
        .is_problem(403, "not_permitted");
}

fn the_clauses_say_where_they_bite(database: &Database) {
    let house = House::open(database);
    let officer = house.person(HALL);
    let mut seen = Vec::new();
    let mut next = "/rulebooks/cn.service_hall/clauses?limit=7".to_owned();
    loop {
        let page = officer.get(&next).expect(200);
        seen.extend(page.list("/items").to_vec());
        let Some(cursor) = page["next_cursor"].as_str() else {
            break;
        };
        next = format!("/rulebooks/cn.service_hall/clauses?limit=7&cursor={cursor}");
    }
    let finish = seen
        .iter()
        .find(|clause| clause["number"] == "R04-11")
        .expect("it is listed");
    assert_eq!(finish["class"], "E");
    let rules = finish["rules"].as_array().expect("a list");
    assert!(
        rules.contains(&json!({ "section": "duty", "rule": "finish_and_tell" })),
        "{finish}"
    );
    assert!(
        seen.iter()
            .any(|clause| clause["rulebook_code"] == "huiyin.floor")
    );
}

//! The recorded cases of an office under a draft: which due dates, verdicts and escalations would differ.

use people::matter::{HALL, hall_complaint};
use people::{Answer, Database, House, Person, nothing, on_both};
use serde_json::{Value, json};

on_both!(
    a_shorter_limit_shows_in_every_case,
    progress_is_told_while_a_comparison_runs,
);

const ADMINISTRATOR: &str = "service_hall.administrator";
const COMPARISONS: &str = "/rulebook-comparisons";

/// The hall's rulebook with ten working days for fifteen, and a step once they are over.
fn shorter(administrator: &Person) -> String {
    let shipped = administrator
        .get("/rulebooks/cn.service_hall/versions/1.0.0")
        .expect(200);
    let step = "[[escalation]]\nclause = \"R04-11\"\nlate = [\"finish_and_tell\"]\nat = \"when due\"\n\
                urge = \"complaint_officer\"\n";
    let text = shipped
        .text("/text")
        .replacen("\"1.0.0\"", "\"1.1.0\"", 1)
        .replace("\"15 working days\"", "\"10 working days\"");
    format!("{text}\n{step}")
}

/// The lines of a comparison.
fn lines(answer: &Answer) -> Vec<Value> {
    assert_eq!(answer.header("content-type"), Some("application/x-ndjson"));
    let text = std::str::from_utf8(&answer.bytes).expect("it is text");
    text.lines()
        .map(|line| serde_json::from_str(line).expect("each line is JSON"))
        .collect()
}

fn a_shorter_limit_shows_in_every_case(database: &Database) {
    let house = House::open(database);
    house.set_clock("2026-09-17T09:12");
    let officer = house.person(HALL);
    let old = officer.registers(&hall_complaint());
    officer.does(
        "serve_notice",
        &old,
        &json!({ "kind": "process_notice", "text": "已告知办理程序。", "channel": "visit" }),
    );
    officer.does("classify_case", &old, &json!({ "category": "facilities" }));
    officer.does("accept_case", &old, &nothing());
    house.set_clock("2026-10-12T09:00");
    let (officer, administrator) = (house.person(HALL), house.person(ADMINISTRATOR));
    let new = officer.registers(&hall_complaint());

    let text = shorter(&administrator);
    let answer = administrator
        .post(COMPARISONS, &json!({ "text": text }))
        .expect(200);
    let told = lines(&answer);
    let [newer, older, last] = &told[..] else {
        panic!("{told:#?}")
    };
    assert_eq!(newer["case"]["case_id"], new.id.as_str());
    assert_eq!(older["case"]["case_id"], old.id.as_str());
    assert!(
        older["case"]["case_no"]
            .as_str()
            .is_some_and(|no| no.starts_with("2026-"))
    );
    let [duty] = &older["case"]["differences"].as_array().expect("a list")[..] else {
        panic!("{older:#}")
    };
    assert_eq!(
        (&duty["kind"], &duty["name"]),
        (&json!("duty"), &json!("finish_and_tell"))
    );
    assert_eq!(duty["now"]["clause"]["number"], "R04-11");
    assert_eq!(duty["now"]["due_on"], "2026-10-14");
    assert_eq!(duty["then"]["due_on"], "2026-10-08");
    assert_eq!(
        (&duty["now"]["verdict"], &duty["then"]["verdict"]),
        (&json!("open"), &json!("overdue"))
    );
    assert_eq!(duty["now"]["escalation_steps"], json!([]));
    let steps = duty["then"]["escalation_steps"].as_array().expect("a list");
    assert!(steps.contains(&json!("R04-11 when due")), "{duty:#}");
    let totals = json!({
        "looked_at": 2, "differ": 2, "left_out": 0, "due_dates": 2, "verdicts": 1, "escalations": 1, "duties": 0,
    });
    assert_eq!(last["totals"], totals);

    // Nothing of it stays, and nothing differs from what is in force.
    let same = json!({ "rulebook_code": "cn.service_hall", "version": "1.0.0" });
    let told = lines(&administrator.post(COMPARISONS, &same).expect(200));
    assert_eq!(told.len(), 1, "{told:#?}");
    assert_eq!(told[0]["totals"]["looked_at"], 2);
    assert_eq!(told[0]["totals"]["differ"], 0);

    // Only some of the cases, and never another office's.
    let since = json!({ "text": text, "received_from": "2026-10-01T00:00:00+08:00" });
    let told = lines(&administrator.post(COMPARISONS, &since).expect(200));
    assert_eq!(told[1]["totals"]["looked_at"], 1, "{told:#?}");
    let until = json!({ "text": text, "received_to": "2026-09-01T00:00:00+08:00" });
    let told = lines(&administrator.post(COMPARISONS, &until).expect(200));
    assert_eq!(told[0]["totals"]["looked_at"], 0, "{told:#?}");
    let stranger = house.person("tobacco_supervision.administrator");
    let told = lines(&stranger.post(COMPARISONS, &json!({ "text": text })).expect(200));
    assert_eq!(told[0]["totals"]["looked_at"], 0, "{told:#?}");

    // Who holds only a position does not ask, and what cannot stand is not compared.
    officer.post(COMPARISONS, &same).is_problem(403, "not_permitted");
    administrator
        .post(COMPARISONS, &json!({}))
        .is_problem(422, "body_invalid");
    let unknown = json!({ "rulebook_code": "cn.service_hall", "version": "9.9.9" });
    administrator
        .post(COMPARISONS, &unknown)
        .is_problem(409, "reference_unknown");
    administrator
        .post(COMPARISONS, &json!({ "text": text.replace("reply", "replies") }))
        .is_problem(422, "data_faulty");
}

fn progress_is_told_while_a_comparison_runs(database: &Database) {
    let house = House::open(database);
    let (officer, administrator) = (house.person(HALL), house.person(ADMINISTRATOR));
    for _ in 0..101 {
        officer.registers(&hall_complaint());
    }
    let answer = administrator
        .post(COMPARISONS, &json!({ "text": shorter(&administrator) }))
        .expect(200);
    let told = lines(&answer);
    assert_eq!(told.len(), 101 + 2);
    assert_eq!(told[100]["progress"], json!({ "looked_at": 100, "differ": 100 }));
    assert_eq!(told[102]["totals"]["looked_at"], 101);
}

//! What is kept secret, asked for by HTTP: who opens it, who learns who reports, who reads a redacted version, what each
//! reading leaves behind, and what happens when the trace or the key cannot be had.

use people::matter::{HALL, INTAKE, hall_complaint, tobacco_report, with};
use people::{Case, Database, Engine, House, Person, new_key, nothing, on_both};
use serde_json::{Value, json};

use crate::archive::place::by_hand;
use crate::keeping::{CLERK, RULES};

on_both!(
    each_reading_is_on_record_before_it_is_answered,
    a_reading_that_cannot_be_recorded_is_not_answered,
    an_emergency_opens_it_and_oversight_judges_it,
    who_reports_shows_after_the_custodian_agreed_and_not_for_ever,
    where_nobody_keeps_identities_they_stay_shut,
    a_redacted_version_is_read_by_who_may_not_know_the_person,
    who_steps_aside_has_nothing_left_and_the_history_says_so,
    a_lost_key_is_told_and_nothing_is_told_in_part,
);

const LEADER: &str = "tobacco_supervision.supervising_leader";
const HEAD: &str = "tobacco_supervision.rectification_office_head";
const OTHER_HEAD: &str = "tobacco_supervision.rectification_office_head.2";

/// A report by somebody who gave a name.
fn report() -> Value {
    with(
        tobacco_report(),
        "complainant",
        json!({
            "role": "reporter", "identity_mode": "real_name", "category": "consumer", "name": "王小某",
            "phone": "13800001234",
        }),
    )
}

/// The access log as oversight reads it, the latest first: who read, what kind it was, by which operation.
fn log(house: &House) -> Vec<(String, String, String)> {
    let page = house.person(HEAD).get("/access-log?limit=100").expect(200);
    let said = |entry: &Value, name: &str| entry[name].as_str().unwrap_or_default().to_owned();
    let items = page.list("/items").iter();
    items
        .map(|entry| {
            let reader = entry["reader"]["staff_id"]
                .as_str()
                .unwrap_or_default()
                .to_owned();
            (reader, said(entry, "kind"), said(entry, "operation_id"))
        })
        .collect()
}

fn id_of(person: &Person) -> String {
    person.get("/session").expect(200).text("/staff_id").to_owned()
}

fn each_reading_is_on_record_before_it_is_answered(database: &Database) {
    let house = House::open(database);
    let clerk = house.person(INTAKE);
    let case = clerk.registers(&report());
    let before = log(&house).len();
    clerk.sees(&case);
    clerk.get(&format!("/cases/{}/events", case.id)).expect(200);
    let readings = log(&house);
    let me = id_of(&clerk);
    let entry = |operation: &str| (me.clone(), "case".to_owned(), operation.to_owned());
    assert_eq!(readings[..2], [entry("list_events"), entry("get_case")]);
    assert_eq!(readings.len(), before + 2);
    // A reason that was stated stands with it.
    let why = json!({"reason": "核对线索"});
    clerk
        .post(&format!("/cases/{}/readings", case.id), &why)
        .expect(200);
    let page = house.person(HEAD).get("/access-log").expect(200);
    assert_eq!(page["items"][0]["reason"], "核对线索", "{page}");
    assert_eq!(page["items"][0]["kind"], "opening", "{page}");
    // Of the case itself only who sees it is told who read it.
    let accesses = format!("/cases/{}/accesses", case.id);
    house.person(HEAD).get(&accesses).expect(404);
    // Reading the log is for oversight, and names nothing of another office.
    clerk.get("/access-log").is_problem(403, "not_permitted");
    let elsewhere = house
        .person("service_hall.administrator")
        .get("/access-log")
        .expect(200);
    assert_eq!(elsewhere.list("/items").len(), 0, "{elsewhere}");
    // By person.
    let of_leader = house
        .person(HEAD)
        .get(&format!("/access-log?staff_id={}", id_of(&house.person(LEADER))))
        .expect(200);
    assert_eq!(of_leader.list("/items").len(), 0, "{of_leader}");
}

fn a_reading_that_cannot_be_recorded_is_not_answered(database: &Database) {
    let house = House::open(database);
    let clerk = house.person(INTAKE);
    let case = clerk.registers(&report());
    clerk.sees(&case);
    by_hand(database, "ALTER TABLE access_log RENAME TO access_log_elsewhere");
    let refused = clerk.get(&format!("/cases/{}", case.id)).send();
    assert!(refused.status >= 500, "{refused}");
    assert!(!refused.to_string().contains("收受礼品"), "{refused}");
    by_hand(database, "ALTER TABLE access_log_elsewhere RENAME TO access_log");
    clerk.sees(&case);
}

fn an_emergency_opens_it_and_oversight_judges_it(database: &Database) {
    let house = House::open(database);
    let (clerk, head, other) = (house.person(INTAKE), house.person(HEAD), house.person(OTHER_HEAD));
    let case = clerk.registers(&report());
    let path = format!("/cases/{}", case.id);
    head.get(&path).expect(404);
    let why = json!({"reason": "举报人来电称受到威胁"});
    head.tries("break_glass", &case, &json!({}))
        .is_problem(422, "body_invalid");
    head.tries("break_glass", &case, &why).expect(200);
    let seen = head.sees(&case);
    let reading = seen["secrecy"]["emergency_readings"][0].clone();
    assert_eq!(reading["reason"], "举报人来电称受到威胁", "{seen}");
    assert_eq!(reading["until"], "2026-09-17T13:00:00+08:00", "{seen}");
    head.tries("break_glass", &case, &why)
        .is_problem(409, "already_done");
    assert_eq!(log(&house)[0].2, "get_case");
    // He reads who complains as little as anybody.
    head.post(&format!("{path}/complainant-reveals"), &nothing())
        .is_problem(403, "not_permitted");
    // Oversight is told of it, owes a review, and nobody reviews his own.
    let review = json!({"justified": true, "reason": "情况紧急"});
    let id = reading["id"].as_str().expect("an id").to_owned();
    head.tries_on("review_emergency_reading", &case, Some(&id), &review)
        .is_problem(409, "separation_of_duties");
    // The other one sees the case for the review that he owes.
    other.sees(&case);
    other
        .tries_on("review_emergency_reading", &case, Some(&id), &review)
        .expect(200);
    let judged = clerk.sees(&case);
    assert_eq!(
        judged["secrecy"]["emergency_readings"][0]["justified"], true,
        "{judged}"
    );
    house.set_clock("2026-09-17T13:00");
    head.get(&path).expect(404);
    // Who may not even do that does not learn that there is a case.
    let handler = house.person("tobacco_supervision.unit_handler");
    handler
        .tries("break_glass", &case, &why)
        .is_problem(404, "not_found");
}

fn who_reports_shows_after_the_custodian_agreed_and_not_for_ever(database: &Database) {
    let house = House::open(database);
    let (clerk, leader) = (house.person(INTAKE), house.person(LEADER));
    let case = clerk.registers(&report());
    let path = format!("/cases/{}", case.id);
    // Not even by who took it in.
    clerk
        .post(&format!("{path}/complainant-reveals"), &nothing())
        .is_problem(403, "identity_sealed");
    clerk
        .post(&format!("{path}/personal-exports"), &nothing())
        .is_problem(403, "identity_sealed");
    clerk.does("request_identity", &case, &json!({"reason": "须答复举报人"}));
    clerk.get("/identity-requests").is_problem(403, "not_permitted");
    let waiting = leader.get("/identity-requests").expect(200);
    assert_eq!(waiting["items"][0]["case_id"], case.id, "{waiting}");
    assert_eq!(
        waiting["items"][0]["asked_by"]["staff_id"],
        id_of(&clerk),
        "{waiting}"
    );
    let request = waiting.text("/items/0/request_id").to_owned();
    let reveal = format!("{path}/identity-requests/{request}/reveals");
    clerk.post(&reveal, &nothing()).is_problem(403, "identity_sealed");
    // Who asked does not decide.
    clerk.sees(&case);
    clerk
        .tries_on(
            "decide_identity_request",
            &case,
            Some(&request),
            &json!({"hours": 2}),
        )
        .is_problem(403, "not_permitted");
    leader.does("decide_identity_request", &case, &json!({"hours": 2}));
    assert_eq!(
        leader.get("/identity-requests").expect(200).list("/items").len(),
        0
    );
    // It is open to who asked, to nobody else, and each reading is on record.
    leader
        .post(&reveal, &nothing())
        .is_problem(403, "identity_sealed");
    let shown = clerk.post(&reveal, &nothing()).expect(200);
    assert_eq!(
        (shown.text("/name"), shown.text("/phone")),
        ("王小某", "13800001234")
    );
    let (reader, kind, operation) = log(&house).remove(0);
    assert_eq!(
        (reader, kind.as_str(), operation.as_str()),
        (id_of(&clerk), "identity", "reveal_identity")
    );
    house.set_clock("2026-09-17T11:00");
    clerk.post(&reveal, &nothing()).is_problem(403, "identity_sealed");
    // Refused, it stays shut, with a reason.
    clerk.does("request_identity", &case, &json!({"reason": "再次答复"}));
    let request = leader
        .get("/identity-requests")
        .expect(200)
        .text("/items/0/request_id")
        .to_owned();
    leader.sees(&case);
    leader
        .tries_on("decide_identity_request", &case, Some(&request), &json!({}))
        .is_problem(422, "body_invalid");
    leader.does("decide_identity_request", &case, &json!({"reason": "无必要"}));
    clerk
        .post(&format!("{path}/identity-requests/{request}/reveals"), &nothing())
        .is_problem(403, "identity_sealed");
}

fn where_nobody_keeps_identities_they_stay_shut(database: &Database) {
    let house = House::open(database);
    let clerk = house.person(INTAKE);
    // Everybody who keeps them is complained of.
    let respondents: Vec<Value> = [LEADER, "tobacco_supervision.supervising_leader.2"]
        .iter()
        .map(|name| json!({"kind": "person", "staff_id": id_of(&house.person(name))}))
        .collect();
    let case = clerk.registers(&with(report(), "respondents", respondents));
    clerk.sees(&case);
    let blocked = clerk.is_blocked("request_identity", &case);
    assert_eq!(blocked["code"], "no_custodian");
    clerk
        .tries("request_identity", &case, &json!({"reason": "须答复"}))
        .is_problem(409, "no_custodian");
    clerk
        .post(&format!("/cases/{}/complainant-reveals", case.id), &nothing())
        .is_problem(403, "identity_sealed");
}

fn a_redacted_version_is_read_by_who_may_not_know_the_person(database: &Database) {
    let house = House::open_under(database, RULES);
    let (clerk, reader) = (house.person(CLERK), house.person("review_office.supervisor"));
    let matter = with(
        with(hall_complaint(), "content", "我是三号院的王小某,材料交了三次。"),
        "requested_remedy",
        "请给王小某一个说法。",
    );
    let case = clerk.registers(&matter);
    assert_eq!(reader.sees(&case)["content"], "我是三号院的王小某,材料交了三次。");
    let version = json!({"field": "content", "text": "来人材料交了三次。", "reason": "原文可认出来人"});
    clerk.does("redact_text", &case, &version);
    let told = reader.sees(&case);
    assert_eq!(told["content"], "来人材料交了三次。", "{told}");
    assert_eq!(told["secrecy"]["redactions"][0]["field"], "content", "{told}");
    assert!(
        told.to_string().contains("给王小某"),
        "the other text is as it was"
    );
    assert_eq!(clerk.sees(&case)["content"], "我是三号院的王小某,材料交了三次。");
    // An amendment does not bring it back.
    let correction = json!({"field": "content", "text": "王小某补充:共四次。", "reason": "来电更正"});
    clerk.does("correct_case", &case, &correction);
    let remedy = json!({"field": "requested_remedy", "text": "请给一个说法。", "reason": "原文可认出来人"});
    clerk.does("redact_text", &case, &remedy);
    let told = reader.sees(&case).to_string();
    assert!(!told.contains("王小某"), "{told}");
    assert!(clerk.sees(&case).to_string().contains("共四次"));
    // What the case does not tell has no version, nor has what stands in lists.
    let none = |field: &str| json!({"field": field, "text": "某处", "reason": "无"});
    clerk
        .tries("redact_text", &case, &none("incident_place"))
        .is_problem(409, "reference_unknown");
    clerk
        .tries("redact_text", &case, &none("subject"))
        .is_problem(422, "body_invalid");
    reader
        .tries("redact_text", &case, &version)
        .is_problem(403, "not_permitted");
}

fn who_steps_aside_has_nothing_left_and_the_history_says_so(database: &Database) {
    let house = House::open_under(database, RULES);
    let (clerk, other) = (house.person(CLERK), house.person("review_office.clerk.2"));
    let case = clerk.registers(&hall_complaint());
    clerk.does("accept_case", &case, &nothing());
    let handler = id_of(&other);
    clerk.does("assign_handler", &case, &json!({"handler_id": handler}));
    let duties = |person: &Person| {
        let page = person.get("/duties?scope=mine&limit=100").expect(200);
        let items = page.list("/items").iter();
        items.filter(|duty| duty["case_id"] == case.id).count()
    };
    assert!(duties(&other) > 0);
    // Later it turns out that he is complained of.
    let why = json!({"staff_id": handler, "reason": "查明其为被投诉人"});
    clerk.does("recuse_person", &case, &why);
    other.get(&format!("/cases/{}", case.id)).expect(404);
    assert_eq!(duties(&other), 0);
    let seen = clerk.sees(&case);
    assert!(
        !seen.list("/duties").is_empty(),
        "somebody answers for it: {seen}"
    );
    for duty in seen.list("/duties") {
        assert_ne!(duty["holder"]["staff_id"], handler.as_str(), "{seen}");
    }
    let events = people::all_of(&clerk, &format!("/cases/{}/events", case.id));
    let recused = events.iter().find(|event| event["event_type"] == "PersonRecused");
    assert!(recused.is_some(), "{events:#?}");
    // Nor does he come back by another way.
    clerk
        .tries("assign_handler", &case, &json!({"handler_id": handler}))
        .is_problem(409, "person_barred");
}

fn a_lost_key_is_told_and_nothing_is_told_in_part(database: &Database) {
    let house = House::open(database);
    let officer = house.person(HALL);
    let good = officer.registers(&hall_complaint());
    let lost = officer.registers(&hall_complaint());
    for case in [&good, &lost] {
        let notice = json!({"kind": "process_notice", "text": "按程序办理", "channel": "visit"});
        officer.does("serve_notice", case, &notice);
        officer.does("classify_case", case, &json!({"category": "conduct_service"}));
        officer.does("accept_case", case, &nothing());
        officer.does(
            "record_activity",
            case,
            &json!({"kind": "interview", "text": "访谈"}),
        );
    }
    let version = lost.version();
    let id = literal(database, &lost);
    by_hand(
        database,
        &format!(
            "CREATE TABLE keys_at_hand AS SELECT * FROM case_keys; UPDATE case_keys SET master_key = '0123456789abcdef' WHERE case_id = {id}"
        ),
    );
    let of = |part: &str| format!("/cases/{}{part}", lost.id);
    // Lists, too, in which another case could be told.
    for path in [
        "/cases".to_owned(),
        "/cases?sort=oldest".to_owned(),
        of(""),
        of("/activities"),
        of("/notices"),
    ] {
        let refused = officer.get(&path).is_problem(503, "key_unavailable");
        assert!(!refused.zh.to_string().contains("提前下班"), "{path}");
    }
    for (path, body) in [
        (of("/complainant-reveals"), nothing()),
        (of("/personal-exports"), nothing()),
        ("/case-searches".to_owned(), json!({"phone": "13800000000"})),
    ] {
        officer.post(&path, &body).is_problem(503, "key_unavailable");
    }
    // What would have to be sealed is not taken; nothing of it happens.
    for part in ["/activities", "/corrections"] {
        let body = match part {
            "/activities" => json!({"kind": "interview", "text": "又一次访谈"}),
            _ => json!({"field": "content", "text": "更正", "reason": "更正"}),
        };
        officer
            .post(&of(part), &body)
            .if_match(version)
            .key(&new_key())
            .is_problem(503, "key_unavailable");
    }
    // The other case is as it was.
    officer.sees(&good);
    officer.does(
        "record_activity",
        &good,
        &json!({"kind": "interview", "text": "又一次"}),
    );
    by_hand(
        database,
        "DELETE FROM case_keys; INSERT INTO case_keys SELECT * FROM keys_at_hand",
    );
    assert_eq!(officer.sees(&lost).version(), Some(version));
    assert_eq!(officer.get("/cases").expect(200).list("/items").len(), 2);
    assert_eq!(
        officer.get(&of("/activities")).expect(200).list("/items").len(),
        1
    );
}

fn literal(database: &Database, case: &Case) -> String {
    match database.engine() {
        Engine::Sqlite => format!("X'{}'", case.id.replace('-', "")),
        Engine::Postgres => format!("'{}'", case.id),
    }
}

//! The desk where matters come in (a regulation of the tests' own): screened, handed over, given back, recalled.

use people::{Case, Database, House, Person, duty, new_key, nothing, on_both};
use serde_json::{Value, json};

on_both!(
    a_matter_is_handed_over_given_back_and_recalled,
    a_matter_of_another_body_ends_without_a_number,
    a_team_investigates_a_report,
);

/// The rulebook of that desk.
const RULEBOOK: &str = include_str!("../../domain/src/case/tests/intake_desk.toml");

fn a_matter_is_handed_over_given_back_and_recalled(database: &Database) {
    let house = House::open_under(database, RULEBOOK);
    house.set_clock("2026-09-17T09:12");
    let person = |name: &str| house.person(&format!("intake_desk.{name}"));
    let (section, intake, leader) = (
        person("section_officer.3"),
        person("intake_officer"),
        person("supervising_leader"),
    );
    let (one, other) = (
        person("first_responsible_person"),
        person("first_responsible_person.2"),
    );

    let case = receives(&section, "complaint");
    intake.sees(&case);
    intake
        .tries("register_received_case", &case, &nothing())
        .is_problem(409, "gate_closed")
        .misses("hand_over", "T-1");
    let to_the_court = json!({"ground": "to_the_office", "to": {"kind": "outside", "body": "法院"}});
    section
        .tries("hand_over_case", &case, &to_the_court)
        .is_problem(409, "not_listed")
        .under("T-1");
    let handed = section.does(
        "hand_over_case",
        &case,
        &json!({"ground": "to_the_office", "to": {"kind": "position", "position": "intake_officer"}}),
    );
    assert_eq!(handed["status"], "received");
    let made = &handed["case"]["hand_overs"][0];
    assert_eq!(made["receiver"]["position"], "intake_officer");
    assert_eq!(section.verdict(&case, "hand_over_same_day"), "on_time");

    let registered = intake.does("register_received_case", &case, &nothing());
    assert_eq!(registered["status"], "registered");
    assert!(registered["case_no"].is_string(), "{registered}");
    is_accepted(&intake, &case);

    intake.does("dispatch_case", &case, &form(&one));
    one.does("sign_dispatch", &case, &nothing());
    let asked = one.does("return_dispatch", &case, &json!({"reason": "不属本单位职责"}));
    assert_eq!(asked["case"]["dispatches"][0]["state"], "return_requested");
    let owed = duty(&asked, "return_decision");
    assert_eq!(owed["clause"]["number"], "T-4");
    assert_eq!(owed["holder"]["position"], "supervising_leader");
    leader.sees(&case);
    let dispatch = asked.text("/case/dispatches/0/id").to_owned();
    leader
        .tries_on(
            "decide_return",
            &case,
            Some(&dispatch),
            &json!({"decision": "refuse"}),
        )
        .is_problem(409, "facts_missing");
    let granted = leader.does("decide_return", &case, &json!({"decision": "grant"}));
    assert_eq!(granted["status"], "accepted");
    assert_eq!(granted["case"]["dispatches"][0]["state"], "returned");
    assert_eq!(duty(&granted, "send_it")["due_on"], "2026-09-20");

    intake.does("dispatch_case", &case, &form(&other));
    other.does("sign_dispatch", &case, &nothing());
    let recalled = intake.does("recall_dispatch", &case, &json!({"reason": "误派"}));
    assert_eq!(recalled["status"], "accepted");
    assert_eq!(recalled["case"]["dispatches"][1]["state"], "recalled");
    let history = intake.history(&case);
    for event in [
        "CaseHandedOver",
        "CaseScreened",
        "DispatchReturned",
        "ReturnDecided",
        "DispatchRecalled",
    ] {
        assert!(history.iter().any(|it| it == event), "no {event} in {history:?}");
    }
}

fn a_matter_of_another_body_ends_without_a_number(database: &Database) {
    let house = House::open_under(database, RULEBOOK);
    house.set_clock("2026-09-17T09:12");
    let intake = house.person("intake_desk.intake_officer");
    let case = receives(&intake, "complaint");
    let handed = intake.does(
        "hand_over_case",
        &case,
        &json!({
            "ground": "not_ours", "to": {"kind": "outside", "body": "市市场监督管理局"},
            "explanation": "属市场监管部门职责,已转送。",
        }),
    );
    assert_eq!(handed["status"], "handed_over");
    assert!(handed["case_no"].is_null(), "{handed}");
    assert_eq!(handed["case"]["ending"]["deed"], "hand_over");
    assert_eq!(
        handed["case"]["hand_overs"][0]["outside_body"],
        "市市场监督管理局"
    );
    assert_eq!(duty(&handed, "tell_where_it_went")["due_on"], "2026-09-21");
    intake.does(
        "serve_notice",
        &case,
        &json!({"kind": "transfer_notice", "text": "已转送市市场监督管理局。", "channel": "phone"}),
    );
    assert_eq!(intake.verdict(&case, "tell_where_it_went"), "on_time");
    let kept = intake.does("archive_case", &case, &nothing());
    assert_eq!(kept["status"], "handed_over");

    let vexatious = receives(&intake, "complaint");
    intake
        .tries("decline_case", &vexatious, &json!({"ground": "invalid"}))
        .is_problem(409, "facts_missing")
        .under("T-3");
    let declined = intake.does(
        "decline_case",
        &vexatious,
        &json!({"ground": "invalid", "reason": "不提供对象和事项"}),
    );
    assert_eq!(declined["status"], "declined");
    assert!(declined["case_no"].is_null(), "{declined}");
    let given_up = receives(&intake, "complaint");
    let cancelled = intake.does(
        "cancel_case",
        &given_up,
        &json!({"ground": "ordered_from_above", "reason": "上级中心撤单"}),
    );
    assert_eq!(cancelled["status"], "cancelled");
}

fn a_team_investigates_a_report(database: &Database) {
    let house = House::open_under(database, RULEBOOK);
    house.set_clock("2026-09-17T09:12");
    let intake = house.person("intake_desk.intake_officer");
    let other = house.person("intake_desk.intake_officer.2");
    let case = receives(&intake, "report");
    intake.does("register_received_case", &case, &nothing());
    let failed = json!({"checks": checks(false)});
    intake.does("screen_case", &case, &failed);
    intake
        .tries("accept_case", &case, &nothing())
        .is_problem(409, "screening_failed");
    is_accepted(&intake, &case);

    let id = |person: &Person| person.get("/session").expect(200).text("/staff_id").to_owned();
    let alone = json!({"leader_id": id(&intake), "recusal_asked": true});
    intake
        .tries("form_team", &case, &alone)
        .is_problem(409, "facts_missing")
        .under("T-5");
    let team = json!({"leader_id": id(&other), "members": [id(&intake)], "recusal_asked": true});
    let formed = intake.does("form_team", &case, &team);
    assert_eq!(formed["status"], "investigating");
    assert_eq!(
        formed["case"]["responsibility"]["handler"]["staff_id"],
        json!(id(&other))
    );
    assert_eq!(duty(&formed, "find_out")["clause"]["number"], "T-5");
    other.does(
        "record_activity",
        &case,
        &json!({"kind": "investigation_plan", "text": "先核对记录,再谈话。"}),
    );
    let found = other.does(
        "complete_investigation",
        &case,
        &json!({"finding": "unsubstantiated"}),
    );
    assert_eq!(found["status"], "disposing");
}

/// Takes a matter in without a number.
fn receives(person: &Person, case_type: &str) -> Case {
    let matter = json!({
        "case_type": case_type, "channel": "visit", "source": "public",
        "subject": "反映办事推诿", "content": "三次到窗口均被要求改日再来。",
        "complainant": {"role": "complainant", "identity_mode": "anonymous"},
    });
    let answer = person.post("/receptions", &matter).key(&new_key()).expect(201);
    let case = Case::known(answer.text("/case_id"));
    person.sees(&case);
    case
}

fn checks(in_scope: bool) -> Value {
    json!([
        {"check": "in_scope", "passed": in_scope},
        {"check": "definite_object", "passed": true},
        {"check": "concrete_content", "passed": true},
    ])
}

fn is_accepted(intake: &Person, case: &Case) {
    let screened = intake.does("screen_case", case, &json!({"checks": checks(true)}));
    assert_eq!(screened["case"]["screening"].as_array().map(Vec::len), Some(3));
    let accepted = intake.does("accept_case", case, &nothing());
    assert_eq!(accepted["status"], "accepted");
}

/// The form for the unit of this person.
fn form(officer: &Person) -> Value {
    let me = officer.get("/session").expect(200);
    json!({"units": [{"unit_id": me.text("/unit_id"), "role": "lead", "task": "查明情况"}]})
}

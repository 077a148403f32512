//! A complaint in a tobacco company (R03): a leader's instruction, two rounds, supervision, follow-up on the day.

use people::matter::{tobacco_complaint, with};
use people::{Answer, Case, Database, House, Person, duty, find_duty, nothing, on_both};
use serde_json::{Value, json};

on_both!(a_complaint_is_dispatched_twice_and_ends_satisfied);

/// The people of the story.
struct People<'h> {
    intake: Person<'h>,
    leader: Person<'h>,
    supervisor: Person<'h>,
    officer: Person<'h>,
    /// The unit that the officer answers for.
    unit: String,
}

fn a_complaint_is_dispatched_twice_and_ends_satisfied(database: &Database) {
    let house = House::open(database);
    let people = People::of(&house);

    house.set_clock("2026-09-17T09:12");
    let case = is_taken_in(&people);
    is_instructed_and_dispatched(&people, &case);

    house.set_clock("2026-09-18T10:05");
    is_signed_for(&people, &case);
    house.set_clock("2026-09-21T09:00");
    is_extended(&people, &case);

    house.set_clock("2026-09-23T15:20");
    is_put_right(&people, &case);
    is_reported_back(&people, &case);
    assert_eq!(people.intake.verdict(&case, "unit_handling"), "on_time");
    is_answered(&people, &case);
    assert_eq!(
        people.intake.verdict(&case, "promise"),
        "late",
        "the promise of the 21st"
    );
    leaves_the_complainant_dissatisfied(&people, &case);

    goes_out_again_under_supervision(&people, &case);
    house.set_clock("2026-09-24T09:00");
    people
        .officer
        .does("sign_dispatch", &case, &json!({"receipt_method": "in_system"}));
    is_put_right(&people, &case);
    has_its_supervision_lifted(&people, &case);
    is_reported_back(&people, &case);
    is_answered(&people, &case);
    satisfies_and_is_archived(&people, &case);
}

impl<'h> People<'h> {
    fn of(house: &'h House) -> Self {
        let person = |position: &str| house.person(&format!("tobacco_supervision.{position}"));
        let officer = person("first_responsible_person");
        let me = officer.get("/session").expect(200);
        Self {
            intake: person("intake_officer"),
            leader: person("supervising_leader"),
            supervisor: person("rectification_office_head"),
            unit: me.text("/unit_id").to_owned(),
            officer,
        }
    }

    fn task(&self) -> Value {
        json!({
            "unit_id": self.unit, "role": "lead", "task": "查明重复扣款原因并退款", "standard": "客户确认到账",
        })
    }
}

fn is_taken_in(people: &People) -> Case {
    let respondent = json!([{"kind": "unit", "unit_id": people.unit}]);
    let matter = with(tobacco_complaint(), "respondents", respondent);
    let case = people.intake.registers(&matter);
    let accepted = people.intake.does("accept_case", &case, &nothing());
    assert_eq!(accepted["status"], "accepted");
    let promise = duty(&accepted, "promise");
    assert_eq!(promise["due_on"], "2026-09-21", "three working days: 18, 20, 21");
    assert_eq!(promise["hard"], false);
    assert_eq!(promise["clause"]["number"], "R03-1.8");
    case
}

fn is_instructed_and_dispatched(people: &People, case: &Case) {
    let form = json!({"units": [people.task()], "sent_through": "fax"});
    let blocked = people.intake.is_blocked("dispatch_case", case);
    assert_eq!(blocked["code"], "gate_closed");
    people
        .intake
        .tries("dispatch_case", case, &form)
        .is_problem(409, "gate_closed")
        .under("R03-2.1.2b")
        .misses("instruction", "R03-2.1.2b");
    people.intake.does("request_instruction", case, &nothing());
    people.leader.does(
        "give_instruction",
        case,
        &json!({"text": "请县局查清扣款原因,两个工作日内处理。"}),
    );
    let sent = people.intake.does("dispatch_case", case, &form);
    assert_eq!(sent["status"], "dispatched");
    assert_eq!(sent["case"]["round"], 1);
}

fn is_signed_for(people: &People, case: &Case) {
    let signed = people
        .officer
        .does("sign_dispatch", case, &json!({"receipt_method": "in_system"}));
    assert_eq!(signed["status"], "investigating");
    let handling = duty(&signed, "unit_handling");
    assert_eq!(handling["due_on"], "2026-09-21");
    assert_eq!(handling["due_at"], "2026-09-22T00:00:00+08:00");
    assert_eq!(handling["clause"]["number"], "R03-2.2.1a");
    let explained = people.officer.explains(case, "unit_handling");
    assert_eq!(explained.reason("2026-09-18"), "start_day");
    assert_eq!(explained.reason("2026-09-19"), "weekend");
    assert_eq!(explained.reason("2026-09-20"), "makeup_workday");
    assert_eq!(explained.reason("2026-09-21"), "working_day");
    assert_eq!(explained.counted(), 2, "{explained}");
}

/// Once within the cap of seven working days, once beyond it.
fn is_extended(people: &People, case: &Case) {
    let seen = people.officer.sees(case);
    let handling = duty(&seen, "unit_handling")["id"].clone();
    let asks = json!({
        "duty_id": handling, "amount": {"count": 3, "unit": "working_day"}, "reason": "需银行出具扣款流水",
    });
    let asked = people.officer.does("request_extension", case, &asks);
    assert_eq!(
        duty(&asked, "unit_handling")["due_on"],
        "2026-09-21",
        "asking moves nothing"
    );
    let granted = people.leader.does(
        "decide_extension",
        case,
        &json!({"decision": "grant", "amount": {"count": 3, "unit": "working_day"}}),
    );
    let moved = duty(&granted, "unit_handling");
    assert_eq!(moved["due_on"], "2026-09-24");
    assert_eq!(moved["extended_by"], json!({"count": 3, "unit": "working_day"}));

    let refusal = people
        .officer
        .tries("request_extension", case, &asks)
        .is_problem(409, "extension_beyond_cap");
    refusal.under("R03-2.2.1a");
    assert_eq!(refusal.zh["params"]["latest_due_on"], "2026-09-29");
}

/// Cause, plan, measure, check (R03-2.2.1b, R03-2.2.1d).
fn is_put_right(people: &People, case: &Case) {
    let officer = &people.officer;
    officer
        .tries_on(
            "report_back_dispatch",
            case,
            Some(&lead(officer, case)),
            &report_back(),
        )
        .is_problem(409, "gate_closed");
    officer.does(
        "complete_investigation",
        case,
        &json!({
            "finding": "substantiated", "cause": "系统重复提交", "responsible_person": "信息员王某",
            "report": "接口超时后重发,未校验流水号。",
        }),
    );
    officer.does(
        "draft_plan",
        case,
        &json!({"measures": "退款,修复接口", "person": "信息员王某", "finish_on": "2026-09-25"}),
    );
    officer.does(
        "take_measure",
        case,
        &json!({"kind": "correct_error", "taken_on": "2026-09-23", "text": "已退款。"}),
    );
    officer.does("complete_measures", case, &nothing());
    officer.does("verify_rectification", case, &json!({"passed": true}));
}

fn is_reported_back(people: &People, case: &Case) {
    let resolved = people.officer.does("report_back_dispatch", case, &report_back());
    assert_eq!(resolved["status"], "resolved");
    let seen = people.intake.sees(case);
    let follow_up = duty(&seen, "follow_up_on_the_day");
    assert_eq!(follow_up["clause"]["number"], "R03-2.3a");
    assert_eq!(
        follow_up["due_on"], follow_up["start_on"],
        "on the day of the report: {seen}"
    );
}

fn is_answered(people: &People, case: &Case) {
    let replied = people.intake.does(
        "reply_to_complainant",
        case,
        &json!({"text": "重复扣款已退回,接口已修复。", "channel": "phone"}),
    );
    assert_eq!(replied["status"], "replied");
}

fn leaves_the_complainant_dissatisfied(people: &People, case: &Case) {
    let heard = people.intake.does(
        "record_follow_up",
        case,
        &json!({"reached": true, "solved": "partly", "satisfaction": "dissatisfied", "opinion": "退款已到账,但客户经理未道歉。"}),
    );
    assert_eq!(people.intake.verdict(case, "follow_up_on_the_day"), "on_time");
    assert!(
        find_duty(&heard, "floor_redispatch").is_some(),
        "another round is owed: {heard}"
    );
    people
        .intake
        .tries("close_case", case, &json!({"reason": "answered"}))
        .is_problem(409, "gate_closed");
}

fn goes_out_again_under_supervision(people: &People, case: &Case) {
    let sent = people.intake.does(
        "redispatch_case",
        case,
        &json!({"units": [people.task()], "sent_through": "in_system"}),
    );
    assert_eq!(sent["status"], "dispatched");
    assert_eq!(sent["case"]["round"], 2);
    let [order] = sent.list("/case/supervision_orders") else {
        panic!("one order follows from R03-2.3c: {sent}")
    };
    assert_eq!(
        order["supervisor"]["position"], "rectification_office_head",
        "{sent}"
    );
    assert_eq!(order["clause"]["number"], "R03-2.3c", "{sent}");
}

fn has_its_supervision_lifted(people: &People, case: &Case) {
    people.officer.does(
        "answer_supervision",
        case,
        &json!({"text": "客户经理已当面道歉。"}),
    );
    people
        .supervisor
        .does("lift_supervision", case, &json!({"reason": "整改到位。"}));
}

fn satisfies_and_is_archived(people: &People, case: &Case) {
    people.intake.does(
        "record_follow_up",
        case,
        &json!({"reached": true, "satisfaction": "satisfied"}),
    );
    people
        .intake
        .tries("close_case", case, &json!({"reason": "answered"}))
        .is_problem(409, "gate_closed")
        .under("R03-2.3b");
    people
        .leader
        .does("decide_second_dispatch", case, &json!({"needed": false}));
    let closed = people
        .intake
        .does("close_case", case, &json!({"reason": "answered"}));
    assert_eq!(closed["status"], "closed");
    // Who was held to account over the first round (R03-2.5b) is still to hear what was decided.
    assert!(find_duty(&closed, "accountability_closing").is_some(), "{closed}");
    let conclusion = json!({"conclusion": "批评教育,扣减季度考核分。"});
    people
        .supervisor
        .does("close_accountability_record", case, &conclusion);
    let archived = people.intake.does("archive_case", case, &nothing());
    assert_eq!(archived["status"], "archived");
    assert_eq!(archived.list("/case/duties"), &[] as &[Value], "{archived}");
    let history = people.intake.history(case);
    for happened in ["CaseReceived", "DutyMoved", "CaseArchived"] {
        assert!(history.iter().any(|it| it == happened), "{happened}: {history:?}");
    }
}

fn report_back() -> Value {
    json!({"summary": "已退款并修复接口。", "contacted_complainant": true, "resolved": true})
}

/// The dispatch of the lead unit that runs now.
fn lead(person: &Person, case: &Case) -> String {
    let seen: Answer = person.sees(case);
    let dispatches = seen.list("/dispatches");
    let last = dispatches.last().expect("it was dispatched");
    last["id"].as_str().expect("a dispatch has an id").to_owned()
}

//! The second half of a case's life, by HTTP, in an office that was made up for it.

use people::{Case, Database, House, Person, duty, find_duty, nothing, on_both};
use serde_json::{Value, json};

on_both!(
    limits_stand_still_until_material_comes,
    an_answer_is_reviewed_changed_and_reviewed_again,
    an_early_end_is_approved_undone_published_and_kept,
    two_agree_and_the_director_finds_malice,
);

const RULES: &str = include_str!("../../domain/src/case/tests/review_office.toml");
const CLERK: &str = "review_office.clerk";
const OTHER_CLERK: &str = "review_office.clerk.2";
const DIRECTOR: &str = "review_office.director";
const SUPERVISOR: &str = "review_office.supervisor";
const REVIEWER: &str = "review_office.reviewer";
const OTHER_REVIEWER: &str = "review_office.reviewer.2";

fn matter(case_type: &str) -> Value {
    json!({
        "case_type": case_type,
        "channel": "phone",
        "source": "public",
        "subject": "材料退回",
        "content": "材料交了三次,每次都说不齐。",
        "complainant": {
            "role": "complainant", "identity_mode": "real_name", "name": "张某某", "phone": "13800000000",
        },
    })
}

fn accepted(clerk: &Person, case_type: &str) -> Case {
    let case = clerk.registers(&matter(case_type));
    clerk.does("accept_case", &case, &nothing());
    case
}

fn investigates(clerk: &Person, case: &Case) {
    let me = clerk.get("/session").expect(200);
    clerk.does(
        "assign_handler",
        case,
        &json!({"handler_id": me.text("/staff_id")}),
    );
    let found = json!({"finding": "substantiated", "report": "经查属实。"});
    clerk.does("complete_investigation", case, &found);
}

fn reply() -> Value {
    json!({"text": "您反映的情况属实,已改进。", "channel": "phone"})
}

fn limits_stand_still_until_material_comes(database: &Database) {
    let house = House::open_under(database, RULES);
    house.set_clock("2026-09-17T09:12");
    let clerk = house.person(CLERK);
    let case = accepted(&clerk, "complaint");
    assert_eq!(duty(&clerk.sees(&case), "finish")["due_on"], "2026-10-14");

    house.set_clock("2026-09-18T10:00");
    clerk.does(
        "request_supplement",
        &case,
        &json!({"text": "请补交回执", "wanted_on": "2026-09-25"}),
    );
    clerk
        .tries("suspend_case", &case, &json!({"ground": "no_such"}))
        .is_problem(409, "not_listed");
    let paused = clerk.does(
        "suspend_case",
        &case,
        &json!({"ground": "waiting_for_material", "reason": "等待回执"}),
    );
    let finish = duty(&paused, "finish");
    assert_eq!(finish.get("due_on"), None, "{paused}");
    assert_eq!(finish["paused_since"], "2026-09-18T10:00:00+08:00");
    duty(&paused, "notice.suspension_notice");
    assert_eq!(paused.list("/case/suspensions")[0]["state"], "open");

    house.set_clock("2026-09-21T09:00");
    let resumed = clerk.does("record_supplement", &case, &json!({"text": "回执一份"}));
    assert_eq!(duty(&resumed, "finish")["due_on"], "2026-10-19", "{resumed}");
    assert_eq!(resumed.list("/case/suspensions")[0]["state"], "done");
    let explained = clerk.explains(&case, "finish");
    assert_eq!(explained.reason("2026-09-18"), "paused");
    assert_eq!(explained.reason("2026-09-21"), "paused");
    assert!(
        explained.0.text("/sentence").contains("暂停期间"),
        "{}",
        explained.0
    );

    clerk.does("suspend_case", &case, &json!({"ground": "waiting_for_material"}));
    let by_hand = clerk.does("resume_case", &case, &nothing());
    assert_eq!(by_hand.list("/case/suspensions")[1]["state"], "done");
}

fn an_answer_is_reviewed_changed_and_reviewed_again(database: &Database) {
    let house = House::open_under(database, RULES);
    house.set_clock("2026-09-17T09:12");
    let (clerk, other) = (house.person(CLERK), house.person(OTHER_CLERK));
    let (reviewer, second) = (house.person(REVIEWER), house.person(OTHER_REVIEWER));
    let case = accepted(&clerk, "complaint");
    investigates(&clerk, &case);
    let two = clerk.sees(&case);
    assert_eq!(duty(&two, "finish")["beside"][0]["number"], "T-12", "{two}");
    clerk.does("reply_to_complainant", &case, &reply());
    clerk.does("close_case", &case, &json!({"reason": "answered"}));

    let review = json!({"name": "review", "text": "不服答复"});
    let filed = other.does("file_appeal", &case, &review);
    assert_eq!(duty(&filed, "appeal_decision")["holder"]["position"], "reviewer");
    let changed = json!({"outcome": "changed", "reason": "事实不清"});
    let appeal = filed.list("/case/appeals")[0]["id"]
        .as_str()
        .expect("an appeal has an id")
        .to_owned();
    other.sees(&case);
    other
        .tries_on("decide_appeal", &case, Some(&appeal), &changed)
        .is_problem(403, "not_permitted")
        .under("T-5");
    let anew = reviewer.does("decide_appeal", &case, &changed);
    assert_eq!(anew["status"], "accepted", "{anew}");
    assert!(find_duty(&anew, "finish").is_some(), "{anew}");

    investigates(&clerk, &case);
    clerk.does("reply_to_complainant", &case, &reply());
    clerk.does("file_appeal", &case, &review);
    let upheld = json!({"outcome": "upheld", "reason": "维持"});
    reviewer.does("decide_appeal", &case, &upheld);
    clerk.does(
        "file_appeal",
        &case,
        &json!({"name": "re_review", "text": "仍不服"}),
    );
    let own = reviewer.is_blocked("decide_appeal", &case);
    assert_eq!(own["code"], "separation_of_duties");
    second.does("decide_appeal", &case, &upheld);
    let over = clerk.is_blocked("file_appeal", &case);
    assert_eq!(over["clause"]["number"], "T-5", "a final word is the last");

    // Another matter, and a month and a half later.
    let late = accepted(&clerk, "complaint");
    investigates(&clerk, &late);
    clerk.does("reply_to_complainant", &late, &reply());
    house.set_clock("2026-10-30T09:00");
    clerk.sees(&late);
    clerk
        .tries("file_appeal", &late, &review)
        .is_problem(409, "window_over")
        .under("T-5");
}

fn an_early_end_is_approved_undone_published_and_kept(database: &Database) {
    let house = House::open_under(database, RULES);
    house.set_clock("2026-09-17T09:12");
    let (clerk, director) = (house.person(CLERK), house.person(DIRECTOR));
    let case = accepted(&clerk, "complaint");
    let early = json!({"ground": "settled", "explanation": "双方已和解"});
    let blocked = clerk.is_blocked("close_case_early", &case);
    assert_eq!(blocked["code"], "gate_closed");
    let asked = clerk.does(
        "request_approval",
        &case,
        &json!({"subject": "closing", "text": "拟提前办结"}),
    );
    assert_eq!(duty(&asked, "approval.closing")["holder"]["position"], "director");
    director.does("decide_approval", &case, &json!({"decision": "grant"}));
    let closed = clerk.does("close_case_early", &case, &early);
    assert_eq!(
        closed.body()["case"]["ending"]["deed"],
        "early_closing",
        "{closed}"
    );
    assert_eq!(
        closed.body()["case"]["retention"]["at_least_until"],
        "2029-09-17",
        "{closed}"
    );

    let number = closed.text("/case_no").to_owned();
    let reopened = clerk.does(
        "reopen_case",
        &case,
        &json!({"ground": "new_facts", "reason": "有新证人"}),
    );
    assert_eq!(reopened["status"], "accepted");
    assert_eq!(reopened["case_no"], number.as_str());
    investigates(&clerk, &case);
    clerk.does("reply_to_complainant", &case, &reply());
    clerk.does("close_case", &case, &json!({"reason": "answered"}));

    clerk.sees(&case);
    clerk
        .tries(
            "publish_answer",
            &case,
            &json!({"text": "张某某反映的问题已改进。"}),
        )
        .is_problem(422, "personal_data_found");
    let up = clerk.does(
        "publish_answer",
        &case,
        &json!({"text": "一名群众反映的问题已改进。"}),
    );
    assert_eq!(up.list("/case/publications"), &[] as &[Value]);
    let public = director.does("decide_approval", &case, &json!({"decision": "grant"}));
    assert_eq!(public.list("/case/publications").len(), 1, "{public}");
    assert!(director.history(&case).contains(&"Published".to_owned()));

    let held = clerk.does("place_legal_hold", &case, &json!({"reason": "涉诉"}));
    assert_eq!(held.body()["case"]["retention"]["held"], true, "{held}");
    assert_eq!(
        clerk.is_blocked("lift_legal_hold", &case)["code"],
        "separation_of_duties"
    );
    let free = director.does("lift_legal_hold", &case, &nothing());
    assert_eq!(free.body()["case"]["retention"]["held"], false, "{free}");

    let rules = clerk.get("/rulebooks/test.review_office").expect(200);
    assert_eq!(rules.list("/recurring")[0]["every"], "quarter", "{rules}");
}

fn two_agree_and_the_director_finds_malice(database: &Database) {
    let house = House::open_under(database, RULES);
    house.set_clock("2026-09-17T09:12");
    let (clerk, director) = (house.person(CLERK), house.person(DIRECTOR));
    let supervisor = house.person(SUPERVISOR);
    let grant = json!({"decision": "grant"});
    let case = accepted(&clerk, "petition");
    let blocked = clerk.is_blocked("assign_handler", &case);
    assert_eq!(blocked["clause"]["number"], "T-7");
    let chosen = clerk.does("classify_case", &case, &json!({"mode": "self"}));
    assert_eq!(duty(&chosen, "approval.mode")["holder"]["position"], "director");
    let one = director.does("decide_approval", &case, &grant);
    assert_eq!(duty(&one, "approval.mode")["holder"]["position"], "supervisor");
    supervisor.does("decide_approval", &case, &grant);

    let me = clerk.get("/session").expect(200);
    clerk.does(
        "assign_handler",
        &case,
        &json!({"handler_id": me.text("/staff_id")}),
    );
    let malice = json!({"finding": "malicious", "report": "系捏造。"});
    clerk
        .tries("complete_investigation", &case, &malice)
        .is_problem(409, "gate_closed")
        .misses("approval.finding", "T-6");
    clerk.does(
        "request_approval",
        &case,
        &json!({"subject": "finding", "text": "拟认定恶意投诉"}),
    );
    director.does("decide_approval", &case, &grant);
    clerk.does("complete_investigation", &case, &malice);
}

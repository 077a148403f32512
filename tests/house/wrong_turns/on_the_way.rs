//! Steps that the state of the case, or the caller's position, does not allow.

use people::matter::{HALL, INTAKE, hall_complaint, tobacco_complaint, with};
use people::{House, all_of, in_both, nothing, percent};
use serde_json::{Value, json};

use super::leaves_alone;

in_both!(
    a_position_that_may_not_is_told_so,
    a_step_too_early_is_told_what_is_missing,
    a_step_of_another_status_does_not_exist_here,
    a_version_must_be_named_and_be_the_last,
    an_ended_case_stays_as_it_is,
    what_the_rulebook_demands_must_be_stated,
    a_ground_must_be_listed,
);

fn a_position_that_may_not_is_told_so(house: &House) {
    let (clerk, leader) = (
        house.person(INTAKE),
        house.person("tobacco_supervision.supervising_leader"),
    );
    let case = clerk.registers(&tobacco_complaint());
    leaves_alone(&case, &clerk, || {
        assert!(!leader.may("accept_case", &case));
        leader
            .tries("accept_case", &case, &nothing())
            .is_problem(403, "not_permitted");
        leader
            .post("/cases", &tobacco_complaint())
            .is_problem(403, "not_permitted");
    });
}

fn a_step_too_early_is_told_what_is_missing(house: &House) {
    let clerk = house.person(INTAKE);
    let case = clerk.registers(&tobacco_complaint());
    clerk.does("accept_case", &case, &nothing());
    let unit = house
        .person("tobacco_supervision.first_responsible_person")
        .get("/session")
        .expect(200);
    let form = json!({"units": [{"unit_id": unit["unit_id"], "role": "lead"}]});
    leaves_alone(&case, &clerk, || {
        let blocked = clerk.is_blocked("dispatch_case", &case);
        assert_eq!(blocked["clause"]["number"], "R03-2.1.2b");
        let refusal = clerk
            .tries("dispatch_case", &case, &form)
            .is_problem(409, "gate_closed");
        refusal.under("R03-2.1.2b").misses("instruction", "R03-2.1.2b");
        // What it says is what the case said all along.
        let facts = |missing: &serde_json::Value| {
            let missing = missing.as_array().expect("a list").iter();
            missing
                .map(|it| (it["fact"].clone(), it["operation_id"].clone()))
                .collect::<Vec<_>>()
        };
        assert_eq!(facts(&refusal.zh["missing"]), facts(&blocked["missing"]));
    });
}

fn a_step_of_another_status_does_not_exist_here(house: &House) {
    let clerk = house.person(INTAKE);
    let case = clerk.registers(&tobacco_complaint());
    leaves_alone(&case, &clerk, || {
        clerk
            .tries("close_case", &case, &json!({"reason": "answered"}))
            .is_problem(409, "wrong_status");
        let follow_up = json!({"reached": true, "satisfaction": "satisfied"});
        clerk
            .tries("record_follow_up", &case, &follow_up)
            .is_problem(409, "wrong_status");
    });
}

fn a_version_must_be_named_and_be_the_last(house: &House) {
    let clerk = house.person(INTAKE);
    let case = clerk.registers(&tobacco_complaint());
    let first = case.version();
    clerk.does("classify_case", &case, &json!({"severity": "major"}));
    assert!(case.version() > first);
    leaves_alone(&case, &clerk, || {
        let accepts = || clerk.tries("accept_case", &case, &nothing());
        accepts().without("If-Match").is_problem(428, "version_required");
        accepts()
            .without("If-Match")
            .header("If-Match", "*")
            .is_problem(428, "version_required");
        accepts()
            .without("If-Match")
            .header("If-Match", "seven")
            .is_problem(400, "malformed_request");
        let stale = accepts().if_match(first).is_problem(412, "version_stale");
        assert_eq!(stale.zh["current_version"], case.version());
        accepts()
            .if_match(case.version() + 1)
            .is_problem(412, "version_stale");
    });
    // Who has read the case again may go on.
    clerk.does("accept_case", &case, &nothing());
}

fn an_ended_case_stays_as_it_is(house: &House) {
    let clerk = house.person(HALL);
    let case = clerk.registers(&hall_complaint());
    clerk.does(
        "decline_case",
        &case,
        &json!({"ground": "out_of_scope", "explanation": "属市场监管部门职责。"}),
    );
    leaves_alone(&case, &clerk, || {
        for (operation, body) in [
            ("accept_case", nothing()),
            ("classify_case", json!({"category": "facilities"})),
            ("close_case", json!({"reason": "answered"})),
            ("reply_to_complainant", json!({"text": "好", "channel": "phone"})),
        ] {
            assert!(!clerk.may(operation, &case), "{operation}");
            clerk
                .tries(operation, &case, &body)
                .is_problem(409, "wrong_status");
        }
    });
}

fn what_the_rulebook_demands_must_be_stated(house: &House) {
    let clerk = house.person(HALL);
    let hall_complaint = || with(hall_complaint(), "subject", "从未登记的事项");
    let nameless = json!({"identity_mode": "real_name", "role": "complainant", "phone": "13800000000"});
    clerk
        .post("/cases", &with(hall_complaint(), "complainant", nameless))
        .is_problem(409, "facts_missing")
        .under("R04-6");
    let anonymous = json!({"identity_mode": "anonymous", "role": "complainant"});
    clerk
        .post("/cases", &with(hall_complaint(), "complainant", anonymous))
        .is_problem(409, "anonymity_not_allowed")
        .under("R04-6");
    let found = all_of(&clerk, &format!("/cases?text={}", percent("从未登记")));
    assert_eq!(found, &[] as &[Value], "it was registered all the same");
}

fn a_ground_must_be_listed(house: &House) {
    let clerk = house.person(HALL);
    let case = clerk.registers(&hall_complaint());
    leaves_alone(&case, &clerk, || {
        let whim = json!({"ground": "too_much_work", "explanation": "太忙。"});
        clerk
            .tries("decline_case", &case, &whim)
            .is_problem(409, "not_listed");
        clerk
            .tries("decline_case", &case, &json!({"ground": "out_of_scope"}))
            .is_problem(409, "facts_missing")
            .under("R04-4");
        clerk
            .tries("classify_case", &case, &json!({"category": "weather"}))
            .is_problem(409, "not_listed");
    });
}

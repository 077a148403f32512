//! Who leaves hands everything over first, and where nobody receives nothing is sent.

use people::matter::{INTAKE, tobacco_complaint, with};
use people::{Database, House, new_key, nothing, on_both};
use serde_json::json;

use super::leaves_alone;

on_both!(
    who_leaves_passes_duties_on_first,
    nothing_is_sent_where_nobody_receives,
);

const ADMINISTRATOR: &str = "tobacco_supervision.administrator";

fn who_leaves_passes_duties_on_first(database: &Database) {
    let house = House::open(database);
    let (administrator, clerk) = (house.person(ADMINISTRATOR), house.person(INTAKE));
    let case = clerk.registers(&tobacco_complaint());
    let colleague = house.person("tobacco_supervision.intake_officer.2");
    let me = clerk.get("/session").expect(200);
    let them = colleague.get("/session").expect(200);
    let mine = format!("/staff/{}", me.text("/staff_id"));

    let leaves = |version: i64| {
        administrator
            .post(&format!("{mine}/deactivation"), &nothing())
            .if_match(version)
            .key(&new_key())
    };
    let version = administrator
        .get(&mine)
        .expect(200)
        .version()
        .expect("a member of staff has a version");
    leaves_alone(&case, &colleague, || {
        leaves(version).is_problem(409, "duties_remain");
        // Nor may anybody else say so.
        clerk
            .post(&format!("{mine}/deactivation"), &nothing())
            .if_match(version)
            .is_problem(403, "not_permitted");
    });

    let passed = administrator
        .post(
            &format!("{mine}/duty-transfers"),
            &json!({"to_staff_id": them["staff_id"]}),
        )
        .key(&new_key())
        .expect(200);
    assert_eq!(passed.list("/case_ids"), [json!(case.id)], "{passed}");
    let seen = colleague.sees(&case);
    assert_eq!(
        seen["responsibility"]["first_receiver"]["staff_id"],
        them["staff_id"]
    );
    assert_eq!(
        seen["responsibility"]["former_first_receivers"][0]["staff_id"], me["staff_id"],
        "for ever on record: {seen}"
    );
    leaves(version).expect(200);
    // The session that was open ends with it.
    clerk.get("/session").is_problem(401, "unauthenticated");
    house
        .log_in(INTAKE, people::PASSWORD)
        .is_problem(401, "bad_credentials");
    colleague.does("accept_case", &case, &nothing());
}

fn nothing_is_sent_where_nobody_receives(database: &Database) {
    let house = House::open(database);
    let (administrator, clerk) = (house.person(ADMINISTRATOR), house.person(INTAKE));
    let leader = house.person("tobacco_supervision.supervising_leader");
    let unit = administrator
        .post(
            "/units",
            &json!({"code": "county_bureau_9", "name": "新设县局", "kind": "county_bureau"}),
        )
        .key(&new_key())
        .expect(201);
    let unit = unit.text("/id");
    let respondent = json!([{"kind": "unit", "unit_id": unit}]);
    let case = clerk.registers(&with(tobacco_complaint(), "respondents", respondent));
    clerk.does("accept_case", &case, &nothing());
    clerk.does("request_instruction", &case, &nothing());
    leader.does("give_instruction", &case, &json!({"text": "请查。"}));
    leaves_alone(&case, &clerk, || {
        clerk
            .tries(
                "dispatch_case",
                &case,
                &json!({"units": [{"unit_id": unit, "role": "lead"}]}),
            )
            .is_problem(409, "gate_closed")
            .under("R03-2.1.8")
            .misses("accountable_officer", "R03-2.1.8");
    });
}

//! Sessions: who sees them, who ends them, and that they end at once.

use people::matter::INTAKE;
use people::{Database, House, PASSWORD, on_both};
use serde_json::json;

use super::{ADMINISTRATOR, id_of, whose};

on_both!(
    one_sees_and_ends_ones_own_sessions,
    an_administrator_ends_those_of_the_office_and_no_others,
    a_session_ends_at_once
);

fn one_sees_and_ends_ones_own_sessions(database: &Database) {
    let house = House::open(database);
    let here = house.person(INTAKE);
    id_of(&here);
    let there = house.log_in(INTAKE, PASSWORD).expect(200);
    let token = there.text("/access_token").to_owned();
    let seen = here.get("/sessions").expect(200);
    assert_eq!(seen.list("/items").len(), 2, "{seen}");
    assert_eq!(seen["items"][0]["current"], false, "the latest first: {seen}");
    assert_eq!(seen["items"][1]["current"], true, "{seen}");
    // Renewed, it is the same session.
    let renewed = house
        .stranger()
        .post(
            "/session-refreshes",
            &json!({"refresh_token": there.text("/refresh_token")}),
        )
        .expect(200);
    let again = here.get("/sessions").expect(200);
    assert_eq!(again.list("/items").len(), 2, "{again}");
    let id = again.text("/items/0/id").to_owned();
    assert_eq!(id, seen.text("/items/0/id"));
    assert_eq!(again["items"][0]["began_at"], seen["items"][0]["began_at"]);
    // A page ends and goes on.
    let first = here.get("/sessions?limit=1").expect(200);
    let next = here
        .get(&format!(
            "/sessions?limit=1&cursor={}",
            first.text("/next_cursor")
        ))
        .expect(200);
    assert_eq!(next["items"][0]["current"], true, "{next}");
    assert!(next["next_cursor"].is_null(), "{next}");
    here.ask("DELETE", &format!("/sessions/{id}")).expect(204);
    whose(&house, renewed.text("/access_token")).is_problem(401, "unauthenticated");
    whose(&house, &token).is_problem(401, "unauthenticated");
    house
        .stranger()
        .post(
            "/session-refreshes",
            &json!({"refresh_token": renewed.text("/refresh_token")}),
        )
        .is_problem(401, "refresh_token_spent");
    here.ask("DELETE", &format!("/sessions/{id}"))
        .is_problem(404, "not_found");
    here.get("/session").expect(200);
}

fn an_administrator_ends_those_of_the_office_and_no_others(database: &Database) {
    let house = House::open(database);
    let (administrator, clerk) = (house.person(ADMINISTRATOR), house.person(INTAKE));
    let colleague = house.person("tobacco_supervision.intake_officer.2");
    let elsewhere = house.person("service_hall.administrator");
    let of_clerk = format!("/sessions?staff_id={}", id_of(&clerk));
    let session = administrator
        .get(&of_clerk)
        .expect(200)
        .text("/items/0/id")
        .to_owned();
    colleague.get(&of_clerk).is_problem(403, "not_permitted");
    elsewhere.get(&of_clerk).is_problem(404, "not_found");
    let path = format!("/sessions/{session}");
    for other in [&colleague, &elsewhere] {
        other.ask("DELETE", &path).is_problem(404, "not_found");
    }
    clerk.get("/session").expect(200);
    administrator.ask("DELETE", &path).expect(204);
    clerk.get("/session").is_problem(401, "unauthenticated");
}

fn a_session_ends_at_once(database: &Database) {
    let house = House::open(database);
    let administrator = house.person(ADMINISTRATOR);
    let made = administrator
        .post(
            "/staff",
            &json!({"user_name": "tobacco_supervision.leaving", "name": "王离"}),
        )
        .expect(201);
    let (id, password) = (
        made.text("/staff_member/id").to_owned(),
        made.text("/one_time_password").to_owned(),
    );
    let token = |password: &str| {
        let answer = house.log_in("tobacco_supervision.leaving", password).expect(200);
        answer.text("/access_token").to_owned()
    };
    let first = token(&password);
    whose(&house, &first).expect(200);
    let reset = administrator
        .post(&format!("/staff/{id}/password-resets"), &json!({}))
        .without("Content-Type")
        .expect(200);
    whose(&house, &first).is_problem(401, "unauthenticated");
    let second = token(reset.text("/one_time_password"));
    whose(&house, &second).expect(200);
    administrator
        .ask("POST", &format!("/staff/{id}/deactivation"))
        .if_match(1)
        .expect(200);
    whose(&house, &second).is_problem(401, "unauthenticated");
    house
        .log_in("tobacco_supervision.leaving", reset.text("/one_time_password"))
        .is_problem(401, "bad_credentials");
}

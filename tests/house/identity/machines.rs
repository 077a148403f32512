//! Machine clients: what they may do, who is told to have done it, and how a secret is replaced.

use people::matter::{INTAKE, tobacco_complaint};
use people::{Answer, Ask, Database, Front, House, new_key, on_both};
use serde_json::{Value, json};

use super::{ADMINISTRATOR, hand, id_of, pass};

on_both!(
    a_machine_does_what_its_scopes_name_and_its_positions_permit,
    a_secret_is_replaced_with_an_overlap,
    nobody_is_a_machine_and_a_machine_is_nobody_else,
);

#[track_caller]
fn made(house: &House, scopes: &Value) -> Answer {
    let body = json!({"name": "热线接口", "positions": ["intake_officer"], "scopes": scopes});
    house
        .person(ADMINISTRATOR)
        .post("/clients", &body)
        .key(&new_key())
        .expect(201)
}

fn asks_for_a_token<'h>(house: &'h House, id: &str, secret: &str) -> Ask<'h> {
    let body = json!({"client_id": id, "client_secret": secret});
    house.stranger().post("/client-tokens", &body)
}

fn by<'h>(house: &'h House, token: &Answer, method: &str, path: &str) -> Ask<'h> {
    let bearer = format!("Bearer {}", token.text("/access_token"));
    house.stranger().ask(method, path).header("Authorization", bearer)
}

fn a_machine_does_what_its_scopes_name_and_its_positions_permit(database: &Database) {
    let house = House::open(database);
    let administrator = house.person(ADMINISTRATOR);
    let client = made(&house, &json!(["register_case", "cases"]));
    let (id, secret) = (
        client.text("/client/id").to_owned(),
        client.text("/client_secret").to_owned(),
    );
    let token = asks_for_a_token(&house, &id, &secret).expect(200);
    assert_eq!(token["scopes"], json!(["register_case", "cases"]));
    // Every event names it, as it names a person.
    let case = by(&house, &token, "POST", "/cases")
        .json(&tobacco_complaint())
        .expect(201);
    let path = format!("/cases/{}", case.text("/case_id"));
    by(&house, &token, "GET", &path).expect(200);
    by(&house, &token, "GET", "/cases").expect(200);
    let events = house.person(INTAKE).get(&format!("{path}/events")).expect(200);
    assert!(events.to_string().contains(&id), "{events}");
    assert_eq!(
        by(&house, &token, "GET", "/session").expect(200)["staff_id"],
        id.as_str()
    );
    // Its position would permit it, its scopes do not.
    by(&house, &token, "GET", "/duties").is_problem(403, "outside_scope");
    by(&house, &token, "GET", &format!("{path}/events")).is_problem(403, "outside_scope");
    for scope in [
        "log_in",
        "sessions",
        "create_client",
        "revoke_session",
        "everything",
        "*",
        "get_liveness",
    ] {
        let body = json!({"name": "x", "positions": [], "scopes": [scope]});
        administrator
            .post("/clients", &body)
            .is_problem(422, "body_invalid")
            .points_at("/scopes/0", "not_a_code");
    }
    // Its scopes name it, its position does not permit it.
    let update = json!({"scopes": ["create_staff_member", "list_staff"]});
    let changed = administrator
        .ask("PATCH", &format!("/clients/{id}"))
        .json(&update)
        .if_match(1)
        .expect(200);
    assert_eq!(changed["version"], 2);
    by(&house, &token, "GET", "/cases").is_problem(401, "unauthenticated");
    let token = asks_for_a_token(&house, &id, &secret).expect(200);
    by(&house, &token, "GET", "/staff").expect(200);
    by(&house, &token, "POST", "/staff")
        .json(&json!({"user_name": "tobacco_supervision.x", "name": "x"}))
        .is_problem(403, "not_permitted");
    // Turned off, it is out at once.
    administrator
        .ask("PATCH", &format!("/clients/{id}"))
        .json(&json!({"active": false}))
        .if_match(2)
        .expect(200);
    by(&house, &token, "GET", "/staff").is_problem(401, "unauthenticated");
    asks_for_a_token(&house, &id, &secret).is_problem(401, "bad_credentials");
}

fn a_secret_is_replaced_with_an_overlap(database: &Database) {
    let front = Front::default();
    let hand = hand(&front);
    let house = House::open_behind(database, front);
    let client = made(&house, &json!(["cases"]));
    let (id, first) = (
        client.text("/client/id").to_owned(),
        client.text("/client_secret").to_owned(),
    );
    let rotate = |version: i64, overlap: i64, key: &str| {
        house
            .person(ADMINISTRATOR)
            .post(
                &format!("/clients/{id}/secret-rotations"),
                &json!({"overlap_hours": overlap}),
            )
            .if_match(version)
            .key(key)
            .expect(200)
    };
    let key = new_key();
    let second = rotate(1, 1, &key);
    let again = rotate(1, 1, &key);
    assert!(
        again["client_secret"].is_null(),
        "a secret is shown once: {again}"
    );
    let second = second.text("/client_secret").to_owned();
    assert_ne!(first, second);
    let token = asks_for_a_token(&house, &id, &first).expect(200);
    asks_for_a_token(&house, &id, &second).expect(200);
    // In time, the clerk's own session ends too.
    for _ in 0..5 {
        pass(&hand, 12);
    }
    asks_for_a_token(&house, &id, &first).is_problem(401, "bad_credentials");
    let token_of_second = asks_for_a_token(&house, &id, &second).expect(200);
    by(&house, &token, "GET", "/cases").is_problem(401, "unauthenticated");
    by(&house, &token_of_second, "GET", "/cases").expect(200);
    house.forget_tokens();
    let third = rotate(2, 0, &new_key());
    asks_for_a_token(&house, &id, &second).is_problem(401, "bad_credentials");
    by(&house, &token_of_second, "GET", "/cases").is_problem(401, "unauthenticated");
    asks_for_a_token(&house, &id, third.text("/client_secret")).expect(200);
}

fn nobody_is_a_machine_and_a_machine_is_nobody_else(database: &Database) {
    let house = House::open(database);
    let administrator = house.person(ADMINISTRATOR);
    let clerk = house.person(INTAKE);
    let client = made(&house, &json!(["staff", "cases"]));
    let (id, secret) = (
        client.text("/client/id").to_owned(),
        client.text("/client_secret").to_owned(),
    );
    // What is wrong is not told, and a secret is nowhere to be had again.
    for (id, secret) in [
        (id.as_str(), "0".repeat(64)),
        (id.as_str(), "short".to_owned()),
        ("01995707-5a40-7c31-9c1e-6b1f0a2d4c09", secret.clone()),
        (id_of(&clerk).as_str(), secret.clone()),
    ] {
        asks_for_a_token(&house, id, &secret).is_problem(401, "bad_credentials");
    }
    let shown = administrator.get(&format!("/clients/{id}")).expect(200);
    assert!(!shown.to_string().contains(&secret), "{shown}");
    assert_eq!(administrator.get("/clients").expect(200).list("/items").len(), 1);
    // Nobody logs in as it, by whatever password.
    for password in ["!", "", "x"] {
        let name = format!("client:{id}");
        assert_ne!(house.log_in(&name, password).send().status, 200);
    }
    administrator
        .post(&format!("/staff/{id}/password-resets"), &json!({}))
        .without("Content-Type")
        .is_problem(409, "wrong_state");
    // It administers nothing, even if its member of staff were made an administrator.
    administrator
        .ask("PATCH", &format!("/staff/{id}"))
        .json(&json!({"administrator": true}))
        .if_match(1)
        .expect(200);
    let token = asks_for_a_token(&house, &id, &secret).expect(200);
    assert_eq!(
        by(&house, &token, "GET", "/session").expect(200)["administrator"],
        false
    );
    by(&house, &token, "POST", "/staff")
        .json(&json!({"user_name": "tobacco_supervision.x", "name": "x"}))
        .is_problem(403, "not_permitted");
    by(&house, &token, "GET", "/clients").is_problem(403, "outside_scope");
    by(&house, &token, "GET", "/sessions").is_problem(403, "outside_scope");
    // Others neither see nor change it.
    clerk.get("/clients").is_problem(403, "not_permitted");
    clerk
        .get(&format!("/clients/{id}"))
        .is_problem(403, "not_permitted");
    let elsewhere = house.person("service_hall.administrator");
    elsewhere
        .get(&format!("/clients/{id}"))
        .is_problem(404, "not_found");
    assert_eq!(elsewhere.get("/clients").expect(200).list("/items").len(), 0);
}

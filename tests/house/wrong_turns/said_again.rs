//! Requests that are said again: by a broken line, or by mistake.

use people::matter::{INTAKE, tobacco_complaint, with};
use people::{House, in_both, new_key, nothing};
use serde_json::json;

use super::leaves_alone;

in_both!(
    a_matter_told_twice_under_one_key_is_one_case,
    an_act_said_twice_under_one_key_is_done_once,
    a_key_belongs_to_one_request,
    a_key_must_be_a_key,
);

fn a_matter_told_twice_under_one_key_is_one_case(house: &House) {
    let clerk = house.person(INTAKE);
    let tells = clerk.post("/cases", &tobacco_complaint()).key(&new_key());
    let first = tells.clone().expect(201);
    let again = tells.expect(201);
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!(first.header("idempotency-replayed"), None);
    assert_eq!(again.body(), first.body());
    assert_eq!(again.header("location"), first.header("location"));
}

fn an_act_said_twice_under_one_key_is_done_once(house: &House) {
    let clerk = house.person(INTAKE);
    let case = clerk.registers(&tobacco_complaint());
    let accepts = clerk.tries("accept_case", &case, &nothing()).key(&new_key());
    let first = accepts.clone().expect(200);
    leaves_alone(&case, &clerk, || {
        // The version it names is stale by now; who repeats himself is not told so.
        let again = accepts.clone().expect(200);
        assert_eq!(again.header("idempotency-replayed"), Some("true"));
        assert_eq!(again.body(), first.body());
        // Without the key it would be another request.
        accepts
            .clone()
            .without("Idempotency-Key")
            .is_problem(412, "version_stale");
    });
}

fn a_key_belongs_to_one_request(house: &House) {
    let clerk = house.person(INTAKE);
    let key = new_key();
    let first = clerk.post("/cases", &tobacco_complaint()).key(&key).expect(201);
    let other = with(tobacco_complaint(), "subject", "另一件事");
    clerk
        .post("/cases", &other)
        .key(&key)
        .is_problem(422, "idempotency_key_reused");
    // Another person's key is another key, however it reads.
    let colleague = house.person("tobacco_supervision.intake_officer.2");
    let second = colleague.post("/cases", &other).key(&key).expect(201);
    assert_ne!(first["case_id"], second["case_id"]);
}

fn a_key_must_be_a_key(house: &House) {
    let clerk = house.person(INTAKE);
    for bad in ["short", &"x".repeat(129), "with a space in it, and long enough"] {
        clerk
            .post("/cases", &tobacco_complaint())
            .key(bad)
            .is_problem(400, "malformed_request");
    }
    // What was refused is not remembered: the same key may be used for the request put right.
    let key = new_key();
    let wrong = with(
        tobacco_complaint(),
        "complainant",
        json!({"identity_mode": "real_name"}),
    );
    clerk
        .post("/cases", &wrong)
        .key(&key)
        .is_problem(409, "facts_missing");
    clerk.post("/cases", &tobacco_complaint()).key(&key).expect(201);
}

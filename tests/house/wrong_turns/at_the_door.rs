//! Requests that go wrong before any rule is asked.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use api::clock::Clock;
use chrono::TimeDelta;
use people::matter::{INTAKE, tobacco_complaint, with};
use people::{Database, Front, House, PASSWORD, in_both, new_key, nothing, on_both};
use serde_json::json;

use super::leaves_alone;

in_both!(
    an_unknown_address_is_not_found,
    another_method_is_not_allowed,
    nobody_gets_in_without_a_session,
    a_wrong_password_says_nothing_more,
    a_parameter_must_be_known_and_in_bounds,
    what_is_no_id_names_nothing,
    a_body_must_be_json_of_this_form,
    ten_megabytes_are_too_much,
);

on_both!(a_session_ends_by_time);

fn an_unknown_address_is_not_found(house: &House) {
    for path in ["/nowhere", "/cases/x/nowhere", "/health/nowhere"] {
        house.stranger().get(path).is_problem(404, "not_found");
        house.person(INTAKE).get(path).is_problem(404, "not_found");
    }
}

fn another_method_is_not_allowed(house: &House) {
    let clerk = house.person(INTAKE);
    let case = clerk.registers(&tobacco_complaint());
    leaves_alone(&case, &clerk, || {
        let path = format!("/cases/{}", case.id);
        for method in ["DELETE", "PUT", "PATCH"] {
            let refusal = clerk.ask(method, &path).is_problem(405, "method_not_allowed");
            let allow = refusal.zh.header("allow").unwrap_or_default();
            assert!(allow.contains("GET"), "Allow: {allow}");
        }
    });
}

fn nobody_gets_in_without_a_session(house: &House) {
    let stranger = house.stranger();
    stranger.get("/cases").is_problem(401, "unauthenticated");
    stranger
        .post("/cases", &tobacco_complaint())
        .is_problem(401, "unauthenticated");
    for token in ["Bearer x.y.z", "Bearer", "Basic eDp5"] {
        stranger
            .get("/cases")
            .header("Authorization", token)
            .is_problem(401, "unauthenticated");
    }
    let token = house.token_of(INTAKE);
    let forged = format!("Bearer {}x", &token[..token.len() - 1]);
    stranger
        .get("/cases")
        .header("Authorization", forged)
        .is_problem(401, "unauthenticated");
}

fn a_wrong_password_says_nothing_more(house: &House) {
    let wrong = house
        .log_in("service_hall.complaint_officer.2", "not the password")
        .is_problem(401, "bad_credentials");
    let unknown = house
        .log_in("service_hall.nobody", "not the password")
        .is_problem(401, "bad_credentials");
    assert_eq!(wrong.zh["detail"], unknown.zh["detail"]);
}

fn a_parameter_must_be_known_and_in_bounds(house: &House) {
    let clerk = house.person(INTAKE);
    for (query, pointer, code) in [
        ("colour=red", "/query/colour", "unknown_field"),
        ("limit=0", "/query/limit", "out_of_range"),
        ("limit=101", "/query/limit", "out_of_range"),
        ("limit=many", "/query/limit", "wrong_format"),
        ("status=lost", "/query/status", "not_a_code"),
    ] {
        clerk
            .get(&format!("/cases?{query}"))
            .is_problem(400, "malformed_request")
            .points_at(pointer, code);
    }
    clerk
        .get("/cases?cursor=bm90aGluZw")
        .is_problem(400, "cursor_invalid");
}

fn what_is_no_id_names_nothing(house: &House) {
    let clerk = house.person(INTAKE);
    for id in ["7", "not-an-id", "01995707-5a40-7c31-9c1e-6b1f0a2d4c0"] {
        clerk.get(&format!("/cases/{id}")).is_problem(404, "not_found");
    }
}

fn a_body_must_be_json_of_this_form(house: &House) {
    let clerk = house.person(INTAKE);
    let case = clerk.registers(&tobacco_complaint());
    leaves_alone(&case, &clerk, || {
        let accepts = || clerk.tries("accept_case", &case, &nothing());
        accepts()
            .bytes("application/json", "{\"note\": ")
            .is_problem(400, "malformed_request");
        accepts()
            .bytes("text/plain", "{}")
            .is_problem(415, "media_type_not_supported");
        accepts()
            .json(&json!({"colour": "red"}))
            .is_problem(422, "body_invalid")
            .points_at("/colour", "unknown_field");
        accepts()
            .json(&json!({"note": null}))
            .is_problem(422, "body_invalid")
            .points_at("/note", "null_not_allowed");
        accepts()
            .json(&json!({"note": 7}))
            .is_problem(422, "body_invalid")
            .points_at("/note", "wrong_type");
    });
    clerk
        .post("/cases", &with(tobacco_complaint(), "channel", "pigeon"))
        .is_problem(422, "body_invalid")
        .points_at("/channel", "not_a_code");
    clerk
        .post("/cases", &with(tobacco_complaint(), "subject", "长".repeat(201)))
        .is_problem(422, "body_invalid")
        .points_at("/subject", "too_long");
}

fn ten_megabytes_are_too_much(house: &House) {
    let clerk = house.person(INTAKE);
    let case = clerk.registers(&tobacco_complaint());
    leaves_alone(&case, &clerk, || {
        // Announced, the body is refused before it is sent.
        let answer = speak(
            house,
            &format!(
                "POST /api/v1/cases/{}/acceptance HTTP/1.1\r\nHost: tests\r\nAuthorization: Bearer {}\r\n\
                 Content-Type: application/json\r\nContent-Length: 10485760\r\nIf-Match: \"1\"\r\n\
                 Idempotency-Key: {}\r\nAccept-Language: en\r\n\r\n",
                case.id,
                house.token_of(INTAKE),
                new_key(),
            ),
            &[],
        );
        assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
        assert!(answer.contains("application/problem+json"), "{answer}");
        assert!(answer.contains("\"code\":\"body_too_large\""), "{answer}");
        // Not announced, it is refused once too much has arrived.
        let chunk = [b"100000\r\n".as_slice(), &vec![b' '; 0x10_0000], b"\r\n"].concat();
        let answer = speak(
            house,
            &format!(
                "POST /api/v1/cases/{}/acceptance HTTP/1.1\r\nHost: tests\r\nAuthorization: Bearer {}\r\n\
                 Content-Type: application/json\r\nTransfer-Encoding: chunked\r\nIf-Match: \"1\"\r\n\
                 Idempotency-Key: {}\r\nAccept-Language: en\r\n\r\n",
                case.id,
                house.token_of(INTAKE),
                new_key(),
            ),
            &chunk.repeat(10),
        );
        assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
        assert!(answer.contains("\"code\":\"body_too_large\""), "{answer}");
    });
}

/// Sends a head and as much of a body as the house takes, and reads the answer as far as its first object ends.
fn speak(house: &House, head: &str, body: &[u8]) -> String {
    let mut line = TcpStream::connect(house.address()).expect("the house listens");
    line.set_read_timeout(Some(Duration::from_mins(1)))
        .expect("a minute is a time");
    line.write_all(head.as_bytes()).expect("the head is taken");
    let mut sender = line.try_clone().expect("a line has two ends");
    std::thread::scope(|scope| {
        scope.spawn(move || {
            // The house may hang up before it has everything; what it said counts.
            drop(sender.write_all(body));
        });
        let mut answer = Vec::new();
        let mut part = [0; 4096];
        while !answer.ends_with(b"}") {
            match line.read(&mut part) {
                Ok(0) | Err(_) => break,
                Ok(count) => answer.extend_from_slice(&part[..count]),
            }
        }
        // Frees the sender, which may still wait for somebody to read.
        drop(line.shutdown(std::net::Shutdown::Both));
        String::from_utf8_lossy(&answer).into_owned()
    })
}

fn a_session_ends_by_time(database: &Database) {
    let front = Front::default();
    let watch = front.watch.clone();
    let house = House::open_behind(database, front);
    let clerk = house.person(INTAKE);
    let before = clerk.get("/session");
    before.clone().expect(200);
    // The clock of the cases ends no session.
    house.set_clock("2026-09-18T09:46");
    before.clone().expect(200);
    let Clock::Manual(watch) = watch else {
        panic!("it is set by hand")
    };
    watch
        .set(watch.now() + TimeDelta::minutes(16))
        .expect("it goes forward");
    before.is_problem(401, "unauthenticated");
    house.log_in(INTAKE, PASSWORD).expect(200);
}

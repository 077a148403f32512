//! The application from outside: every wrong turn is answered with a problem.
//!
//! The routes here are samples, so that each refusal can be met without a database; the application around them
//! is the real one, on a real socket, because a request that breaks HTTP itself cannot be made otherwise.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use actix_web::{HttpResponse, HttpServer, get, post};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use validator::Validate;

use super::*;
use crate::contract::lint;
use crate::problem::{Kind, Problem};
use crate::request::{IdempotencyKey, IfMatch, Json, Path, Query};

/// A sample body.
#[derive(Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct Sample {
    /// A text.
    #[validate(length(min = 1, max = 5))]
    #[schema(min_length = 1, max_length = 5)]
    text: String,
}

/// Sample filters.
#[derive(Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Filters {
    /// How many.
    #[validate(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
}

/// Changes a sample.
///
/// Takes everything a command takes.
#[utoipa::path(
    tag = "cases",
    security(()),
    params(IfMatch, IdempotencyKey),
    extensions(("x-problem-codes" = json!(["gate_closed"]))),
    responses((status = 200, description = "Changed.", body = Sample))
)]
#[post("/api/v1/cases/{case_id}/samples")]
async fn change_sample(
    id: Path<Uuid>,
    version: IfMatch,
    key: IdempotencyKey,
    body: Json<Sample>,
) -> Result<HttpResponse, Problem> {
    match version.0 {
        7 => Ok(HttpResponse::Ok().json(serde_json::json!({"id": id.0, "key": key.0, "text": body.0.text}))),
        8 => panic!("a secret in a panic"),
        9 => Err(Problem::internal("a secret cause")),
        10 => Err(Problem::from(Kind::Overloaded).retry_after(2)),
        11 => Err(Kind::Unauthenticated.into()),
        // What a careless handler or the framework may answer.
        12 => Ok(HttpResponse::InternalServerError().body("a secret stack trace")),
        _ => Err(Problem::version_stale(7)),
    }
}

/// Lists samples.
///
/// Takes a limit.
#[utoipa::path(tag = "cases", security(()), params(Filters), responses((status = 200, description = "A list.", body = Sample)))]
#[get("/api/v1/cases")]
async fn list_samples(filters: Query<Filters>) -> HttpResponse {
    HttpResponse::Ok().json(serde_json::json!({"limit": filters.0.limit}))
}

/// The contract of these routes, as it would be served.
fn text_of(routes: fn(&mut Documented)) -> Bytes {
    Bytes::from(contract::text(&document_of(routes)))
}

fn samples(service: &mut impl Register) {
    service.service(change_sample).service(list_samples);
}

/// An answer as it came over the wire.
struct Answer {
    status: u16,
    head: String,
    body: String,
}

impl Answer {
    fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (known, value) = line.split_once(':')?;
            known.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("not JSON: {}\n{}", self.head, self.body))
    }
}

/// Serves the sample routes on a socket of their own, and stops when dropped.
fn served() -> (SocketAddr, actix_web::dev::ServerHandle) {
    let shared = Shared::of(samples, text_of(|service| samples(service)));
    let server = HttpServer::new(move || application(&shared))
        .workers(1)
        .client_request_timeout(Duration::from_millis(300))
        .bind("127.0.0.1:0")
        .unwrap();
    let address = server.addrs()[0];
    let server = server.run();
    let handle = server.handle();
    actix_web::rt::spawn(server);
    (address, handle)
}

async fn ask(address: SocketAddr, request: impl Into<Vec<u8>>) -> Answer {
    let request = request.into();
    let answer = actix_web::web::block(move || {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        // The service may answer, and close, before it has taken everything.
        let _sent = stream.write_all(&request);
        let mut answer = Vec::new();
        let _read = stream.read_to_end(&mut answer);
        String::from_utf8(answer).unwrap()
    })
    .await
    .unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    let status = head
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok())
        .unwrap_or(0);
    Answer {
        status,
        head: head.to_owned(),
        body: body.to_owned(),
    }
}

const CASE: &str = "/api/v1/cases/00000000-0000-0000-0000-000000000007/samples";

/// A POST to the sample command, with all that it needs but for what `headers` and `body` change.
fn command(path: &str, headers: &str, body: &str) -> String {
    let version = if headers.contains("If-Match") {
        ""
    } else {
        "If-Match: \"7\"\r\n"
    };
    let media_type = if headers.contains("Content-Type") {
        ""
    } else {
        "Content-Type: application/json\r\n"
    };
    let length = body.len();
    format!(
        "POST {path} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n{version}{media_type}{headers}Content-Length: {length}\r\n\r\n{body}"
    )
}

fn request(line: &str) -> String {
    format!("{line} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
}

#[actix_web::test]
async fn every_wrong_turn_is_answered_with_a_problem() {
    let (address, handle) = served();
    let good = r#"{"text":"a"}"#;
    let long = format!(r#"{{"text":"{}"}}"#, "x".repeat(10 * 1024 * 1024));
    let cases: Vec<(String, u16, &str)> = vec![
        (command(CASE, "", r#"{"text":""#), 400, "malformed_request"),
        (
            command(&format!("{CASE}?x=1"), "", good),
            400,
            "malformed_request",
        ),
        (
            command(CASE, "If-Match: seven\r\n", good),
            400,
            "malformed_request",
        ),
        (
            command(CASE, "Idempotency-Key: short\r\n", good),
            400,
            "malformed_request",
        ),
        (
            command(CASE, "If-Match: \"11\"\r\n", good),
            401,
            "unauthenticated",
        ),
        (command("/api/v1/cases/7/samples", "", good), 404, "not_found"),
        (command(CASE, "If-Match: \"1\"\r\n", good), 412, "version_stale"),
        (command(CASE, "", &long), 413, "body_too_large"),
        (
            command(CASE, "Content-Type: text/plain\r\n", good),
            415,
            "media_type_not_supported",
        ),
        (
            command(CASE, "Content-Type: application/json; charset=gbk\r\n", good),
            415,
            "media_type_not_supported",
        ),
        (command(CASE, "", r#"{"text":"a","more":1}"#), 422, "body_invalid"),
        (command(CASE, "If-Match: *\r\n", good), 428, "version_required"),
        (command(CASE, "If-Match: \"8\"\r\n", good), 500, "internal_error"),
        (command(CASE, "If-Match: \"9\"\r\n", good), 500, "internal_error"),
        (command(CASE, "If-Match: \"12\"\r\n", good), 500, "internal_error"),
        (command(CASE, "If-Match: \"10\"\r\n", good), 503, "overloaded"),
        (request("GET /nowhere"), 404, "not_found"),
        (request("GET /api/v1/cases/"), 404, "not_found"),
        (request(&format!("GET {CASE}")), 405, "method_not_allowed"),
        (request("DELETE /api/v1/cases"), 405, "method_not_allowed"),
        (request("BREW /api/v1/cases"), 405, "method_not_allowed"),
        (request("GET /api/v1/cases?limit=0"), 400, "malformed_request"),
        (
            request("GET /api/v1/cases?limit=7&order=x"),
            400,
            "malformed_request",
        ),
    ];
    for (request, status, code) in cases {
        let line: String = request.chars().take(120).collect();
        let answer = ask(address, request).await;
        assert_eq!(answer.status, status, "{line}\n{}", answer.body);
        let problem = answer.json();
        assert_eq!(problem["code"], code, "{line}");
        assert_eq!(problem["status"], status, "{line}");
        assert_eq!(problem["type"], format!("/problems/{code}"));
        assert_eq!(
            answer.header("content-type"),
            Some("application/problem+json"),
            "{line}"
        );
        assert_eq!(answer.header("content-language"), Some("zh-CN"));
        assert_eq!(answer.header("vary"), Some("Accept-Language"));
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        let request_id = answer.header("request-id").unwrap();
        assert_eq!(problem["instance"], format!("/requests/{request_id}"));
        assert!(!answer.body.contains("secret"), "{}", answer.body);
        match status {
            401 => assert_eq!(answer.header("www-authenticate"), Some("Bearer realm=\"huiyin\"")),
            405 => assert!(matches!(answer.header("allow"), Some("POST" | "GET"))),
            412 => assert_eq!(problem["current_version"], 7),
            503 => assert_eq!(answer.header("retry-after"), Some("2")),
            _ => {}
        }
    }
    let fine = ask(
        address,
        command(CASE, "Idempotency-Key: 0123456789abcdef\r\n", good),
    )
    .await;
    assert_eq!(
        fine.status, 200,
        "after a panic the service goes on: {}",
        fine.body
    );
    assert_eq!(fine.json()["key"], "0123456789abcdef");
    assert!(fine.header("request-id").is_some());
    handle.stop(false).await;
}

#[actix_web::test]
async fn a_problem_speaks_the_callers_language_and_continues_the_trace() {
    let (address, handle) = served();
    let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    for broken in ["7", "8", "1"] {
        let headers = format!(
            "If-Match: \"{broken}\"\r\nAccept-Language: en-GB, zh;q=0.5\r\ntraceparent: 00-{trace}-00f067aa0ba902b7-01\r\n"
        );
        let answer = ask(address, command(CASE, &headers, "{}")).await;
        assert_eq!(answer.header("content-language"), Some("en"), "{broken}");
        assert_eq!(answer.json()["trace_id"], trace);
        assert!(answer.json()["title"].as_str().unwrap().is_ascii());
    }
    let invalid = ask(
        address,
        command(CASE, "Accept-Language: en\r\n", r#"{"text":"too long"}"#),
    )
    .await
    .json();
    assert_eq!(invalid["errors"][0]["pointer"], "/text");
    assert_eq!(invalid["errors"][0]["code"], "too_long");
    assert_eq!(invalid["errors"][0]["detail"], "It is too long; the most is 5.");
    handle.stop(false).await;
}

#[actix_web::test]
async fn limits_hold_on_the_wire() {
    let (address, handle) = served();
    let endless = format!(
        "POST {CASE} HTTP/1.1\r\nHost: h\r\nIf-Match: \"7\"\r\nContent-Type: application/json\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
    );
    let chunk = format!("10000\r\n{}\r\n", " ".repeat(0x10000));
    let answer = ask(address, endless + &chunk.repeat(20) + "0\r\n\r\n").await;
    assert_eq!(
        (answer.status, answer.json()["code"].as_str()),
        (413, Some("body_too_large"))
    );
    let slow = ask(address, "GET /api/v1/cases HTTP/1.1\r\nHost: h\r\n").await;
    assert_eq!(
        slow.status, 408,
        "a head that never ends is given up: {}",
        slow.head
    );
    handle.stop(false).await;
}

#[actix_web::test]
async fn a_full_house_turns_people_away_at_the_door() {
    use actix_web::test::{TestRequest, call_service, init_service, read_body_json};

    // There is no desk: whoever came further than the door would be answered otherwise.
    let full = init_service(application(&Shared::without_desk().with_door(Door::new(0, 0, 0)))).await;
    let open = init_service(application(&Shared::without_desk())).await;
    for request in [
        || TestRequest::get().uri("/api/v1/offices"),
        || TestRequest::get().uri("/api/v1/cases"),
        || TestRequest::post().uri("/api/v1/cases"),
        || TestRequest::post().uri("/api/v1/sessions"),
    ] {
        let answer = call_service(&full, request().to_request()).await;
        assert_eq!(answer.status(), 503);
        assert_eq!(answer.headers().get("retry-after").unwrap(), "1");
        assert!(answer.headers().contains_key("request-id"));
        let problem: Value = read_body_json(answer).await;
        assert_eq!(problem["code"], "overloaded");
        let answer = call_service(&open, request().to_request()).await;
        assert_ne!(answer.status(), 503);
    }
    let health = TestRequest::get().uri("/health/live").to_request();
    assert_eq!(call_service(&full, health).await.status(), 200);
    let contract = TestRequest::get().uri("/openapi.json").to_request();
    assert_eq!(call_service(&full, contract).await.status(), 200);
}

#[actix_web::test]
async fn the_documentation_is_served_beside_the_operations() {
    let shared = Shared::without_desk();
    let served = actix_web::test::init_service(application(&shared)).await;
    for (path, holds) in [
        ("/health/live", "up"),
        ("/openapi.json", "get_liveness"),
        ("/docs/", "swagger"),
    ] {
        let request = actix_web::test::TestRequest::get().uri(path).to_request();
        let body = actix_web::test::call_and_read_body(&served, request).await;
        assert!(String::from_utf8_lossy(&body).contains(holds), "{path}");
    }
    let request = actix_web::test::TestRequest::get().uri("/docs").to_request();
    let answer = actix_web::test::call_service(&served, request).await;
    assert_eq!(answer.status(), 307);
    assert_eq!(answer.headers().get("location").unwrap(), "/docs/");
}

#[test]
fn the_contract_keeps_its_rules_and_its_bytes() {
    let all: fn(&mut Documented) = |service| routes(service);
    let some: fn(&mut Documented) = |service| samples(service);
    for routes in [all, some] {
        let document = document_of(routes);
        assert_eq!(lint::breaches(&document), Vec::<String>::new());
        assert_eq!(contract::text(&document), contract::text(&document_of(routes)));
    }
    let document = document_of(|service| samples(service));
    assert_eq!(
        contract::operations(&document),
        "change_sample POST /api/v1/cases/{case_id}/samples cases\nlist_samples GET /api/v1/cases cases\n"
    );
    let operation = &document["paths"]["/api/v1/cases/{case_id}/samples"]["post"];
    let parameters: Vec<&str> = operation["parameters"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["name"].as_str().unwrap())
        .collect();
    assert_eq!(parameters, ["If-Match", "Idempotency-Key", "case_id"]);
    let body = &operation["requestBody"]["content"]["application/json"]["schema"];
    assert_eq!(body["$ref"], "#/components/schemas/Sample");
    assert!(
        operation["responses"]["409"]["description"]
            .as_str()
            .unwrap()
            .contains("`gate_closed`")
    );
}

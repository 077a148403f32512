//! A newcomer tries the examples of the documentation on a fresh demonstration.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::pin::Pin;

use actix_web::http::{Method, header};
use actix_web::test::{TestRequest, call_and_read_body, call_service, init_service, read_body};
use domain::ids::{CaseId, OfficeId};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{furnish, id_of, take_in};
use crate::case::tests::tempfolder::Folder;
use crate::clock::Clock;
use crate::commands::open_archive;
use crate::contract::lint::operations;
use crate::desk::{Desk, shipped_rulebooks};
use crate::limits::Limits;
use crate::routes::{Shared, application, document, metrics_application};
use crate::settings::{Mode, Settings};

const PASSWORD: &str = "a demo password";

type Asking = Pin<Box<dyn Future<Output = (u16, Value)>>>;

/// A fresh demonstration, and how to ask it.
struct Demonstration {
    ask: Box<dyn Fn(TestRequest) -> Asking>,
    document: Value,
    desk: Desk,
    _folder: Folder,
}

impl Demonstration {
    async fn fresh() -> Self {
        let folder = Folder::new();
        let url = format!("sqlite://{}", folder.path().join("huiyin.db").display());
        let clock = Clock::manual("2026-09-17T09:00:00+08:00".parse().unwrap());
        let settings =
            Settings::read(|name| (name == "HUIYIN_DATABASE_URL").then(|| OsString::from(&url))).unwrap();
        let archive = open_archive(&settings, &clock).unwrap();
        let rulebooks = shipped_rulebooks();
        furnish(&*archive, &rulebooks, PASSWORD, clock.now()).unwrap();
        let secret = b"a secret of more than thirty-two bytes";
        let desk = Desk::new(archive, rulebooks, clock, secret, Mode::Demo);
        take_in(&desk).await.unwrap();
        let any = std::num::NonZeroU32::MAX;
        let shared = Shared::new(desk.clone()).with_limits(Limits::new(any, any));
        let service = std::rc::Rc::new(init_service(application(&shared)).await);
        let ask = move |request: TestRequest| -> Asking {
            let service = service.clone();
            Box::pin(async move {
                let response = call_service(&*service, request.to_request()).await;
                let status = response.status().as_u16();
                let body = read_body(response).await;
                (status, serde_json::from_slice(&body).unwrap_or_default())
            })
        };
        Self {
            ask: Box::new(ask),
            document: document(),
            desk,
            _folder: folder,
        }
    }

    /// Does an operation as its examples say, as whoever has this token.
    async fn does(&self, id: &str, token: Option<&str>) -> (u16, Value) {
        let (method, path, operation) = operations(&self.document)
            .find(|(_, _, operation)| operation["operationId"] == id)
            .unwrap();
        let mut uri = path.to_owned();
        let mut request = TestRequest::default().method(method.to_uppercase().parse::<Method>().unwrap());
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            let name = parameter["name"].as_str().unwrap();
            let example = example(&self.document, parameter);
            match parameter["in"].as_str() {
                Some("path") => {
                    let nobody = json!(Uuid::nil());
                    let value = example.unwrap_or(nobody);
                    uri = uri.replace(&format!("{{{name}}}"), value.as_str().unwrap());
                }
                Some("header") if name == "If-Match" => {
                    request = request.insert_header((header::IF_MATCH, example.unwrap().as_str().unwrap()));
                }
                _ => {}
            }
        }
        request = request.uri(&uri);
        if let Some(mut body) = body_of(&self.document, operation) {
            if id == "log_in" {
                body["password"] = json!(PASSWORD);
            }
            request = request.set_json(body);
        }
        if let Some(token) = token {
            request = request.insert_header((header::AUTHORIZATION, format!("Bearer {token}")));
        }
        (self.ask)(request).await
    }

    async fn token(&self) -> String {
        let (status, answer) = self.does("log_in", None).await;
        assert_eq!(status, 200, "{answer:#}");
        answer["access_token"].as_str().unwrap().to_owned()
    }
}

/// The example of the body of an operation.
fn body_of(document: &Value, operation: &Value) -> Option<Value> {
    let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
    (!schema.is_null()).then(|| example(document, &json!({ "schema": schema })).unwrap_or_else(|| json!({})))
}

/// The example of something with a schema: its own, the schema's, or the one that its properties make up.
fn example(document: &Value, described: &Value) -> Option<Value> {
    let mut schema = &described["schema"];
    while let Some(reference) = schema["$ref"].as_str() {
        schema = document.pointer(reference.trim_start_matches('#')).unwrap();
    }
    let stated = [&described["example"], &schema["example"], &schema["examples"][0]];
    if let Some(stated) = stated.into_iter().find(|example| !example.is_null()) {
        return Some(stated.clone());
    }
    let properties = schema["properties"].as_object()?;
    let made: serde_json::Map<String, Value> = properties
        .iter()
        .filter_map(|(name, property)| {
            Some((name.clone(), example(document, &json!({ "schema": property }))?))
        })
        .collect();
    Some(Value::Object(made))
}

#[actix_web::test]
async fn a_newcomer_logs_in_reads_a_case_and_accepts_it() {
    let demonstration = Demonstration::fresh().await;
    let token = demonstration.token().await;
    let (status, case) = demonstration.does("get_case", Some(&token)).await;
    assert_eq!(status, 200, "{case:#}");
    assert_eq!(
        (&case["status"], &case["version"]),
        (&json!("registered"), &json!(1))
    );
    assert_eq!(
        case["respondents"][0]["unit"]["unit_id"],
        json!(id_of("tobacco_supervision/county_bureau_1"))
    );
    let (status, outcome) = demonstration.does("accept_case", Some(&token)).await;
    assert_eq!(
        (status, &outcome["status"]),
        (200, &json!("accepted")),
        "{outcome:#}"
    );
    for id in [
        "get_unit",
        "get_window",
        "get_staff_member",
        "get_duty",
        "explain_duty",
        "list_events",
    ] {
        let (status, answer) = demonstration.does(id, Some(&token)).await;
        assert_eq!(status, 200, "{id}: {answer:#}");
    }
}

#[actix_web::test]
async fn every_example_of_a_body_can_be_read() {
    let demonstration = Demonstration::fresh().await;
    let with_body: Vec<&str> = operations(&demonstration.document)
        .filter(|(_, _, operation)| operation["requestBody"].is_object())
        .filter_map(|(_, _, operation)| operation["operationId"].as_str())
        .collect();
    for id in with_body {
        // Once more each time, for some of the examples end the session.
        let token = demonstration.token().await;
        let (status, answer) = demonstration.does(id, Some(&token)).await;
        let code = answer["code"].as_str().unwrap_or_default();
        assert!(
            status < 500 && !["body_invalid", "malformed_request", "reference_unknown"].contains(&code),
            "{id}: {answer:#}"
        );
    }
}

#[actix_web::test]
async fn every_id_of_an_example_is_one_of_the_demonstration() {
    let demonstration = Demonstration::fresh().await;
    let mut known: BTreeSet<String> = [
        "tobacco_supervision/county_bureau_1",
        "tobacco_supervision/county_bureau_2",
        "tobacco_supervision/window_1",
        "tobacco_supervision/case/1",
        "tobacco_supervision/case/2",
        "tobacco_supervision.intake_officer",
        "tobacco_supervision.intake_officer.2",
        "tobacco_supervision.first_responsible_person",
        "tobacco_supervision.unit_handler",
    ]
    .map(|name| id_of(name).to_string())
    .into();
    // Up to where one has read is a bound, and need be nothing's id.
    known.insert(Uuid::max().to_string());
    let token = demonstration.token().await;
    let (_, case) = demonstration.does("get_case", Some(&token)).await;
    let duties = case["duties"].as_array().unwrap();
    known.extend(duties.iter().map(|duty| duty["id"].as_str().unwrap().to_owned()));
    for (_, _, operation) in operations(&demonstration.document) {
        let body = body_of(&demonstration.document, operation).unwrap_or_default();
        for id in ids_in(&body) {
            assert!(
                known.contains(&id),
                "{}: {id} is none of {known:#?}",
                operation["operationId"]
            );
        }
    }
}

/// The texts in a value that are ids.
fn ids_in(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => Uuid::parse_str(text)
            .ok()
            .filter(|_| text.contains('-'))
            .map(|_| text.clone())
            .into_iter()
            .collect(),
        Value::Array(items) => items.iter().flat_map(ids_in).collect(),
        Value::Object(members) => members.values().flat_map(ids_in).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) => Vec::new(),
    }
}

#[actix_web::test]
async fn a_second_start_takes_nothing_in_again() {
    let demonstration = Demonstration::fresh().await;
    let desk = &demonstration.desk;
    let office = OfficeId(id_of("service_hall"));
    let number = desk.law(office).await.unwrap();
    let before = desk.next_case_no(office, &number).await.unwrap();
    take_in(desk).await.unwrap();
    let after = desk.next_case_no(office, &number).await.unwrap();
    assert_eq!((before.as_str(), after.as_str()), ("2026-000002", "2026-000003"));
    let sample = CaseId(id_of("service_hall/case/1"));
    let law = desk.law(office).await.unwrap();
    let officer = domain::ids::StaffId(id_of("service_hall.complaint_officer"));
    let sight = domain::authority::keys(officer, &law.rulebook, &law.directory, desk.now());
    let case = desk
        .asking_for_cases(move |cases| cases.find_case(office, sample, &sight))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(case.status, domain::words::Status::Registered);
}

#[actix_web::test]
async fn a_password_of_others_is_changed_before_anything_else() {
    let demonstration = Demonstration::fresh().await;
    let post = |uri: &str, body: Value| TestRequest::post().uri(uri).set_json(body);
    let bearer = |request: TestRequest, token: &str| {
        request.insert_header((header::AUTHORIZATION, format!("Bearer {token}")))
    };
    let log_in = |user: &str, password: &str| {
        post(
            "/api/v1/sessions",
            json!({"user_name": user, "password": password}),
        )
    };
    let (_, administrator) = (demonstration.ask)(log_in("tobacco_supervision.administrator", PASSWORD)).await;
    let administrator = administrator["access_token"].as_str().unwrap();
    let new =
        json!({"user_name": "tobacco_supervision.li_na", "name": "李娜", "positions": ["intake_officer"]});
    let (status, made) = (demonstration.ask)(bearer(post("/api/v1/staff", new), administrator)).await;
    assert_eq!(status, 201, "{made:#}");
    let password = made["one_time_password"]
        .as_str()
        .unwrap_or_else(|| panic!("{made:#}"));
    let (_, session) = (demonstration.ask)(log_in("tobacco_supervision.li_na", password)).await;
    let token = session["access_token"].as_str().unwrap().to_owned();
    let (status, refused) = demonstration.does("list_cases", Some(&token)).await;
    assert_eq!(
        (status, &refused["code"]),
        (403, &json!("password_change_required")),
        "{refused:#}"
    );
    let (status, me) = demonstration.does("get_session", Some(&token)).await;
    assert_eq!((status, &me["password_must_change"]), (200, &json!(true)));
    let change = TestRequest::put()
        .uri("/api/v1/session/password")
        .set_json(json!({"old_password": password, "new_password": "four random words together"}));
    let (status, _) = (demonstration.ask)(bearer(change, &token)).await;
    assert_eq!(status, 204);
    let (_, session) =
        (demonstration.ask)(log_in("tobacco_supervision.li_na", "four random words together")).await;
    let token = session["access_token"].as_str().unwrap();
    let (status, _) = demonstration.does("list_cases", Some(token)).await;
    assert_eq!(status, 200);

    // Whoever has left renews no session.
    let id = made["staff_member"]["id"].as_str().unwrap();
    let gone = format!("/api/v1/staff/{id}/deactivation");
    let leave = TestRequest::post()
        .uri(&gone)
        .insert_header((header::IF_MATCH, "\"1\""));
    let (_, left) = (demonstration.ask)(bearer(leave, administrator)).await;
    let renew = post(
        "/api/v1/session-refreshes",
        json!({"refresh_token": session["refresh_token"]}),
    );
    let (status, refused) = (demonstration.ask)(renew).await;
    assert_eq!(
        (status, &refused["code"]),
        (401, &json!("refresh_token_spent")),
        "{left:#} {refused:#}"
    );
}

#[actix_web::test]
async fn a_word_of_no_list_is_answered_with_the_list() {
    let demonstration = Demonstration::fresh().await;
    let token = demonstration.token().await;
    let body =
        json!({"channel": "pigeon", "source": "public", "complainant": {"identity_mode": "real_name"}});
    let request = TestRequest::post()
        .uri("/api/v1/cases")
        .insert_header((header::AUTHORIZATION, format!("Bearer {token}")))
        .set_json(body);
    let (status, refused) = (demonstration.ask)(request).await;
    let error = &refused["errors"][0];
    assert_eq!(
        (status, &error["pointer"], &error["code"]),
        (422, &json!("/channel"), &json!("not_a_code")),
        "{refused:#}"
    );
    let allowed = error["params"]["allowed"]
        .as_str()
        .unwrap_or_else(|| panic!("{refused:#}"));
    assert!(allowed.split(' ').any(|word| word == "phone"), "{allowed}");
}

#[actix_web::test]
async fn an_instant_beyond_all_years_is_refused() {
    let demonstration = Demonstration::fresh().await;
    let token = demonstration.token().await;
    for (path, name) in [
        ("cases", "received_from"),
        ("cases", "due_before"),
        ("duties", "due_from"),
    ] {
        let request = TestRequest::get()
            .uri(&format!("/api/v1/{path}?{name}=%2B12345-01-01T00:00:00Z"))
            .insert_header((header::AUTHORIZATION, format!("Bearer {token}")));
        let (status, refused) = (demonstration.ask)(request).await;
        assert_eq!(
            (status, &refused["errors"][0]["pointer"]),
            (400, &json!(format!("/query/{name}"))),
            "{refused:#}"
        );
    }
}

#[actix_web::test]
async fn a_report_shows_nothing_of_who_made_it() {
    let demonstration = Demonstration::fresh().await;
    let token = demonstration.token().await;
    let report = json!({
        "case_type": "report", "channel": "phone", "source": "public", "content": "节前收受礼品。",
        "complainant": {
            "identity_mode": "real_name", "category": "consumer", "name": "吴某某", "phone": "13800000003",
        },
    });
    let request = TestRequest::post()
        .uri("/api/v1/cases")
        .insert_header((header::AUTHORIZATION, format!("Bearer {token}")))
        .set_json(report);
    let (status, outcome) = (demonstration.ask)(request).await;
    assert_eq!(status, 201, "{outcome:#}");
    let case = &outcome["case"];
    assert_eq!(case["confidential"], true, "{outcome:#}");
    assert!(
        case["complainant"]["stated"]
            .as_array()
            .unwrap()
            .contains(&json!("complainant.name"))
    );
    let shown = case["complainant"].to_string();
    assert!(!shown.contains('吴') && !shown.contains("138"), "{shown}");
}

#[actix_web::test]
async fn metrics_are_shown_here_or_on_an_address_of_their_own() {
    let demonstration = Demonstration::fresh().await;
    let ask = || TestRequest::get().uri("/metrics").to_request();
    let here = Shared::new(demonstration.desk.clone());
    let elsewhere = here.clone().with_metrics_elsewhere();
    let shown = |text: &[u8]| String::from_utf8_lossy(text).contains("\nhuiyin_commands_waiting 0\n");
    assert!(shown(
        &call_and_read_body(&init_service(application(&here)).await, ask()).await
    ));
    let main = init_service(application(&elsewhere)).await;
    assert_eq!(call_service(&main, ask()).await.status(), 404);
    let apart = init_service(metrics_application(&elsewhere)).await;
    assert!(shown(&call_and_read_body(&apart, ask()).await));
    let other = TestRequest::get().uri("/health/live").to_request();
    assert_eq!(call_service(&apart, other).await.status(), 404);
}

#[actix_web::test]
async fn sessions_that_are_over_are_forgotten() {
    let demonstration = Demonstration::fresh().await;
    demonstration.token().await;
    let Clock::Manual(hand) = &demonstration.desk.clock else {
        panic!("it is manual")
    };
    assert_eq!(
        crate::sweep::forget_sessions(&demonstration.desk).await.unwrap(),
        0
    );
    hand.set("2026-09-18T09:00:00+08:00".parse().unwrap()).unwrap();
    assert_eq!(
        crate::sweep::forget_sessions(&demonstration.desk).await.unwrap(),
        0,
        "the clock of the cases ends no session"
    );
    let tomorrow = demonstration.desk.watch.now() + chrono::TimeDelta::days(1);
    let later = demonstration.desk.clone().with_watch(Clock::manual(tomorrow));
    assert_eq!(crate::sweep::forget_sessions(&later).await.unwrap(), 1);
}

//! A complaint from the first call to the archive, by HTTP, on a database file.

use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;

use actix_web::http::header;
use actix_web::test::{TestRequest, call_service, init_service, read_body};
use chrono::{DateTime, Utc};
use domain::calendar::Calendar;
use persistence::calendar::CalendarRecord;
use persistence::office::NewOffice;
use persistence::staff::NewStaffMember;
use persistence::unit::NewUnit;
use persistence::{Archive, MasterKeys, Options, open};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::clock::{Clock, ManualClock};
use crate::desk::{Desk, shipped_rulebooks};
use crate::routes::{Shared, application};
use crate::settings::Mode;

const PASSWORD: &str = "a demo password";

fn id(name: &str) -> Uuid {
    Uuid::new_v5(&Uuid::NAMESPACE_OID, name.as_bytes())
}

fn at(instant: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(&format!("{instant}:00+08:00"))
        .unwrap()
        .to_utc()
}

/// The archive on a new file, with one office that has two people in each position and, of each kind, two units.
fn founded(code: &str, start: DateTime<Utc>) -> (Arc<dyn Archive>, tempfolder::Folder) {
    let folder = tempfolder::Folder::new();
    let url = format!("sqlite://{}", folder.path().join("huiyin.db").display());
    let rulebooks = shipped_rulebooks();
    let rulebook = rulebooks[format!("cn.{code}").as_str()].clone();
    let archive = open(
        &url.parse().unwrap(),
        Options::default(),
        rulebooks,
        MasterKeys::of_demonstrations(),
    )
    .unwrap();
    let calendar = Calendar::national();
    archive
        .keep_calendar(&CalendarRecord::national(
            calendar.code(),
            calendar.version(),
            serde_json::to_string(&calendar).unwrap(),
            start,
        ))
        .unwrap();
    let office = NewOffice {
        id: id(code),
        code: code.to_owned(),
        name_zh: "某投诉办".to_owned(),
        name_en: "A complaints office".to_owned(),
        rulebook_code: rulebook.head.code.to_string(),
        rulebook_version: rulebook.head.version.to_string(),
        calendar_code: calendar.code().to_owned(),
        cutover_at: None,
        profile: "{}".to_owned(),
        created_at: start,
    };
    let hash = crate::password::hash(PASSWORD).unwrap();
    let member = |name: &str, unit: Option<Uuid>, position: &str| NewStaffMember {
        office_id: office.id,
        id: id(&format!("{code} {name}")),
        user_name: format!("{code}.{name}"),
        name: "李某".to_owned(),
        unit_id: unit,
        positions: format!("[\"{position}\"]"),
        administrator: false,
        operator: false,
        password_hash: hash.clone(),
        password_must_change: false,
        created_at: start,
    };
    let administrator = NewStaffMember {
        administrator: true,
        positions: "[]".to_owned(),
        ..member("admin", None, "")
    };
    archive.create_office(&office, &administrator, None).unwrap();
    let mut units = vec![None];
    for kind in &rulebook.unit_kinds {
        let unit = NewUnit {
            office_id: office.id,
            id: id(&format!("{code} {}", kind.name)),
            code: kind.name.to_string(),
            name: kind.title.clone(),
            kind: kind.name.to_string(),
            level: "county".to_owned(),
            parent_id: None,
        };
        archive.create_unit(&unit, None).unwrap();
        units.push(Some((unit.id, kind.name.to_string())));
    }
    for position in &rulebook.positions {
        let in_unit = position.sits == domain::rulebook::Seat::Unit;
        for unit in units.iter().filter(|unit| unit.is_some() == in_unit) {
            for no in 1..=2 {
                let (unit_id, name) = match unit {
                    Some((unit_id, unit)) => (Some(*unit_id), format!("{}.{unit}.{no}", position.name)),
                    None => (None, format!("{}.{no}", position.name)),
                };
                let colleague = member(&name, unit_id, position.name.as_str());
                archive.create_staff_member(&colleague, None).unwrap();
            }
        }
    }
    for kind in &rulebook.unit_kinds {
        if let Some(position) = &kind.accountable_officer {
            let officer = id(&format!("{code} {position}.{}.1", kind.name));
            let unit = id(&format!("{code} {}", kind.name));
            archive
                .appoint_accountable_officer(office.id, unit, 1, officer)
                .unwrap();
        }
    }
    (archive, folder)
}

/// A folder of a test's own that goes when it is dropped.
pub(crate) mod tempfolder {
    use std::path::{Path, PathBuf};

    pub(crate) struct Folder(PathBuf);

    impl Folder {
        pub(crate) fn new() -> Self {
            let name = crate::password::hexadecimal(&crate::password::random::<8>());
            let path = std::env::temp_dir().join(format!("huiyin-{name}"));
            std::fs::create_dir_all(&path).unwrap();
            Self(path)
        }

        pub(crate) fn path(&self) -> &Path {
            &self.0
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _gone = std::fs::remove_dir_all(&self.0);
        }
    }
}

/// A question on its way to the service, and its answer.
type Asking = Pin<Box<dyn Future<Output = (u16, Value)>>>;

/// Somebody who asks the service, in the name of whoever is needed.
struct Walk {
    ask: Box<dyn Fn(TestRequest) -> Asking>,
    code: &'static str,
    hand: ManualClock,
    case: String,
    version: u64,
    answer: Value,
}

impl Walk {
    /// A new office that runs this rulebook, at this moment.
    async fn of(code: &'static str, start: &str) -> (Self, tempfolder::Folder) {
        let clock = Clock::manual(at(start));
        let (archive, folder) = founded(code, at(start));
        let Clock::Manual(hand) = clock.clone() else {
            panic!("it is manual")
        };
        let secret = b"a secret of more than thirty-two bytes";
        let desk = Desk::new(archive, shipped_rulebooks(), clock, secret, Mode::Demo);
        let service = Rc::new(init_service(application(&Shared::new(desk))).await);
        let ask = move |request: TestRequest| -> Asking {
            let service = service.clone();
            Box::pin(async move {
                let response = call_service(&*service, request.to_request()).await;
                let status = response.status().as_u16();
                let body = read_body(response).await;
                (status, serde_json::from_slice(&body).unwrap_or_default())
            })
        };
        let walk = Self {
            ask: Box::new(ask),
            code,
            hand,
            case: String::new(),
            version: 0,
            answer: Value::Null,
        };
        (walk, folder)
    }

    async fn token(&self, who: &str) -> String {
        let request = TestRequest::post()
            .uri("/api/v1/sessions")
            .set_json(json!({"user_name": format!("{}.{who}", self.code), "password": PASSWORD}));
        let (_, body) = (self.ask)(request).await;
        body["access_token"]
            .as_str()
            .unwrap_or_else(|| panic!("{who}: {body}"))
            .to_owned()
    }

    async fn call(&self, who: &str, request: TestRequest) -> (u16, Value) {
        let token = self.token(who).await;
        let request = request.insert_header((header::AUTHORIZATION, format!("Bearer {token}")));
        (self.ask)(request).await
    }

    /// Posts below the case with the version last seen, and expects this status.
    async fn post(&mut self, who: &str, path: &str, body: Value, expected: u16) -> &Value {
        let request = TestRequest::post()
            .uri(&format!("/api/v1/cases/{}{path}", self.case))
            .insert_header((header::IF_MATCH, format!("\"{}\"", self.version)))
            .set_json(&body);
        let (status, answer) = self.call(who, request).await;
        assert_eq!(status, expected, "{who} {path} {body}\n{answer:#}");
        if let Some(version) = answer["version"].as_u64() {
            self.version = version;
        }
        self.answer = answer;
        &self.answer
    }

    async fn get(&self, who: &str, path: &str, expected: u16) -> Value {
        let request = TestRequest::get().uri(&format!("/api/v1{path}"));
        let (status, answer) = self.call(who, request).await;
        assert_eq!(status, expected, "{who} {path}\n{answer:#}");
        answer
    }

    fn duty(&self, owes: &str) -> Value {
        let duties = self.answer["case"]["duties"].as_array().unwrap();
        let found = duties.iter().find(|duty| duty["owes"] == owes);
        found
            .unwrap_or_else(|| panic!("no {owes} in {duties:#?}"))
            .clone()
    }

    fn status(&self) -> &str {
        self.answer["status"].as_str().unwrap()
    }

    fn now(&self, instant: &str) {
        self.hand.set(at(instant)).unwrap();
    }
}

#[actix_web::test]
async fn a_tobacco_complaint_goes_from_the_call_to_the_archive() {
    let (mut walk, _folder) = Walk::of("tobacco_supervision", "2026-09-17T09:12").await;
    let (clerk, leader, officer) = (
        "intake_officer.1",
        "supervising_leader.1",
        "first_responsible_person.county_bureau.1",
    );
    let handler = "unit_handler.county_bureau.1";
    let unit = id("tobacco_supervision county_bureau");
    let filed = json!({
        "case_type": "complaint", "channel": "phone", "source": "public", "subject": "订烟系统重复扣款",
        "content": "9月16日订货，货款被扣两次。", "requested_remedy": "退回多扣货款",
        "complainant": {"identity_mode": "real_name", "category": "retail_customer", "name": "张某", "phone": "13800000000",
            "address": "某县某路1号"},
        "respondents": [{"kind": "unit", "unit_id": unit}], "received_at": "2026-09-17T09:12:00+08:00",
    });
    let register = |body: &Value| {
        TestRequest::post()
            .uri("/api/v1/cases")
            .insert_header(("Idempotency-Key", "5b0d5c1e-0a51-4f0e-9a39-2f9f5a3a6c10"))
            .set_json(body)
    };
    let (status, first) = walk.call(clerk, register(&filed)).await;
    assert_eq!(status, 201, "{first:#}");
    walk.case = first["case_id"].as_str().unwrap().to_owned();
    walk.version = first["version"].as_u64().unwrap();
    assert_eq!(first["case"]["complainant"]["phone_masked"], "138****0000");
    assert_eq!(first["case"]["subject"], "订烟系统重复扣款");
    // The line broke: the same call again is the same case; another body is refused.
    let (status, again) = walk.call(clerk, register(&filed)).await;
    assert_eq!((status, &again["case_id"]), (201, &first["case_id"]), "{again:#}");
    let mut other = filed.clone();
    other["subject"] = json!("另一件事");
    let (status, refused) = walk.call(clerk, register(&other)).await;
    assert_eq!(
        (status, refused["code"].as_str()),
        (422, Some("idempotency_key_reused"))
    );

    let passed = json!({"screening": [{"check": "in_scope", "passed": true}]});
    walk.post(clerk, "/acceptance", passed, 200).await;
    assert_eq!(walk.duty("reply")["due_on"], "2026-09-21");
    // Too early: the leader has not instructed.
    let units = json!({"units": [{"unit_id": unit, "role": "lead", "task": "查明原因并退款", "standard": "客户确认到账"}],
        "sent_through": "fax"});
    let refused = walk.post(clerk, "/dispatches", units.clone(), 409).await;
    assert_eq!(refused["code"], "gate_closed", "{refused:#}");
    walk.version = 2;
    walk.post(clerk, "/instruction-requests", json!({}), 200).await;
    let text = json!({"text": "请县局查清扣款原因。"});
    walk.post(leader, "/instructions", text, 200).await;
    walk.post(clerk, "/dispatches", units, 200).await;
    assert_eq!(walk.status(), "dispatched");
    let dispatch = walk.answer["made"]["id"].as_str().unwrap().to_owned();
    walk.now("2026-09-18T10:05");
    let signature = format!("/dispatches/{dispatch}/signature");
    walk.post(officer, &signature, json!({"receipt_method": "in_system"}), 200)
        .await;
    let handling = walk.duty("report_back");
    assert_eq!(handling["due_on"], "2026-09-21", "{handling:#}");
    let duty = handling["id"].as_str().unwrap().to_owned();
    let path = format!("/cases/{}/duties/{duty}/explanation", walk.case);
    let explained = walk.get(officer, &path, 200).await;
    assert_eq!(explained["days"][2]["reason"], "makeup_workday", "{explained:#}");
    assert_eq!(explained["ends"]["due_at"], "2026-09-22T00:00:00+08:00");

    walk.now("2026-09-21T09:00");
    let asked =
        json!({"duty_id": duty, "amount": {"count": 3, "unit": "working_day"}, "reason": "需银行流水"});
    walk.post(officer, "/extensions", asked.clone(), 200).await;
    let extension = walk.answer["made"]["id"].as_str().unwrap().to_owned();
    assert_eq!(
        walk.answer["case"]["extensions"][0]["would_be_due_on"],
        "2026-09-24"
    );
    let decision = format!("/extensions/{extension}/decision");
    let granted = json!({"decision": "grant", "amount": {"count": 3, "unit": "working_day"}});
    walk.version -= 1;
    let stale = walk.post(leader, &decision, granted.clone(), 412).await;
    walk.version = stale["current_version"].as_u64().unwrap();
    walk.post(leader, &decision, granted, 200).await;
    assert_eq!(walk.duty("report_back")["due_on"], "2026-09-24");
    let refused = walk.post(officer, "/extensions", asked, 409).await;
    assert_eq!(refused["code"], "extension_beyond_cap", "{refused:#}");

    let assigned = json!({"handler_id": id(&format!("tobacco_supervision {handler}"))});
    walk.post(officer, "/handler-assignments", assigned, 200).await;
    let work = json!({"kind": "records_review", "text": "调取日志。"});
    walk.post(handler, "/activities", work, 200).await;
    let proof = json!({"text": "银行流水", "url": "https://files.example/1.pdf", "sha256": "0".repeat(64), "size_bytes": 7});
    walk.post(handler, "/evidence", proof, 200).await;
    let evidence = walk
        .get(clerk, &format!("/cases/{}/evidence", walk.case), 200)
        .await;
    assert_eq!(
        evidence["items"][0]["evidence"]["text"], "银行流水",
        "{evidence:#}"
    );
    let found = json!({"finding": "substantiated", "cause": "重复提交", "responsible_person": "王某"});
    walk.post(handler, "/investigation-completion", found, 200).await;
    let plan = json!({"measures": "退款", "person": "王某", "finish_on": "2026-09-23"});
    walk.post(handler, "/disposition-plans", plan, 200).await;
    let measure = json!({"kind": "correct_error", "taken_on": "2026-09-21", "text": "退回货款"});
    walk.post(handler, "/measures", measure, 200).await;
    walk.post(handler, "/measures-completion", json!({}), 200).await;
    walk.now("2026-09-23T15:20");
    walk.post(officer, "/rectification-checks", json!({"passed": true}), 200)
        .await;
    let report = json!({"summary": "已退款。", "contacted_complainant": true, "resolved": true});
    walk.post(
        officer,
        &format!("/dispatches/{dispatch}/report-back"),
        report,
        200,
    )
    .await;
    assert_eq!(walk.status(), "resolved");
    let reply = json!({"text": "已退回货款。", "channel": "phone"});
    walk.post(clerk, "/replies", reply.clone(), 200).await;
    let dissatisfied = json!({"reached": true, "solved": "partly", "satisfaction": "dissatisfied"});
    walk.post(clerk, "/follow-ups", dissatisfied, 200).await;
    assert_eq!(
        walk.answer["case"]["ordered_round"], 2,
        "{:#}",
        walk.answer["case"]
    );

    // The second round, supervised.
    let units =
        json!({"units": [{"unit_id": unit, "role": "lead", "task": "当面道歉", "standard": "客户认可"}]});
    walk.post(clerk, "/dispatch-rounds", units, 200).await;
    let dispatch = walk.answer["made"]["id"].as_str().unwrap().to_owned();
    assert_eq!(walk.answer["case"]["round"], 2);
    let order = walk.answer["case"]["supervision_orders"][0].clone();
    assert_eq!(
        order["supervisor"]["position"], "rectification_office_head",
        "{order:#}"
    );
    walk.post(
        officer,
        &format!("/dispatches/{dispatch}/signature"),
        json!({}),
        200,
    )
    .await;
    let found = json!({"finding": "substantiated", "cause": "未道歉", "responsible_person": "王某"});
    walk.post(officer, "/investigation-completion", found, 200).await;
    let plan = json!({"measures": "道歉", "person": "王某", "finish_on": "2026-09-24"});
    walk.post(officer, "/disposition-plans", plan, 200).await;
    let measure = json!({"kind": "apology", "taken_on": "2026-09-23", "text": "当面道歉"});
    walk.post(officer, "/measures", measure, 200).await;
    walk.post(officer, "/measures-completion", json!({}), 200).await;
    walk.post(officer, "/rectification-checks", json!({"passed": true}), 200)
        .await;
    let report = json!({"summary": "已道歉。", "contacted_complainant": true, "resolved": true});
    walk.post(
        officer,
        &format!("/dispatches/{dispatch}/report-back"),
        report,
        200,
    )
    .await;
    let order = order["id"].as_str().unwrap();
    let answer = json!({"text": "已当面道歉。"});
    walk.post(
        officer,
        &format!("/supervision-orders/{order}/answer"),
        answer,
        200,
    )
    .await;
    let head = "rectification_office_head.1";
    walk.post(
        head,
        &format!("/supervision-orders/{order}/lifting"),
        json!({}),
        200,
    )
    .await;
    walk.post(clerk, "/replies", reply, 200).await;
    let satisfied = json!({"reached": true, "solved": "yes", "satisfaction": "satisfied"});
    walk.post(clerk, "/follow-ups", satisfied, 200).await;
    walk.post(
        leader,
        "/second-dispatch-decisions",
        json!({"needed": false}),
        200,
    )
    .await;
    walk.post(clerk, "/closure", json!({"reason": "answered"}), 200)
        .await;
    walk.post(clerk, "/archiving", json!({}), 200).await;
    assert_eq!(walk.status(), "archived");

    let case = walk.case.clone();
    let events = walk
        .get(clerk, &format!("/cases/{case}/events?limit=100"), 200)
        .await;
    assert_eq!(events["items"][0]["event_type"], "CaseReceived");
    assert_eq!(
        events["items"][1]["previous_hash"], events["items"][0]["hash"],
        "the chain holds"
    );
    let cases = walk
        .get(clerk, "/cases?count=true&status=archived&sort=due", 200)
        .await;
    assert_eq!(
        (&cases["items"][0]["id"], &cases["count"]["value"]),
        (&json!(case), &json!(1))
    );
    let counts = walk.get(clerk, "/case-counts?group_by=status", 200).await;
    assert_eq!(counts["groups"][0]["value"], "archived", "{counts:#}");
    walk.get(clerk, "/duties?scope=office&count=true", 200).await;
    walk.get(clerk, "/duty-counts?scope=office", 200).await;
    let duties = walk
        .get(clerk, &format!("/cases/{case}/duties?limit=100"), 200)
        .await;
    let verdicts = duties["items"].as_array().unwrap().iter();
    assert!(
        verdicts.clone().any(|duty| duty["verdict"] == "late"),
        "{duties:#}"
    );
    assert!(verdicts.clone().any(|duty| duty["verdict"] == "on_time"));
}

#[actix_web::test]
async fn a_service_hall_complaint_goes_from_the_window_to_the_archive() {
    let (mut walk, _folder) = Walk::of("service_hall", "2026-09-17T09:12").await;
    let officer = "complaint_officer.1";
    let filed = json!({
        "case_type": "complaint", "channel": "phone", "source": "public", "subject": "窗口态度生硬",
        "content": "办事时窗口人员态度生硬。",
        "complainant": {"identity_mode": "real_name", "name": "张某", "phone": "13800000000"},
    });
    let register = TestRequest::post().uri("/api/v1/cases").set_json(&filed);
    let (status, first) = walk.call(officer, register).await;
    assert_eq!(status, 201, "{first:#}");
    walk.case = first["case_id"].as_str().unwrap().to_owned();
    walk.version = first["version"].as_u64().unwrap();
    let refused = walk.post(officer, "/acceptance", json!({}), 409).await;
    assert_eq!(refused["code"], "gate_closed", "{refused:#}");
    walk.version = first["version"].as_u64().unwrap();
    let notice = json!({"kind": "process_notice", "text": "办理流程如下。", "channel": "phone"});
    walk.post(officer, "/notices", notice, 200).await;
    walk.post(
        officer,
        "/classifications",
        json!({"category": "conduct_service"}),
        200,
    )
    .await;
    walk.post(officer, "/acceptance", json!({}), 200).await;
    let assigned = json!({"handler_id": id(&format!("service_hall {officer}"))});
    walk.post(officer, "/handler-assignments", assigned, 200).await;
    let work = json!({"kind": "interview", "text": "与窗口人员谈话。"});
    walk.post(officer, "/activities", work, 200).await;
    let found = json!({"finding": "substantiated", "cause": "业务不熟", "responsible_person": "王某", "report": "经过"});
    walk.post(officer, "/investigation-completion", found, 200).await;
    let measure = json!({"kind": "correct_error", "taken_on": "2026-09-17", "text": "批评教育"});
    walk.post(officer, "/measures", measure, 200).await;
    walk.post(
        officer,
        "/replies",
        json!({"text": "已批评教育。", "channel": "phone"}),
        200,
    )
    .await;
    walk.post(officer, "/closure", json!({"reason": "answered"}), 200)
        .await;
    walk.post(officer, "/archiving", json!({}), 200).await;
    assert_eq!(walk.status(), "archived");
    let path = format!("/cases/{}/notices", walk.case);
    let notices = walk.get(officer, &path, 200).await;
    assert_eq!(notices["items"][0]["kind"], "process_notice", "{notices:#}");
}

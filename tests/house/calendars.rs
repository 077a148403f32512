//! Calendars as versioned data: a year that is published moves what reaches into it, an office has days and hours of its
//! own, and an import goes on where a replica has died.

use std::thread;
use std::time::Duration;

use api::demo::OPERATOR;
use chrono::{TimeDelta, Utc};
use people::matter::{HALL, hall_complaint};
use people::{
    Answer, Case, Database, Heard, House, Listener, Person, all_of, archive_of, duty, new_key, on_both,
};
use persistence::calendar_import::Progress;
use serde_json::{Value, json};
use uuid::Uuid;

on_both!(
    a_year_that_is_published_moves_what_reaches_into_it_and_nothing_else,
    an_office_has_days_and_hours_of_its_own,
    what_cannot_stand_in_an_import_is_told,
    an_import_goes_on_where_a_replica_has_died,
    whoever_listens_to_an_import_hears_how_far_it_comes_from_any_replica,
    the_imports_of_a_calendar_are_listed_to_whom_they_concern,
);

const ADMINISTRATOR: &str = "service_hall.administrator";
const OWN: &str = "/calendars/office.service_hall";
/// The last day for a complaint of 14 December, in a year without a notice.
const PLAIN: &str = "2027-01-04";

/// The beginning of a notice of 2027, made up: New Year's Day off, and the Sunday after it worked.
fn notice() -> Value {
    json!({
        "$schema": "https://example.org/schema.json",
        "year": 2027,
        "papers": ["https://example.org/notice-2027"],
        "days": [
            {"name": "元旦", "date": "2026-12-31", "isOffDay": true},
            {"name": "元旦", "date": "2027-01-01", "isOffDay": true},
            {"name": "元旦", "date": "2027-01-02", "isOffDay": true},
            {"name": "元旦", "date": "2027-01-03", "isOffDay": false},
        ],
    })
}

fn imports<'h>(person: &Person<'h>, calendar: &str, change: &Value) -> people::Ask<'h> {
    person
        .post(&format!("{calendar}/imports"), change)
        .key(&new_key())
}

/// Waits until an import has come so far.
#[track_caller]
fn awaits(person: &Person, import: &Answer, state: &str) -> Answer {
    let path = format!("/calendar-imports/{}", import.text("/import_id"));
    for _ in 0..600 {
        let seen = person.get(&path).expect(200);
        if seen["state"] == state {
            assert!(seen["checked"].as_i64() <= seen["total"].as_i64(), "{seen}");
            assert_eq!(seen["failed"], 0, "{seen}");
            return seen;
        }
        thread::sleep(Duration::from_millis(100));
    }
    panic!("{import} does not get {state}")
}

fn applies<'h>(person: &Person<'h>, import: &Answer, version: i64) -> people::Ask<'h> {
    let path = format!("/calendar-imports/{}/application", import.text("/import_id"));
    person.ask("POST", &path).if_match(version).key(&new_key())
}

/// Imports a change, and applies it; how it ended.
#[track_caller]
fn goes_through(person: &Person, calendar: &str, change: &Value) -> Answer {
    let import = imports(person, calendar, change).expect(202);
    let tried = awaits(person, &import, "tried");
    applies(person, &tried, 2).expect(202);
    awaits(person, &tried, "applied")
}

#[track_caller]
fn due_on(person: &Person, case: &Case) -> String {
    duty(&person.sees(case), "finish_and_tell")["due_on"]
        .as_str()
        .expect("it is due")
        .to_owned()
}

fn a_year_that_is_published_moves_what_reaches_into_it_and_nothing_else(database: &Database) {
    let house = House::open(database);
    house.set_clock("2026-12-01T09:00");
    let (officer, operator) = (house.person(HALL), house.person(OPERATOR));
    let before = officer.registers(&hall_complaint());
    house.set_clock("2026-12-14T09:00");
    let reaching = officer.registers(&hall_complaint());
    assert_eq!(duty(&officer.sees(&reaching), "finish_and_tell")["due_on"], PLAIN);
    assert_eq!(
        duty(&officer.sees(&reaching), "finish_and_tell")["provisional"],
        true
    );
    let unmoved = officer.history(&before);

    let administrator = house.person(ADMINISTRATOR);
    imports(&administrator, "/calendars/cn", &json!({"holidays": notice()})).is_problem(403, "not_permitted");
    let import = imports(&operator, "/calendars/cn", &json!({"holidays": notice()})).expect(202);
    let tried = awaits(&operator, &import, "tried");
    assert!(tried["moved"].as_i64() > Some(0), "{tried}");
    assert_eq!(due_on(&officer, &reaching), PLAIN, "a trial moves nothing");
    let listed = all_of(
        &administrator,
        &format!("/calendar-imports/{}/moves", import.text("/import_id")),
    );
    let finishing = listed
        .iter()
        .find(|it| it["kind"] == "finish_and_tell")
        .unwrap_or_else(|| panic!("{listed:#?}"));
    assert_eq!(finishing["from"]["due_on"], PLAIN);
    assert_eq!(finishing["from"]["provisional"], true);
    // The last two days of the year's turn are lost, and a Sunday is won.
    assert_eq!(finishing["to"]["due_on"], "2027-01-05", "{finishing:#}");
    assert_eq!(finishing["to"]["provisional"], false);
    assert_eq!(finishing["days"][0]["date"], "2026-12-31");
    assert_eq!(finishing["days"][0]["was"], "working_day");
    assert_eq!(finishing["days"][0]["is"], "holiday");
    assert_eq!(finishing["days"][2]["is"], "makeup_workday", "{finishing:#}");

    applies(&operator, &tried, 1).is_problem(412, "version_stale");
    let key = new_key();
    applies(&operator, &tried, 2).key(&key).expect(202);
    applies(&operator, &tried, 2).is_problem(409, "already_done");
    let again = applies(&operator, &tried, 2).key(&key).expect(202);
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    let applied = awaits(&operator, &import, "applied");
    assert_eq!(applied["moved"], tried["moved"], "{applied}");

    let seen = officer.sees(&reaching);
    let owed = duty(&seen, "finish_and_tell");
    assert_eq!(owed["due_on"], "2027-01-05");
    assert_eq!(owed["provisional"], false);
    assert_eq!(owed["calendar_version"], 2, "{owed:#}");
    assert!(officer.history(&reaching).contains(&"DutyMoved".to_owned()));
    let explained = officer.explains(&reaching, "finish_and_tell");
    assert_eq!(explained.counted(), 15);
    assert_eq!(explained.reason("2027-01-03"), "makeup_workday");
    assert_eq!(due_on(&officer, &before), "2026-12-22");
    assert_eq!(officer.history(&before), unmoved, "nothing happened to it");
    let explained = officer.explains(&before, "finish_and_tell");
    assert_eq!(explained.0["calendar"]["version"], 1, "by which it was counted");

    // Another replica goes by the new version, and a new case begins under it.
    let other = House::open_at(database, "2026-12-14T10:00:00+08:00");
    let officer = other.person(HALL);
    let new = officer.registers(&hall_complaint());
    assert_eq!(due_on(&officer, &new), "2027-01-05");
    let question =
        json!({"start": "2026-12-14T09:00:00+08:00", "limit": {"count": 15, "unit": "working_day"}});
    let asked = officer.post("/calendars/cn/due-dates", &question).expect(200);
    assert_eq!(asked["due_on"], "2027-01-05");
    assert_eq!(asked["calendar"]["version"], 2);
}

fn an_office_has_days_and_hours_of_its_own(database: &Database) {
    let house = House::open(database);
    house.set_clock("2026-11-02T09:00");
    let (officer, administrator) = (house.person(HALL), house.person(ADMINISTRATOR));
    let late = officer.registers(&hall_complaint());
    house.set_clock("2026-12-01T09:00");
    let open = officer.registers(&hall_complaint());
    assert_eq!(due_on(&officer, &late), "2026-11-23");
    assert_eq!(due_on(&officer, &open), "2026-12-22");

    // A day that is long over, one to come, and two spans of hours.
    let days = json!([
        {"from": "2026-11-05", "name": "停电", "work": "off"},
        {"from": "2026-12-15", "to": "2026-12-16", "name": "搬迁", "work": "off"},
        {"from": "2026-12-19", "name": "补班", "work": "working"},
    ]);
    let change = json!({"local_days": days, "business_hours": ["08:30 to 12:00", "14:00 to 18:00"]});
    let listed = administrator.get("/calendars").expect(200);
    assert_eq!(listed["own_calendar_code"], "office.service_hall");
    goes_through(&administrator, OWN, &change);
    assert_eq!(due_on(&officer, &late), "2026-11-23", "what is already due stays");
    assert_eq!(
        due_on(&officer, &open),
        "2026-12-23",
        "two days lost, a Saturday won"
    );
    let explained = officer.explains(&open, "finish_and_tell");
    assert_eq!(explained.reason("2026-12-15"), "local_day_off");
    assert_eq!(explained.reason("2026-12-19"), "local_workday");
    let explained = officer.explains(&late, "finish_and_tell");
    assert_eq!(
        explained.0["ends"]["due_on"], "2026-11-23",
        "by the national one it began under"
    );

    let own = administrator.get(OWN).expect(200);
    assert_eq!(own["over"], json!({"code": "cn", "version": 1}));
    assert_eq!(own["business_hours"], json!(["08:30 to 12:00", "14:00 to 18:00"]));
    assert_eq!(own["local_days"].as_array().map(Vec::len), Some(3));
    assert_eq!(officer.get("/calendars").expect(200).list("/items").len(), 2);
    let stranger = house.person("tobacco_supervision.administrator");
    stranger.get(OWN).is_problem(404, "not_found");
    imports(&stranger, OWN, &change).is_problem(403, "not_permitted");

    // The officer acts on the late case: it is still late by the calendar that it was counted with.
    officer.does(
        "serve_notice",
        &late,
        &json!({"kind": "process_notice", "text": "已告知办理程序。", "channel": "visit"}),
    );
    assert_eq!(due_on(&officer, &late), "2026-11-23");

    // A new version of the national calendar gives the office's own a new one, with its days; and what was tried on an
    // older one is outdated.
    let operator = house.person(OPERATOR);
    let stale = imports(&administrator, OWN, &json!({"local_days": []})).expect(202);
    let stale = awaits(&administrator, &stale, "tried");
    goes_through(&operator, "/calendars/cn", &json!({"holidays": notice()}));
    let own = administrator.get(OWN).expect(200);
    assert_eq!(own["over"], json!({"code": "cn", "version": 2}));
    assert_eq!(own["version"], 3);
    let day = administrator
        .get(&format!("{OWN}/days?from=2026-12-15&to=2027-01-03"))
        .expect(200);
    assert_eq!(day["items"][0]["reason"], "local_day_off");
    assert_eq!(day["items"][19]["reason"], "makeup_workday");
    applies(&administrator, &stale, 2).is_problem(409, "dry_run_outdated");

    // Taken back, the days are as the country has them; what is due in time moves back.
    goes_through(&administrator, OWN, &json!({"local_days": []}));
    assert_eq!(due_on(&officer, &open), "2026-12-22");
}

fn what_cannot_stand_in_an_import_is_told(database: &Database) {
    let house = House::open(database);
    let (operator, administrator) = (house.person(OPERATOR), house.person(ADMINISTRATOR));
    let of =
        |days: Value| json!({"holidays": {"year": 2027, "papers": ["https://example.org"], "days": days}});
    let day = |date: &str, off: bool| json!({"name": "元旦", "date": date, "isOffDay": off});
    let faulty = |change: &Value, pointer: &str, code: &str| {
        imports(&operator, "/calendars/cn", change)
            .is_problem(422, "data_faulty")
            .points_at(pointer, code);
    };
    // The file of a year that is not published is there, and empty.
    let empty = json!({"holidays": {"year": 2027, "papers": [], "days": []}});
    faulty(&empty, "/holidays/days", "too_short");
    faulty(
        &of(json!([day("2027-01-01", true), day("2027-01-01", true)])),
        "/holidays/days/1/date",
        "repeated",
    );
    faulty(
        &of(json!([day("2028-01-01", true)])),
        "/holidays/days/0/date",
        "out_of_range",
    );
    faulty(
        &of(json!([day("2026-11-30", true)])),
        "/holidays/days/0/date",
        "out_of_range",
    );
    faulty(
        &of(json!([day("2027-01-04", false)])),
        "/holidays/days/0/isOffDay",
        "inconsistent",
    );
    let mut unsigned = of(json!([day("2027-01-01", true)]));
    unsigned["holidays"]["papers"] = json!([]);
    faulty(&unsigned, "/holidays/papers", "required");
    unsigned["year_status"] = json!("provisional");
    let announced = imports(&operator, "/calendars/cn", &unsigned).expect(202);
    awaits(&operator, &announced, "tried");
    imports(&operator, "/calendars/cn", &json!({})).is_problem(422, "body_invalid");
    imports(
        &operator,
        "/calendars/nowhere",
        &of(json!([day("2027-01-01", true)])),
    )
    .is_problem(404, "not_found");
    let published = json!({"holidays": {"year": 2026, "papers": ["https://example.org"], "days": [day("2026-01-05", true)]}});
    imports(&administrator, OWN, &published)
        .is_problem(422, "data_faulty")
        .points_at("/holidays/year", "inconsistent");
    let hours = json!({"business_hours": ["09:00 to 12:00", "11:00 to 17:00"]});
    imports(&administrator, OWN, &hours)
        .is_problem(422, "data_faulty")
        .points_at("/business_hours/1", "inconsistent");
    let days =
        json!({"local_days": [{"from": "2026-12-02", "to": "2026-12-01", "name": "x", "work": "off"}]});
    imports(&administrator, OWN, &days)
        .is_problem(422, "data_faulty")
        .points_at("/local_days/0/to", "out_of_range");
    let officer = house.person(HALL);
    officer
        .get(&format!("/calendar-imports/{}", announced.text("/import_id")))
        .is_problem(403, "not_permitted");
}

fn an_import_goes_on_where_a_replica_has_died(database: &Database) {
    let at = "2026-12-14T09:00:00+08:00";
    let (import, case) = {
        let house = House::open_at(database, at);
        let case = house.person(HALL).registers(&hall_complaint());
        let operator = house.person(OPERATOR);
        let import = imports(&operator, "/calendars/cn", &json!({"holidays": notice()})).expect(202);
        (awaits(&operator, &import, "tried"), case)
    };
    // A replica lets it be gone by, takes the run, and is not heard of again.
    let archive = archive_of(database, at);
    let id: Uuid = import.text("/import_id").parse().expect("an id");
    let begun = archive
        .begin_import(id, 2, at.parse().expect("an instant"), None)
        .expect("begun");
    assert_eq!(begun.version, 3);
    let dead = Uuid::now_v7();
    let held = archive.take_import(dead, TimeDelta::seconds(12)).expect("asked");
    let held = held.expect("it waited");
    assert!(
        archive
            .take_import(Uuid::now_v7(), TimeDelta::seconds(12))
            .expect("asked")
            .is_none(),
        "nobody else takes what is held"
    );

    let house = House::open_at(database, at);
    let (officer, operator) = (house.person(HALL), house.person(OPERATOR));
    // Whoever acts on a case first finds it counted by the new calendar, with the event.
    let other = officer.registers(&hall_complaint());
    assert_eq!(due_on(&officer, &other), "2027-01-05");
    officer.does(
        "serve_notice",
        &case,
        &json!({"kind": "process_notice", "text": "已告知办理程序。", "channel": "visit"}),
    );
    let moved = |history: Vec<String>| history.iter().filter(|kind| *kind == "DutyMoved").count();
    let first = moved(officer.history(&case));
    assert!(first > 0, "{:?}", officer.history(&case));
    awaits(&operator, &import, "applied");
    assert_eq!(due_on(&officer, &case), "2027-01-05");
    assert_eq!(
        moved(officer.history(&case)),
        first,
        "the run found nothing left to do"
    );
    let progress = Progress::default();
    let late = archive.advance_import(&held, dead, TimeDelta::seconds(12), &progress, &[]);
    assert!(!late.expect("asked"), "whoever lost it says nothing more");
}

/// Listens to how far an import comes.
fn listens(house: &House, import: &Answer, last: Option<&str>) -> Listener {
    let address = format!("/calendar-imports/{}/stream", import.text("/import_id"));
    let mut listener = Listener::open(house, OPERATOR, &address, last);
    assert!(
        matches!(listener.hears_anything(), Heard::Alive),
        "when to come back"
    );
    listener
}

/// What is heard next: the state, how many there are, how many were looked at, and how many moved.
#[track_caller]
fn hears(listener: &mut Listener) -> (String, Option<i64>, i64, i64) {
    let (name, data) = listener.hears();
    assert_eq!(data["state"], name.as_str(), "{data}");
    let number = |name: &str| data[name].as_i64();
    let counted = number("checked").expect("a number");
    (name, number("total"), counted, number("moved").expect("a number"))
}

fn whoever_listens_to_an_import_hears_how_far_it_comes_from_any_replica(database: &Database) {
    let at = "2026-12-14T09:00:00+08:00";
    let import = {
        let house = House::open_at(database, at);
        house.person(HALL).registers(&hall_complaint());
        let operator = house.person(OPERATOR);
        let import = imports(&operator, "/calendars/cn", &json!({"holidays": notice()})).expect(202);
        // The trial is heard of up to its end, however quick it was.
        let mut listener = listens(&house, &import, None);
        let trial = loop {
            let heard = hears(&mut listener);
            if heard.0 == "tried" {
                break heard;
            }
            assert_eq!(heard.0, "trying");
        };
        assert!(trial.3 > 0, "{trial:?}");
        assert_eq!(trial.1, Some(trial.2), "all of them were looked at");
        assert_eq!(listener.reason_of_end(), "run_ended");
        import
    };

    // The application is run by a replica whose every step is known here.
    let (archive, span) = (archive_of(database, at), TimeDelta::minutes(10));
    let id: Uuid = import.text("/import_id").parse().expect("an id");
    let begun_at = at.parse().expect("an instant");
    archive.begin_import(id, 2, begun_at, None).expect("begun");
    let run = Uuid::now_v7();
    let held = archive.take_import(run, span).expect("asked");
    let held = held.expect("it waited");
    let advances = |progress: &Progress| {
        assert!(
            archive
                .advance_import(&held, run, span, progress, &[])
                .expect("asked")
        );
    };
    let houses = [House::open_at(database, at), House::open_at(database, at)];
    let operator = houses[0].person(OPERATOR);
    let mut listener = listens(&houses[0], &import, None);
    let named = |total, checked, moved| ("applying".to_owned(), total, checked, moved);
    assert_eq!(hears(&mut listener), named(None, 0, 0));
    advances(&Progress {
        total: Some(7),
        ..Progress::default()
    });
    assert_eq!(hears(&mut listener), named(Some(7), 0, 0));
    advances(&Progress {
        checked: 4,
        moved: 2,
        ..Progress::default()
    });
    assert_eq!(hears(&mut listener), named(Some(7), 4, 2));

    // Elsewhere it goes on with what is new, and says nothing twice.
    let last = listener.id.clone().expect("an id");
    let mut other = listens(&houses[1], &import, Some(&last));
    advances(&Progress {
        checked: 3,
        moved: 1,
        ..Progress::default()
    });
    assert_eq!(hears(&mut other), named(Some(7), 7, 3));
    advances(&Progress {
        done_at: Some(Utc::now()),
        ..Progress::default()
    });
    assert_eq!(hears(&mut other), ("applied".to_owned(), Some(7), 7, 3));
    let last = other.id.clone();
    assert_eq!(other.reason_of_end(), "run_ended");
    let (name, _) = listens(&houses[0], &import, last.as_deref()).hears();
    assert_eq!(name, "closed", "nothing happened since");

    // It is for whom the import is, and an id is one caller's and one import's.
    let stream = format!("/calendar-imports/{id}/stream");
    houses[0]
        .person(HALL)
        .get(&stream)
        .is_problem(403, "not_permitted");
    let administrator = houses[0].person(ADMINISTRATOR);
    let listening = administrator.get(&stream);
    listening
        .header("Last-Event-ID", last.as_deref().expect("an id"))
        .is_problem(400, "cursor_invalid");
    let nowhere = "/calendar-imports/0198f2a4-0000-7000-8000-0000000000ff/stream";
    operator.get(nowhere).is_problem(404, "not_found");
}

fn the_imports_of_a_calendar_are_listed_to_whom_they_concern(database: &Database) {
    let house = House::open(database);
    let (operator, administrator) = (house.person(OPERATOR), house.person(ADMINISTRATOR));
    let own = format!("{OWN}/imports");
    assert_eq!(
        administrator.get(&own).expect(200)["items"],
        json!([]),
        "none yet"
    );
    let change = json!({"local_days": [{"from": "2026-12-02", "name": "停电", "work": "off"}]});
    let first = imports(&administrator, OWN, &change).expect(202);
    awaits(&administrator, &first, "tried");
    let second = imports(&administrator, OWN, &change).expect(202);
    let second = awaits(&administrator, &second, "tried");
    let national = imports(&operator, "/calendars/cn", &json!({"holidays": notice()})).expect(202);
    awaits(&operator, &national, "tried");

    let page = administrator.get(&format!("{own}?limit=1")).expect(200);
    assert_eq!(
        page.list("/items"),
        [second.body().clone()],
        "the newest first, as it is shown alone"
    );
    let next = format!("{own}?limit=1&cursor={}", page.text("/next_cursor"));
    let page = administrator.get(&next).expect(200);
    assert_eq!(page["items"][0]["import_id"], first["import_id"]);
    assert!(page["next_cursor"].is_null(), "{page}");
    for who in [&operator, &administrator] {
        let listed = who.get("/calendars/cn/imports").expect(200);
        assert_eq!(listed["items"][0]["import_id"], national["import_id"]);
    }
    house.person(HALL).get(&own).is_problem(403, "not_permitted");
    let stranger = house.person("tobacco_supervision.administrator");
    stranger.get(&own).is_problem(404, "not_found");
    operator
        .get("/calendars/nowhere/imports")
        .is_problem(404, "not_found");
}

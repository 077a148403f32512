//! The register of offices and staff, and what is asked of every request: who may touch whom, what counts as stated,
//! and which fault is told first.

use std::collections::BTreeSet;
use std::thread;

use api::demo::{self, OPERATOR};
use api::desk::shipped_rulebooks;
use chrono::{DateTime, Utc};
use people::matter::{INTAKE, tobacco_complaint, with};
use people::{Database, House, OPENING, PASSWORD, Person, archive_of, new_key, on_both};
use persistence::Archive;
use persistence::staff::{NewStaffMember, StaffFilter};
use serde_json::json;
use uuid::Uuid;

/// The id of no case.
const NOBODYS: &str = "00000000-0000-4000-8000-000000000000";

on_both!(
    an_operator_is_administered_by_operators_only,
    two_instances_furnish_one_demonstration,
    a_blank_text_states_nothing,
    what_is_wrong_beside_the_body_is_told_before_the_body,
    the_demo_clock_stays_within_reason,
);

fn an_operator_is_administered_by_operators_only(database: &Database) {
    let house = House::open(database);
    let administrator = house.person("baiyun_center.administrator");
    let operator = Member::find(&administrator, OPERATOR);

    operator.resets(&administrator).is_problem(403, "not_permitted");
    operator
        .is_deactivated_by(&administrator)
        .is_problem(403, "not_permitted");
    administrator
        .ask("PATCH", &operator.path(""))
        .json(&json!({"name": "换了名字", "administrator": true}))
        .if_match(operator.version)
        .is_problem(403, "not_permitted");
    house.log_in(OPERATOR, PASSWORD).expect(200);

    // Somebody who is both may, down to the last one.
    employs_chief(database);
    let chief = house.person("baiyun_center.chief");
    chief
        .ask("PATCH", &operator.path(""))
        .json(&json!({"name": "换了名字"}))
        .if_match(operator.version)
        .expect(200);
    Member::find(&chief, OPERATOR).resets(&chief).expect(200);
    Member::find(&chief, OPERATOR)
        .is_deactivated_by(&chief)
        .expect(200);
    Member::find(&chief, "baiyun_center.chief")
        .is_deactivated_by(&chief)
        .is_problem(409, "last_administrator");
    chief.get("/session").expect(200);
}

/// Enters a chief of the hall: administrator and operator in one, with the password of everybody.
fn employs_chief(database: &Database) {
    let archive = archive_of(database, OPENING);
    let known = archive
        .find_log_in(OPERATOR)
        .expect("the archive answers")
        .expect("there is an operator");
    let chief = NewStaffMember {
        office_id: known.staff_member.office_id,
        id: Uuid::now_v7(),
        user_name: "baiyun_center.chief".to_owned(),
        name: "总管".to_owned(),
        unit_id: None,
        positions: "[]".to_owned(),
        administrator: true,
        operator: true,
        password_hash: known.password_hash,
        password_must_change: false,
        created_at: known.staff_member.created_at,
    };
    archive
        .create_staff_member(&chief, None)
        .expect("the chief is entered");
}

/// A member of staff as somebody found them.
struct Member {
    id: String,
    version: i64,
}

impl Member {
    #[track_caller]
    fn find(by: &Person<'_>, user_name: &str) -> Self {
        let staff = people::all_of(by, "/staff");
        let found = staff
            .iter()
            .find(|member| member["user_name"] == user_name)
            .unwrap_or_else(|| panic!("{user_name} is not in the office"));
        Self {
            id: found["id"].as_str().expect("an id").to_owned(),
            version: found["version"].as_i64().expect("a version"),
        }
    }

    fn path(&self, rest: &str) -> String {
        format!("/staff/{}{rest}", self.id)
    }

    fn resets<'h>(&self, by: &Person<'h>) -> people::Ask<'h> {
        by.ask("POST", &self.path("/password-resets")).key(&new_key())
    }

    fn is_deactivated_by<'h>(&self, by: &Person<'h>) -> people::Ask<'h> {
        by.ask("POST", &self.path("/deactivation"))
            .if_match(self.version)
            .key(&new_key())
    }
}

fn two_instances_furnish_one_demonstration(database: &Database) {
    let alone = archive_of(database, OPENING);
    furnish(&*alone);
    let expected = inventory(&*alone);
    assert!(
        expected.iter().any(|line| line.ends_with(OPERATOR)),
        "{expected:#?}"
    );
    assert!(
        expected.iter().any(|line| line.contains("answered for")),
        "{expected:#?}"
    );
    for _ in 0..10 {
        let database = Database::fresh(database.engine());
        // Opened one after the other: here it is the furniture that both bring at once.
        let instances = [archive_of(&database, OPENING), archive_of(&database, OPENING)];
        thread::scope(|scope| {
            for archive in &instances {
                scope.spawn(|| furnish(&**archive));
            }
        });
        assert_eq!(inventory(&*instances[0]), expected);
    }
}

fn furnish(archive: &dyn Archive) {
    let opening: DateTime<Utc> = OPENING.parse().expect("an instant");
    demo::furnish(archive, &shipped_rulebooks(), PASSWORD, opening).expect("the demonstration is set up");
}

/// Everything that stands in a demonstration, a line for each.
fn inventory(archive: &dyn Archive) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for office in archive.list_offices(None, 1000).expect("offices") {
        let code = &office.code;
        for unit in archive.list_units(office.id, None, 1000).expect("units") {
            let answered = unit.accountable_officer_id.map_or("", |_| "answered for");
            found.insert(format!("{code} unit {} {answered}", unit.code));
        }
        for window in archive.list_windows(office.id, None, 1000).expect("windows") {
            found.insert(format!("{code} window {}", window.code));
        }
        let staff = archive.list_staff(office.id, &StaffFilter::default(), None, 1000);
        for member in staff.expect("staff") {
            found.insert(format!("{code} staff {}", member.user_name));
        }
    }
    found
}

fn a_blank_text_states_nothing(database: &Database) {
    let house = House::open(database);
    let clerk = house.person(INTAKE);
    for blank in [" ", "\t\n ", "　", "\u{a0}\u{2003}"] {
        clerk
            .post("/cases", &with(tobacco_complaint(), "content", blank))
            .key(&new_key())
            .is_problem(422, "body_invalid")
            .points_at("/content", "too_short");
    }
}

fn what_is_wrong_beside_the_body_is_told_before_the_body(database: &Database) {
    let house = House::open(database);
    let clerk = house.person(INTAKE);
    let act = format!("/cases/{NOBODYS}/acceptance");
    for _ in 0..30 {
        clerk
            .post("/cases", &json!({"nonsense": 1}))
            .key("short")
            .is_problem(400, "malformed_request")
            .points_at("/header/Idempotency-Key", "wrong_format");
        clerk
            .post(&act, &json!({"nonsense": 1}))
            .key(&new_key())
            .header("If-Match", "seven")
            .is_problem(400, "malformed_request")
            .points_at("/header/If-Match", "wrong_format");
    }
    clerk
        .post("/cases", &json!({"nonsense": 1}))
        .key(&new_key())
        .is_problem(422, "body_invalid");
}

fn the_demo_clock_stays_within_reason(database: &Database) {
    let house = House::open(database);
    let sets = |now: &str| {
        house
            .stranger()
            .ask("PUT", "/demo/clock")
            .json(&json!({"now": now}))
    };
    for beyond in ["9999-12-31T00:00:00Z", "2200-01-01T00:00:00Z"] {
        sets(beyond)
            .is_problem(422, "body_invalid")
            .points_at("/now", "out_of_range");
    }
    let shown = house.stranger().get("/demo/clock").expect(200);
    let shown: DateTime<Utc> = shown.text("/now").parse().expect("an instant");
    assert_eq!(shown, OPENING.parse::<DateTime<Utc>>().expect("an instant"));
    sets("2199-12-31T23:59:59Z").expect(200);
}

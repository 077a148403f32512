//! Offices, units, windows and staff.

use persistence::office::OfficeChange;
use persistence::remembered_answer::RememberedAnswer;
use persistence::staff::{NewStaffMember, StaffChange, StaffFilter, StaffRecord};
use persistence::unit::{NewUnit, UnitChange, UnitRecord};
use persistence::window::{NewWindow, WindowChange};
use persistence::{Conflict, StoreError, Thing};
use uuid::Uuid;

use people::{Database, on_both};

use super::place::{founded, member, morning, morning_as_kept, office, opened, unit};

on_both!(
    an_office_is_kept_as_given_to_the_microsecond,
    an_office_comes_with_its_administrator_or_not_at_all,
    a_stale_change_is_refused_with_the_version_it_has_now,
    units_are_listed_by_code_page_by_page,
    a_unit_never_stands_above_itself,
    an_accountable_officer_is_appointed_and_lifted,
    windows_belong_to_units_of_their_office,
    staff_are_listed_by_name_and_found_by_position,
    the_last_administrator_stays,
    every_change_of_the_directory_raises_its_version,
    a_key_serves_once,
);

#[track_caller]
fn refused<T: std::fmt::Debug>(answer: Result<T, StoreError>) -> String {
    match answer.expect_err("a refusal") {
        StoreError::Conflict(conflict) => format!("{conflict:?}"),
        StoreError::Missing(thing) => format!("missing {thing:?}"),
        StoreError::Stale { current } => format!("stale, now {current}"),
        other => panic!("{other:?}"),
    }
}

fn an_office_is_kept_as_given_to_the_microsecond(database: &Database) {
    let archive = &*opened(database);
    let new = office("hall");
    let administrator = NewStaffMember {
        administrator: true,
        ..member(new.id, "hall.admin")
    };
    let kept = archive.create_office(&new, &administrator, None).expect("kept");
    assert_eq!((kept.version, kept.directory_version, kept.active), (1, 1, true));
    assert_eq!(kept.created_at, morning_as_kept());
    assert_eq!(kept.name_zh, "某投诉办");
    assert_eq!(archive.find_office(new.id).expect("read"), Some(kept.clone()));
    assert_eq!(
        archive.find_office_by_code("hall").expect("read"),
        Some(kept.clone())
    );
    assert_eq!(archive.find_office_by_code("Hall").expect("read"), None);
    let change = OfficeChange {
        name_zh: "服务中心".to_owned(),
        name_en: kept.name_en.clone(),
        rulebook_code: kept.rulebook_code.clone(),
        rulebook_version: kept.rulebook_version.clone(),
        calendar_code: kept.calendar_code.clone(),
        cutover_at: Some(morning()),
        profile: "{\"phones\":[\"12345\"]}".to_owned(),
        active: true,
    };
    let changed = archive.update_office(new.id, 1, &change).expect("changed");
    assert_eq!((changed.version, changed.directory_version), (2, 2));
    assert_eq!(changed.cutover_at, Some(morning_as_kept()));
    let cleared = archive
        .update_office(
            new.id,
            2,
            &OfficeChange {
                cutover_at: None,
                ..change.clone()
            },
        )
        .expect("changed");
    assert_eq!(cleared.cutover_at, None);
    assert_eq!(refused(archive.update_office(new.id, 1, &change)), "stale, now 3");
    assert_eq!(
        refused(archive.update_office(Uuid::now_v7(), 1, &change)),
        "missing Office"
    );
}

fn an_office_comes_with_its_administrator_or_not_at_all(database: &Database) {
    let archive = &*opened(database);
    founded(archive, "hall");
    let second = office("second");
    let namesake = member(second.id, "hall.admin");
    assert_eq!(
        refused(archive.create_office(&second, &namesake, None)),
        "UserName"
    );
    assert_eq!(archive.find_office(second.id).expect("read"), None);
    let double = office("hall");
    assert_eq!(
        refused(archive.create_office(&double, &member(double.id, "x"), None)),
        "OfficeCode"
    );
    founded(archive, "depot");
    let codes = |after| -> Vec<String> {
        archive
            .list_offices(after, 1)
            .expect("read")
            .into_iter()
            .map(|office| office.code)
            .collect()
    };
    assert_eq!(codes(None), ["depot"]);
    assert_eq!(codes(Some("depot")), ["hall"]);
    assert_eq!(codes(Some("hall")), [""; 0]);
}

fn as_it_is(unit: &UnitRecord) -> UnitChange {
    UnitChange {
        name: unit.name.clone(),
        kind: unit.kind.clone(),
        level: unit.level.clone(),
        parent_id: unit.parent_id,
        active: unit.active,
    }
}

fn a_stale_change_is_refused_with_the_version_it_has_now(database: &Database) {
    let archive = &*opened(database);
    let office = founded(archive, "hall");
    let kept = archive.create_unit(&unit(office.id, "a"), None).expect("kept");
    let change = UnitChange {
        name: "一科".to_owned(),
        ..as_it_is(&kept)
    };
    let changed = archive
        .update_unit(office.id, kept.id, 1, &change, None)
        .expect("changed");
    assert_eq!((changed.name.as_str(), changed.version), ("一科", 2));
    let before = archive
        .find_office(office.id)
        .expect("read")
        .expect("there")
        .directory_version;
    assert_eq!(
        refused(archive.update_unit(office.id, kept.id, 1, &change, None)),
        "stale, now 2"
    );
    assert_eq!(
        refused(archive.update_unit(office.id, Uuid::now_v7(), 1, &change, None)),
        "missing Unit"
    );
    assert_eq!(
        refused(archive.update_unit(Uuid::now_v7(), kept.id, 2, &change, None)),
        "missing Office"
    );
    let after = archive
        .find_office(office.id)
        .expect("read")
        .expect("there")
        .directory_version;
    assert_eq!(before, after, "what was refused changed nothing");
}

fn units_are_listed_by_code_page_by_page(database: &Database) {
    let archive = &*opened(database);
    let office = founded(archive, "hall");
    let other = founded(archive, "other");
    for code in ["c", "a", "B", "b", "一", "d"] {
        archive.create_unit(&unit(office.id, code), None).expect("kept");
    }
    archive
        .create_unit(&unit(other.id, "a"), None)
        .expect("another office may use the code");
    assert_eq!(
        refused(archive.create_unit(&unit(office.id, "a"), None)),
        "UnitCode"
    );
    let mut seen: Vec<String> = Vec::new();
    loop {
        let page = archive
            .list_units(office.id, seen.last().map(String::as_str), 4)
            .expect("read");
        if page.is_empty() {
            break;
        }
        seen.extend(page.into_iter().map(|unit| unit.code));
    }
    assert_eq!(seen, ["B", "a", "b", "c", "d", "一"]);
}

fn a_unit_never_stands_above_itself(database: &Database) {
    let archive = &*opened(database);
    let office = founded(archive, "hall");
    let top = archive.create_unit(&unit(office.id, "top"), None).expect("kept");
    let below = |code: &str, parent| NewUnit {
        parent_id: Some(parent),
        ..unit(office.id, code)
    };
    let middle = archive.create_unit(&below("middle", top.id), None).expect("kept");
    let low = archive.create_unit(&below("low", middle.id), None).expect("kept");
    let under = |parent| UnitChange {
        parent_id: Some(parent),
        ..as_it_is(&top)
    };
    assert_eq!(
        refused(archive.update_unit(office.id, top.id, 1, &under(low.id), None)),
        "UnitAboveItself"
    );
    assert_eq!(
        refused(archive.update_unit(office.id, top.id, 1, &under(top.id), None)),
        "UnitAboveItself"
    );
    assert_eq!(
        refused(archive.create_unit(&below("x", Uuid::now_v7()), None)),
        "missing Unit"
    );
    let elsewhere = founded(archive, "other");
    let foreign = archive
        .create_unit(&unit(elsewhere.id, "top"), None)
        .expect("kept");
    assert_eq!(
        refused(archive.update_unit(office.id, top.id, 1, &under(foreign.id), None)),
        "missing Unit"
    );
    let freed = archive.update_unit(
        office.id,
        low.id,
        1,
        &UnitChange {
            parent_id: None,
            ..as_it_is(&low)
        },
        None,
    );
    assert_eq!(freed.expect("changed").parent_id, None);
}

fn an_accountable_officer_is_appointed_and_lifted(database: &Database) {
    let archive = &*opened(database);
    let office = founded(archive, "hall");
    let kept = archive.create_unit(&unit(office.id, "a"), None).expect("kept");
    let officer = archive
        .create_staff_member(&member(office.id, "officer"), None)
        .expect("kept");
    let appointed = archive
        .appoint_accountable_officer(office.id, kept.id, 1, officer.id)
        .expect("appointed");
    assert_eq!(
        (appointed.accountable_officer_id, appointed.version),
        (Some(officer.id), 2)
    );
    assert_eq!(
        refused(archive.lift_accountable_officer(office.id, kept.id, 1)),
        "stale, now 2"
    );
    let lifted = archive
        .lift_accountable_officer(office.id, kept.id, 2)
        .expect("lifted");
    assert_eq!((lifted.accountable_officer_id, lifted.version), (None, 3));
    let stranger = archive.appoint_accountable_officer(office.id, kept.id, 3, Uuid::now_v7());
    assert_eq!(refused(stranger), "missing StaffMember");
    let gone = StaffChange {
        active: false,
        ..unchanged(&officer)
    };
    archive
        .update_staff_member(office.id, officer.id, 1, &gone, None)
        .expect("changed");
    let left = archive.appoint_accountable_officer(office.id, kept.id, 3, officer.id);
    assert_eq!(refused(left), "missing StaffMember");
}

fn windows_belong_to_units_of_their_office(database: &Database) {
    let archive = &*opened(database);
    let office = founded(archive, "hall");
    let kept = archive.create_unit(&unit(office.id, "a"), None).expect("kept");
    let new = NewWindow {
        office_id: office.id,
        id: Uuid::now_v7(),
        code: "1".to_owned(),
        name: "一号窗口".to_owned(),
        unit_id: Some(kept.id),
        head_id: None,
    };
    let window = archive.create_window(&new, None).expect("kept");
    assert_eq!(
        archive.find_window(office.id, new.id).expect("read"),
        Some(window.clone())
    );
    assert_eq!(archive.list_windows(office.id, None, 10).expect("read"), [window]);
    assert_eq!(
        refused(archive.create_window(
            &NewWindow {
                id: Uuid::now_v7(),
                ..new.clone()
            },
            None
        )),
        "WindowCode"
    );
    assert_eq!(refused(archive.create_window(&new, None)), "Id");
    let astray = NewWindow {
        id: Uuid::now_v7(),
        unit_id: Some(Uuid::now_v7()),
        ..new.clone()
    };
    assert_eq!(refused(archive.create_window(&astray, None)), "missing Unit");
    let change = WindowChange {
        name: "壹".to_owned(),
        unit_id: None,
        head_id: None,
        active: false,
    };
    let changed = archive
        .update_window(office.id, new.id, 1, &change)
        .expect("changed");
    assert_eq!(
        (changed.version, changed.unit_id, changed.active),
        (2, None, false)
    );
    assert_eq!(
        refused(archive.update_window(office.id, new.id, 1, &change)),
        "stale, now 2"
    );
    assert_eq!(
        refused(archive.update_window(office.id, Uuid::now_v7(), 1, &change)),
        "missing Window"
    );
    let headless = WindowChange {
        head_id: Some(Uuid::now_v7()),
        ..change
    };
    assert_eq!(
        refused(archive.update_window(office.id, new.id, 2, &headless)),
        "missing StaffMember"
    );
}

fn unchanged(member: &StaffRecord) -> StaffChange {
    StaffChange {
        name: member.name.clone(),
        unit_id: member.unit_id,
        positions: member.positions.clone(),
        administrator: member.administrator,
        active: member.active,
    }
}

fn staff_are_listed_by_name_and_found_by_position(database: &Database) {
    let archive = &*opened(database);
    let office = founded(archive, "hall");
    let home = archive.create_unit(&unit(office.id, "a"), None).expect("kept");
    for number in 0..5 {
        let colleague = NewStaffMember {
            unit_id: Some(home.id),
            positions: "[\"reply_clerk\", \"intakeXofficer\"]".to_owned(),
            ..member(office.id, &format!("colleague{number}"))
        };
        archive.create_staff_member(&colleague, None).expect("kept");
    }
    assert_eq!(
        refused(archive.create_staff_member(&member(office.id, "colleague1"), None)),
        "UserName"
    );
    let by = |filter: StaffFilter| {
        archive
            .list_staff(office.id, &filter, None, 100)
            .expect("read")
            .len()
    };
    let in_position = |position: &str| StaffFilter {
        position: Some(position.to_owned()),
        ..StaffFilter::default()
    };
    assert_eq!(by(StaffFilter::default()), 6);
    assert_eq!(
        by(StaffFilter {
            unit_id: Some(home.id),
            ..StaffFilter::default()
        }),
        5
    );
    assert_eq!(by(in_position("reply_clerk")), 5);
    assert_eq!(
        by(in_position("intake_officer")),
        1,
        "an underscore stands for itself"
    );
    assert_eq!(by(in_position("reply")), 0);
    assert_eq!(
        by(StaffFilter {
            active: Some(false),
            ..StaffFilter::default()
        }),
        0
    );
    // All bear the same name: the id decides, and no page repeats or leaves out anybody.
    let mut seen: Vec<StaffRecord> = Vec::new();
    loop {
        let after = seen.last().map(|member| (member.name.as_str(), member.id));
        let page = archive
            .list_staff(office.id, &StaffFilter::default(), after, 4)
            .expect("read");
        if page.is_empty() {
            break;
        }
        seen.extend(page);
    }
    assert_eq!(
        seen,
        archive
            .find_directory(office.id)
            .expect("read")
            .expect("there")
            .staff
    );
    assert_eq!(seen.len(), 6);
}

fn the_last_administrator_stays(database: &Database) {
    let archive = &*opened(database);
    let office = founded(archive, "hall");
    let first = archive
        .find_log_in("hall.admin")
        .expect("read")
        .expect("there")
        .staff_member;
    let gone = StaffChange {
        active: false,
        ..unchanged(&first)
    };
    let demoted = StaffChange {
        administrator: false,
        ..unchanged(&first)
    };
    assert_eq!(
        refused(archive.update_staff_member(office.id, first.id, 1, &gone, None)),
        "LastAdministrator"
    );
    assert_eq!(
        refused(archive.update_staff_member(office.id, first.id, 1, &demoted, None)),
        "LastAdministrator"
    );
    let second = NewStaffMember {
        administrator: true,
        ..member(office.id, "second")
    };
    archive.create_staff_member(&second, None).expect("kept");
    let left = archive
        .update_staff_member(office.id, first.id, 1, &gone, None)
        .expect("changed");
    assert_eq!((left.active, left.version), (false, 2));
    let astray = StaffChange {
        unit_id: Some(Uuid::now_v7()),
        ..unchanged(&left)
    };
    assert_eq!(
        refused(archive.update_staff_member(office.id, first.id, 2, &astray, None)),
        "missing Unit"
    );
    assert_eq!(
        refused(archive.update_staff_member(office.id, first.id, 1, &gone, None)),
        "stale, now 2"
    );
}

fn every_change_of_the_directory_raises_its_version(database: &Database) {
    let archive = &*opened(database);
    let office = founded(archive, "hall");
    let version = || {
        archive
            .find_directory(office.id)
            .expect("read")
            .expect("there")
            .version
    };
    let kept = archive.create_unit(&unit(office.id, "a"), None).expect("kept");
    assert_eq!(version(), 2);
    archive
        .update_unit(office.id, kept.id, 1, &as_it_is(&kept), None)
        .expect("changed");
    assert_eq!(version(), 3);
    let officer = archive
        .create_staff_member(&member(office.id, "officer"), None)
        .expect("kept");
    assert_eq!(version(), 4);
    archive
        .appoint_accountable_officer(office.id, kept.id, 2, officer.id)
        .expect("appointed");
    assert_eq!(version(), 5);
    archive
        .update_staff_member(office.id, officer.id, 1, &unchanged(&officer), None)
        .expect("changed");
    assert_eq!(version(), 6);
    let directory = archive.find_directory(office.id).expect("read").expect("there");
    assert_eq!(directory.units[0].accountable_officer_id, Some(officer.id));
    assert_eq!(directory.staff.len(), 2);
    assert_eq!(archive.find_directory(Uuid::now_v7()).expect("read"), None);
}

fn a_key_serves_once(database: &Database) {
    let archive = &*opened(database);
    let office = founded(archive, "hall");
    let answer = RememberedAnswer {
        office_id: office.id,
        caller: "staff:1".to_owned(),
        operation: "create_unit".to_owned(),
        key: "0a6b3d7a-5b1f-4b7a-8a41-6b3e2c9d1f22".to_owned(),
        request_hash: vec![7; 32],
        outcome: "{}".to_owned(),
        created_at: morning_as_kept(),
    };
    let lookup = || {
        archive
            .find_remembered_answer(office.id, "staff:1", "create_unit", &answer.key)
            .expect("read")
    };
    assert_eq!(lookup(), None);
    let astray = NewUnit {
        parent_id: Some(Uuid::now_v7()),
        ..unit(office.id, "a")
    };
    assert_eq!(
        refused(archive.create_unit(&astray, Some(&answer))),
        "missing Unit"
    );
    assert_eq!(lookup(), None, "a refusal is not remembered");
    archive
        .create_unit(&unit(office.id, "a"), Some(&answer))
        .expect("kept");
    assert_eq!(lookup(), Some(answer.clone()));
    assert_eq!(
        refused(archive.create_unit(&unit(office.id, "b"), Some(&answer))),
        "Key"
    );
    assert_eq!(archive.list_units(office.id, None, 10).expect("read").len(), 1);
    assert!(matches!(
        archive.create_unit(&unit(Uuid::now_v7(), "b"), None),
        Err(StoreError::Missing(Thing::Office))
    ));
    assert!(!matches!(
        archive.create_unit(&unit(office.id, "b"), None),
        Err(StoreError::Conflict(Conflict::Key))
    ));
}

//! What happens about lateness, and after a deed: the text's own word before the house's, and nothing twice.

use std::collections::BTreeSet;

use super::super::forms::*;
use super::super::world::{World, at, own, task, text, word};
use super::intake::screen;
use crate::case::command::{Classification, Suspension};
use crate::case::decide::Actor;
use crate::case::{Act, Command, Entry, Event, Refusal, possibilities};
use crate::words::CaseType;

const ORDERS: &str = include_str!("../orders_office.toml");
const DESK: &str = include_str!("../intake_desk.toml");

/// A world under a text of one of the tests' offices, changed.
fn under(code: &str, text: &str) -> World {
    World {
        rulebook: Box::leak(Box::new(own(text))),
        ..World::of(code)
    }
}

fn signed(text: &str) -> World {
    let mut world = under("test.orders_office", text);
    let register = world.register(CaseType::Complaint, None);
    world
        .does(INTAKE, register)
        .does(INTAKE, accept())
        .does(INTAKE, dispatch(task("county_bureau.1")));
    let sign = world.sign();
    world.does(OFFICER, sign);
    assert_eq!(world.due("handle"), "2026-10-08");
    world
}

/// What the rules brought about over the days after a due date, with the clause and the day.
fn brought_about(world: &mut World) -> Vec<String> {
    let before = world.book.len();
    for day in ["09", "10", "11", "12", "13", "14", "15"] {
        world.looks(&format!("2026-10-{day}T09:00"));
    }
    let told = |entry: &Entry| {
        let what = match &entry.event {
            Event::UnitUrged { .. } => "urged",
            Event::ReportOwed { .. } => "reported",
            Event::Notified { .. } => "notified",
            _ => return None,
        };
        let day = world.calendar.date_of(entry.occurred_at);
        Some(format!(
            "{} {what} {}",
            day.format("%m-%d"),
            entry.clause.as_ref().unwrap()
        ))
    };
    world.book[before..].iter().filter_map(told).collect()
}

#[test]
fn where_the_text_says_nothing_of_lateness_the_floor_urges_and_reports() {
    let mut world = signed(ORDERS);
    assert_eq!(
        brought_about(&mut world),
        ["10-09 urged H-8", "10-10 reported H-8"]
    );
}

#[test]
fn where_the_text_has_a_ladder_for_a_duty_the_floors_is_silent() {
    let ladder = "[[escalation]]\nclause = \"L-2\"\nlate = [\"handle\"]\nat = \"3 working days after\"\nreport_to = \"supervising_leader\"\n";
    let mut world = signed(&format!("{ORDERS}\n{ladder}"));
    assert_eq!(
        brought_about(&mut world),
        ["10-13 reported L-2"],
        "once, and not before the text says"
    );
    let elsewhere = ladder.replace("\"handle\"", "\"handle_major\"");
    let mut world = signed(&format!("{ORDERS}\n{elsewhere}"));
    assert_eq!(
        brought_about(&mut world),
        ["10-09 urged H-8", "10-10 reported H-8"],
        "a ladder of another duty is no word on this one"
    );
    let not_here = ladder.replace("report_to", "when = { severity = [\"major\"] }\nreport_to");
    let mut world = signed(&format!("{ORDERS}\n{not_here}"));
    assert_eq!(
        brought_about(&mut world),
        ["10-09 urged H-8", "10-10 reported H-8"]
    );
}

#[test]
fn a_warning_is_no_ladder() {
    let warning = "[[escalation]]\nclause = \"L-2\"\nlate = [\"handle\"]\nat = \"1 working day before\"\nnotify = [\"supervising_leader\"]\n";
    let mut world = signed(&format!("{ORDERS}\n{warning}"));
    world.looks("2026-10-08T23:59");
    let warned = |entry: &&Entry| matches!(entry.event, Event::Notified { .. });
    assert_eq!(
        world.book.iter().filter(warned).count(),
        1,
        "on the working day before"
    );
    assert_eq!(
        brought_about(&mut world),
        ["10-09 urged H-8", "10-10 reported H-8"]
    );
}

#[test]
fn what_a_classification_says_again_is_not_reported_again() {
    let report = "[[escalation]]\nclause = \"T-9\"\nafter = \"classification\"\nwhen = { flag = [\"repeat\"] }\nreport_to = \"supervising_leader\"\n";
    let mut world = under("test.intake_desk", &format!("{DESK}\n{report}"));
    let register = world.register(CaseType::Complaint, None);
    world
        .does(INTAKE, register)
        .does(INTAKE, screen(true))
        .does(INTAKE, accept());
    let flags = |flags: &[&str]| {
        Command::Classify(Classification {
            flags: Some(flags.iter().map(|flag| word(flag)).collect::<BTreeSet<_>>()),
            ..Classification::default()
        })
    };
    let reports = |world: &World| world.case().leader_reports.len();
    world.does(INTAKE, flags(&[]));
    assert_eq!(reports(&world), 0);
    world.does(INTAKE, flags(&["repeat"]));
    assert_eq!(reports(&world), 1);
    world
        .does(INTAKE, flags(&["repeat"]))
        .does(INTAKE, classify(crate::words::AxisName::Category, "conduct"));
    assert_eq!(reports(&world), 1, "the word stood already");
    world.does(INTAKE, flags(&[])).does(INTAKE, flags(&["repeat"]));
    assert_eq!(reports(&world), 2, "it was taken away and said again");
}

#[test]
fn a_pause_is_shown_to_whom_its_ground_names_and_refused_to_others_under_it() {
    let theirs = ORDERS
        .replace("by      = \"whoever_may\"", "by      = \"supervising_leader\"")
        .replace("by     = \"intake_officer\"", "by     = \"supervising_leader\"")
        .replace(
            "\"extension_decision\"]",
            "\"extension_decision\", \"suspension\"]",
        );
    let mut world = signed(&theirs);
    let shown = |world: &World, who: &str| {
        let staff = World::staff(who);
        let possible = possibilities(world.case(), staff, &world.context(Actor::Staff(staff)));
        possible.into_iter().find(|it| it.act == Act::Suspend)
    };
    let pause = |ground: &str| {
        Command::Suspend(Suspension {
            ground: word(ground),
            reason: Some(text("why")),
        })
    };
    assert_eq!(shown(&world, INTAKE), None);
    let refused = world.refuses(INTAKE, pause("inspection"));
    assert!(
        matches!(&refused, Refusal::NotPermitted { clause: Some(clause), .. } if clause.as_str() == "L-4"),
        "{refused:?}"
    );
    assert_eq!(shown(&world, LEADER).unwrap().blocked, None);
    world.now = at("2026-09-18T09:00");
    world
        .does(LEADER, pause("inspection"))
        .does(LEADER, pause("waiting_for_material"));
    let blocked = shown(&world, LEADER).unwrap().blocked;
    assert!(
        matches!(blocked, Some(Refusal::AlreadyDone { .. })),
        "{blocked:?}"
    );
}

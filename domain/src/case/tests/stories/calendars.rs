//! A newer calendar comes while a case is under way.

use chrono::{DateTime, Utc};

use super::super::forms::*;
use super::super::world::{World, at};
use crate::calendar::{Calendar, Change, LocalDay, LocalWork};
use crate::case::decide::Actor;
use crate::case::{Command, Event, decide};
use crate::duty::Verdict;
use crate::words::{AxisName, CaseType};

/// The office's calendar after these days were said to be off.
fn without(calendar: &Calendar, days: &str, since: DateTime<Utc>) -> Calendar {
    let off = LocalDay {
        days: days.parse().unwrap(),
        name: "搬迁".to_owned(),
        work: LocalWork::Off,
    };
    let change = Change {
        local_days: Some(vec![off]),
        ..Change::default()
    };
    calendar.changed(&change, since).unwrap()
}

fn accepted() -> World {
    let mut world = World::of("cn.service_hall");
    let register = world.register(CaseType::Complaint, None);
    world
        .does(HALL, register)
        .does(HALL, process_notice())
        .does(HALL, classify(AxisName::Category, "conduct_service"))
        .does(HALL, accept());
    assert_eq!(world.due("finish_and_tell"), "2026-10-14");
    world
}

fn moves(world: &World, command: &Command, actor: Actor) -> usize {
    let entries = decide(world.case.as_ref(), command, &world.context(actor)).unwrap();
    let moves = entries
        .iter()
        .filter(|entry| matches!(entry.event, Event::DutyMoved(_)));
    moves.count()
}

#[test]
fn whoever_comes_first_counts_again_and_whoever_comes_next_finds_nothing_to_do() {
    let mut world = accepted();
    world.calendar = without(&world.calendar, "2026-09-21 to 2026-09-22", world.now);
    let version = world.case().version;
    let by_the_run = moves(&world, &Command::LookAtTime, Actor::Clock);
    assert!(by_the_run > 0);
    let mut by_hand = accepted();
    by_hand.calendar = world.calendar.clone();
    by_hand.does(HALL, assign(HALL));
    assert_eq!(by_hand.due("finish_and_tell"), "2026-10-16");
    assert_eq!(moves(&by_hand, &Command::LookAtTime, Actor::Clock), 0);
    let now = "2026-09-17T09:30";
    world.looks(now);
    assert_eq!(world.due("finish_and_tell"), "2026-10-16");
    assert_eq!(world.case().version, version, "no reader is made stale by it");
    world.does(HALL, assign(HALL));
    let dues = |world: &World| -> Vec<_> {
        let duties = world.case().duties.iter();
        duties
            .map(|duty| (duty.key.name.clone(), duty.terms.due.clone()))
            .collect()
    };
    assert_eq!(dues(&world), dues(&by_hand));
}

#[test]
fn what_was_due_when_it_came_stays_whoever_acts_later() {
    let mut world = accepted();
    world.looks("2026-10-15T08:00");
    world.calendar = without(&world.calendar, "2026-09-21 to 2026-09-22", world.now);
    world.looks("2026-10-15T09:00").does(HALL, assign(HALL));
    assert_eq!(world.due("finish_and_tell"), "2026-10-14");
}

#[test]
fn what_was_not_yet_due_when_it_came_is_judged_by_it_though_nobody_looked_before() {
    let mut world = accepted();
    world.calendar = without(
        &world.calendar,
        "2026-09-21 to 2026-09-22",
        at("2026-10-14T09:00"),
    );
    // By the old calendar it would be a day late.
    world.now = at("2026-10-15T09:00");
    world
        .does(HALL, assign(HALL))
        .does(
            HALL,
            work(crate::case::command::WorkKind::Activity(
                crate::words::ActivityKind::Interview,
            )),
        )
        .does(HALL, found(crate::words::Finding::Substantiated))
        .does(
            HALL,
            measure(crate::words::MeasureKind::CorrectError, "2026-10-15"),
        )
        .does(HALL, reply());
    let duty = |event: &Event| match event {
        Event::DutyDischarged { verdict, .. } => *verdict,
        _ => None,
    };
    let verdicts: Vec<Verdict> = world.book.iter().filter_map(|entry| duty(&entry.event)).collect();
    assert!(!verdicts.is_empty());
    assert!(!verdicts.contains(&Verdict::Late), "{verdicts:?}");
}

#[test]
fn a_notice_makes_nothing_late_at_once() {
    let mut world = accepted();
    // Due on 14 October; on the morning of the 13th two days of rest are said to have been worked.
    world.looks("2026-10-13T09:00");
    let worked = |first: &str| LocalDay {
        days: first.parse().unwrap(),
        name: "加班".to_owned(),
        work: LocalWork::Working,
    };
    let change = Change {
        local_days: Some(vec![worked("2026-09-19"), worked("2026-09-26 to 2026-09-27")]),
        ..Change::default()
    };
    let before = world.case().version;
    world.calendar = world.calendar.changed(&change, world.now).unwrap();
    world.looks("2026-10-13T10:00").does(HALL, assign(HALL));
    assert_eq!(
        world.due("finish_and_tell"),
        "2026-10-14",
        "it would have been the 10th"
    );
    assert!(world.case().version > before);
    // A day that is still to come is worked: by that it moves, also to an earlier day.
    let mut other = accepted();
    let change = Change {
        local_days: Some(vec![worked("2026-10-11")]),
        ..Change::default()
    };
    other.looks("2026-10-10T09:00");
    other.calendar = other.calendar.changed(&change, other.now).unwrap();
    other.looks("2026-10-10T10:00");
    assert_eq!(other.due("finish_and_tell"), "2026-10-13");
}

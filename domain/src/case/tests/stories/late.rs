//! What became due comes before whatever is asked: whoever is late is on record, whether or not a clock had come by.

use chrono::{DateTime, TimeDelta, Utc};

use super::super::forms::*;
use super::super::world::{World, at};
use crate::case::command::Remark;
use crate::case::decide::{Actor, decide};
use crate::case::{By, Case, Command, Entry, Event};
use crate::escalation::next_look;
use crate::words::CaseType;

/// A complaint at the tobacco company that nobody touches.
fn left_alone() -> World {
    let mut world = World::of("cn.tobacco_supervision");
    takes_in(&mut world, CaseType::Complaint);
    world
}

/// What the clock brought about, each with its time.
fn by_the_clock(entries: &[Entry]) -> Vec<(DateTime<Utc>, &Event)> {
    let mine = entries.iter().filter(|entry| entry.by == By::Clock);
    mine.map(|entry| (entry.occurred_at, &entry.event)).collect()
}

/// The entries that follow from looking at each moment at which something is due.
fn looked_at_each_moment(world: &World, until: DateTime<Utc>) -> (Case, Vec<Entry>) {
    let (mut case, mut entries) = (world.case().clone(), Vec::new());
    for _ in 0..1000 {
        let mut context = world.context(Actor::Clock);
        context.now = until;
        let Some(at) = next_look(&case, &context).filter(|at| *at <= until) else {
            break;
        };
        context.now = at.max(case.recorded_at);
        let more = decide(Some(&case), &Command::LookAtTime, &context).unwrap();
        assert!(!more.is_empty(), "something is due at {at} and nothing follows");
        case = more.iter().fold(case, Case::after);
        entries.extend(more);
    }
    (case, entries)
}

#[test]
fn after_an_outage_everything_comes_about_as_if_there_had_been_none() {
    let mut world = left_alone();
    let until = at("2026-12-01T09:00");
    let (live, expected) = looked_at_each_moment(&world, until);
    assert!(by_the_clock(&expected).len() > 3, "several steps are due by then");
    world.looks("2026-12-01T09:00");
    let caught_up = &world.book[world.book.len() - expected.len()..];
    let what = |entry: &Entry| {
        (
            entry.sequence,
            entry.occurred_at,
            entry.clause.clone(),
            entry.event.clone(),
        )
    };
    assert_eq!(
        caught_up.iter().map(what).collect::<Vec<_>>(),
        expected.iter().map(what).collect::<Vec<_>>()
    );
    assert_eq!(world.case().duties, live.duties);
    let times: Vec<_> = by_the_clock(caught_up).into_iter().map(|(at, _)| at).collect();
    assert!(times.is_sorted(), "oldest first: {times:?}");
    assert!(caught_up.iter().all(|entry| entry.recorded_at == until));
}

#[test]
fn a_late_deed_escapes_no_step() {
    let mut world = left_alone();
    let until = at("2026-12-01T09:00");
    let (_, expected) = looked_at_each_moment(&world, until);
    world.now = until;
    let (before, version) = (world.book.len(), world.case().version);
    world.does(INTAKE, ask_for_instruction());
    let entries = &world.book[before..];
    assert_eq!(by_the_clock(entries), by_the_clock(&expected));
    let deed = entries
        .iter()
        .position(|entry| matches!(entry.by, By::Staff { .. }))
        .unwrap();
    let steps = entries.iter().rposition(|entry| entry.by == By::Clock).unwrap();
    assert!(steps < deed, "the steps came first");
    assert!(entries.iter().all(|entry| entry.version == world.case().version));
    assert_eq!(world.case().version, version + 1, "raised once");
    // The sweep comes by and finds nothing more to do, but for what the deed itself has opened.
    let opened: Vec<_> = entries[deed..]
        .iter()
        .filter_map(|entry| match &entry.event {
            Event::DutyOpened(duty) => Some(duty.id),
            _ => None,
        })
        .collect();
    let book = world.book.len();
    world.looks("2026-12-01T09:00");
    for entry in &world.book[book..] {
        if let Event::StepTaken { duty, .. } = &entry.event {
            assert!(opened.contains(duty), "{entry:?}");
        }
    }
    let book = world.book.len();
    world.looks("2026-12-01T09:00");
    assert_eq!(world.book.len(), book);
}

#[test]
fn a_refusal_leaves_what_is_due_to_the_sweep() {
    let mut world = left_alone();
    world.now = at("2026-12-01T09:00");
    // `refuses` holds that nothing has changed.
    world.refuses(INTAKE, Command::Archive(Remark::default()));
    world.looks("2026-12-01T09:00");
    assert!(by_the_clock(&world.book).len() > 3);
}

#[test]
fn steps_that_only_tell_make_nobodys_version_stale() {
    let mut world = left_alone();
    let first = next_look(world.case(), &world.context(Actor::Clock)).unwrap();
    let version = world.case().version;
    world.now = first;
    world.try_as(Actor::Clock, &Command::LookAtTime).unwrap();
    let told = world.book.iter().filter(|entry| entry.recorded_at == first);
    let only_tells = told.clone().all(|entry| {
        matches!(
            entry.event,
            Event::StepTaken { .. } | Event::UnitUrged { .. } | Event::Notified { .. }
        )
    });
    assert!(told.count() > 0);
    assert_eq!(world.case().version, version + u64::from(!only_tells));
}

#[test]
fn the_book_goes_forward_under_a_clock_that_was_set_back() {
    let mut world = left_alone();
    world.looks("2026-12-01T09:00");
    let (last, book) = (world.case().recorded_at, world.book.len());
    assert_eq!(last, at("2026-12-01T09:00"));
    let duties = world.case().duties.clone();
    // Two days back: nothing fires, and what is recorded stands where the book had come to.
    world.now = last - TimeDelta::days(2);
    world.try_as(Actor::Clock, &Command::LookAtTime).unwrap();
    assert_eq!(world.book.len(), book, "nothing fires twice");
    world.does(INTAKE, ask_for_instruction());
    assert!(world.book[book..].iter().all(|entry| entry.recorded_at == last));
    for duty in &world.case().duties {
        let before = duties.iter().find(|before| before.id == duty.id);
        let unchanged = before.is_none_or(|before| before.terms.due == duty.terms.due);
        assert!(unchanged, "no limit is shortened: {duty:?}");
    }
    // And forward again: each step once.
    world.looks("2026-12-01T09:01");
    let mut steps: Vec<String> = world
        .book
        .iter()
        .filter_map(|entry| match &entry.event {
            Event::StepTaken { duty, step } => Some(format!("{duty} {step}")),
            _ => None,
        })
        .collect();
    let all = steps.len();
    steps.sort_unstable();
    steps.dedup();
    assert_eq!(steps.len(), all);
}

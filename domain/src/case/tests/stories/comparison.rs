//! What would differ in a recorded case under a draft.

use super::super::forms::*;
use super::super::world::{World, at, own, regulations, task};
use crate::case::Context;
use crate::case::command::WorkKind;
use crate::case::comparison::{Difference, DutyDifference, Judgement, Lacking, compare};
use crate::case::decide::Actor;
use crate::rulebook::{Checked, text_of};
use crate::words::{ActivityKind, AxisName, CaseType, Finding, MeasureKind, RulebookCode, Status};

/// A matter that was answered on the third-to-last of fifteen working days.
fn answered() -> World {
    let mut world = World::of("cn.service_hall");
    let register = world.register(CaseType::Complaint, None);
    world
        .does(HALL, register)
        .does(HALL, process_notice())
        .does(HALL, classify(AxisName::Category, "facilities"))
        .does(HALL, accept())
        .does(HALL, assign(HALL))
        .does(HALL, work(WorkKind::Activity(ActivityKind::Interview)))
        .does(HALL, found(Finding::Substantiated))
        .looks("2026-10-12T10:00")
        .does(HALL, measure(MeasureKind::CorrectError, "2026-10-12"))
        .does(HALL, reply())
        .stands_at(Status::Replied);
    world.now = at("2026-10-13T10:00");
    world
}

/// The hall's text with something else in some places.
fn variant(changes: &[(&str, &str)]) -> Checked {
    let mut text = text_of(&"cn.service_hall".parse::<RulebookCode>().unwrap())
        .unwrap()
        .to_owned();
    for (old, new) in changes {
        assert!(text.contains(old), "{old}");
        text = text.replace(old, new);
    }
    own(&text)
}

fn differences(world: &World, draft: &Checked) -> Vec<Difference> {
    let now = world.context(Actor::Clock);
    let then = Context {
        rulebook: draft,
        ..now
    };
    compare(&world.book, &now, &then)
}

#[track_caller]
fn duty<'d>(differences: &'d [Difference], name: &str) -> &'d DutyDifference {
    let found = differences.iter().find_map(|it| match it {
        Difference::Duty(duty) if duty.key.name == name => Some(duty),
        Difference::Duty(_) | Difference::Effect(_) | Difference::Lack(_) => None,
    });
    found.unwrap_or_else(|| panic!("no {name} in {differences:#?}"))
}

#[test]
fn under_the_same_rules_nothing_differs() {
    let world = answered();
    assert_eq!(differences(&world, world.rulebook), []);
    let renamed = variant(&[("\"1.0.0\"", "\"1.1.0\"")]);
    assert_eq!(differences(&world, &renamed), []);
}

#[test]
fn a_shorter_limit_would_have_been_missed_and_urged() {
    let world = answered();
    let draft = variant(&[
        ("\"15 working days\"", "\"10 working days\""),
        (
            "[[gate]]\nbefore = \"closing\"",
            "[[escalation]]\nclause = \"R04-11\"\nlate = [\"finish_and_tell\"]\nat = \"when due\"\n\
             urge = \"complaint_officer\"\n\n[[gate]]\nbefore = \"closing\"",
        ),
    ]);
    let differences = differences(&world, &draft);
    let answer = duty(&differences, "finish_and_tell");
    let (now, then) = (answer.now.as_ref().unwrap(), answer.then.as_ref().unwrap());
    assert_eq!(now.due.as_ref().unwrap().on.to_string(), "2026-10-14");
    assert_eq!(then.due.as_ref().unwrap().on.to_string(), "2026-10-08");
    assert_eq!((now.verdict, then.verdict), (Judgement::OnTime, Judgement::Late));
    assert_eq!(now.steps.len(), 0, "{now:?}");
    assert!(then.steps.contains("R04-11 when due"), "{then:?}");
    assert_eq!(then.clause.as_str(), "R04-11");
}

#[test]
fn what_only_the_draft_brings_about_and_what_it_has_no_word_for_is_told() {
    let world = answered();
    let draft = variant(&[
        ("facilities = \"设施设备\", ", ""),
        (
            "[[gate]]\nbefore = \"closing\"",
            "[[escalation]]\nclause = \"R04-11\"\nafter = \"acceptance\"\nurge = \"complaint_officer\"\n\n\
             [[gate]]\nbefore = \"closing\"",
        ),
    ]);
    let differences = differences(&world, &draft);
    assert!(
        differences.iter().any(|it| matches!(it, Difference::Lack(lack)
            if lack.what == Lacking::AxisWord && lack.name == "category facilities")),
        "{differences:#?}"
    );
    assert!(
        differences
            .iter()
            .any(|it| matches!(it, Difference::Effect(effect)
            if effect.clause.as_str() == "R04-11" && (effect.now, effect.then) == (0, 1))),
        "{differences:#?}"
    );
}

#[test]
fn another_regulation_is_no_reason_to_fail() {
    let world = answered();
    for draft in regulations().values() {
        assert_eq!(
            differences(&world, draft).is_empty(),
            draft.head.code == world.rulebook.head.code,
            "{}",
            draft.head.code
        );
    }
}

#[test]
fn what_a_rule_made_and_somebody_answered_is_found_again() {
    let mut world = World::of("cn.tobacco_supervision");
    takes_in(&mut world, CaseType::Complaint);
    world
        .does(INTAKE, ask_for_instruction())
        .does(LEADER, instruct())
        .does(INTAKE, dispatch(task("county_bureau.1")));
    world.now = at("2026-09-18T10:05");
    let sign = world.sign();
    world.does(OFFICER, sign);
    world.now = at("2026-09-21T09:00");
    let request = extension(&world, "unit_handling", "3 working days");
    world.does(OFFICER, request);
    world.looks("2026-09-30T09:00");
    assert_eq!(differences(&world, world.rulebook), []);
    let now = world.context(Actor::Clock);
    let replayed = crate::case::decide::replay::replay(&world.book, &now);
    assert!(replayed.lacks.is_empty(), "{:?}", replayed.lacks);
    for duty in &world.case().duties {
        let standing = &replayed.duties[&duty.key];
        assert_eq!(standing.due, duty.terms.due, "{:?}", duty.key);
        assert_eq!(standing.steps, duty.steps_taken, "{:?}", duty.key);
    }
}

//! A complaint under the tobacco company's regulation (R03), with its wrong turns.

use super::super::forms::*;
use super::super::world::{World, at, task};
use crate::case::command::{ExtensionDecision, Remark};
use crate::case::{Command, Refusal};
use crate::words::{AxisName, CaseType, MeasureKind, Satisfaction, Status};

fn grant(world: &World, amount: &str) -> Command {
    Command::DecideExtension(ExtensionDecision {
        extension: world.case().extensions.last().unwrap().id,
        granted: Some(amount.parse().unwrap()),
        reason: None,
    })
}

#[test]
fn it_is_dispatched_as_instructed_and_extended_once() {
    let mut world = World::of("cn.tobacco_supervision");
    takes_in(&mut world, CaseType::Complaint);
    assert_eq!(world.due("promise"), "2026-09-21");
    let too_early = world.refuses(INTAKE, dispatch(task("county_bureau.1")));
    assert!(matches!(too_early, Refusal::GateClosed { .. }));
    world
        .does(INTAKE, ask_for_instruction())
        .does(LEADER, instruct())
        .does(INTAKE, dispatch(task("county_bureau.1")))
        .stands_at(Status::Dispatched);
    world.now = at("2026-09-18T10:05");
    let sign = world.sign();
    world.does(OFFICER, sign).stands_at(Status::Investigating);
    assert_eq!(world.due("unit_handling"), "2026-09-21");

    world.now = at("2026-09-21T09:00");
    let request = extension(&world, "unit_handling", "3 working days");
    world.does(OFFICER, request);
    let decision = grant(&world, "3 working days");
    world.does(LEADER, decision);
    assert_eq!(world.due("unit_handling"), "2026-09-24");
    let again = extension(&world, "unit_handling", "3 working days");
    let beyond = world.refuses(OFFICER, again);
    let Refusal::ExtensionBeyondCap {
        clause,
        so_far,
        latest_due_on,
        ..
    } = beyond
    else {
        panic!("{beyond:?}");
    };
    assert_eq!((clause.as_str(), so_far), ("R03-2.2.1a", 5));
    assert_eq!(latest_due_on.unwrap().to_string(), "2026-09-29");
}

#[test]
fn it_is_dispatched_twice_and_ends_satisfied() {
    let mut world = World::of("cn.tobacco_supervision");
    takes_in(&mut world, CaseType::Complaint);
    gets_to_the_unit(&mut world, LEADER, "county_bureau.1");
    world.now = at("2026-09-23T15:20");
    gets_an_answer(&mut world);
    world
        .stands_at(Status::Replied)
        .does(INTAKE, follow_up(Satisfaction::Dissatisfied))
        .owes("floor_redispatch");
    assert!(matches!(
        world.refuses(INTAKE, close()),
        Refusal::GateClosed { .. }
    ));

    world
        .does(INTAKE, redispatch(task("county_bureau.1")))
        .stands_at(Status::Dispatched);
    assert_eq!(world.case().round, 2);
    let order = world.case().supervision_orders[0].id;
    let sign = world.sign();
    world
        .does(OFFICER, sign)
        .does(OFFICER, Command::AnswerSupervision(about(order)));
    gets_an_answer(&mut world);
    world
        .does(INTAKE, follow_up(Satisfaction::Satisfied))
        .does(LEADER, needs_no_further_dispatch());
    assert!(
        matches!(world.refuses(INTAKE, close()), Refusal::GateClosed { .. }),
        "who supervises is asked before it is closed"
    );
    world
        .does(HEAD, Command::LiftSupervision(about(order)))
        .does(INTAKE, close())
        .does(INTAKE, Command::Archive(Remark::default()))
        .stands_at(Status::Archived);
}

#[test]
fn a_major_problem_waits_for_the_leader_before_anything_is_done() {
    let mut world = World::of("cn.tobacco_supervision");
    takes_in(&mut world, CaseType::Complaint);
    world.does(INTAKE, classify(AxisName::Severity, "major"));
    gets_to_the_unit(&mut world, LEADER, "county_bureau.1");
    world
        .does(OFFICER, found(crate::words::Finding::Substantiated))
        .does(OFFICER, plan());
    let barred = world.refuses(OFFICER, measure(MeasureKind::CorrectError, "2026-09-17"));
    assert!(matches!(barred, Refusal::GateClosed { .. }), "R03-2.2.1c");
    world.owes("approval.plan");
    let no = decide_plan(&world, false);
    world.does(LEADER, no).owes("plan").does(OFFICER, plan());
    let yes = decide_plan(&world, true);
    world
        .does(LEADER, yes)
        .does(LEADER, order_rectification("county_bureau.1"))
        .does(OFFICER, measure(MeasureKind::CorrectError, "2026-09-17"))
        .does(OFFICER, measured())
        .does(OFFICER, checked());
    let back = report_back(&world);
    world.does(OFFICER, back).stands_at(Status::Resolved);
}

#[test]
fn what_turns_out_major_after_the_plan_goes_back_to_the_leader() {
    let mut world = World::of("cn.tobacco_supervision");
    takes_in(&mut world, CaseType::Complaint);
    gets_to_the_unit(&mut world, LEADER, "county_bureau.1");
    world
        .does(OFFICER, found(crate::words::Finding::Substantiated))
        .does(OFFICER, plan())
        .does(INTAKE, classify(AxisName::Severity, "major"))
        .owes("approval.plan")
        .owes("rectification_order");
    let barred = world.refuses(OFFICER, measure(MeasureKind::CorrectError, "2026-09-17"));
    assert!(matches!(barred, Refusal::GateClosed { .. }));
}

#[test]
fn a_check_not_passed_puts_the_unit_to_work_again() {
    let mut world = World::of("cn.tobacco_supervision");
    takes_in(&mut world, CaseType::Complaint);
    gets_to_the_unit(&mut world, LEADER, "county_bureau.1");
    world
        .does(OFFICER, found(crate::words::Finding::Substantiated))
        .does(OFFICER, plan())
        .does(OFFICER, measure(MeasureKind::CorrectError, "2026-09-17"))
        .does(OFFICER, measured())
        .does(OFFICER, not_passed())
        .owes("measures_done")
        .does(OFFICER, measured())
        .does(OFFICER, checked());
}

#[test]
fn a_form_nobody_signs_for_is_deemed_received() {
    let mut world = World::of("cn.tobacco_supervision");
    takes_in(&mut world, CaseType::Complaint);
    world
        .does(INTAKE, ask_for_instruction())
        .does(LEADER, instruct())
        .does(INTAKE, dispatch(task("county_bureau.1")))
        .looks("2026-09-25T12:00")
        .stands_at(Status::Investigating);
    let entries = world.book.len();
    world.looks("2026-09-25T12:00");
    assert_eq!(
        world.book.len(),
        entries,
        "looking again at the same moment finds nothing"
    );
}

#[test]
fn what_was_asked_about_a_duty_that_is_over_needs_no_answer() {
    let mut world = World::of("cn.tobacco_supervision");
    takes_in(&mut world, CaseType::Complaint);
    gets_to_the_unit(&mut world, LEADER, "county_bureau.1");
    let request = extension(&world, "unit_handling", "1 working day");
    world.does(OFFICER, request).owes("extension_decision");
    puts_it_right(&mut world);
    let back = report_back(&world);
    world.does(OFFICER, back);
    assert!(!world.owed().iter().any(|line| line.starts_with("extension")));
    let late = grant(&world, "1 working day");
    assert!(matches!(world.refuses(LEADER, late), Refusal::AlreadyDone { .. }));
}

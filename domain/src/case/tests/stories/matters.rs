//! The other matters of the tobacco company's regulation (R03): inquiry, suggestion, report, and what the
//! provincial centre passes on.

use super::super::forms::*;
use super::super::world::{World, task};
use crate::authority::{keys, sight};
use crate::case::command::{Remark, WorkKind};
use crate::case::decide::Actor;
use crate::case::{Command, Refusal};
use crate::words::{CaseType, Satisfaction, Source, Status};

const DEPARTMENT: &str = "officer of department.1";

fn sees(world: &World, who: &str) -> bool {
    let staff = World::staff(who);
    let context = world.context(Actor::Staff(staff));
    sight(world.case(), &context).admits(&keys(staff, world.rulebook, &world.directory, world.now))
}

#[test]
fn an_inquiry_is_answered_by_the_unit_on_the_same_day() {
    let mut world = World::of("cn.tobacco_supervision");
    takes_in(&mut world, CaseType::Inquiry);
    let not_his = world.refuses(INTAKE, dispatch(task("county_bureau.1")));
    assert!(matches!(not_his, Refusal::UnitBarred { .. }));
    gets_to_the_unit(&mut world, HEAD, "department.1");
    assert_eq!(world.due("inquiry_answer"), "2026-09-17");
    assert!(
        matches!(world.refuses(INTAKE, reply()), Refusal::NotPermitted { clause, .. } if clause.as_ref().unwrap().as_str() == "R03-2.2.2"),
        "the unit answers itself"
    );
    world.does(DEPARTMENT, reply()).stands_at(Status::Replied);
    let too_early = world.refuses(INTAKE, follow_up(Satisfaction::Satisfied));
    assert!(matches!(too_early, Refusal::GateClosed { .. }), "R03-2.3a");
    let back = report_back(&world);
    world
        .does(DEPARTMENT, back)
        .does(INTAKE, follow_up(Satisfaction::Satisfied))
        .does(LEADER, needs_no_further_dispatch())
        .does(INTAKE, close());
}

#[test]
fn an_inquiry_reported_back_before_it_was_answered_is_answered_by_the_office() {
    let mut world = World::of("cn.tobacco_supervision");
    takes_in(&mut world, CaseType::Inquiry);
    gets_to_the_unit(&mut world, HEAD, "department.1");
    let back = report_back(&world);
    world
        .does(DEPARTMENT, back)
        .stands_at(Status::Resolved)
        .does(INTAKE, reply())
        .stands_at(Status::Replied)
        .does(INTAKE, follow_up(Satisfaction::Satisfied));
}

#[test]
fn what_was_answered_on_the_spot_is_dispatched_to_nobody() {
    let mut world = World::of("cn.tobacco_supervision");
    takes_in(&mut world, CaseType::Inquiry);
    world
        .owes("dispatch_form")
        .does(INTAKE, on_the_spot())
        .stands_at(Status::Replied)
        .owes("follow_up_after_spot_answer");
    assert!(!world.owed().iter().any(|line| line.contains("dispatch")));
    world
        .does(INTAKE, follow_up(Satisfaction::Satisfied))
        .does(INTAKE, close())
        .stands_at(Status::Closed);
}

#[test]
fn who_is_dissatisfied_with_an_answer_on_the_spot_gets_a_unit_as_instructed() {
    let mut world = World::of("cn.tobacco_supervision");
    takes_in(&mut world, CaseType::Inquiry);
    world
        .does(INTAKE, on_the_spot())
        .does(INTAKE, follow_up(Satisfaction::Dissatisfied));
    let barred = world.refuses(INTAKE, redispatch(task("department.1")));
    assert!(matches!(barred, Refusal::GateClosed { .. }), "R03-2.1.3");
    world
        .does(INTAKE, ask_for_instruction())
        .does(HEAD, instruct())
        .does(INTAKE, redispatch(task("department.1")))
        .stands_at(Status::Dispatched);
    assert_eq!(world.case().round, 2);
    let sign = world.sign();
    world.does(DEPARTMENT, sign).does(DEPARTMENT, reply());
}

#[test]
fn a_suggestion_is_thought_through_before_it_is_reported_back() {
    let mut world = World::of("cn.tobacco_supervision");
    takes_in(&mut world, CaseType::Suggestion);
    gets_to_the_unit(&mut world, LEADER, "county_bureau.1");
    let back = report_back(&world);
    assert!(
        matches!(world.refuses(OFFICER, back.clone()), Refusal::GateClosed { missing } if missing.len() == 2),
        "R03-2.1.4"
    );
    world
        .does(OFFICER, work(WorkKind::Opinion))
        .does(OFFICER, work(WorkKind::FeasibilityStudy))
        .does(OFFICER, back)
        .does(INTAKE, reply())
        .does(INTAKE, follow_up(Satisfaction::BasicallySatisfied))
        .does(LEADER, needs_no_further_dispatch())
        .does(INTAKE, close());
}

#[test]
fn a_report_is_open_only_to_those_named_on_it() {
    let mut world = World::of("cn.tobacco_supervision");
    takes_in(&mut world, CaseType::Report);
    world.owes("submit_report");
    let (other, head) = ("intake_officer.2", HEAD);
    assert!(sees(&world, INTAKE) && sees(&world, LEADER));
    assert!(!sees(&world, other) && !sees(&world, head) && !sees(&world, COMPANY));
    assert_eq!(world.refuses(other, ask_for_instruction()), Refusal::NotVisible);
    world.does(INTAKE, ask_for_instruction()).does(LEADER, instruct());
    let to_itself = world.refuses(INTAKE, dispatch(task("county_bureau.1")));
    assert!(
        matches!(to_itself, Refusal::UnitBarred { clause, .. } if clause.as_ref().unwrap().as_str() == "R03-2.1.5"),
        "the unit complained of never gets it"
    );
    world.does(INTAKE, dispatch(task("county_bureau.2")));
    assert!(sees(&world, OTHER_OFFICER) && !sees(&world, OFFICER));
    assert!(
        !sees(&world, other),
        "a colleague who owes nothing in person reads nothing"
    );
    let sign = world.sign();
    world.does(OTHER_OFFICER, sign);
    assert_eq!(world.due("unit_handling_of_report"), "2026-09-20");
    let back = report_back(&world);
    world
        .does(OTHER_OFFICER, back)
        .does(INTAKE, reply())
        .does(INTAKE, follow_up(Satisfaction::Dissatisfied));
    assert!(sees(&world, head), "who supervises reads what he supervises");
    world.does(INTAKE, redispatch(task("county_bureau.2")));
    let order = world.case().supervision_orders[0].id;
    let sign = world.sign();
    world
        .does(OTHER_OFFICER, sign)
        .does(OTHER_OFFICER, Command::AnswerSupervision(about(order)))
        .does(head, Command::LiftSupervision(about(order)));
    let back = report_back(&world);
    world
        .does(OTHER_OFFICER, back)
        .does(INTAKE, reply())
        .does(INTAKE, follow_up(Satisfaction::Satisfied))
        .does(LEADER, needs_no_further_dispatch());
    assert!(!sees(&world, other));
    world.does(INTAKE, close());
    assert!(!sees(&world, other), "nor after it is closed");
}

#[test]
fn a_report_is_its_first_receivers_from_the_first_moment() {
    let mut world = World::of("cn.tobacco_supervision");
    let registration = world.register(CaseType::Report, Some("consumer"));
    world.does(INTAKE, registration);
    assert!(sees(&world, INTAKE) && !sees(&world, "intake_officer.2"));
}

#[test]
fn what_the_provincial_centre_passed_on_is_fed_back_before_it_is_closed() {
    let mut world = World::of("cn.tobacco_supervision");
    let mut matter = world.matter(CaseType::Complaint, Some("consumer"));
    matter.source = Source::Superior;
    world
        .does(INTAKE, World::register_matter(matter))
        .does(INTAKE, accept());
    assert_eq!(world.due("provincial_form"), "2026-09-21");
    let upstream = || Command::ReportUpstream(Remark::default());
    assert!(
        matches!(world.refuses(INTAKE, upstream()), Refusal::GateClosed { .. }),
        "there is no result yet"
    );
    gets_to_the_unit(&mut world, LEADER, "county_bureau.1");
    gets_an_answer(&mut world);
    world
        .does(INTAKE, follow_up(Satisfaction::Satisfied))
        .does(LEADER, needs_no_further_dispatch());
    let closed = world.refuses(INTAKE, close());
    assert!(matches!(closed, Refusal::GateClosed { .. }), "R03-2.1.6");
    world.does(INTAKE, upstream()).does(INTAKE, close());
}

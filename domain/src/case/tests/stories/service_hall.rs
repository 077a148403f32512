//! A service hall (R04): one position does it all.

use super::super::forms::*;
use super::super::world::{World, text};
use crate::case::Command;
use crate::case::Refusal;
use crate::case::command::{Remark, WorkKind};
use crate::words::{ActivityKind, AxisName, CaseType, Finding, IdentityMode, MeasureKind, Status};

#[test]
fn a_complaint_goes_from_the_window_to_the_archive() {
    let mut world = World::of("cn.service_hall");
    let register = world.register(CaseType::Complaint, None);
    world.does(HALL, register).stands_at(Status::Registered);
    let closed = world.refuses(HALL, accept());
    assert!(matches!(closed, Refusal::GateClosed { missing } if missing.len() == 2));
    world
        .does(HALL, process_notice())
        .does(HALL, classify(AxisName::Category, "conduct_service"))
        .does(HALL, accept())
        .stands_at(Status::Accepted);
    assert_eq!(
        world.due("finish_and_tell"),
        "2026-10-14",
        "15 working days over the October holidays"
    );
    world
        .does(HALL, assign(HALL))
        .stands_at(Status::Investigating)
        .does(HALL, work(WorkKind::Activity(ActivityKind::Interview)))
        .does(HALL, found(Finding::Substantiated))
        .stands_at(Status::Disposing);
    assert!(matches!(world.refuses(HALL, reply()), Refusal::GateClosed { .. }));
    world
        .does(HALL, measure(MeasureKind::CorrectError, "2026-09-17"))
        .does(HALL, reply())
        .stands_at(Status::Replied)
        .does(HALL, close())
        .stands_at(Status::Closed)
        .does(HALL, Command::Archive(Remark::default()))
        .stands_at(Status::Archived);
    assert!(matches!(
        world.refuses(HALL, close()),
        Refusal::WrongStatus { .. }
    ));
}

#[test]
fn what_is_out_of_scope_is_declined_and_explained() {
    let mut world = World::of("cn.service_hall");
    let register = world.register(CaseType::Complaint, None);
    world.does(HALL, register);
    let Refusal::FactsMissing { missing } = world.refuses(HALL, decline(false)) else {
        panic!("R04-4 wants an explanation");
    };
    assert_eq!(missing[0].need.to_string(), "explanation");
    assert_eq!(missing[0].clause.as_ref().unwrap().as_str(), "R04-4");
    world.does(HALL, decline(true)).stands_at(Status::Declined);
    assert!(matches!(
        world.refuses(HALL, accept()),
        Refusal::WrongStatus { .. }
    ));
    world.does(
        HALL,
        Command::Archive(Remark {
            text: Some(text("kept")),
        }),
    );
}

#[test]
fn who_gives_no_name_is_not_heard_here() {
    let mut world = World::of("cn.service_hall");
    let mut matter = world.matter(CaseType::Complaint, None);
    matter.complainant.identity = IdentityMode::Anonymous;
    let refused = world.refuses(HALL, World::register_matter(matter));
    assert!(matches!(refused, Refusal::AnonymityNotAllowed { clause } if clause.as_str() == "R04-6"));
}

#[test]
fn who_stepped_aside_leaves_his_duties_to_the_other_and_the_last_may_not() {
    let mut world = World::of("cn.service_hall");
    let register = world.register(CaseType::Complaint, None);
    let other = "complaint_officer.2";
    world
        .does(HALL, register)
        .does(HALL, process_notice())
        .does(HALL, classify(AxisName::Category, "facilities"))
        .does(HALL, accept())
        .does(HALL, assign(other))
        .does(other, recuse(other));
    let end = world.duty("floor_investigation_end");
    assert_eq!(end.terms.holder.staff, None, "it falls back to who may assign");
    assert_eq!(world.refuses(other, accept()), Refusal::NotVisible);
    let last = world.refuses(HALL, recuse(HALL));
    assert!(matches!(last, Refusal::NobodyLeft { .. }));
    world
        .does(HALL, assign(HALL))
        .does(HALL, found(Finding::Unsubstantiated));
}

//! Several hands on one matter: units that join, an office that leads, a task with its own day, and the way back.

use std::collections::BTreeSet;

use super::super::forms::*;
use super::super::world::{World, at, task, word};
use super::intake::screen;
use crate::case::command::{Classification, Reply};
use crate::case::{Command, Refusal};
use crate::ids::CaseId;
use crate::words::{AxisName, CaseType, Channel, DispatchRole, Finding, RouteKind, Satisfaction, Status};

fn is_accepted(world: &mut World, case_type: CaseType) {
    let register = world.register(case_type, None);
    world
        .does(INTAKE, register)
        .does(INTAKE, screen(true))
        .does(INTAKE, accept());
}

#[test]
fn what_is_handled_jointly_is_not_sent_to_one_unit_alone() {
    let mut world = World::of("test.intake_desk");
    is_accepted(&mut world, CaseType::Complaint);
    world.does(INTAKE, classify(AxisName::Category, "medicine"));
    let alone = world.refuses(INTAKE, dispatch(task("county_bureau.1")));
    assert!(
        matches!(&alone, Refusal::UnitBarred { clause: Some(clause), .. } if clause.as_str() == "T-8"),
        "{alone:?}"
    );
    let mut joint = task("section.1");
    joint.role = DispatchRole::Joint;
    world
        .does(INTAKE, Command::Dispatch(vec![task("county_bureau.1"), joint]))
        .stands_at(Status::Dispatched);
}

#[test]
fn the_office_does_not_end_alone_what_it_handles_jointly() {
    let mut world = World::of("test.intake_desk");
    is_accepted(&mut world, CaseType::Report);
    let team = crate::case::command::Team {
        dispatch: None,
        leader: World::staff(INTAKE),
        members: [World::staff("intake_officer.2")].into(),
        recusal_asked: true,
        task: None,
    };
    world
        .does(INTAKE, classify(AxisName::Category, "medicine"))
        .does(INTAKE, Command::FormTeam(team))
        .does(INTAKE, work(crate::case::command::WorkKind::InvestigationPlan))
        .owes("unit_added");
    let alone = world.refuses(INTAKE, found(Finding::Unsubstantiated));
    let Refusal::GateClosed { missing } = alone else {
        panic!("{alone:?}");
    };
    assert_eq!(missing[0].clause.as_ref().unwrap().as_str(), "T-8");
    let mut joint = task("county_bureau.1");
    joint.role = DispatchRole::Joint;
    world
        .does(INTAKE, Command::AddUnit(joint))
        .does(INTAKE, found(Finding::Unsubstantiated))
        .stands_at(Status::Disposing);
}

#[test]
fn the_office_leads_what_is_complained_of_again() {
    let mut world = World::of("test.intake_desk");
    is_accepted(&mut world, CaseType::Complaint);
    let again = || {
        Command::Classify(Classification {
            flags: Some(BTreeSet::from([word("repeat")])),
            ..Classification::default()
        })
    };
    world.does(INTAKE, again()).does(INTAKE, again());
    let named = |world: &World| {
        let events = world.book.iter();
        events
            .filter(|entry| matches!(entry.event, crate::case::Event::LeadNamed { .. }))
            .count()
    };
    assert_eq!(named(&world), 1, "named once");
    assert_eq!(
        world.case().route(world.rulebook, &world.directory),
        Some(RouteKind::OwnOffice)
    );
    assert!(matches!(
        world.refuses(INTAKE, dispatch(task("county_bureau.1"))),
        Refusal::NotProvided { .. }
    ));
    let mut support = task("county_bureau.1");
    support.role = DispatchRole::Support;
    world
        .does(INTAKE, assign(INTAKE))
        .stands_at(Status::Investigating)
        .does(INTAKE, Command::AddUnit(support));
}

#[test]
fn a_task_is_due_when_its_dispatch_says_only_where_the_rulebook_has_no_number() {
    let mut world = World::of("test.intake_desk");
    is_accepted(&mut world, CaseType::Complaint);
    let mut early = task("county_bureau.1");
    early.due_on = Some(at("2026-09-16T00:00").date_naive());
    assert!(matches!(
        world.refuses(INTAKE, dispatch(early)),
        Refusal::TimesOutOfOrder { field: "units" }
    ));
    let mut dated = task("county_bureau.1");
    dated.due_on = Some(at("2026-09-25T12:00").date_naive());
    world.does(INTAKE, dispatch(dated));
    let sign = world.sign();
    world.does(OFFICER, sign);
    assert_eq!(world.due("handle_it"), "2026-09-23", "five working days by T-6");
    assert!(world.case().dispatches[0].due_on.is_some());
}

#[test]
fn who_wrote_by_e_mail_is_answered_by_e_mail() {
    let mut world = World::of("test.intake_desk");
    let mut matter = world.matter(CaseType::Report, None);
    matter.channel = Channel::Email;
    let handler = World::staff(INTAKE);
    world
        .does(INTAKE, World::register_matter(matter))
        .does(INTAKE, screen(true))
        .does(INTAKE, accept())
        .does(
            INTAKE,
            Command::FormTeam(crate::case::command::Team {
                dispatch: None,
                leader: handler,
                members: [World::staff("intake_officer.2")].into(),
                recusal_asked: true,
                task: None,
            }),
        )
        .does(INTAKE, work(crate::case::command::WorkKind::InvestigationPlan))
        .does(INTAKE, found(Finding::Unsubstantiated));
    let by_phone = world.refuses(INTAKE, reply());
    assert!(
        matches!(&by_phone, Refusal::NotListed { field: "channel", clause: Some(clause), .. } if clause.as_str() == "T-10"),
        "{by_phone:?}"
    );
    let Command::Reply(answer) = reply() else {
        unreachable!()
    };
    let channel = Channel::Email;
    world.does(INTAKE, Command::Reply(Reply { channel, ..answer }));
}

#[test]
fn only_a_bad_rating_opens_a_case() {
    let mut world = World::of("test.intake_desk");
    let rated = |world: &World, rating| {
        let mut matter = world.matter(CaseType::Complaint, None);
        matter.channel = Channel::RatingForm;
        matter.rating = rating;
        let case = CaseId(super::super::world::id("case"));
        Command::Receive { case, matter }
    };
    for rating in [None, Some(Satisfaction::Satisfied)] {
        let command = rated(&world, rating);
        let actor = crate::case::decide::Actor::Staff(World::staff(INTAKE));
        let refused = world.try_as(actor, &command).unwrap_err();
        assert!(
            matches!(refused, Refusal::NotListed { field: "rating", .. }),
            "{refused:?}"
        );
    }
    let command = rated(&world, Some(Satisfaction::Dissatisfied));
    world.does(INTAKE, command);
}

#[test]
fn the_first_receiver_s_unit_follows_it_where_the_rulebook_says_so() {
    let mut world = World::of("test.unit_first");
    let matter = world.matter(CaseType::Complaint, None);
    let case = CaseId(super::super::world::id("case"));
    world.does("section_officer of section.1", Command::Receive { case, matter });
    let holder = &world.duty("tracking").terms.holder;
    assert_eq!(
        (holder.staff, holder.unit),
        (None, Some(World::unit("section.1")))
    );
}

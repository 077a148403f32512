//! Turns that a case of the tobacco company (R03) can take besides its way.

use super::super::forms::*;
use super::super::world::{World, task};
use crate::authority::{keys, sight};
use crate::case::command::{About, Reassignment, Remark};
use crate::case::decide::Actor;
use crate::case::{Command, Refusal};
use crate::words::{CaseType, Deed, Fault, Satisfaction, Status};

#[test]
fn unreasonable_delay_brings_the_third_dispatch_and_the_company_s_leaders() {
    let mut world = World::of("cn.tobacco_supervision");
    takes_in(&mut world, CaseType::Complaint);
    gets_to_the_unit(&mut world, LEADER, "county_bureau.1");
    world
        .looks("2026-09-24T09:00")
        .does(INTAKE, judge(Fault::UnreasonableDelay))
        .owes("acknowledgement")
        .owes("accountability_closing")
        .does(INTAKE, redispatch(task("county_bureau.1")));
    assert_eq!(world.case().round, 3);
    let reports = world.case().leader_reports.clone();
    let owed = reports
        .iter()
        .find(|report| {
            report
                .clause
                .as_ref()
                .is_some_and(|clause| clause.as_str() == "R03-2.3d")
        })
        .unwrap();
    let acknowledged = || Command::Acknowledge(about(owed.id));
    assert!(matches!(
        world.refuses(LEADER, acknowledged()),
        Refusal::NotPermitted { .. }
    ));
    let order = world.case().supervision_orders[0].id;
    let sign = world.sign();
    world
        .does(COMPANY, acknowledged())
        .does(OFFICER, sign)
        .does(OFFICER, Command::AnswerSupervision(about(order)))
        .does(COMPANY, Command::LiftSupervision(about(order)));
    gets_an_answer(&mut world);
    world.does(INTAKE, follow_up(Satisfaction::Dissatisfied));
    let leader = world.refuses(LEADER, close());
    assert!(matches!(leader, Refusal::NotPermitted { .. }));
    world
        .owes("last_round_review")
        .does(COMPANY, needs_no_further_dispatch())
        .does(INTAKE, close())
        .stands_at(Status::Closed)
        .owes("accountability_closing");
}

#[test]
fn records_are_lent_only_with_the_leader_s_word() {
    let mut world = World::of("cn.tobacco_supervision");
    takes_in(&mut world, CaseType::Complaint);
    world
        .does(INTAKE, Command::RequestLending(Remark::default()))
        .owes("approval.lending");
    let not_his = decide_lending(&world, true);
    assert!(matches!(
        world.refuses(INTAKE, not_his),
        Refusal::NotPermitted { .. }
    ));
    let no = decide_lending(&world, false);
    world.does(LEADER, no);
    assert!(
        world
            .case()
            .in_force(Deed::Approval(Some(crate::words::Subject::Lending)), None)
            .is_none()
    );
    world.does(INTAKE, Command::RequestLending(Remark::default()));
    let yes = decide_lending(&world, true);
    world.does(LEADER, yes);
    assert!(world.case().lending_requests[1].decided.unwrap().1);
}

#[test]
fn only_a_superior_changes_the_first_receiver_and_the_former_stays_on_record() {
    let mut world = World::of("cn.tobacco_supervision");
    takes_in(&mut world, CaseType::Complaint);
    let to = World::staff("intake_officer.2");
    let reassign = |to| {
        Command::ReassignFirstReceiver(Reassignment {
            to,
            reason: super::super::world::text("on leave"),
        })
    };
    assert!(matches!(
        world.refuses(INTAKE, reassign(to)),
        Refusal::NotPermitted { .. }
    ));
    let leader = World::staff(LEADER);
    assert!(matches!(
        world.refuses(LEADER, reassign(leader)),
        Refusal::PersonUnsuitable { .. }
    ));
    world.does(LEADER, reassign(to));
    assert_eq!(world.case().first_receiver.staff, to);
    assert_eq!(world.case().former_first_receivers[0].staff, World::staff(INTAKE));
    assert_eq!(world.duty("tracking").terms.holder.staff, Some(to));
    // Now the former may step aside; the present one may not.
    world.does(INTAKE, recuse(INTAKE));
    assert!(matches!(
        world.refuses("intake_officer.2", recuse("intake_officer.2")),
        Refusal::NobodyLeft { .. }
    ));
}

#[test]
fn another_in_the_unit_answers_where_its_officer_stepped_aside() {
    let mut world = World::of("cn.tobacco_supervision");
    takes_in(&mut world, CaseType::Complaint);
    gets_to_the_unit(&mut world, LEADER, "county_bureau.1");
    world.does(OFFICER, recuse(OFFICER));
    let deputy = World::staff("first_responsible_person of county_bureau.1");
    assert_eq!(world.duty("unit_handling").terms.holder.staff, Some(deputy));
    let last = "first_responsible_person of county_bureau.1";
    let alone = world.refuses(last, recuse(last));
    // The handlers of the unit are left, but none of them may report back for it.
    assert!(matches!(alone, Refusal::NobodyLeft { .. }), "{alone:?}");
}

#[test]
fn a_unit_without_its_first_responsible_person_gets_nothing() {
    let mut world = World::of("cn.tobacco_supervision");
    let unit = World::unit("county_bureau.1");
    world.directory.units.get_mut(&unit).unwrap().accountable_officer = None;
    takes_in(&mut world, CaseType::Complaint);
    world.does(INTAKE, ask_for_instruction()).does(LEADER, instruct());
    let refused = world.refuses(INTAKE, dispatch(task("county_bureau.1")));
    let Refusal::GateClosed { missing } = refused else {
        panic!("{refused:?}");
    };
    assert_eq!(missing[0].clause.as_ref().unwrap().as_str(), "R03-2.1.8");
    world.does(INTAKE, dispatch(task("county_bureau.2")));
}

#[test]
fn what_nobody_does_is_urged_and_then_shown_to_the_superior() {
    let mut world = World::of("cn.tobacco_supervision");
    takes_in(&mut world, CaseType::Complaint);
    world.looks("2026-09-21T09:00").owes("acknowledgement");
    for report in world.case().leader_reports.clone() {
        let thing = report.id;
        world.does(LEADER, Command::Acknowledge(About { thing, text: None }));
    }
    assert!(
        !world
            .owed()
            .iter()
            .any(|line| line.starts_with("acknowledgement"))
    );
}

#[test]
fn a_secret_late_with_its_leader_is_shown_to_somebody_who_can_act() {
    let mut world = World::of("cn.tobacco_supervision");
    takes_in(&mut world, CaseType::Report);
    world
        .does(INTAKE, ask_for_instruction())
        .looks("2026-09-24T09:00");
    for duty in &world.case().duties {
        let seen = world.directory.staff.keys().any(|staff| {
            let context = world.context(Actor::Staff(*staff));
            crate::case::permitted::holds(duty, *staff, &context)
                && sight(world.case(), &context).admits(&keys(
                    *staff,
                    world.rulebook,
                    &world.directory,
                    world.now,
                ))
        });
        assert!(seen, "{duty:?}");
    }
}

//! A unit gives back what it was sent, or who sent it takes it back. The clock keeps running.

use super::super::forms::*;
use super::super::world::{World, task, text, word};
use crate::case::TakenBack;
use crate::case::command::{Recall, Return, ReturnDecision, Screening};
use crate::case::{Command, Refusal};
use crate::words::{CaseType, Deed, DispatchRole, Status};

/// Taken in, screened, accepted, sent to a unit, and signed for there.
fn is_sent(world: &mut World, unit: &str) {
    let register = world.register(CaseType::Complaint, None);
    let checks = ["in_scope", "definite_object", "concrete_content"];
    let screening = Screening {
        checks: checks.map(|check| (word(check), true)).into(),
        note: None,
    };
    world
        .does(INTAKE, register)
        .does(INTAKE, Command::Screen(screening))
        .does(INTAKE, accept())
        .does(INTAKE, dispatch(task(unit)));
    let sign = world.sign();
    world.does(&format!("officer of {unit}"), sign);
}

fn give_back(world: &World) -> Command {
    Command::Return(Return {
        dispatch: world.lead(),
        reason: text("not ours"),
    })
}

fn decide(world: &World, agreed: bool) -> Command {
    Command::DecideReturn(ReturnDecision {
        dispatch: world.lead(),
        agreed,
        reason: Some(text("because")),
    })
}

#[test]
fn an_agreed_return_undoes_the_dispatch_and_its_sending_is_owed_again() {
    let mut world = World::of("test.intake_desk");
    is_sent(&mut world, "county_bureau.1");
    let back = give_back(&world);
    assert!(matches!(
        world.refuses(OTHER_OFFICER, back.clone()),
        Refusal::NotPermitted { .. } | Refusal::NotVisible
    ));
    world.does(OFFICER, back).stands_at(Status::Investigating);
    let owed = world.duty("return_decision").clone();
    assert_eq!(owed.clause.as_str(), "T-4");
    assert_eq!(owed.terms.holder.position.unwrap().as_str(), "supervising_leader");
    let yes = decide(&world, true);
    assert!(matches!(
        world.refuses(INTAKE, yes.clone()),
        Refusal::NotPermitted { .. }
    ));
    world
        .does(LEADER, yes)
        .stands_at(Status::Accepted)
        .owes("send_it");
    assert_eq!(
        world.due("send_it"),
        "2026-09-20",
        "counted from acceptance as before"
    );
    assert_eq!(
        world.case().dispatches[0].taken_back.unwrap().1,
        TakenBack::Returned
    );
    assert!(world.case().in_force(Deed::Dispatch, None).is_none());
    world.does(INTAKE, dispatch(task("county_bureau.2")));
    let sign = world.sign();
    world
        .does(OTHER_OFFICER, sign)
        .stands_at(Status::Investigating)
        .owes("handle_it");
    assert_eq!(world.case().round, 1);
    // The second return of the round is the last one.
    let back = give_back(&world);
    world.does(OTHER_OFFICER, back);
    let yes = decide(&world, true);
    world
        .does(LEADER, yes)
        .does(INTAKE, dispatch(task("county_bureau.1")));
    let back = give_back(&world);
    let bound = world.refuses(OFFICER, back);
    assert!(
        matches!(&bound, Refusal::BoundReached { clause, bound: 2 } if clause.as_str() == "T-4"),
        "{bound:?}"
    );
}

#[test]
fn a_refused_return_leaves_the_clock_where_it_was() {
    let mut world = World::of("test.intake_desk");
    is_sent(&mut world, "county_bureau.1");
    let before = world.duty("handle_it").clone();
    let back = give_back(&world);
    world.looks("2026-09-18T09:00").does(OFFICER, back.clone());
    let again = world.refuses(OFFICER, back.clone());
    assert!(matches!(again, Refusal::AlreadyDone { .. }), "{again:?}");
    let without_reason = Command::DecideReturn(ReturnDecision {
        dispatch: world.lead(),
        agreed: false,
        reason: None,
    });
    assert!(matches!(
        world.refuses(LEADER, without_reason),
        Refusal::FactsMissing { .. }
    ));
    let no = decide(&world, false);
    world.does(LEADER, no).stands_at(Status::Investigating);
    assert_eq!(world.duty("handle_it"), &before);
    let last = world.refuses(OFFICER, back);
    assert!(matches!(last, Refusal::ReturnIsFinal { .. }), "{last:?}");
}

#[test]
fn too_late_to_give_it_back() {
    let mut world = World::of("test.intake_desk");
    is_sent(&mut world, "county_bureau.1");
    let back = give_back(&world);
    // The 17th does not count; the 18th and the make-up Sunday do.
    world.looks("2026-09-21T00:00");
    let late = world.refuses(OFFICER, back);
    assert!(
        matches!(&late, Refusal::WindowOver { clause, .. } if clause.as_str() == "T-4"),
        "{late:?}"
    );
}

#[test]
fn who_sent_it_by_mistake_takes_it_back() {
    let mut world = World::of("test.intake_desk");
    is_sent(&mut world, "county_bureau.1");
    let mut support = task("county_bureau.2");
    support.role = DispatchRole::Support;
    world.does(INTAKE, Command::AddUnit(support));
    let recall = |world: &World, at: usize| {
        Command::Recall(Recall {
            dispatch: world.case().dispatches[at].id,
            reason: text("the wrong one"),
        })
    };
    let of_another = recall(&world, 1);
    assert!(matches!(
        world.refuses("intake_officer.2", of_another.clone()),
        Refusal::NotPermitted { .. }
    ));
    world.does(INTAKE, of_another).stands_at(Status::Investigating);
    assert_eq!(world.case().running_dispatches().count(), 1);
    let lead = recall(&world, 0);
    world
        .does(INTAKE, lead)
        .stands_at(Status::Accepted)
        .owes("send_it")
        .does(INTAKE, dispatch(task("county_bureau.2")));
}

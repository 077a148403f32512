//! What a step does about what is late, and who is told of it.

use super::super::forms::*;
use super::super::world::{World, at, task, text};
use crate::case::command::SupervisionDemand;
use crate::case::decide::Actor;
use crate::case::{Command, Event};
use crate::duty::Verdict;
use crate::ids::StaffId;
use crate::notification::{NotificationKind as Kind, told};
use crate::time_limit::Span;
use crate::words::{CaseType, Satisfaction, Status};

/// What somebody was told by a command: person, kind, and the name of the duty it is about.
type Hearing = (StaffId, Kind, Option<String>);

fn hears(world: &mut World, actor: Actor, command: &Command) -> Vec<Hearing> {
    let (before, book) = (world.case.clone(), world.book.len());
    world.try_as(actor, command).unwrap();
    let told = told(
        before.as_ref(),
        &world.book[book..],
        world.case(),
        &world.context(actor),
    );
    let named = |id| {
        let duty = world.case().duties.iter().find(|duty| duty.id == id);
        duty.map_or_else(|| "gone".to_owned(), |duty| duty.key.name.clone())
    };
    told.into_iter()
        .map(|one| (one.to, one.kind, one.duty.map(named)))
        .collect()
}

fn by(who: &str) -> Actor {
    Actor::Staff(World::staff(who))
}

fn looks(world: &mut World, now: &str) -> Vec<Hearing> {
    world.now = at(now);
    hears(world, Actor::Clock, &Command::LookAtTime)
}

fn of_kind(heard: &[Hearing], kind: Kind) -> Vec<StaffId> {
    let of_kind = heard.iter().filter(|(_, its, _)| *its == kind);
    of_kind.map(|(staff, ..)| *staff).collect()
}

#[test]
fn a_case_nobody_takes_is_urged_and_then_lifted_to_the_head() {
    let mut world = World::of("cn.tobacco_supervision");
    // The regulation gives no number for accepting; this office does.
    let number: Span = "1 working day".parse().unwrap();
    world
        .directory
        .numbers
        .insert("floor_acceptance".parse().unwrap(), number);
    let register = world.register(CaseType::Complaint, Some("consumer"));
    world.does(INTAKE, register).stands_at(Status::Registered);
    assert!(world.case().handler.is_none() && world.case().dispatches.is_empty());
    let due = world.duty("floor_acceptance").terms.due.clone().unwrap();
    assert_eq!(due.at, at("2026-09-19T00:00"), "the next working day's end");

    let urged = looks(&mut world, "2026-09-19T08:00");
    let intake = [World::staff(INTAKE), World::staff("intake_officer.2")];
    for staff in of_kind(&urged, Kind::Urged) {
        assert!(intake.contains(&staff), "{urged:?}");
    }
    assert_eq!(
        of_kind(&urged, Kind::Urged).len(),
        2,
        "whoever may accept it: {urged:?}"
    );
    assert!(
        urged
            .iter()
            .all(|(.., duty)| duty.as_deref() == Some("floor_acceptance"))
    );
    assert!(world.case().leader_reports.is_empty());

    // One working day later, over a week-end whose Sunday is worked.
    let lifted = looks(&mut world, "2026-09-21T00:00");
    let heads = of_kind(&lifted, Kind::ReportToAcknowledge);
    assert!(!heads.is_empty(), "{lifted:?}");
    assert!(heads.iter().all(|head| !intake.contains(head)), "{lifted:?}");
    assert!(
        lifted
            .iter()
            .all(|(.., duty)| duty.as_deref() == Some("acknowledgement"))
    );
    let report = world.case().leader_reports[0].clone();
    assert_eq!(report.clause.as_ref().unwrap().as_str(), "H-8");
    // It is a duty of the head's, and ends by being acknowledged.
    world
        .owes("acknowledgement")
        .try_as(Actor::Staff(heads[0]), &Command::Acknowledge(about(report.id)))
        .unwrap();
    let acknowledged = world.case().leader_reports[0].acknowledged_at;
    assert!(acknowledged.is_some());
    // Looking again does nothing again.
    assert!(looks(&mut world, "2026-09-21T00:00").is_empty());
}

#[test]
fn supervision_has_the_limit_that_was_ordered_and_is_urged_when_it_is_over() {
    let mut world = World::of("cn.tobacco_supervision");
    takes_in(&mut world, CaseType::Complaint);
    gets_to_the_unit(&mut world, LEADER, "county_bureau.1");
    let demand = Command::OrderSupervision(SupervisionDemand {
        unit: Some(World::unit("county_bureau.1")),
        demand: text("by tomorrow"),
        within: Some("1 working day".parse().unwrap()),
    });
    let heard = hears(&mut world, by(HEAD), &demand);
    let officer = World::staff(OFFICER);
    assert_eq!(of_kind(&heard, Kind::SupervisionToAnswer), [officer]);
    assert_eq!(heard.len(), 1, "not told twice of one duty: {heard:?}");
    let answer = heard[0].2.clone().unwrap();
    assert_eq!(world.due(&answer), "2026-09-18");
    let urged = looks(&mut world, "2026-09-19T00:00");
    let about_it = urged
        .iter()
        .filter(|(.., duty)| duty.as_deref() == Some(answer.as_str()));
    assert_eq!(about_it.count(), 1, "{urged:?}");
    let order = world.case().supervision_orders[0].id;
    world.does(OFFICER, Command::AnswerSupervision(about(order)));
    let late = world.book.iter().any(|entry| {
        matches!(
            entry.event,
            Event::DutyDischarged {
                verdict: Some(Verdict::Late),
                ..
            }
        )
    });
    assert!(late, "its limit counts");
}

#[test]
fn dissatisfaction_tells_the_supervisor_the_unit_and_who_answers_for_it() {
    let mut world = World::of("cn.tobacco_supervision");
    takes_in(&mut world, CaseType::Complaint);
    gets_to_the_unit(&mut world, LEADER, "county_bureau.1");
    gets_an_answer(&mut world);
    let heard = hears(&mut world, by(INTAKE), &follow_up(Satisfaction::Dissatisfied));
    let heads = [HEAD, "rectification_office_head.2"].map(World::staff);
    let mut watching = of_kind(&heard, Kind::SupervisionToWatch);
    watching.sort();
    let mut expected = heads.to_vec();
    expected.sort();
    assert_eq!(watching, expected, "{heard:?}");
    assert_eq!(of_kind(&heard, Kind::HeldAccountable), [World::staff(OFFICER)]);
    assert_eq!(
        of_kind(&heard, Kind::SupervisionToAnswer),
        [World::staff(OFFICER)]
    );
    assert!(world.case().round_ordered.is_some(), "the next round is ordered");
    assert!(!world.case().accountability_records.is_empty());
}

#[test]
fn who_is_given_something_is_told_and_who_does_it_himself_is_not() {
    let mut world = World::of("cn.tobacco_supervision");
    let register = world.register(CaseType::Complaint, Some("consumer"));
    assert_eq!(hears(&mut world, by(INTAKE), &register), [], "his own doing");
    world
        .does(INTAKE, accept())
        .does(INTAKE, ask_for_instruction())
        .does(LEADER, instruct());
    let heard = hears(&mut world, by(INTAKE), &dispatch(task("county_bureau.1")));
    assert_eq!(
        of_kind(&heard, Kind::DutyAssigned),
        [World::staff(OFFICER)],
        "once: {heard:?}"
    );
}

#[test]
fn what_is_told_has_an_id_of_its_own_in_the_order_of_time() {
    let mut world = World::of("cn.tobacco_supervision");
    takes_in(&mut world, CaseType::Complaint);
    gets_to_the_unit(&mut world, LEADER, "county_bureau.1");
    gets_an_answer(&mut world);
    world.does(INTAKE, follow_up(Satisfaction::Dissatisfied));
    let mut case: Option<crate::case::Case> = None;
    let mut ids = std::collections::BTreeSet::new();
    let mut count = 0;
    for entry in world.book.clone() {
        let before = case.clone();
        case = match case {
            Some(case) => Some(case.after(&entry)),
            None => crate::case::Case::opened_by(&entry),
        };
        let one = std::slice::from_ref(&entry);
        for told in told(
            before.as_ref(),
            one,
            case.as_ref().unwrap(),
            &world.context(Actor::Clock),
        ) {
            assert_eq!(told.id.get_version_num(), 7);
            assert!(ids.insert(told.id), "{told:?}");
            count += 1;
        }
    }
    assert_eq!(ids.len(), count);
    assert!(count > 3);
}

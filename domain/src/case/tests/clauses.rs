//! Every clause of class E is enforced: for each one, a turn that it refuses or a duty that it makes.

use super::forms::*;
use super::world::{World, task, text};
use crate::authority::{keys, sight};
use crate::case::command::{Reassignment, Remark, WorkKind};
use crate::case::decide::Actor;
use crate::case::{Command, Event, Refusal};
use crate::rulebook::Class;
use crate::words::{AxisName, CaseType, Channel, Fault, Finding, MeasureKind, Satisfaction, Source};

mod service_hall;

use service_hall::SERVICE_HALL;

/// A clause and what shows that it holds.
type Shown = (&'static str, fn());

const TOBACCO: &[Shown] = &[
    ("R03-1.2", the_first_receiver_tracks_to_the_end),
    ("R03-1.5", nothing_is_closed_without_a_follow_up),
    ("R03-1.8", three_working_days_are_promised),
    ("R03-1.9", nothing_is_closed_without_an_answer),
    ("R03-1.11", nothing_is_lent_without_a_word_from_above),
    ("R03-2.1.1", four_kinds_of_complainant),
    ("R03-2.1.2a", five_ways_to_be_heard),
    ("R03-2.1.2b", recorded_and_instructed_before_it_goes_out),
    ("R03-2.1.2c", receipt_is_confirmed),
    ("R03-2.1.3", an_inquiry_goes_to_a_department_by_the_head),
    ("R03-2.1.4", a_suggestion_is_studied),
    ("R03-2.1.5", a_report_is_secret_and_submitted_at_once),
    ("R03-2.1.6", the_province_hears_the_result),
    ("R03-2.1.8", somebody_receives_for_each_unit),
    ("R03-2.2.1a", two_days_and_never_beyond_seven),
    ("R03-2.2.1b", cause_person_and_plan),
    ("R03-2.2.1c", a_major_plan_waits_for_the_leader),
    ("R03-2.2.1d", it_is_checked_before_it_is_reported),
    ("R03-2.2.2", the_unit_answers_an_inquiry_the_same_day),
    ("R03-2.2.3", two_days_for_a_report),
    ("R03-2.2.4", three_days_for_the_province),
    ("R03-2.3a", followed_up_on_the_day),
    ("R03-2.3b", the_leader_looks_at_what_satisfied),
    ("R03-2.3c", dissatisfied_is_dispatched_again_under_supervision),
    ("R03-2.3d", delay_goes_to_the_company_s_leaders),
];

#[test]
fn each_clause_of_the_service_hall_holds() {
    for (_, holds) in SERVICE_HALL {
        holds();
    }
}

#[test]
fn each_clause_of_the_tobacco_company_holds() {
    for (_, holds) in TOBACCO {
        holds();
    }
}

#[test]
fn no_clause_of_class_e_is_left_out() {
    for (code, shown) in [
        ("cn.service_hall", SERVICE_HALL),
        ("cn.tobacco_supervision", TOBACCO),
    ] {
        let world = World::of(code);
        let enforced = world
            .rulebook
            .clauses
            .iter()
            .filter(|(_, clause)| clause.class == Class::Enforced)
            .filter(|(_, clause)| clause.waits.is_empty() && clause.always.is_empty())
            .map(|(id, _)| id.as_str())
            // The floor's own clauses hold by the properties.
            .filter(|id| !id.starts_with("H-"));
        for clause in enforced {
            assert!(
                shown.iter().any(|(id, _)| *id == clause),
                "{clause} is shown by nothing"
            );
        }
    }
}

/// The clauses that a refusal cites.
fn cited(refusal: &Refusal) -> Vec<String> {
    let clauses: Vec<_> = match refusal {
        Refusal::FactsMissing { missing } | Refusal::GateClosed { missing } => missing
            .iter()
            .filter_map(|missing| missing.clause.clone())
            .collect(),
        Refusal::NotPermitted { clause, .. }
        | Refusal::NotProvided { clause, .. }
        | Refusal::NotListed { clause, .. }
        | Refusal::PersonUnsuitable { clause, .. }
        | Refusal::UnitBarred { clause, .. }
        | Refusal::SeparationOfDuties { clause } => clause.clone().into_iter().collect(),
        Refusal::AnonymityNotAllowed { clause }
        | Refusal::BoundReached { clause, .. }
        | Refusal::SectionsMissing { clause, .. }
        | Refusal::ExtensionTooLate { clause, .. }
        | Refusal::WindowOver { clause, .. }
        | Refusal::ExtensionBeyondCap { clause, .. } => vec![clause.clone()],
        _ => Vec::new(),
    };
    clauses.iter().map(ToString::to_string).collect()
}

#[track_caller]
fn refused_under(clause: &str, world: &mut World, who: &str, command: Command) {
    let refusal = world.refuses(who, command);
    assert!(
        cited(&refusal).iter().any(|cited| cited == clause),
        "{refusal:#?}"
    );
}

#[track_caller]
fn owed_under(clause: &str, world: &World, duty: &str, due: Option<&str>) {
    let duty = world.duty(duty);
    assert_eq!(duty.clause.as_str(), clause);
    let on = duty.terms.due.as_ref().map(|due| due.on.to_string());
    assert_eq!(on.as_deref(), due);
}

fn tobacco(case_type: CaseType) -> World {
    let mut world = World::of("cn.tobacco_supervision");
    takes_in(&mut world, case_type);
    world
}

fn at_the_unit() -> World {
    let mut world = tobacco(CaseType::Complaint);
    gets_to_the_unit(&mut world, LEADER, "county_bureau.1");
    world
}

fn followed_up(satisfaction: Satisfaction) -> World {
    let mut world = at_the_unit();
    gets_an_answer(&mut world);
    world.does(INTAKE, follow_up(satisfaction));
    world
}

fn the_first_receiver_tracks_to_the_end() {
    let mut world = followed_up(Satisfaction::Satisfied);
    owed_under("R03-1.2", &world, "tracking", None);
    let reassign = Command::ReassignFirstReceiver(Reassignment {
        to: World::staff("intake_officer.2"),
        reason: text("why"),
    });
    refused_under("R03-1.2", &mut world, INTAKE, reassign);
    world
        .does(LEADER, needs_no_further_dispatch())
        .does(INTAKE, close());
    assert!(!world.owed().iter().any(|line| line.starts_with("tracking")));
}

fn nothing_is_closed_without_a_follow_up() {
    let mut world = at_the_unit();
    gets_an_answer(&mut world);
    refused_under("R03-1.5", &mut world, INTAKE, close());
    let mut world = tobacco(CaseType::Inquiry);
    world.does(INTAKE, on_the_spot());
    owed_under("R03-1.5", &world, "follow_up_after_spot_answer", None);
}

fn three_working_days_are_promised() {
    let world = tobacco(CaseType::Complaint);
    owed_under("R03-1.8", &world, "promise", Some("2026-09-21"));
    assert_eq!(
        world.duty("promise").terms.force,
        crate::rulebook::Force::Normally
    );
    let mut world = World::of("cn.tobacco_supervision");
    let register = world.register(CaseType::Complaint, Some("consumer"));
    world.does(INTAKE, register);
    refused_under("R03-1.8", &mut world, INTAKE, decline(false));
}

fn nothing_is_closed_without_an_answer() {
    let world = at_the_unit();
    let context = world.context(Actor::Clock);
    let closed = crate::gate::closed_gates(world.case(), &context, crate::words::Deed::Closing, None);
    let clauses: Vec<_> = closed
        .iter()
        .filter_map(|missing| missing.clause.as_ref())
        .collect();
    assert!(
        clauses.iter().any(|clause| clause.as_str() == "R03-1.9"),
        "{clauses:?}"
    );
}

fn nothing_is_lent_without_a_word_from_above() {
    let mut world = tobacco(CaseType::Complaint);
    world.does(INTAKE, Command::RequestLending(Remark::default()));
    owed_under("R03-1.11", &world, "approval.lending", None);
    let mine = decide_lending(&world, true);
    assert!(matches!(
        world.refuses(INTAKE, mine),
        Refusal::NotPermitted { .. }
    ));
}

fn four_kinds_of_complainant() {
    let mut world = World::of("cn.tobacco_supervision");
    let stranger = world.register(CaseType::Complaint, Some("tourist"));
    refused_under("R03-2.1.1", &mut world, INTAKE, stranger);
    let nobody = world.register(CaseType::Complaint, None);
    refused_under("R03-1.3", &mut world, INTAKE, nobody);
}

fn five_ways_to_be_heard() {
    let mut world = World::of("cn.tobacco_supervision");
    for channel in [
        Channel::Phone,
        Channel::Fax,
        Channel::Web,
        Channel::Letter,
        Channel::Visit,
    ] {
        assert_eq!(
            world.rulebook.channel(channel).unwrap().clause.as_str(),
            "R03-2.1.2a"
        );
    }
    let mut matter = world.matter(CaseType::Complaint, Some("consumer"));
    matter.channel = Channel::Wechat;
    let refused = world.refuses(INTAKE, World::register_matter(matter));
    assert!(matches!(refused, Refusal::NotListed { field: "channel", .. }));
}

fn recorded_and_instructed_before_it_goes_out() {
    let mut world = World::of("cn.tobacco_supervision");
    let mut matter = world.matter(CaseType::Complaint, Some("consumer"));
    matter.complainant.stated.clear();
    refused_under("R03-2.1.2b", &mut world, INTAKE, World::register_matter(matter));
    let mut world = tobacco(CaseType::Complaint);
    refused_under(
        "R03-2.1.2b",
        &mut world,
        INTAKE,
        dispatch(task("county_bureau.1")),
    );
    refused_under("R03-2.1.2b", &mut world, LEADER, instruct());
    owed_under("R03-2.1.2b", &world, "instruction_request", Some("2026-09-18"));
}

fn receipt_is_confirmed() {
    let mut world = tobacco(CaseType::Complaint);
    owed_under("R03-2.1.2c", &world, "dispatch_form", Some("2026-09-18"));
    world
        .does(INTAKE, ask_for_instruction())
        .does(LEADER, instruct())
        .does(INTAKE, dispatch(task("county_bureau.1")));
    owed_under("R03-2.1.2c", &world, "confirm_receipt", Some("2026-09-18"));
    let sign = world.sign();
    world.does(INTAKE, sign);
    let by_sender = world.case().lead().unwrap().signed.unwrap().1;
    assert_eq!(by_sender, crate::case::command::Receipt::BySender);
}

fn an_inquiry_goes_to_a_department_by_the_head() {
    let mut world = tobacco(CaseType::Inquiry);
    world.does(INTAKE, ask_for_instruction()).does(LEADER, instruct());
    refused_under("R03-2.1.3", &mut world, INTAKE, dispatch(task("department.1")));
    world.does(HEAD, instruct());
    refused_under("R03-2.1.3", &mut world, INTAKE, dispatch(task("county_bureau.1")));
    world.does(INTAKE, dispatch(task("department.1")));
}

fn a_suggestion_is_studied() {
    let mut world = tobacco(CaseType::Suggestion);
    gets_to_the_unit(&mut world, LEADER, "county_bureau.1");
    owed_under("R03-2.1.4", &world, "suggestion_handling", Some("2026-09-28"));
    world.does(OFFICER, work(WorkKind::Opinion));
    let back = report_back(&world);
    refused_under("R03-2.1.4", &mut world, OFFICER, back);
}

fn a_report_is_secret_and_submitted_at_once() {
    let mut world = tobacco(CaseType::Report);
    owed_under("R03-2.1.5", &world, "submit_report", None);
    let (staff, context) = (World::staff(HEAD), world.context(Actor::Clock));
    assert!(!sight(world.case(), &context).admits(&keys(staff, world.rulebook, &world.directory, world.now)));
    world.does(INTAKE, ask_for_instruction()).does(LEADER, instruct());
    refused_under("R03-2.1.5", &mut world, INTAKE, dispatch(task("county_bureau.1")));
}

/// A complaint that the provincial centre passed on, answered and followed up.
fn from_the_province() -> World {
    let mut world = World::of("cn.tobacco_supervision");
    let mut matter = world.matter(CaseType::Complaint, Some("consumer"));
    matter.source = Source::Superior;
    world
        .does(INTAKE, World::register_matter(matter))
        .does(INTAKE, accept());
    gets_to_the_unit(&mut world, LEADER, "county_bureau.1");
    world
}

fn the_province_hears_the_result() {
    let mut world = from_the_province();
    let upstream = Command::ReportUpstream(Remark::default());
    refused_under("R03-2.1.6", &mut world, INTAKE, upstream);
    gets_an_answer(&mut world);
    world
        .does(INTAKE, follow_up(Satisfaction::Satisfied))
        .does(LEADER, needs_no_further_dispatch());
    refused_under("R03-2.1.6", &mut world, INTAKE, close());
}

fn somebody_receives_for_each_unit() {
    let mut world = tobacco(CaseType::Complaint);
    let unit = World::unit("county_bureau.1");
    world.directory.units.get_mut(&unit).unwrap().accountable_officer = None;
    world.does(INTAKE, ask_for_instruction()).does(LEADER, instruct());
    refused_under("R03-2.1.8", &mut world, INTAKE, dispatch(task("county_bureau.1")));
}

fn two_days_and_never_beyond_seven() {
    let mut world = at_the_unit();
    owed_under("R03-2.2.1a", &world, "unit_handling", Some("2026-09-20"));
    let more = extension(&world, "unit_handling", "6 working days");
    refused_under("R03-2.2.1a", &mut world, OFFICER, more);
    let more = extension(&world, "unit_handling", "5 working days");
    world.does(OFFICER, more);
}

fn cause_person_and_plan() {
    let mut world = at_the_unit();
    let back = report_back(&world);
    refused_under("R03-2.2.1b", &mut world, OFFICER, back.clone());
    let Command::CompleteInvestigation(mut found) = found(Finding::Substantiated) else {
        return;
    };
    found.responsible_person = None;
    refused_under(
        "R03-2.2.1b",
        &mut world,
        OFFICER,
        Command::CompleteInvestigation(found.clone()),
    );
    found.responsible_person = Some(text("person"));
    world.does(OFFICER, Command::CompleteInvestigation(found));
    refused_under("R03-2.2.1b", &mut world, OFFICER, back);
    owed_under("R03-2.2.1b", &world, "plan", Some("2026-09-20"));
}

fn a_major_plan_waits_for_the_leader() {
    let mut world = at_the_unit();
    world
        .does(INTAKE, classify(AxisName::Severity, "major"))
        .does(OFFICER, found(Finding::Substantiated))
        .does(OFFICER, plan());
    let measure = measure(MeasureKind::CorrectError, "2026-09-17");
    refused_under("R03-2.2.1c", &mut world, OFFICER, measure);
    owed_under("R03-2.2.1c", &world, "approval.plan", Some("2026-09-20"));
}

fn it_is_checked_before_it_is_reported() {
    let mut world = at_the_unit();
    world
        .does(OFFICER, found(Finding::Substantiated))
        .does(OFFICER, plan())
        .does(OFFICER, measure(MeasureKind::CorrectError, "2026-09-17"));
    refused_under("R03-2.2.1d", &mut world, OFFICER, checked());
    world.does(OFFICER, measured());
    let back = report_back(&world);
    refused_under("R03-2.2.1d", &mut world, OFFICER, back);
}

fn the_unit_answers_an_inquiry_the_same_day() {
    let mut world = tobacco(CaseType::Inquiry);
    gets_to_the_unit(&mut world, HEAD, "department.1");
    owed_under("R03-2.2.2", &world, "inquiry_answer", Some("2026-09-17"));
    refused_under("R03-2.2.2", &mut world, INTAKE, reply());
}

fn two_days_for_a_report() {
    let mut world = tobacco(CaseType::Report);
    gets_to_the_unit(&mut world, LEADER, "county_bureau.2");
    owed_under("R03-2.2.3", &world, "unit_handling_of_report", Some("2026-09-20"));
    let more = extension(&world, "unit_handling_of_report", "6 working days");
    refused_under("R03-2.2.3", &mut world, OTHER_OFFICER, more);
}

fn three_days_for_the_province() {
    let mut world = from_the_province();
    owed_under("R03-2.2.4", &world, "provincial_form", Some("2026-09-21"));
    let much_more = extension(&world, "provincial_form", "30 working days");
    world.does(INTAKE, much_more);
}

fn followed_up_on_the_day() {
    let mut world = at_the_unit();
    gets_an_answer(&mut world);
    owed_under("R03-2.3a", &world, "follow_up_on_the_day", Some("2026-09-17"));
}

fn the_leader_looks_at_what_satisfied() {
    let mut world = followed_up(Satisfaction::Satisfied);
    owed_under("R03-2.3b", &world, "second_dispatch_review", None);
    refused_under("R03-2.3b", &mut world, INTAKE, close());
}

fn dissatisfied_is_dispatched_again_under_supervision() {
    let world = followed_up(Satisfaction::Dissatisfied);
    assert_eq!(world.case().round_ordered.as_ref().unwrap().round, 2);
    let order = &world.case().supervision_orders[0];
    assert_eq!(order.clause.as_ref().unwrap().as_str(), "R03-2.3c");
    assert_eq!(
        order.supervisor.position.as_ref().unwrap().as_str(),
        "rectification_office_head"
    );
}

fn delay_goes_to_the_company_s_leaders() {
    let mut world = at_the_unit();
    world.does(INTAKE, judge(Fault::UnreasonableDelay));
    assert_eq!(world.case().round_ordered.as_ref().unwrap().round, 3);
    owed_under("R03-2.3d", &world, "acknowledgement", None);
    let cites = |event: fn(&Event) -> bool| {
        let clause = world.book.iter().rfind(|entry| event(&entry.event)).unwrap();
        assert_eq!(clause.clause.as_ref().unwrap().as_str(), "R03-2.3d");
    };
    cites(|event| matches!(event, Event::SupervisionImposed { .. }));
    cites(|event| matches!(event, Event::RoundOrdered { .. }));
}

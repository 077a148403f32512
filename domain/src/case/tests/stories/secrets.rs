//! What is open only to those named on it: who may name, who opens it in an emergency, and who learns who reports.

use super::super::world::{World, text};
use crate::authority::{keys, may_know_the_person, reads, sight};
use crate::case::command::{
    About, Correction, Emergency, IdentityAsked, IdentityDecision, Naming, ReadingReview, Respondent,
    Restriction,
};
use crate::case::decide::Actor;
use crate::case::{Command, Event, Refusal};
use crate::rulebook::Reads;
use crate::words::{CaseType, Deed, Field};

const INTAKE: &str = "intake_officer.1";
const LEADER: &str = "supervising_leader.1";
const HEAD: &str = "rectification_office_head.1";
const OTHER_HEAD: &str = "rectification_office_head.2";

/// A report to the tobacco bureau, which is open to few (R03-2.1.5).
fn reported() -> World {
    let mut world = World::of("cn.tobacco_supervision");
    let report = world.register(CaseType::Report, Some("retail_customer"));
    world.does(INTAKE, report);
    world
}

fn sees(world: &World, who: &str) -> bool {
    let staff = World::staff(who);
    let context = world.context(Actor::Staff(staff));
    sight(world.case(), &context).admits(&keys(staff, world.rulebook, &world.directory, world.now))
}

fn emergency() -> Command {
    Command::BreakGlass(Emergency { reason: text("why") })
}

fn named(who: &str) -> Command {
    Command::NameParticipant(Naming {
        staff: World::staff(who),
        reason: text("why"),
    })
}

#[test]
fn who_is_named_on_it_sees_it_and_no_longer_once_he_is_not() {
    let mut world = reported();
    assert!(sees(&world, LEADER) && !sees(&world, HEAD));
    world.does(INTAKE, named(HEAD));
    assert!(sees(&world, HEAD) && !sees(&world, OTHER_HEAD));
    let thing = world.case().secrecy.participants[0].id;
    world.does(INTAKE, Command::RemoveParticipant(About { thing, text: None }));
    assert!(!sees(&world, HEAD));
}

#[test]
fn an_emergency_opens_it_for_a_while_and_somebody_else_judges_it() {
    let mut world = reported();
    world.does(HEAD, emergency());
    assert!(sees(&world, HEAD));
    let told = |event: &Event| {
        matches!(
            event,
            Event::Notified {
                about: Deed::EmergencyReading,
                ..
            }
        )
    };
    assert!(world.book.iter().any(|entry| told(&entry.event)));
    world.owes("reading_review");
    let reading = world.case().secrecy.emergency_readings[0].id;
    let review = || {
        Command::ReviewReading(ReadingReview {
            reading,
            justified: true,
            reason: text("why"),
        })
    };
    let own = world.refuses(HEAD, review());
    assert_eq!(own, Refusal::SeparationOfDuties { clause: None });
    world.does(OTHER_HEAD, review());
    world.looks("2026-09-17T13:12");
    assert!(!sees(&world, HEAD), "four hours are over");
}

#[test]
fn nobody_opens_in_an_emergency_what_is_kept_from_him() {
    let mut world = World::of("cn.tobacco_supervision");
    let mut matter = world.matter(CaseType::Report, Some("retail_customer"));
    matter.completion.respondents = vec![Respondent::Person {
        staff: Some(World::staff(HEAD)),
        description: None,
    }];
    world.does(INTAKE, World::register_matter(matter));
    assert_eq!(world.refuses(HEAD, emergency()), Refusal::NotVisible);
    assert_eq!(
        world.refuses(INTAKE, named(HEAD)),
        Refusal::PersonBarred { field: "staff_id" }
    );
    // Who may not even do that does not learn that there is a case.
    let handler = "county_handler of county_bureau.2";
    assert_eq!(world.refuses(handler, emergency()), Refusal::NotVisible);
}

#[test]
fn who_reports_shows_only_after_the_custodian_agreed() {
    let mut world = reported();
    world.does(
        INTAKE,
        Command::RequestIdentity(IdentityAsked { reason: text("why") }),
    );
    world.owes("identity_decision");
    let request = world.case().secrecy.identity_requests[0].id;
    let decision = |hours| {
        Command::DecideIdentity(IdentityDecision {
            request,
            hours,
            reason: None,
        })
    };
    assert_eq!(world.case().identity_open_until(request), None);
    let own = world.refuses(INTAKE, decision(Some(2)));
    assert!(matches!(own, Refusal::NotPermitted { .. }), "{own:?}");
    world.does(LEADER, decision(Some(2)));
    assert_eq!(
        world.case().identity_open_until(request),
        Some(world.now + chrono::TimeDelta::hours(2))
    );
}

#[test]
fn where_nobody_else_keeps_it_who_reports_stays_shut() {
    let ask = || Command::RequestIdentity(IdentityAsked { reason: text("why") });
    // Both leaders, who keep it, are complained of.
    let mut world = World::of("cn.tobacco_supervision");
    let mut matter = world.matter(CaseType::Report, Some("retail_customer"));
    let complained_of = |who| Respondent::Person {
        staff: Some(World::staff(who)),
        description: None,
    };
    matter.completion.respondents = vec![complained_of(LEADER), complained_of("supervising_leader.2")];
    world.does(INTAKE, World::register_matter(matter));
    assert_eq!(world.refuses(INTAKE, ask()), Refusal::NoCustodian);
}

#[test]
fn a_redacted_version_is_for_who_may_not_know_the_person() {
    let mut world = World::of("cn.tobacco_supervision");
    let complaint = world.register(CaseType::Complaint, Some("retail_customer"));
    world.does(INTAKE, complaint);
    let redaction = |field, words| {
        Command::Redact(Correction {
            field,
            text: text(words),
            reason: text("why"),
        })
    };
    let unknown = world.refuses(INTAKE, redaction(Field::IncidentPlace, "none"));
    assert_eq!(unknown, Refusal::ReferenceUnknown { field: "field" });
    world.does(INTAKE, redaction(Field::Content, "first"));
    world.does(INTAKE, redaction(Field::Content, "second"));
    assert_eq!(
        world.case().secrecy.redactions.len(),
        1,
        "the later one takes its place"
    );
    let knows = |who: &str| {
        let staff = World::staff(who);
        may_know_the_person(staff, world.case(), &world.context(Actor::Staff(staff)))
    };
    assert!(knows(INTAKE));
    assert!(knows("intake_officer.2"), "who registers must reach people");
    assert!(!knows(HEAD));
    // On what is open only to those named on it, the first receiver alone, until somebody is granted it.
    let mut world = reported();
    world.does(
        INTAKE,
        Command::RequestIdentity(IdentityAsked { reason: text("why") }),
    );
    let staff = World::staff(LEADER);
    assert!(!may_know_the_person(
        staff,
        world.case(),
        &world.context(Actor::Staff(staff))
    ));
}

#[test]
fn what_was_shut_by_hand_is_open_to_few_and_its_readings_leave_a_trace() {
    let mut world = World::of("cn.complaints_office");
    let mut matter = world.matter(CaseType::Complaint, None);
    let sex_and_age = [
        crate::words::Field::ComplainantSex,
        crate::words::Field::ComplainantAge,
    ];
    matter.complainant.stated.extend(sex_and_age);
    let remedy = (crate::words::Field::RequestedRemedy, text("an apology"));
    matter.completion.texts.extend([remedy]);
    world.does(INTAKE, World::register_matter(matter));
    assert!(sees(&world, "follow_up_officer.1"));
    let shut = |restricted| {
        Command::Restrict(Restriction {
            restricted,
            reason: text("why"),
        })
    };
    world.does(INTAKE, shut(true));
    assert!(!sees(&world, "follow_up_officer.1") && sees(&world, INTAKE));
    let context = world.context(Actor::Clock);
    assert_eq!(reads(world.case(), &context), Some(Reads::Logged));
    world.does(INTAKE, shut(false));
    assert!(sees(&world, "follow_up_officer.1"));
}

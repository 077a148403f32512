//! The education bureau (R02): nothing in scope is refused, and seven working days may grow only with the leader.

use uuid::Uuid;

use super::super::forms::*;
use super::super::world::{World, text, word};
use crate::case::command::{DuplicateLink, Ending, ExtensionDecision, Notice, Remark};
use crate::case::{Command, Refusal};
use crate::ids::CaseId;
use crate::words::{CaseType, Channel, Field, Finding, NoticeType, Status};

const OFFICE: &str = "supervision_officer.1";
const CHIEF: &str = "supervising_leader.1";

fn bureau() -> World {
    let mut world = World::of("cn.edu_bureau_supervision");
    let register = world.register(CaseType::Complaint, None);
    world.does(OFFICE, register).does(OFFICE, accept());
    world
}

#[test]
fn a_call_is_answered_within_seven_working_days_of_acceptance() {
    let mut world = bureau();
    assert_eq!(world.due("answer"), "2026-09-28");
    world
        .owes("start_at_once")
        .does(OFFICE, assign("supervision_officer.2"))
        .does(
            "supervision_officer.2",
            Command::ServeNotice(Notice {
                kind: NoticeType::ExplanationNotice,
                text: text("we are looking into it"),
                channel: Channel::Phone,
            }),
        )
        .does("supervision_officer.2", found(Finding::Substantiated))
        .does("supervision_officer.2", reply())
        .does(OFFICE, close())
        .does(OFFICE, Command::Archive(Remark::default()))
        .stands_at(Status::Archived);
}

#[test]
fn what_is_in_scope_is_not_refused() {
    let mut world = World::of("cn.edu_bureau_supervision");
    let register = world.register(CaseType::Complaint, None);
    world.does(OFFICE, register);
    let refused = world.refuses(OFFICE, decline(true));
    assert!(
        matches!(&refused, Refusal::NotListed { clause: Some(clause), .. } if clause.as_str() == "R02-2"),
        "{refused:?}"
    );
    let again = || {
        Command::Decline(Ending {
            ground: word("duplicate"),
            explanation: Some(text("it is with us already")),
            guidance: None,
            reason: None,
        })
    };
    // Which case it repeats is said by the link to it.
    assert!(matches!(
        world.refuses(OFFICE, again()),
        Refusal::GateClosed { .. }
    ));
    world
        .does(
            OFFICE,
            Command::LinkDuplicate(DuplicateLink {
                of: CaseId(Uuid::from_u128(7)),
                reason: text("the same caller, the same matter"),
            }),
        )
        .does(OFFICE, again())
        .stands_at(Status::Declined);
}

#[test]
fn a_visitor_says_whom_he_complains_of() {
    let mut world = World::of("cn.edu_bureau_supervision");
    let mut matter = world.matter(CaseType::Complaint, None);
    matter.channel = Channel::Visit;
    matter.completion.respondents.clear();
    matter.complainant.stated = [Field::ComplainantName].into();
    let Refusal::FactsMissing { missing } = world.refuses(OFFICE, World::register_matter(matter)) else {
        panic!("facts should be missing");
    };
    assert_eq!(missing.len(), 3, "person, department, phone: {missing:?}");
    let under = missing.iter().filter_map(|it| it.clause.as_ref());
    assert!(under.into_iter().all(|clause| clause.as_str() == "R02-5"));
}

#[test]
fn who_cannot_answer_in_time_asks_the_leader_and_tells_the_complainant() {
    let mut world = bureau();
    let more = extension(&world, "answer", "20 working days");
    world.does(OFFICE, more).owes("extension_decision");
    let asked = world.case().extensions[0].id;
    let decide = Command::DecideExtension(ExtensionDecision {
        extension: asked,
        granted: None,
        reason: Some(text("no")),
    });
    world.does(CHIEF, decide);
    world.looks("2026-09-29T00:00").owes("notice.explanation_notice");
}

#[test]
fn what_the_media_follow_is_shown_to_the_leader() {
    let mut world = World::of("cn.edu_bureau_supervision");
    let mut matter = world.matter(CaseType::Complaint, None);
    matter.completion.flags = [word("media_attention")].into();
    world
        .does(OFFICE, World::register_matter(matter))
        .owes("acknowledgement");
    assert_eq!(world.duty("acknowledgement").clause.as_str(), "R02-7");
}

//! What the walks over all regulations taught: steps of several offices in which a case once got stuck, or was told
//! something else than was decided.

use super::super::forms::*;
use super::super::world::{World, task, text, word};
use crate::case::command::{Acceptance, ApprovalDecision, Investigation, Reply, SpotAnswer, Task, WorkKind};
use crate::case::decide::Actor;
use crate::case::{Act, Command, Missing, Possible, Refusal, possibilities};
use crate::ids::ThingId;
use crate::rulebook::Need;
use crate::words::{
    ActivityKind, AxisName, CaseType, Channel, Field, Finding, MeasureKind, Satisfaction, Status, Subject,
};

fn shown(world: &World, who: &str, act: Act) -> Option<Possible> {
    let staff = World::staff(who);
    let possible = possibilities(world.case(), staff, &world.context(Actor::Staff(staff)));
    possible.into_iter().find(|possible| possible.act == act)
}

fn needs(missing: &[Missing]) -> Vec<String> {
    missing.iter().map(|missing| missing.need.to_string()).collect()
}

const WINDOW: &str = "intake_window.1";
const SERVICE: &str = "gov_service_office.1";
const ROOM: &str = "supervision_room.1";

fn on_the_mode(world: &World, granted: bool) -> Command {
    Command::DecideApproval(ApprovalDecision {
        subject: Subject::Mode,
        about: ThingId(world.duty("approval.mode").id.0),
        granted,
        reason: Some(text("why")),
    })
}

/// R11-4a: two offices agree on the way it goes; what one of them refuses is proposed anew, and both are asked again.
#[test]
fn a_mode_that_one_of_two_refuses_is_proposed_anew() {
    let mut world = World::of("cn.baiyun_center");
    let register = world.register(CaseType::Complaint, None);
    world
        .does(WINDOW, register)
        .does(WINDOW, classify(AxisName::Category, "attitude"))
        .does(WINDOW, accept())
        .does(SERVICE, classify(AxisName::Mode, "transfer"));
    let yes = on_the_mode(&world, true);
    world.does(SERVICE, yes);
    let no = on_the_mode(&world, false);
    world.does(ROOM, no);
    assert!(!world.case().axes.contains_key(&AxisName::Mode));
    world.owes("classification");
    world.does(SERVICE, classify(AxisName::Mode, "self"));
    let yes = on_the_mode(&world, true);
    let first = world.duty("approval.mode").terms.holder.position.clone();
    assert_eq!(first.unwrap().as_str(), "gov_service_office");
    world.does(SERVICE, yes);
    let yes = on_the_mode(&world, true);
    world.does(ROOM, yes);
    // Another way than the one agreed on is another question.
    world.does(SERVICE, classify(AxisName::Mode, "supervise"));
    world.owes("approval.mode");
}

const RECEPTION: &str = "reception_officer.1";
const CLASSIFIER: &str = "classifier.1";
const LEADS: &str = "lead_department.1";
const DEPARTMENT: &str = "officer of department.1";

fn investigated_at_the_centre() -> World {
    let mut world = World::of("cn.public_service_center");
    let mut matter = world.matter(CaseType::Complaint, None);
    for field in [Field::RequestedRemedy, Field::EvidenceOrWay] {
        matter.completion.texts.insert(field, text("as he says"));
    }
    world
        .does(RECEPTION, World::register_matter(matter))
        .does(CLASSIFIER, classify(AxisName::Category, "handling"))
        .does(CLASSIFIER, classify(AxisName::Urgency, "normal"))
        .does(CLASSIFIER, classify(AxisName::Complexity, "complex"))
        .does(CLASSIFIER, accept());
    let sent = Task {
        standard: Some(text("standard")),
        due_on: Some(world.today()),
        ..task("department.1")
    };
    world.does(LEADS, Command::Dispatch(vec![sent]));
    let sign = world.sign();
    world
        .does(DEPARTMENT, sign)
        .does(DEPARTMENT, work(WorkKind::Activity(ActivityKind::Interview)));
    world
}

fn found_because_of(cause: Option<&str>) -> Command {
    Command::CompleteInvestigation(Investigation {
        finding: Finding::Substantiated,
        cause: Some(text("cause")),
        cause_word: cause.map(word),
        responsible_person: Some(text("person")),
        substantiated_part: None,
        legal_basis: None,
        report: Some(text("report")),
    })
}

/// R13-3.3: the text lists four causes; what is stated is one of them.
#[test]
fn a_cause_is_one_of_the_list_where_there_is_one() {
    let mut world = investigated_at_the_centre();
    for unlisted in [None, Some("bad_luck")] {
        let refused = world.refuses(DEPARTMENT, found_because_of(unlisted));
        assert!(
            matches!(&refused, Refusal::NotListed { field: "cause", clause: Some(clause), .. } if clause.as_str() == "R13-3.3"),
            "{refused:?}"
        );
    }
    world.does(DEPARTMENT, found_because_of(Some("process_gap")));
    assert_eq!(world.case().axes[&AxisName::Cause].as_str(), "process_gap");
}

/// R13-4.1: what is complex may need a discussion: who leaves it out is warned and not barred.
#[test]
fn what_is_normally_wanted_is_shown_and_not_demanded() {
    let mut world = investigated_at_the_centre();
    world
        .does(DEPARTMENT, found_because_of(Some("staff_error")))
        .does(DEPARTMENT, plan());
    let measure = shown(&world, DEPARTMENT, Act::TakeMeasure).unwrap();
    assert_eq!(measure.blocked, None);
    assert_eq!(needs(&measure.normally), ["discussion"]);
    assert_eq!(measure.normally[0].clause.as_ref().unwrap().as_str(), "R13-4.1");
}

const OFFICER_OF_REPORTS: &str = "report_officer.1";

/// R14-4.2.3: who accepts may make the checks in the same step.
#[test]
fn an_acceptance_may_state_the_checks_itself() {
    let mut world = World::of("cn.report_disposal");
    let mut matter = world.matter(CaseType::Report, Some("customer"));
    for field in [Field::IncidentTime, Field::IncidentPlace] {
        matter.completion.texts.insert(field, text("as he says"));
    }
    world
        .does(OFFICER_OF_REPORTS, World::register_matter(matter))
        .does(OFFICER_OF_REPORTS, classify(AxisName::Category, "rule_violation"));
    assert_eq!(
        shown(&world, OFFICER_OF_REPORTS, Act::Accept).unwrap().blocked,
        None
    );
    let unchecked = world.refuses(OFFICER_OF_REPORTS, accept());
    assert!(
        matches!(&unchecked, Refusal::GateClosed { missing } if matches!(missing[0].need, Need::Deed(_))),
        "{unchecked:?}"
    );
    let checked = Acceptance {
        screening: [(word("in_scope"), true)].into(),
        ..Acceptance::default()
    };
    world
        .does(OFFICER_OF_REPORTS, Command::Accept(checked))
        .stands_at(Status::Accepted);
    let team = shown(&world, "department_head.1", Act::FormTeam).unwrap();
    assert_eq!(needs(&team.normally), ["recusal_asked", "members_at_least_2"]);
}

/// R13-5.1: closing wants a plan; one that is refused after the answer is drafted anew.
#[test]
fn a_plan_refused_after_the_answer_is_drafted_anew() {
    let mut world = investigated_at_the_centre();
    world
        .does(DEPARTMENT, found_because_of(Some("staff_error")))
        .does(DEPARTMENT, plan())
        .does(DEPARTMENT, measure(MeasureKind::CorrectError, "2026-09-17"))
        .does(DEPARTMENT, measured());
    let report = report_back(&world);
    world.does(DEPARTMENT, report);
    let sections = ["findings", "basis", "measures", "state"];
    let answer = Command::Reply(Reply {
        text: text("answer"),
        channel: Channel::Phone,
        sections: sections.map(|section| (word(section), text(section))).into(),
    });
    let refused = decide_plan(&world, false);
    world
        .does(RECEPTION, answer)
        .does("centre_head.1", refused)
        .stands_at(Status::Replied)
        .owes("plan")
        .does(DEPARTMENT, plan());
}

const FOLLOWS_UP: &str = "follow_up_officer.1";

/// R01-2.2w: what was solved on the spot was never classified; who is dissatisfied gets a group all the same.
#[test]
fn what_was_solved_on_the_spot_and_did_not_satisfy_is_classified_then() {
    let mut world = World::of("cn.complaints_office");
    let mut matter = world.matter(CaseType::Complaint, None);
    let stated = [Field::ComplainantSex, Field::ComplainantAge];
    matter.complainant.stated.extend(stated);
    let remedy = text("as he says");
    matter.completion.texts.insert(Field::RequestedRemedy, remedy);
    let solved = Command::AnswerOnTheSpot(SpotAnswer {
        ground: word("solved_on_the_spot"),
        answer: text("answer"),
    });
    world
        .does(INTAKE, World::register_matter(matter))
        .does(INTAKE, solved)
        .does(FOLLOWS_UP, follow_up(Satisfaction::Dissatisfied))
        .stands_at(Status::Replied)
        .owes("classification")
        .does(INTAKE, classify(AxisName::Severity, "general"))
        .does(INTAKE, classify(AxisName::Category, "other_by_law"))
        .does(FOLLOWS_UP, redispatch(task("investigation_group.1")))
        .stands_at(Status::Dispatched);
}

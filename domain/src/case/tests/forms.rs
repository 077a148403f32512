//! The forms that the people of the stories fill in, with what matters left to say.

use std::collections::{BTreeMap, BTreeSet};

use super::world::{World, at, task, text, word};
use crate::case::Command;
use crate::case::command::{
    About, Acceptance, ApprovalDecision, Assignment, Classification, Closing, Ending, ExtensionRequest,
    FaultJudgement, FollowUp, Instruction, Investigation, Measure, Notice, Plan, RectificationCheck,
    RectificationOrder, Recusal, Redispatch, Remark, Reply, ReportBack, SecondDispatchDecision, SpotAnswer,
    Task, Work, WorkKind,
};
use crate::ids::ThingId;
use crate::words::{
    AxisName, CaseType, Channel, Deed, Fault, Finding, MeasureKind, NoticeType, Satisfaction, Subject,
};

pub(super) const INTAKE: &str = "intake_officer.1";
pub(super) const LEADER: &str = "supervising_leader.1";
pub(super) const HEAD: &str = "rectification_office_head.1";
pub(super) const COMPANY: &str = "company_leader.1";
pub(super) const OFFICER: &str = "officer of county_bureau.1";
pub(super) const OTHER_OFFICER: &str = "officer of county_bureau.2";
pub(super) const HALL: &str = "complaint_officer.1";

pub(super) fn accept() -> Command {
    Command::Accept(Acceptance::default())
}

pub(super) fn found(finding: Finding) -> Command {
    Command::CompleteInvestigation(Investigation {
        finding,
        cause: Some(text("cause")),
        responsible_person: Some(text("person")),
        substantiated_part: None,
        legal_basis: None,
        report: Some(text("report")),
    })
}

pub(super) fn plan() -> Command {
    Command::DraftPlan(Plan {
        measures: text("measures"),
        person: text("who"),
        finish_on: at("2026-09-24T00:00").date_naive(),
    })
}

pub(super) fn measure(kind: MeasureKind, day: &str) -> Command {
    Command::TakeMeasure(Measure {
        kind,
        taken_on: at(&format!("{day}T12:00")).date_naive(),
        text: text("done"),
    })
}

pub(super) fn checked() -> Command {
    Command::CheckRectification(RectificationCheck {
        passed: true,
        text: None,
    })
}

pub(super) fn not_passed() -> Command {
    Command::CheckRectification(RectificationCheck {
        passed: false,
        text: None,
    })
}

pub(super) fn extension(world: &World, duty: &str, amount: &str) -> Command {
    Command::RequestExtension(ExtensionRequest {
        duty: world.duty(duty).id,
        amount: amount.parse().unwrap(),
        reason: Some(text("why")),
    })
}

pub(super) fn recuse(who: &str) -> Command {
    Command::Recuse(Recusal {
        staff: World::staff(who),
        reason: text("a cousin"),
    })
}

pub(super) fn report_back(world: &World) -> Command {
    Command::ReportBack(ReportBack {
        dispatch: world.lead(),
        text: text("report"),
        contacted: true,
        solved: true,
    })
}

pub(super) fn reply() -> Command {
    Command::Reply(Reply {
        text: text("answer"),
        channel: Channel::Phone,
        sections: BTreeMap::new(),
    })
}

pub(super) fn follow_up(satisfaction: Satisfaction) -> Command {
    Command::FollowUp(FollowUp {
        satisfaction,
        solved: None,
        opinion: None,
    })
}

pub(super) fn close() -> Command {
    Command::Close(Closing {
        reason: word("answered"),
        explanation: None,
    })
}

pub(super) fn ask_for_instruction() -> Command {
    Command::RequestInstruction(Remark::default())
}

pub(super) fn instruct() -> Command {
    Command::GiveInstruction(Instruction {
        text: text("look into it"),
        unit: None,
    })
}

pub(super) fn dispatch(task: Task) -> Command {
    Command::Dispatch(vec![task])
}

pub(super) fn redispatch(task: Task) -> Command {
    Command::Redispatch(Redispatch {
        tasks: vec![task],
        reason: None,
    })
}

pub(super) fn measured() -> Command {
    Command::CompleteMeasures(Remark::default())
}

pub(super) fn needs_no_further_dispatch() -> Command {
    Command::DecideSecondDispatch(SecondDispatchDecision {
        needed: false,
        reason: None,
    })
}

pub(super) fn classify(axis: AxisName, value: &str) -> Command {
    Command::Classify(Classification {
        axes: BTreeMap::from([(axis, word(value))]),
        ..Classification::default()
    })
}

pub(super) fn process_notice() -> Command {
    Command::ServeNotice(Notice {
        kind: NoticeType::ProcessNotice,
        text: text("how it goes on"),
        channel: Channel::Phone,
    })
}

pub(super) fn assign(who: &str) -> Command {
    Command::AssignHandler(Assignment {
        dispatch: None,
        handler: World::staff(who),
        team: BTreeSet::new(),
        task: None,
        recusal_asked: false,
    })
}

pub(super) fn work(kind: WorkKind) -> Command {
    Command::RecordWork(Work {
        kind,
        text: text("work"),
        happened_at: None,
        sections: BTreeMap::new(),
    })
}

pub(super) fn on_the_spot() -> Command {
    Command::AnswerOnTheSpot(SpotAnswer {
        ground: word("can_be_answered_at_once"),
        answer: text("nine to five"),
    })
}

pub(super) fn decline(explanation: bool) -> Command {
    Command::Decline(Ending {
        ground: word("out_of_scope"),
        explanation: explanation.then(|| text("explanation")),
        guidance: None,
        reason: None,
    })
}

pub(super) fn judge(fault: Fault) -> Command {
    Command::JudgeFault(FaultJudgement {
        fault,
        reason: text("why"),
    })
}

pub(super) fn about(thing: ThingId) -> About {
    About {
        thing,
        text: Some(text("about it")),
    }
}

pub(super) fn order_rectification(unit: &str) -> Command {
    Command::OrderRectification(RectificationOrder {
        unit: World::unit(unit),
        text: text("mend it"),
        finish_on: None,
    })
}

/// The leader's word on the plan in force.
pub(super) fn decide_plan(world: &World, granted: bool) -> Command {
    let plan = world.case().in_force(Deed::Plan, None).unwrap();
    Command::DecideApproval(ApprovalDecision {
        subject: Subject::Plan,
        about: plan.id,
        granted,
        reason: Some(text("because")),
    })
}

/// The leader's word on the latest request to lend the records.
pub(super) fn decide_lending(world: &World, granted: bool) -> Command {
    Command::DecideApproval(ApprovalDecision {
        subject: Subject::Lending,
        about: world.case().lending_requests.last().unwrap().id,
        granted,
        reason: Some(text("because")),
    })
}

/// Cause, plan, measure, check (R03-2.2.1b, R03-2.2.1d).
pub(super) fn puts_it_right(world: &mut World) {
    let today = world.today().to_string();
    world
        .does(OFFICER, found(Finding::Substantiated))
        .does(OFFICER, plan())
        .does(OFFICER, measure(MeasureKind::CorrectError, &today))
        .does(OFFICER, Command::CompleteMeasures(Remark::default()))
        .does(OFFICER, checked());
}

/// Taken in and accepted.
pub(super) fn takes_in(world: &mut World, case_type: CaseType) {
    let register = world.register(case_type, Some("consumer"));
    world.does(INTAKE, register).does(INTAKE, accept());
}

/// Instructed by whom the rulebook names, sent, and signed for.
pub(super) fn gets_to_the_unit(world: &mut World, leader: &str, unit: &str) {
    world
        .does(INTAKE, ask_for_instruction())
        .does(leader, instruct())
        .does(INTAKE, dispatch(task(unit)));
    let sign = world.sign();
    world.does(&format!("officer of {unit}"), sign);
}

/// Found, mended, reported back and answered by the unit and the office.
pub(super) fn gets_an_answer(world: &mut World) {
    puts_it_right(world);
    let back = report_back(world);
    world.does(OFFICER, back).does(INTAKE, reply());
}

//! What people could say: for each act the commands that stand for all of its kind, one for each outcome that a rule
//! can tell apart. Both tables are exhaustive, so that a new act asks for its place here.

use std::collections::BTreeSet;

use strum::IntoEnumIterator;

use super::choices::{
    another, asked_for, assignments, classifications, each, endings, hand_overs, instructed, leads, least,
    measures, notices, others, screenings, sections, task, tasks, teams, text, units, word, works,
};
use super::matters::completions;
use super::office::id;
use crate::case::command::{
    About, Acceptance, Accountability, Appeal, AppealDecision, AppealOutcome, ApprovalAsked,
    ApprovalDecision, Closing, Correction, DuplicateLink, EarlyClosing, ExtensionDecision, ExtensionRequest,
    FaultJudgement, FollowUp, Instruction, Investigation, LeaderReport, Measure, Notice, Plan, Progress,
    Publication, Reassignment, Recall, Receipt, RectificationCheck, RectificationOrder, Recusal, Redispatch,
    Remark, Reopening, Reply, ReportBack, Return, ReturnDecision, SecondDispatchDecision, Signature,
    SpotAnswer, SupervisionDemand, Supplement, SupplementRequest, Suspension, Urge,
};
use crate::case::permitted::{appealable, deed_of, extendable, grounds, pausable};
use crate::case::{Act, Case, Command, Context};
use crate::ids::{CaseId, StaffId, ThingId, UnitId};
use crate::rulebook::When;
use crate::words::{
    AxisName, Channel, Deed, DispatchRole, Fault, Field, Finding, Satisfaction, Subject, Word,
};

/// When an act is worth trying.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Worth {
    /// It opens a case, or is not a member of staff's to do.
    Never,
    /// Where it discharges an open duty: earlier it could only open a door that is asked for later.
    WhereOwed,
    /// Wherever it can be done: it gives the case another direction.
    Always,
    /// Once in each status: it sets up a thread beside the case (a request, a report) that is followed to its end
    /// before anything else.
    Aside,
}

/// When an act is worth trying.
pub(super) fn worth(act: Act) -> Worth {
    match act {
        // What is kept from erasure, and by which version it is handled, turns no case.
        Act::Receive
        | Act::Register
        | Act::LookAtTime
        | Act::RecordHistory
        | Act::TransferDuties
        | Act::MoveToVersion
        | Act::PlaceLegalHold
        | Act::LiftLegalHold
        | Act::Erase
        | Act::NameParticipant
        | Act::RemoveParticipant
        | Act::Restrict
        | Act::Redact
        | Act::BreakGlass
        | Act::ReviewReading
        | Act::RequestIdentity
        | Act::DecideIdentity => Worth::Never,
        // In an office of two hands the other takes over; that one is not enough is found in an office of one.
        Act::Recuse
        | Act::Correct
        | Act::LinkDuplicate
        | Act::TellProgress
        | Act::Urge
        | Act::RequestInstruction
        | Act::GiveInstruction
        // A further unit owes what the first one owes, by the same rules.
        | Act::AddUnit
        | Act::SignDispatch
        | Act::AssignHandler
        | Act::RecordWork
        | Act::DraftPlan
        | Act::DecideApproval
        | Act::TakeMeasure
        | Act::CompleteMeasures
        | Act::OrderRectification
        | Act::CheckRectification
        | Act::ReportBack
        | Act::Reply
        | Act::ServeNotice
        | Act::ReportUpstream
        | Act::CompleteInvestigation
        | Act::DecideSecondDispatch
        | Act::AnswerSupervision
        | Act::LiftSupervision
        | Act::Acknowledge
        | Act::DecideExtension
        | Act::CloseAccountability
        | Act::Screen
        | Act::Accept
        | Act::Dispatch
        | Act::DecideReturn
        // It leads back to where the case was before it was sent.
        | Act::Recall
        | Act::FormTeam
        | Act::Resume
        | Act::RecordSupplement
        | Act::DecideAppeal
        | Act::Publish
        | Act::Archive => Worth::WhereOwed,
        Act::RegisterReceived
        | Act::Decline
        | Act::HandOver
        | Act::Withdraw
        | Act::Cancel
        | Act::Classify
        | Act::AnswerOnTheSpot
        // Who was not reached, or has changed his mind, is asked again.
        | Act::FollowUp
        | Act::Redispatch
        | Act::Close
        | Act::CloseEarly => Worth::Always,
        Act::ReassignFirstReceiver
        | Act::JudgeFault
        | Act::OrderSupervision
        | Act::ReportToLeader
        | Act::OpenAccountability
        | Act::RequestLending
        | Act::RequestApproval
        | Act::RequestExtension
        | Act::Return
        | Act::Suspend
        | Act::RequestSupplement
        | Act::FileAppeal
        | Act::Reopen => Worth::Aside,
    }
}

/// Where a command is to be thought up.
#[derive(Clone, Copy)]
pub(super) struct Scene<'s> {
    pub(super) case: &'s Case,
    pub(super) context: &'s Context<'s>,
    /// Every condition of the rulebook.
    pub(super) named: &'s [When],
    /// The conditions that can still be asked of this case.
    pub(super) live: &'s [When],
    /// The axes that a gate wants decided.
    pub(super) axes: &'s BTreeSet<AxisName>,
    /// The deeds that set something off, whether they are owed or not.
    pub(super) triggers: &'s BTreeSet<Deed>,
}

/// The commands that stand for an act on this target; none where there is nothing sensible to say.
#[expect(clippy::too_many_lines, reason = "a table: one entry for each act")]
pub(super) fn representative(act: Act, target: Option<ThingId>, staff: StaffId, at: Scene) -> Vec<Command> {
    let Scene {
        case, context, named, ..
    } = at;
    let thing = target.unwrap_or(ThingId(id("nothing")));
    let about = || About {
        thing,
        text: Some(text()),
    };
    let today = context.calendar.date_of(context.now);
    let cause = context
        .rulebook
        .axis(AxisName::Cause)
        .and_then(|axis| axis.values.words().next().cloned());
    match act {
        Act::Receive
        | Act::Register
        | Act::LookAtTime
        | Act::RecordHistory
        | Act::TransferDuties
        | Act::MoveToVersion
        | Act::PlaceLegalHold
        | Act::LiftLegalHold
        | Act::Erase
        | Act::NameParticipant
        | Act::RemoveParticipant
        | Act::Restrict
        | Act::Redact
        | Act::BreakGlass
        | Act::ReviewReading
        | Act::RequestIdentity
        | Act::DecideIdentity => Vec::new(),
        Act::RegisterReceived => completions(at)
            .map(|completion| Command::RegisterReceived {
                completion,
                case_no: "1".to_owned(),
            })
            .collect(),
        Act::Screen => screenings(at).map(Command::Screen).collect(),
        Act::Accept => vec![Command::Accept(Acceptance::default())],
        Act::Decline => endings(at, Deed::Decline).map(Command::Decline).collect(),
        Act::HandOver => hand_overs(at).map(Command::HandOver).collect(),
        Act::Cancel => endings(at, Deed::Cancellation).map(Command::Cancel).collect(),
        Act::Withdraw => endings(at, Deed::Withdrawal).map(Command::Withdraw).collect(),
        Act::Correct => vec![Command::Correct(Correction {
            field: Field::Content,
            text: text(),
            reason: text(),
        })],
        Act::Classify => classifications(at).map(Command::Classify).collect(),
        Act::LinkDuplicate => vec![Command::LinkDuplicate(DuplicateLink {
            of: CaseId(id("another case")),
            reason: text(),
        })],
        Act::AnswerOnTheSpot => grounds(case, Deed::SpotAnswer, context)
            .into_iter()
            .map(|ground| {
                Command::AnswerOnTheSpot(SpotAnswer {
                    ground: ground.name.clone(),
                    answer: text(),
                })
            })
            .collect(),
        Act::ReassignFirstReceiver => others(at, Deed::Receipt)
            .find(|other| *other != case.first_receiver.staff)
            .map(|to| Command::ReassignFirstReceiver(Reassignment { to, reason: text() }))
            .into_iter()
            .collect(),
        Act::RequestInstruction => vec![Command::RequestInstruction(Remark::default())],
        Act::GiveInstruction => instructed(at)
            .map(|unit| Command::GiveInstruction(Instruction { text: text(), unit }))
            .collect(),
        Act::Dispatch => leads(at).map(|unit| Command::Dispatch(tasks(at, unit))).collect(),
        Act::AddUnit => another(at)
            .map(|unit| Command::AddUnit(task(unit, DispatchRole::Support)))
            .into_iter()
            .collect(),
        Act::SignDispatch => vec![Command::SignDispatch(Signature {
            dispatch: thing,
            receipt: Receipt::ByUnit,
            method: None,
            received_at: None,
        })],
        Act::Return => vec![Command::Return(Return {
            dispatch: thing,
            reason: text(),
        })],
        Act::DecideReturn => [true, false]
            .map(|agreed| {
                Command::DecideReturn(ReturnDecision {
                    dispatch: thing,
                    agreed,
                    reason: Some(text()),
                })
            })
            .into(),
        Act::Recall => vec![Command::Recall(Recall {
            dispatch: thing,
            reason: text(),
        })],
        Act::FormTeam => teams(at).map(Command::FormTeam).collect(),
        Act::AssignHandler => assignments(at).map(Command::AssignHandler).collect(),
        Act::Recuse => vec![Command::Recuse(Recusal {
            staff,
            reason: text(),
        })],
        Act::RecordWork => works(at).map(Command::RecordWork).collect(),
        Act::TellProgress => vec![Command::TellProgress(Progress {
            text: text(),
            expected_on: Some(today),
        })],
        Act::CompleteInvestigation => each(named, |when| &when.finding, Finding::iter())
            .map(|finding| {
                Command::CompleteInvestigation(Investigation {
                    finding,
                    cause_word: cause.clone(),
                    cause: Some(text()),
                    responsible_person: Some(text()),
                    substantiated_part: Some(text()),
                    legal_basis: Some(text()),
                    report: Some(text()),
                })
            })
            .collect(),
        Act::DraftPlan => vec![Command::DraftPlan(Plan {
            measures: text(),
            person: text(),
            finish_on: today,
        })],
        Act::RequestLending => vec![Command::RequestLending(Remark::default())],
        Act::DecideApproval => [true, false]
            .map(|granted| {
                Command::DecideApproval(ApprovalDecision {
                    subject: match deed_of(case, act, target) {
                        Deed::Approval(Some(subject)) => subject,
                        _ => Subject::Plan,
                    },
                    about: thing,
                    granted,
                    reason: Some(text()),
                })
            })
            .into(),
        Act::RequestApproval => asked_for(at)
            .map(|subject| {
                Command::RequestApproval(ApprovalAsked {
                    subject,
                    text: text(),
                })
            })
            .collect(),
        Act::TakeMeasure => measures(at)
            .map(|kind| {
                Command::TakeMeasure(Measure {
                    kind,
                    taken_on: today,
                    text: text(),
                })
            })
            .collect(),
        Act::CompleteMeasures => vec![Command::CompleteMeasures(Remark::default())],
        Act::OrderRectification => case
            .lead()
            .map(|lead| lead.unit)
            .or_else(|| units(at).next())
            .map(|unit| {
                Command::OrderRectification(RectificationOrder {
                    unit,
                    text: text(),
                    finish_on: None,
                })
            })
            .into_iter()
            .collect(),
        Act::CheckRectification => [true, false]
            .map(|passed| Command::CheckRectification(RectificationCheck { passed, text: None }))
            .into(),
        Act::ReportBack => vec![Command::ReportBack(ReportBack {
            dispatch: thing,
            text: text(),
            contacted: true,
            solved: true,
        })],
        Act::Reply => vec![Command::Reply(Reply {
            text: text(),
            channel: Channel::Phone,
            sections: sections(at, Deed::Reply),
        })],
        Act::ServeNotice => notices(at)
            .map(|kind| {
                Command::ServeNotice(Notice {
                    kind,
                    text: text(),
                    channel: Channel::Phone,
                })
            })
            .collect(),
        Act::ReportUpstream => vec![Command::ReportUpstream(Remark::default())],
        Act::FollowUp => each(named, |when| &when.satisfaction, Satisfaction::iter())
            .map(|satisfaction| {
                Command::FollowUp(FollowUp {
                    satisfaction,
                    solved: None,
                    opinion: None,
                })
            })
            .collect(),
        Act::JudgeFault => each(named, |when| &when.fault, Fault::iter())
            .filter(|fault| {
                named.iter().any(|when| when.fault.contains(fault))
                    || at.triggers.contains(&Deed::FaultJudgement)
            })
            .map(|fault| {
                Command::JudgeFault(FaultJudgement {
                    fault,
                    reason: text(),
                })
            })
            .collect(),
        Act::DecideSecondDispatch => [false, true]
            .map(|needed| Command::DecideSecondDispatch(SecondDispatchDecision { needed, reason: None }))
            .into(),
        Act::Redispatch => {
            let former = case.lead().map(|lead| lead.unit);
            let mut to: Vec<UnitId> = former.into_iter().collect();
            to.extend(leads(at).find(|unit| Some(*unit) != former));
            to.into_iter()
                .map(|unit| {
                    Command::Redispatch(Redispatch {
                        tasks: tasks(at, unit),
                        reason: None,
                    })
                })
                .collect()
        }
        Act::Urge => case
            .duties
            .first()
            .map(|duty| {
                Command::Urge(Urge {
                    duty: duty.id,
                    text: None,
                })
            })
            .into_iter()
            .collect(),
        Act::OrderSupervision => vec![Command::OrderSupervision(SupervisionDemand {
            unit: case.lead().map(|lead| lead.unit),
            demand: text(),
            within: None,
        })],
        Act::AnswerSupervision => vec![Command::AnswerSupervision(about())],
        Act::LiftSupervision => vec![Command::LiftSupervision(about())],
        Act::ReportToLeader => context
            .rulebook
            .positions_that_may(Deed::Acknowledgement)
            .map(|to| {
                Command::ReportToLeader(LeaderReport {
                    to: to.name.clone(),
                    unit: None,
                    text: text(),
                })
            })
            .collect(),
        Act::Acknowledge => vec![Command::Acknowledge(about())],
        Act::RequestExtension => extendable(case, staff, context)
            .filter_map(|duty| {
                Some(Command::RequestExtension(ExtensionRequest {
                    duty: duty.id,
                    amount: least(duty.terms.limit.as_ref()?.within)?,
                    reason: Some(text()),
                }))
            })
            .collect(),
        Act::DecideExtension => {
            let asked = case
                .extensions
                .iter()
                .find(|it| it.id == thing)
                .map(|it| it.asked);
            [asked, None]
                .map(|granted| {
                    Command::DecideExtension(ExtensionDecision {
                        extension: thing,
                        granted,
                        reason: Some(text()),
                    })
                })
                .into()
        }
        Act::Suspend => pausable(case, staff, context)
            .map(|rule| {
                Command::Suspend(Suspension {
                    ground: rule.ground.clone(),
                    reason: Some(text()),
                })
            })
            .collect(),
        Act::Resume => vec![Command::Resume(about())],
        Act::RequestSupplement => vec![Command::RequestSupplement(SupplementRequest {
            text: text(),
            wanted_on: None,
        })],
        Act::RecordSupplement => vec![Command::RecordSupplement(Supplement {
            text: text(),
            received_at: None,
        })],
        Act::FileAppeal => appealable(case, context)
            .map(|rule| {
                Command::FileAppeal(Appeal {
                    name: rule.name.clone(),
                    text: text(),
                    filed_at: None,
                })
            })
            .collect(),
        Act::DecideAppeal => [AppealOutcome::Upheld, AppealOutcome::Changed]
            .map(|outcome| {
                Command::DecideAppeal(AppealDecision {
                    appeal: thing,
                    outcome,
                    reason: text(),
                })
            })
            .into(),
        Act::OpenAccountability => vec![Command::OpenAccountability(Accountability {
            unit: case.lead().map(|lead| lead.unit),
            staff: Some(case.first_receiver.staff),
            reason: text(),
        })],
        Act::CloseAccountability => vec![Command::CloseAccountability(about())],
        Act::Close => vec![Command::Close(Closing {
            reason: word("answered"),
            explanation: None,
        })],
        Act::CloseEarly => grounds(case, Deed::EarlyClosing, context)
            .into_iter()
            .map(|ground| {
                Command::CloseEarly(EarlyClosing {
                    ground: ground.name.clone(),
                    explanation: text(),
                })
            })
            .collect(),
        Act::Reopen => grounds(case, Deed::Reopening, context)
            .into_iter()
            .map(|ground| {
                Command::Reopen(Reopening {
                    ground: ground.name.clone(),
                    reason: text(),
                })
            })
            .collect(),
        Act::Publish => vec![Command::Publish(Publication { text: text() })],
        Act::Archive => vec![Command::Archive(Remark::default())],
    }
}

/// The outcome of a command, where it has several: `dissatisfied`, `refused`.
pub(super) fn outcome(command: &Command) -> Option<String> {
    let granted = |granted: bool| if granted { "granted" } else { "refused" }.to_owned();
    match command {
        Command::RegisterReceived { completion, .. } => completion.case_type.map(|it| it.to_string()),
        Command::Screen(screening) => {
            let passed = screening.failed().next().is_none();
            Some(if passed { "passed" } else { "failed" }.to_owned())
        }
        Command::Decline(ending) | Command::Withdraw(ending) | Command::Cancel(ending) => {
            Some(ending.ground.to_string())
        }
        Command::HandOver(hand_over) => Some(hand_over.on.ground.to_string()),
        Command::DecideReturn(decision) => {
            Some(if decision.agreed { "agreed" } else { "refused" }.to_owned())
        }
        Command::RequestApproval(asked) => Some(asked.subject.to_string()),
        Command::Suspend(suspension) => Some(suspension.ground.to_string()),
        Command::FileAppeal(appeal) => Some(appeal.name.to_string()),
        Command::DecideAppeal(decision) => {
            let changed = decision.outcome == AppealOutcome::Changed;
            Some(if changed { "changed" } else { "upheld" }.to_owned())
        }
        Command::CloseEarly(closing) => Some(closing.ground.to_string()),
        Command::Reopen(reopening) => Some(reopening.ground.to_string()),
        Command::Classify(it) => {
            let flags = it.flags.iter().flatten().map(Word::to_string);
            let values = it.axes.iter().map(|(axis, value)| format!("{axis} {value}"));
            let said: Vec<String> = values.chain(flags).collect();
            (!said.is_empty()).then(|| said.join(", "))
        }
        Command::AnswerOnTheSpot(answer) => Some(answer.ground.to_string()),
        Command::CompleteInvestigation(it) => Some(it.finding.to_string()),
        Command::DecideApproval(decision) => Some(granted(decision.granted)),
        Command::DecideExtension(decision) => Some(granted(decision.granted.is_some())),
        Command::CheckRectification(check) => Some(if check.passed { "passed" } else { "failed" }.to_owned()),
        Command::FollowUp(follow_up) => Some(follow_up.satisfaction.to_string()),
        Command::JudgeFault(judgement) => Some(judgement.fault.to_string()),
        Command::DecideSecondDispatch(it) => Some(if it.needed { "needed" } else { "not needed" }.to_owned()),
        _ => None,
    }
}

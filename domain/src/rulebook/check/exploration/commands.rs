//! What people could say: for each act the commands that stand for all of its kind, one for each outcome that a rule
//! can tell apart. Both tables are exhaustive, so that a new act asks for its place here.

use std::collections::{BTreeMap, BTreeSet};

use strum::IntoEnumIterator;

use super::office::id;
use crate::authority::{kept_from_unit, permitting};
use crate::case::command::{
    About, Acceptance, Accountability, ApprovalDecision, Assignment, Classification, Closing, Complainant,
    Completion, Correction, DuplicateLink, Ending, ExtensionDecision, ExtensionRequest, FaultJudgement,
    FollowUp, Instruction, Investigation, LeaderReport, Matter, Measure, Notice, Plan, Progress,
    Reassignment, Receipt, RectificationCheck, RectificationOrder, Recusal, Redispatch, Remark, Reply,
    ReportBack, Respondent, SecondDispatchDecision, Signature, SpotAnswer, SupervisionDemand, Task, Urge,
    Work, WorkKind,
};
use crate::case::permitted::{deed_of, extendable, grounds, routed_to};
use crate::case::{Act, Case, Command, Context};
use crate::duty::is_tracking;
use crate::ids::{CaseId, StaffId, TextId, ThingId, UnitId};
use crate::rulebook::{Anonymity, Need, Party, RouteTo, When};
use crate::text::Text;
use crate::time_limit::{Span, Unit};
use crate::words::{
    ActivityKind, AxisName, CaseType, Channel, Deed, DispatchRole, Fault, Field, Finding, IdentityMode,
    MeasureKind, NoticeType, Satisfaction, Source, Subject, Word,
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
        Act::Receive | Act::Register | Act::LookAtTime | Act::RecordHistory | Act::TransferDuties => {
            Worth::Never
        }
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
        | Act::Accept
        | Act::Dispatch
        | Act::Archive => Worth::WhereOwed,
        Act::RegisterReceived
        | Act::Decline
        | Act::Withdraw
        | Act::Classify
        | Act::AnswerOnTheSpot
        // Who was not reached, or has changed his mind, is asked again.
        | Act::FollowUp
        | Act::Redispatch
        | Act::Close => Worth::Always,
        Act::ReassignFirstReceiver
        | Act::JudgeFault
        | Act::OrderSupervision
        | Act::ReportToLeader
        | Act::OpenAccountability
        | Act::RequestLending
        | Act::RequestExtension => Worth::Aside,
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
    match act {
        Act::Receive | Act::Register | Act::LookAtTime | Act::RecordHistory | Act::TransferDuties => {
            Vec::new()
        }
        Act::RegisterReceived => completions(at)
            .map(|completion| Command::RegisterReceived {
                completion,
                case_no: "1".to_owned(),
            })
            .collect(),
        Act::Accept => vec![Command::Accept(Acceptance::default())],
        Act::Decline => endings(at, Deed::Decline).map(Command::Decline).collect(),
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
        Act::AddUnit => units(at)
            .find(|unit| case.running_dispatches().all(|sent| sent.unit != *unit))
            .map(|unit| Command::AddUnit(task(unit, DispatchRole::Support)))
            .into_iter()
            .collect(),
        Act::SignDispatch => vec![Command::SignDispatch(Signature {
            dispatch: thing,
            receipt: Receipt::ByUnit,
            method: None,
            received_at: None,
        })],
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
            sections: sections(at),
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
        Act::OrderSupervision => case
            .lead()
            .map(|lead| {
                Command::OrderSupervision(SupervisionDemand {
                    unit: lead.unit,
                    demand: text(),
                    within: None,
                })
            })
            .into_iter()
            .collect(),
        Act::AnswerSupervision => vec![Command::AnswerSupervision(about())],
        Act::LiftSupervision => vec![Command::LiftSupervision(about())],
        Act::ReportToLeader => context
            .rulebook
            .positions_that_may(Deed::Acknowledgement)
            .map(|to| {
                Command::ReportToLeader(LeaderReport {
                    to: to.name.clone(),
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
        Act::Archive => vec![Command::Archive(Remark::default())],
    }
}

/// The outcome of a command, where it has several: `dissatisfied`, `refused`.
pub(super) fn outcome(command: &Command) -> Option<String> {
    let granted = |granted: bool| if granted { "granted" } else { "refused" }.to_owned();
    match command {
        Command::RegisterReceived { completion, .. } => completion.case_type.map(|it| it.to_string()),
        Command::Decline(ending) | Command::Withdraw(ending) => Some(ending.ground.to_string()),
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

/// The matters that can come in: one for each channel, source, name and kind of complainant that a rule can tell
/// apart.
pub(super) fn matters(named: &[When], context: &Context) -> Vec<Matter> {
    let rulebook = context.rulebook;
    let mut channels: Vec<Channel> = Vec::new();
    for rule in &rulebook.channels {
        // Where no rule tells channels apart, those of one entry are alike.
        channels.extend(each(named, |when| &when.channel, rule.names.iter().copied()));
    }
    let declared = |axis| rulebook.axis(axis).map(|axis| axis.values.words());
    let kinds: Vec<Option<Word>> = match declared(AxisName::Complainant) {
        Some(words) => each(named, |when| &when.complainant, words.cloned())
            .map(Some)
            .collect(),
        None => vec![None],
    };
    let asked = |identity| named.iter().any(|when| when.identity.contains(&identity));
    let mut identities = vec![IdentityMode::RealName];
    let offered = rulebook
        .identity
        .as_ref()
        .map_or(asked(IdentityMode::Anonymous), |rule| {
            rule.anonymous != Anonymity::Refused
        });
    identities.extend(offered.then_some(IdentityMode::Anonymous));
    identities.extend(asked(IdentityMode::Pseudonymous).then_some(IdentityMode::Pseudonymous));
    let mut matters = Vec::new();
    for channel in channels {
        for source in each(named, |when| &when.source, Source::iter()) {
            for identity in &identities {
                for kind in &kinds {
                    for reachable in reachable(named, *identity) {
                        matters.push(matter(
                            channel,
                            source,
                            *identity,
                            kind.clone(),
                            reachable,
                            context,
                        ));
                    }
                }
            }
        }
    }
    matters
}

fn reachable(named: &[When], identity: IdentityMode) -> Vec<bool> {
    match (named.iter().all(|when| when.reachable.is_empty()), identity) {
        (true, identity) => vec![identity != IdentityMode::Anonymous],
        (false, _) => vec![true, false],
    }
}

fn matter(
    channel: Channel,
    source: Source,
    identity: IdentityMode,
    kind: Option<Word>,
    reachable: bool,
    context: &Context,
) -> Matter {
    let mut stated = BTreeSet::new();
    if identity != IdentityMode::Anonymous {
        stated.extend([
            Field::ComplainantName,
            Field::ComplainantAddress,
            Field::ComplainantWorkplace,
            Field::ComplainantSex,
            Field::ComplainantAge,
        ]);
    }
    stated.extend(reachable.then_some(Field::ComplainantContact));
    Matter {
        channel,
        source,
        received_at: context.now,
        window: None,
        first_receiver: None,
        complainant: Complainant {
            identity,
            kind,
            stated,
            person: Some(text()),
        },
        completion: Completion::default(),
    }
}

/// What registration can state: each kind of matter, with and without a unit complained of where a rule asks for it.
fn completions(at: Scene<'_>) -> impl Iterator<Item = Completion> {
    let rulebook = at.context.rulebook;
    let types: Vec<Option<CaseType>> = match rulebook.axis(AxisName::CaseType) {
        Some(axis) => {
            let declared: Vec<CaseType> = axis
                .values
                .words()
                .filter_map(|it| it.as_str().parse().ok())
                .collect();
            each(at.named, |when| &when.case_type, declared.into_iter())
                .map(Some)
                .collect()
        }
        None => vec![None],
    };
    let person = Respondent::Person {
        staff: None,
        description: Some(text()),
    };
    let mut respondents = vec![vec![person.clone()]];
    if asks_for_the_respondent_unit(at) {
        respondents.extend(
            at.context
                .directory
                .units
                .keys()
                .next()
                .map(|unit| vec![Respondent::Unit { unit: *unit }, person]),
        );
    }
    types.into_iter().flat_map(move |case_type| {
        respondents
            .clone()
            .into_iter()
            .map(move |respondents| Completion {
                case_type,
                axes: BTreeMap::new(),
                flags: BTreeSet::new(),
                subject: Some(text()),
                content: Some(text()),
                texts: Field::iter().map(|field| (field, text())).collect(),
                respondents,
            })
    })
}

fn asks_for_the_respondent_unit(at: Scene) -> bool {
    let rulebook = at.context.rulebook;
    let needs = rulebook
        .gates
        .iter()
        .flat_map(|gate| gate.needs.iter().chain(&gate.one_of));
    rulebook
        .routes
        .iter()
        .flat_map(|route| route.to.iter().chain(&route.jointly))
        .any(|to| *to == RouteTo::RespondentUnit)
        || rulebook
            .secrecy
            .iter()
            .any(|rule| rule.never_to.contains(&Party::RespondentUnit))
        || needs
            .into_iter()
            .any(|need| *need == Need::Field(Field::RespondentUnit))
}

fn endings(at: Scene<'_>, deed: Deed) -> impl Iterator<Item = Ending> {
    grounds(at.case, deed, at.context)
        .into_iter()
        .map(|ground| Ending {
            ground: ground.name.clone(),
            explanation: Some(text()),
            guidance: Some(text()),
            reason: Some(text()),
        })
}

/// One axis at a time: each value that a rule can still ask for, or any where it only must be decided.
fn classifications(at: Scene<'_>) -> impl Iterator<Item = Classification> {
    let rulebook = at.context.rulebook;
    let owed = owed(at.case).any(|deed| deed == Deed::Classification);
    let mut said: Vec<Classification> = Vec::new();
    for axis in &rulebook.axes {
        let words = |when: &'_ When| -> BTreeSet<Word> { when.words_on(axis.name).iter().cloned().collect() };
        let lists: Vec<BTreeSet<Word>> = at
            .live
            .iter()
            .map(words)
            .filter(|list| !list.is_empty())
            .collect();
        let told = |value: &Word| -> Vec<bool> { lists.iter().map(|list| list.contains(value)).collect() };
        let now = at.case.axes.get(&axis.name);
        let mut values: Vec<&Word> = Vec::new();
        for value in axis.values.words() {
            if values.iter().all(|known| told(known) != told(value)) {
                values.push(value);
            }
        }
        match axis.name {
            AxisName::CaseType | AxisName::Complainant => {}
            AxisName::Flag => said.extend(
                axis.values
                    .words()
                    .filter(|flag| lists.iter().any(|list| list.contains(*flag)))
                    .filter(|flag| !at.case.flags.contains(*flag))
                    .map(|flag| Classification {
                        flags: Some(at.case.flags.iter().chain([flag]).cloned().collect()),
                        ..Classification::default()
                    }),
            ),
            name => {
                let wanted = !lists.is_empty() || now.is_none() && (owed || at.axes.contains(&name));
                said.extend(
                    values
                        .into_iter()
                        .filter(|value| wanted && now.is_none_or(|now| told(now) != told(value)))
                        .map(|value| Classification {
                            axes: BTreeMap::from([(name, value.clone())]),
                            ..Classification::default()
                        }),
                );
            }
        }
    }
    if said.is_empty() && owed {
        said.push(Classification::default());
    }
    said.into_iter()
}

/// Whom a leader can name: nobody, or a unit where the route asks him.
fn instructed(at: Scene<'_>) -> impl Iterator<Item = Option<UnitId>> {
    let facts = at
        .case
        .facts_without_route(at.context.rulebook, at.context.directory);
    let asked = at
        .context
        .rulebook
        .route(&facts)
        .is_some_and(|route| route.to.contains(&RouteTo::AsInstructed));
    let named: Vec<UnitId> = if asked { units(at).collect() } else { Vec::new() };
    std::iter::once(None).chain(named.into_iter().map(Some))
}

/// The units to which this may be sent, one for all that no rule can tell apart.
fn leads(at: Scene<'_>) -> impl Iterator<Item = UnitId> {
    units(at).filter(move |unit| routed_to(at.case, *unit, at.context))
}

/// The units that may know of the matter: one of each kind that a rule names, and the one complained of.
fn units(at: Scene<'_>) -> impl Iterator<Item = UnitId> {
    let mut seen = BTreeSet::new();
    let kind_in = move |kind: &Word| -> Vec<bool> {
        at.named
            .iter()
            .map(|when| when.unit_kind.contains(kind))
            .collect()
    };
    at.context
        .directory
        .units
        .iter()
        .filter(move |(unit, it)| {
            let complained_of = at.case.respondent_units().any(|respondent| respondent == **unit);
            let routed = routed_to(at.case, **unit, at.context);
            kept_from_unit(at.case, **unit, at.context).is_none()
                && seen.insert((kind_in(&it.kind), complained_of, routed))
        })
        .map(|(unit, _)| *unit)
}

/// What is sent: to the lead, and to whom the route sends it jointly.
fn tasks(at: Scene, lead: UnitId) -> Vec<Task> {
    let facts = at
        .case
        .facts_without_route(at.context.rulebook, at.context.directory);
    let mut tasks = vec![task(lead, DispatchRole::Lead)];
    let route = at.context.rulebook.route(&facts);
    for to in route.into_iter().flat_map(|route| &route.jointly) {
        let meant = |(unit, it): &(&UnitId, &crate::directory::Unit)| match to {
            RouteTo::Kind(kind) => it.kind == *kind,
            RouteTo::RespondentUnit => at.case.respondent_units().any(|respondent| respondent == **unit),
            RouteTo::OwnOffice | RouteTo::AsInstructed | RouteTo::AsAssigned => false,
        };
        let free = |unit: &UnitId| tasks.iter().all(|task| task.unit != *unit);
        let found = at
            .context
            .directory
            .units
            .iter()
            .filter(meant)
            .map(|(unit, _)| *unit)
            .find(free);
        tasks.extend(found.map(|unit| task(unit, DispatchRole::Joint)));
    }
    tasks
}

fn task(unit: UnitId, role: DispatchRole) -> Task {
    Task {
        unit,
        role,
        task: Some(text()),
        standard: Some(text()),
        sent_through: word("in_system"),
    }
}

/// Who could handle it: one of each position that may bring it to an end.
fn assignments(at: Scene<'_>) -> impl Iterator<Item = Assignment> {
    let dispatch = at.case.lead();
    let mut seen = BTreeSet::new();
    let fit = at.context.directory.staff.iter().filter(move |(staff, member)| {
        let there = dispatch.is_none_or(|sent| member.unit == Some(sent.unit));
        let may = !permitting(
            **staff,
            Deed::InvestigationEnd,
            None,
            at.context.rulebook,
            at.context.directory,
        )
        .is_empty();
        there && may && !at.case.bars(**staff) && seen.insert(member.positions.clone())
    });
    fit.map(move |(staff, member)| Assignment {
        dispatch: dispatch.map(|sent| sent.id),
        handler: *staff,
        team: at
            .context
            .directory
            .staff
            .iter()
            .find(|(other, colleague)| {
                *other != staff
                    && colleague.unit == member.unit
                    && colleague.positions == member.positions
                    && !at.case.bars(**other)
            })
            .map(|(other, _)| *other)
            .into_iter()
            .collect(),
        task: Some(text()),
    })
}

/// The pieces of work that are owed.
fn works(at: Scene<'_>) -> impl Iterator<Item = Work> {
    let kinds = ActivityKind::iter().map(WorkKind::Activity).chain([
        WorkKind::Evidence,
        WorkKind::Opinion,
        WorkKind::FeasibilityStudy,
        WorkKind::Discussion,
        WorkKind::InvestigationReport,
    ]);
    let wanted = particular(at, kinds.map(|kind| (kind.deed(), kind)).collect());
    wanted.into_iter().map(move |kind| Work {
        kind,
        text: text(),
        happened_at: None,
        sections: sections(at),
    })
}

fn measures(at: Scene<'_>) -> impl Iterator<Item = MeasureKind> {
    let kinds = MeasureKind::iter().map(|kind| (Deed::Measure(Some(kind)), kind));
    particular(at, kinds.collect()).into_iter()
}

fn notices(at: Scene<'_>) -> impl Iterator<Item = NoticeType> {
    let kinds = NoticeType::iter().map(|kind| (Deed::Notice(Some(kind)), kind));
    particular(at, kinds.collect()).into_iter()
}

/// Of several kinds of one deed those that are owed: each that some gate names, and any other one for all the rest.
fn particular<K: Clone>(at: Scene, kinds: Vec<(Deed, K)>) -> Vec<K> {
    let owed: Vec<Deed> = owed(at.case).chain(at.triggers.iter().copied()).collect();
    let gates = at.context.rulebook.gates.iter();
    let needed: BTreeSet<Need> = gates
        .flat_map(|gate| gate.needs.iter().chain(&gate.one_of))
        .copied()
        .collect();
    let mut rest = BTreeSet::new();
    kinds
        .into_iter()
        .filter(|(deed, _)| owed.iter().any(|owed| owed.covers(*deed)))
        .filter(|(deed, _)| {
            owed.contains(deed) || needed.contains(&Need::Deed(*deed)) || rest.insert(deed.bare())
        })
        .map(|(_, kind)| kind)
        .collect()
}

/// What is owed on a case, the first receiver's tracking aside.
fn owed(case: &Case) -> impl Iterator<Item = Deed> {
    case.duties
        .iter()
        .filter(|duty| !is_tracking(duty))
        .map(|duty| duty.terms.owes)
}

/// Colleagues who may do a deed.
fn others(at: Scene<'_>, deed: Deed) -> impl Iterator<Item = StaffId> {
    at.context
        .directory
        .staff
        .keys()
        .copied()
        .filter(move |staff| !at.case.bars(*staff))
        .filter(move |staff| {
            !permitting(*staff, deed, None, at.context.rulebook, at.context.directory).is_empty()
        })
}

/// Every section that any form asks for.
fn sections(at: Scene) -> BTreeMap<Word, Text> {
    at.context
        .rulebook
        .forms
        .iter()
        .flat_map(|form| form.sections.words())
        .map(|section| (section.clone(), text()))
        .collect()
}

/// One of all the values that stand in the same lists of the conditions, for each such group.
fn each<'w, T: PartialEq + 'w>(
    conditions: &'w [When],
    key: impl Fn(&'w When) -> &'w Vec<T>,
    all: impl Iterator<Item = T>,
) -> std::vec::IntoIter<T> {
    let mut groups: Vec<(Vec<bool>, T)> = Vec::new();
    for value in all {
        let lists: Vec<bool> = conditions.iter().map(|when| key(when).contains(&value)).collect();
        if groups.iter().all(|(known, _)| *known != lists) {
            groups.push((lists, value));
        }
    }
    let values: Vec<T> = groups.into_iter().map(|(_, value)| value).collect();
    values.into_iter()
}

/// The smallest extension of a limit.
fn least(within: crate::time_limit::Within) -> Option<Span> {
    let unit = match within {
        crate::time_limit::Within::Span(span) => span.unit,
        _ => Unit::WorkingDay,
    };
    Span::new(1, unit).ok()
}

fn text() -> Text {
    Text {
        id: TextId(id("words")),
        commitment: String::new(),
    }
}

fn word(written: &str) -> Word {
    written.parse().expect("a word of this file is a word")
}

//! What must be there before a deed: the order of a case's life, the same for all rulebooks, and the
//! gates of the rulebook.

use crate::case::permitted::{can_be_recorded, joins};
use crate::case::status::statuses;
use crate::case::{Act, Case, Context, Missing};
use crate::ids::ThingId;
use crate::responsibility::{hold, made_by as was_made_by};
use crate::rulebook::{Force, Gate, Holder, Need};
use crate::words::{AxisName, Deed, Field, RouteKind, Subject};
use strum::IntoEnumIterator;

/// What is missing before this deed, in the order: life of a case, own gates, inherited gates. Facts
/// that the deed itself would state do not count as missing.
#[must_use]
pub fn missing(case: &Case, context: &Context, deed: Deed, dispatch: Option<ThingId>) -> Vec<Missing> {
    let mut missing: Vec<Missing> = prerequisites(case, context, deed, dispatch)
        .into_iter()
        .map(|deed| Missing {
            need: Need::Deed(deed),
            or: Vec::new(),
            clause: None,
            by: None,
        })
        .collect();
    missing.extend(joint_unit(case, context, deed));
    missing.extend(nothing_to_approve(case, deed));
    missing.extend(closed_gates(case, context, deed, dispatch));
    missing
}

/// What the office handles itself, jointly with a unit, does not end before that unit was brought in (R06-4.3c).
fn joint_unit(case: &Case, context: &Context, deed: Deed) -> Option<Missing> {
    if deed != Deed::InvestigationEnd || case.lead().is_some() {
        return None;
    }
    let facts = case.facts_without_route(context.rulebook, context.directory);
    let route = context.rulebook.route(&facts)?;
    let joined = case
        .running_dispatches()
        .any(|sent| joins(case, sent.unit, context));
    (!route.jointly.is_empty() && !joined).then(|| Missing {
        need: Need::Deed(Deed::UnitAdded),
        or: Vec::new(),
        clause: Some(route.clause.clone()),
        by: None,
    })
}

/// A mode is approved once somebody has stated one (R11-4a).
fn nothing_to_approve(case: &Case, deed: Deed) -> Option<Missing> {
    let is_open = deed == Deed::Approval(Some(Subject::Mode)) && !case.axes.contains_key(&AxisName::Mode);
    is_open.then_some(Missing {
        need: Need::Axis(AxisName::Mode),
        or: Vec::new(),
        clause: None,
        by: None,
    })
}

/// The gates of the rulebook that stand closed before this deed, as far as the case is known without it.
#[must_use]
pub fn closed_gates(case: &Case, context: &Context, deed: Deed, dispatch: Option<ThingId>) -> Vec<Missing> {
    closed_by(case, case, context, deed, dispatch)
}

/// The gates that stand closed before this deed: which of them matter is judged on the case as the deed
/// would leave it, what must be done before it on the case as it was (a check that finds the work undone
/// undoes it, and was still made after it).
#[must_use]
pub fn closed_by(
    before: &Case,
    after: &Case,
    context: &Context,
    deed: Deed,
    dispatch: Option<ThingId>,
) -> Vec<Missing> {
    closed(before, after, context, deed, dispatch, Force::Must)
}

/// Whether a demanded fact is not for the command to state but for the office to provide.
#[must_use]
pub fn is_of_the_office(need: Need) -> bool {
    need == Need::Field(Field::AccountableOfficer)
}

/// What the rulebook normally wants before this deed or with it, and does not insist on.
#[must_use]
pub fn wanted(case: &Case, context: &Context, deed: Deed, dispatch: Option<ThingId>) -> Vec<Missing> {
    closed(case, case, context, deed, dispatch, Force::Normally)
}

/// The deed that would bring what is missing, seen from a duty that owes `owed`. None where the owed
/// deed states it itself.
#[must_use]
pub fn made_by(missing: &Missing, owed: Deed) -> Option<Deed> {
    let deed = match (missing.need, missing.or.first()) {
        // Any of several kinds will do: the bare word is owed.
        (Need::Deed(deed), Some(_)) => deed.bare(),
        (Need::Deed(deed), None) => deed,
        (Need::Field(field), _) => stated_by(field)?,
        (Need::Axis(axis), _) => classified_by(axis),
    };
    (deed != owed).then_some(deed)
}

/// Whether a deed could be done now, by somebody who may.
#[must_use]
pub fn opens(case: &Case, context: &Context, deed: Deed, dispatch: Option<ThingId>) -> bool {
    let exists = |act| act != Act::RecordWork || can_be_recorded(deed, case);
    acts_for(deed).any(|act| statuses(act).contains(&case.status) && exists(act))
        && missing(case, context, deed, dispatch).is_empty()
}

/// The acts that make a deed.
pub fn acts_for(deed: Deed) -> impl Iterator<Item = Act> {
    Act::iter().filter(move |act| makes(*act, deed))
}

/// Whether an act makes a deed.
#[must_use]
pub fn makes(act: Act, deed: Deed) -> bool {
    match deed {
        Deed::Evidence
        | Deed::Opinion
        | Deed::FeasibilityStudy
        | Deed::Discussion
        | Deed::InvestigationPlan
        | Deed::InvestigationReport
        | Deed::Activity(_) => act == Act::RecordWork,
        Deed::Screening => matches!(act, Act::Accept | Act::Screen),
        // A team is named instead of a single handler.
        Deed::Assignment => matches!(act, Act::AssignHandler | Act::FormTeam),
        _ => {
            !matches!(
                act,
                Act::LookAtTime
                    | Act::RecordHistory
                    | Act::TransferDuties
                    | Act::LiftLegalHold
                    | Act::RemoveParticipant
                    | Act::BreakGlass
                    | Act::MoveToVersion
            ) && act.deed().covers(deed)
        }
    }
}

/// The facts that a deed must state because some gate, now or later, asks for them: a fact is demanded
/// where it is stated. Judged on the case as the deed would leave it.
#[must_use]
pub fn facts_demanded(
    after: &Case,
    context: &Context,
    deed: Deed,
    states: impl Fn(Field) -> bool,
) -> Vec<Missing> {
    let facts = after.facts(context.rulebook, context.directory);
    let mut demanded: Vec<Missing> = Vec::new();
    for gate in context
        .rulebook
        .gates
        .iter()
        .filter(|gate| gate.force == Force::Must)
    {
        if !gate.when.matches(&facts) {
            continue;
        }
        for need in &gate.needs {
            let asked = match need {
                Need::Field(field) => {
                    let before = stated_by(*field).unwrap_or(gate.before);
                    before.covers(deed) || before.covers(stands_for(deed))
                }
                Need::Axis(AxisName::CaseType) => deed == Deed::Registration,
                Need::Axis(_) | Need::Deed(_) => false,
            };
            let known = demanded.iter().any(|other| other.need == *need);
            let there = match need {
                Need::Field(field) => states(*field),
                Need::Axis(_) | Need::Deed(_) => is_there(after, *need),
            };
            if asked && !known && !there {
                demanded.push(Missing {
                    need: *need,
                    or: Vec::new(),
                    clause: Some(gate.clause.clone()),
                    by: None,
                });
            }
        }
    }
    demanded
}

/// What is demanded of a dispatch is demanded of whatever sends the form to a unit, and what is demanded of an
/// assignment of a team, too.
fn stands_for(deed: Deed) -> Deed {
    match deed {
        Deed::Redispatch | Deed::UnitAdded => Deed::Dispatch,
        Deed::Team => Deed::Assignment,
        other => other,
    }
}

/// The order of a case's life: what no rulebook can leave out.
fn prerequisites(case: &Case, context: &Context, deed: Deed, dispatch: Option<ThingId>) -> Vec<Deed> {
    let lacks = |needed: Deed| case.in_force(needed, dispatch).is_none();
    let all: &[Deed] = match deed {
        Deed::Acceptance => &[Deed::Registration],
        Deed::Dispatch | Deed::Assignment | Deed::Team if case.round == 0 => &[Deed::Acceptance],
        Deed::ReturnDecision => &[Deed::Return],
        Deed::ReportBack => &[Deed::ReceiptOfForm],
        Deed::Reply if case.status.is_open() => match case.route(context.rulebook, context.directory) {
            Some(RouteKind::OwnOffice) | None => &[Deed::InvestigationEnd],
            Some(RouteKind::Unit) if unit_replies(case, context) => &[Deed::ReceiptOfForm],
            Some(RouteKind::Unit) => &[Deed::ReportBack],
        },
        Deed::SecondDispatchDecision => &[Deed::FollowUp],
        Deed::Approval(Some(Subject::Plan)) => &[Deed::Plan],
        Deed::Approval(Some(Subject::Report)) => &[Deed::InvestigationReport],
        // What nobody asked for beforehand is approved once it is there.
        Deed::Approval(Some(subject @ (Subject::Finding | Subject::Disposition)))
            if !case
                .open_approval_requests()
                .any(|asked| asked.subject == subject) =>
        {
            &[Deed::InvestigationEnd]
        }
        Deed::MeasuresDone => &[Deed::Measure(None)],
        Deed::FollowUp | Deed::Closing => &[Deed::Reply],
        Deed::Redispatch if case.round_ordered.is_none() => &[Deed::RoundOrder],
        _ => &[],
    };
    let mut missing: Vec<Deed> = match deed {
        // An ordered round must be opened first; the order itself is what is missing before a redispatch.
        Deed::Redispatch => all.to_vec(),
        _ => all.iter().copied().filter(|needed| lacks(*needed)).collect(),
    };
    // Nobody agrees to a mode that nobody has named (R11-4a).
    if deed == Deed::Approval(Some(Subject::Mode)) && !case.axes.contains_key(&AxisName::Mode) {
        missing.push(Deed::Classification);
    }
    if matches!(deed, Deed::Closing | Deed::SecondDispatchDecision) && case.round_ordered.is_some() {
        missing.push(Deed::Redispatch);
    }
    // Who supervises a matter is asked before it is closed.
    if matches!(deed, Deed::Closing | Deed::EarlyClosing) && case.is_supervised() {
        missing.push(Deed::SupervisionLifting);
    }
    // Nothing is put away while a party waits for the word on its appeal.
    if matches!(
        deed,
        Deed::Closing | Deed::EarlyClosing | Deed::Archiving | Deed::Erasure
    ) && case.open_appeals().next().is_some()
    {
        missing.push(Deed::AppealDecision);
    }
    missing
}

/// Whether the rulebook has the handling unit itself answer the complainant (R03-2.2.2).
#[must_use]
pub fn unit_replies(case: &Case, context: &Context) -> bool {
    let facts = case.facts(context.rulebook, context.directory);
    context.rulebook.unit_replies(&facts)
}

fn closed(
    before: &Case,
    after: &Case,
    context: &Context,
    deed: Deed,
    dispatch: Option<ThingId>,
    force: Force,
) -> Vec<Missing> {
    let facts = after.facts(context.rulebook, context.directory);
    // Where no unit ever had the matter, the next round is its first dispatch.
    let first_dispatch = (deed == Deed::Redispatch && before.dispatches.is_empty()).then_some(Deed::Dispatch);
    let also = first_dispatch
        .or((deed == Deed::Team).then_some(Deed::Assignment))
        .into_iter()
        .flat_map(|deed| context.rulebook.gates_before(deed));
    context
        .rulebook
        .gates_before(deed)
        .chain(also)
        .filter(|gate| gate.force == force && gate.when.matches(&facts))
        .flat_map(|gate| unmet(gate, before, after, context, deed, dispatch))
        .collect()
}

fn unmet(
    gate: &Gate,
    case: &Case,
    after: &Case,
    context: &Context,
    deed: Deed,
    dispatch: Option<ThingId>,
) -> Vec<Missing> {
    let sent = dispatch.and_then(|dispatch| case.running_dispatch(dispatch));
    let missing = |need: Need, or: Vec<Need>| {
        let by = match need {
            // Where several must have done it, whoever has not is next.
            Need::Deed(needed) => gate
                .by
                .iter()
                .find(|by| !made_by_one(by, case, context, needed, dispatch))
                .and_then(|by| hold(by, needed, case, context, sent)),
            Need::Field(_) | Need::Axis(_) => None,
        };
        Missing {
            need,
            or,
            clause: Some(gate.clause.clone()),
            by,
        }
    };
    let met = |need: &Need| match need {
        Need::Deed(needed) if is_asked_by(deed, *needed) => true,
        Need::Deed(needed) => made_by_all(gate, case, context, *needed, dispatch),
        // What the deed itself states is judged when it is done; who is only warned is told beforehand.
        Need::Field(_) if gate.force == Force::Normally => is_there(after, *need),
        Need::Field(field) => stated_by(*field).is_none_or(|by| by == deed) || is_there(after, *need),
        Need::Axis(axis) => classified_by(*axis) == deed || is_there(after, *need),
    };
    let mut unmet: Vec<Missing> = gate
        .needs
        .iter()
        .filter(|need| !met(need))
        .map(|need| missing(*need, Vec::new()))
        .collect();
    if let Some((first, others)) = gate.one_of.split_first()
        && !gate.one_of.iter().any(met)
    {
        unmet.push(missing(*first, others.to_vec()));
    }
    unmet
}

/// Whether a deed is in force and was made by each whom the gate names.
fn made_by_all(gate: &Gate, case: &Case, context: &Context, needed: Deed, dispatch: Option<ThingId>) -> bool {
    // A screening that was not passed was made, and opens nothing.
    if needed == Deed::Screening && case.failed_its_screening() {
        return false;
    }
    case.in_force(needed, dispatch).is_some()
        && gate
            .by
            .iter()
            .all(|by| made_by_one(by, case, context, needed, dispatch))
}

fn made_by_one(by: &Holder, case: &Case, context: &Context, needed: Deed, dispatch: Option<ThingId>) -> bool {
    case.all_in_force(needed, dispatch)
        .any(|done| was_made_by(by, done, case, context))
}

/// What a request asks for cannot be there before it.
fn is_asked_by(deed: Deed, needed: Deed) -> bool {
    matches!(
        (deed, needed),
        (Deed::Lending, Deed::Approval(Some(Subject::Lending)))
            | (Deed::Publication, Deed::Approval(Some(Subject::Publication)))
    )
}

/// Whether a fact or a classification is on record.
fn is_there(case: &Case, need: Need) -> bool {
    match need {
        Need::Deed(deed) => case.in_force(deed, None).is_some(),
        Need::Axis(AxisName::CaseType) => case.case_type.is_some(),
        Need::Axis(AxisName::Complainant) => case.complainant.kind.is_some(),
        Need::Axis(AxisName::Flag) => !case.flags.is_empty(),
        Need::Axis(axis) => case.axes.contains_key(&axis),
        Need::Field(field) => case.states(field),
    }
}

/// The deed that states a fact; none for what is stated by the very deed before which it is demanded.
#[must_use]
pub fn stated_by(field: Field) -> Option<Deed> {
    match field {
        Field::Content
        | Field::ComplainantName
        | Field::ComplainantContact
        | Field::ComplainantAddress
        | Field::ComplainantWorkplace
        | Field::ComplainantSex
        | Field::ComplainantAge
        | Field::ComplainantKind
        | Field::Respondent
        | Field::RespondentPerson
        | Field::RespondentUnit
        | Field::RequestedRemedy
        | Field::IncidentTime
        | Field::IncidentPlace
        | Field::ServiceReceiptNo
        | Field::EvidenceOrWay
        | Field::IdentityStated => Some(Deed::Registration),
        Field::Cause | Field::ResponsiblePerson | Field::SubstantiatedPart | Field::LegalBasis => {
            Some(Deed::InvestigationEnd)
        }
        Field::WrittenMaterial => Some(Deed::Evidence),
        Field::ExpectedDate => Some(Deed::Progress),
        Field::Task
        | Field::TaskDue
        | Field::TaskStandard
        | Field::AccountableOfficer
        | Field::RecusalAsked
        | Field::MembersAtLeast2
        | Field::Explanation
        | Field::Guidance
        | Field::Reason => None,
    }
}

fn classified_by(axis: AxisName) -> Deed {
    match axis {
        AxisName::CaseType | AxisName::Complainant => Deed::Registration,
        AxisName::Category
        | AxisName::Severity
        | AxisName::Urgency
        | AxisName::Track
        | AxisName::Mode
        | AxisName::Complexity
        | AxisName::Cause
        | AxisName::Flag => Deed::Classification,
    }
}

//! Whether an act would be taken, before anybody says what with: the first half of `decide`, and what
//! `allowed_actions` shows.

use std::collections::BTreeSet;

use strum::IntoEnumIterator;

use super::status::statuses;
use super::{Act, Case, Context, Missing, Refusal};
use crate::authority::permitting;
use crate::duty::Duty;
use crate::gate;
use crate::ids::{DutyId, StaffId, ThingId};
use crate::rulebook::{Entry, Ground, Need, RouteTo};
use crate::words::{Deed, Field, PositionName, RouteKind, Status, Subject};

/// The answer to "may I do this now?".
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Permission {
    /// Yes, in these positions.
    Allowed(BTreeSet<PositionName>),
    /// Position and status would allow it; a gate, a bound or the rulebook does not.
    Blocked(Refusal),
    /// Not by this person, or not in this status.
    Unavailable(Refusal),
}

/// An act that a member of staff could think of now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Possible {
    /// The act.
    pub act: Act,
    /// The dispatch, order, report … it is on, where it is on one.
    pub target: Option<ThingId>,
    /// Why not, if not.
    pub blocked: Option<Refusal>,
    /// The open duties it would discharge.
    pub discharges: Vec<DutyId>,
}

/// What this member of staff may do now, and what only a rule forbids.
#[must_use]
pub fn possibilities(case: &Case, staff: StaffId, context: &Context) -> Vec<Possible> {
    let mut possible = Vec::new();
    for act in
        Act::iter().filter(|act| !matches!(act, Act::LookAtTime | Act::RecordHistory | Act::TransferDuties))
    {
        for target in targets(case, act) {
            let blocked = match permitted(act, target, case, staff, context) {
                Permission::Allowed(_) => None,
                Permission::Blocked(refusal) => Some(refusal),
                Permission::Unavailable(_) => continue,
            };
            let discharges = if blocked.is_none() {
                discharged_by(case, act, target)
            } else {
                Vec::new()
            };
            possible.push(Possible {
                act,
                target,
                blocked,
                discharges,
            });
        }
    }
    possible
}

/// The open duties that an act would discharge.
fn discharged_by(case: &Case, act: Act, target: Option<ThingId>) -> Vec<DutyId> {
    case.duties
        .iter()
        .filter(|duty| makes(act, duty.terms.owes) && (target.is_none() || is_about(duty, target)))
        .map(|duty| duty.id)
        .collect()
}

/// The kinds of act by which a duty's holder discharges it.
pub fn acts_that_discharge(owes: Deed) -> impl Iterator<Item = Act> {
    Act::iter().filter(move |act| makes(*act, owes))
}

fn makes(act: Act, owes: Deed) -> bool {
    gate::acts_for(owes).any(|makes| makes == act)
        || (act == Act::AnswerOnTheSpot && matches!(owes, Deed::Acceptance | Deed::Reply))
}

fn is_about(duty: &Duty, target: Option<ThingId>) -> bool {
    duty.key.thing.is_none() || duty.key.thing == target
}

/// The things an act could be on; one `None` for an act on the case itself, nothing where there is no
/// thing to act on.
#[must_use]
pub fn targets(case: &Case, act: Act) -> Vec<Option<ThingId>> {
    match act {
        Act::SignDispatch => case
            .running_dispatches()
            .filter(|dispatch| dispatch.signed.is_none())
            .map(|dispatch| Some(dispatch.id))
            .collect(),
        Act::ReportBack => case
            .running_dispatches()
            .filter(|dispatch| dispatch.reported_back_at.is_none())
            .map(|dispatch| Some(dispatch.id))
            .collect(),
        Act::DecideExtension => case
            .extensions
            .iter()
            .filter(|extension| extension.decided.is_none())
            .map(|extension| Some(extension.id))
            .collect(),
        Act::DecideApproval => {
            let plans = case
                .in_force(Deed::Plan, None)
                .filter(|_| case.in_force(Deed::Approval(Some(Subject::Plan)), None).is_none())
                .map(|plan| plan.id);
            let lending = case
                .lending_requests
                .iter()
                .filter(|it| it.decided.is_none())
                .map(|it| it.id);
            plans.into_iter().chain(lending).map(Some).collect()
        }
        Act::AnswerSupervision => case
            .supervision_orders
            .iter()
            .filter(|order| order.answered_at.is_none() && order.lifted_at.is_none())
            .map(|order| Some(order.id))
            .collect(),
        Act::LiftSupervision => case
            .supervision_orders
            .iter()
            .filter(|order| order.lifted_at.is_none())
            .map(|order| Some(order.id))
            .collect(),
        Act::Acknowledge => case
            .leader_reports
            .iter()
            .filter(|report| report.acknowledged_at.is_none())
            .map(|report| Some(report.id))
            .collect(),
        Act::CloseAccountability => case
            .accountability_records
            .iter()
            .filter(|record| record.closed_at.is_none())
            .map(|record| Some(record.id))
            .collect(),
        Act::Urge if case.duties.is_empty() => Vec::new(),
        Act::Receive | Act::Register => Vec::new(),
        _ => vec![None],
    }
}

/// The deed that an act on this target makes.
#[must_use]
pub fn deed_of(case: &Case, act: Act, target: Option<ThingId>) -> Deed {
    match (act, target) {
        (Act::DecideApproval, Some(target)) => {
            let lending = case.lending_requests.iter().any(|request| request.id == target);
            Deed::Approval(Some(if lending { Subject::Lending } else { Subject::Plan }))
        }
        _ => act.deed(),
    }
}

/// Whether this member of staff may do this now, as far as it can be said without parameters. The
/// order of the questions is the order of [`Refusal`].
#[must_use]
pub fn permitted(
    act: Act,
    target: Option<ThingId>,
    case: &Case,
    staff: StaffId,
    context: &Context,
) -> Permission {
    if case.bars(staff) {
        return Permission::Unavailable(Refusal::NotVisible);
    }
    let deed = deed_of(case, act, target);
    let positions = positions_for(act, deed, target, case, staff, context);
    if positions.is_empty() {
        let clause = context
            .rulebook
            .positions_that_may(deed)
            .next()
            .map(|position| position.clause.clone());
        return Permission::Unavailable(Refusal::NotPermitted { deed, clause });
    }
    if !statuses(act).contains(&case.status) {
        return Permission::Unavailable(Refusal::WrongStatus {
            deed,
            status: case.status,
        });
    }
    match stands_in_the_way(act, deed, target, case, staff, context) {
        None => Permission::Allowed(positions),
        Some(
            refusal @ (Refusal::NotProvided { .. }
            | Refusal::NotPermitted { .. }
            | Refusal::WrongStatus { .. }),
        ) => Permission::Unavailable(refusal),
        Some(refusal) => Permission::Blocked(refusal),
    }
}

/// The positions in which somebody may do it; some acts belong to whom a thing is addressed to.
fn positions_for(
    act: Act,
    deed: Deed,
    target: Option<ThingId>,
    case: &Case,
    staff: StaffId,
    context: &Context,
) -> BTreeSet<PositionName> {
    let mut positions = match act {
        // Whoever works on the file may add to it in the way his position names.
        Act::RecordWork => WORK
            .iter()
            .flat_map(|deed| permitting(staff, *deed, Some(case), context.rulebook, context.directory))
            .collect(),
        // Stepping aside is everybody's own to do.
        Act::Recuse => context
            .directory
            .active(staff)
            .map(|member| member.positions.iter().cloned().collect())
            .unwrap_or_default(),
        _ => permitting(staff, deed, Some(case), context.rulebook, context.directory),
    };
    let unit = context.directory.active(staff).and_then(|member| member.unit);
    if let (Act::SignDispatch | Act::ReportBack, Some(target)) = (act, target) {
        let of_unit = case
            .running_dispatch(target)
            .is_some_and(|dispatch| Some(dispatch.unit) == unit);
        // A unit answers for itself; who sent the form may confirm that it arrived (R03-2.1.2c).
        if unit.is_some() && !of_unit {
            positions.clear();
        }
    }
    if let (Act::Acknowledge, Some(target)) = (act, target) {
        let addressee = case
            .leader_reports
            .iter()
            .find(|it| it.id == target)
            .and_then(|it| it.to.position.clone());
        positions.retain(|position| addressee.as_ref().is_none_or(|addressee| addressee == position));
    }
    positions
}

const WORK: &[Deed] = &[
    Deed::Activity(None),
    Deed::Evidence,
    Deed::Opinion,
    Deed::FeasibilityStudy,
    Deed::Discussion,
    Deed::InvestigationReport,
];

fn stands_in_the_way(
    act: Act,
    deed: Deed,
    target: Option<ThingId>,
    case: &Case,
    staff: StaffId,
    context: &Context,
) -> Option<Refusal> {
    let not_provided = || {
        let clause = context
            .rulebook
            .positions_that_may(deed)
            .next()
            .map(|position| position.clause.clone());
        Some(Refusal::NotProvided { deed, clause })
    };
    let route = || case.route(context.rulebook, context.directory);
    match act {
        Act::Decline | Act::Withdraw | Act::AnswerOnTheSpot if grounds(case, deed, context).is_empty() => {
            return not_provided();
        }
        Act::RequestInstruction | Act::GiveInstruction => {
            if context
                .rulebook
                .positions_that_may(Deed::Instruction)
                .next()
                .is_none()
            {
                return not_provided();
            }
            if act == Act::RequestInstruction && case.in_force(deed, None).is_some() {
                return Some(Refusal::AlreadyDone { deed });
            }
        }
        Act::Dispatch | Act::AddUnit | Act::Redispatch if route() == Some(RouteKind::OwnOffice) => {
            return not_provided();
        }
        Act::AssignHandler if case.status == Status::Accepted && route() != Some(RouteKind::OwnOffice) => {
            return Some(Refusal::WrongStatus {
                deed,
                status: case.status,
            });
        }
        Act::Redispatch if context.rulebook.rounds.is_none() => return not_provided(),
        Act::Reply => {
            if case.status != Status::Resolved
                && route() == Some(RouteKind::Unit)
                && !gate::unit_replies(case, context)
            {
                return Some(missing_before(case, context, deed, target));
            }
            // What the unit is to answer itself, it answers; the office answers what was reported back.
            if case.status == Status::Investigating && route() == Some(RouteKind::OwnOffice) {
                return Some(missing_before(case, context, deed, target));
            }
        }
        Act::ReportBack if case.status == Status::Replied && !gate::unit_replies(case, context) => {
            return Some(Refusal::WrongStatus {
                deed,
                status: case.status,
            });
        }
        Act::RequestLending if context.rulebook.gates_before(Deed::Lending).next().is_none() => {
            return not_provided();
        }
        Act::ReportUpstream | Act::Archive | Act::DecideSecondDispatch
            if case.in_force(deed, None).is_some() =>
        {
            return Some(Refusal::AlreadyDone { deed });
        }
        Act::DecideApproval if target.is_none() => {
            return Some(Refusal::ReferenceUnknown { field: "approval_id" });
        }
        Act::RequestExtension if extendable(case, staff, context).next().is_none() => {
            return not_provided();
        }
        Act::DecideExtension => {
            let asked_by = case
                .extensions
                .iter()
                .find(|it| Some(it.id) == target)
                .and_then(|it| it.asked_by);
            if asked_by == Some(staff) {
                return Some(Refusal::SeparationOfDuties { clause: None });
            }
        }
        _ => {}
    }
    let missing = gate::missing(case, context, deed, target);
    (!missing.is_empty()).then_some(Refusal::GateClosed { missing })
}

fn missing_before(case: &Case, context: &Context, deed: Deed, target: Option<ThingId>) -> Refusal {
    let mut missing = gate::missing(case, context, deed, target);
    if missing.is_empty() {
        missing.push(Missing {
            need: Need::Deed(Deed::ReportBack),
            or: Vec::new(),
            clause: None,
            by: None,
        });
    }
    Refusal::GateClosed { missing }
}

/// The grounds on which an exceptional deed may be done now.
#[must_use]
pub fn grounds<'r>(case: &Case, deed: Deed, context: &Context<'r>) -> Vec<&'r Entry<Ground>> {
    let facts = case.facts(context.rulebook, context.directory);
    context
        .rulebook
        .grounds(deed)
        .filter(|ground| ground.at.is_empty() || ground.at.contains(&case.status))
        .filter(|ground| ground.when.matches(&facts))
        .collect()
}

/// The duties whose holder may ask for more time, held by this member of staff.
pub fn extendable<'c>(
    case: &'c Case,
    staff: StaffId,
    context: &'c Context<'_>,
) -> impl Iterator<Item = &'c Duty> {
    case.duties.iter().filter(move |duty| {
        crate::duty::rule_of(&duty.key, context).is_some_and(|rule| rule.extension.is_some())
            && holds(duty, staff, context)
    })
}

/// Whether a duty is this member of staff's, by person, unit or position.
#[must_use]
pub fn holds(duty: &Duty, staff: StaffId, context: &Context) -> bool {
    let Some(member) = context.directory.active(staff) else {
        return false;
    };
    let holder = &duty.terms.holder;
    holder.staff == Some(staff)
        || holder.unit.is_some_and(|unit| member.unit == Some(unit))
        || (holder.unit.is_none()
            && holder.staff.is_none()
            && holder
                .position
                .as_ref()
                .is_some_and(|position| member.positions.contains(position)))
}

/// Whether a unit is one to which the rulebook sends this matter.
#[must_use]
pub fn routed_to(case: &Case, unit: crate::ids::UnitId, context: &Context) -> bool {
    let facts = case.facts_without_route(context.rulebook, context.directory);
    let Some(route) = context.rulebook.route(&facts) else {
        return true;
    };
    let kind = context.directory.units.get(&unit).map(|unit| &unit.kind);
    route.to.iter().chain(&route.jointly).any(|to| match to {
        RouteTo::OwnOffice => false,
        RouteTo::RespondentUnit => case.respondent_units().any(|respondent| respondent == unit),
        RouteTo::AsInstructed => case.instructed_unit.is_none_or(|instructed| instructed == unit),
        RouteTo::AsAssigned => true,
        RouteTo::Kind(name) => kind == Some(name),
    })
}

/// The field a need is about, if it is about one.
#[must_use]
pub fn field_of(missing: &Missing) -> Option<Field> {
    match missing.need {
        Need::Field(field) => Some(field),
        Need::Deed(_) | Need::Axis(_) => None,
    }
}

//! Into whose hands it goes, in the office or in a unit: one handler, or a team.

use super::{Book, Context, Event, Refusal};
use crate::authority::permitting;
use crate::case::command::{Assignment, Team};
use crate::case::{Case, Dispatch};
use crate::gate;
use crate::ids::{StaffId, ThingId};
use crate::words::Deed;

pub(super) fn assign(
    case: &Case,
    assignment: &Assignment,
    staff: StaffId,
    context: &Context,
    book: &mut Book,
) -> Result<(), Refusal> {
    let dispatch = in_hand(case, assignment.dispatch, Deed::Assignment, staff, context)?;
    // Who handles it owes its end: the conclusion, or the answer where the unit itself gives that.
    let ends: &[Deed] = if gate::unit_replies(case, context) {
        &[Deed::InvestigationEnd, Deed::Reply]
    } else {
        &[Deed::InvestigationEnd]
    };
    suitable(assignment.handler, ends, "handler_id", case, dispatch, context)?;
    for member in &assignment.team {
        suitable(*member, HELPS, "handler_id", case, dispatch, context)?;
    }
    let dispatch = dispatch.map(|dispatch| dispatch.id);
    book.note(Event::HandlerAssigned(Assignment {
        dispatch,
        ..assignment.clone()
    }))
}

/// A team instead of a single handler; nobody in it who is complained of or stepped aside.
pub(super) fn form_team(
    case: &Case,
    team: &Team,
    staff: StaffId,
    context: &Context,
    book: &mut Book,
) -> Result<(), Refusal> {
    let dispatch = in_hand(case, team.dispatch, Deed::Team, staff, context)?;
    // Who leads it owes its result.
    suitable(
        team.leader,
        &[Deed::InvestigationEnd],
        "leader_id",
        case,
        dispatch,
        context,
    )?;
    for member in &team.members {
        suitable(*member, HELPS, "members", case, dispatch, context)?;
    }
    let dispatch = dispatch.map(|dispatch| dispatch.id);
    book.note(Event::TeamFormed(Team {
        dispatch,
        ..team.clone()
    }))
}

/// The dispatch for which somebody is named: the one that is meant, or that of his own unit; none in the office's own
/// handling.
fn in_hand<'c>(
    case: &'c Case,
    named: Option<ThingId>,
    deed: Deed,
    staff: StaffId,
    context: &Context,
) -> Result<Option<&'c Dispatch>, Refusal> {
    let own_unit = context.directory.active(staff).and_then(|member| member.unit);
    let dispatch = match named {
        Some(id) => Some(
            case.running_dispatch(id)
                .ok_or(Refusal::ReferenceUnknown { field: "dispatch_id" })?,
        ),
        None => case
            .running_dispatches()
            .find(|dispatch| Some(dispatch.unit) == own_unit),
    };
    // A case that was taken up again may be in a later round and in nobody's hands yet.
    if dispatch.is_none() && case.running_dispatches().next().is_some() {
        return Err(Refusal::ReferenceUnknown { field: "dispatch_id" });
    }
    if let (Some(dispatch), Some(unit)) = (dispatch, own_unit)
        && dispatch.unit != unit
    {
        return Err(super::not_permitted(deed, context));
    }
    Ok(dispatch)
}

/// What makes somebody of use to a handler.
const HELPS: &[Deed] = &[Deed::InvestigationEnd, Deed::Activity(None), Deed::Reply];

/// Somebody who may do one of these once it is in his hands, of the unit that has it, and with no part in it.
fn suitable(
    person: StaffId,
    deeds: &[Deed],
    field: &'static str,
    case: &Case,
    dispatch: Option<&Dispatch>,
    context: &Context,
) -> Result<(), Refusal> {
    let member = context
        .directory
        .active(person)
        .ok_or(Refusal::ReferenceUnknown { field })?;
    if case.bars(person) {
        return Err(Refusal::PersonBarred { field });
    }
    // Whose reach ends at his own unit does not reach what the office handles itself.
    let mut in_his_hands = case.clone();
    if dispatch.is_none() {
        in_his_hands.handler = Some(person);
    }
    let reached = dispatch.is_none().then_some(&in_his_hands);
    let may = deeds
        .iter()
        .any(|deed| !permitting(person, *deed, reached, context.rulebook, context.directory).is_empty());
    if !may || dispatch.is_some_and(|dispatch| member.unit != Some(dispatch.unit)) {
        let clause = context.rulebook.positions_that_may(Deed::InvestigationEnd).next();
        let clause = clause.map(|position| position.clause.clone());
        return Err(Refusal::PersonUnsuitable { field, clause });
    }
    Ok(())
}

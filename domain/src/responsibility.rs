//! Who answers for what: the rulebook's relations and positions resolved on a case, and who may not.

use crate::case::{Case, Context, Dispatch, Done};
use crate::duty::HeldBy;
use crate::rulebook::{Holder, Seat};
use crate::words::{Deed, PositionName};

/// Who a rule means on this case, for a duty that owes this deed. None while nobody is meant yet: a
/// handler before there is one.
#[must_use]
pub fn hold(
    holder: &Holder,
    owes: Deed,
    case: &Case,
    context: &Context,
    dispatch: Option<&Dispatch>,
) -> Option<HeldBy> {
    let dispatch = dispatch.or_else(|| case.lead());
    match holder {
        Holder::FirstReceiver => Some(first_receiver(case)),
        Holder::Handler | Holder::Team | Holder::HandlingUnit => handling(holder, case, context, dispatch),
        Holder::AccountableOfficer => {
            let unit = dispatch?.unit;
            Some(HeldBy {
                staff: context.directory.accountable_officer(unit),
                unit: Some(unit),
                position: accountable_position(case, context, dispatch).cloned(),
            })
        }
        Holder::Dispatcher => Some(HeldBy {
            staff: Some(dispatch?.sent_by?),
            ..HeldBy::default()
        }),
        Holder::WhoeverMay => first_that_may(owes, context),
        Holder::Superior => first_that_may(Deed::Acknowledgement, context),
        Holder::RespondentUnit => Some(HeldBy {
            unit: Some(case.respondent_units().next()?),
            ..HeldBy::default()
        }),
        // Who asked and who holds a late duty are known to the rule's effect, not to the case.
        Holder::Requester | Holder::DutyHolder => None,
        Holder::Position(name) => Some(in_position(name, case, context, dispatch)),
    }
}

/// The first position that may do a deed, in the order of the rulebook.
#[must_use]
pub fn first_that_may(deed: Deed, context: &Context) -> Option<HeldBy> {
    let position = context.rulebook.positions_that_may(deed).next()?;
    Some(HeldBy {
        position: Some(position.name.clone()),
        ..HeldBy::default()
    })
}

/// Whether a deed was made by whom a gate names.
#[must_use]
pub fn made_by(holder: &Holder, done: &Done, case: &Case, context: &Context) -> bool {
    let Some(maker) = done.by else { return false };
    let unit_of_maker = context.directory.staff.get(&maker).and_then(|member| member.unit);
    match holder {
        Holder::FirstReceiver => maker == case.first_receiver.staff,
        Holder::Handler | Holder::Team => {
            case.handler == Some(maker)
                || case.team.contains(&maker)
                || case
                    .running_dispatches()
                    .any(|dispatch| dispatch.handler == Some(maker) || dispatch.team.contains(&maker))
        }
        Holder::HandlingUnit => case
            .running_dispatches()
            .any(|dispatch| Some(dispatch.unit) == unit_of_maker),
        Holder::AccountableOfficer => accountable_position(case, context, case.lead())
            .is_some_and(|position| done.positions.contains(position)),
        Holder::Dispatcher => case.lead().is_some_and(|lead| lead.sent_by == Some(maker)),
        Holder::RespondentUnit => case.respondent_units().any(|unit| Some(unit) == unit_of_maker),
        Holder::Position(name) => done.positions.contains(name),
        Holder::WhoeverMay | Holder::Requester | Holder::DutyHolder | Holder::Superior => true,
    }
}

fn first_receiver(case: &Case) -> HeldBy {
    HeldBy {
        staff: Some(case.first_receiver.staff),
        ..HeldBy::default()
    }
}

/// The handler, or the unit that has the matter in hand; in the office's own handling before anybody
/// is assigned, whoever may assign.
fn handling(holder: &Holder, case: &Case, context: &Context, dispatch: Option<&Dispatch>) -> Option<HeldBy> {
    match dispatch {
        Some(dispatch) => {
            let officer = context.directory.accountable_officer(dispatch.unit);
            let staff = match holder {
                Holder::Handler | Holder::Team => dispatch.handler.or(officer),
                _ => officer,
            };
            Some(HeldBy {
                staff,
                unit: Some(dispatch.unit),
                position: None,
            })
        }
        None => match case.handler {
            Some(handler) => Some(HeldBy {
                staff: Some(handler),
                ..HeldBy::default()
            }),
            None => first_that_may(Deed::Assignment, context),
        },
    }
}

/// A position: of the handling unit if its holders sit in units. On a case that is open only to
/// those named on it, the first receiver if he holds it.
fn in_position(name: &PositionName, case: &Case, context: &Context, dispatch: Option<&Dispatch>) -> HeldBy {
    let first = case.first_receiver.staff;
    let first_holds_it = context
        .directory
        .active(first)
        .is_some_and(|member| member.positions.contains(name));
    let sits_in_unit = context
        .rulebook
        .position(name)
        .is_some_and(|position| position.sits == Seat::Unit);
    HeldBy {
        staff: (first_holds_it && crate::authority::is_confidential(case, context)).then_some(first),
        unit: if sits_in_unit {
            dispatch.map(|dispatch| dispatch.unit)
        } else {
            None
        },
        position: Some(name.clone()),
    }
}

fn accountable_position<'c>(
    _case: &Case,
    context: &Context<'c>,
    dispatch: Option<&Dispatch>,
) -> Option<&'c PositionName> {
    let unit = context.directory.units.get(&dispatch?.unit)?;
    context
        .rulebook
        .unit_kinds
        .iter()
        .find(|kind| kind.name == unit.kind)?
        .accountable_officer
        .as_ref()
}

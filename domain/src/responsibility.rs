//! Who answers for what: the rulebook's relations and positions resolved on a case, and who may not.

use crate::case::{Case, Context, Dispatch, Done};
use crate::duty::{HeldBy, is_nobodys};
use crate::ids::{StaffId, UnitId};
use crate::rulebook::{FirstLead, Holder, Seat};
use crate::words::{Bundle, Deed, PositionName};

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
    stand_in(meant(holder, owes, case, context, dispatch)?, owes, case, context)
}

/// Who stepped aside owes nothing: it falls to his unit, to his position, or to whoever may.
#[must_use]
pub fn stand_in(held: HeldBy, owes: Deed, case: &Case, context: &Context) -> Option<HeldBy> {
    if !held.staff.is_some_and(|staff| case.bars(staff)) {
        return Some(held);
    }
    match held {
        HeldBy {
            unit: None,
            position: None,
            ..
        } => first_that_may(owes, context),
        others => Some(HeldBy {
            staff: None,
            ..others
        }),
    }
}

fn meant(
    holder: &Holder,
    owes: Deed,
    case: &Case,
    context: &Context,
    dispatch: Option<&Dispatch>,
) -> Option<HeldBy> {
    let dispatch = dispatch.or_else(|| case.lead());
    match holder {
        Holder::FirstReceiver => {
            receiver(owes, case, context).or_else(|| Some(first_receiver(case, context)))
        }
        Holder::Handler | Holder::Team | Holder::HandlingUnit => handling(holder, case, context, dispatch),
        Holder::AccountableOfficer => {
            let unit = dispatch?.unit;
            Some(HeldBy {
                staff: answers_for(unit, case, context),
                unit: Some(unit),
                position: accountable_position(unit, context).cloned(),
            })
        }
        Holder::Dispatcher => match dispatch?.sent_by {
            Some(sender) if context.directory.active(sender).is_some() => Some(HeldBy {
                staff: Some(sender),
                ..HeldBy::default()
            }),
            _ => first_that_may(owes, context),
        },
        Holder::WhoeverMay => receiver(owes, case, context).or_else(|| first_that_may(owes, context)),
        // The superior who is asked for a decision is one who may take it.
        Holder::Superior => first_that_may(owes, context)
            .filter(|_| {
                matches!(
                    owes,
                    Deed::AppealDecision | Deed::ExtensionDecision | Deed::Approval(_)
                )
            })
            .or_else(|| first_that_may(Deed::Acknowledgement, context)),
        Holder::RespondentUnit => Some(HeldBy {
            unit: Some(case.respondent_units(context.directory).next()?),
            ..HeldBy::default()
        }),
        // Who asked and who holds a late duty are known to the rule's effect, not to the case.
        Holder::Requester | Holder::DutyHolder => None,
        Holder::Position(name) => Some(match dispatch {
            // What was handed over before it was sent anywhere is not the first receiver's unit's any more (R09-4b).
            None if sits_in_unit(name, context) => {
                receiver(owes, case, context).unwrap_or_else(|| in_position(name, case, context, None))
            }
            _ => in_position(name, case, context, dispatch),
        }),
    }
}

/// On a case that is open only to those named on it, what a position owes is owed by the first receiver
/// if he holds it: a secret does not spread to his colleagues.
pub fn keep_close(held: &mut HeldBy, case: &Case, context: &Context) {
    let first = case.first_receiver.staff;
    let Some(member) = context.directory.active(first).filter(|_| !case.bars(first)) else {
        return;
    };
    if let HeldBy {
        staff: staff @ None,
        unit: None,
        position: Some(position),
    } = held
        && member.positions.contains(position)
    {
        *staff = Some(first);
    }
}

/// Whether a member of staff is who is meant: in person, as one of the unit, or in the position.
#[must_use]
pub fn is_one_of(staff: StaffId, held: &HeldBy, context: &Context) -> bool {
    let Some(member) = context.directory.active(staff) else {
        return false;
    };
    match (held.staff, held.unit, &held.position) {
        (Some(person), None, _) => person == staff,
        (person, Some(unit), _) => person == Some(staff) || member.unit == Some(unit),
        (None, None, Some(position)) => member.positions.contains(position),
        (None, None, None) => false,
    }
}

/// Who answers for a unit on this case: its accountable officer, or another in the same position where
/// that one is complained of or stepped aside.
#[must_use]
pub fn answers_for(unit: UnitId, case: &Case, context: &Context) -> Option<StaffId> {
    let directory = context.directory;
    let officer = directory.accountable_officer(unit);
    if officer.is_none_or(|officer| !case.bars(officer)) {
        return officer;
    }
    let position = accountable_position(unit, context)?;
    directory
        .staff
        .iter()
        .find(|(staff, member)| {
            member.active
                && member.unit == Some(unit)
                && member.positions.contains(position)
                && !case.bars(**staff)
        })
        .map(|(staff, _)| *staff)
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
        Holder::FirstReceiver => {
            let received = |held| is_one_of(maker, held, context);
            maker == case.first_receiver.staff || case.receiver().is_some_and(received)
        }
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
        Holder::AccountableOfficer => case
            .lead()
            .and_then(|lead| accountable_position(lead.unit, context))
            .is_some_and(|position| done.positions.contains(position)),
        Holder::Dispatcher => case.lead().is_some_and(|lead| lead.sent_by == Some(maker)),
        Holder::RespondentUnit => case
            .respondent_units(context.directory)
            .any(|unit| Some(unit) == unit_of_maker),
        Holder::Position(name) => done.positions.contains(name),
        Holder::WhoeverMay | Holder::Requester | Holder::DutyHolder | Holder::Superior => true,
    }
}

/// Who took the matter in: the person, or his unit where the rulebook holds that responsible (首接单位).
#[must_use]
pub fn first_receiver(case: &Case, context: &Context) -> HeldBy {
    let rule = context.rulebook.first_contact.as_ref();
    let unit = case
        .first_receiver
        .unit
        .filter(|_| rule.is_some_and(|rule| rule.lead == FirstLead::Unit));
    HeldBy {
        staff: unit.is_none().then_some(case.first_receiver.staff),
        unit,
        position: None,
    }
}

/// Who takes the matter in since it was handed over inside the office, as far as they may: what the first receiver
/// answers for in person stays with him.
fn receiver(owes: Deed, case: &Case, context: &Context) -> Option<HeldBy> {
    let receiver = case.receiver()?;
    let is_taking_in = Bundle::TakingIn.deeds().iter().any(|deed| deed.covers(owes));
    (is_taking_in && !is_nobodys(receiver, owes, case, context)).then(|| receiver.clone())
}

/// The handler, or the unit that has the matter in hand; in the office's own handling before anybody
/// is assigned, whoever may assign.
fn handling(holder: &Holder, case: &Case, context: &Context, dispatch: Option<&Dispatch>) -> Option<HeldBy> {
    match dispatch {
        Some(dispatch) => {
            let officer = answers_for(dispatch.unit, case, context);
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
            // Where a rule named who leads, he puts it into somebody's hands (R11-4d).
            None => case
                .lead_named
                .clone()
                .filter(|lead| !is_nobodys(lead, Deed::Assignment, case, context))
                .or_else(|| first_that_may(Deed::Assignment, context)),
        },
    }
}

fn sits_in_unit(name: &PositionName, context: &Context) -> bool {
    let position = context.rulebook.position(name);
    position.is_some_and(|position| position.sits == Seat::Unit)
}

/// A position: of the handling unit if its holders sit in units, and of the first receiver's before there is one.
fn in_position(name: &PositionName, case: &Case, context: &Context, dispatch: Option<&Dispatch>) -> HeldBy {
    HeldBy {
        staff: None,
        unit: if sits_in_unit(name, context) {
            dispatch.map_or(case.first_receiver.unit, |dispatch| Some(dispatch.unit))
        } else {
            None
        },
        position: Some(name.clone()),
    }
}

/// The position that must be filled in a unit of this kind; none where the rulebook names none.
pub(crate) fn accountable_position<'c>(unit: UnitId, context: &Context<'c>) -> Option<&'c PositionName> {
    let unit = context.directory.units.get(&unit)?;
    context
        .rulebook
        .unit_kinds
        .iter()
        .find(|kind| kind.name == unit.kind)?
        .accountable_officer
        .as_ref()
}

//! Handing over (移交): to who takes the matter in inside the office, or to another body, where it ends.

use super::coming_in::{check_ground, not_listed, usable_unit};
use super::direction::open_to_unit;
use super::{Book, Context, Event, Refusal};
use crate::case::Case;
use crate::case::command::{HandOver, HandedTo};
use crate::case::permitted::grounds;
use crate::duty::{HeldBy, is_nobodys};
use crate::ids::UnitId;
use crate::rulebook::{Entry, Ground, RouteTo, Seat};
use crate::words::{Deed, PositionName, Status};

pub(super) fn hand_over(
    case: &Case,
    it: &HandOver,
    context: &Context,
    book: &mut Book,
) -> Result<(), Refusal> {
    check_ground(case, &it.on, Deed::HandOver, context)?;
    let listed = grounds(case, Deed::HandOver, context);
    let Some(ground) = listed.into_iter().find(|ground| ground.name == it.on.ground) else {
        return Err(not_listed("ground", it.on.ground.to_string(), None));
    };
    match &it.to {
        HandedTo::Unit { unit } => to_unit(*unit, ground, case, context)?,
        HandedTo::Position { position } => to_position(position, ground, case, context)?,
        HandedTo::Outside { .. } if ground.to.contains(&RouteTo::Outside) => {}
        HandedTo::Outside { .. } => {
            let word = RouteTo::Outside.to_string();
            return Err(not_listed("to", word, Some(ground.clause.clone())));
        }
    }
    book.rests_on = Some(ground.clause.clone());
    book.note(Event::CaseHandedOver(it.clone()))
}

fn to_unit(unit: UnitId, ground: &Entry<Ground>, case: &Case, context: &Context) -> Result<(), Refusal> {
    usable_unit(unit, "to", context)?;
    open_to_unit(case, unit, "to", context)?;
    let kind = context.directory.units.get(&unit).map(|unit| &unit.kind);
    let admitted = ground.to.iter().any(|to| match to {
        RouteTo::Kind(name) => kind == Some(name),
        RouteTo::RespondentUnit => case
            .respondent_units(context.directory)
            .any(|respondent| respondent == unit),
        RouteTo::AsInstructed => case.instructed_unit == Some(unit),
        RouteTo::AsAssigned => true,
        RouteTo::OwnOffice | RouteTo::Outside => false,
    });
    if !admitted {
        return Err(Refusal::UnitBarred {
            field: "to",
            clause: Some(ground.clause.clone()),
        });
    }
    let receiver = HeldBy {
        unit: Some(unit),
        ..HeldBy::default()
    };
    let has_it = case.receiver().map_or(case.first_receiver.unit, |held| held.unit) == Some(unit);
    to_other_hands(&receiver, has_it, case, context)
}

fn to_position(
    name: &PositionName,
    ground: &Entry<Ground>,
    case: &Case,
    context: &Context,
) -> Result<(), Refusal> {
    let admits = |seat: Seat| {
        ground.to.iter().any(|to| match to {
            RouteTo::Kind(kind) => kind.as_str() == name.as_str(),
            RouteTo::OwnOffice => seat == Seat::OwnOffice,
            RouteTo::RespondentUnit | RouteTo::AsInstructed | RouteTo::AsAssigned | RouteTo::Outside => false,
        })
    };
    let position = context.rulebook.position(name);
    if !position.is_some_and(|position| admits(position.sits)) {
        return Err(not_listed("to", name.to_string(), Some(ground.clause.clone())));
    }
    let receiver = HeldBy {
        position: Some(name.clone()),
        ..HeldBy::default()
    };
    let has_it = case.receiver() == Some(&receiver);
    to_other_hands(&receiver, has_it, case, context)
}

/// Whoever gets it must be able to take it in, and must not have it already.
fn to_other_hands(receiver: &HeldBy, has_it: bool, case: &Case, context: &Context) -> Result<(), Refusal> {
    if has_it {
        return Err(Refusal::AlreadyDone { deed: Deed::HandOver });
    }
    let next = if case.status == Status::Received {
        Deed::Registration
    } else {
        Deed::Acceptance
    };
    if is_nobodys(receiver, next, case, context) {
        return Err(Refusal::NobodyLeft { field: "to" });
    }
    Ok(())
}

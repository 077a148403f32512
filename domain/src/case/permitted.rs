//! Whether an act would be taken, before anybody says what with: the first half of `decide`, and what
//! `allowed_actions` shows.

use std::collections::BTreeSet;

use strum::IntoEnumIterator;

use super::status::statuses;
use super::{Act, Case, Context, Refusal};
use crate::authority::{keys, sight};
use crate::duty::Duty;
use crate::gate;
use crate::ids::{DutyId, StaffId, ThingId, UnitId};
use crate::responsibility::is_one_of;
use crate::rulebook::{Entry, Ground, RouteTo};
use crate::words::{Deed, PositionName};

mod obstacle;
mod target;

pub(super) use obstacle::separate;
use obstacle::{clause_of, exists, in_the_way, is_provided, positions_for};
pub use target::{deed_of, targets};

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
    if !sight(case, context).admits(&keys(staff, context.rulebook, context.directory)) {
        return Vec::new();
    }
    let mut possible = Vec::new();
    for act in Act::iter().filter(|act| {
        !matches!(
            act,
            Act::LookAtTime | Act::RecordHistory | Act::TransferDuties | Act::MoveToVersion
        )
    }) {
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
        .filter(|duty| discharges(act, duty.terms.owes) && (target.is_none() || is_about(duty, target)))
        .map(|duty| duty.id)
        .collect()
}

/// The kinds of act by which a duty's holder discharges it.
pub fn acts_that_discharge(owes: Deed) -> impl Iterator<Item = Act> {
    Act::iter().filter(move |act| discharges(*act, owes))
}

fn discharges(act: Act, owes: Deed) -> bool {
    gate::makes(act, owes) || (act == Act::AnswerOnTheSpot && matches!(owes, Deed::Acceptance | Deed::Reply))
}

fn is_about(duty: &Duty, target: Option<ThingId>) -> bool {
    duty.key.thing.is_none() || duty.key.thing == target
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
    let positions = match positions_for(act, target, case, staff, context) {
        Ok(positions) => positions,
        Err(refusal) => return Permission::Unavailable(refusal),
    };
    if !statuses(act).contains(&case.status) || !exists(act, case, context) {
        return Permission::Unavailable(Refusal::WrongStatus {
            deed,
            status: case.status,
        });
    }
    if !is_provided(act, case, staff, context) {
        let clause = clause_of(deed, context);
        return Permission::Unavailable(Refusal::NotProvided { deed, clause });
    }
    match in_the_way(act, target, case, staff, context) {
        None => Permission::Allowed(positions),
        Some(refusal) => Permission::Blocked(refusal),
    }
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
    is_one_of(staff, &duty.terms.holder, context)
}

/// Whether a unit is one to which the rulebook sends this matter.
#[must_use]
pub fn routed_to(case: &Case, unit: UnitId, context: &Context) -> bool {
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

//! Whether an act would be taken, before anybody says what with: the first half of `decide`, and what
//! `allowed_actions` shows.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use strum::IntoEnumIterator;

use super::status::statuses;
use super::{Act, Appeal, Case, Context, Missing, Refusal};
use crate::authority::{keys, sight};
use crate::delegation::{Place, places};
use crate::duty::Duty;
use crate::gate;
use crate::ids::{DutyId, StaffId, ThingId, UnitId};
use crate::responsibility::is_one_of;
use crate::rulebook::{AppealRule, Entry, Ground, Need, RouteTo};
use crate::time_limit::{Limit, Within};
use crate::words::{Deed, Field, PositionName, Word};

mod obstacle;
mod pausing;
mod returning;
mod target;

pub use obstacle::can_be_recorded;
pub(crate) use obstacle::exists;
pub(super) use obstacle::{clause_of, is_screening, may_state_checks, positions_for, separate};
use obstacle::{in_the_way, is_provided};
pub use pausing::pausable;
pub(super) use pausing::{may_pause, pause_barred, pause_ends_at};
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

impl Permission {
    /// Whether it is refused because no position of this person permits it: another's may.
    fn is_for_another(&self) -> bool {
        matches!(self, Permission::Unavailable(Refusal::NotPermitted { .. }))
    }
}

/// An act that a member of staff could think of now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Possible {
    /// The act.
    pub act: Act,
    /// The dispatch, order, report … it is on, where it is on one.
    pub target: Option<ThingId>,
    /// In whose place, where his own authority does not suffice.
    pub acting_for: Option<StaffId>,
    /// Why not, if not.
    pub blocked: Option<Refusal>,
    /// The open duties it would discharge.
    pub discharges: Vec<DutyId>,
    /// What the rulebook normally wants before it or with it, and would still let pass.
    pub normally: Vec<Missing>,
}

/// What this member of staff may do now, and what only a rule forbids.
#[must_use]
pub fn possibilities(case: &Case, staff: StaffId, context: &Context) -> Vec<Possible> {
    let keys = keys(staff, context.rulebook, context.directory, context.now);
    if !sight(case, context).admits(&keys) {
        return Vec::new();
    }
    let places: Vec<Place> = places(staff, context.rulebook, context.directory, context.now).collect();
    let mut possible = Vec::new();
    for act in Act::iter().filter(|act| {
        !matches!(
            act,
            Act::LookAtTime
                | Act::RecordHistory
                | Act::TransferDuties
                | Act::MoveToVersion
                // Only who does not see the case opens it so.
                | Act::BreakGlass
        )
    }) {
        for target in targets(case, act) {
            let (permission, acting_for) = as_himself_or_another(act, target, case, staff, &places, context);
            let blocked = match permission {
                Permission::Allowed(_) => None,
                Permission::Blocked(refusal) => Some(refusal),
                Permission::Unavailable(_) => continue,
            };
            let (discharges, normally) = if blocked.is_none() {
                let deed = deed_of(case, act, target);
                (
                    discharged_by(case, act, target),
                    gate::wanted(case, context, deed, target),
                )
            } else {
                (Vec::new(), Vec::new())
            };
            possible.push(Possible {
                act,
                target,
                acting_for,
                blocked,
                discharges,
                normally,
            });
        }
    }
    possible
}

/// By his own authority, or where that does not suffice, in another's place: as a command would be taken.
fn as_himself_or_another(
    act: Act,
    target: Option<ThingId>,
    case: &Case,
    staff: StaffId,
    places: &[Place],
    context: &Context,
) -> (Permission, Option<StaffId>) {
    let own = permitted(act, target, case, staff, context);
    let in_place = || {
        places
            .iter()
            .map(|place| {
                let permission = permitted_in_place(act, target, case, staff, place, context);
                (permission, Some(place.principal))
            })
            .find(|(permission, _)| !permission.is_for_another())
    };
    if !own.is_for_another() && !owed_in_a_place(act, target, case, staff, places, context) {
        return (own, None);
    }
    in_place().unwrap_or((own, None))
}

/// Whether this very thing is owed by somebody in whose place he is, and not by himself: then he does it for the other,
/// even if he might do such a thing on his own account.
pub(super) fn owed_in_a_place(
    act: Act,
    target: Option<ThingId>,
    case: &Case,
    staff: StaffId,
    places: &[Place],
    context: &Context,
) -> bool {
    let deed = deed_of(case, act, target);
    let owed_by_another =
        |duty: &&Duty| duty.terms.owes.covers(deed) && is_about(duty, target) && !holds(duty, staff, context);
    case.duties.iter().filter(owed_by_another).any(|duty| {
        places.iter().any(|place| {
            holds(duty, place.principal, context)
                && duty
                    .terms
                    .holder
                    .position
                    .as_ref()
                    .is_none_or(|position| place.positions.contains(position))
        })
    })
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
    if case.is_erased() {
        return Permission::Unavailable(if act == Act::Erase {
            Refusal::AlreadyDone { deed }
        } else {
            Refusal::Erased
        });
    }
    if !is_provided(act, case, staff, context) {
        let ground = context.rulebook.grounds(deed).next();
        let clause = ground
            .map(|ground| ground.clause.clone())
            .or_else(|| clause_of(deed, context));
        return Permission::Unavailable(Refusal::NotProvided { deed, clause });
    }
    match in_the_way(act, target, case, staff, context) {
        None => Permission::Allowed(positions),
        Some(refusal) => Permission::Blocked(refusal),
    }
}

/// The same in the place of somebody whose deputy this member of staff is: what the other may, as far as it was
/// delegated, and not where the deputy has had a hand in it himself.
pub(super) fn permitted_in_place(
    act: Act,
    target: Option<ThingId>,
    case: &Case,
    deputy: StaffId,
    place: &Place,
    context: &Context,
) -> Permission {
    let deed = deed_of(case, act, target);
    let mut positions = match permitted(act, target, case, place.principal, context) {
        Permission::Unavailable(refusal) => return Permission::Unavailable(refusal),
        Permission::Allowed(positions) => Ok(positions),
        Permission::Blocked(refusal) => Err(refusal),
    };
    let delegated = positions_for(act, target, case, place.principal, context).is_ok_and(|positions| {
        positions
            .iter()
            .any(|position| place.positions.contains(position))
    });
    if !delegated || !place.gives(deed) || act == Act::Recuse {
        let clause = clause_of(deed, context);
        return Permission::Unavailable(Refusal::NotPermitted { deed, clause });
    }
    if let Ok(positions) = &mut positions {
        positions.retain(|position| place.positions.contains(position));
    }
    match (positions, separate(case, act, target, deed, deputy, context)) {
        (Ok(positions), Ok(())) => Permission::Allowed(positions),
        (Err(refusal), Ok(())) | (Ok(_), Err(refusal)) => Permission::Blocked(refusal),
        (Err(one), Err(other)) => Permission::Blocked(one.or_sooner(other)),
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

/// The ways to appeal that are open on this case: what they are against is in force.
pub fn appealable<'c>(
    case: &'c Case,
    context: &'c Context<'_>,
) -> impl Iterator<Item = &'c Entry<AppealRule>> {
    context
        .rulebook
        .appeals
        .iter()
        .filter(move |rule| case.in_force(rule.against, None).is_some())
}

/// Why this appeal cannot be filed at this moment; nothing where it can.
#[must_use]
pub fn appeal_barred(
    case: &Case,
    rule: &Entry<AppealRule>,
    at: DateTime<Utc>,
    context: &Context,
) -> Option<Refusal> {
    let against = case.in_force(rule.against, None)?;
    // After a final word nothing that came before it is heard again.
    let mut last = case.appeals.iter().filter(|appeal| {
        let is_final = context
            .rulebook
            .appeal(&appeal.name)
            .is_some_and(|rule| rule.r#final);
        is_final
            && appeal
                .decided
                .is_some_and(|decided| decided.sequence >= against.sequence)
    });
    if let Some(said) = last.next_back() {
        return Some(Refusal::NotProvided {
            deed: Deed::Appeal,
            clause: said.clause.clone(),
        });
    }
    let known = |appeal: &Appeal| appeal.name == rule.name && appeal.against_sequence == against.sequence;
    if case.appeals.iter().any(known) {
        return Some(Refusal::AlreadyDone { deed: Deed::Appeal });
    }
    let from = case.in_force(rule.from, None)?;
    let within = match context
        .rulebook
        .number(&rule.name, rule.within, context.directory)
    {
        Some(number) => Within::Span(number),
        None => rule.within,
    };
    let counting = context.rulebook.counting_of_windows();
    let due = crate::duty::due(from.at, &Limit::from(within), &counting, &[], context)?;
    (at >= due.at).then(|| Refusal::WindowOver {
        clause: rule.clause.clone(),
        ended_at: due.at,
    })
}

/// Why an exceptional deed cannot be done on this ground: it is not listed for this case, or demands something that is
/// not there. `explained` says whether the deed itself gives its explanation or reason. A deed for which the rulebook
/// lists no ground at all needs none.
#[must_use]
pub fn ground_barred(
    case: &Case,
    deed: Deed,
    name: &Word,
    explained: bool,
    context: &Context,
) -> Option<Refusal> {
    let listed = grounds(case, deed, context);
    let Some(ground) = listed.iter().find(|ground| ground.name == *name) else {
        // A suspension has its grounds in a section of its own.
        return (deed != Deed::Suspension || !listed.is_empty()).then(|| Refusal::NotListed {
            field: "ground",
            word: name.to_string(),
            clause: listed.first().map(|ground| ground.clause.clone()),
        });
    };
    let (facts, deeds): (Vec<Missing>, Vec<Missing>) = ground
        .needs
        .iter()
        .filter(|need| match need {
            Need::Field(Field::Explanation | Field::Reason) => !explained,
            Need::Field(field) => !case.states(*field),
            Need::Deed(deed) => case.in_force(*deed, None).is_none(),
            Need::Axis(axis) => !case.axes.contains_key(axis),
        })
        .map(|need| Missing {
            need: *need,
            or: Vec::new(),
            clause: Some(ground.clause.clone()),
            by: None,
        })
        .partition(|missing| matches!(missing.need, Need::Field(_)));
    match (facts.is_empty(), deeds.is_empty()) {
        (false, _) => Some(Refusal::FactsMissing { missing: facts }),
        (true, false) => Some(Refusal::GateClosed { missing: deeds }),
        (true, true) => None,
    }
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
    goes_to(&route.to, unit, case, context)
}

/// Whether a unit is one that the rulebook wants to handle this matter together with who leads (R06-4.3c).
#[must_use]
pub fn joins(case: &Case, unit: UnitId, context: &Context) -> bool {
    let facts = case.facts_without_route(context.rulebook, context.directory);
    context
        .rulebook
        .route(&facts)
        .is_some_and(|route| goes_to(&route.jointly, unit, case, context))
}

fn goes_to(listed: &[RouteTo], unit: UnitId, case: &Case, context: &Context) -> bool {
    let kind = context.directory.units.get(&unit).map(|unit| &unit.kind);
    listed.iter().any(|to| match to {
        RouteTo::OwnOffice | RouteTo::Outside => false,
        RouteTo::RespondentUnit => case
            .respondent_units(context.directory)
            .any(|respondent| respondent == unit),
        RouteTo::AsInstructed => case.instructed_unit.is_none_or(|instructed| instructed == unit),
        RouteTo::AsAssigned => true,
        RouteTo::Kind(name) => kind == Some(name),
    })
}

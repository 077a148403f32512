//! What a member of staff may do and see. One place decides, from the positions that the rulebook
//! names, their reach, and the case; lists ask the same question as sets of keys.

use std::collections::BTreeSet;
use std::fmt;

use chrono::{DateTime, Utc};

use crate::case::{Case, Context};
use crate::delegation::places;
use crate::directory::{Directory, Member};
use crate::duty::HeldBy;
use crate::ids::{StaffId, UnitId};
use crate::responsibility::answers_for;
use crate::rulebook::{Checked, Holder, Party, Reach, Reads};
use crate::words::{ClauseId, Deed, PositionName};

/// The positions of his own that permit somebody a deed on a case; empty: none does. What he may in another's place
/// is asked of that other, see [`places`].
#[must_use]
pub fn permitting(
    staff: StaffId,
    deed: Deed,
    case: Option<&Case>,
    rulebook: &Checked,
    directory: &Directory,
) -> BTreeSet<PositionName> {
    let Some(member) = directory.active(staff) else {
        return BTreeSet::new();
    };
    member
        .positions
        .iter()
        .filter(|name| {
            rulebook.position(name).is_some_and(|position| {
                may_some(position.may.deeds(), deed)
                    && case.is_none_or(|case| reaches(position.reach, staff, member.unit, case))
            })
        })
        .cloned()
        .collect()
}

/// A bare deed is permitted to who may any of its kinds.
fn may_some(given: &BTreeSet<Deed>, deed: Deed) -> bool {
    given.iter().any(|one| one.covers(deed) || deed.covers(*one))
}

fn reaches(reach: Reach, staff: StaffId, unit: Option<UnitId>, case: &Case) -> bool {
    match reach {
        Reach::Office => true,
        Reach::OwnUnit => unit.is_some_and(|unit| {
            case.dispatches.iter().any(|dispatch| dispatch.unit == unit)
                || case.first_receiver.unit == Some(unit)
                || case
                    .receiver()
                    .is_some_and(|receiver| receiver.unit == Some(unit))
        }),
        Reach::Assigned => {
            case.handler == Some(staff)
                || case.team.contains(&staff)
                || case
                    .running_dispatches()
                    .any(|dispatch| dispatch.handler == Some(staff) || dispatch.team.contains(&staff))
        }
        Reach::Figures => false,
    }
}

/// What opens cases to somebody, or keeps them from him.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SightKey {
    /// Everybody whose reach is the whole office.
    Office,
    /// One unit.
    Unit(UnitId),
    /// The holders of one position.
    Position(PositionName),
    /// One person.
    Staff(StaffId),
}

impl From<UnitId> for SightKey {
    fn from(unit: UnitId) -> Self {
        SightKey::Unit(unit)
    }
}

impl fmt::Display for SightKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SightKey::Office => f.write_str("office"),
            SightKey::Unit(unit) => write!(f, "unit:{unit}"),
            SightKey::Position(name) => write!(f, "position:{name}"),
            SightKey::Staff(staff) => write!(f, "staff:{staff}"),
        }
    }
}

/// Who may see a case: who holds a key of the audience and none that is barred.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sight {
    /// Keys that open it.
    pub audience: BTreeSet<SightKey>,
    /// Keys that keep it shut, whatever else somebody holds.
    pub barred: BTreeSet<SightKey>,
}

impl Sight {
    /// Whether somebody with these keys sees the case.
    #[must_use]
    pub fn admits(&self, keys: &BTreeSet<SightKey>) -> bool {
        self.barred.is_disjoint(keys) && !self.audience.is_disjoint(keys)
    }
}

/// The keys that somebody holds at this moment: his own, and those of the places he takes. Among these is the
/// principal's own, so that what is kept from the one is kept from who stands in for him.
#[must_use]
pub fn keys(
    staff: StaffId,
    rulebook: &Checked,
    directory: &Directory,
    now: DateTime<Utc>,
) -> BTreeSet<SightKey> {
    let mut keys = BTreeSet::new();
    let Some(member) = directory.active(staff) else {
        return keys;
    };
    keys.insert(SightKey::Staff(staff));
    add_keys(&mut keys, &member.positions, member, rulebook);
    for place in places(staff, rulebook, directory, now) {
        if let Some(principal) = directory.active(place.principal) {
            keys.insert(SightKey::Staff(place.principal));
            add_keys(&mut keys, &place.positions, principal, rulebook);
        }
    }
    keys
}

/// The keys that positions of a member of staff give.
fn add_keys<'a>(
    keys: &mut BTreeSet<SightKey>,
    positions: impl IntoIterator<Item = &'a PositionName>,
    member: &Member,
    rulebook: &Checked,
) {
    for position in positions.into_iter().filter_map(|name| rulebook.position(name)) {
        keys.insert(SightKey::Position(position.name.clone()));
        match (position.reach, member.unit) {
            (Reach::Office, _) => {
                keys.insert(SightKey::Office);
            }
            (Reach::OwnUnit, Some(unit)) => {
                keys.insert(SightKey::Unit(unit));
            }
            (Reach::OwnUnit, None) | (Reach::Assigned | Reach::Figures, _) => {}
        }
    }
}

/// Who may see the case as it stands.
#[must_use]
pub fn sight(case: &Case, context: &Context) -> Sight {
    let mut sight = Sight {
        audience: audience(case, context),
        barred: barred(case, context),
    };
    // Who owes something on the case may see it: nobody can answer for what is hidden from him.
    for duty in &case.duties {
        sight.audience.extend(key_of(&duty.terms.holder));
    }
    sight
}

/// The key that opens a case to who owes something, as closely as it is said who that is.
fn key_of(holder: &HeldBy) -> Option<SightKey> {
    match (holder.staff, holder.unit, &holder.position) {
        (Some(staff), _, _) => Some(SightKey::Staff(staff)),
        (None, Some(unit), _) => Some(SightKey::Unit(unit)),
        (None, None, Some(position)) => Some(SightKey::Position(position.clone())),
        (None, None, None) => None,
    }
}

/// What a reading of the case leaves behind: as the rulebook says, the strictest that it says; and never nothing, where
/// the case is open only to those named on it.
#[must_use]
pub fn reads(case: &Case, context: &Context) -> Option<Reads> {
    let facts = case.facts(context.rulebook, context.directory);
    context
        .rulebook
        .secrecy(&facts)
        .filter_map(|rule| rule.reads.or((!rule.open_to.is_empty()).then_some(Reads::Logged)))
        .chain(case.secrecy.restricted.then_some(Reads::Logged))
        .max()
}

/// Whether the case is open only to those named on it.
#[must_use]
pub fn is_confidential(case: &Case, context: &Context) -> bool {
    let facts = case.facts(context.rulebook, context.directory);
    case.secrecy.restricted
        || context
            .rulebook
            .secrecy(&facts)
            .any(|rule| !rule.open_to.is_empty())
}

/// The positions that keep who reports, on this case; none: it stays shut.
#[must_use]
pub fn custodians<'r>(case: &Case, context: &Context<'r>) -> BTreeSet<&'r PositionName> {
    let facts = case.facts(context.rulebook, context.directory);
    let rules = context.rulebook.secrecy(&facts);
    rules.filter_map(|rule| rule.custodian.as_ref()).collect()
}

/// Whether somebody besides who asks keeps who reports, and may on this case; where nobody does it stays shut.
#[must_use]
pub fn somebody_keeps_identity(case: &Case, asking: StaffId, context: &Context) -> bool {
    let keep = custodians(case, context);
    let mut staff = context.directory.staff.iter();
    staff.any(|(staff, member)| {
        member.active
            && *staff != asking
            && !case.bars(*staff)
            && member.positions.iter().any(|position| keep.contains(position))
    })
}

/// Whether somebody who reads the case may know who complains: who took the matter in, who has to reach them, and who was
/// granted it for a while. Anybody else reads the redacted version of a text, where there is one.
#[must_use]
pub fn may_know_the_person(staff: StaffId, case: &Case, context: &Context) -> bool {
    let granted = case.secrecy.identity_requests.iter().any(|request| {
        let until = case.identity_open_until(request.id);
        request.by == Some(staff) && until.is_some_and(|until| context.now < until)
    });
    let reaches_them = |deed: &Deed| {
        let (rulebook, directory) = (context.rulebook, context.directory);
        !permitting(staff, *deed, Some(case), rulebook, directory).is_empty()
    };
    case.first_receiver.staff == staff
        || granted
        || (!is_confidential(case, context) && NEEDING_CONTACT.iter().any(reaches_them))
}

/// The deeds for which somebody must be able to reach the complainant.
pub const NEEDING_CONTACT: [Deed; 3] = [Deed::Registration, Deed::Reply, Deed::FollowUp];

fn audience(case: &Case, context: &Context) -> BTreeSet<SightKey> {
    let facts = case.facts(context.rulebook, context.directory);
    let mut open_to: Option<BTreeSet<SightKey>> = None;
    for rule in context.rulebook.secrecy(&facts) {
        if rule.open_to.is_empty() {
            continue;
        }
        let keys = rule
            .open_to
            .iter()
            .flat_map(|holder| opened(holder, case, context))
            .collect();
        open_to = Some(match open_to {
            Some(known) => known.intersection(&keys).cloned().collect(),
            None => keys,
        });
    }
    if case.secrecy.restricted {
        let keys: BTreeSet<SightKey> = RESTRICTED_TO
            .iter()
            .flat_map(|holder| opened(holder, case, context))
            .collect();
        open_to = Some(match open_to {
            Some(known) => known.intersection(&keys).cloned().collect(),
            None => keys,
        });
    }
    let mut keys = open_to.unwrap_or_else(|| {
        let mut keys = BTreeSet::from([SightKey::Office, SightKey::Staff(case.first_receiver.staff)]);
        keys.extend(case.first_receiver.unit.map(SightKey::Unit));
        keys.extend(case.receiver().and_then(key_of));
        keys.extend(case.handler.map(SightKey::Staff));
        keys.extend(case.team.iter().copied().map(SightKey::Staff));
        for dispatch in &case.dispatches {
            keys.insert(SightKey::Unit(dispatch.unit));
            keys.extend(dispatch.handler.map(SightKey::Staff));
            keys.extend(dispatch.team.iter().copied().map(SightKey::Staff));
        }
        keys
    });
    // Who is named on it, and who opened it in an emergency, for as long as that lasts.
    let named = case.secrecy.participants.iter().map(|known| known.staff);
    let named = named.chain(case.emergency_readers(context.now));
    keys.extend(named.map(SightKey::Staff));
    keys
}

/// To whom a case is open that was shut by hand, besides who owes something on it and who is named.
const RESTRICTED_TO: &[Holder] = &[
    Holder::FirstReceiver,
    Holder::Handler,
    Holder::AccountableOfficer,
    Holder::Dispatcher,
];

fn opened(holder: &Holder, case: &Case, context: &Context) -> Vec<SightKey> {
    let running = || case.running_dispatches();
    match holder {
        Holder::FirstReceiver => std::iter::once(SightKey::Staff(case.first_receiver.staff))
            .chain(case.receiver().and_then(key_of))
            .collect(),
        Holder::Handler | Holder::Team => case
            .handler
            .into_iter()
            .chain(case.team.iter().copied())
            .chain(running().filter_map(|dispatch| dispatch.handler))
            .chain(running().flat_map(|dispatch| dispatch.team.iter().copied()))
            .map(SightKey::Staff)
            .collect(),
        Holder::HandlingUnit => running().map(|dispatch| SightKey::Unit(dispatch.unit)).collect(),
        Holder::AccountableOfficer => running()
            .filter_map(|dispatch| answers_for(dispatch.unit, case, context))
            .map(SightKey::Staff)
            .collect(),
        Holder::Dispatcher => running()
            .filter_map(|dispatch| dispatch.sent_by)
            .map(SightKey::Staff)
            .collect(),
        Holder::RespondentUnit => case
            .respondent_units(context.directory)
            .map(SightKey::Unit)
            .collect(),
        Holder::Position(name) => vec![SightKey::Position(name.clone())],
        Holder::Requester | Holder::WhoeverMay | Holder::DutyHolder | Holder::Superior => Vec::new(),
    }
}

/// The clause that keeps the case from a unit, if one does.
#[must_use]
pub fn kept_from_unit(case: &Case, unit: UnitId, context: &Context) -> Option<ClauseId> {
    let facts = case.facts(context.rulebook, context.directory);
    let complained_of = case
        .respondent_units(context.directory)
        .any(|respondent| respondent == unit);
    context
        .rulebook
        .secrecy(&facts)
        .find(|rule| complained_of && rule.never_to.contains(&Party::RespondentUnit))
        .map(|rule| rule.clause.clone())
}

/// The person complained of and those who stepped aside never read; a unit that the rulebook keeps it
/// from does not either.
fn barred(case: &Case, context: &Context) -> BTreeSet<SightKey> {
    let facts = case.facts(context.rulebook, context.directory);
    let mut barred: BTreeSet<SightKey> = context
        .directory
        .staff
        .keys()
        .filter(|staff| case.bars(**staff))
        .map(|staff| SightKey::Staff(*staff))
        .collect();
    for rule in context.rulebook.secrecy(&facts) {
        for party in &rule.never_to {
            match party {
                // The person is barred by the house, whatever the rulebook says.
                Party::Respondent | Party::Complainant | Party::HandlingUnit => {}
                Party::RespondentUnit => {
                    let units = case.respondent_units(context.directory);
                    barred.extend(units.map(SightKey::Unit));
                }
            }
        }
    }
    barred
}

//! What record and replays call the same thing.
//!
//! The numbers of entries differ from the recorded ones, since other rules write other entries, and with them the
//! names of things. A thing is therefore known by a name that both have: what a person made by its recorded id, what a
//! rule made by its kind, the rule's clause, and how many of these there were before.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::by_somebody;
use crate::case::event::{Entry, Event};
use crate::duty::DutyKey;
use crate::ids::{CaseId, DutyId, ThingId};
use crate::words::ClauseId;

/// Things by the name that record and replays share, and by the one that only the record or this replay has.
#[derive(Default)]
pub(super) struct Names {
    own: BTreeMap<ThingId, ThingId>,
    shared: BTreeMap<ThingId, ThingId>,
}

impl Names {
    pub(super) fn put(&mut self, shared: ThingId, own: ThingId) {
        self.own.insert(shared, own);
        self.shared.insert(own, shared);
    }

    pub(super) fn own(&self, shared: ThingId) -> Option<ThingId> {
        self.own.get(&shared).copied()
    }

    pub(super) fn shared(&self, own: ThingId) -> ThingId {
        self.shared.get(&own).copied().unwrap_or(own)
    }
}

/// How many things rules made, by their kind and the clause.
pub(super) type Made = BTreeMap<(&'static str, Option<ClauseId>), u32>;

/// The shared name of what a rule made.
pub(super) fn made_by_a_rule(case: CaseId, entry: &Entry, kind: &'static str, made: &mut Made) -> ThingId {
    let number = made.entry((kind, entry.clause.clone())).or_default();
    *number += 1;
    let clause = entry.clause.as_ref().map_or("", ClauseId::as_str);
    ThingId(Uuid::new_v5(
        &case.0,
        format!("{kind} {clause} {number}").as_bytes(),
    ))
}

/// What the record calls things and duties.
pub(super) struct Recorded {
    pub(super) things: Names,
    pub(super) duties: BTreeMap<DutyId, DutyKey>,
}

impl Recorded {
    pub(super) fn of(case: CaseId, record: &[Entry]) -> Self {
        let (mut things, mut duties) = (Names::default(), BTreeMap::new());
        let mut made = Made::new();
        for entry in record.iter().filter(|entry| !by_somebody(entry)) {
            match &entry.event {
                Event::DutyOpened(duty) => {
                    let thing = duty.key.thing.map(|own| things.shared(own));
                    duties.insert(
                        duty.id,
                        DutyKey {
                            thing,
                            ..duty.key.clone()
                        },
                    );
                }
                Event::DutyMoved(_)
                | Event::DutyDischarged { .. }
                | Event::DutyLapsed { .. }
                | Event::StepTaken { .. } => {}
                other => things.put(
                    made_by_a_rule(case, entry, other.into(), &mut made),
                    case.thing(entry.sequence),
                ),
            }
        }
        Self { things, duties }
    }
}

/// The thing that a deed is about.
pub(super) fn thing_in(event: &mut Event) -> Option<&mut ThingId> {
    match event {
        Event::DispatchSigned(it) => Some(&mut it.dispatch),
        Event::DispatchReturned(it) => Some(&mut it.dispatch),
        Event::ReturnDecided(it) => Some(&mut it.dispatch),
        Event::DispatchRecalled(it) => Some(&mut it.dispatch),
        Event::HandlerAssigned(it) => it.dispatch.as_mut(),
        Event::TeamFormed(it) => it.dispatch.as_mut(),
        Event::ReportedBack(it) => Some(&mut it.dispatch),
        Event::ApprovalDecided(it) => Some(&mut it.about),
        Event::ExtensionDecided(it) => Some(&mut it.extension),
        Event::AppealDecided(it) => Some(&mut it.appeal),
        Event::SupervisionAnswered(it)
        | Event::SupervisionLifted(it)
        | Event::ReportAcknowledged(it)
        | Event::LimitsResumed(it)
        | Event::AccountabilityClosed(it)
        | Event::LegalHoldLifted(it)
        | Event::ParticipantRemoved(it)
        | Event::EmergencyOver(it) => Some(&mut it.thing),
        Event::EmergencyReviewed(it) => Some(&mut it.reading),
        Event::IdentityDecided(it) => Some(&mut it.request),
        _ => None,
    }
}

/// The duty that a deed is about.
pub(super) fn duty_in(event: &mut Event) -> Option<&mut DutyId> {
    match event {
        Event::ExtensionRequested(it) => Some(&mut it.duty),
        Event::HolderUrged(it) => Some(&mut it.duty),
        _ => None,
    }
}

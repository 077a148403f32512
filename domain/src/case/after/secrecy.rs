//! Who may know of the case.

use super::Case;
use crate::case::Entry;
use crate::case::command::{
    About, Correction, EmergencyOpened, IdentityAsked, IdentityDecision, Naming, ReadingReview, Restriction,
};
use crate::case::secrecy::{EmergencyReading, IdentityRequest, Participant, Redaction};
use crate::words::Deed;

impl Case {
    pub(super) fn participant_named(&mut self, naming: &Naming, entry: &Entry) {
        self.secrecy.participants.push(Participant {
            id: self.id.thing(entry.sequence),
            staff: naming.staff,
            reason: naming.reason.clone(),
            since: entry.occurred_at,
            by: entry.staff(),
        });
    }

    pub(super) fn participant_removed(&mut self, about: &About) {
        self.secrecy.participants.retain(|known| known.id != about.thing);
    }

    pub(super) fn restricted(&mut self, restriction: &Restriction) {
        self.secrecy.restricted = restriction.restricted;
    }

    pub(super) fn redacted(&mut self, redaction: &Correction, entry: &Entry) {
        let redactions = &mut self.secrecy.redactions;
        redactions.retain(|known| known.field != redaction.field);
        redactions.push(Redaction {
            field: redaction.field,
            text: redaction.text.clone(),
            reason: redaction.reason.clone(),
            at: entry.occurred_at,
            by: entry.staff(),
        });
    }

    pub(super) fn emergency_opened(&mut self, opened: &EmergencyOpened, entry: &Entry) {
        let Some(staff) = entry.staff() else { return };
        self.secrecy.emergency_readings.push(EmergencyReading {
            id: self.id.thing(entry.sequence),
            staff,
            reason: opened.reason.clone(),
            at: entry.occurred_at,
            until: opened.until,
            over: false,
            reviewed: None,
        });
    }

    pub(super) fn emergency_over(&mut self, about: &About) {
        if let Some(reading) = self.emergency_reading(about.thing) {
            reading.over = true;
        }
    }

    pub(super) fn emergency_reviewed(&mut self, review: &ReadingReview, entry: &Entry) {
        if let Some(reading) = self.emergency_reading(review.reading) {
            reading.reviewed = Some((entry.occurred_at, review.justified));
        }
        self.done(Deed::ReadingReview, entry, None, Some(review.reason.clone()));
    }

    pub(super) fn identity_asked(&mut self, asked: &IdentityAsked, entry: &Entry) {
        self.secrecy.identity_requests.push(IdentityRequest {
            id: self.id.thing(entry.sequence),
            by: entry.staff(),
            reason: asked.reason.clone(),
            at: entry.occurred_at,
            decided: None,
        });
    }

    pub(super) fn identity_decided(&mut self, decision: &IdentityDecision, entry: &Entry) {
        let at = entry.occurred_at;
        let mut requests = self.secrecy.identity_requests.iter_mut();
        if let Some(request) = requests.find(|known| known.id == decision.request) {
            request.decided = Some((at, decision.until(at)));
        }
        self.done(Deed::IdentityDecision, entry, None, decision.reason.clone());
    }

    fn emergency_reading(&mut self, id: crate::ids::ThingId) -> Option<&mut EmergencyReading> {
        let mut readings = self.secrecy.emergency_readings.iter_mut();
        readings.find(|reading| reading.id == id)
    }
}

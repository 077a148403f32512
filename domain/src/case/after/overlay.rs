//! Pauses, appeals, approvals asked for, holds; and what had an end and is handled anew.

use chrono::{DateTime, Utc};

use super::Case;
use crate::case::command::{
    About, Appeal as Filed, AppealDecision, LegalHold as Held, Supplement, SupplementRequest,
};
use crate::case::{Appeal, AppealDecided, ApprovalRequest, Entry, LegalHold, Suspension, TakenUp};
use crate::duty::Start;
use crate::text::Text;
use crate::words::{Deed, Status, Subject, Word};

impl Case {
    pub(super) fn limits_suspended(
        &mut self,
        ground: &Word,
        reason: Option<&Text>,
        ends_at: Option<DateTime<Utc>>,
        entry: &Entry,
    ) {
        self.suspensions.push(Suspension {
            id: self.id.thing(entry.sequence),
            sequence: entry.sequence,
            ground: ground.clone(),
            clause: entry.clause.clone(),
            reason: reason.cloned(),
            from: entry.occurred_at,
            by: entry.staff(),
            ends_at,
            ended_at: None,
        });
        self.done(Deed::Suspension, entry, None, reason.cloned());
    }

    pub(super) fn limits_resumed(&mut self, about: &About, entry: &Entry) {
        let at = entry.occurred_at;
        if let Some(pause) = self.suspensions.iter_mut().find(|it| it.id == about.thing) {
            pause.ended_at = Some(at);
        }
        self.done(Deed::Resumption, entry, None, about.text.clone());
    }

    pub(super) fn supplement_requested(&mut self, request: &SupplementRequest, entry: &Entry) {
        self.done(Deed::SupplementRequest, entry, None, Some(request.text.clone()));
    }

    pub(super) fn supplement_received(&mut self, supplement: &Supplement, entry: &Entry) {
        self.done(Deed::Supplement, entry, None, Some(supplement.text.clone()));
    }

    pub(super) fn appeal_filed(&mut self, filed: &Filed, against: Deed, entry: &Entry) {
        let done = self.in_force(against, None);
        let (against_sequence, against_by) = done.map_or((0, None), |done| (done.sequence, done.by));
        self.appeals.push(Appeal {
            id: self.id.thing(entry.sequence),
            sequence: entry.sequence,
            name: filed.name.clone(),
            clause: entry.clause.clone(),
            against,
            against_sequence,
            against_by,
            text: filed.text.clone(),
            filed_at: entry.occurred_at,
            filed_by: entry.staff(),
            decided: None,
        });
        self.done(Deed::Appeal, entry, None, Some(filed.text.clone()));
    }

    pub(super) fn appeal_decided(&mut self, decision: &AppealDecision, entry: &Entry) {
        if let Some(appeal) = self.appeals.iter_mut().find(|it| it.id == decision.appeal) {
            appeal.decided = Some(AppealDecided {
                at: entry.occurred_at,
                sequence: entry.sequence,
                outcome: decision.outcome,
            });
        }
        self.done(Deed::AppealDecision, entry, None, Some(decision.reason.clone()));
    }

    pub(super) fn approval_asked(&mut self, subject: Subject, text: &Text, voices: u8, entry: &Entry) {
        self.approval_requests.push(ApprovalRequest {
            id: self.id.thing(entry.sequence),
            sequence: entry.sequence,
            subject,
            text: text.clone(),
            at: entry.occurred_at,
            by: entry.staff(),
            voices,
            agreed: 0,
            decided: None,
        });
        self.done(Deed::ApprovalRequest, entry, None, Some(text.clone()));
    }

    pub(super) fn published(&mut self, text: &Text, entry: &Entry) {
        self.done(Deed::Publication, entry, None, Some(text.clone()));
    }

    pub(super) fn legal_hold_placed(&mut self, hold: &Held, entry: &Entry) {
        self.legal_holds.push(LegalHold {
            id: self.id.thing(entry.sequence),
            reason: hold.reason.clone(),
            placed_at: entry.occurred_at,
            placed_by: entry.staff(),
            lifted_at: None,
        });
        self.done(Deed::LegalHold, entry, None, Some(hold.reason.clone()));
    }

    pub(super) fn legal_hold_lifted(&mut self, about: &About, entry: &Entry) {
        let at = entry.occurred_at;
        if let Some(hold) = self.legal_holds.iter_mut().find(|it| it.id == about.thing) {
            hold.lifted_at = Some(at);
        }
    }

    /// What had an end, or an answer, is handled anew: the number stays, the end is undone, the next round begins,
    /// and what is owed for it counts from here.
    pub(super) fn taken_up_again(&mut self, round: u8, entry: &Entry) {
        let declined = self.status == Status::Declined;
        let ended = [Deed::Decline, Deed::Closing, Deed::EarlyClosing, Deed::Archiving];
        for done in self.done.iter_mut().filter(|done| ended.contains(&done.deed)) {
            done.stands = false;
        }
        // A pause of the former handling is no pause of the new one.
        for pause in self
            .suspensions
            .iter_mut()
            .filter(|pause| pause.ended_at.is_none())
        {
            pause.ended_at = Some(entry.occurred_at);
        }
        self.ending = None;
        self.closing = None;
        self.taken_up = Some(TakenUp {
            round,
            start: Start {
                at: entry.occurred_at,
                sequence: entry.sequence,
            },
        });
        self.begin_round(round);
        self.handler = None;
        self.team.clear();
        self.status = match (declined, self.case_no.is_some()) {
            (true, false) => Status::Received,
            (true, true) => Status::Registered,
            (false, _) => Status::Accepted,
        };
    }

    /// What belongs to a round is not there yet in the next.
    pub(super) fn begin_round(&mut self, round: u8) {
        self.round = round;
        self.round_ordered = None;
        self.investigation = None;
        self.plan = None;
        self.satisfaction = None;
        self.fault = None;
        self.second_dispatch_needed = None;
    }
}

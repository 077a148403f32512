//! Taking a matter in, and the ways it ends before an answer.

use super::Case;
use crate::case::command::{
    Acceptance, Classification, Completion, Correction, DuplicateLink, Ending, HandOver, HandedTo,
    Reassignment, Screening, SpotAnswer, Transfer,
};
use crate::case::{Entry, FirstReceiver, HandedOver};
use crate::duty::HeldBy;
use crate::ids::StaffId;
use crate::words::{AxisName, Deed, Field, Status, Subject};

impl Case {
    pub(super) fn case_registered(&mut self, case_no: &str, completion: &Completion, entry: &Entry) {
        self.case_no = Some(case_no.to_owned());
        self.state(completion);
        self.status = Status::Registered;
        self.done(Deed::Registration, entry, None, None);
    }

    pub(super) fn case_screened(&mut self, screening: &Screening, entry: &Entry) {
        self.screening = Some(screening.clone());
        self.done(Deed::Screening, entry, None, screening.note.clone());
    }

    pub(super) fn case_accepted(&mut self, acceptance: &Acceptance, entry: &Entry) {
        self.status = Status::Accepted;
        if !acceptance.screening.is_empty() {
            self.screening = Some(Screening {
                checks: acceptance.screening.clone(),
                note: acceptance.note.clone(),
            });
        }
        self.done(Deed::Screening, entry, None, None);
        self.done(Deed::Acceptance, entry, None, None);
    }

    pub(super) fn case_declined(&mut self, ending: &Ending, entry: &Entry) {
        self.ordered_notices.clear();
        self.ending = Some(ending.clone());
        self.status = Status::Declined;
        self.done(Deed::Decline, entry, None, ending.explanation.clone());
    }

    /// Inside the office the case goes on in other hands; outside it ends here.
    pub(super) fn case_handed_over(&mut self, hand_over: &HandOver, entry: &Entry) {
        let receiver = match &hand_over.to {
            HandedTo::Unit { unit } => Some(HeldBy {
                unit: Some(*unit),
                ..HeldBy::default()
            }),
            HandedTo::Position { position } => Some(HeldBy {
                position: Some(position.clone()),
                ..HeldBy::default()
            }),
            HandedTo::Outside { .. } => None,
        };
        if receiver.is_none() {
            self.ordered_notices.clear();
            self.ending = Some(hand_over.on.clone());
            self.status = Status::HandedOver;
        }
        self.hand_overs.push(HandedOver {
            hand_over: hand_over.clone(),
            receiver,
            at: entry.occurred_at,
            by: entry.staff(),
        });
        self.done(Deed::HandOver, entry, None, hand_over.on.explanation.clone());
    }

    pub(super) fn case_cancelled(&mut self, ending: &Ending, entry: &Entry) {
        self.ordered_notices.clear();
        self.ending = Some(ending.clone());
        self.status = Status::Cancelled;
        self.done(Deed::Cancellation, entry, None, ending.reason.clone());
    }

    pub(super) fn case_withdrawn(&mut self, ending: &Ending, entry: &Entry) {
        self.ordered_notices.clear();
        self.ending = Some(ending.clone());
        self.status = Status::Withdrawn;
        self.done(Deed::Withdrawal, entry, None, ending.explanation.clone());
    }

    /// What was recorded first stays as it is; what nobody had stated is stated from now on, so that a matter which came
    /// without it can go on.
    pub(super) fn fact_corrected(&mut self, correction: &Correction, entry: &Entry) {
        let field = correction.field;
        match field {
            Field::ComplainantName
            | Field::ComplainantContact
            | Field::ComplainantAddress
            | Field::ComplainantWorkplace
            | Field::ComplainantSex
            | Field::ComplainantAge => {
                self.complainant.stated.insert(field);
            }
            Field::Content if self.content.is_none() => self.content = Some(correction.text.clone()),
            Field::RequestedRemedy
            | Field::IncidentTime
            | Field::IncidentPlace
            | Field::ServiceReceiptNo
            | Field::EvidenceOrWay => {
                let stated = self.texts.entry(field);
                stated.or_insert_with(|| correction.text.clone());
            }
            // The others are no words that one could put in their place, or are stated with other deeds.
            _ => {}
        }
        self.corrections.push(correction.clone());
        self.done(Deed::Correction, entry, None, None);
    }

    pub(super) fn case_classified(&mut self, classification: &Classification, entry: &Entry) {
        let mode = self.axes.get(&AxisName::Mode).cloned();
        self.axes.extend(classification.axes.clone());
        if self.axes.get(&AxisName::Mode) != mode.as_ref() {
            // What was approved is not what is proposed now.
            self.undo(Deed::Approval(Some(Subject::Mode)));
        }
        if let Some(flags) = &classification.flags {
            self.flags.clone_from(flags);
        }
        self.done(Deed::Classification, entry, None, classification.reason.clone());
    }

    pub(super) fn duplicate_linked(&mut self, link: &DuplicateLink, entry: &Entry) {
        self.duplicates_of.push(link.of);
        self.done(Deed::DuplicateLink, entry, None, Some(link.reason.clone()));
    }

    pub(super) fn answered_on_the_spot(&mut self, answer: &SpotAnswer, entry: &Entry) {
        self.status = Status::Replied;
        for deed in [Deed::Acceptance, Deed::SpotAnswer, Deed::Reply] {
            if self.in_force(deed, None).is_none() {
                self.done(deed, entry, None, Some(answer.answer.clone()));
            }
        }
    }

    pub(super) fn first_receiver_reassigned(&mut self, reassignment: &Reassignment, entry: &Entry) {
        let next = FirstReceiver {
            staff: reassignment.to,
            // Where it came in does not change.
            unit: self.first_receiver.unit,
            since: entry.occurred_at,
        };
        let former = std::mem::replace(&mut self.first_receiver, next);
        self.former_first_receivers.push(former);
        self.done(
            Deed::FirstReceiverChange,
            entry,
            None,
            Some(reassignment.reason.clone()),
        );
    }

    pub(super) fn duties_transferred(&mut self, transfer: &Transfer, entry: &Entry) {
        let replace = |holder: &mut Option<StaffId>| {
            if *holder == Some(transfer.from) {
                *holder = Some(transfer.to);
            }
        };
        replace(&mut self.handler);
        if self.team.remove(&transfer.from) {
            self.team.insert(transfer.to);
        }
        for dispatch in &mut self.dispatches {
            replace(&mut dispatch.handler);
            replace(&mut dispatch.sent_by);
            if dispatch.team.remove(&transfer.from) {
                dispatch.team.insert(transfer.to);
            }
        }
        for order in &mut self.supervision_orders {
            replace(&mut order.supervisor.staff);
        }
        if self.first_receiver.staff == transfer.from {
            let next = FirstReceiver {
                staff: transfer.to,
                unit: self.first_receiver.unit,
                since: entry.occurred_at,
            };
            let former = std::mem::replace(&mut self.first_receiver, next);
            self.former_first_receivers.push(former);
        }
    }

    /// Takes over what registration states; what it leaves out stays as it was.
    pub(super) fn state(&mut self, completion: &Completion) {
        if completion.case_type.is_some() {
            self.case_type = completion.case_type;
        }
        self.axes.extend(completion.axes.clone());
        self.flags.extend(completion.flags.iter().cloned());
        if completion.subject.is_some() {
            self.subject.clone_from(&completion.subject);
        }
        // The first words stay: what reception recorded is the original (R03-1.7).
        if self.content.is_none() {
            self.content.clone_from(&completion.content);
        }
        for (field, text) in &completion.texts {
            self.texts.entry(*field).or_insert_with(|| text.clone());
        }
        // Who was complained of once stays barred.
        for respondent in &completion.respondents {
            if !self.respondents.contains(respondent) {
                self.respondents.push(respondent.clone());
            }
        }
    }
}

//! Instruction, dispatch, assignment, the next round.

use std::collections::BTreeSet;

use super::Case;
use crate::case::command::{Assignment, Instruction, Recusal, Remark, Signature, Task};
use crate::case::{Dispatch, Entry, RoundOrder};
use crate::text::Text;
use crate::words::{Deed, DispatchRole, Status};

impl Case {
    pub(super) fn instruction_requested(&mut self, remark: &Remark, entry: &Entry) {
        self.done(Deed::InstructionRequest, entry, None, remark.text.clone());
    }

    pub(super) fn instruction_given(&mut self, instruction: &Instruction, entry: &Entry) {
        self.instructed_unit = instruction.unit;
        self.done(Deed::Instruction, entry, None, Some(instruction.text.clone()));
    }

    pub(super) fn unit_dispatched(&mut self, task: &Task, entry: &Entry) {
        self.status = Status::Dispatched;
        self.round = self.round.max(1);
        self.send(task, entry);
        self.done(Deed::Dispatch, entry, None, task.task.clone());
        // Who was sent the form beside the lead needs not be added to it (R06-4.3c).
        if task.role != DispatchRole::Lead {
            self.done(Deed::UnitAdded, entry, None, task.task.clone());
        }
    }

    pub(super) fn unit_added(&mut self, task: &Task, entry: &Entry) {
        self.send(task, entry);
        self.done(Deed::UnitAdded, entry, None, task.task.clone());
    }

    pub(super) fn dispatch_signed(&mut self, signature: &Signature, entry: &Entry) {
        let lead = self.lead().map(|lead| lead.id);
        if let Some(dispatch) = self.dispatch_mut(signature.dispatch) {
            dispatch.signed = Some((entry.occurred_at, signature.receipt));
        }
        if lead == Some(signature.dispatch) && self.status == Status::Dispatched {
            self.status = Status::Investigating;
        }
        self.done(Deed::ReceiptOfForm, entry, Some(signature.dispatch), None);
    }

    pub(super) fn handler_assigned(&mut self, assignment: &Assignment, entry: &Entry) {
        if let Some(id) = assignment.dispatch {
            if let Some(dispatch) = self.dispatch_mut(id) {
                dispatch.handler = Some(assignment.handler);
                dispatch.team.clone_from(&assignment.team);
            }
        } else {
            self.handler = Some(assignment.handler);
            self.team.clone_from(&assignment.team);
            if self.status == Status::Accepted {
                self.status = Status::Investigating;
            }
        }
        self.done(
            Deed::Assignment,
            entry,
            assignment.dispatch,
            assignment.task.clone(),
        );
    }

    pub(super) fn person_recused(&mut self, recusal: &Recusal, entry: &Entry) {
        self.recused.insert(recusal.staff);
        if self.handler == Some(recusal.staff) {
            self.handler = None;
        }
        self.team.remove(&recusal.staff);
        for dispatch in &mut self.dispatches {
            if dispatch.handler == Some(recusal.staff) {
                dispatch.handler = None;
            }
            dispatch.team.remove(&recusal.staff);
        }
        self.done(Deed::Recusal, entry, None, Some(recusal.reason.clone()));
    }

    pub(super) fn round_ordered(&mut self, round: u8, entry: &Entry) {
        self.round_ordered = Some(RoundOrder {
            round,
            at: entry.occurred_at,
            clause: entry.clause.clone(),
        });
        self.done(Deed::RoundOrder, entry, None, None);
    }

    pub(super) fn round_opened(&mut self, round: u8, reason: Option<&Text>, entry: &Entry) {
        self.done(Deed::Redispatch, entry, None, reason.cloned());
        self.round = round;
        self.round_ordered = None;
        self.status = Status::Dispatched;
        self.investigation = None;
        self.plan = None;
        self.satisfaction = None;
        self.fault = None;
        self.second_dispatch_needed = None;
    }

    fn send(&mut self, task: &Task, entry: &Entry) {
        self.dispatches.push(Dispatch {
            id: self.id.thing(entry.sequence),
            sequence: entry.sequence,
            round: self.round,
            role: task.role,
            unit: task.unit,
            task: task.task.clone(),
            standard: task.standard.clone(),
            sent_through: task.sent_through.clone(),
            sent_at: entry.occurred_at,
            sent_by: entry.staff(),
            signed: None,
            handler: None,
            team: BTreeSet::new(),
            reported_back_at: None,
        });
    }
}

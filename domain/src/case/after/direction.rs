//! Instruction, dispatch, assignment, the next round.

use std::collections::BTreeSet;

use super::Case;
use crate::case::command::{
    Assignment, Instruction, Recall, Recusal, Remark, Return, ReturnDecision, Signature, Task, Team,
};
use crate::case::{Dispatch, Entry, GivenBack, RoundOrder, TakenBack};
use crate::ids::ThingId;
use crate::text::Text;
use crate::words::{Deed, DispatchRole, Status, Subject};

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

    /// The unit gave it back; nothing else changes until somebody decides, the clock least of all.
    pub(super) fn dispatch_returned(&mut self, given_back: &Return, entry: &Entry) {
        if let Some(dispatch) = self.dispatch_mut(given_back.dispatch) {
            dispatch.given_back.push(GivenBack {
                at: entry.occurred_at,
                by: entry.staff(),
                reason: given_back.reason.clone(),
                decided: None,
            });
        }
        // What was decided about an earlier return says nothing about this one.
        for done in &mut self.done {
            if done.deed == Deed::ReturnDecision && done.dispatch == Some(given_back.dispatch) {
                done.stands = false;
            }
        }
        let (dispatch, reason) = (Some(given_back.dispatch), Some(given_back.reason.clone()));
        self.done(Deed::Return, entry, dispatch, reason);
    }

    pub(super) fn return_decided(&mut self, decision: &ReturnDecision, entry: &Entry) {
        if let Some(pending) = self
            .dispatch_mut(decision.dispatch)
            .and_then(|dispatch| dispatch.given_back.last_mut())
        {
            pending.decided = Some((entry.occurred_at, decision.agreed));
        }
        self.done(
            Deed::ReturnDecision,
            entry,
            Some(decision.dispatch),
            decision.reason.clone(),
        );
        if decision.agreed {
            self.take_back(decision.dispatch, TakenBack::Returned, entry);
        }
    }

    pub(super) fn dispatch_recalled(&mut self, recall: &Recall, entry: &Entry) {
        self.take_back(recall.dispatch, TakenBack::Recalled, entry);
        self.done(
            Deed::Recall,
            entry,
            Some(recall.dispatch),
            Some(recall.reason.clone()),
        );
    }

    /// Without its lead a round has nobody: all its dispatches are undone, and what the units decided with them;
    /// what they found stays in the file.
    fn take_back(&mut self, id: ThingId, how: TakenBack, entry: &Entry) {
        let leads = self.lead().is_some_and(|lead| lead.id == id);
        let round = self.round;
        for dispatch in &mut self.dispatches {
            let follows = leads && dispatch.round == round && dispatch.taken_back.is_none();
            if dispatch.id == id || follows {
                dispatch.taken_back = Some((entry.occurred_at, how));
            }
        }
        if !leads {
            return;
        }
        for deed in [
            Deed::Dispatch,
            Deed::UnitAdded,
            Deed::Assignment,
            Deed::Team,
            Deed::InvestigationPlan,
            Deed::InvestigationReport,
            Deed::InvestigationEnd,
            Deed::Plan,
            Deed::Approval(Some(Subject::Plan)),
            Deed::MeasuresDone,
            Deed::RectificationCheck,
        ] {
            self.undo(deed);
        }
        self.investigation = None;
        self.plan = None;
        self.status = Status::Accepted;
    }

    pub(super) fn team_formed(&mut self, team: &Team, entry: &Entry) {
        let assignment = Assignment {
            dispatch: team.dispatch,
            handler: team.leader,
            team: team.members.clone(),
            task: team.task.clone(),
            recusal_asked: team.recusal_asked,
        };
        self.done(Deed::Team, entry, team.dispatch, team.task.clone());
        self.handler_assigned(&assignment, entry);
    }

    pub(super) fn handler_assigned(&mut self, assignment: &Assignment, entry: &Entry) {
        self.recusal_asked = assignment.recusal_asked;
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
        self.begin_round(round);
        self.status = Status::Dispatched;
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
            due_on: task.due_on,
            sent_through: task.sent_through.clone(),
            sent_at: entry.occurred_at,
            sent_by: entry.staff(),
            signed: None,
            handler: None,
            team: BTreeSet::new(),
            reported_back_at: None,
            given_back: Vec::new(),
            taken_back: None,
        });
    }
}

//! The case after an entry. Total: an event has happened, so it cannot be refused.

use std::collections::{BTreeMap, BTreeSet};

use super::command::{ApprovalDecision, Completion, Milestone, Task};
use super::event::{By, Entry, Event};
use super::status::{Scope, scope};
use super::{
    AccountabilityRecord, Case, Dispatch, Done, Extension, FirstReceiver, LeaderReport, Request, RoundOrder,
    SupervisionOrder,
};
use crate::duty::HeldBy;
use crate::ids::{StaffId, ThingId};
use crate::text::Text;
use crate::words::{Deed, DispatchRole, Status, Subject};

impl Case {
    /// The case that a first entry opens; none if it is not one that can.
    #[must_use]
    pub fn opened_by(entry: &Entry) -> Option<Self> {
        let Event::CaseReceived {
            case,
            office,
            rulebook,
            rulebook_version,
            matter,
            first_receiver,
            first_unit,
        } = &entry.event
        else {
            return None;
        };
        let mut opened = Case {
            id: *case,
            office: *office,
            rulebook: rulebook.clone(),
            rulebook_version: rulebook_version.clone(),
            status: Status::Received,
            version: entry.version,
            sequence: entry.sequence,
            case_no: None,
            channel: matter.channel,
            source: matter.source,
            received_at: matter.received_at,
            case_type: None,
            complainant: matter.complainant.clone(),
            respondents: Vec::new(),
            subject: None,
            content: None,
            texts: BTreeMap::new(),
            corrections: Vec::new(),
            axes: BTreeMap::new(),
            flags: BTreeSet::new(),
            first_receiver: FirstReceiver {
                staff: *first_receiver,
                unit: *first_unit,
                since: matter.received_at,
            },
            former_first_receivers: Vec::new(),
            handler: None,
            team: BTreeSet::new(),
            recused: BTreeSet::new(),
            round: 0,
            round_ordered: None,
            instructed_unit: None,
            dispatches: Vec::new(),
            done: Vec::new(),
            investigation: None,
            plan: None,
            satisfaction: None,
            fault: None,
            second_dispatch_needed: None,
            extensions: Vec::new(),
            supervision_orders: Vec::new(),
            leader_reports: Vec::new(),
            accountability_records: Vec::new(),
            lending_requests: Vec::new(),
            ordered_notices: Vec::new(),
            lead_named: None,
            ending: None,
            closing: None,
            duplicates_of: Vec::new(),
            imported: false,
            unrecorded: Vec::new(),
            duties: Vec::new(),
            discharged: BTreeSet::new(),
        };
        opened.state(&matter.completion);
        opened.done(Deed::Receipt, entry, None, None);
        Some(opened)
    }

    /// The case after this entry.
    #[must_use]
    pub fn after(mut self, entry: &Entry) -> Self {
        self.version = entry.version;
        self.sequence = entry.sequence;
        match &entry.event {
            // A case is opened once, by `opened_by`.
            Event::CaseReceived { .. } => {}
            Event::CaseRegistered { case_no, completion } => {
                self.case_no = Some(case_no.clone());
                self.state(completion);
                self.status = Status::Registered;
                self.done(Deed::Registration, entry, None, None);
            }
            Event::HistoryRecorded {
                case_no,
                milestones,
                reply,
                unrecorded,
            } => {
                self.case_no.clone_from(case_no);
                self.imported = true;
                self.unrecorded.clone_from(unrecorded);
                for milestone in milestones {
                    self.pass(milestone, entry, reply.as_ref());
                }
            }
            Event::CaseAccepted(_) => {
                self.status = Status::Accepted;
                self.done(Deed::Screening, entry, None, None);
                self.done(Deed::Acceptance, entry, None, None);
            }
            Event::CaseDeclined(ending) => {
                self.ending = Some(ending.clone());
                self.status = Status::Declined;
                self.done(Deed::Decline, entry, None, ending.explanation.clone());
            }
            Event::CaseWithdrawn(ending) => {
                self.ending = Some(ending.clone());
                self.status = Status::Withdrawn;
                self.done(Deed::Withdrawal, entry, None, ending.explanation.clone());
            }
            Event::FactCorrected(correction) => {
                self.corrections.push(correction.clone());
                self.done(Deed::Correction, entry, None, None);
            }
            Event::CaseClassified(classification) => {
                self.axes.extend(classification.axes.clone());
                if let Some(flags) = &classification.flags {
                    self.flags.clone_from(flags);
                }
                self.done(Deed::Classification, entry, None, classification.reason.clone());
            }
            Event::FlagsRaised { flags } => self.flags.extend(flags.iter().cloned()),
            Event::DuplicateLinked(link) => {
                self.duplicates_of.push(link.of);
                self.done(Deed::DuplicateLink, entry, None, Some(link.reason.clone()));
            }
            Event::AnsweredOnTheSpot(answer) => {
                self.status = Status::Replied;
                for deed in [Deed::Acceptance, Deed::SpotAnswer, Deed::Reply] {
                    if self.in_force(deed, None).is_none() {
                        self.done(deed, entry, None, Some(answer.answer.clone()));
                    }
                }
            }
            Event::FirstReceiverReassigned(reassignment) => {
                let next = FirstReceiver {
                    staff: reassignment.to,
                    unit: None,
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
            Event::DutiesTransferred(transfer) => {
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
            Event::InstructionRequested(remark) => {
                self.done(Deed::InstructionRequest, entry, None, remark.text.clone());
            }
            Event::InstructionGiven(instruction) => {
                self.instructed_unit = instruction.unit;
                self.done(Deed::Instruction, entry, None, Some(instruction.text.clone()));
            }
            Event::UnitDispatched(task) => {
                self.status = Status::Dispatched;
                self.round = self.round.max(1);
                self.send(task, entry);
                self.done(Deed::Dispatch, entry, None, task.task.clone());
            }
            Event::UnitAdded(task) => {
                self.send(task, entry);
                self.done(Deed::UnitAdded, entry, None, task.task.clone());
            }
            Event::DispatchSigned(signature) => {
                let lead = self.lead().map(|lead| lead.id);
                if let Some(dispatch) = self.dispatch_mut(signature.dispatch) {
                    dispatch.signed = Some((entry.occurred_at, signature.receipt));
                }
                if lead == Some(signature.dispatch) && self.status == Status::Dispatched {
                    self.status = Status::Investigating;
                }
                self.done(Deed::ReceiptOfForm, entry, Some(signature.dispatch), None);
            }
            Event::HandlerAssigned(assignment) => {
                match assignment.dispatch {
                    Some(id) => {
                        if let Some(dispatch) = self.dispatch_mut(id) {
                            dispatch.handler = Some(assignment.handler);
                            dispatch.team.clone_from(&assignment.team);
                        }
                    }
                    None => {
                        self.handler = Some(assignment.handler);
                        self.team.clone_from(&assignment.team);
                        if self.status == Status::Accepted {
                            self.status = Status::Investigating;
                        }
                    }
                }
                self.done(
                    Deed::Assignment,
                    entry,
                    assignment.dispatch,
                    assignment.task.clone(),
                );
            }
            Event::PersonRecused(recusal) => {
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
            Event::WorkRecorded(work) => {
                self.done(work.kind.deed(), entry, None, Some(work.text.clone()));
            }
            Event::ProgressTold(progress) => {
                self.done(Deed::Progress, entry, None, Some(progress.text.clone()));
            }
            Event::InvestigationCompleted(investigation) => {
                self.status = Status::Disposing;
                self.done(Deed::InvestigationEnd, entry, None, investigation.report.clone());
                self.investigation = Some((**investigation).clone());
            }
            Event::PlanDrafted(plan) => {
                self.undo(Deed::Plan);
                self.undo(Deed::Approval(Some(Subject::Plan)));
                self.plan = Some(plan.clone());
                self.done(Deed::Plan, entry, None, Some(plan.measures.clone()));
            }
            Event::LendingRequested(remark) => {
                self.lending_requests.push(Request {
                    id: self.id.thing(entry.sequence),
                    at: entry.occurred_at,
                    by: entry.staff(),
                    text: remark.text.clone(),
                    decided: None,
                });
                self.done(Deed::Lending, entry, None, remark.text.clone());
            }
            Event::ApprovalDecided(decision) => self.decided(decision, entry),
            Event::MeasureTaken(measure) => {
                self.done(
                    Deed::Measure(Some(measure.kind)),
                    entry,
                    None,
                    Some(measure.text.clone()),
                );
            }
            Event::MeasuresCompleted(remark) => {
                self.done(Deed::MeasuresDone, entry, None, remark.text.clone());
            }
            Event::RectificationOrdered(order) => {
                self.done(Deed::RectificationOrder, entry, None, Some(order.text.clone()));
            }
            Event::RectificationChecked(check) => {
                if check.passed {
                    self.done(Deed::RectificationCheck, entry, None, check.text.clone());
                } else {
                    self.undo(Deed::RectificationCheck);
                    self.undo(Deed::MeasuresDone);
                }
            }
            Event::ReportedBack(report) => {
                let lead = self.lead().map(|lead| lead.id);
                if let Some(dispatch) = self.dispatch_mut(report.dispatch) {
                    dispatch.reported_back_at = Some(entry.occurred_at);
                }
                if lead == Some(report.dispatch) && self.status != Status::Replied {
                    self.status = Status::Resolved;
                }
                self.done(
                    Deed::ReportBack,
                    entry,
                    Some(report.dispatch),
                    Some(report.text.clone()),
                );
            }
            Event::Replied(reply) => {
                self.status = Status::Replied;
                self.done(Deed::Reply, entry, None, Some(reply.text.clone()));
            }
            Event::NoticeServed(notice) => {
                let deed = Deed::Notice(Some(notice.kind));
                self.ordered_notices.retain(|(ordered, _)| !ordered.covers(deed));
                self.done(deed, entry, None, Some(notice.text.clone()));
            }
            Event::NoticeOrdered { deed } => {
                if let Some(clause) = &entry.clause {
                    self.ordered_notices.push((*deed, clause.clone()));
                }
            }
            Event::ReportedUpstream(remark) => {
                self.done(Deed::UpstreamReport, entry, None, remark.text.clone());
            }
            Event::FollowedUp(follow_up) => {
                self.satisfaction = Some(follow_up.satisfaction);
                self.done(Deed::FollowUp, entry, None, follow_up.opinion.clone());
            }
            Event::FaultJudged(judgement) => {
                self.fault = Some(judgement.fault);
                self.done(Deed::FaultJudgement, entry, None, Some(judgement.reason.clone()));
            }
            Event::SecondDispatchDecided(decision) => {
                self.second_dispatch_needed = Some(decision.needed);
                self.done(Deed::SecondDispatchDecision, entry, None, decision.reason.clone());
            }
            Event::RoundOrdered { round } => {
                self.round_ordered = Some(RoundOrder {
                    round: *round,
                    at: entry.occurred_at,
                    clause: entry.clause.clone(),
                });
                self.done(Deed::RoundOrder, entry, None, None);
            }
            Event::RoundOpened { round, reason } => {
                self.done(Deed::Redispatch, entry, None, reason.clone());
                self.round = *round;
                self.round_ordered = None;
                self.status = Status::Dispatched;
                self.investigation = None;
                self.plan = None;
                self.satisfaction = None;
                self.fault = None;
                self.second_dispatch_needed = None;
            }
            Event::SupervisionDemanded(demand) => {
                let supervisor = HeldBy {
                    staff: entry.staff(),
                    ..HeldBy::default()
                };
                self.supervise(
                    entry,
                    supervisor,
                    Some(demand.unit),
                    Some(demand.demand.clone()),
                    demand.within,
                );
            }
            Event::SupervisionImposed { supervisor, unit } => {
                self.supervise(entry, supervisor.clone(), *unit, None, None);
            }
            Event::SupervisionAnswered(about) => {
                let at = entry.occurred_at;
                if let Some(order) = self
                    .supervision_orders
                    .iter_mut()
                    .find(|order| order.id == about.thing)
                {
                    order.answered_at = Some(at);
                }
                self.done(Deed::SupervisionAnswer, entry, None, about.text.clone());
            }
            Event::SupervisionLifted(about) => {
                let at = entry.occurred_at;
                if let Some(order) = self
                    .supervision_orders
                    .iter_mut()
                    .find(|order| order.id == about.thing)
                {
                    order.lifted_at = Some(at);
                }
                self.done(Deed::SupervisionLifting, entry, None, about.text.clone());
            }
            Event::ReportedToLeader(report) => {
                let to = HeldBy {
                    position: Some(report.to.clone()),
                    ..HeldBy::default()
                };
                self.report_to(entry, to, Some(report.text.clone()));
            }
            Event::ReportOwed { to } => self.report_to(entry, to.clone(), None),
            Event::ReportAcknowledged(about) => {
                let at = entry.occurred_at;
                if let Some(report) = self
                    .leader_reports
                    .iter_mut()
                    .find(|report| report.id == about.thing)
                {
                    report.acknowledged_at = Some(at);
                }
                self.done(Deed::Acknowledgement, entry, None, about.text.clone());
            }
            Event::ExtensionRequested(request) => {
                if let Some(duty) = self.duties.iter().find(|duty| duty.id == request.duty) {
                    self.extensions.push(Extension {
                        id: self.id.thing(entry.sequence),
                        duty: duty.key.clone(),
                        clause: duty.clause.clone(),
                        asked: request.amount,
                        reason: request.reason.clone(),
                        asked_at: entry.occurred_at,
                        asked_by: entry.staff(),
                        decided: None,
                    });
                }
                self.done(Deed::ExtensionRequest, entry, None, request.reason.clone());
            }
            Event::ExtensionDecided(decision) => {
                let at = entry.occurred_at;
                if let Some(asked) = self
                    .extensions
                    .iter_mut()
                    .find(|asked| asked.id == decision.extension)
                {
                    asked.decided = Some((at, decision.granted));
                }
                self.done(Deed::ExtensionDecision, entry, None, decision.reason.clone());
            }
            Event::AccountabilityOpened(record) => {
                let on = HeldBy {
                    staff: record.staff,
                    unit: record.unit,
                    position: None,
                };
                self.hold_accountable(entry, on, Some(record.reason.clone()));
            }
            Event::AccountabilityImposed { on } => self.hold_accountable(entry, on.clone(), None),
            Event::AccountabilityClosed(about) => {
                let at = entry.occurred_at;
                if let Some(record) = self
                    .accountability_records
                    .iter_mut()
                    .find(|record| record.id == about.thing)
                {
                    record.closed_at = Some(at);
                }
                self.done(Deed::AccountabilityClosing, entry, None, about.text.clone());
            }
            Event::CaseClosed(closing) => {
                self.status = Status::Closed;
                self.closing = Some(closing.clone());
                self.done(Deed::Closing, entry, None, closing.explanation.clone());
            }
            Event::CaseArchived(remark) => {
                if self.status == Status::Closed {
                    self.status = Status::Archived;
                }
                self.done(Deed::Archiving, entry, None, remark.text.clone());
            }
            Event::HolderUrged(_) | Event::UnitUrged { .. } => self.done(Deed::Urging, entry, None, None),
            Event::LeadNamed { holder } => self.lead_named = Some(holder.clone()),
            Event::Notified { .. } => {}
            Event::StepTaken { duty, step } => {
                if let Some(open) = self.duties.iter_mut().find(|open| open.id == *duty) {
                    open.steps_taken.insert(step.clone());
                }
            }
            Event::DutyOpened(duty) => self.duties.push((**duty).clone()),
            Event::DutyMoved(duty) => {
                if let Some(open) = self.duties.iter_mut().find(|open| open.id == duty.id) {
                    *open = (**duty).clone();
                }
            }
            Event::DutyDischarged { duty, .. } => {
                if let Some(at) = self.duties.iter().position(|open| open.id == *duty) {
                    let done = self.duties.remove(at);
                    self.discharged.insert(done.key);
                }
            }
            Event::DutyLapsed { duty } => self.duties.retain(|open| open.id != *duty),
        }
        self
    }

    /// Takes over what registration states; what it leaves out stays as it was.
    fn state(&mut self, completion: &Completion) {
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
        self.texts.extend(completion.texts.clone());
        if !completion.respondents.is_empty() {
            self.respondents.clone_from(&completion.respondents);
        }
    }

    /// Notes that a deed was done. Of deeds that only fill the file the newest is kept, so that a
    /// case does not grow with its file; the events keep them all.
    fn done(&mut self, deed: Deed, entry: &Entry, dispatch: Option<ThingId>, text: Option<Text>) {
        let (round, keeps_all) = (
            self.round,
            !matches!(scope(deed), Scope::Round) || keeps_each(deed),
        );
        if !keeps_all || matches!(scope(deed), Scope::Thing) {
            self.done
                .retain(|done| !(done.deed == deed && done.round == round));
        }
        self.done.push(Done {
            deed,
            id: self.id.thing(entry.sequence),
            sequence: entry.sequence,
            at: entry.occurred_at,
            by: entry.staff(),
            positions: entry.positions(),
            round,
            dispatch,
            text,
            stands: true,
        });
    }

    /// Takes a deed of the running round out of force.
    fn undo(&mut self, deed: Deed) {
        let round = self.round;
        for done in &mut self.done {
            if done.deed == deed && done.round == round {
                done.stands = false;
            }
        }
    }

    fn dispatch_mut(&mut self, id: ThingId) -> Option<&mut Dispatch> {
        self.dispatches.iter_mut().find(|dispatch| dispatch.id == id)
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

    fn decided(&mut self, decision: &ApprovalDecision, entry: &Entry) {
        let at = entry.occurred_at;
        if let Some(request) = self
            .lending_requests
            .iter_mut()
            .find(|request| request.id == decision.about)
        {
            request.decided = Some((at, decision.granted));
        }
        let deed = Deed::Approval(Some(decision.subject));
        if decision.granted {
            self.done(deed, entry, None, decision.reason.clone());
        } else if decision.subject == Subject::Plan {
            self.undo(Deed::Plan);
            self.plan = None;
        }
    }

    fn supervise(
        &mut self,
        entry: &Entry,
        supervisor: HeldBy,
        unit: Option<crate::ids::UnitId>,
        demand: Option<Text>,
        within: Option<crate::time_limit::Span>,
    ) {
        self.done(Deed::SupervisionOrder, entry, None, demand.clone());
        self.supervision_orders.push(SupervisionOrder {
            id: self.id.thing(entry.sequence),
            sequence: entry.sequence,
            supervisor,
            unit,
            clause: entry.clause.clone(),
            demand,
            within,
            ordered_at: entry.occurred_at,
            answered_at: None,
            lifted_at: None,
        });
    }

    fn report_to(&mut self, entry: &Entry, to: HeldBy, text: Option<Text>) {
        self.done(Deed::LeaderReport, entry, None, text.clone());
        self.leader_reports.push(LeaderReport {
            id: self.id.thing(entry.sequence),
            to,
            clause: entry.clause.clone(),
            text,
            at: entry.occurred_at,
            acknowledged_at: None,
        });
    }

    fn hold_accountable(&mut self, entry: &Entry, on: HeldBy, text: Option<Text>) {
        self.done(Deed::AccountabilityRecord, entry, None, text);
        self.accountability_records.push(AccountabilityRecord {
            id: self.id.thing(entry.sequence),
            on,
            clause: entry.clause.clone(),
            opened_at: entry.occurred_at,
            opened_by: entry.staff(),
            closed_at: None,
        });
    }

    /// Passes a milestone of the time before the service.
    fn pass(&mut self, milestone: &Milestone, entry: &Entry, reply: Option<&Text>) {
        let then = Entry {
            occurred_at: milestone.at,
            ..entry.clone()
        };
        let text = if milestone.deed == Deed::Reply {
            reply.cloned()
        } else {
            None
        };
        self.done(milestone.deed, &then, None, text);
        if let Some(status) = status_after(milestone.deed) {
            self.status = status;
        }
    }
}

/// The status that a milestone of a ledger leaves a case in, where it is one that does.
#[must_use]
pub fn status_after(deed: Deed) -> Option<Status> {
    match deed {
        Deed::Receipt => Some(Status::Received),
        Deed::Registration => Some(Status::Registered),
        Deed::Acceptance => Some(Status::Accepted),
        Deed::Assignment => Some(Status::Investigating),
        Deed::InvestigationEnd => Some(Status::Disposing),
        Deed::Reply => Some(Status::Replied),
        Deed::Closing => Some(Status::Closed),
        Deed::Archiving => Some(Status::Archived),
        _ => None,
    }
}

/// Deeds of a round that are each worth keeping: what was answered, measured, asked.
fn keeps_each(deed: Deed) -> bool {
    matches!(
        deed,
        Deed::Measure(_) | Deed::Reply | Deed::FollowUp | Deed::Dispatch | Deed::UnitAdded
    )
}

impl Entry {
    /// The member of staff who did it, if one did.
    pub fn staff(&self) -> Option<StaffId> {
        match &self.by {
            By::Staff { staff, .. } => Some(*staff),
            By::Administrator { staff } => Some(*staff),
            By::Rule | By::Clock | By::Import => None,
        }
    }

    /// The positions that permitted it.
    pub fn positions(&self) -> BTreeSet<crate::words::PositionName> {
        match &self.by {
            By::Staff { positions, .. } => positions.clone(),
            By::Administrator { .. } | By::Rule | By::Clock | By::Import => BTreeSet::new(),
        }
    }
}

/// Exactly one unit leads.
#[must_use]
pub fn one_lead(tasks: &[Task]) -> bool {
    tasks
        .iter()
        .filter(|task| task.role == DispatchRole::Lead)
        .count()
        == 1
}

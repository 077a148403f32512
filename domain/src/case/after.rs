//! The case after an entry. Total: an event has happened, so it cannot be refused.

use std::collections::{BTreeMap, BTreeSet};

use super::event::{By, Entry, Event};
use super::status::{Scope, scope};
use super::{Case, Dispatch, Done, FirstReceiver};
use crate::ids::{StaffId, ThingId};
use crate::text::Text;
use crate::words::{Deed, PositionName, Status};

mod coming_in;
mod direction;
mod ending;
mod handling;
mod history;
mod overlay;
mod secrecy;
mod time;
mod watching;

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
            recorded_at: entry.recorded_at,
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
            suspensions: Vec::new(),
            appeals: Vec::new(),
            approval_requests: Vec::new(),
            legal_holds: Vec::new(),
            taken_up: None,
            supervision_orders: Vec::new(),
            leader_reports: Vec::new(),
            accountability_records: Vec::new(),
            lending_requests: Vec::new(),
            ordered_notices: Vec::new(),
            lead_named: None,
            ending: None,
            hand_overs: Vec::new(),
            screening: None,
            recusal_asked: false,
            closing: None,
            duplicates_of: Vec::new(),
            imported: false,
            unrecorded: Vec::new(),
            duties: Vec::new(),
            discharged: BTreeSet::new(),
            secrecy: super::secrecy::Secrecy::default(),
            in_place_of: BTreeMap::new(),
        };
        opened.state(&matter.completion);
        opened.done(Deed::Receipt, entry, None, None);
        Some(opened)
    }

    /// The case after this entry.
    #[must_use]
    #[expect(clippy::too_many_lines, reason = "a table: one entry for each event")]
    pub fn after(mut self, entry: &Entry) -> Self {
        self.version = entry.version;
        self.sequence = entry.sequence;
        self.recorded_at = self.recorded_at.max(entry.recorded_at);
        if let By::Staff {
            acting_for: Some(principal),
            ..
        } = &entry.by
        {
            self.in_place_of.insert(entry.sequence, *principal);
        }
        match &entry.event {
            // A case is opened once, by `opened_by`; what somebody was told changes nothing.
            Event::CaseReceived { .. } | Event::Notified { .. } => {}
            Event::CaseRegistered { case_no, completion } => self.case_registered(case_no, completion, entry),
            Event::HistoryRecorded {
                case_no,
                milestones,
                reply,
                unrecorded,
            } => self.history_recorded(case_no.as_ref(), milestones, reply.as_ref(), unrecorded, entry),
            Event::CaseScreened(screening) => self.case_screened(screening, entry),
            Event::CaseAccepted(acceptance) => self.case_accepted(acceptance, entry),
            Event::CaseDeclined(ending) => self.case_declined(ending, entry),
            Event::CaseHandedOver(hand_over) => self.case_handed_over(hand_over, entry),
            Event::CaseWithdrawn(ending) => self.case_withdrawn(ending, entry),
            Event::CaseCancelled(ending) => self.case_cancelled(ending, entry),
            Event::FactCorrected(correction) => self.fact_corrected(correction, entry),
            Event::CaseClassified(classification) => self.case_classified(classification, entry),
            Event::FlagsRaised { flags } => self.flags.extend(flags.iter().cloned()),
            Event::DuplicateLinked(link) => self.duplicate_linked(link, entry),
            Event::AnsweredOnTheSpot(answer) => self.answered_on_the_spot(answer, entry),
            Event::FirstReceiverReassigned(reassignment) => {
                self.first_receiver_reassigned(reassignment, entry);
            }
            Event::DutiesTransferred(transfer) => self.duties_transferred(transfer, entry),
            Event::MovedToVersion(to) => {
                self.rulebook = to.rulebook.clone();
                self.rulebook_version = to.version.to_string();
            }
            Event::InstructionRequested(remark) => self.instruction_requested(remark, entry),
            Event::InstructionGiven(instruction) => self.instruction_given(instruction, entry),
            Event::UnitDispatched(task) => self.unit_dispatched(task, entry),
            Event::UnitAdded(task) => self.unit_added(task, entry),
            Event::DispatchSigned(signature) => self.dispatch_signed(signature, entry),
            Event::DispatchReturned(given_back) => self.dispatch_returned(given_back, entry),
            Event::ReturnDecided(decision) => self.return_decided(decision, entry),
            Event::DispatchRecalled(recall) => self.dispatch_recalled(recall, entry),
            Event::HandlerAssigned(assignment) => self.handler_assigned(assignment, entry),
            Event::TeamFormed(team) => self.team_formed(team, entry),
            Event::PersonRecused(recusal) => self.person_recused(recusal, entry),
            Event::WorkRecorded(work) => self.work_recorded(work, entry),
            Event::ProgressTold(progress) => self.progress_told(progress, entry),
            Event::InvestigationCompleted(investigation) => {
                self.investigation_completed(investigation, entry);
            }
            Event::PlanDrafted(plan) => self.plan_drafted(plan, entry),
            Event::LendingRequested(remark) => self.lending_requested(remark, entry),
            Event::ApprovalDecided(decision) => self.decided(decision, entry),
            Event::ApprovalAsked {
                subject,
                text,
                voices,
            } => self.approval_asked(*subject, text, *voices, entry),
            Event::MeasureTaken(measure) => self.measure_taken(measure, entry),
            Event::MeasuresCompleted(remark) => self.measures_completed(remark, entry),
            Event::RectificationOrdered(order) => self.rectification_ordered(order, entry),
            Event::RectificationChecked(check) => self.rectification_checked(check, entry),
            Event::ReportedBack(report) => self.reported_back(report, entry),
            Event::Replied(reply) => self.replied(reply, entry),
            Event::NoticeServed(notice) => self.notice_served(notice, entry),
            Event::NoticeOrdered { deed } => self.notice_ordered(*deed, entry),
            Event::ReportedUpstream(remark) => self.reported_upstream(remark, entry),
            Event::FollowedUp(follow_up) => self.followed_up(follow_up, entry),
            Event::FaultJudged(judgement) => self.fault_judged(judgement, entry),
            Event::SecondDispatchDecided(decision) => self.second_dispatch_decided(decision, entry),
            Event::RoundOrdered { round } => self.round_ordered(*round, entry),
            Event::RoundOpened { round, reason } => self.round_opened(*round, reason.as_ref(), entry),
            Event::SupervisionDemanded(demand) => self.supervision_demanded(demand, entry),
            Event::SupervisionImposed { supervisor, unit } => {
                self.supervise(entry, supervisor.clone(), *unit, None, None);
            }
            Event::SupervisionAnswered(about) => self.supervision_answered(about, entry),
            Event::SupervisionLifted(about) => self.supervision_lifted(about, entry),
            Event::ReportedToLeader(report) => self.reported_to_leader(report, entry),
            Event::ReportOwed { to } => self.report_to(entry, to.clone(), None),
            Event::ReportAcknowledged(about) => self.report_acknowledged(about, entry),
            Event::ExtensionRequested(request) => self.extension_requested(request, entry),
            Event::ExtensionDecided(decision) => self.extension_decided(decision, entry),
            Event::LimitsSuspended {
                ground,
                reason,
                ends_at,
            } => self.limits_suspended(ground, reason.as_ref(), *ends_at, entry),
            Event::LimitsResumed(about) => self.limits_resumed(about, entry),
            Event::SupplementRequested(request) => self.supplement_requested(request, entry),
            Event::SupplementReceived(supplement) => self.supplement_received(supplement, entry),
            Event::AppealFiled { appeal, against } => self.appeal_filed(appeal, *against, entry),
            Event::AppealDecided(decision) => self.appeal_decided(decision, entry),
            Event::CaseTakenUpAgain { round } => self.taken_up_again(*round, entry),
            Event::AccountabilityOpened(record) => self.accountability_opened(record, entry),
            Event::AccountabilityImposed { on } => self.hold_accountable(entry, on.clone(), None),
            Event::AccountabilityClosed(about) => self.accountability_closed(about, entry),
            Event::CaseClosed(closing) => self.case_closed(closing, entry),
            Event::CaseClosedEarly(early) => self.case_closed_early(early, entry),
            Event::CaseReopened { reopening, round } => self.case_reopened(reopening, *round, entry),
            Event::CaseArchived(remark) => self.case_archived(remark, entry),
            Event::Published { text } => self.published(text, entry),
            Event::LegalHoldPlaced(hold) => self.legal_hold_placed(hold, entry),
            Event::LegalHoldLifted(about) => self.legal_hold_lifted(about, entry),
            Event::CaseErased { .. } => self.done(Deed::Erasure, entry, None, None),
            Event::ParticipantNamed(naming) => self.participant_named(naming, entry),
            Event::ParticipantRemoved(about) => self.participant_removed(about),
            Event::CaseRestricted(restriction) => self.restricted(restriction),
            Event::TextRedacted(redaction) => self.redacted(redaction, entry),
            Event::EmergencyOpened(opened) => self.emergency_opened(opened, entry),
            Event::EmergencyOver(about) => self.emergency_over(about),
            Event::EmergencyReviewed(review) => self.emergency_reviewed(review, entry),
            Event::IdentityRequested(asked) => self.identity_asked(asked, entry),
            Event::IdentityDecided(decision) => self.identity_decided(decision, entry),
            Event::HolderUrged(_) | Event::UnitUrged { .. } => self.done(Deed::Urging, entry, None, None),
            Event::LeadNamed { holder } => self.lead_named = Some(holder.clone()),
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

    /// Notes that a deed was done. Of deeds that only fill the file the newest is kept, so that a
    /// case does not grow with its file; the events keep them all.
    fn done(&mut self, deed: Deed, entry: &Entry, dispatch: Option<ThingId>, text: Option<Text>) {
        let (round, keeps_all) = (
            self.round,
            !matches!(scope(deed), Scope::Round) || keeps_each(deed),
        );
        let replaces = matches!(
            deed,
            Deed::Notice(_) | Deed::Correction | Deed::Screening | Deed::Classification | Deed::DuplicateLink
        );
        if !keeps_all || replaces || matches!(scope(deed), Scope::Thing) {
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
}

/// Deeds of a round that are each worth keeping: what was answered, measured, asked.
fn keeps_each(deed: Deed) -> bool {
    matches!(
        deed,
        Deed::Measure(_)
            | Deed::Reply
            | Deed::FollowUp
            | Deed::Dispatch
            | Deed::UnitAdded
            | Deed::Approval(_)
            | Deed::SupplementRequest
            | Deed::Supplement
    )
}

impl Entry {
    /// The member of staff who did it, if one did.
    pub fn staff(&self) -> Option<StaffId> {
        match &self.by {
            By::Staff { staff, .. } | By::Administrator { staff } => Some(*staff),
            By::Rule | By::Clock | By::Import => None,
        }
    }

    /// The positions that permitted it.
    pub fn positions(&self) -> BTreeSet<PositionName> {
        match &self.by {
            By::Staff { positions, .. } => positions.clone(),
            By::Administrator { .. } | By::Rule | By::Clock | By::Import => BTreeSet::new(),
        }
    }
}

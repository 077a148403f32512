//! Who is told what (提醒): of what happened on a case, the persons whom it concerns, each by name.
//!
//! Decided as everything else is, from the entries, the case and the office's directory, so that what somebody is told
//! is written with the command that caused it. A notification is a pointer: which case, which entry, under which clause,
//! which duty. It holds no word that a person wrote. Whether its addressee may see the case is asked when he reads it,
//! not here: sight may be lost in between, and what is then shown is nothing.
//!
//! It is no message of its own to the outside: the entry that it points to is in the outbox already.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::case::decide::Actor;
use crate::case::{By, Case, Context, Entry, Event};
use crate::duty::{Duty, HeldBy};
use crate::ids::{CaseId, DutyId, StaffId};
use crate::words::{ClauseId, words};

words! {
    /// Why somebody is told.
    NotificationKind {
        Notice "A rule says that you are told" "规则要求告知",
        Urged "You are urged" "催办",
        ReportToAcknowledge "A report waits for your acknowledgement" "报告待阅",
        SupervisionToWatch "You supervise the handling" "由您督办",
        SupervisionToAnswer "You are supervised and owe an answer" "被督办待回应",
        HeldAccountable "You are to answer for the handling" "被追究责任",
        LeadNamed "You lead the handling" "指定牵头",
        DutyAssigned "You owe something" "新的待办",
    }
}

/// One thing that one person is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notification {
    /// Its id. Those of later instants are greater.
    pub id: Uuid,
    /// Whom.
    pub to: StaffId,
    /// Why.
    pub kind: NotificationKind,
    /// The number of the entry that it is about.
    pub sequence: u64,
    /// The clause that the entry rests on.
    pub clause: Option<ClauseId>,
    /// The duty that it is about, if it is about one.
    pub duty: Option<DutyId>,
    /// When it was written.
    pub at: DateTime<Utc>,
}

/// How many persons are told of one entry at most. A notice to more of them is a matter of the worklist, which a unit or
/// a position has in common.
pub const TOLD_MAX: usize = 50;

/// Who is told what of these entries, which a command has just added. Who acted is not told of what he did himself, and
/// an import of what is long past tells nobody.
#[must_use]
pub fn told(before: Option<&Case>, entries: &[Entry], case: &Case, context: &Context) -> Vec<Notification> {
    if context.actor == Actor::Import {
        return Vec::new();
    }
    let mut told = Vec::new();
    // The step of a ladder that is being taken: what follows it is about its duty.
    let mut late: Option<DutyId> = None;
    for entry in entries {
        if let Event::StepTaken { duty, .. } = &entry.event {
            late = Some(*duty);
            continue;
        }
        let concerns = concerned(entry, late, case);
        if concerns.is_empty() {
            late = None;
        }
        for (kind, holder, duty) in concerns {
            let people = people(&holder, case, context);
            let people = people.into_iter().filter(|staff| !acted(*staff, entry));
            told.extend(
                people
                    .take(TOLD_MAX)
                    .map(|to| notification(case.id, entry, to, kind, duty)),
            );
        }
    }
    assigned(before, entries, case, &mut told);
    told.retain(|one| !case.bars(one.to) && context.directory.active(one.to).is_some());
    told
}

/// Whom an entry concerns, why, and about which duty.
#[expect(
    clippy::too_many_lines,
    reason = "a line for each event, so that a new one must be thought about"
)]
fn concerned(
    entry: &Entry,
    late: Option<DutyId>,
    case: &Case,
) -> Vec<(NotificationKind, HeldBy, Option<DutyId>)> {
    use NotificationKind as Kind;
    // What the entry made, a duty may be about.
    let opened = || about(case, entry).map(|duty| duty.id);
    let of_unit = |unit| HeldBy {
        unit: Some(unit),
        ..HeldBy::default()
    };
    match &entry.event {
        Event::Notified { holder, .. } => vec![(Kind::Notice, holder.clone(), late)],
        Event::UnitUrged { holder } => vec![(Kind::Urged, holder.clone(), late)],
        Event::HolderUrged(urge) => {
            let duty = case.duties.iter().find(|duty| duty.id == urge.duty);
            duty.map(|duty| (Kind::Urged, duty.terms.holder.clone(), Some(duty.id)))
                .into_iter()
                .collect()
        }
        Event::ReportOwed { to } => vec![(Kind::ReportToAcknowledge, to.clone(), opened())],
        Event::ReportedToLeader(report) => {
            let to = HeldBy {
                staff: None,
                unit: report.unit,
                position: Some(report.to.clone()),
            };
            vec![(Kind::ReportToAcknowledge, to, opened())]
        }
        Event::SupervisionImposed { supervisor, unit } => {
            let answers = unit.map(|unit| (Kind::SupervisionToAnswer, of_unit(unit), opened()));
            let watches = (Kind::SupervisionToWatch, supervisor.clone(), opened());
            std::iter::once(watches).chain(answers).collect()
        }
        Event::SupervisionDemanded(demand) => demand
            .unit
            .map(|unit| (Kind::SupervisionToAnswer, of_unit(unit), opened()))
            .into_iter()
            .collect(),
        Event::AccountabilityImposed { on } => vec![(Kind::HeldAccountable, on.clone(), None)],
        Event::AccountabilityOpened(record) => {
            let on = HeldBy {
                staff: record.staff,
                unit: record.unit,
                position: None,
            };
            vec![(Kind::HeldAccountable, on, None)]
        }
        Event::LeadNamed { holder } => vec![(Kind::LeadNamed, holder.clone(), None)],
        // Nobody is told of these by name: who owes something for them finds it as his duty, which is told below.
        Event::CaseReceived { .. }
        | Event::CaseRegistered { .. }
        | Event::HistoryRecorded { .. }
        | Event::CaseScreened(_)
        | Event::CaseAccepted(_)
        | Event::CaseDeclined(_)
        | Event::CaseHandedOver(_)
        | Event::CaseWithdrawn(_)
        | Event::CaseCancelled(_)
        | Event::FactCorrected(_)
        | Event::CaseClassified(_)
        | Event::DuplicateLinked(_)
        | Event::AnsweredOnTheSpot(_)
        | Event::FirstReceiverReassigned(_)
        | Event::DutiesTransferred(_)
        | Event::MovedToVersion(_)
        | Event::InstructionRequested(_)
        | Event::InstructionGiven(_)
        | Event::UnitDispatched(_)
        | Event::UnitAdded(_)
        | Event::DispatchSigned(_)
        | Event::DispatchReturned(_)
        | Event::ReturnDecided(_)
        | Event::DispatchRecalled(_)
        | Event::HandlerAssigned(_)
        | Event::TeamFormed(_)
        | Event::PersonRecused(_)
        | Event::WorkRecorded(_)
        | Event::ProgressTold(_)
        | Event::InvestigationCompleted(_)
        | Event::PlanDrafted(_)
        | Event::LendingRequested(_)
        | Event::ApprovalDecided(_)
        | Event::ApprovalAsked { .. }
        | Event::MeasureTaken(_)
        | Event::MeasuresCompleted(_)
        | Event::RectificationOrdered(_)
        | Event::RectificationChecked(_)
        | Event::ReportedBack(_)
        | Event::Replied(_)
        | Event::NoticeServed(_)
        | Event::ReportedUpstream(_)
        | Event::FollowedUp(_)
        | Event::FaultJudged(_)
        | Event::SecondDispatchDecided(_)
        | Event::RoundOrdered { .. }
        | Event::RoundOpened { .. }
        | Event::FlagsRaised { .. }
        | Event::SupervisionAnswered(_)
        | Event::SupervisionLifted(_)
        | Event::ReportAcknowledged(_)
        | Event::ExtensionRequested(_)
        | Event::ExtensionDecided(_)
        | Event::LimitsSuspended { .. }
        | Event::LimitsResumed(_)
        | Event::SupplementRequested(_)
        | Event::SupplementReceived(_)
        | Event::AppealFiled { .. }
        | Event::AppealDecided(_)
        | Event::CaseTakenUpAgain { .. }
        | Event::AccountabilityClosed(_)
        | Event::NoticeOrdered { .. }
        | Event::CaseClosed(_)
        | Event::CaseClosedEarly(_)
        | Event::CaseReopened { .. }
        | Event::CaseArchived(_)
        | Event::Published { .. }
        | Event::LegalHoldPlaced(_)
        | Event::CaseErased { .. }
        | Event::ParticipantNamed(_)
        | Event::ParticipantRemoved(_)
        | Event::CaseRestricted(_)
        | Event::TextRedacted(_)
        // Oversight is told by a notice of its own, the custodian by his duty.
        | Event::EmergencyOpened(_)
        | Event::EmergencyOver(_)
        | Event::EmergencyReviewed(_)
        | Event::IdentityRequested(_)
        | Event::IdentityDecided(_)
        | Event::LegalHoldLifted(_)
        | Event::StepTaken { .. }
        | Event::DutyOpened(_)
        | Event::DutyMoved(_)
        | Event::DutyDischarged { .. }
        | Event::DutyLapsed { .. } => Vec::new(),
    }
}

/// Tells everybody who owes something in person that he did not owe before: once for a command, of what is due first.
/// Who was told of it otherwise is not told twice.
fn assigned(before: Option<&Case>, entries: &[Entry], case: &Case, told: &mut Vec<Notification>) {
    let held_before = |duty: &Duty| {
        let known = before.and_then(|before| before.duties.iter().find(|known| known.id == duty.id));
        known.and_then(|known| known.terms.holder.staff)
    };
    let mut new: Vec<(StaffId, &Duty, &Entry)> = Vec::new();
    for entry in entries {
        let (Event::DutyOpened(named) | Event::DutyMoved(named)) = &entry.event else {
            continue;
        };
        // As the command left it: it may have moved on, or ended, within the same command.
        let Some(duty) = case.duties.iter().find(|duty| duty.id == named.id) else {
            continue;
        };
        if let Some(staff) = duty.terms.holder.staff
            && held_before(duty) != Some(staff)
            && !entries.iter().any(|entry| acted(staff, entry))
        {
            new.push((staff, duty, entry));
        }
    }
    new.sort_by_key(|(staff, duty, entry)| {
        let due = duty.terms.due.as_ref().map(|due| due.at);
        (*staff, due.is_none(), due, entry.sequence)
    });
    new.dedup_by_key(|(staff, ..)| *staff);
    for (staff, duty, entry) in new {
        if !told
            .iter()
            .any(|one| one.to == staff && one.duty == Some(duty.id))
        {
            let kind = NotificationKind::DutyAssigned;
            told.push(Notification {
                clause: Some(duty.clause.clone()),
                ..notification(case.id, entry, staff, kind, Some(duty.id))
            });
        }
    }
}

/// The duty that is about what an entry made: an order, a report.
fn about<'c>(case: &'c Case, entry: &Entry) -> Option<&'c Duty> {
    let made = case.id.thing(entry.sequence);
    case.duties.iter().find(|duty| duty.key.thing == Some(made))
}

fn acted(staff: StaffId, entry: &Entry) -> bool {
    match &entry.by {
        By::Staff { staff: actor, .. } | By::Administrator { staff: actor } => *actor == staff,
        By::Rule | By::Clock | By::Import => false,
    }
}

/// The persons behind a holder: the one who is named; of a position those who hold it, in the unit if one is named; of a
/// unit alone its accountable officer, or everybody in it where there is none.
fn people(holder: &HeldBy, case: &Case, context: &Context) -> BTreeSet<StaffId> {
    let directory = context.directory;
    if let Some(staff) = holder.staff {
        return BTreeSet::from([staff]);
    }
    let officer = holder.unit.and_then(|unit| directory.accountable_officer(unit));
    if let (Some(officer), None) = (officer.filter(|officer| !case.bars(*officer)), &holder.position) {
        return BTreeSet::from([officer]);
    }
    if holder.unit.is_none() && holder.position.is_none() {
        return BTreeSet::new();
    }
    let members = directory.staff.iter().filter(|(staff, member)| {
        member.active
            && !case.bars(**staff)
            && holder.unit.is_none_or(|unit| member.unit == Some(unit))
            && holder
                .position
                .as_ref()
                .is_none_or(|position| member.positions.contains(position))
    });
    members.map(|(staff, _)| *staff).collect()
}

fn notification(
    case: CaseId,
    entry: &Entry,
    to: StaffId,
    kind: NotificationKind,
    duty: Option<DutyId>,
) -> Notification {
    Notification {
        id: id(case, entry, to, kind),
        to,
        kind,
        sequence: entry.sequence,
        clause: entry.clause.clone(),
        duty,
        at: entry.recorded_at,
    }
}

/// The id of what somebody is told: in the order of time, and named after what it says, so that deciding stays
/// deterministic.
fn id(case: CaseId, entry: &Entry, to: StaffId, kind: NotificationKind) -> Uuid {
    let said = format!("{} {to} {kind}", entry.sequence);
    let named = Uuid::new_v5(&case.0, said.as_bytes());
    let mut rest = [0; 10];
    rest.copy_from_slice(&named.as_bytes()[..10]);
    let millis = u64::try_from(entry.recorded_at.timestamp_millis()).unwrap_or_default();
    uuid::Builder::from_unix_timestamp_millis(millis, &rest).into_uuid()
}

#[cfg(test)]
mod tests {
    use strum::IntoEnumIterator;

    use super::*;

    #[test]
    fn every_kind_is_read_back_from_its_word() {
        for kind in NotificationKind::iter() {
            assert_eq!(kind.as_str().parse(), Ok(kind));
        }
    }
}

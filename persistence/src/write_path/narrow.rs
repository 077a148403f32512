//! What of a case and its duties stands in columns, for lists and counts to read.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use domain::authority::{is_confidential, sight};
use domain::case::{Case, Context};
use domain::duty::{Duty, DutySource, Verdict};
use domain::escalation::next_look;
use domain::notification::Notification;
use domain::rulebook::Force;
use domain::words::{AxisName, Deed};

use super::rows::{CaseRow, DutyRow, NotificationRow, StateRow};
use super::whole;
use crate::case::DutyState;

impl CaseRow {
    /// The narrow row of a case as it stands.
    pub(super) fn of(case: &Case, context: &Context) -> serde_json::Result<Self> {
        let axis = |name| case.axes.get(&name).map(ToString::to_string);
        let lead = case.lead();
        let next = next_due(case);
        let due = next.and_then(|duty| duty.terms.due.as_ref());
        Ok(Self {
            office_id: case.office.0,
            id: case.id.0,
            case_no: case.case_no.clone(),
            rulebook_code: case.rulebook.to_string(),
            rulebook_version: case.rulebook_version.clone(),
            version: whole(case.version),
            sequence: whole(case.sequence),
            status: case.status.to_string(),
            case_type: case.case_type.map(|case_type| case_type.to_string()),
            channel: case.channel.to_string(),
            source: case.source.to_string(),
            category: axis(AxisName::Category),
            severity: axis(AxisName::Severity),
            urgency: axis(AxisName::Urgency),
            flags: serde_json::to_string(&case.flags)?,
            confidential: is_confidential(case, context),
            round: case.round.into(),
            lead_unit_id: lead.map(|lead| lead.unit.0),
            first_receiver_id: Some(case.first_receiver.staff.0),
            handler_id: case
                .handler
                .or_else(|| lead.and_then(|lead| lead.handler))
                .map(|handler| handler.0),
            received_at: case.received_at,
            registered_at: done_at(case, Deed::Registration),
            accepted_at: done_at(case, Deed::Acceptance),
            replied_at: done_at(case, Deed::Reply),
            closed_at: done_at(case, Deed::Closing),
            archived_at: done_at(case, Deed::Archiving),
            next_due_at: due.map(|due| due.at),
            next_due_on: due.map(|due| due.on),
            next_due_duty_id: next.map(|duty| duty.id.0),
            next_due_hard: next.is_some_and(|duty| duty.terms.force == Force::Must),
            next_look_at: next_look(case, context),
            imported: case.imported,
            fresh: false,
        })
    }
}

impl StateRow {
    /// The fat row of a case as it stands.
    pub(super) fn of(case: &Case, head: &[u8], context: &Context) -> serde_json::Result<Self> {
        let sight = sight(case, context);
        let audience = sight.audience.iter().map(ToString::to_string);
        let barred = sight.barred.iter().map(|key| format!("-{key}"));
        let keys: BTreeSet<String> = audience.chain(barred).collect();
        Ok(Self {
            office_id: case.office.0,
            case_id: case.id.0,
            document: serde_json::to_string(case)?,
            sight: Vec::from_iter(keys).join(" "),
            head: head.to_vec(),
            fresh: false,
        })
    }
}

impl DutyRow {
    /// A duty of this case, with how it stands: its state, when it ended, and the verdict.
    pub(super) fn of(
        duty: &Duty,
        case: &Case,
        (state, ended_at, verdict): (DutyState, Option<DateTime<Utc>>, Option<Verdict>),
        context: &Context,
    ) -> serde_json::Result<Self> {
        let terms = &duty.terms;
        let due = terms.due.as_ref();
        let about = duty
            .key
            .thing
            .and_then(|thing| case.dispatches.iter().find(|sent| sent.id == thing));
        Ok(Self {
            office_id: case.office.0,
            id: duty.id.0,
            case_id: case.id.0,
            rule: duty.key.name.clone(),
            clause: duty.clause.to_string(),
            owes: terms.owes.to_string(),
            source: match terms.source {
                DutySource::Rulebook => "rulebook",
                DutySource::Order => "order",
            }
            .to_owned(),
            holder_staff_id: terms.holder.staff.map(|staff| staff.0),
            holder_unit_id: terms.holder.unit.map(|unit| unit.0),
            holder_position: terms.holder.position.as_ref().map(ToString::to_string),
            case_no: case.case_no.clone(),
            case_type: case.case_type.map(|case_type| case_type.to_string()),
            severity: case.axes.get(&AxisName::Severity).map(ToString::to_string),
            round: duty.key.round.into(),
            unit_id: about
                .map(|sent| sent.unit)
                .or(terms.holder.unit)
                .or_else(|| case.lead().map(|lead| lead.unit))
                .map(|unit| unit.0),
            start_on: terms.start.map(|start| context.calendar.date_of(start.at)),
            limit_text: terms.limit.as_ref().map(|limit| limit.within.to_string()),
            due_on: due.map(|due| due.on),
            due_at: due.map(|due| due.at),
            hard: terms.force == Force::Must,
            provisional: due.is_some_and(|due| due.provisional),
            calendar_version: due.map(|_| terms.calendar_version.into()),
            state: state.as_str().to_owned(),
            opened_at: duty.opened_at,
            ended_at,
            verdict: verdict.map(|verdict| <&'static str>::from(verdict).to_owned()),
            document: serde_json::to_string(duty)?,
        })
    }
}

impl NotificationRow {
    /// What somebody is told about this case.
    pub(super) fn of(told: Notification, case: &Case) -> Self {
        Self {
            office_id: case.office.0,
            staff_id: told.to.0,
            id: told.id,
            case_id: case.id.0,
            sequence: whole(told.sequence),
            kind: told.kind.to_string(),
            clause: told.clause.map(|clause| clause.to_string()),
            duty_id: told.duty.map(|duty| duty.0),
            told_at: told.at,
        }
    }
}

/// The duty that leads the worklist: of those with a due time the earliest, what must be done before what normally is.
fn next_due(case: &Case) -> Option<&Duty> {
    case.duties
        .iter()
        .filter(|duty| duty.terms.due.is_some())
        .min_by_key(|duty| {
            let at = duty.terms.due.as_ref().map(|due| due.at);
            (duty.terms.force != Force::Must, at, duty.id)
        })
}

/// When a deed was last done, if it stands.
fn done_at(case: &Case, deed: Deed) -> Option<DateTime<Utc>> {
    let mut done = case.done.iter().rev();
    done.find(|done| done.stands && done.deed == deed)
        .map(|done| done.at)
}

//! Who answers for a case.

use chrono::{DateTime, FixedOffset};
use domain::case::{Case, FirstReceiver};
use domain::duty::{Duty, is_tracking};
use domain::gate::opens;
use domain::responsibility::first_that_may;
use domain::words::{Deed, DispatchRole};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Holder, StaffName, Teller, UnitName};
use crate::duty::view::in_order;
use crate::problem::ClauseView;

/// Who answers for the case, and for what.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Responsibility)]
pub(crate) struct ResponsibilityView {
    /// Who took it in.
    first_receiver: FirstReceiverView,
    /// Who did before, oldest first.
    #[schema(max_items = 100)]
    former_first_receivers: Vec<FirstReceiverView>,
    /// Whether the first receiver still follows it.
    tracking: bool,
    /// The clause that says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    tracking_clause: Option<ClauseView>,
    /// The unit that leads.
    #[serde(skip_serializing_if = "Option::is_none")]
    lead_unit: Option<UnitName>,
    /// The units that support it.
    #[schema(max_items = 50)]
    support_units: Vec<UnitName>,
    /// The units that handle it jointly.
    #[schema(max_items = 50)]
    joint_units: Vec<UnitName>,
    /// Who handles it: in the lead unit, or in the office itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    handler: Option<StaffName>,
    /// Who works with the handler.
    #[schema(max_items = 20)]
    team: Vec<StaffName>,
    /// Who answers for the lead unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    accountable_officer: Option<StaffName>,
    /// Who supervises, while an order stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    supervisor: Option<Holder>,
    /// Who answers the complainant.
    #[serde(skip_serializing_if = "Option::is_none")]
    replier: Option<Holder>,
    /// The one duty that moves it on; absent when the case is at its end.
    #[serde(skip_serializing_if = "Option::is_none")]
    awaiting: Option<Awaiting>,
}

/// Who took a matter in (首问责任人).
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = FirstReceiver)]
pub(crate) struct FirstReceiverView {
    /// Who.
    staff_id: Uuid,
    /// The name.
    #[schema(max_length = 100)]
    name: String,
    /// The unit, if any.
    #[serde(skip_serializing_if = "Option::is_none")]
    unit_id: Option<Uuid>,
    /// Since when.
    since: DateTime<FixedOffset>,
}

/// What the case waits for.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Awaiting {
    /// The duty.
    duty_id: Uuid,
    /// Its kind.
    #[schema(max_length = 64)]
    kind: String,
    /// Who owes it.
    holder: Holder,
    /// The first instant that is too late.
    #[serde(skip_serializing_if = "Option::is_none")]
    due_at: Option<DateTime<FixedOffset>>,
}

impl ResponsibilityView {
    pub(super) fn new(case: &Case, teller: &Teller) -> Self {
        let lead = case.lead();
        let units = |role: DispatchRole| {
            case.running_dispatches()
                .filter(|dispatch| dispatch.role == role)
                .map(|dispatch| teller.unit_name(dispatch.unit))
                .collect()
        };
        let tracking = case.duties.iter().find(|duty| is_tracking(duty));
        let team = lead.map_or(&case.team, |lead| &lead.team);
        let officer = lead.and_then(|lead| teller.law.directory.accountable_officer(lead.unit));
        let supervisor = case
            .supervision_orders
            .iter()
            .rev()
            .find(|order| order.lifted_at.is_none());
        let replying = case
            .duties
            .iter()
            .find(|duty| duty.terms.owes == Deed::Reply && !is_tracking(duty));
        let replier = match replying {
            Some(duty) => Some(duty.terms.holder.clone()),
            None => first_that_may(Deed::Reply, &teller.context()),
        };
        Self {
            first_receiver: first_receiver(&case.first_receiver, teller),
            former_first_receivers: case
                .former_first_receivers
                .iter()
                .map(|it| first_receiver(it, teller))
                .collect(),
            tracking: tracking.is_some(),
            tracking_clause: tracking.map(|duty| teller.clause(&duty.clause)),
            lead_unit: lead.map(|lead| teller.unit_name(lead.unit)),
            support_units: units(DispatchRole::Support),
            joint_units: units(DispatchRole::Joint),
            handler: lead
                .map_or(case.handler, |lead| lead.handler)
                .map(|staff| teller.staff_name(staff)),
            team: team.iter().map(|staff| teller.staff_name(*staff)).collect(),
            accountable_officer: officer.map(|staff| teller.staff_name(staff)),
            supervisor: supervisor.map(|order| teller.holder(&order.supervisor)),
            replier: replier.map(|held| teller.holder(&held)),
            awaiting: awaited(case, teller).map(|duty| Awaiting {
                duty_id: duty.id.0,
                kind: duty.key.name.clone(),
                holder: teller.holder(&duty.terms.holder),
                due_at: duty.terms.due.as_ref().map(|due| teller.instant(due.at)),
            }),
        }
    }
}

/// The duty that moves the case on: the first that can be done now; while none can, the first there is.
fn awaited<'c>(case: &'c Case, teller: &Teller) -> Option<&'c Duty> {
    let context = teller.context();
    let duties: Vec<&Duty> = in_order(&case.duties)
        .into_iter()
        .filter(|duty| !is_tracking(duty))
        .collect();
    let can_be_done = |duty: &&&Duty| opens(case, &context, duty.terms.owes, duty.key.thing);
    duties.iter().find(can_be_done).or(duties.first()).copied()
}

fn first_receiver(it: &FirstReceiver, teller: &Teller) -> FirstReceiverView {
    FirstReceiverView {
        staff_id: it.staff.0,
        name: teller.staff_name(it.staff).name,
        unit_id: it.unit.map(|unit| unit.0),
        since: teller.instant(it.since),
    }
}

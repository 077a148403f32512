//! Supervision, reports to leaders, accountability.

use super::Case;
use crate::case::command::{About, Accountability, LeaderReport as ReportToLeader, SupervisionDemand};
use crate::case::{AccountabilityRecord, Entry, LeaderReport, SupervisionOrder};
use crate::duty::HeldBy;
use crate::ids::UnitId;
use crate::text::Text;
use crate::time_limit::Span;
use crate::words::Deed;

impl Case {
    pub(super) fn supervision_demanded(&mut self, demand: &SupervisionDemand, entry: &Entry) {
        let supervisor = HeldBy {
            staff: entry.staff(),
            ..HeldBy::default()
        };
        self.supervise(
            entry,
            supervisor,
            demand.unit,
            Some(demand.demand.clone()),
            demand.within,
        );
    }

    pub(super) fn supervision_answered(&mut self, about: &About, entry: &Entry) {
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

    pub(super) fn supervision_lifted(&mut self, about: &About, entry: &Entry) {
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

    pub(super) fn reported_to_leader(&mut self, report: &ReportToLeader, entry: &Entry) {
        let to = HeldBy {
            staff: None,
            unit: report.unit,
            position: Some(report.to.clone()),
        };
        self.report_to(entry, to, Some(report.text.clone()));
    }

    pub(super) fn report_acknowledged(&mut self, about: &About, entry: &Entry) {
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

    pub(super) fn accountability_opened(&mut self, record: &Accountability, entry: &Entry) {
        let on = HeldBy {
            staff: record.staff,
            unit: record.unit,
            position: None,
        };
        self.hold_accountable(entry, on, Some(record.reason.clone()));
    }

    pub(super) fn accountability_closed(&mut self, about: &About, entry: &Entry) {
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

    pub(super) fn supervise(
        &mut self,
        entry: &Entry,
        supervisor: HeldBy,
        unit: Option<UnitId>,
        demand: Option<Text>,
        within: Option<Span>,
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

    pub(super) fn report_to(&mut self, entry: &Entry, to: HeldBy, text: Option<Text>) {
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

    pub(super) fn hold_accountable(&mut self, entry: &Entry, on: HeldBy, text: Option<Text>) {
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
}

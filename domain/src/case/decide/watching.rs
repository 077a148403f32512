//! Urging, supervision, reports to leaders, accountability.

use super::coming_in::usable_unit;
use super::{Book, Context, Event, Refusal};
use crate::case::Case;
use crate::case::command::{About, Accountability, LeaderReport, SupervisionDemand, Urge};
use crate::case::refusal::Missing;
use crate::responsibility::hold;
use crate::rulebook::{Holder, Need};
use crate::words::{Deed, Field};

pub(super) fn urge(case: &Case, urge: &Urge, book: &mut Book) -> Result<(), Refusal> {
    if !case.duties.iter().any(|duty| duty.id == urge.duty) {
        return Err(Refusal::ReferenceUnknown { field: "duty_id" });
    }
    book.note(Event::HolderUrged(urge.clone()))
}

pub(super) fn order_supervision(
    case: &Case,
    it: &SupervisionDemand,
    context: &Context,
    book: &mut Book,
) -> Result<(), Refusal> {
    // Only who has the matter in hand, or had it, can answer for it: a unit, or the office's own handler.
    match it.unit {
        Some(unit) => {
            usable_unit(unit, "unit_id", context)?;
            if !case.dispatches.iter().any(|sent| sent.unit == unit) {
                return Err(Refusal::WrongState { field: "unit_id" });
            }
        }
        None if case.handler.is_some() => {}
        None => return Err(Refusal::WrongState { field: "unit_id" }),
    }
    book.note(Event::SupervisionDemanded(it.clone()))
}

pub(super) fn lift_supervision(case: &Case, about: &About, book: &mut Book) -> Result<(), Refusal> {
    let Some(order) = case
        .supervision_orders
        .iter()
        .find(|order| order.id == about.thing)
    else {
        return Err(Refusal::ReferenceUnknown { field: "order_id" });
    };
    if order.answered_at.is_none() && about.text.is_none() {
        let need = Need::Field(Field::Reason);
        let missing = Missing {
            need,
            or: Vec::new(),
            clause: order.clause.clone(),
            by: None,
        };
        return Err(Refusal::FactsMissing {
            missing: vec![missing],
        });
    }
    book.note(Event::SupervisionLifted(about.clone()))
}

/// A position that sits in units is meant in the one unit that has the matter, and in no other (R09-4a).
pub(super) fn report_to_leader(
    case: &Case,
    report: &LeaderReport,
    context: &Context,
    book: &mut Book,
) -> Result<(), Refusal> {
    let reads = context
        .rulebook
        .position(&report.to)
        .is_some_and(|to| to.may_do(Deed::Acknowledgement));
    if !reads {
        return Err(Refusal::NotListed {
            field: "to",
            word: report.to.to_string(),
            clause: None,
        });
    }
    let holder = Holder::Position(report.to.clone());
    let to = hold(&holder, Deed::Acknowledgement, case, context, None);
    book.note(Event::ReportedToLeader(LeaderReport {
        unit: to.and_then(|to| to.unit),
        ..report.clone()
    }))
}

pub(super) fn open_accountability(
    it: &Accountability,
    context: &Context,
    book: &mut Book,
) -> Result<(), Refusal> {
    match (it.unit, it.staff) {
        (None, None) => return Err(Refusal::ReferenceUnknown { field: "unit_id" }),
        (Some(unit), _) if !context.directory.units.contains_key(&unit) => {
            return Err(Refusal::ReferenceUnknown { field: "unit_id" });
        }
        (_, Some(staff)) if !context.directory.staff.contains_key(&staff) => {
            return Err(Refusal::ReferenceUnknown { field: "staff_id" });
        }
        (Some(_), _) | (_, Some(_)) => {}
    }
    book.note(Event::AccountabilityOpened(it.clone()))
}

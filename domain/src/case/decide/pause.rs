//! Limits that stand still and run on, and the complainant asked for more.

use super::{Book, Context, Event, Refusal};
use crate::case::Case;
use crate::case::command::{About, Supplement, Suspension};
use crate::case::permitted::{pausable, pause_barred, pause_ends_at};
use crate::ids::StaffId;
use crate::words::Deed;

pub(super) fn suspend(
    case: &Case,
    it: &Suspension,
    staff: StaffId,
    context: &Context,
    book: &mut Book,
) -> Result<(), Refusal> {
    let rules = &context.rulebook.suspensions;
    let Some(rule) = rules.iter().find(|rule| rule.ground == it.ground) else {
        return Err(Refusal::NotListed {
            field: "ground",
            word: it.ground.to_string(),
            clause: rules.first().map(|rule| rule.clause.clone()),
        });
    };
    if !pausable(case, staff, context).any(|open| open.ground == rule.ground) {
        return Err(Refusal::NotPermitted {
            deed: Deed::Suspension,
            clause: Some(rule.clause.clone()),
        });
    }
    if let Some(refusal) = pause_barred(case, rule, it.reason.is_some(), context) {
        return Err(refusal);
    }
    book.rests_on = Some(rule.clause.clone());
    book.note(Event::LimitsSuspended {
        ground: it.ground.clone(),
        reason: it.reason.clone(),
        ends_at: pause_ends_at(case, rule, context),
    })?;
    if let Some(kind) = rule.tell {
        book.note(Event::NoticeOrdered {
            deed: Deed::Notice(Some(kind)),
        })?;
    }
    Ok(())
}

pub(super) fn resume(case: &Case, about: &About, book: &mut Book) -> Result<(), Refusal> {
    let pause = case.suspensions.iter().find(|pause| pause.id == about.thing);
    if let Some(clause) = pause.and_then(|pause| pause.clause.clone()) {
        book.rests_on = Some(clause);
    }
    book.note(Event::LimitsResumed(about.clone()))
}

pub(super) fn supplement(
    case: &Case,
    it: &Supplement,
    context: &Context,
    book: &mut Book,
) -> Result<(), Refusal> {
    let at = it.received_at.unwrap_or(context.now);
    if at > context.now || at < case.received_at {
        return Err(Refusal::TimesOutOfOrder { field: "received_at" });
    }
    book.note_at(at, Event::SupplementReceived(it.clone()));
    Ok(())
}

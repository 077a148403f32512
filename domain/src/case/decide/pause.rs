//! Limits that stand still and run on, and the complainant asked for more.

use chrono::{DateTime, Utc};

use super::{Book, Context, Event, Refusal};
use crate::case::Case;
use crate::case::command::{About, Supplement, Suspension};
use crate::case::permitted::{ground_barred, pausable};
use crate::ids::StaffId;
use crate::rulebook::SuspensionRule;
use crate::time_limit::{self, Limit, Pause, Span, Within};
use crate::words::Deed;

pub(super) fn suspend(
    case: &Case,
    it: &Suspension,
    staff: StaffId,
    context: &Context,
    book: &mut Book,
) -> Result<(), Refusal> {
    let Some(rule) = pausable(case, staff, context).find(|rule| rule.ground == it.ground) else {
        let clause = context.rulebook.suspensions.first();
        return Err(Refusal::NotListed {
            field: "ground",
            word: it.ground.to_string(),
            clause: clause.map(|rule| rule.clause.clone()),
        });
    };
    if let Some(refusal) = ground_barred(case, Deed::Suspension, &it.ground, it.reason.is_some(), context) {
        return Err(refusal);
    }
    if case.open_suspensions().any(|pause| pause.ground == it.ground) {
        return Err(Refusal::AlreadyDone {
            deed: Deed::Suspension,
        });
    }
    let stopped = |rule: &SuspensionRule| {
        case.duties
            .iter()
            .any(|duty| rule.stops.iter().any(|name| name.as_str() == duty.key.name))
    };
    if !stopped(rule) {
        return Err(Refusal::WrongState { field: "ground" });
    }
    let ends_at = ends_at(case, rule, context);
    if let (Some(ends_at), Some(total)) = (ends_at, rule.in_total)
        && ends_at <= context.now
    {
        return Err(Refusal::BoundReached {
            clause: rule.clause.clone(),
            bound: total.amount.get(),
        });
    }
    book.rests_on = Some(rule.clause.clone());
    book.note(Event::LimitsSuspended {
        ground: it.ground.clone(),
        reason: it.reason.clone(),
        ends_at,
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

/// When the clock ends a pause that begins now: after the longest single one, or when all pauses on this ground
/// together are used up.
fn ends_at(case: &Case, rule: &SuspensionRule, context: &Context) -> Option<DateTime<Utc>> {
    let counting = context.rulebook.counting_of_windows();
    let over = |from: DateTime<Utc>, span: Span, between: &[Pause]| {
        let limit = Limit::from(Within::Span(span));
        time_limit::count(from, &limit, &counting, between, context.calendar).map(|count| count.due_at)
    };
    let mut earlier: Vec<(DateTime<Utc>, DateTime<Utc>)> = case
        .suspensions
        .iter()
        .filter(|pause| pause.ground == rule.ground)
        .filter_map(|pause| Some((pause.from, pause.ended_at?)))
        .collect();
    earlier.sort_unstable();
    let once = rule.at_most.and_then(|span| over(context.now, span, &[]));
    let in_all = rule.in_total.and_then(|span| {
        // The time between two pauses is a pause of the pausing.
        let first = earlier.first().map_or(context.now, |(from, _)| *from);
        let ends = earlier.iter().map(|(_, to)| *to);
        let begins = earlier.iter().skip(1).map(|(from, _)| *from).chain([context.now]);
        let between: Vec<Pause> = ends
            .zip(begins)
            .map(|(from, to)| Pause { from, to: Some(to) })
            .collect();
        over(first, span, &between)
    });
    once.into_iter().chain(in_all).min()
}

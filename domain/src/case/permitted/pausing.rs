//! On which grounds limits can be paused now, by whom, and until when at most.

use chrono::{DateTime, Utc};

use super::ground_barred;
use crate::case::{Case, Context, Refusal};
use crate::ids::StaffId;
use crate::responsibility::{hold, is_one_of};
use crate::rulebook::{Entry, Holder, SuspensionRule};
use crate::time_limit::{self, Limit, Pause, Span, Within};
use crate::words::{ClauseId, Deed};

/// The grounds on which this member of staff may pause limits of this case.
pub fn pausable<'c>(
    case: &'c Case,
    staff: StaffId,
    context: &'c Context<'_>,
) -> impl Iterator<Item = &'c Entry<SuspensionRule>> {
    context
        .rulebook
        .suspensions
        .iter()
        .filter(move |rule| is_his(rule, case, staff, context))
}

fn is_his(rule: &SuspensionRule, case: &Case, staff: StaffId, context: &Context) -> bool {
    rule.by == Holder::WhoeverMay
        || hold(&rule.by, Deed::Suspension, case, context, None)
            .is_some_and(|held| is_one_of(staff, &held, context))
}

/// Whether any ground is this person's to pause on; if not, the clause of the ground that others could pause on now.
pub(in crate::case) fn may_pause(case: &Case, staff: StaffId, context: &Context) -> (bool, Option<ClauseId>) {
    let rules = &context.rulebook.suspensions;
    let clause = rules
        .iter()
        .find(|rule| pause_barred(case, rule, true, context).is_none())
        .or(rules.first())
        .map(|rule| rule.clause.clone());
    (pausable(case, staff, context).next().is_some(), clause)
}

/// Why no limit of this case can be paused on this ground now, under the ground's own clause; nothing where one can.
/// `explained` says whether a reason is given.
pub(in crate::case) fn pause_barred(
    case: &Case,
    rule: &SuspensionRule,
    explained: bool,
    context: &Context,
) -> Option<Refusal> {
    if let Some(refusal) = ground_barred(case, Deed::Suspension, &rule.ground, explained, context) {
        return Some(refusal);
    }
    if case.open_suspensions().any(|pause| pause.ground == rule.ground) {
        return Some(Refusal::AlreadyDone {
            deed: Deed::Suspension,
        });
    }
    let runs = |name: &str| case.duties.iter().any(|duty| duty.key.name == name);
    if !rule.stops.iter().any(|name| runs(name.as_str())) {
        return Some(Refusal::NotProvided {
            deed: Deed::Suspension,
            clause: Some(rule.clause.clone()),
        });
    }
    let (ends_at, total) = (pause_ends_at(case, rule, context)?, rule.in_total?);
    (ends_at <= context.now).then(|| Refusal::BoundReached {
        clause: rule.clause.clone(),
        bound: total.amount.get(),
    })
}

/// When the clock ends a pause that begins now: after the longest single one, or when all pauses on this ground
/// together are used up.
pub(in crate::case) fn pause_ends_at(
    case: &Case,
    rule: &SuspensionRule,
    context: &Context,
) -> Option<DateTime<Utc>> {
    let counting = context.rulebook.counting_of_windows();
    let over = |from: DateTime<Utc>, span: Span, between: &[Pause]| {
        let limit = Limit::from(Within::Span(span));
        time_limit::end(from, &limit, &counting, between, context.calendar).map(|end| end.at)
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

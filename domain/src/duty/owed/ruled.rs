//! The duties that the rulebook names: where each is running, from when, for how long, and when it is due.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use super::due;
use crate::case::permitted::exists;
use crate::case::status::{Scope, scope, statuses};
use crate::case::{Act, Case, Context, Dispatch};
use crate::duty::{Due, DutyKey, DutySource, Start, Terms};
use crate::gate;
use crate::ids::ThingId;
use crate::responsibility::hold;
use crate::rulebook::DutyRule;
use crate::time_limit::{Limit, Pause, Span, Within};
use crate::words::{ClauseId, Deed, Status};

/// Limits that were met or missed before the case came into the service, each with its start, its
/// end and its terms: what history forms a verdict on.
#[must_use]
pub fn past(case: &Case, context: &Context) -> Vec<(DutyKey, ClauseId, Terms, DateTime<Utc>)> {
    let facts = case.facts(context.rulebook, context.directory);
    let mut past = Vec::new();
    for rule in context.rulebook.duties() {
        if !rule.when.matches(&facts) || matches!(scope(rule.owes), Scope::Dispatch | Scope::Thing) {
            continue;
        }
        let (Some(start), Some(end)) = (case.in_force(rule.from, None), case.in_force(rule.owes, None))
        else {
            continue;
        };
        let start = Start {
            at: start.at,
            sequence: start.sequence,
        };
        let key = key(rule, case, None);
        if let Some(terms) = terms(rule, case, context, &key, start, None)
            && terms.due.is_some()
        {
            past.push((key, rule.clause.clone(), terms, end.at));
        }
    }
    past
}

/// The duties that the rulebook names.
pub(super) fn ruled(case: &Case, context: &Context, owed: &mut BTreeMap<DutyKey, (ClauseId, Terms)>) {
    let facts = case.facts(context.rulebook, context.directory);
    for rule in context.rulebook.duties() {
        if !rule.when.matches(&facts) || is_passed(rule.owes, case, context) {
            continue;
        }
        for (start, thing, dispatch) in instances(rule, case) {
            let key = key(rule, case, thing);
            let is_over = |rule: &DutyRule, key: &DutyKey| {
                case.discharged.contains(key) && !was_undone(rule.owes, case)
            };
            // What can begin no more stands for nothing.
            let begins = |own: &DutyRule| {
                case.in_force(own.from, None).is_some() || !is_passed(own.from, case, context)
            };
            let stands = |own: &DutyRule| !is_over(own, &self::key(own, case, thing)) && begins(own);
            if is_over(rule, &key) || context.rulebook.is_silent(rule, &facts, stands) {
                continue;
            }
            if let Some(terms) = terms(rule, case, context, &key, start, dispatch) {
                owed.insert(key, (rule.clause.clone(), terms));
            }
        }
    }
}

/// Whether the deed was done in this round and undone since: what was discharged by it is owed again.
fn was_undone(owes: Deed, case: &Case) -> bool {
    case.done
        .iter()
        .any(|done| !done.stands && done.round == case.round && owes.covers(done.deed))
}

/// Whether the case has gone past every status in which the deed could be done: what was answered on
/// the spot is dispatched to nobody, and what a ledger calls answered is not registered any more.
fn is_passed(owes: Deed, case: &Case, context: &Context) -> bool {
    let mut chances = gate::acts_for(owes)
        .flat_map(|act| statuses(act).iter().map(move |status| (act, *status)))
        .peekable();
    let is_over = |(act, status): (Act, Status)| {
        status < case.status || (status == case.status && !exists(act, case, context))
    };
    case.status.is_open() && chances.peek().is_some() && chances.all(is_over)
}

fn key(rule: &DutyRule, case: &Case, thing: Option<ThingId>) -> DutyKey {
    DutyKey {
        name: rule.name.to_string(),
        round: key_round(rule, case),
        thing,
    }
}

/// Where a rule is running: its start is in force and what it owes is not.
fn instances<'c>(rule: &DutyRule, case: &'c Case) -> Vec<(Start, Option<ThingId>, Option<&'c Dispatch>)> {
    // What was done once before the case was taken up again counts from then.
    let anew = |start: Start| match case.taken_up {
        Some(again) if scope(rule.from) == Scope::Case && again.start.sequence > start.sequence => {
            again.start
        }
        _ => start,
    };
    let start = |dispatch: Option<&Dispatch>| -> Option<Start> {
        match (&rule.from, dispatch) {
            // Each unit counts from its own form, also one that was added later.
            (Deed::Dispatch, Some(dispatch)) => Some(Start {
                at: dispatch.sent_at,
                sequence: dispatch.sequence,
            }),
            _ => case
                .in_force(rule.from, dispatch.map(|dispatch| dispatch.id))
                .map(|done| {
                    anew(Start {
                        at: done.at,
                        sequence: done.sequence,
                    })
                }),
        }
    };
    match scope(rule.owes) {
        Scope::Dispatch => case
            .running_dispatches()
            .filter(|dispatch| case.in_force(rule.owes, Some(dispatch.id)).is_none())
            .filter_map(|dispatch| Some((start(Some(dispatch))?, Some(dispatch.id), Some(dispatch))))
            .collect(),
        Scope::Thing => match rule.owes {
            Deed::SupervisionAnswer => case
                .supervision_orders
                .iter()
                .filter(|order| order.answered_at.is_none() && order.lifted_at.is_none())
                .filter(|order| order.unit.is_some() || case.lead().is_some() || case.handler.is_some())
                .map(|order| {
                    let start = Start {
                        at: order.ordered_at,
                        sequence: order.sequence,
                    };
                    // The unit that must answer may be one of an earlier round.
                    let dispatch = case.dispatches.iter().rfind(|sent| Some(sent.unit) == order.unit);
                    (start, Some(order.id), dispatch.or_else(|| case.lead()))
                })
                .collect(),
            Deed::Resumption => case
                .open_suspensions()
                .map(|pause| {
                    let start = Start {
                        at: pause.from,
                        sequence: pause.sequence,
                    };
                    (start, Some(pause.id), case.lead())
                })
                .collect(),
            // A report that is owed is made once, whatever is reported besides.
            Deed::LeaderReport if case.in_force(rule.owes, None).is_none() => start(None)
                .map(|start| (start, None, case.lead()))
                .into_iter()
                .collect(),
            // The other deeds about a thing are owed by `built_in`, whatever the rulebook.
            _ => Vec::new(),
        },
        Scope::Case | Scope::Round => {
            if case.in_force(rule.owes, None).is_some() {
                return Vec::new();
            }
            start(None)
                .map(|start| (start, None, case.lead()))
                .into_iter()
                .collect()
        }
    }
}

/// A duty whose start happens once is owed once; one whose start comes again in each round is owed
/// in each.
fn key_round(rule: &DutyRule, case: &Case) -> u8 {
    match (scope(rule.from), scope(rule.owes)) {
        (Scope::Case, Scope::Case | Scope::Round) => case.taken_up.map_or(0, |again| again.round),
        (Scope::Case, Scope::Dispatch | Scope::Thing)
        | (Scope::Round | Scope::Dispatch | Scope::Thing, _) => case.round,
    }
}

fn terms(
    rule: &DutyRule,
    case: &Case,
    context: &Context,
    key: &DutyKey,
    start: Start,
    dispatch: Option<&Dispatch>,
) -> Option<Terms> {
    let holder = hold(&rule.who, rule.owes, case, context, dispatch)?;
    let ordered = ordered_within(rule, case, key);
    let number = ordered.or_else(|| context.directory.numbers.get(&rule.name).copied());
    let within = match (rule.within, number) {
        (Within::Immediately | Within::Promptly | Within::AsPrescribed, Some(number)) => Within::Span(number),
        (within, _) => within,
    };
    let granted = case
        .extensions
        .iter()
        .filter(|extension| extension.duty == *key)
        .filter_map(|extension| extension.decided.and_then(|(_, granted)| granted))
        .collect();
    let counting = context.rulebook.counting_of(rule);
    let pauses = pauses(rule.name.as_str(), case, context, start);
    let limit = Limit {
        within,
        extensions: granted,
    };
    Some(Terms {
        owes: rule.owes,
        holder,
        source: if ordered.is_some() {
            DutySource::Order
        } else {
            DutySource::Rulebook
        },
        because: None,
        start: Some(start),
        due: due(start.at, &limit, &counting, &pauses, context).or_else(|| task_due(rule, dispatch, context)),
        limit: Some(limit),
        counting,
        pauses,
        beside: BTreeSet::new(),
        calendar_version: context.calendar.version(),
        force: rule.force,
    })
}

/// The time that a supervision order itself sets, where the rulebook has no number for its answer.
fn ordered_within(rule: &DutyRule, case: &Case, key: &DutyKey) -> Option<Span> {
    if rule.owes != Deed::SupervisionAnswer {
        return None;
    }
    match rule.within {
        Within::Immediately | Within::Promptly | Within::AsPrescribed => {}
        Within::SameDay | Within::Span(_) => return None,
    }
    let mut orders = case.supervision_orders.iter();
    orders.find(|order| Some(order.id) == key.thing)?.within
}

/// What the dispatch says by when holds where the rulebook has no number for the unit's answer (R13-3.1).
fn task_due(rule: &DutyRule, dispatch: Option<&Dispatch>, context: &Context) -> Option<Due> {
    let on = dispatch?.due_on.filter(|_| rule.owes == Deed::ReportBack)?;
    Some(Due {
        on,
        at: context.calendar.end_of_day(on),
        provisional: false,
    })
}

/// While the limit of this name does not run, as far as that concerns a count from `start`.
pub(super) fn pauses(name: &str, case: &Case, context: &Context, start: Start) -> Vec<Pause> {
    case.suspensions
        .iter()
        .filter(|pause| {
            let ground = context.rulebook.suspension(&pause.ground);
            ground.is_some_and(|ground| ground.stops.iter().any(|stopped| stopped.as_str() == name))
        })
        .filter(|pause| pause.ended_at.is_none_or(|ended| ended > start.at))
        .map(|pause| Pause {
            from: pause.from,
            to: pause.ended_at,
        })
        .collect()
}

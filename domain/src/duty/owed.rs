//! What is owed on a case as it stands: what the rulebook names, what follows from something asked,
//! and what is owed on the way to a duty that a gate bars.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use super::{Due, DutyKey, DutySource, HeldBy, Start, Terms};
use crate::approval;
use crate::authority::is_confidential;
use crate::case::permitted::{exists, grounds};
use crate::case::status::{Scope, scope, statuses};
use crate::case::{Act, Appeal, Case, Context, Dispatch, Extension, Missing};
use crate::gate;
use crate::ids::ThingId;
use crate::responsibility::{first_receiver, first_that_may, hold, keep_close, stand_in};
use crate::rulebook::{DutyRule, Force};
use crate::time_limit::{self, Count, Counting, Limit, Pause, Span, Within};
use crate::words::{ClauseId, Deed, Status, Subject};

/// Everything that is owed on the case as it stands, by which duty it is.
#[must_use]
pub fn owed(case: &Case, context: &Context) -> BTreeMap<DutyKey, (ClauseId, Terms)> {
    let mut owed = by_rule(case, context);
    cite_each_other(&mut owed);
    if is_confidential(case, context) {
        for (_, terms) in owed.values_mut() {
            keep_close(&mut terms.holder, case, context);
        }
    }
    owed
}

/// Several limits for one deed all run: the earliest counts first, and each names the clauses of the others.
fn cite_each_other(owed: &mut BTreeMap<DutyKey, (ClauseId, Terms)>) {
    let mut clauses: BTreeMap<(Deed, Option<ThingId>), BTreeSet<ClauseId>> = BTreeMap::new();
    let limited = |terms: &Terms| terms.start.is_some() && terms.because.is_none();
    for (key, (clause, terms)) in owed.iter().filter(|(_, (_, terms))| limited(terms)) {
        clauses
            .entry((terms.owes, key.thing))
            .or_default()
            .insert(clause.clone());
    }
    for (key, (clause, terms)) in owed.iter_mut().filter(|(_, (_, terms))| limited(terms)) {
        if let Some(together) = clauses.get(&(terms.owes, key.thing)) {
            terms.beside = together
                .iter()
                .filter(|other| *other != clause)
                .cloned()
                .collect();
        }
    }
}

fn by_rule(case: &Case, context: &Context) -> BTreeMap<DutyKey, (ClauseId, Terms)> {
    let mut owed = BTreeMap::new();
    ruled(case, context, &mut owed);
    undecided_returns(case, context, &mut owed);
    built_in(case, context, &mut owed);
    if !case.status.is_open() {
        let ordered = |owes: Deed| case.ordered_notices.iter().any(|(deed, _)| *deed == owes);
        owed.retain(|key, (_, terms)| {
            outlives_the_case(terms.owes) || ordered(terms.owes) || begins_with_the_end(key, context)
        });
        return owed;
    }
    let explicit: Vec<_> = owed.iter().map(|(key, it)| (key.clone(), it.clone())).collect();
    for (key, (clause, terms)) in explicit {
        let mut seen = vec![terms.owes];
        on_the_way(case, context, &key, &clause, &terms, &mut seen, &mut owed);
    }
    if let Some((clause, terms)) = tracking(case, context) {
        owed.insert(
            DutyKey {
                name: "tracking".to_owned(),
                round: 0,
                thing: None,
            },
            (clause, terms),
        );
    }
    owed
}

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
fn ruled(case: &Case, context: &Context, owed: &mut BTreeMap<DutyKey, (ClauseId, Terms)>) {
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
            let stands = |own: &DutyRule| !is_over(own, &self::key(own, case, thing));
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

/// The due date of a limit that starts now.
#[must_use]
pub fn due(
    start: DateTime<Utc>,
    limit: &Limit,
    counting: &Counting,
    pauses: &[Pause],
    context: &Context,
) -> Option<Due> {
    let count = count(start, limit, counting, pauses, context)?;
    // What stands still has no due date: as long as that lasts, the end moves away day by day.
    count.paused_since.is_none().then_some(Due {
        on: count.due_on,
        at: count.due_at,
        provisional: !count.provisional_years.is_empty(),
    })
}

/// The count of a limit over the office's calendar, also while it stands still.
#[must_use]
pub fn count(
    start: DateTime<Utc>,
    limit: &Limit,
    counting: &Counting,
    pauses: &[Pause],
    context: &Context,
) -> Option<Count> {
    time_limit::count(start, limit, counting, pauses, context.calendar)
}

/// While the limit of this name does not run, as far as that concerns a count from `start`.
fn pauses(name: &str, case: &Case, context: &Context, start: Start) -> Vec<Pause> {
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

/// Who is asked about a return owes an answer (H-9), by the rulebook's own duty where it has one.
fn undecided_returns(case: &Case, context: &Context, owed: &mut BTreeMap<DutyKey, (ClauseId, Terms)>) {
    let Some(returns) = &context.rulebook.returns else {
        return;
    };
    let decision = Deed::ReturnDecision;
    for sent in case
        .running_dispatches()
        .filter(|sent| sent.awaits_decision_on_return() && sent.reported_back_at.is_none())
    {
        let ruled = owed
            .iter()
            .any(|(key, (_, terms))| terms.owes == decision && key.thing == Some(sent.id));
        let Some(arbiter) = hold(&returns.arbiter, decision, case, context, Some(sent)).filter(|_| !ruled)
        else {
            continue;
        };
        let key = DutyKey {
            name: decision.to_string(),
            round: 0,
            thing: Some(sent.id),
        };
        let terms = plain(decision, arbiter, DutySource::Rulebook, context);
        owed.insert(key, (returns.clause.clone(), terms));
    }
}

/// What follows from something asked, ordered or reported, whatever the rulebook: who is asked owes
/// an answer.
fn built_in(case: &Case, context: &Context, owed: &mut BTreeMap<DutyKey, (ClauseId, Terms)>) {
    // What was asked about a duty that is no longer owed needs no answer.
    let asked: Vec<&Extension> = case
        .extensions
        .iter()
        .filter(|asked| asked.decided.is_none() && owed.contains_key(&asked.duty))
        .collect();
    for appeal in case.open_appeals() {
        if let Some((key, clause, terms)) = appeal_decision(appeal, case, context) {
            owed.insert(key, (clause, terms));
        }
    }
    owed.extend(about_secrets(case, context));
    let mut owe = |owes: Deed, thing: Option<ThingId>, clause: ClauseId, holder: Option<HeldBy>| {
        let Some(holder) = holder else { return };
        let key = DutyKey {
            name: owes.to_string(),
            round: 0,
            thing,
        };
        owed.insert(key, (clause, plain(owes, holder, DutySource::Rulebook, context)));
    };
    for asked in asked {
        let by = context
            .rulebook
            .duties()
            .iter()
            .find(|rule| rule.name.as_str() == asked.duty.name)
            .and_then(|rule| rule.extension.as_ref())
            .map(|extension| &extension.by);
        let holder = by.and_then(|by| hold(by, Deed::ExtensionDecision, case, context, case.lead()));
        owe(
            Deed::ExtensionDecision,
            Some(asked.id),
            asked.clause.clone(),
            holder,
        );
    }
    for request in case
        .lending_requests
        .iter()
        .filter(|request| request.decided.is_none())
    {
        let facts = case.facts(context.rulebook, context.directory);
        for rule in context
            .rulebook
            .gates_before(Deed::Lending)
            .filter(|rule| rule.when.matches(&facts))
        {
            let deed = Deed::Approval(Some(Subject::Lending));
            let holder = rule.by.first().and_then(|by| hold(by, deed, case, context, None));
            owe(deed, Some(request.id), rule.clause.clone(), holder);
        }
    }
    for request in case.open_approval_requests() {
        if let Some((clause, holder)) = approval::next_voice(request, case, context) {
            let deed = Deed::Approval(Some(request.subject));
            owe(deed, Some(request.id), clause, Some(holder));
        }
    }
    for report in case
        .leader_reports
        .iter()
        .filter(|report| report.acknowledged_at.is_none())
    {
        if let Some(clause) = clause_or_first(report.clause.as_ref(), context) {
            owe(
                Deed::Acknowledgement,
                Some(report.id),
                clause,
                stand_in(report.to.clone(), Deed::Acknowledgement, case, context),
            );
        }
    }
    for order in &case.supervision_orders {
        if order.answered_at.is_some()
            && order.lifted_at.is_none()
            && let Some(clause) = clause_or_first(order.clause.as_ref(), context)
        {
            owe(
                Deed::SupervisionLifting,
                Some(order.id),
                clause,
                stand_in(order.supervisor.clone(), Deed::SupervisionLifting, case, context),
            );
        }
    }
    for record in case
        .accountability_records
        .iter()
        .filter(|record| record.closed_at.is_none())
    {
        if let Some(clause) = clause_or_first(record.clause.as_ref(), context) {
            let holder = first_that_may(Deed::AccountabilityClosing, context);
            owe(Deed::AccountabilityClosing, Some(record.id), clause, holder);
        }
    }
    for (deed, clause) in &case.ordered_notices {
        owe(*deed, None, clause.clone(), first_that_may(*deed, context));
    }
}

/// Who opened a case in an emergency is judged by oversight; who asks who reports is answered by the custodian.
fn about_secrets(case: &Case, context: &Context) -> Vec<(DutyKey, (ClauseId, Terms))> {
    let owe = |owes: Deed, thing: ThingId, clause: ClauseId, holder: HeldBy| {
        let key = DutyKey {
            name: owes.to_string(),
            round: 0,
            thing: Some(thing),
        };
        let terms = plain(owes, holder, DutySource::Rulebook, context);
        (key, (clause, terms))
    };
    let facts = case.facts(context.rulebook, context.directory);
    let reviews = case.unreviewed_readings().filter_map(|reading| {
        let holder = first_that_may(Deed::ReadingReview, context)?;
        let clause = clause_of(Deed::ReadingReview, context)?;
        Some(owe(Deed::ReadingReview, reading.id, clause, holder))
    });
    let decisions = case.open_identity_requests().filter_map(|request| {
        let mut kept = context.rulebook.secrecy(&facts);
        let (clause, custodian) = kept.find_map(|rule| Some((&rule.clause, rule.custodian.as_ref()?)))?;
        let holder = HeldBy {
            position: Some(custodian.clone()),
            ..HeldBy::default()
        };
        Some(owe(Deed::IdentityDecision, request.id, clause.clone(), holder))
    });
    reviews.chain(decisions).collect()
}

/// Who is asked by an appeal owes its decision, within the time that the rulebook gives for it.
fn appeal_decision(appeal: &Appeal, case: &Case, context: &Context) -> Option<(DutyKey, ClauseId, Terms)> {
    let rule = context.rulebook.appeal(&appeal.name)?;
    let holder = hold(&rule.decided_by, Deed::AppealDecision, case, context, None)?;
    let within = match context
        .rulebook
        .number(&rule.name, rule.decide_within, context.directory)
    {
        Some(number) => Within::Span(number),
        None => rule.decide_within,
    };
    let limit = Limit::from(within);
    let counting = context.rulebook.counting_of_windows();
    let start = Start {
        at: appeal.filed_at,
        sequence: appeal.sequence,
    };
    let key = DutyKey {
        name: Deed::AppealDecision.to_string(),
        round: 0,
        thing: Some(appeal.id),
    };
    let pauses = pauses(rule.name.as_str(), case, context, start);
    let terms = Terms {
        start: Some(start),
        due: due(start.at, &limit, &counting, &pauses, context),
        limit: Some(limit),
        counting,
        pauses,
        ..plain(Deed::AppealDecision, holder, DutySource::Rulebook, context)
    };
    Some((key, rule.clause.clone(), terms))
}

/// The clause that somebody's own order rests on: the one that gives his position.
fn clause_or_first(clause: Option<&ClauseId>, context: &Context) -> Option<ClauseId> {
    clause
        .cloned()
        .or_else(|| context.rulebook.duties().first().map(|rule| rule.clause.clone()))
}

/// The first receiver follows the matter until the rulebook says it ends (首问负责).
fn tracking(case: &Case, context: &Context) -> Option<(ClauseId, Terms)> {
    let first_contact = context.rulebook.first_contact.as_ref()?;
    let tracked = case.in_force(first_contact.tracks_until, None).is_some();
    let (owes, holder) = match &first_contact.passes_to {
        None if tracked => return None,
        // Whoever takes the responsibility over has it to the end.
        Some(next) if tracked => (Deed::Closing, hold(next, Deed::Closing, case, context, None)?),
        _ => (first_contact.tracks_until, first_receiver(case, context)),
    };
    Some((
        first_contact.clause.clone(),
        plain(owes, holder, DutySource::Rulebook, context),
    ))
}

fn plain(owes: Deed, holder: HeldBy, source: DutySource, context: &Context) -> Terms {
    Terms {
        owes,
        holder,
        source,
        because: None,
        start: None,
        limit: None,
        counting: Counting::default(),
        pauses: Vec::new(),
        beside: BTreeSet::new(),
        due: None,
        calendar_version: context.calendar.version(),
        force: Force::Must,
    }
}

/// What a barred duty waits for is owed on the way: by whom the gate names, else by the holder of
/// the barred duty, under the gate's clause, due when the barred duty is due.
fn on_the_way(
    case: &Case,
    context: &Context,
    key: &DutyKey,
    clause: &ClauseId,
    terms: &Terms,
    seen: &mut Vec<Deed>,
    owed: &mut BTreeMap<DutyKey, (ClauseId, Terms)>,
) {
    let dispatch = key
        .thing
        .and_then(|thing| case.running_dispatch(thing))
        .or_else(|| case.lead());
    for missing in gate::missing(case, context, terms.owes, dispatch.map(|dispatch| dispatch.id)) {
        let Some(deed) = gate::made_by(&missing, terms.owes) else {
            continue;
        };
        let deed = instead(deed, case, context);
        // An order has duties of its own: its answer, then its lifting.
        let of_its_own = deed == Deed::SupervisionLifting;
        if of_its_own || seen.contains(&deed) || owed.values().any(|(_, other)| deed.covers(other.owes)) {
            continue;
        }
        seen.push(deed);
        let holder = holder_on_the_way(&missing, deed, terms, context);
        let because = clause.clone();
        let clause = missing.clause.clone().unwrap_or_else(|| clause.clone());
        let next = Terms {
            owes: deed,
            holder,
            because: Some(because),
            beside: BTreeSet::new(),
            ..terms.clone()
        };
        let thing = matches!(scope(deed), Scope::Dispatch)
            .then_some(key.thing)
            .flatten();
        if gate::opens(case, context, deed, dispatch.map(|dispatch| dispatch.id)) {
            let key = DutyKey {
                name: deed.to_string(),
                round: case.round,
                thing,
            };
            owed.insert(key, (clause, next));
        } else {
            on_the_way(case, context, key, &clause, &next, seen, owed);
        }
    }
}

/// Where the screening was made and not passed, what is owed is the end that the rulebook lists for such a matter:
/// that it is declined, or handed over. Another screening may still pass it.
fn instead(deed: Deed, case: &Case, context: &Context) -> Deed {
    if deed != Deed::Screening || !case.failed_its_screening() {
        return deed;
    }
    [Deed::Decline, Deed::HandOver]
        .into_iter()
        .find(|end| !grounds(case, *end, context).is_empty())
        .unwrap_or(deed)
}

fn holder_on_the_way(missing: &Missing, deed: Deed, terms: &Terms, context: &Context) -> HeldBy {
    if let Some(by) = &missing.by {
        return by.clone();
    }
    // Whoever holds the barred duty owes the way to it, unless his position may not do it at all.
    let may = match &terms.holder.position {
        Some(position) => context
            .rulebook
            .position(position)
            .is_some_and(|position| position.may_do(deed)),
        None => true,
    };
    if may {
        terms.holder.clone()
    } else {
        first_that_may(deed, context).unwrap_or_else(|| terms.holder.clone())
    }
}

/// What the rulebook counts from the deed that ends a case is owed after it: that the complainant is told.
fn begins_with_the_end(key: &DutyKey, context: &Context) -> bool {
    super::rule_of(key, context).is_some_and(|rule| {
        matches!(
            rule.from,
            Deed::Decline
                | Deed::HandOver
                | Deed::Withdrawal
                | Deed::Cancellation
                | Deed::EarlyClosing
                | Deed::Closing
        )
    })
}

/// Where the rulebook says who may do a deed.
fn clause_of(deed: Deed, context: &Context) -> Option<ClauseId> {
    let position = context.rulebook.positions_that_may(deed).next()?;
    Some(position.clause.clone())
}

/// What may still be owed on a case that has ended.
fn outlives_the_case(deed: Deed) -> bool {
    matches!(
        deed,
        Deed::Archiving
            | Deed::AccountabilityClosing
            | Deed::AppealDecision
            | Deed::Publication
            | Deed::ReadingReview
            | Deed::IdentityDecision
            | Deed::Approval(Some(Subject::Lending | Subject::Publication))
    )
}

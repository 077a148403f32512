//! What makes two cases the same state: everything that a rule can still ask for, and nothing else. Ids, times, texts
//! and people of the same position are abstracted away.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

use strum::IntoEnumIterator;

use super::relevance::Relevant;
use crate::case::status::{Scope, scope};
use crate::case::{Case, Context};
use crate::duty::HeldBy;
use crate::rulebook::Facts;
use crate::words::{AxisName, Deed, Word};

/// The mark of a state: two cases with the same mark are the same state.
pub(super) type Mark = (u64, u64);

/// The mark of the state in which a case is.
pub(super) fn mark(case: &Case, relevant: &Relevant, context: &Context) -> Mark {
    let of = |seed: u8| {
        let mut hasher = DefaultHasher::new();
        seed.hash(&mut hasher);
        write(case, relevant, context, &mut hasher);
        hasher.finish()
    };
    (of(0), of(1))
}

/// The mark of a state as far as its status and its facts go.
pub(super) fn mark_of_facts(case: &Case, relevant: &Relevant, context: &Context) -> Mark {
    let mut hasher = DefaultHasher::new();
    case.status.hash(&mut hasher);
    case.case_type.hash(&mut hasher);
    facts(
        &case.facts(context.rulebook, context.directory),
        relevant,
        &mut hasher,
    );
    (hasher.finish(), 0)
}

fn write(case: &Case, relevant: &Relevant, context: &Context, into: &mut DefaultHasher) {
    case.status.hash(into);
    facts(&case.facts(context.rulebook, context.directory), relevant, into);
    for axis in &relevant.axes {
        case.axes.contains_key(axis).hash(into);
    }
    deeds(case, relevant, into);
    hands(case, into);
    owed(case, context, into);
    things(case, into);
}

/// The facts, as far as a condition can still tell them apart: two values that none names are one.
fn facts(facts: &Facts, relevant: &Relevant, into: &mut DefaultHasher) {
    fn told<T: Hash + PartialEq>(named: &[T], fact: Option<&T>, into: &mut DefaultHasher) {
        fact.filter(|fact| named.contains(fact)).hash(into);
    }
    let named = &relevant.named;
    told(&named.case_type, facts.case_type.as_ref(), into);
    let mut facts = *facts;
    for axis in AxisName::iter() {
        let fact: Option<Option<&Word>> = facts.on_mut(axis).map(|fact| *fact);
        told(named.words_on(axis), fact.flatten(), into);
    }
    for flag in facts.flags.into_iter().flatten() {
        told(&named.flag, Some(flag), into);
    }
    told(&named.channel, facts.channel.as_ref(), into);
    told(&named.source, facts.source.as_ref(), into);
    told(&named.received_in, facts.received_in, into);
    told(&named.unit_kind, facts.unit_kind, into);
    told(&named.identity, facts.identity.as_ref(), into);
    if !named.reachable.is_empty() {
        facts.reachable.hash(into);
    }
    facts.route.hash(into);
    told(&named.round, facts.round.as_ref(), into);
    told(&named.ground, facts.ground, into);
    told(&named.finding, facts.finding.as_ref(), into);
    told(&named.satisfaction, facts.satisfaction.as_ref(), into);
    told(&named.fault, facts.fault.as_ref(), into);
    if !named.supervised.is_empty() {
        facts.supervised.hash(into);
    }
}

/// The deeds in force that matter, and who did them where that matters.
fn deeds(case: &Case, relevant: &Relevant, into: &mut DefaultHasher) {
    let mut in_force: Vec<(Deed, Option<usize>, Option<String>)> = case
        .done
        .iter()
        .filter(|done| done.stands && relevant.deed(done.deed))
        .filter(|done| matches!(scope(done.deed), Scope::Case | Scope::Thing) || done.round == case.round)
        .map(|done| {
            let place = done
                .dispatch
                .and_then(|id| case.running_dispatches().position(|it| it.id == id));
            let by = relevant
                .doer(done.deed)
                .then(|| format!("{:?} {:?}", done.by, done.positions));
            (done.deed, place, by)
        })
        .collect();
    in_force.sort();
    in_force.dedup();
    in_force.hash(into);
}

/// In whose hands it is.
fn hands(case: &Case, into: &mut DefaultHasher) {
    case.first_receiver.staff.hash(into);
    case.handler.hash(into);
    case.recused.hash(into);
    case.round.hash(into);
    case.round_ordered.as_ref().map(|order| order.round).hash(into);
    case.instructed_unit
        .filter(|_| case.dispatches.is_empty())
        .hash(into);
    let former = case.dispatches.iter().filter(|it| it.round + 1 == case.round);
    for dispatch in former.filter(|_| case.running_dispatches().next().is_none()) {
        dispatch.unit.hash(into);
    }
    for dispatch in case.running_dispatches() {
        (
            dispatch.role as u8,
            dispatch.unit,
            dispatch.signed.is_some(),
            dispatch.reported_back_at.is_some(),
            dispatch.handler,
        )
            .hash(into);
    }
}

/// What is owed, by name and holder, and what was owed once and will not be again.
fn owed(case: &Case, context: &Context, into: &mut DefaultHasher) {
    let mut open: Vec<_> = case
        .duties
        .iter()
        .map(|duty| {
            let thing = duty.key.thing.is_some();
            (
                duty.key.name.as_str(),
                duty.key.round,
                thing,
                parts(&duty.terms.holder),
            )
        })
        .collect();
    open.sort();
    open.hash(into);
    let mut over: Vec<_> = case
        .discharged
        .iter()
        .filter(|key| key.round == 0 || key.round == case.round)
        .filter(|key| {
            context
                .rulebook
                .duties()
                .iter()
                .any(|rule| rule.name.as_str() == key.name)
        })
        .map(|key| {
            (
                key.name.as_str(),
                key.thing
                    .and_then(|id| case.running_dispatches().position(|it| it.id == id)),
            )
        })
        .collect();
    over.sort_unstable();
    over.hash(into);
}

/// What was asked, ordered or reported and is not yet answered.
fn things(case: &Case, into: &mut DefaultHasher) {
    for asked in case.extensions.iter().filter(|it| it.decided.is_none()) {
        (&asked.duty.name, asked.asked_by).hash(into);
    }
    case.lending_requests
        .iter()
        .filter(|it| it.decided.is_none())
        .count()
        .hash(into);
    for report in case
        .leader_reports
        .iter()
        .filter(|it| it.acknowledged_at.is_none())
    {
        parts(&report.to).hash(into);
    }
    for order in case.supervision_orders.iter().filter(|it| it.lifted_at.is_none()) {
        (order.answered_at.is_some(), order.unit, parts(&order.supervisor)).hash(into);
    }
    for record in case
        .accountability_records
        .iter()
        .filter(|it| it.closed_at.is_none())
    {
        parts(&record.on).hash(into);
    }
    let notices: Vec<Deed> = case.ordered_notices.iter().map(|(deed, _)| *deed).collect();
    notices.hash(into);
}

type Parts<'h> = (Option<uuid::Uuid>, Option<uuid::Uuid>, Option<&'h str>);

fn parts(held: &HeldBy) -> Parts<'_> {
    (
        held.staff.map(|staff| staff.0),
        held.unit.map(|unit| unit.0),
        held.position.as_ref().map(crate::words::PositionName::as_str),
    )
}

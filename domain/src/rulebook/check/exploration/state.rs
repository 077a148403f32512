//! What makes two cases the same state: everything that a rule can still ask for, and nothing else. Ids, times, texts
//! and people of the same position are abstracted away.

use std::collections::BTreeSet;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

use super::relevance::Relevant;
use crate::case::status::{Scope, scope};
use crate::case::{Case, Context};
use crate::duty::HeldBy;
use crate::ids::StaffId;
use crate::responsibility::made_by;
use crate::rulebook::Facts;
use crate::words::{Deed, PositionName, Status};

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
    match case.status {
        Status::Archived | Status::Declined | Status::Withdrawn | Status::HandedOver | Status::Cancelled => {
            owed(case, context, into);
            return;
        }
        Status::Received
        | Status::Registered
        | Status::Accepted
        | Status::Dispatched
        | Status::Investigating
        | Status::Disposing
        | Status::Resolved
        | Status::Replied
        | Status::Closed => {}
    }
    facts(&case.facts(context.rulebook, context.directory), relevant, into);
    for axis in &relevant.axes {
        case.axes.contains_key(axis).hash(into);
    }
    deeds(case, relevant, context, into);
    hands(case, context, into);
    owed(case, context, into);
    things(case, context, into);
}

/// The facts, as far as a condition can still tell them apart: two values are one that stand in the same lists.
fn facts(facts: &Facts, relevant: &Relevant, into: &mut DefaultHasher) {
    relevant.questions.hash(into);
    for condition in &relevant.conditions {
        condition.answers(facts).hash(into);
    }
    facts.route.hash(into);
}

/// The deeds in force that matter, and who did them where that matters.
fn deeds(case: &Case, relevant: &Relevant, context: &Context, into: &mut DefaultHasher) {
    let mut in_force: Vec<(Deed, Option<usize>, Option<StaffId>)> = case
        .done
        .iter()
        .filter(|done| done.stands && relevant.deed(done.deed))
        .filter(|done| matches!(scope(done.deed), Scope::Case | Scope::Thing) || done.round == case.round)
        .map(|done| {
            let place = done
                .dispatch
                .and_then(|id| case.running_dispatches().position(|it| it.id == id));
            let apart = relevant.apart.iter().any(|one| one.covers(done.deed));
            (done.deed, place, done.by.filter(|_| apart))
        })
        .collect();
    in_force.sort();
    in_force.dedup();
    in_force.hash(into);
    for (deed, holder) in &relevant.makers {
        let made = case
            .all_in_force(*deed, None)
            .any(|done| made_by(holder, done, case, context));
        made.hash(into);
    }
}

/// In whose hands it is.
fn hands(case: &Case, context: &Context, into: &mut DefaultHasher) {
    like(case.first_receiver.staff, context).hash(into);
    case.handler.map(|staff| like(staff, context)).hash(into);
    case.recused.hash(into);
    case.receiver().map(|held| parts(held, context)).hash(into);
    case.failed_its_screening().hash(into);
    case.lead_named
        .as_ref()
        .map(|held| parts(held, context))
        .hash(into);
    case.has_team().hash(into);
    let round = |round: u8| told_apart(round, context);
    round(case.round_of_handling()).hash(into);
    case.round_ordered
        .as_ref()
        .map(|order| round(order.round.saturating_sub(case.rounds_before())))
        .hash(into);
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
            dispatch.awaits_decision_on_return(),
            dispatch.handler.map(|staff| like(staff, context)),
        )
            .hash(into);
    }
}

/// Rounds beyond the last one that is counted are alike: there are only more of them where a case was taken up again.
fn told_apart(round: u8, context: &Context) -> u8 {
    let rounds = context.rulebook.rounds.as_ref();
    round.min(rounds.map_or(1, |rounds| rounds.at_most.unwrap_or(u8::MAX)))
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
                (duty.key.round == 0, duty.key.round == case.round),
                thing,
                parts(&duty.terms.holder, context),
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
fn things(case: &Case, context: &Context, into: &mut DefaultHasher) {
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
        parts(&report.to, context).hash(into);
    }
    for order in case.supervision_orders.iter().filter(|it| it.lifted_at.is_none()) {
        (
            order.answered_at.is_some(),
            order.unit,
            parts(&order.supervisor, context),
        )
            .hash(into);
    }
    for record in case
        .accountability_records
        .iter()
        .filter(|it| it.closed_at.is_none())
    {
        parts(&record.on, context).hash(into);
    }
    for request in case.open_approval_requests() {
        (request.subject, request.by.map(|staff| like(staff, context))).hash(into);
    }
    for appeal in case.open_appeals() {
        appeal.name.hash(into);
    }
    for pause in case.open_suspensions() {
        pause.ground.hash(into);
    }
    let notices: BTreeSet<Deed> = case.ordered_notices.iter().map(|(deed, _)| *deed).collect();
    notices.hash(into);
}

/// Whom somebody is like, as far as rules go: colleagues in the same positions of the same unit.
type Like<'c> = Option<(Option<uuid::Uuid>, &'c [PositionName])>;

fn like<'c>(staff: StaffId, context: &Context<'c>) -> Like<'c> {
    let member = context.directory.staff.get(&staff)?;
    Some((member.unit.map(|unit| unit.0), &member.positions))
}

type Parts<'c> = (Like<'c>, Option<uuid::Uuid>, Option<&'c PositionName>);

fn parts<'c>(held: &'c HeldBy, context: &Context<'c>) -> Parts<'c> {
    (
        held.staff.and_then(|staff| like(staff, context)),
        held.unit.map(|unit| unit.0),
        held.position.as_ref(),
    )
}

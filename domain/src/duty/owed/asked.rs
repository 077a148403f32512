//! What follows from something asked, ordered or reported, whatever the rulebook: who is asked owes an answer.

use std::collections::BTreeMap;

use super::ruled::pauses;
use super::{due, plain};
use crate::approval;
use crate::case::{Appeal, Case, Context, Extension};
use crate::duty::{DutyKey, DutySource, HeldBy, Start, Terms};
use crate::ids::ThingId;
use crate::responsibility::{first_that_may, hold, stand_in};
use crate::time_limit::{Limit, Within};
use crate::words::{ClauseId, Deed, Subject};

/// Who is asked about a return owes an answer (H-9), by the rulebook's own duty where it has one.
pub(super) fn undecided_returns(
    case: &Case,
    context: &Context,
    owed: &mut BTreeMap<DutyKey, (ClauseId, Terms)>,
) {
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
pub(super) fn built_in(case: &Case, context: &Context, owed: &mut BTreeMap<DutyKey, (ClauseId, Terms)>) {
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

/// Where the rulebook says who may do a deed.
fn clause_of(deed: Deed, context: &Context) -> Option<ClauseId> {
    let position = context.rulebook.positions_that_may(deed).next()?;
    Some(position.clause.clone())
}

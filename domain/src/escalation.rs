//! What a rulebook does after a deed, and about a duty that is late: which step is next, and when.
//! Looking too often is harmless: a step that was taken is not taken again.

use chrono::{DateTime, TimeDelta, Utc};

use crate::case::{Case, Context, Event};
use crate::duty::{self, Duty, HeldBy};
use crate::responsibility::{first_that_may, hold};
use crate::rulebook::{Escalation, Holder, Moment, NewRound};
use crate::time_limit::{Limit, Span, Unit, Within};
use crate::words::{ClauseId, Deed};

/// What the rulebook brings about after a deed, on the case as the deed left it.
#[must_use]
pub fn after_deed(case: &Case, deed: Deed, context: &Context) -> Vec<(ClauseId, Event)> {
    let facts = case.facts(context.rulebook, context.directory);
    context
        .rulebook
        .escalations_after(deed)
        .filter(|rule| rule.when.matches(&facts))
        .flat_map(|rule| effects(rule, case, context, None, deed))
        .collect()
}

/// A step of a duty's ladder that is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// When it was due; a late look takes it with this time.
    pub at: DateTime<Utc>,
    /// Its name on the duty, so that it is taken once.
    pub name: String,
    /// The duty.
    pub duty: Duty,
    /// What happens.
    pub effects: Vec<(ClauseId, Event)>,
}

/// The steps that are due and were not taken, oldest first.
#[must_use]
pub fn steps_due(case: &Case, context: &Context) -> Vec<Step> {
    let mut due: Vec<Step> = ladder(case, context)
        .filter(|(at, ..)| *at <= context.now)
        .map(|(at, name, duty, rule)| Step {
            at,
            name,
            duty: duty.clone(),
            effects: effects(rule, case, context, Some(duty), duty.terms.owes),
        })
        .collect();
    due.sort_by(|one, other| (one.at, &one.name).cmp(&(other.at, &other.name)));
    due
}

/// When the case must be looked at next, if nobody does anything before.
#[must_use]
pub fn next_look(case: &Case, context: &Context) -> Option<DateTime<Utc>> {
    let steps = ladder(case, context).map(|(at, ..)| at);
    let deemed = case
        .duties
        .iter()
        .filter(|duty| duty::is_deemed_on_lapse(duty, context))
        .filter_map(|duty| duty.terms.due.as_ref().map(|due| due.at));
    let resumed = case.open_suspensions().filter_map(|pause| pause.ends_at);
    let readings = case.secrecy.emergency_readings.iter();
    let shut = readings
        .filter(|reading| !reading.over)
        .map(|reading| reading.until);
    steps.chain(deemed).chain(resumed).chain(shut).min()
}

/// Every step that is still to come, with the duty and the rule it is of. An imported case escalates
/// only for what falls due after the office's cut-over.
fn ladder<'c>(
    case: &'c Case,
    context: &'c Context<'_>,
) -> impl Iterator<Item = (DateTime<Utc>, String, &'c Duty, &'c Escalation)> {
    let facts = case.facts(context.rulebook, context.directory);
    case.duties
        .iter()
        .filter(|duty| {
            duty.terms
                .due
                .as_ref()
                .is_some_and(|due| !case.imported || due.at >= context.cut_over)
        })
        .flat_map(move |duty| {
            context
                .rulebook
                .late_steps(&duty.key.name)
                .filter(move |rule| rule.0.when.matches(&facts))
                .filter_map(move |(rule, at)| {
                    let name = format!("{} {at}", rule.clause);
                    if duty.steps_taken.contains(&name) {
                        return None;
                    }
                    Some((moment(at, duty, context)?, name, duty, &**rule))
                })
        })
}

/// When a step is due, counted from the duty's own due time.
fn moment(at: Moment, duty: &Duty, context: &Context) -> Option<DateTime<Utc>> {
    let due = duty.terms.due.as_ref()?;
    match at {
        Moment::WhenDue => Some(due.at),
        Moment::After(span) => {
            // The last instant in time is the start, so that one working day after Monday 24:00 is Tuesday 24:00.
            let start = due.at - TimeDelta::microseconds(1);
            let limit = Limit {
                within: Within::Span(span),
                extensions: Vec::new(),
            };
            duty::due(start, &limit, &duty.terms.counting, &[], context).map(|due| due.at)
        }
        Moment::Before(span) => Some(before(due, span, context)),
    }
}

/// So long before a due time: working days are counted back to the start of the day.
fn before(due: &duty::Due, span: Span, context: &Context) -> DateTime<Utc> {
    let amount = span.amount.get();
    match span.unit {
        Unit::Hour | Unit::WorkingHour => due.at - TimeDelta::hours(i64::from(amount)),
        Unit::Day | Unit::Month | Unit::Year => {
            let days = match span.unit {
                Unit::Month => 30,
                Unit::Year => 365,
                Unit::Day | Unit::Hour | Unit::WorkingHour | Unit::WorkingDay => 1,
            };
            due.at - TimeDelta::days(i64::from(amount) * days)
        }
        Unit::WorkingDay => {
            let mut day = due.on;
            let mut left = amount.min(MOST_DAYS_BEFORE);
            while left > 0 {
                let Some(earlier) = day.pred_opt() else { break };
                day = earlier;
                if context.calendar.is_working(day) {
                    left -= 1;
                }
            }
            context.calendar.start_of_day(day)
        }
    }
}

/// A warning further ahead than this would stand before any limit there is.
const MOST_DAYS_BEFORE: u32 = 400;

fn effects(
    rule: &Escalation,
    case: &Case,
    context: &Context,
    late: Option<&Duty>,
    deed: Deed,
) -> Vec<(ClauseId, Event)> {
    let meant = |holder: &Holder| -> Option<HeldBy> {
        match holder {
            Holder::DutyHolder => late.map(|duty| duty.terms.holder.clone()),
            Holder::Superior => superior(late, context),
            // Where nobody has it in hand yet, nobody is blamed or urged for the handling.
            Holder::HandlingUnit | Holder::Handler | Holder::Team
                if case.lead().is_none() && case.handler.is_none() =>
            {
                None
            }
            other => hold(
                other,
                deed,
                case,
                context,
                late.and_then(|duty| case.running_dispatch(duty.key.thing?)),
            ),
        }
    };
    let mut events = Vec::new();
    if !rule.flags.is_empty() {
        events.push(Event::FlagsRaised {
            flags: rule.flags.iter().cloned().collect(),
        });
    }
    if let Some(holder) = rule.urge.as_ref().and_then(meant) {
        events.push(Event::UnitUrged { holder });
    }
    for holder in rule.notify.iter().filter_map(meant) {
        events.push(Event::Notified { holder, about: deed });
    }
    if let Some(to) = rule.report_to.as_ref().and_then(meant) {
        events.push(Event::ReportOwed { to });
    }
    if let Some(round) = rule.new_round.and_then(|round| next_round(round, case, context)) {
        events.push(Event::RoundOrdered { round });
    }
    let unit = case.lead().map(|lead| lead.unit);
    // The same judgement said again supervises nobody twice.
    let supervised = case.supervision_orders.iter().any(|order| {
        order.lifted_at.is_none() && order.clause.as_ref() == Some(&rule.clause) && order.unit == unit
    });
    if let Some(supervisor) = rule.supervised_by.as_ref().and_then(meant)
        && !supervised
    {
        events.push(Event::SupervisionImposed { supervisor, unit });
    }
    if let Some(on) = rule.accountability.as_ref().and_then(meant)
        && !held_accountable(case, rule, &on)
    {
        events.push(Event::AccountabilityImposed { on });
    }
    if let Some(holder) = rule.lead.as_ref().and_then(meant)
        && case.lead_named.as_ref() != Some(&holder)
    {
        events.push(Event::LeadNamed { holder });
    }
    if let Some(kind) = rule.serve {
        events.push(Event::NoticeOrdered {
            deed: Deed::Notice(Some(kind)),
        });
    }
    events
        .into_iter()
        .map(|event| (rule.clause.clone(), event))
        .collect()
}

/// Whether this round has a record on the same holder under the same clause already.
fn held_accountable(case: &Case, rule: &Escalation, on: &HeldBy) -> bool {
    let since = case.lead().map_or(case.received_at, |lead| lead.sent_at);
    case.accountability_records.iter().any(|record| {
        record.closed_at.is_none()
            && record.opened_at >= since
            && record.clause.as_ref() == Some(&rule.clause)
            && record.on == *on
    })
}

/// The superior of who is late: the first position that acknowledges reports and is not his own.
fn superior(late: Option<&Duty>, context: &Context) -> Option<HeldBy> {
    let own = late.and_then(|duty| duty.terms.holder.position.as_ref());
    context
        .rulebook
        .positions_that_may(Deed::Acknowledgement)
        .find(|position| Some(&position.name) != own)
        .map(|position| HeldBy {
            position: Some(position.name.clone()),
            ..HeldBy::default()
        })
        .or_else(|| first_that_may(Deed::Acknowledgement, context))
}

/// The round that is ordered, if the rulebook allows one more.
#[must_use]
pub fn next_round(round: NewRound, case: &Case, context: &Context) -> Option<u8> {
    let most = context.rulebook.rounds_at_most(context.directory)?;
    let next = match round {
        // An answer without any dispatch was the first round.
        NewRound::Next => case.round.max(1).saturating_add(1),
        NewRound::Second => 2,
        NewRound::Third => 3,
        NewRound::Fourth => 4,
    };
    (next > case.round.max(1)
        && next <= most
        && case.round_ordered.as_ref().is_none_or(|order| order.round < next))
    .then_some(next)
}

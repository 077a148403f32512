//! What a rulebook does after a deed, and about a duty that is late: which step is next, and when.
//! Looking too often is harmless: a step that was taken is not taken again.

use chrono::{DateTime, TimeDelta, Utc};

use crate::calendar::FIRST_DAY;
use crate::case::{Case, Context, Event};
use crate::duty::{self, Duty, HeldBy};
use crate::responsibility::{first_that_may, hold};
use crate::rulebook::{Entry, Escalation, Facts, Holder, Moment, NewRound, Trigger};
use crate::time_limit::{Limit, Span, Unit, Within};
use crate::words::{ClauseId, Deed};

/// What the rulebook brings about after a deed, on the case as the deed left it; `before` is the case as the deed
/// found it.
///
/// A classification says again what it does not change. So a rule that follows it only where a word stands follows once:
/// where this classification made its condition true, or where it is the first, unless the same clause has spoken under
/// the same condition after another deed (as it does where a word is said at registration already).
#[must_use]
pub fn after_deed(
    case: &Case,
    before: Option<&Case>,
    deed: Deed,
    context: &Context,
) -> Vec<(ClauseId, Event)> {
    let facts = case.facts(context.rulebook, context.directory);
    let is_new = |rule: &Entry<Escalation>| match before {
        Some(before) if deed == Deed::Classification && !rule.when.is_always() => {
            let stood = rule
                .when
                .matches(&before.facts(context.rulebook, context.directory));
            !stood || (before.in_force(deed, None).is_none() && !has_spoken(rule, before, context))
        }
        Some(_) | None => true,
    };
    let due: Vec<_> = context
        .rulebook
        .escalations_after(deed)
        .filter(|rule| rule.when.matches(&facts))
        .collect();
    let owned = due.iter().any(|rule| !rule.is_of_a_floor());
    due.into_iter()
        .filter(|rule| !(owned && rule.is_of_a_floor()) && is_new(rule))
        .flat_map(|rule| effects(rule, case, context, None, deed))
        .collect()
}

/// Whether the clause of a rule has another rule, under the same condition, after a deed that was done.
fn has_spoken(rule: &Entry<Escalation>, case: &Case, context: &Context) -> bool {
    context
        .rulebook
        .escalations
        .iter()
        .any(|other| match &other.trigger {
            Trigger::After(deed) => {
                other.trigger != rule.trigger
                    && other.clause == rule.clause
                    && other.when == rule.when
                    && case.in_force(*deed, None).is_some()
            }
            Trigger::Late { .. } => false,
        })
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

/// The oldest step that is due and was not taken. Where nothing is due that costs a comparison for each rung, so that
/// every command can ask.
#[must_use]
pub fn step_due(case: &Case, context: &Context) -> Option<Step> {
    let mut due = ahead(case, context, Some(context.now)).peekable();
    due.peek()?;
    let facts = case.facts(context.rulebook, context.directory);
    let Rung {
        at, name, duty, rule, ..
    } = due
        .filter(|rung| rung.is_climbed(case, context, &facts))
        .min_by(|one, other| (one.at, &one.name).cmp(&(other.at, &other.name)))?;
    Some(Step {
        at,
        name,
        duty: duty.clone(),
        effects: effects(rule, case, context, Some(duty), duty.terms.owes),
    })
}

/// When the case must be looked at next, if nobody does anything before.
#[must_use]
pub fn next_look(case: &Case, context: &Context) -> Option<DateTime<Utc>> {
    let facts = case.facts(context.rulebook, context.directory);
    let steps = ahead(case, context, None)
        .filter(|rung| rung.is_climbed(case, context, &facts))
        .map(|rung| rung.at);
    let deemed = duty::receipts_to_deem(case, context).map(|(_, at, _)| at);
    let resumed = case.open_suspensions().filter_map(|pause| pause.ends_at);
    let shut = case.emergencies_not_over().map(|reading| reading.until);
    steps.chain(deemed).chain(resumed).chain(shut).min()
}

/// A step of a ladder that a duty has before it.
struct Rung<'c> {
    /// When it is due.
    at: DateTime<Utc>,
    /// Its name on the duty.
    name: String,
    /// Whether it warns before the duty is due.
    warns: bool,
    duty: &'c Duty,
    rule: &'c Entry<Escalation>,
}

/// Every rung that is still to be climbed; until a moment, if one is given. An imported case escalates only for what
/// falls due after the office's cut-over.
fn ahead<'c>(
    case: &'c Case,
    context: &'c Context<'_>,
    until: Option<DateTime<Utc>>,
) -> impl Iterator<Item = Rung<'c>> {
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
                .filter_map(move |(rule, moment)| {
                    let due = duty.terms.due.as_ref()?.at;
                    // What comes after a due time that is still to come needs no counting.
                    if until.is_some_and(|until| due > until && !is_warning(moment)) {
                        return None;
                    }
                    let at = self::moment(moment, duty, context)?;
                    if until.is_some_and(|until| at > until) {
                        return None;
                    }
                    let name = step_name(rule, moment);
                    (!duty.steps_taken.contains(&name)).then_some(Rung {
                        at,
                        name,
                        warns: is_warning(moment),
                        duty,
                        rule,
                    })
                })
        })
}

impl Rung<'_> {
    /// Whether the case is one in which it is climbed.
    ///
    /// A floor's rungs are for where nobody else says what happens. Where another rulebook of the chain has a rung for
    /// the very duty, that does something here, the floor's are silent, whenever they would come: else a chief would
    /// hear twice of one thing, and earlier than the text says. A warning before the due time is another matter than
    /// lateness: neither silences the other.
    fn is_climbed(&self, case: &Case, context: &Context, facts: &Facts) -> bool {
        self.rule.when.matches(facts)
            && !(self.rule.is_of_a_floor() && self.somebody_else_speaks(case, context, facts))
    }

    fn somebody_else_speaks(&self, case: &Case, context: &Context, facts: &Facts) -> bool {
        let Duty {
            key,
            terms,
            steps_taken,
            ..
        } = self.duty;
        context.rulebook.late_steps(&key.name).any(|(rule, moment)| {
            !rule.is_of_a_floor()
                && is_warning(moment) == self.warns
                && rule.when.matches(facts)
                && (steps_taken.contains(&step_name(rule, moment))
                    || !effects(rule, case, context, Some(self.duty), terms.owes).is_empty())
        })
    }
}

/// Whether a step comes before the duty is due.
fn is_warning(moment: Moment) -> bool {
    match moment {
        Moment::Before(_) => true,
        Moment::WhenDue | Moment::After(_) => false,
    }
}

/// By which a step is known on its duty.
fn step_name(rule: &Escalation, at: Moment) -> String {
    format!("{} {at}", rule.clause)
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
            let day = context
                .calendar
                .working_day_before(due.on, amount.min(MOST_DAYS_BEFORE));
            context.calendar.start_of_day(day.unwrap_or(FIRST_DAY))
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
    let of_handling = match round {
        NewRound::Next => case.round_of_handling().saturating_add(1),
        NewRound::Second => 2,
        NewRound::Third => 3,
        NewRound::Fourth => 4,
    };
    let next = case.rounds_before().saturating_add(of_handling);
    (of_handling > case.round_of_handling()
        && of_handling <= most
        && case.round_ordered.as_ref().is_none_or(|order| order.round < next))
    .then_some(next)
}

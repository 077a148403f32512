//! How long a case is kept once it is over: no shorter and no longer than the rulebook says.

use chrono::{DateTime, NaiveDate, Utc};

use crate::case::{Case, Context};
use crate::rulebook::Then;
use crate::time_limit::{self, Counting, Limit, RestDay, Span, Within};
use crate::words::ClauseId;

/// How long a case is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// The last day on which it must be there, and the clause that says so.
    pub at_least_until: Option<(NaiveDate, ClauseId)>,
    /// The last day on which it may be there, and the clause that says so.
    pub at_most_until: Option<(NaiveDate, ClauseId)>,
    /// What happens then.
    pub then: Then,
    /// Whether a hold keeps it whatever day it is.
    pub held: bool,
}

/// How long this case is kept, all rules that match taken together: the latest of the days until which it must be there,
/// the earliest of those until which it may (C17). None while nothing from which a rule counts has happened.
#[must_use]
pub fn kept(case: &Case, context: &Context) -> Option<Kept> {
    let facts = case.facts(context.rulebook, context.directory);
    let mut kept: Option<Kept> = None;
    for rule in context
        .rulebook
        .retention
        .iter()
        .filter(|rule| rule.when.matches(&facts))
    {
        let Some(from) = case.in_force(rule.from, None).map(|done| done.at) else {
            continue;
        };
        let until = |span: Option<Span>| Some((last_day(from, span?, context)?, rule.clause.clone()));
        let (least, most) = (until(rule.at_least), until(rule.at_most));
        let all = kept.get_or_insert(Kept {
            at_least_until: None,
            at_most_until: None,
            then: rule.then,
            held: case.is_held(),
        });
        if later(least.as_ref(), all.at_least_until.as_ref()) {
            all.at_least_until = least;
        }
        if most.is_some() && !later(most.as_ref(), all.at_most_until.as_ref().or(most.as_ref())) {
            all.at_most_until = most;
        }
        // What must be looked at before it goes is not simply erased.
        if rule.then == Then::Review {
            all.then = Then::Review;
        }
    }
    kept
}

/// The last day on which a case must be there, with its clause: after it, it may be erased. Of several rules the latest
/// day; where rules only say how long a case may be kept at most, the day on which it has to go. None where no clause sets
/// an end to it: then it is kept.
#[must_use]
pub fn erasable_after(case: &Case, context: &Context) -> Option<(NaiveDate, ClauseId)> {
    let kept = kept(case, context)?;
    kept.at_least_until.or(kept.at_most_until)
}

fn later(one: Option<&(NaiveDate, ClauseId)>, other: Option<&(NaiveDate, ClauseId)>) -> bool {
    match (one, other) {
        (Some((one, _)), Some((other, _))) => one > other,
        (Some(_), None) => true,
        (None, _) => false,
    }
}

fn last_day(from: DateTime<Utc>, span: Span, context: &Context) -> Option<NaiveDate> {
    let limit = Limit::from(Within::Span(span));
    // A file is no party: nothing is put off because a day is a day of rest.
    let counting = Counting {
        on_rest_day: RestDay::Stays,
        ..Counting::default()
    };
    let count = time_limit::count(from, &limit, &counting, &[], context.calendar)?;
    Some(count.due_on)
}

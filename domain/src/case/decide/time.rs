//! More time, and what time itself brings about.

use chrono::{DateTime, Utc};

use super::secrecy::shut_what_is_over;
use super::{Book, By, Context, Event, Refusal};
use crate::case::Case;
use crate::case::command::{About, ExtensionDecision, ExtensionRequest, Receipt, Signature};
use crate::case::permitted::holds;
use crate::case::refusal::Missing;
use crate::duty::{self, Duty};
use crate::escalation;
use crate::ids::{StaffId, ThingId};
use crate::rulebook::{Ask, Extension, Need};
use crate::time_limit::{Limit, Span, Within};
use crate::words::{ClauseId, Deed, Field};

pub(super) fn request_extension(
    case: &Case,
    request: &ExtensionRequest,
    staff: StaffId,
    context: &Context,
    book: &mut Book,
) -> Result<(), Refusal> {
    let Some(duty) = case.duties.iter().find(|duty| duty.id == request.duty) else {
        return Err(Refusal::ReferenceUnknown { field: "duty_id" });
    };
    if !holds(duty, staff, context) {
        return Err(Refusal::NotPermitted {
            deed: Deed::ExtensionRequest,
            clause: Some(duty.clause.clone()),
        });
    }
    let Some(rule) = rule(duty, context) else {
        return Err(Refusal::NotProvided {
            deed: Deed::ExtensionRequest,
            clause: Some(duty.clause.clone()),
        });
    };
    let asked_before = || case.extensions.iter().filter(|asked| asked.duty == duty.key);
    if asked_before().any(|asked| asked.decided.is_none()) {
        return Err(Refusal::AlreadyDone {
            deed: Deed::ExtensionRequest,
        });
    }
    let granted = asked_before()
        .filter(|asked| asked.decided.is_some_and(|(_, granted)| granted.is_some()))
        .count();
    if let Some(times) = rule.times
        && granted >= usize::from(times)
    {
        return Err(Refusal::BoundReached {
            clause: duty.clause.clone(),
            bound: u32::from(times),
        });
    }
    if let Some(due) = &duty.terms.due
        && rule.ask == Ask::BeforeDue
        && context.now >= due.at
    {
        return Err(Refusal::ExtensionTooLate {
            clause: duty.clause.clone(),
            due_at: due.at,
        });
    }
    check_cap(duty, rule, request.amount, context)?;
    if rule.needs.contains(&Need::Field(Field::Reason)) && request.reason.is_none() {
        let need = Need::Field(Field::Reason);
        let missing = Missing {
            need,
            or: Vec::new(),
            clause: Some(duty.clause.clone()),
            by: None,
        };
        return Err(Refusal::FactsMissing {
            missing: vec![missing],
        });
    }
    book.rests_on = Some(duty.clause.clone());
    book.note(Event::ExtensionRequested(request.clone()))
}

pub(super) fn decide_extension(
    case: &Case,
    decision: &ExtensionDecision,
    context: &Context,
    book: &mut Book,
) -> Result<(), Refusal> {
    let Some(asked) = case
        .extensions
        .iter()
        .find(|asked| asked.id == decision.extension)
    else {
        return Err(Refusal::ReferenceUnknown {
            field: "extension_id",
        });
    };
    let Some(duty) = case.duties.iter().find(|duty| duty.key == asked.duty) else {
        return Err(Refusal::WrongState {
            field: "extension_id",
        });
    };
    let Some(rule) = rule(duty, context) else {
        return Err(Refusal::NotProvided {
            deed: Deed::ExtensionDecision,
            clause: Some(duty.clause.clone()),
        });
    };
    if let Some(granted) = decision.granted {
        let more_than_asked = granted.unit != asked.asked.unit || granted.amount > asked.asked.amount;
        if more_than_asked {
            return Err(beyond(duty, asked.asked, granted, None));
        }
        check_cap(duty, rule, granted, context)?;
    }
    book.rests_on = Some(duty.clause.clone());
    book.note(Event::ExtensionDecided(decision.clone()))?;
    if let (Some(kind), Some(_)) = (rule.tell, decision.granted) {
        book.note(Event::NoticeOrdered {
            deed: Deed::Notice(Some(kind)),
        })?;
    }
    Ok(())
}

fn rule<'c>(duty: &Duty, context: &Context<'c>) -> Option<&'c Extension> {
    duty::rule_of(&duty.key, context)?.extension.as_ref()
}

/// Nothing may reach beyond the day that the cap itself would be due, counted from the same start.
fn check_cap(duty: &Duty, rule: &Extension, more: Span, context: &Context) -> Result<(), Refusal> {
    let (Some(start), Some(limit)) = (&duty.terms.start, &duty.terms.limit) else {
        return Err(Refusal::NotProvided {
            deed: Deed::ExtensionRequest,
            clause: Some(duty.clause.clone()),
        });
    };
    let pauses = &duty.terms.pauses;
    let due = |limit: &Limit| {
        let count = duty::count(start.at, limit, &duty.terms.counting, pauses, context)?;
        Some((count.due_at, count.due_on))
    };
    let mut extended = limit.clone();
    extended.extensions.push(more);
    let Some((asked_at, _)) = due(&extended) else {
        return Err(Refusal::NotProvided {
            deed: Deed::ExtensionRequest,
            clause: Some(duty.clause.clone()),
        });
    };
    let in_total = rule.in_total.map(|cap| {
        (
            cap,
            Limit {
                within: Within::Span(cap),
                extensions: Vec::new(),
            },
        )
    });
    let more_at_most = rule.at_most_more.map(|cap| {
        (
            cap,
            Limit {
                within: limit.within,
                extensions: vec![cap],
            },
        )
    });
    for (cap, capped) in in_total.into_iter().chain(more_at_most) {
        if let Some((latest_at, latest_on)) = due(&capped)
            && asked_at > latest_at
        {
            return Err(beyond(duty, cap, more, Some(latest_on)));
        }
    }
    Ok(())
}

fn beyond(duty: &Duty, cap: Span, asked: Span, latest_due_on: Option<chrono::NaiveDate>) -> Refusal {
    let amount = |span: &Span| {
        if span.unit == cap.unit {
            span.amount.get()
        } else {
            0
        }
    };
    let so_far = duty.terms.limit.as_ref().map_or(0, |limit| {
        let own = match &limit.within {
            Within::Span(span) => amount(span),
            Within::Immediately | Within::Promptly | Within::AsPrescribed | Within::SameDay => 0,
        };
        own + limit.extensions.iter().map(amount).sum::<u32>()
    });
    Refusal::ExtensionBeyondCap {
        clause: duty.clause.clone(),
        cap,
        so_far,
        asked,
        latest_due_on,
    }
}

/// What became due since anybody looked, step by step, each with the time at which it was due. Looking
/// again at the same moment finds nothing.
pub(super) fn look<'a>(case: &Case, context: &'a Context<'a>) -> Book<'a> {
    let quiet = duty::deemed_receipts(case, context).is_empty()
        && pauses_over(case, context).is_none()
        && escalation::steps_due(case, context)
            .iter()
            .all(|step| step.effects.iter().all(|(_, event)| only_tells(event)));
    let mut book = Book::of(case, !quiet, context);
    book.by = By::Clock;
    shut_what_is_over(&mut book);
    // Each turn takes one step, and a case has only so many duties with so many steps.
    for _ in 0..MOST_STEPS {
        let deemed = duty::deemed_receipts(book.case(), context)
            .into_iter()
            .min_by_key(|(_, at, _)| *at);
        let step = escalation::steps_due(book.case(), context).into_iter().next();
        let sooner = |at| {
            deemed.as_ref().is_none_or(|(_, deemed, _)| at <= *deemed)
                && step.as_ref().is_none_or(|step| at <= step.at)
        };
        if let Some((at, thing, clause)) = pauses_over(book.case(), context).filter(|(at, ..)| sooner(*at)) {
            let resumed = Event::LimitsResumed(About { thing, text: None });
            book.write(at, By::Clock, clause, resumed);
            book.settle_at(at);
            book.sequence_before = book.case().sequence;
            continue;
        }
        match (deemed, step) {
            (Some((dispatch, at, clause)), step) if step.as_ref().is_none_or(|step| at <= step.at) => {
                let signature = Signature {
                    dispatch,
                    receipt: Receipt::Deemed,
                    method: None,
                    received_at: None,
                };
                book.write(at, By::Clock, Some(clause), Event::DispatchSigned(signature));
                book.settle_at(at);
            }
            (_, Some(step)) => {
                let taken = Event::StepTaken {
                    duty: step.duty.id,
                    step: step.name,
                };
                book.write(step.at, By::Clock, Some(step.duty.clause.clone()), taken);
                for (clause, event) in step.effects {
                    book.write(step.at, By::Clock, Some(clause), event);
                }
                book.settle_at(step.at);
            }
            (_, None) => break,
        }
        book.sequence_before = book.case().sequence;
    }
    book
}

/// The pause that the clock ended first and nobody has noted.
fn pauses_over(case: &Case, context: &Context) -> Option<(DateTime<Utc>, ThingId, Option<ClauseId>)> {
    case.open_suspensions()
        .filter_map(|pause| Some((pause.ends_at?, pause.id, pause.clause.clone())))
        .filter(|(at, ..)| *at <= context.now)
        .min_by_key(|(at, ..)| *at)
}

const MOST_STEPS: usize = 1_000;

fn only_tells(event: &Event) -> bool {
    matches!(event, Event::UnitUrged { .. } | Event::Notified { .. })
}

//! More time, and what time itself brings about.

use chrono::{DateTime, NaiveDate, Utc};

use super::{Book, By, Context, Entry, Event, Refusal};
use crate::case::Case;
use crate::case::command::{About, ExtensionDecision, ExtensionRequest, Receipt, Signature};
use crate::case::permitted::holds;
use crate::case::refusal::Missing;
use crate::duty::{self, Duty};
use crate::escalation::{self, Step};
use crate::ids::{StaffId, ThingId};
use crate::rulebook::{Ask, Extension, Need};
use crate::time_limit::{self, Limit, Span, Within};
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
    let (rule, clause) = rule(duty, context);
    if !holds(duty, staff, context) {
        return Err(Refusal::NotPermitted {
            deed: Deed::ExtensionRequest,
            clause: Some(clause),
        });
    }
    let Some(rule) = rule else {
        return Err(Refusal::NotProvided {
            deed: Deed::ExtensionRequest,
            clause: Some(clause),
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
            clause,
            bound: u32::from(times),
        });
    }
    if let Some(due) = &duty.terms.due
        && rule.ask == Ask::BeforeDue
        && context.now >= due.at
    {
        return Err(Refusal::ExtensionTooLate {
            clause,
            due_at: due.at,
        });
    }
    check_cap(duty, rule, &clause, request.amount, context)?;
    check_needs(case, rule, &clause, request)?;
    book.rests_on = Some(clause);
    book.note(Event::ExtensionRequested(request.clone()))
}

/// What the request must state, and what must be there before it.
fn check_needs(
    case: &Case,
    rule: &Extension,
    clause: &ClauseId,
    request: &ExtensionRequest,
) -> Result<(), Refusal> {
    let is_there = |need: &Need| match need {
        Need::Field(Field::Reason | Field::Explanation) => request.reason.is_some(),
        Need::Field(field) => case.states(*field),
        Need::Deed(deed) => case.in_force(*deed, None).is_some(),
        Need::Axis(axis) => case.axes.contains_key(axis),
    };
    let lacking = rule.needs.iter().filter(|need| !is_there(need));
    let (missing, closed): (Vec<Missing>, Vec<Missing>) = lacking
        .map(|need| Missing {
            need: *need,
            or: Vec::new(),
            clause: Some(clause.clone()),
            by: None,
        })
        .partition(|missing| matches!(missing.need, Need::Field(_)));
    match (missing.is_empty(), closed.is_empty()) {
        (false, _) => Err(Refusal::FactsMissing { missing }),
        (true, false) => Err(Refusal::GateClosed { missing: closed }),
        (true, true) => Ok(()),
    }
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
    let (rule, clause) = rule(duty, context);
    let Some(rule) = rule else {
        return Err(Refusal::NotProvided {
            deed: Deed::ExtensionDecision,
            clause: Some(clause),
        });
    };
    if let Some(granted) = decision.granted {
        let more_than_asked = granted.unit != asked.asked.unit || granted.amount > asked.asked.amount;
        if more_than_asked {
            return Err(beyond(duty, &clause, asked.asked, granted, None));
        }
        check_cap(duty, rule, &clause, granted, context)?;
    }
    book.rests_on = Some(clause);
    book.note(Event::ExtensionDecided(decision.clone()))?;
    if let (Some(kind), Some(_)) = (rule.tell, decision.granted) {
        book.note(Event::NoticeOrdered {
            deed: Deed::Notice(Some(kind)),
        })?;
    }
    Ok(())
}

/// Whether and how a duty is extended, and the clause that says so: the extension's own, else the limit's.
fn rule<'c>(duty: &Duty, context: &Context<'c>) -> (Option<&'c Extension>, ClauseId) {
    let rule = duty::rule_of(&duty.key, context).and_then(|rule| rule.extension.as_ref());
    let clause = rule.and_then(|rule| rule.clause.as_ref()).unwrap_or(&duty.clause);
    (rule, clause.clone())
}

/// Nothing may reach beyond the day that the cap itself would be due, counted from the same start.
fn check_cap(
    duty: &Duty,
    rule: &Extension,
    clause: &ClauseId,
    more: Span,
    context: &Context,
) -> Result<(), Refusal> {
    let (Some(start), Some(limit)) = (&duty.terms.start, &duty.terms.limit) else {
        return Err(Refusal::NotProvided {
            deed: Deed::ExtensionRequest,
            clause: Some(clause.clone()),
        });
    };
    let pauses = &duty.terms.pauses;
    let due = |limit: &Limit| {
        let end = time_limit::end(start.at, limit, &duty.terms.counting, pauses, context.calendar)?;
        Some((end.at, end.on))
    };
    let mut extended = limit.clone();
    extended.extensions.push(more);
    let Some((asked_at, _)) = due(&extended) else {
        return Err(Refusal::NotProvided {
            deed: Deed::ExtensionRequest,
            clause: Some(clause.clone()),
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
            return Err(beyond(duty, clause, cap, more, Some(latest_on)));
        }
    }
    Ok(())
}

fn beyond(
    duty: &Duty,
    clause: &ClauseId,
    cap: Span,
    asked: Span,
    latest_due_on: Option<NaiveDate>,
) -> Refusal {
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
        clause: clause.clone(),
        cap,
        so_far,
        asked,
        latest_due_on,
    }
}

/// What became due since anybody looked, step by step, each with the time at which it was due, as a clock would have
/// brought it about that looked at every moment; none where nothing is due, which costs next to nothing. Looking again
/// at the same moment finds nothing. The version that all of it has together is the book's; its entries do not have it
/// yet. Counting again and telling somebody raise none, so that no reader is made stale by them.
pub(super) fn look<'a>(case: &Case, context: &Context<'a>) -> Option<Book<'a>> {
    let recounted = recounted(case, context);
    let Some(mut next) = next(recounted.as_ref().map_or(case, Book::case), context) else {
        return recounted;
    };
    let mut book = recounted.unwrap_or_else(|| Book::of(case, false, context));
    let counted_again = book.entries.len();
    book.by = By::Clock;
    // Each turn takes one step, and a case has only so many duties with so many steps.
    for _ in 0..MOST_STEPS {
        // Nobody could have looked before the case's last entry.
        book.context.now = next.at().max(case.recorded_at);
        take(next, &mut book);
        book.sequence_before = book.case().sequence;
        match self::next(book.case(), context) {
            Some(more) => next = more,
            None => break,
        }
    }
    book.context.now = context.now;
    let changes = !book.entries[counted_again..].iter().all(only_tells);
    book.version += u64::from(changes);
    Some(book)
}

/// The case with its duties counted again, if that makes a difference, because the calendar is newer than the one they
/// were counted with. By the newest one, a duty may be due on the same day.
fn recounted<'a>(case: &Case, context: &Context<'a>) -> Option<Book<'a>> {
    let newest = context.calendar.version();
    case.duties
        .iter()
        .any(|duty| duty.terms.calendar_version < newest)
        .then_some(())?;
    let mut book = Book::of(case, false, context);
    book.recount();
    (!book.entries.is_empty()).then_some(book)
}

/// Something that time alone brings about.
enum Due {
    /// The end of a pause.
    PauseOver(DateTime<Utc>, ThingId, Option<ClauseId>),
    /// The end of an emergency in which somebody opened the case.
    EmergencyOver(DateTime<Utc>, ThingId),
    /// The receipt of a form nobody signed for.
    DeemedReceipt(DateTime<Utc>, ThingId, ClauseId),
    /// A step of a duty's ladder.
    Step(Box<Step>),
}

impl Due {
    fn at(&self) -> DateTime<Utc> {
        match self {
            Due::PauseOver(at, ..) | Due::EmergencyOver(at, _) | Due::DeemedReceipt(at, ..) => *at,
            Due::Step(step) => step.at,
        }
    }
}

/// The oldest thing that is due. Of several at one moment, first the pause that ends, then the emergency, then the
/// receipt, then the step.
fn next(case: &Case, context: &Context) -> Option<Due> {
    let pause = case
        .open_suspensions()
        .filter_map(|pause| Some(Due::PauseOver(pause.ends_at?, pause.id, pause.clause.clone())));
    let receipt = duty::receipts_to_deem(case, context)
        .map(|(dispatch, at, clause)| Due::DeemedReceipt(at, dispatch, clause.clone()));
    let step = escalation::step_due(case, context).map(|step| Due::Step(Box::new(step)));
    let emergency = case
        .emergencies_not_over()
        .map(|reading| Due::EmergencyOver(reading.until, reading.id));
    pause
        .chain(emergency)
        .chain(receipt)
        .filter(|due| due.at() <= context.now)
        .chain(step)
        .min_by_key(Due::at)
}

/// Writes what is due, and what follows from it for the duties.
fn take(due: Due, book: &mut Book) {
    let at = due.at();
    match due {
        Due::PauseOver(at, thing, clause) => {
            let resumed = Event::LimitsResumed(About { thing, text: None });
            book.write(at, By::Clock, clause, resumed);
        }
        Due::EmergencyOver(at, thing) => {
            let over = Event::EmergencyOver(About { thing, text: None });
            book.write(at, By::Clock, None, over);
        }
        Due::DeemedReceipt(at, dispatch, clause) => {
            let signature = Signature {
                dispatch,
                receipt: Receipt::Deemed,
                method: None,
                received_at: None,
            };
            book.write(at, By::Clock, Some(clause), Event::DispatchSigned(signature));
        }
        Due::Step(step) => {
            let taken = Event::StepTaken {
                duty: step.duty.id,
                step: step.name,
            };
            book.write(step.at, By::Clock, Some(step.duty.clause.clone()), taken);
            for (clause, event) in step.effects {
                book.write(step.at, By::Clock, Some(clause), event);
            }
        }
    }
    book.settle_at(at);
}

const MOST_STEPS: usize = 1_000;

/// Whether an entry of the clock's changes nothing that is decided by: a step that only tells somebody.
fn only_tells(entry: &Entry) -> bool {
    matches!(
        entry.event,
        Event::StepTaken { .. } | Event::UnitUrged { .. } | Event::Notified { .. }
    )
}

//! Finding out, putting right, answering.

use std::collections::BTreeMap;

use super::coming_in::{not_listed, usable_unit};
use super::{Book, Context, Event, Refusal};
use crate::case::command::{ApprovalDecision, Investigation, Measure, RectificationOrder, Reply, Work};
use crate::case::permitted::{can_be_recorded, deed_of};
use crate::case::refusal::Missing;
use crate::case::{Act, Case};
use crate::rulebook::Need;
use crate::text::Text;
use crate::words::{AxisName, Deed, Field, Subject, Word};

pub(super) fn record_work(
    case: &Case,
    work: &Work,
    context: &Context,
    book: &mut Book,
) -> Result<(), Refusal> {
    if !can_be_recorded(work.kind.deed(), case) {
        return Err(Refusal::WrongStatus {
            deed: work.kind.deed(),
            status: case.status,
        });
    }
    let at = work.happened_at.unwrap_or(context.now);
    if at > context.now || at < case.received_at {
        return Err(Refusal::TimesOutOfOrder { field: "happened_at" });
    }
    demand_sections(book, context, work.kind.deed(), &work.sections)?;
    book.note_at(at, Event::WorkRecorded(work.clone()));
    Ok(())
}

/// Where the rulebook lists causes, what is stated is one of them and classifies the case (R13-3.3).
pub(super) fn complete_investigation(
    found: &Investigation,
    context: &Context,
    book: &mut Book,
) -> Result<(), Refusal> {
    let mut found = found.clone();
    match context.rulebook.axis(AxisName::Cause) {
        Some(axis) if found.cause.is_some() => {
            let listed = |word: &Word| axis.values.words().any(|known| known == word);
            if !found.cause_word.as_ref().is_some_and(listed) {
                let word = found.cause_word.map(|word| word.to_string()).unwrap_or_default();
                return Err(not_listed("cause", word, Some(axis.clause.clone())));
            }
        }
        Some(_) | None => found.cause_word = None,
    }
    book.note(Event::InvestigationCompleted(Box::new(found)))
}

pub(super) fn reply(reply: &Reply, context: &Context, book: &mut Book) -> Result<(), Refusal> {
    demand_sections(book, context, Deed::Reply, &reply.sections)?;
    // A channel may have one way back (R01-3.2c).
    if let Some(rule) = context.rulebook.channel(book.case().channel)
        && rule.replies_by.is_some_and(|way| way != reply.channel)
    {
        return Err(Refusal::NotListed {
            field: "channel",
            word: reply.channel.to_string(),
            clause: Some(rule.clause.clone()),
        });
    }
    book.note(Event::Replied(reply.clone()))
}

/// The sections that the rulebook's form for this deed asks for.
fn demand_sections(
    book: &Book,
    context: &Context,
    deed: Deed,
    given: &BTreeMap<Word, Text>,
) -> Result<(), Refusal> {
    let facts = book.case().facts(context.rulebook, context.directory);
    if let Some(form) = context.rulebook.form(deed, &facts) {
        let missing: Vec<Word> = form
            .sections
            .words()
            .filter(|section| !given.contains_key(*section))
            .cloned()
            .collect();
        if !missing.is_empty() {
            let clause = form.clause.clone();
            return Err(Refusal::SectionsMissing {
                field: "sections",
                missing,
                clause,
            });
        }
    }
    Ok(())
}

pub(super) fn decide_approval(
    case: &Case,
    decision: &ApprovalDecision,
    book: &mut Book,
) -> Result<(), Refusal> {
    let about = deed_of(case, Act::DecideApproval, Some(decision.about));
    if about != Deed::Approval(Some(decision.subject)) {
        return Err(Refusal::ReferenceUnknown { field: "approval_id" });
    }
    if !decision.granted && decision.reason.is_none() {
        let need = Need::Field(Field::Reason);
        return Err(Refusal::FactsMissing {
            missing: vec![Missing {
                need,
                or: Vec::new(),
                clause: None,
                by: None,
            }],
        });
    }
    book.note(Event::ApprovalDecided(decision.clone()))?;
    let agreed = book
        .case()
        .approval_requests
        .iter()
        .find(|asked| asked.id == decision.about && asked.subject == Subject::Publication)
        .filter(|asked| matches!(asked.decided, Some((_, true))));
    // With the last voice that was asked for it is public.
    match agreed.map(|asked| asked.text.clone()) {
        Some(text) => book.note(Event::Published { text }),
        None => Ok(()),
    }
}

pub(super) fn take_measure(
    case: &Case,
    measure: &Measure,
    context: &Context,
    book: &mut Book,
) -> Result<(), Refusal> {
    let today = context.calendar.date_of(context.now);
    if measure.taken_on > today || measure.taken_on < context.calendar.date_of(case.received_at) {
        return Err(Refusal::TimesOutOfOrder { field: "taken_on" });
    }
    book.note(Event::MeasureTaken(measure.clone()))
}

pub(super) fn order_rectification(
    order: &RectificationOrder,
    context: &Context,
    book: &mut Book,
) -> Result<(), Refusal> {
    usable_unit(order.unit, "unit_id", context)?;
    book.note(Event::RectificationOrdered(order.clone()))
}

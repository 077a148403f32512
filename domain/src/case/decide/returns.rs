//! A unit gives back what was dispatched to it (退单), and the arbiter decides. The clock keeps running.

use super::{Book, Context, Event, Refusal};
use crate::case::command::{Return, ReturnDecision};
use crate::case::refusal::Missing;
use crate::rulebook::Need;
use crate::words::Field;

pub(super) fn give_back(it: &Return, context: &Context, book: &mut Book) -> Result<(), Refusal> {
    book.rests_on = context
        .rulebook
        .returns
        .as_ref()
        .map(|returns| returns.clause.clone());
    book.note(Event::DispatchReturned(it.clone()))
}

pub(super) fn decide_return(
    decision: &ReturnDecision,
    context: &Context,
    book: &mut Book,
) -> Result<(), Refusal> {
    let clause = context
        .rulebook
        .returns
        .as_ref()
        .map(|returns| returns.clause.clone());
    if !decision.agreed && decision.reason.is_none() {
        let missing = Missing {
            need: Need::Field(Field::Reason),
            or: Vec::new(),
            clause,
            by: None,
        };
        return Err(Refusal::FactsMissing {
            missing: vec![missing],
        });
    }
    book.rests_on = clause;
    book.note(Event::ReturnDecided(decision.clone()))
}

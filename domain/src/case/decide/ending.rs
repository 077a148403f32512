//! After the answer: whether another round is needed.

use super::{Book, Context, Event, Refusal};
use crate::case::Case;
use crate::case::command::SecondDispatchDecision;
use crate::escalation::next_round;
use crate::rulebook::NewRound;
use crate::words::Deed;

pub(super) fn decide_second_dispatch(
    case: &Case,
    decision: &SecondDispatchDecision,
    context: &Context,
    book: &mut Book,
) -> Result<(), Refusal> {
    let next = next_round(NewRound::Next, case, context);
    if decision.needed && next.is_none() {
        return Err(match &context.rulebook.rounds {
            Some(rounds) => Refusal::BoundReached {
                clause: rounds.clause.clone(),
                bound: u32::from(
                    context
                        .rulebook
                        .rounds_at_most(context.directory)
                        .unwrap_or_default(),
                ),
            },
            None => Refusal::NotProvided {
                deed: Deed::Redispatch,
                clause: None,
            },
        });
    }
    book.note(Event::SecondDispatchDecided(decision.clone()))?;
    match next {
        Some(round) if decision.needed => book.note(Event::RoundOrdered { round }),
        _ => Ok(()),
    }
}

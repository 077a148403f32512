//! How often, how long and after what a unit may still give a dispatch back.

use crate::case::{Case, Context, Refusal};
use crate::duty;
use crate::ids::ThingId;
use crate::rulebook::{Entry, Returns};
use crate::time_limit::Limit;
use crate::words::Deed;

/// What forbids the unit to return this dispatch, whatever reason it gives.
pub(super) fn bars_return(case: &Case, dispatch: ThingId, context: &Context) -> Option<Refusal> {
    let returns = context.rulebook.returns.as_ref()?;
    let sent = case.running_dispatch(dispatch)?;
    let refused = |given: &crate::case::GivenBack| given.decided.is_some_and(|(_, agreed)| !agreed);
    if returns.r#final && sent.given_back.iter().any(refused) {
        let clause = returns.clause.clone();
        return Some(Refusal::ReturnIsFinal { clause });
    }
    let times: usize = case
        .dispatches
        .iter()
        .filter(|sent| sent.round == case.round)
        .map(|sent| sent.given_back.len())
        .sum();
    if times >= usize::from(returns.at_most) {
        return Some(Refusal::BoundReached {
            clause: returns.clause.clone(),
            bound: u32::from(returns.at_most),
        });
    }
    window_over(returns, case, dispatch, context)
}

/// The time to return it runs from a deed of the rulebook's; before that deed it has not begun.
fn window_over(
    returns: &Entry<Returns>,
    case: &Case,
    dispatch: ThingId,
    context: &Context,
) -> Option<Refusal> {
    let start = match returns.from {
        Deed::Dispatch => case.running_dispatch(dispatch)?.sent_at,
        from => case.in_force(from, Some(dispatch))?.at,
    };
    let counting = context.rulebook.counting_of_windows();
    let ended_at = duty::due(start, &Limit::from(returns.within), &counting, &[], context)?.at;
    (context.now >= ended_at).then(|| Refusal::WindowOver {
        clause: returns.clause.clone(),
        ended_at,
    })
}

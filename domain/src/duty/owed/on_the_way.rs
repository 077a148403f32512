//! What is owed on the way to a duty that a gate bars.

use std::collections::{BTreeMap, BTreeSet};

use crate::case::permitted::grounds;
use crate::case::status::{Scope, scope};
use crate::case::{Case, Context, Missing};
use crate::duty::{DutyKey, HeldBy, Terms};
use crate::gate;
use crate::responsibility::first_that_may;
use crate::words::{ClauseId, Deed};

/// What a barred duty waits for is owed on the way: by whom the gate names, else by the holder of
/// the barred duty, under the gate's clause, due when the barred duty is due.
pub(super) fn on_the_way(
    case: &Case,
    context: &Context,
    key: &DutyKey,
    clause: &ClauseId,
    terms: &Terms,
    seen: &mut Vec<Deed>,
    owed: &mut BTreeMap<DutyKey, (ClauseId, Terms)>,
) {
    let dispatch = key
        .thing
        .and_then(|thing| case.running_dispatch(thing))
        .or_else(|| case.lead());
    for missing in gate::missing(case, context, terms.owes, dispatch.map(|dispatch| dispatch.id)) {
        let Some(deed) = gate::made_by(&missing, terms.owes) else {
            continue;
        };
        let deed = instead(deed, case, context);
        // An order has duties of its own: its answer, then its lifting.
        let of_its_own = deed == Deed::SupervisionLifting;
        if of_its_own || seen.contains(&deed) || owed.values().any(|(_, other)| deed.covers(other.owes)) {
            continue;
        }
        seen.push(deed);
        let holder = holder_on_the_way(&missing, deed, terms, context);
        let because = clause.clone();
        let clause = missing.clause.clone().unwrap_or_else(|| clause.clone());
        let next = Terms {
            owes: deed,
            holder,
            because: Some(because),
            beside: BTreeSet::new(),
            ..terms.clone()
        };
        let thing = matches!(scope(deed), Scope::Dispatch)
            .then_some(key.thing)
            .flatten();
        if gate::opens(case, context, deed, dispatch.map(|dispatch| dispatch.id)) {
            let key = DutyKey {
                name: deed.to_string(),
                round: case.round,
                thing,
            };
            owed.insert(key, (clause, next));
        } else {
            on_the_way(case, context, key, &clause, &next, seen, owed);
        }
    }
}

/// Where the screening was made and not passed, what is owed is the end that the rulebook lists for such a matter:
/// that it is declined, or handed over. Another screening may still pass it.
fn instead(deed: Deed, case: &Case, context: &Context) -> Deed {
    if deed != Deed::Screening || !case.failed_its_screening() {
        return deed;
    }
    [Deed::Decline, Deed::HandOver]
        .into_iter()
        .find(|end| !grounds(case, *end, context).is_empty())
        .unwrap_or(deed)
}

fn holder_on_the_way(missing: &Missing, deed: Deed, terms: &Terms, context: &Context) -> HeldBy {
    if let Some(by) = &missing.by {
        return by.clone();
    }
    // Whoever holds the barred duty owes the way to it, unless his position may not do it at all.
    let may = match &terms.holder.position {
        Some(position) => context
            .rulebook
            .position(position)
            .is_some_and(|position| position.may_do(deed)),
        None => true,
    };
    if may {
        terms.holder.clone()
    } else {
        first_that_may(deed, context).unwrap_or_else(|| terms.holder.clone())
    }
}

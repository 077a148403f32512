//! What is owed on a case as it stands: what the rulebook names ([`ruled`]), what follows from something asked
//! ([`asked`]), and what is owed on the way to a duty that a gate bars ([`on_the_way`]).
//!
//! **What a due date means.** It is the end ([`time_limit::end`]) of four facts and of nothing else, so that it is the
//! same in whatever order they came about:
//!
//! - the *start*: when the deed that the rule counts from was done which is in force now. A return alone changes
//!   nothing, for the form it gives back is still the unit's; a form sent anew, a new round and a case taken up again
//!   do the deed anew, and their duty is another one ([`DutyKey`]), with pauses and extensions of its own;
//! - the *limit*: the rule's length (or the office's, or the order's, where the text has none) with every extension
//!   granted on this very duty. A reclassification changes which rules hold, never a start; who classifies back finds
//!   the former duty with its extensions;
//! - the *pauses*: every suspension on a ground that stops this limit and that ended after its start. Material that
//!   comes ends the pause that waited for it when it came, whenever that is written down; nothing else about it counts;
//! - the *calendar*: the newest version, unless the due date was over before that version came: what is over stays.
//!
//! Urging, notices, comments, reading, returns and who holds the duty are no such fact. `case::tests::orders` holds
//! this over random orders.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use super::{Due, DutyKey, DutySource, HeldBy, Terms};
use crate::authority::is_confidential;
use crate::case::{Case, Context};
use crate::ids::ThingId;
use crate::responsibility::{first_receiver, hold, keep_close};
use crate::rulebook::Force;
use crate::time_limit::{self, Counting, Limit, Pause};
use crate::words::{ClauseId, Deed, Subject};

mod asked;
mod on_the_way;
mod ruled;

use asked::{built_in, undecided_returns};
use on_the_way::on_the_way;
pub use ruled::past;
use ruled::ruled;

/// Everything that is owed on the case as it stands, by which duty it is.
#[must_use]
pub fn owed(case: &Case, context: &Context) -> BTreeMap<DutyKey, (ClauseId, Terms)> {
    let mut owed = by_rule(case, context);
    cite_each_other(&mut owed);
    if is_confidential(case, context) {
        for (_, terms) in owed.values_mut() {
            keep_close(&mut terms.holder, case, context);
        }
    }
    owed
}

/// Several limits for one deed all run: the earliest counts first, and each names the clauses of the others.
fn cite_each_other(owed: &mut BTreeMap<DutyKey, (ClauseId, Terms)>) {
    let mut clauses: BTreeMap<(Deed, Option<ThingId>), BTreeSet<ClauseId>> = BTreeMap::new();
    let limited = |terms: &Terms| terms.start.is_some() && terms.because.is_none();
    for (key, (clause, terms)) in owed.iter().filter(|(_, (_, terms))| limited(terms)) {
        clauses
            .entry((terms.owes, key.thing))
            .or_default()
            .insert(clause.clone());
    }
    for (key, (clause, terms)) in owed.iter_mut().filter(|(_, (_, terms))| limited(terms)) {
        if let Some(together) = clauses.get(&(terms.owes, key.thing)) {
            terms.beside = together
                .iter()
                .filter(|other| *other != clause)
                .cloned()
                .collect();
        }
    }
}

fn by_rule(case: &Case, context: &Context) -> BTreeMap<DutyKey, (ClauseId, Terms)> {
    let mut owed = BTreeMap::new();
    ruled(case, context, &mut owed);
    undecided_returns(case, context, &mut owed);
    built_in(case, context, &mut owed);
    if !case.status.is_open() {
        let ordered = |owes: Deed| case.ordered_notices.iter().any(|(deed, _)| *deed == owes);
        owed.retain(|key, (_, terms)| {
            outlives_the_case(terms.owes) || ordered(terms.owes) || begins_with_the_end(key, context)
        });
        return owed;
    }
    let explicit: Vec<_> = owed.iter().map(|(key, it)| (key.clone(), it.clone())).collect();
    for (key, (clause, terms)) in explicit {
        let mut seen = vec![terms.owes];
        on_the_way(case, context, &key, &clause, &terms, &mut seen, &mut owed);
    }
    if let Some((clause, terms)) = tracking(case, context) {
        owed.insert(
            DutyKey {
                name: "tracking".to_owned(),
                round: 0,
                thing: None,
            },
            (clause, terms),
        );
    }
    owed
}

/// The first receiver follows the matter until the rulebook says it ends (首问负责).
fn tracking(case: &Case, context: &Context) -> Option<(ClauseId, Terms)> {
    let first_contact = context.rulebook.first_contact.as_ref()?;
    let tracked = case.in_force(first_contact.tracks_until, None).is_some();
    let (owes, holder) = match &first_contact.passes_to {
        None if tracked => return None,
        // Whoever takes the responsibility over has it to the end.
        Some(next) if tracked => (Deed::Closing, hold(next, Deed::Closing, case, context, None)?),
        _ => (first_contact.tracks_until, first_receiver(case, context)),
    };
    Some((
        first_contact.clause.clone(),
        plain(owes, holder, DutySource::Rulebook, context),
    ))
}

fn plain(owes: Deed, holder: HeldBy, source: DutySource, context: &Context) -> Terms {
    Terms {
        owes,
        holder,
        source,
        because: None,
        start: None,
        limit: None,
        counting: Counting::default(),
        pauses: Vec::new(),
        beside: BTreeSet::new(),
        due: None,
        calendar_version: context.calendar.version(),
        force: Force::Must,
    }
}

/// The due date of a limit that starts now.
#[must_use]
pub fn due(
    start: DateTime<Utc>,
    limit: &Limit,
    counting: &Counting,
    pauses: &[Pause],
    context: &Context,
) -> Option<Due> {
    let end = time_limit::end(start, limit, counting, pauses, context.calendar)?;
    // What stands still has no due date: as long as that lasts, the end moves away day by day.
    end.paused_since.is_none().then_some(Due {
        on: end.on,
        at: end.at,
        provisional: end.provisional,
    })
}

/// What the rulebook counts from the deed that ends a case is owed after it: that the complainant is told.
fn begins_with_the_end(key: &DutyKey, context: &Context) -> bool {
    super::rule_of(key, context).is_some_and(|rule| {
        matches!(
            rule.from,
            Deed::Decline
                | Deed::HandOver
                | Deed::Withdrawal
                | Deed::Cancellation
                | Deed::EarlyClosing
                | Deed::Closing
        )
    })
}

/// What may still be owed on a case that has ended.
fn outlives_the_case(deed: Deed) -> bool {
    matches!(
        deed,
        Deed::Archiving
            | Deed::AccountabilityClosing
            | Deed::AppealDecision
            | Deed::Publication
            | Deed::ReadingReview
            | Deed::IdentityDecision
            | Deed::Approval(Some(Subject::Lending | Subject::Publication))
    )
}

//! What waits for a yes, and whose: the approvals that gates and grounds of a rulebook ask for.

use crate::case::{ApprovalRequest, Case, Context};
use crate::duty::HeldBy;
use crate::responsibility::{first_that_may, hold, made_by};
use crate::rulebook::{Checked, Holder, Need, When};
use crate::words::{ClauseId, Deed, Subject};

/// A place in the rulebook that asks for an approval.
#[derive(Clone, Copy, Debug)]
pub struct Called<'r> {
    /// What is to be approved.
    pub subject: Subject,
    /// The deed that waits for it.
    pub before: Deed,
    /// Who must have said yes, each of them; empty: whoever may.
    pub by: &'r [Holder],
    /// The clause.
    pub clause: &'r ClauseId,
    /// For which cases.
    pub when: &'r When,
}

/// Every approval that the rulebook asks for, in the order of its gates and then its grounds.
pub fn called(rulebook: &Checked) -> impl Iterator<Item = Called<'_>> {
    let gates = rulebook.gates.iter().flat_map(|gate| {
        gate.needs.iter().chain(&gate.one_of).filter_map(|need| {
            Some(Called {
                subject: subject_of(*need)?,
                before: gate.before,
                by: &gate.by,
                clause: &gate.clause,
                when: &gate.when,
            })
        })
    });
    let grounds = rulebook.grounds.iter().flat_map(|ground| {
        ground.needs.iter().filter_map(|need| {
            Some(Called {
                subject: subject_of(*need)?,
                before: ground.of,
                by: &[],
                clause: &ground.clause,
                when: &ground.when,
            })
        })
    });
    gates.chain(grounds)
}

fn subject_of(need: Need) -> Option<Subject> {
    match need {
        Need::Deed(Deed::Approval(subject)) => subject,
        Need::Deed(_) | Need::Field(_) | Need::Axis(_) => None,
    }
}

/// The place that asks for this approval on this case. What only the awaited deed itself would make true (a finding of
/// malice) is not known before it, so that a place whose condition does not hold yet counts where none does.
#[must_use]
pub fn called_here<'r>(subject: Subject, case: &Case, context: &Context<'r>) -> Option<Called<'r>> {
    let facts = case.facts(context.rulebook, context.directory);
    let mut places = called(context.rulebook).filter(|place| place.subject == subject);
    let first = places.next()?;
    if first.when.matches(&facts) {
        return Some(first);
    }
    Some(places.find(|place| place.when.matches(&facts)).unwrap_or(first))
}

/// What can be asked for by request: a plan and a lending are asked for by being drafted and requested, and what is to
/// be public by its text.
#[must_use]
pub fn is_asked_for_by_itself(subject: Subject) -> bool {
    match subject {
        Subject::Mode | Subject::Finding | Subject::Report | Subject::Disposition | Subject::Closing => true,
        Subject::Plan | Subject::Publication | Subject::Lending => false,
    }
}

/// How many must say yes before something is approved.
#[must_use]
pub fn voices(place: &Called) -> u8 {
    u8::try_from(place.by.len()).unwrap_or(u8::MAX).max(1)
}

/// Who owes the next word on a request: the first of those whom the rulebook names who has not agreed since.
#[must_use]
pub fn next_voice(request: &ApprovalRequest, case: &Case, context: &Context) -> Option<(ClauseId, HeldBy)> {
    let deed = Deed::Approval(Some(request.subject));
    let place = called_here(request.subject, case, context)?;
    let agreed = |by: &Holder| {
        case.done.iter().any(|done| {
            done.deed == deed && done.sequence > request.sequence && made_by(by, done, case, context)
        })
    };
    let holder = match place.by.iter().find(|by| !agreed(by)) {
        Some(by) => hold(by, deed, case, context, None),
        None => first_that_may(deed, context),
    };
    Some((place.clause.clone(), holder?))
}

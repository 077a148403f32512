//! The end of a case before its end, what becomes of a closed one, and what must not be erased.

use super::review::round_anew;
use super::{Book, Context, Event, Refusal};
use crate::approval;
use crate::case::Case;
use crate::case::command::{EarlyClosing, Publication, Reopening};
use crate::case::permitted::ground_barred;
use crate::retention;
use crate::words::{Deed, Subject};

pub(super) fn close_early(
    case: &Case,
    it: &EarlyClosing,
    context: &Context,
    book: &mut Book,
) -> Result<(), Refusal> {
    match ground_barred(case, Deed::EarlyClosing, &it.ground, true, context) {
        Some(refusal) => Err(refusal),
        None => book.note(Event::CaseClosedEarly(it.clone())),
    }
}

pub(super) fn reopen(case: &Case, it: &Reopening, context: &Context, book: &mut Book) -> Result<(), Refusal> {
    if let Some(refusal) = ground_barred(case, Deed::Reopening, &it.ground, true, context) {
        return Err(refusal);
    }
    book.note(Event::CaseReopened {
        reopening: it.clone(),
        round: round_anew(case),
    })
}

/// What is to be public waits for whom the rulebook asks; where it asks nobody, it is public at once.
pub(super) fn publish(
    case: &Case,
    it: &Publication,
    context: &Context,
    book: &mut Book,
) -> Result<(), Refusal> {
    if case
        .open_approval_requests()
        .any(|asked| asked.subject == Subject::Publication)
    {
        return Err(Refusal::AlreadyDone {
            deed: Deed::Publication,
        });
    }
    let text = it.text.clone();
    match approval::called_here(Subject::Publication, case, context) {
        Some(place) => {
            book.rests_on = Some(place.clause.clone());
            book.note(Event::ApprovalAsked {
                subject: Subject::Publication,
                text,
                voices: approval::voices(&place),
            })
        }
        None => book.note(Event::Published { text }),
    }
}

/// What must be kept is over: the entry says until which day it had to be there, and under which clause.
pub(super) fn erase(case: &Case, context: &Context, book: &mut Book) -> Result<(), Refusal> {
    let (kept_until, clause) = retention::erasable_after(case, context).ok_or(Refusal::NotProvided {
        deed: Deed::Erasure,
        clause: None,
    })?;
    book.rests_on = Some(clause);
    book.note(Event::CaseErased { kept_until })
}

//! Appeals and what they change; approvals asked for.

use super::{Book, Context, Event, Refusal};
use crate::approval;
use crate::authority::permitting;
use crate::case::Case;
use crate::case::command::{Appeal, AppealDecision, AppealOutcome, ApprovalAsked};
use crate::case::permitted::{appeal_barred, appealable};
use crate::escalation::next_round;
use crate::ids::StaffId;
use crate::rulebook::NewRound;
use crate::words::{Deed, Status};

pub(super) fn file_appeal(
    case: &Case,
    it: &Appeal,
    context: &Context,
    book: &mut Book,
) -> Result<(), Refusal> {
    let Some(rule) = appealable(case, context).find(|rule| rule.name == it.name) else {
        let clause = context.rulebook.appeals.first();
        return Err(Refusal::NotListed {
            field: "name",
            word: it.name.to_string(),
            clause: clause.map(|rule| rule.clause.clone()),
        });
    };
    let at = it.filed_at.unwrap_or(context.now);
    let since = case.in_force(rule.against, None).map(|done| done.at);
    if at > context.now || since.is_some_and(|since| at < since) {
        return Err(Refusal::TimesOutOfOrder { field: "filed_at" });
    }
    if let Some(refusal) = appeal_barred(case, rule, at, context) {
        return Err(refusal);
    }
    book.rests_on = Some(rule.clause.clone());
    let event = Event::AppealFiled {
        appeal: it.clone(),
        against: rule.against,
    };
    book.note_at(at, event);
    Ok(())
}

/// An appeal that changes a decision orders a new round where the rulebook knows rounds, and else has the matter
/// handled anew.
pub(super) fn decide_appeal(
    case: &Case,
    it: &AppealDecision,
    context: &Context,
    book: &mut Book,
) -> Result<(), Refusal> {
    let appeal = case.appeals.iter().find(|appeal| appeal.id == it.appeal);
    book.rests_on = appeal.and_then(|appeal| appeal.clause.clone());
    book.note(Event::AppealDecided(it.clone()))?;
    if it.outcome == AppealOutcome::Upheld {
        return Ok(());
    }
    let answered = case.status == Status::Replied && !case.dispatches.is_empty();
    match next_round(NewRound::Next, case, context).filter(|_| answered) {
        Some(round) => book.note(Event::RoundOrdered { round }),
        None => book.note(Event::CaseTakenUpAgain {
            round: round_anew(case),
        }),
    }
}

/// The round in which a case is handled anew: what was declined was not handled at all.
pub(super) fn round_anew(case: &Case) -> u8 {
    if case.status == Status::Declined {
        case.round
    } else {
        case.round.max(1).saturating_add(1)
    }
}

pub(super) fn request_approval(
    case: &Case,
    it: &ApprovalAsked,
    staff: StaffId,
    context: &Context,
    book: &mut Book,
) -> Result<(), Refusal> {
    let deed = Deed::Approval(Some(it.subject));
    let place = approval::called_here(it.subject, case, context)
        .filter(|place| approval::is_asked_for_by_itself(place.subject));
    let Some(place) = place else {
        return Err(Refusal::NotProvided { deed, clause: None });
    };
    let may = [place.before, Deed::ApprovalRequest]
        .into_iter()
        .any(|deed| !permitting(staff, deed, Some(case), context.rulebook, context.directory).is_empty());
    if !may {
        return Err(super::not_permitted(place.before, context));
    }
    let asked = case
        .open_approval_requests()
        .any(|asked| asked.subject == it.subject);
    if asked || case.in_force(deed, None).is_some() {
        return Err(Refusal::AlreadyDone {
            deed: Deed::ApprovalRequest,
        });
    }
    book.rests_on = Some(place.clause.clone());
    book.note(Event::ApprovalAsked {
        subject: it.subject,
        text: it.text.clone(),
        voices: approval::voices(&place),
    })
}

//! Who may know of the case: naming somebody on it, shutting it, opening it in an emergency, and asking who reports.

use super::{Book, By, Context, Event, Refusal};
use crate::authority::{keys, permitting, sight};
use crate::case::Case;
use crate::case::command::{Correction, Emergency, EmergencyOpened, IdentityDecision, Naming, Restriction};
use crate::case::secrecy::EMERGENCY;
use crate::ids::StaffId;
use crate::responsibility::first_that_may;
use crate::words::{Deed, Field};

pub(super) fn name_participant(
    case: &Case,
    naming: &Naming,
    context: &Context,
    book: &mut Book,
) -> Result<(), Refusal> {
    let field = "staff_id";
    let Some(member) = context.directory.active(naming.staff) else {
        return Err(Refusal::ReferenceUnknown { field });
    };
    // What is kept from a unit is kept from its people (R03-2.1.5).
    let barred = sight(case, context).barred;
    let theirs = keys(naming.staff, context.rulebook, context.directory, context.now);
    if !barred.is_disjoint(&theirs) || member.unit.is_some_and(|unit| barred.contains(&unit.into())) {
        return Err(Refusal::PersonBarred { field });
    }
    if case
        .secrecy
        .participants
        .iter()
        .any(|known| known.staff == naming.staff)
    {
        return Err(Refusal::AlreadyDone {
            deed: Deed::Participation,
        });
    }
    book.note(Event::ParticipantNamed(naming.clone()))
}

pub(super) fn restrict(case: &Case, restriction: &Restriction, book: &mut Book) -> Result<(), Refusal> {
    if case.secrecy.restricted == restriction.restricted {
        return Err(Refusal::AlreadyDone {
            deed: Deed::Restriction,
        });
    }
    book.note(Event::CaseRestricted(restriction.clone()))
}

/// A text gets a version for those who may not know the person. The subject, which is no fact of this list, gets none: it
/// stands in lists, and whoever writes it keeps names out of it.
pub(super) fn redact(case: &Case, redaction: &Correction, book: &mut Book) -> Result<(), Refusal> {
    let is_there = match redaction.field {
        Field::Content => case.content.is_some(),
        field => case.texts.contains_key(&field),
    };
    if !is_there {
        return Err(Refusal::ReferenceUnknown { field: "field" });
    }
    book.note(Event::TextRedacted(redaction.clone()))
}

/// Opens a case to somebody to whom it is not open. For who may not even do that, it is not there: and so it is for
/// whom it is kept from, whatever his position.
pub(super) fn break_glass<'a>(
    case: &Case,
    emergency: &Emergency,
    staff: StaffId,
    context: &'a Context<'a>,
) -> Result<Book<'a>, Refusal> {
    let deed = Deed::EmergencyReading;
    let sight = sight(case, context);
    let his_keys = keys(staff, context.rulebook, context.directory, context.now);
    if !sight.barred.is_disjoint(&his_keys) {
        return Err(Refusal::NotVisible);
    }
    let positions = permitting(staff, deed, Some(case), context.rulebook, context.directory);
    if !sight.audience.is_disjoint(&his_keys) {
        return Err(Refusal::AlreadyDone { deed });
    }
    if positions.is_empty() {
        return Err(Refusal::NotVisible);
    }
    // Nobody opens what nobody would look into.
    let Some(oversight) = first_that_may(Deed::ReadingReview, context) else {
        return Err(Refusal::NotProvided { deed, clause: None });
    };
    let clause = context
        .rulebook
        .positions_that_may(deed)
        .find(|position| positions.contains(&position.name))
        .map(|position| position.clause.clone());
    let mut book = Book::of(case, false, context);
    book.rests_on.clone_from(&clause);
    book.by = By::Staff {
        staff,
        positions,
        unit: context.directory.active(staff).and_then(|member| member.unit),
        acting_for: None,
    };
    book.note(Event::EmergencyOpened(EmergencyOpened {
        reason: emergency.reason.clone(),
        until: context.now + EMERGENCY,
    }))?;
    let notified = Event::Notified {
        holder: oversight,
        about: deed,
    };
    book.write(context.now, By::Rule, clause, notified);
    book.settle();
    Ok(book)
}

/// A second person agrees, for a span, or refuses with a reason.
pub(super) fn decide_identity(decision: &IdentityDecision, book: &mut Book) -> Result<(), Refusal> {
    book.note(Event::IdentityDecided(decision.clone()))
}

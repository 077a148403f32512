//! Cases from before the service. History states the known milestones and names the facts that the
//! rulebook would have demanded and nobody wrote down; it never pretends that a gate was passed. It
//! does form the verdict on each limit whose start and end are known.

use super::coming_in::check_matter;
use super::{Book, By, Context, Event, Refusal};
use crate::case::Case;
use crate::case::command::History;
use crate::duty::{self, Duty};
use crate::gate;
use crate::ids::CaseId;
use crate::words::{Deed, Status};

pub(super) fn record<'a>(
    id: CaseId,
    history: &History,
    context: &'a Context<'a>,
) -> Result<Book<'a>, Refusal> {
    let matter = &history.matter;
    let Some(receiver) = matter.first_receiver else {
        return Err(Refusal::ReferenceUnknown {
            field: "first_receiver_id",
        });
    };
    let Some(member) = context.directory.active(receiver) else {
        return Err(Refusal::ReferenceUnknown {
            field: "first_receiver_id",
        });
    };
    check_matter(matter, &[receiver], context)?;
    let mut last = matter.received_at;
    for milestone in &history.milestones {
        if milestone.at < last || milestone.at > context.now {
            return Err(Refusal::TimesOutOfOrder {
                field: milestone.deed.bare_word(),
            });
        }
        last = milestone.at;
    }

    let mut book = Book::new(context);
    book.by = By::Import;
    book.note_at(
        matter.received_at,
        Event::CaseReceived {
            case: id,
            office: context.directory.office,
            rulebook: context.rulebook.head.code.clone(),
            rulebook_version: context.rulebook.head.version.to_string(),
            matter: Box::new(matter.clone()),
            first_receiver: receiver,
            first_unit: member.unit,
        },
    );
    let recorded = |unrecorded| Event::HistoryRecorded {
        case_no: history.case_no.clone(),
        milestones: history.milestones.clone(),
        reply: history.reply.clone(),
        unrecorded,
    };
    // What is missing shows once the milestones are passed; it belongs into the same entry.
    let mut passed = Book::new(context);
    passed.by = By::Import;
    passed.case.clone_from(&book.case);
    passed.note(recorded(Vec::new()))?;
    let unrecorded = unrecorded(passed.case(), context);
    book.note(recorded(unrecorded))?;

    judge_past(&mut book, context);
    book.settle();
    Ok(book)
}

/// Forms the verdict on each limit whose start and end are known.
pub(super) fn judge_past(book: &mut Book, context: &Context) {
    for (key, clause, terms, done_at) in duty::past(book.case(), context) {
        let started_at = terms.start.as_ref().map_or(done_at, |start| start.at);
        let verdict = terms.due.as_ref().map(|due| due.verdict(done_at));
        let id = book.case().id.duty(book.case().sequence + 1);
        let opened = Duty {
            id,
            key,
            clause: clause.clone(),
            terms,
            opened_at: started_at,
            steps_taken: std::collections::BTreeSet::new(),
        };
        book.write(
            started_at,
            By::Rule,
            Some(clause.clone()),
            Event::DutyOpened(Box::new(opened)),
        );
        book.write(
            done_at,
            By::Rule,
            Some(clause),
            Event::DutyDischarged { duty: id, verdict },
        );
    }
}

/// The words for what the case must have passed by the order of its life and by its rulebook, and nobody
/// wrote down: deeds without a date, facts and gates that those deeds would have demanded.
fn unrecorded(case: &Case, context: &Context) -> Vec<String> {
    let mut words = Vec::new();
    let mut add = |word: String| {
        if !words.contains(&word) {
            words.push(word);
        }
    };
    for (deed, reached) in LIFE {
        if case.status < reached {
            break;
        }
        for missing in gate::facts_demanded(case, context, deed, |field| case.states(field)) {
            add(missing.need.to_string());
        }
        for missing in gate::missing(case, context, deed, None) {
            add(missing.need.to_string());
        }
        if case.in_force(deed, None).is_none() {
            add(deed.to_string());
        }
    }
    if case
        .in_force(Deed::Reply, None)
        .is_some_and(|reply| reply.text.is_none())
    {
        add("reply_text".to_owned());
    }
    words
}

/// What every answered case went through, with the status each leaves it in.
const LIFE: [(Deed, Status); 5] = [
    (Deed::Registration, Status::Registered),
    (Deed::Acceptance, Status::Accepted),
    (Deed::Reply, Status::Replied),
    (Deed::Closing, Status::Closed),
    (Deed::Archiving, Status::Archived),
];

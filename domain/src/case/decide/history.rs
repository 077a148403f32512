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
use crate::words::Deed;

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
    let unrecorded = unrecorded(passed.case(), history, context);
    book.note(recorded(unrecorded))?;

    for (key, clause, terms, done_at) in duty::past(book.case(), context) {
        let started_at = terms.start.as_ref().map_or(done_at, |start| start.at);
        let verdict = terms.due.as_ref().map(|due| due.verdict(done_at));
        let id = id.duty(book.case().sequence + 1);
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
    book.settle();
    Ok(book)
}

/// The words for what the rulebook demands before the milestones that were passed, and is not known.
fn unrecorded(case: &Case, history: &History, context: &Context) -> Vec<String> {
    let mut words = Vec::new();
    let passed =
        std::iter::once(Deed::Receipt).chain(history.milestones.iter().map(|milestone| milestone.deed));
    for deed in passed {
        let facts = gate::facts_demanded(case, context, deed, |field| case.states(field));
        for missing in facts
            .into_iter()
            .chain(gate::closed_gates(case, context, deed, None))
        {
            let word = missing.need.to_string();
            if !words.contains(&word) {
                words.push(word);
            }
        }
    }
    words
}

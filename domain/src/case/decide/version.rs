//! Moving a case to another version of a rulebook.

use super::Context;
use super::book::Book;
use crate::case::command::{Act, VersionMove};
use crate::case::event::{By, Event};
use crate::case::{Case, Refusal};
use crate::ids::StaffId;

/// What was done stays done; what is owed from now on, and by when, is the new version's to say. The context has that
/// version already.
pub(super) fn move_to<'a>(
    case: &Case,
    to: &VersionMove,
    administrator: StaffId,
    context: &'a Context<'a>,
) -> Result<Book<'a>, Refusal> {
    let head = &context.rulebook.head;
    if (&to.rulebook, &to.version) != (&head.code, &head.version) {
        return Err(Refusal::ReferenceUnknown { field: "version" });
    }
    let deed = Act::MoveToVersion.deed();
    if !case.status.is_open() {
        return Err(Refusal::WrongStatus {
            deed,
            status: case.status,
        });
    }
    if case.rulebook == to.rulebook && case.rulebook_version == to.version.as_str() {
        return Err(Refusal::AlreadyDone { deed });
    }
    let mut book = Book::of(case, true, context);
    book.by = By::Administrator { staff: administrator };
    book.note(Event::MovedToVersion(to.clone()))?;
    book.settle();
    Ok(book)
}

//! The preliminary review (初审), and acceptance, which rests on it.

use std::collections::BTreeMap;

use super::coming_in::not_listed;
use super::{Book, Context, Event, Refusal};
use crate::case::Case;
use crate::case::command::{Acceptance, Screening};
use crate::case::refusal::Missing;
use crate::rulebook::Need;
use crate::words::{Deed, Word};

/// Each check that the rulebook lists is made, and no other. A check that was not passed is an outcome like the
/// others: it bars acceptance and calls for a decline or a hand-over.
pub(super) fn screen(
    case: &Case,
    screening: &Screening,
    context: &Context,
    book: &mut Book,
) -> Result<(), Refusal> {
    check_checks("checks", &screening.checks, case, context)?;
    book.note(Event::CaseScreened(screening.clone()))
}

/// Acceptance states the checks itself, or rests on those of the screening that was made.
pub(super) fn accept(
    case: &Case,
    acceptance: &Acceptance,
    context: &Context,
    book: &mut Book,
) -> Result<(), Refusal> {
    let stated = Screening {
        checks: acceptance.screening.clone(),
        note: None,
    };
    let screening = match &case.screening {
        Some(made) if stated.checks.is_empty() => made,
        None if stated.checks.is_empty() => {
            demand_screening(case, context)?;
            &stated
        }
        _ => {
            check_checks("screening", &stated.checks, case, context)?;
            &stated
        }
    };
    let failed: Vec<String> = screening.failed().map(ToString::to_string).collect();
    if !failed.is_empty() {
        return Err(Refusal::ScreeningFailed { checks: failed });
    }
    book.note(Event::CaseAccepted(acceptance.clone()))
}

/// Where the rulebook lists checks, nothing is accepted without them.
fn demand_screening(case: &Case, context: &Context) -> Result<(), Refusal> {
    let facts = case.facts(context.rulebook, context.directory);
    let Some(form) = context.rulebook.form(Deed::Screening, &facts) else {
        return Ok(());
    };
    let missing = Missing {
        need: Need::Deed(Deed::Screening),
        or: Vec::new(),
        clause: Some(form.clause.clone()),
        by: None,
    };
    Err(Refusal::GateClosed {
        missing: vec![missing],
    })
}

/// The checks that the rulebook lists are the sections of its form of a screening (R01-3.3b).
fn check_checks(
    field: &'static str,
    checks: &BTreeMap<Word, bool>,
    case: &Case,
    context: &Context,
) -> Result<(), Refusal> {
    let facts = case.facts(context.rulebook, context.directory);
    let Some(form) = context.rulebook.form(Deed::Screening, &facts) else {
        return Ok(());
    };
    let listed = |check: &&Word| form.sections.words().any(|section| section == *check);
    if let Some(unknown) = checks.keys().find(|check| !listed(check)) {
        return Err(not_listed(field, unknown.to_string(), Some(form.clause.clone())));
    }
    let sections = form.sections.words();
    let missing: Vec<Word> = sections
        .filter(|section| !checks.contains_key(*section))
        .cloned()
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    Err(Refusal::SectionsMissing {
        field,
        missing,
        clause: form.clause.clone(),
    })
}

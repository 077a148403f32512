//! How much a rulebook may hold: many times what the longest regulation does, and little enough to be examined at once.

use crate::rulebook::{Flaw, FlawCode, Rulebook, Severity};

/// The most clauses, inherited ones included.
const CLAUSES_MAX: usize = 2_000;

/// The most entries of all other sections together, inherited ones included.
const RULES_MAX: usize = 2_000;

/// The most positions: each is tried for each deed.
const POSITIONS_MAX: usize = 100;

/// Says what there is too much of.
pub(super) fn too_much(rulebook: &Rulebook, flaws: &mut Vec<Flaw>) {
    let rules = rulebook.provisions().count();
    for (what, count, most) in [
        ("clauses", rulebook.clauses.len(), CLAUSES_MAX),
        ("rules", rules, RULES_MAX),
        ("positions", rulebook.positions.len(), POSITIONS_MAX),
    ] {
        if count > most {
            // The line of the first that is too many, where the file has it.
            let mut lines: Vec<usize> = match what {
                "clauses" => rulebook.clauses.values().map(|entry| entry.line).collect(),
                "positions" => rulebook.positions.iter().map(|entry| entry.line).collect(),
                _ => rulebook.provisions().map(|(place, _)| place.line).collect(),
            };
            lines.sort_unstable();
            flaws.push(Flaw {
                rulebook: Some(rulebook.head.code.clone()),
                line: lines.get(most).copied().unwrap_or(rulebook.head.line),
                what: "rulebook".to_owned(),
                reason: format!("it has {count} {what}; more than {most} are not examined"),
                closest: None,
                code: FlawCode::OutOfBounds,
                severity: Severity::Error,
                path: Vec::new(),
            });
        }
    }
}

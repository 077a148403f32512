//! The second step: whether what a rulebook says fits together.
//!
//! What is examined here can be seen without playing a case: names, clauses, powers, numbers. Whether every open case
//! has a duty that somebody can discharge is found by exploring the states.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    rulebook::{
        Checked, Entry, Flaw, FlawCode, Kind, Origin, Provision, Rulebook, Severity, When, inheritance::merge,
    },
    words::{ClauseId, RulebookCode, closest},
};

mod bounds;
mod clauses;
mod exploration;
mod names;
mod numbers;
mod open;
mod powers;
mod reachability;
mod secrets;
#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may stop where it stands")]
mod tests;

pub use exploration::{Exploration, STATES_MAX, explore, explore_up_to};

/// Merges a rulebook with its ancestors out of `library` and examines the whole.
///
/// # Errors
/// Everything that does not fit, each with its line in the file in which it stands.
pub fn check(rulebook: &Rulebook, library: &BTreeMap<RulebookCode, Rulebook>) -> Result<Checked, Vec<Flaw>> {
    let mut flaws = Vec::new();
    let merged = merge(rulebook, library, &mut flaws);
    bounds::too_much(&merged, &mut flaws);
    if flaws.iter().any(|flaw| flaw.code == FlawCode::OutOfBounds) {
        return Err(flaws);
    }
    let mut examination = Examination {
        rulebook: &merged,
        flaws,
    };
    examination.clauses();
    examination.names();
    examination.numbers();
    // A statute or a floor has no positions and no routes of its own; its rules are examined in its heirs.
    if merged.head.kind == Kind::Regulation {
        examination.powers();
        examination.reachability();
        examination.secrets();
    }
    let mut flaws = examination.flaws;
    if flaws.is_empty() {
        return Ok(Checked::new(merged));
    }
    sort(&mut flaws);
    Err(flaws)
}

/// What does not keep a rulebook from being used and is worth a second look: limits that have no number yet, gates that
/// more hands can pass than owe it.
#[must_use]
pub fn warnings(rulebook: &Checked) -> Vec<Flaw> {
    let mut examination = Examination {
        rulebook,
        flaws: Vec::new(),
    };
    examination.open_numbers();
    if rulebook.head.kind == Kind::Regulation {
        examination.other_hands();
        examination.open_secrets();
        examination.open_pauses();
    }
    let mut warnings = examination.flaws;
    for warning in &mut warnings {
        warning.severity = Severity::Warning;
    }
    sort(&mut warnings);
    warnings
}

fn sort(flaws: &mut Vec<Flaw>) {
    flaws.sort_by(|one, other| (one.line, &one.reason).cmp(&(other.line, &other.reason)));
    flaws.dedup();
}

/// The merged rulebook under examination, and what was found so far.
struct Examination<'r> {
    rulebook: &'r Rulebook,
    flaws: Vec<Flaw>,
}

impl<'r> Examination<'r> {
    fn flaw(&mut self, place: &Place<'r>, code: FlawCode, reason: String, closest: Option<String>) {
        let rulebook = match place.origin {
            Origin::Own => &self.rulebook.head.code,
            Origin::Statute(above) | Origin::Floor(above) => above,
        };
        let what = format!("{} under {}", place.section, place.clause);
        self.flaws.push(Flaw {
            rulebook: Some(rulebook.clone()),
            line: place.line,
            what,
            reason,
            closest,
            code,
            severity: Severity::Error,
            path: Vec::new(),
        });
    }

    /// Refuses `name` unless `known` has it.
    fn must_know(&mut self, place: &Place<'r>, kind: &str, name: &str, known: &BTreeSet<&str>) {
        if !known.contains(name) {
            let hint = closest(name, known.iter().copied());
            let code = if kind == CLAUSE {
                FlawCode::UnlistedClause
            } else {
                FlawCode::UnknownWord
            };
            self.flaw(place, code, format!("there is no {kind} `{name}`"), hint);
        }
    }

    /// Refuses what occurs twice among names that must differ.
    fn must_differ(&mut self, names: impl IntoIterator<Item = (Place<'r>, String)>) {
        let mut seen = BTreeSet::new();
        for (place, name) in names {
            if !seen.insert(name.clone()) {
                self.flaw(
                    &place,
                    FlawCode::DoubleName,
                    format!("`{name}` stands twice"),
                    None,
                );
            }
        }
    }
}

/// What a clause is called where it is not listed.
const CLAUSE: &str = "clause listed";

/// Where something stands that rests on a clause.
#[derive(Debug, Clone, Copy)]
struct Place<'r> {
    section: &'static str,
    line: usize,
    origin: &'r Origin,
    clause: &'r ClauseId,
}

impl<T: Provision> Entry<T> {
    fn place(&self) -> Place<'_> {
        Place {
            section: T::SECTION,
            line: self.line,
            origin: &self.origin,
            clause: self.rule.clause(),
        }
    }
}

impl Rulebook {
    /// Every entry of every section that rests on a clause, with its condition.
    fn provisions(&self) -> impl Iterator<Item = (Place<'_>, Option<&When>)> {
        fn of<T: Provision>(entries: &[Entry<T>]) -> impl Iterator<Item = (Place<'_>, Option<&When>)> {
            entries.iter().map(|entry| (entry.place(), entry.rule.when()))
        }
        let lists = of(&self.legal_basis)
            .chain(of(&self.unit_kinds))
            .chain(of(&self.positions))
            .chain(of(&self.axes))
            .chain(of(&self.channels))
            .chain(of(&self.forms))
            .chain(of(&self.gates))
            .chain(of(&self.grounds))
            .chain(of(&self.routes))
            .chain(of(&self.apart))
            .chain(of(&self.duties))
            .chain(of(&self.suspensions))
            .chain(of(&self.escalations))
            .chain(of(&self.appeals))
            .chain(of(&self.secrecy))
            .chain(of(&self.retention))
            .chain(of(&self.recurring));
        let single = of(self.identity.as_slice())
            .chain(of(self.first_contact.as_slice()))
            .chain(of(self.returns.as_slice()))
            .chain(of(self.counting.as_slice()))
            .chain(of(self.rounds.as_slice()));
        lists.chain(single)
    }
}

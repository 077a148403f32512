//! The second step: whether what a rulebook says fits together.
//!
//! What is examined here can be seen without playing a case: names, clauses, powers, numbers. Whether every open case
//! has a duty that somebody can discharge is found by exploring the states.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    rulebook::{Checked, Entry, Flaw, Kind, Origin, Provision, Rulebook, When, inheritance::merge},
    words::{ClauseId, RulebookCode, closest},
};

mod clauses;
mod names;
mod numbers;
mod powers;
mod reachability;

/// Merges a rulebook with its ancestors out of `library` and examines the whole.
///
/// # Errors
/// Everything that does not fit, each with its line in the file in which it stands.
pub fn check(rulebook: &Rulebook, library: &BTreeMap<RulebookCode, Rulebook>) -> Result<Checked, Vec<Flaw>> {
    let mut flaws = Vec::new();
    let merged = merge(rulebook, library, &mut flaws);
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
    }
    let mut flaws = examination.flaws;
    if flaws.is_empty() {
        return Ok(Checked::new(merged));
    }
    flaws.sort_by(|one, other| (one.line, &one.reason).cmp(&(other.line, &other.reason)));
    flaws.dedup();
    Err(flaws)
}

/// The merged rulebook under examination, and what was found so far.
struct Examination<'r> {
    rulebook: &'r Rulebook,
    flaws: Vec<Flaw>,
}

impl<'r> Examination<'r> {
    fn flaw(&mut self, place: &Place<'r>, reason: String, closest: Option<String>) {
        let rulebook = match place.origin {
            Origin::Own => &self.rulebook.head.code,
            Origin::Statute(code) | Origin::Floor(code) => code,
        };
        let what = format!("{} under {}", place.section, place.clause);
        self.flaws.push(Flaw {
            rulebook: Some(rulebook.clone()),
            line: place.line,
            what,
            reason,
            closest,
        });
    }

    /// Refuses `name` unless `known` has it.
    fn must_know(&mut self, place: &Place<'r>, kind: &str, name: &str, known: &BTreeSet<&str>) {
        if !known.contains(name) {
            let hint = closest(name, known.iter().copied());
            self.flaw(place, format!("there is no {kind} `{name}`"), hint);
        }
    }

    /// Refuses what occurs twice among names that must differ.
    fn must_differ(&mut self, names: impl IntoIterator<Item = (Place<'r>, String)>) {
        let mut seen = BTreeSet::new();
        for (place, name) in names {
            if !seen.insert(name.clone()) {
                self.flaw(&place, format!("`{name}` stands twice"), None);
            }
        }
    }
}

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

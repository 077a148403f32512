//! What is told of a walk: the way to a state, and what can only be said of all states together.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::{Walk, diagnosis, fold};
use crate::authority::sight;
use crate::case::decide::Actor;
use crate::case::{Case, decide};
use crate::rulebook::{Flaw, FlawCode, Severity, Step};

impl Walk<'_> {
    /// The way to a state.
    pub(super) fn path(&self, at: usize) -> Vec<Step> {
        let mut path = Vec::new();
        let mut next = Some(at);
        while let Some(at) = next {
            path.push(self.nodes[at].step.clone());
            next = self.nodes[at].parent;
        }
        path.reverse();
        path
    }

    /// The case in a state, played again from its beginning.
    fn replay(&self, at: usize) -> Option<Case> {
        let mut way = vec![at];
        while let Some(parent) = self.nodes[way[way.len() - 1]].parent {
            way.push(parent);
        }
        let mut case: Option<Case> = None;
        for at in way.into_iter().rev() {
            let (now, actor, command) = &self.nodes[at].made_by;
            // The clock may have looked several times before anything changed.
            let entries = decide(case.as_ref(), command, &self.context(*now, *actor)).ok()?;
            case = fold(case.as_ref(), &entries);
        }
        case
    }

    /// Notes a finding with the way to it, unless the same was found before on a shorter one.
    pub(super) fn find(&mut self, at: usize, found: diagnosis::Found) {
        let known =
            |flaw: &Flaw| flaw.code == found.code && flaw.line == found.line && flaw.what == found.what;
        if self.findings.iter().any(known) {
            return;
        }
        let path = self.path(at);
        self.findings.push(Flaw { path, ..found });
    }

    pub(super) fn at_the_head(&self, code: FlawCode, severity: Severity, reason: String) -> Flaw {
        Flaw {
            rulebook: Some(self.rulebook.head.code.clone()),
            line: self.rulebook.head.line,
            what: "rulebook".to_owned(),
            reason,
            closest: None,
            code,
            severity,
            path: Vec::new(),
        }
    }

    /// A duty that lies with somebody from whom the rulebook keeps the case.
    pub(super) fn hidden_duty(&mut self, at: usize, case: &Case, now: DateTime<Utc>) {
        if case.duties.is_empty() {
            return;
        }
        let context = self.context(now, Actor::Clock);
        let facts = case.facts(self.rulebook, &self.directory);
        if !self.rulebook.secrecy(&facts).any(|rule| !rule.open_to.is_empty()) {
            return;
        }
        let open = sight(
            &Case {
                duties: Vec::new(),
                ..case.clone()
            },
            &context,
        );
        if let Some(found) = diagnosis::hidden_duty(case, &open, &context) {
            self.find(at, found);
        }
    }

    /// Everything that was found, with what can only be said at the end.
    pub(super) fn findings(&mut self) -> Vec<Flaw> {
        self.no_closing();
        if self.complete {
            // Where a case is stuck, what comes after it was never seen.
            if !self.nodes.iter().any(|node| node.stuck) {
                self.unused();
            }
        } else {
            let reason = format!(
                "the checker stopped after {} states: what it has not seen may hold further faults",
                self.states_max
            );
            let flaw = self.at_the_head(FlawCode::OutOfBounds, Severity::Warning, reason);
            self.findings.push(flaw);
        }
        std::mem::take(&mut self.findings)
    }

    /// A state from which no end can be reached, where that is not told by somebody's being stuck after it.
    fn no_closing(&mut self) {
        let mut before: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (from, to) in &self.edges {
            before.entry(*to).or_default().push(*from);
        }
        let mut hopeful: Vec<bool> = self
            .nodes
            .iter()
            .map(|node| node.ended || node.stuck || !node.expanded)
            .collect();
        let mut next: Vec<usize> = (0..hopeful.len()).filter(|at| hopeful[*at]).collect();
        while let Some(at) = next.pop() {
            for from in before.get(&at).into_iter().flatten() {
                if !hopeful[*from] {
                    hopeful[*from] = true;
                    next.push(*from);
                }
            }
        }
        let Some(at) = hopeful.iter().position(|hopeful| !hopeful) else {
            return;
        };
        let now = self.nodes[at].made_by.0;
        let case = self.replay(at);
        let context = self.context(now, Actor::Clock);
        let found = diagnosis::no_closing(case.as_ref(), &context);
        self.find(at, found);
    }
}

//! What no case ever met: limits that did not start or did not stop, escalations that did not fire, rules that never
//! matched. Only what was explored to its end can say so.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use super::Walk;
use crate::case::decide::{Actor, deeds_made};
use crate::case::event::{By, Entry, Event};
use crate::case::{Case, Command};
use crate::gate::acts_for;
use crate::rulebook::check::{Examination, Place};
use crate::rulebook::{DutyRef, Flaw, FlawCode, Force, Origin, Severity, Trigger};

/// What was met so far, by the place of the rule in its list.
#[derive(Default)]
pub(super) struct Seen {
    /// The duties that were open, each with the first state in which it was.
    started: BTreeMap<String, usize>,
    /// The duties that were discharged.
    stopped: BTreeSet<String>,
    /// The escalations that fired or could.
    fired: BTreeSet<usize>,
    /// The gates that applied.
    gates: BTreeSet<usize>,
}

impl Walk<'_> {
    /// Notes what holds in a state.
    pub(super) fn see(&mut self, at: usize, case: &Case) {
        let facts = case.facts(self.rulebook, &self.directory);
        let mut seen = std::mem::take(&mut self.seen);
        for duty in &case.duties {
            seen.started.entry(duty.key.name.clone()).or_insert(at);
        }
        for (no, gate) in self.rulebook.gates.iter().enumerate() {
            if !seen.gates.contains(&no) && gate.when.matches(&facts) {
                seen.gates.insert(no);
            }
        }
        for (no, escalation) in self.rulebook.escalations.iter().enumerate() {
            if seen.fired.contains(&no) || !escalation.when.matches(&facts) {
                continue;
            }
            if let Trigger::Late { duties, .. } = &escalation.trigger {
                let meant = |name: &str| {
                    duties.iter().any(|reference| match reference {
                        DutyRef::Any => true,
                        DutyRef::Named(named) => named.as_str() == name,
                    })
                };
                let mut late = case.duties.iter().filter(|duty| duty.terms.due.is_some());
                if late.any(|duty| meant(&duty.key.name)) {
                    seen.fired.insert(no);
                }
            }
        }
        self.seen = seen;
    }

    /// Notes what a command set off, and the gates it passed.
    pub(super) fn fire(&mut self, case: &Case, command: &Command, entries: &[Entry], now: DateTime<Utc>) {
        for entry in entries {
            if let Event::DutyDischarged { duty, .. } = &entry.event
                && let Some(open) = case.duties.iter().find(|open| open.id == *duty)
            {
                self.seen.stopped.insert(open.key.name.clone());
            }
        }
        let deeds = deeds_made(command);
        let set_off = |trigger: &Trigger| match trigger {
            Trigger::After(after) => deeds.iter().any(|deed| after.covers(*deed)),
            Trigger::Late { .. } => false,
        };
        let mut fresh: Vec<usize> = (0..self.rulebook.escalations.len())
            .filter(|no| !self.seen.fired.contains(no) && set_off(&self.rulebook.escalations[*no].trigger))
            .collect();
        // What a deed itself states is asked by the gate before it, and perhaps by nothing after it.
        let mut passed: Vec<usize> = (0..self.rulebook.gates.len())
            .filter(|no| !self.seen.gates.contains(no))
            .filter(|no| {
                let before = self.rulebook.gates[*no].before;
                deeds.iter().any(|deed| before.covers(*deed))
            })
            .collect();
        if fresh.is_empty() && passed.is_empty() {
            return;
        }
        // What the deed itself did, before any rule followed it.
        let own = entries
            .iter()
            .take_while(|entry| matches!(entry.by, By::Staff { .. }));
        let after = own.fold(case.clone(), Case::after);
        let facts = after.facts(self.rulebook, self.context(now, Actor::Clock).directory);
        fresh.retain(|no| self.rulebook.escalations[*no].when.matches(&facts));
        passed.retain(|no| self.rulebook.gates[*no].when.matches(&facts));
        self.seen.fired.extend(fresh);
        self.seen.gates.extend(passed);
    }

    /// What no case met.
    pub(super) fn unused(&mut self) {
        let mut examination = Examination {
            rulebook: self.rulebook,
            flaws: Vec::new(),
        };
        let mut never_stops: Vec<(Place, String, usize)> = Vec::new();
        let is_own = |origin: &Origin| *origin == Origin::Own;
        for duty in self.rulebook.duties().iter().filter(|duty| is_own(&duty.origin)) {
            let made = |deed| acts_for(deed).next().is_some();
            match self.seen.started.get(duty.name.as_str()) {
                None => {
                    let reason = format!(
                        "no case comes to where it starts: {} is never there while its `when` holds and {} is owed",
                        duty.from, duty.owes
                    );
                    examination.flaw(&duty.place(), FlawCode::LimitNeverStarts, reason, None);
                }
                Some(at) if !self.seen.stopped.contains(duty.name.as_str()) => {
                    let reason = if made(duty.owes) {
                        format!(
                            "it starts and no case comes to its end: {} is never done while it runs",
                            duty.owes
                        )
                    } else {
                        format!("it starts and nothing ends it: no command makes {}", duty.owes)
                    };
                    never_stops.push((duty.place(), reason, *at));
                }
                Some(_) => {}
            }
        }
        for (no, escalation) in self.rulebook.escalations.iter().enumerate() {
            if is_own(&escalation.origin) && !self.seen.fired.contains(&no) {
                let reason = "no case comes to where it fires".to_owned();
                examination.flaw(&escalation.place(), FlawCode::EscalationNeverFires, reason, None);
            }
        }
        for (no, gate) in self.rulebook.gates.iter().enumerate() {
            // What is only wanted bars nothing, and what it turns on is not played.
            let bars = gate.force == Force::Must;
            if bars && is_own(&gate.origin) && !self.seen.gates.contains(&no) {
                let reason = "its `when` holds of no case there can be".to_owned();
                examination.flaw(&gate.place(), FlawCode::NeverMatches, reason, None);
            }
        }
        for (place, reason, _) in &never_stops {
            examination.flaw(place, FlawCode::LimitNeverStops, reason.clone(), None);
        }
        let mut ways = never_stops.iter().map(|(.., at)| self.path(*at));
        let flaws: Vec<Flaw> = examination
            .flaws
            .into_iter()
            .map(|flaw| match flaw.code {
                FlawCode::LimitNeverStops => Flaw {
                    path: ways.next().unwrap_or_default(),
                    ..flaw
                },
                _ => flaw,
            })
            .map(|flaw| Flaw {
                severity: Severity::Error,
                ..flaw
            })
            .collect();
        drop(ways);
        drop(never_stops);
        self.findings.extend(flaws);
    }
}

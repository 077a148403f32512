//! What a rulebook leaves open: numbers that an office must or may set, pauses without a cap, and gates that more hands
//! can pass than owe it.

use std::collections::BTreeSet;

use super::Examination;
use crate::rulebook::{FlawCode, Holder, Lapse, Need, Origin};
use crate::time_limit::Within;
use crate::words::{Deed, PositionName};

impl Examination<'_> {
    /// The rulebook's own limits without a number: what an office may set, and what it must before it can begin.
    pub(super) fn open_numbers(&mut self) {
        let rulebook = self.rulebook;
        for duty in rulebook.duties.iter().filter(|duty| duty.origin == Origin::Own) {
            let reason = match (duty.within, duty.lapse) {
                (Within::AsPrescribed, _) => "the office must set a number for `as prescribed`",
                (Within::Promptly | Within::Immediately, Lapse::Deemed) => {
                    "the office must set a number: what is deemed done once it lapses needs one"
                }
                (Within::Promptly | Within::Immediately, Lapse::Late) => {
                    "it has no number; the office may set one, and without it nothing is late"
                }
                (Within::SameDay | Within::Span(_), _) => continue,
            };
            let reason = format!("`{}`: {reason}", duty.name);
            self.flaw(&duty.place(), FlawCode::NumberLeftOpen, reason, None);
        }
    }

    /// A pause that is neither capped at once nor in all, where somebody of the office ends it.
    pub(super) fn open_pauses(&mut self) {
        for pause in &self.rulebook.suspensions {
            if pause.at_most.is_none() && pause.in_total.is_none() {
                let reason = format!("nothing caps a pause on the ground `{}`", pause.ground);
                self.flaw(&pause.place(), FlawCode::EmptyLimit, reason, None);
            }
        }
    }

    /// A gate that waits for a decision without saying whose, where a position may decide that never owes it.
    pub(super) fn other_hands(&mut self) {
        let rulebook = self.rulebook;
        for gate in rulebook.gates.iter().filter(|gate| gate.by.is_empty()) {
            for need in gate.needs.iter().chain(&gate.one_of) {
                let Need::Deed(deed) = *need else { continue };
                let owing: BTreeSet<&PositionName> = rulebook
                    .duties
                    .iter()
                    .filter(|duty| duty.owes.meets(deed))
                    .filter_map(|duty| match &duty.who {
                        Holder::Position(name) => Some(name),
                        _ => None,
                    })
                    .collect();
                if !is_decision(deed) || owing.is_empty() {
                    continue;
                }
                for position in &rulebook.positions {
                    if position.may_do(deed) && !owing.contains(&position.name) {
                        let owed: Vec<&str> = owing.iter().map(|name| name.as_str()).collect();
                        let reason = format!(
                            "`{}` can pass it by {deed}, which is owed by {} alone; say `by` whom",
                            position.name,
                            owed.join(", ")
                        );
                        self.flaw(&gate.place(), FlawCode::WrongHand, reason, None);
                    }
                }
            }
        }
    }
}

/// What no abbreviation gives away: a leader's word.
fn is_decision(deed: Deed) -> bool {
    matches!(
        deed,
        Deed::Instruction
            | Deed::Approval(_)
            | Deed::ExtensionDecision
            | Deed::SecondDispatchDecision
            | Deed::FirstReceiverChange
            | Deed::AppealDecision
            | Deed::Erasure
    )
}

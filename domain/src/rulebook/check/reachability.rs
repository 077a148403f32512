//! Rules that can never hold, or that a case slips past: as far as this shows without playing one.

use strum::IntoEnumIterator;

use super::{Examination, powers::is_the_complainants};
use crate::{
    rulebook::{FlawCode, Need, Origin, Severity},
    words::{AxisName, Deed, Field},
};

impl Examination<'_> {
    pub(super) fn reachability(&mut self) {
        self.routes();
        self.axes_are_asked_for();
        self.limits_can_start();
    }

    /// The last route takes every case, and no route before it does.
    fn routes(&mut self) {
        let rulebook = self.rulebook;
        let Some(last) = rulebook.routes.last() else {
            let what = "route".to_owned();
            let reason = "there is no [[route]]: no case would have anybody to handle it".to_owned();
            let code = Some(rulebook.head.code.clone());
            self.flaws.push(super::Flaw {
                rulebook: code,
                line: rulebook.head.line,
                what,
                reason,
                closest: None,
                code: FlawCode::NobodyCanAct,
                severity: Severity::Error,
                path: Vec::new(),
            });
            return;
        };
        if !last.when.is_always() {
            let reason = "the last route must take every case: leave out its `when`".to_owned();
            self.flaw(&last.place(), FlawCode::NobodyCanAct, reason, None);
        }
        for (no, route) in rulebook.routes.iter().enumerate() {
            let shadowed = rulebook.routes[no + 1..]
                .iter()
                .find(|later| route.when.covers(&later.when));
            if let Some(later) = shadowed {
                let reason = if route.when.is_always() {
                    "it takes every case, so that the routes after it never match".to_owned()
                } else {
                    format!(
                        "it takes every case of the route on line {}, which never matches",
                        later.line
                    )
                };
                self.flaw(&route.place(), FlawCode::NeverMatches, reason, None);
            }
        }
    }

    /// A rule keyed on a classification that nobody must make would be evaded by not classifying.
    fn axes_are_asked_for(&mut self) {
        let rulebook = self.rulebook;
        let needs: Vec<Need> = self.needs().into_iter().map(|(_, need)| need).collect();
        for axis in AxisName::iter().filter(|axis| *axis != AxisName::Flag) {
            let asked = match axis {
                AxisName::Complainant => needs.contains(&Need::Field(Field::ComplainantKind)),
                AxisName::Cause => needs.contains(&Need::Field(Field::Cause)),
                other => {
                    needs.contains(&Need::Axis(other)) || needs.contains(&Need::Deed(Deed::Classification))
                }
            };
            let unset = rulebook
                .axes
                .iter()
                .any(|declared| declared.name == axis && declared.unset.is_some());
            if asked || unset {
                continue;
            }
            for (place, when) in rulebook.provisions() {
                let keyed = when.is_some_and(|when| {
                    !when.words_on(axis).is_empty()
                        || axis == AxisName::CaseType && !when.case_type.is_empty()
                });
                if keyed && *place.origin == Origin::Own {
                    let reason =
                        format!("it asks for {axis}, which no gate demands and which has no `unset`");
                    self.flaw(&place, FlawCode::EvadingAxis, reason, None);
                }
            }
        }
    }

    /// What nobody does starts nothing.
    fn limits_can_start(&mut self) {
        let rulebook = self.rulebook;
        for duty in rulebook.duties.iter().filter(|duty| duty.origin == Origin::Own) {
            let done = rulebook
                .positions
                .iter()
                .any(|position| position.may.deeds().iter().any(|d| d.meets(duty.from)));
            if !done && !is_the_complainants(duty.from) && !follows_by_itself(duty.from) {
                self.flaw(
                    &duty.place(),
                    FlawCode::LimitNeverStarts,
                    format!("its limit runs from {}, which no position may do", duty.from),
                    None,
                );
            }
        }
    }
}

/// Deeds that rules bring about without a hand: an escalation orders, reports, records.
pub(super) fn follows_by_itself(deed: Deed) -> bool {
    matches!(
        deed,
        Deed::RoundOrder
            | Deed::SupervisionOrder
            | Deed::LeaderReport
            | Deed::AccountabilityRecord
            | Deed::Urging
            | Deed::Cancellation
    )
}

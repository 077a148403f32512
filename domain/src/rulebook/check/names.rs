//! Every name that is used is declared, once: positions, duties, axes and their values, kinds of unit, grounds.

use std::collections::BTreeSet;

use strum::IntoEnumIterator;

use super::{Examination, Place};
use crate::{
    rulebook::{DutyRef, FlawCode, Holder, Need, RouteTo, Trigger, When},
    words::{AxisName, CaseType, Deed, DutyName, PositionName, Word},
};

impl<'r> Examination<'r> {
    pub(super) fn names(&mut self) {
        self.no_name_twice();
        self.positions_exist();
        self.duties_exist();
        self.axes_exist();
        self.unit_kinds_exist();
        self.grounds_exist();
    }

    fn no_name_twice(&mut self) {
        let rulebook = self.rulebook;
        self.must_differ(
            rulebook
                .positions
                .iter()
                .map(|entry| (entry.place(), entry.name.to_string())),
        );
        self.must_differ(
            rulebook
                .unit_kinds
                .iter()
                .map(|entry| (entry.place(), entry.name.to_string())),
        );
        self.must_differ(
            rulebook
                .axes
                .iter()
                .map(|entry| (entry.place(), entry.name.to_string())),
        );
        self.must_differ(
            rulebook
                .duties
                .iter()
                .map(|entry| (entry.place(), entry.name.to_string())),
        );
        self.must_differ(
            rulebook
                .appeals
                .iter()
                .map(|entry| (entry.place(), entry.name.to_string())),
        );
        self.must_differ(
            rulebook
                .suspensions
                .iter()
                .map(|entry| (entry.place(), entry.ground.to_string())),
        );
        self.must_differ(
            rulebook
                .grounds
                .iter()
                .map(|entry| (entry.place(), format!("{} of {}", entry.name, entry.of))),
        );
        self.must_differ(rulebook.channels.iter().flat_map(|entry| {
            let place = entry.place();
            entry.names.iter().map(move |name| (place, name.to_string()))
        }));
        let relations: Vec<&str> = Holder::relations().map(|(relation, _)| relation).collect();
        for position in rulebook
            .positions
            .iter()
            .filter(|entry| relations.contains(&entry.name.as_str()))
        {
            let reason = format!(
                "`{}` is a relation to the case and cannot name a position",
                position.name
            );
            self.flaw(&position.place(), FlawCode::DoubleName, reason, None);
        }
        for kind in &rulebook.unit_kinds {
            let read = kind.name.as_str().parse::<RouteTo>();
            if !matches!(read, Ok(RouteTo::Kind(_))) {
                self.flaw(
                    &kind.place(),
                    FlawCode::DoubleName,
                    format!("`{}` is a word of routes", kind.name),
                    None,
                );
            }
        }
    }

    fn positions_exist(&mut self) {
        let rulebook = self.rulebook;
        // A statute or a floor knows no positions: it may name relations only.
        let positions: BTreeSet<&str> = rulebook
            .positions
            .iter()
            .map(|entry| entry.name.as_str())
            .collect();
        let mut named: Vec<(Place<'r>, &PositionName)> = Vec::new();
        named.extend(
            rulebook
                .unit_kinds
                .iter()
                .flat_map(|e| e.accountable_officer.iter().map(|n| (e.place(), n))),
        );
        named.extend(
            rulebook
                .positions
                .iter()
                .flat_map(|e| e.acts_for.iter().map(|n| (e.place(), n))),
        );
        named.extend(
            rulebook
                .channels
                .iter()
                .flat_map(|e| e.first_receiver.iter().map(|n| (e.place(), n))),
        );
        named.extend(
            rulebook
                .first_contact
                .iter()
                .flat_map(|e| e.changed_by.iter().map(|n| (e.place(), n))),
        );
        named.extend(
            rulebook
                .secrecy
                .iter()
                .flat_map(|e| e.custodian.iter().map(|n| (e.place(), n))),
        );
        let (owing, affected) = self.holders();
        for (place, holder) in &owing {
            if holder.is_for_effects_only() {
                let reason = format!("`{holder}` can be named among the effects of an escalation only");
                self.flaw(place, FlawCode::UnknownWord, reason, None);
            }
        }
        named.extend(
            owing
                .iter()
                .chain(&affected)
                .filter_map(|(place, h)| h.position().map(|n| (*place, n))),
        );
        let mut known = positions.clone();
        for (relation, _) in Holder::relations() {
            known.insert(relation);
        }
        for (place, name) in named {
            if !positions.contains(name.as_str()) {
                self.must_know(&place, "position", name.as_str(), &known);
            }
        }
    }

    /// Who is named as owing, making or deciding something, and who is named as affected.
    #[expect(clippy::type_complexity, reason = "two lists of the same pairs, used once")]
    fn holders(&self) -> (Vec<(Place<'r>, &'r Holder)>, Vec<(Place<'r>, &'r Holder)>) {
        let rulebook = self.rulebook;
        let mut owing: Vec<(Place<'r>, &Holder)> = Vec::new();
        owing.extend(rulebook.duties.iter().map(|e| (e.place(), &e.who)));
        owing.extend(
            rulebook
                .duties
                .iter()
                .flat_map(|e| e.extension.iter().map(|x| (e.place(), &x.by))),
        );
        owing.extend(
            rulebook
                .gates
                .iter()
                .flat_map(|e| e.by.iter().map(|h| (e.place(), h))),
        );
        owing.extend(rulebook.returns.iter().map(|e| (e.place(), &e.arbiter)));
        owing.extend(rulebook.suspensions.iter().map(|e| (e.place(), &e.by)));
        owing.extend(
            rulebook
                .first_contact
                .iter()
                .flat_map(|e| e.passes_to.iter().map(|h| (e.place(), h))),
        );
        owing.extend(rulebook.appeals.iter().map(|e| (e.place(), &e.decided_by)));
        owing.extend(rulebook.recurring.iter().map(|e| (e.place(), &e.who)));
        let mut affected: Vec<(Place<'r>, &Holder)> = Vec::new();
        affected.extend(
            rulebook
                .escalations
                .iter()
                .flat_map(|e| e.concerned().map(|h| (e.place(), h))),
        );
        affected.extend(
            rulebook
                .secrecy
                .iter()
                .flat_map(|e| e.open_to.iter().map(|h| (e.place(), h))),
        );
        affected.extend(
            rulebook
                .recurring
                .iter()
                .flat_map(|e| e.to.iter().map(|h| (e.place(), h))),
        );
        (owing, affected)
    }

    fn duties_exist(&mut self) {
        let rulebook = self.rulebook;
        let duties: BTreeSet<&str> = rulebook.duties.iter().map(|duty| duty.name.as_str()).collect();
        let mut named: Vec<(Place<'r>, &DutyName)> = Vec::new();
        named.extend(
            rulebook
                .suspensions
                .iter()
                .flat_map(|e| e.stops.iter().map(|name| (e.place(), name)))
                // What stands still may also be the time in which an appeal is decided.
                .filter(|(_, name)| {
                    !rulebook
                        .appeals
                        .iter()
                        .any(|appeal| appeal.name.as_str() == name.as_str())
                }),
        );
        for escalation in &rulebook.escalations {
            if let Trigger::Late { duties, .. } = &escalation.trigger {
                named.extend(duties.iter().filter_map(|reference| match reference {
                    DutyRef::Any => None,
                    DutyRef::Named(name) => Some((escalation.place(), name)),
                }));
            }
        }
        for (place, name) in named {
            self.must_know(&place, "duty", name.as_str(), &duties);
        }
    }

    fn axes_exist(&mut self) {
        let rulebook = self.rulebook;
        let case_types: BTreeSet<&str> = CaseType::WORDS.iter().copied().collect();
        for axis in &rulebook.axes {
            let values: BTreeSet<&str> = axis.values.words().map(Word::as_str).collect();
            if let Some(unset) = &axis.unset {
                self.must_know(&axis.place(), "value", unset.as_str(), &values);
            }
            if axis.name == AxisName::CaseType {
                for value in values {
                    self.must_know(&axis.place(), "kind of matter", value, &case_types);
                }
            }
        }
        let provisions: Vec<(Place<'r>, &When)> = rulebook
            .provisions()
            .filter_map(|(place, when)| Some((place, when?)))
            .collect();
        for (place, when) in &provisions {
            for axis in AxisName::iter() {
                for word in when.words_on(axis) {
                    self.value_exists(place, axis, word.as_str());
                }
            }
            for case_type in &when.case_type {
                self.value_exists(place, AxisName::CaseType, case_type.as_str());
            }
        }
        for (place, need) in self.needs() {
            match need {
                Need::Axis(axis) if !rulebook.axes.iter().any(|declared| declared.name == axis) => {
                    self.flaw(
                        &place,
                        FlawCode::UnknownWord,
                        format!("there is no axis `{axis}`"),
                        None,
                    );
                }
                _ => {}
            }
        }
        for escalation in &rulebook.escalations {
            for flag in &escalation.flags {
                self.value_exists(&escalation.place(), AxisName::Flag, flag.as_str());
            }
        }
    }

    fn value_exists(&mut self, place: &Place<'r>, axis: AxisName, word: &str) {
        match self.rulebook.axes.iter().find(|declared| declared.name == axis) {
            Some(declared) => {
                let values = declared.values.words().map(Word::as_str).collect();
                self.must_know(place, &format!("value of the axis {axis}"), word, &values);
            }
            // A statute speaks of kinds of matter that its heirs declare.
            None if place.section != "axis" && self.rulebook.axes.is_empty() => {}
            None => self.flaw(
                place,
                FlawCode::UnknownWord,
                format!("there is no axis `{axis}`"),
                None,
            ),
        }
    }

    /// Everything that gates, grounds and extensions demand or ask for.
    pub(super) fn needs(&self) -> Vec<(Place<'r>, Need)> {
        let rulebook = self.rulebook;
        let gates = rulebook.gates.iter().flat_map(|e| {
            let place = e.place();
            e.needs.iter().chain(&e.one_of).map(move |need| (place, *need))
        });
        let grounds = rulebook.grounds.iter().flat_map(|e| {
            let place = e.place();
            e.needs.iter().chain(&e.wants).map(move |need| (place, *need))
        });
        let extensions = rulebook.duties.iter().flat_map(|e| {
            let place = e.place();
            e.extension
                .iter()
                .flat_map(|extension| &extension.needs)
                .map(move |need| (place, *need))
        });
        gates.chain(grounds).chain(extensions).collect()
    }

    fn unit_kinds_exist(&mut self) {
        let rulebook = self.rulebook;
        let kinds: BTreeSet<&str> = rulebook
            .unit_kinds
            .iter()
            .map(|kind| kind.name.as_str())
            .collect();
        let routes = rulebook.routes.iter().flat_map(|e| {
            let place = e.place();
            e.to.iter().chain(&e.jointly).map(move |to| (place, to))
        });
        let routes: Vec<(Place<'r>, &RouteTo)> = routes.collect();
        for (place, to) in routes {
            match to {
                RouteTo::Kind(kind) => self.must_know(&place, "kind of unit", kind.as_str(), &kinds),
                RouteTo::Outside => {
                    let reason = "only a hand-over goes outside: nobody there handles the case".to_owned();
                    self.flaw(&place, FlawCode::Contradiction, reason, None);
                }
                RouteTo::OwnOffice
                | RouteTo::RespondentUnit
                | RouteTo::AsInstructed
                | RouteTo::AsAssigned => {}
            }
        }
        // What is handed over goes to a kind of unit, or to a position that sits in none.
        let positions = rulebook.positions.iter().map(|position| position.name.as_str());
        let receivers: BTreeSet<&str> = kinds.iter().copied().chain(positions).collect();
        for ground in &rulebook.grounds {
            for to in &ground.to {
                if let RouteTo::Kind(name) = to {
                    self.must_know(
                        &ground.place(),
                        "kind of unit or position",
                        name.as_str(),
                        &receivers,
                    );
                }
            }
            if ground.of == Deed::HandOver && ground.to.is_empty() {
                let reason = "it does not say to whom: `to` is empty".to_owned();
                self.flaw(&ground.place(), FlawCode::Contradiction, reason, None);
            }
        }
        for (place, when) in rulebook.provisions() {
            for kind in when
                .into_iter()
                .flat_map(|when| when.received_in.iter().chain(&when.unit_kind))
            {
                self.must_know(&place, "kind of unit", kind.as_str(), &kinds);
            }
        }
    }

    fn grounds_exist(&mut self) {
        let rulebook = self.rulebook;
        let listed = rulebook.grounds.iter().map(|ground| ground.name.as_str());
        let pauses = rulebook
            .suspensions
            .iter()
            .map(|suspension| suspension.ground.as_str());
        let grounds: BTreeSet<&str> = listed.chain(pauses).collect();
        for (place, when) in rulebook.provisions() {
            for ground in when.into_iter().flat_map(|when| &when.ground) {
                self.must_know(&place, "ground", ground.as_str(), &grounds);
            }
        }
    }
}

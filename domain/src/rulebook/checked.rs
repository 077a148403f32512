//! A rulebook that can be used, and the questions one asks it.

use std::{collections::BTreeMap, ops::Deref};

use crate::{
    directory::Directory,
    rulebook::{
        Apart, AppealRule, Axis, ChannelRule, Clause, DutyRef, DutyRule, Entry, Escalation, Facts, Form,
        Gate, Ground, Holder, Moment, Need, Position, Route, Rulebook, Secrecy, SuspensionRule, Trigger,
    },
    time_limit::{Counting, Span, Within},
    words::{AxisName, Channel, ClauseId, Deed, DutyName, PositionName, Word},
};

/// A rulebook that was merged with its ancestors and found to fit together. Only [`check`](super::check) makes one.
///
/// In every list the rulebook's own entries stand before inherited ones, each in the order of its file.
#[derive(Debug, Clone, PartialEq)]
pub struct Checked {
    merged: Rulebook,
    positions: BTreeMap<PositionName, usize>,
}

/// A regulation that speaks of a further round without saying how many allows one, until its office says more.
const FEWEST_ROUNDS: u8 = 2;

impl Deref for Checked {
    type Target = Rulebook;

    fn deref(&self) -> &Rulebook {
        &self.merged
    }
}

impl Checked {
    pub(super) fn new(merged: Rulebook) -> Self {
        let positions = merged
            .positions
            .iter()
            .enumerate()
            .map(|(at, position)| (position.name.clone(), at))
            .collect();
        Self { merged, positions }
    }

    /// The gates before a deed; each still asks its own `when`.
    pub fn gates_before(&self, deed: Deed) -> impl Iterator<Item = &Entry<Gate>> {
        self.gates.iter().filter(move |gate| gate.before.covers(deed))
    }

    /// Every duty.
    pub fn duties(&self) -> &[Entry<DutyRule>] {
        &self.duties
    }

    /// The duty of this name.
    pub fn duty(&self, name: &DutyName) -> Option<&Entry<DutyRule>> {
        self.duties.iter().find(|duty| duty.name == *name)
    }

    /// The duties that a deed discharges.
    pub fn duties_owing(&self, deed: Deed) -> impl Iterator<Item = &Entry<DutyRule>> {
        self.duties.iter().filter(move |duty| duty.owes.covers(deed))
    }

    /// Whether a rule asks for a deed: owes it, needs it before another, or gives it a form.
    pub fn asks_for(&self, deed: Deed) -> bool {
        let needed = |gate: &Entry<Gate>| {
            gate.needs
                .iter()
                .chain(&gate.one_of)
                .any(|need| matches!(need, Need::Deed(needed) if needed.meets(deed)))
        };
        self.duties.iter().any(|duty| duty.owes.meets(deed))
            || self.gates.iter().any(needed)
            || self.forms.iter().any(|form| form.of.meets(deed))
    }

    /// The duties that start with a deed.
    pub fn duties_from(&self, deed: Deed) -> impl Iterator<Item = &Entry<DutyRule>> {
        self.duties.iter().filter(move |duty| duty.from.covers(deed))
    }

    /// Whether a duty is silent: it comes from a floor, and the rulebook has one of its own that owes the same deed in
    /// such a case and still `stands` (was not discharged before, and can still begin).
    pub fn is_silent(
        &self,
        duty: &Entry<DutyRule>,
        facts: &Facts,
        stands: impl Fn(&DutyRule) -> bool,
    ) -> bool {
        duty.is_of_a_floor()
            && self.duties.iter().any(|other| {
                !other.is_of_a_floor()
                    && other.owes.covers(duty.owes)
                    && other.when.matches(facts)
                    && stands(other)
            })
    }

    /// Whether the handling unit itself owes the complainant the reply in such a case, rather than a report back first.
    pub fn unit_replies(&self, facts: &Facts) -> bool {
        self.duties_owing(Deed::Reply)
            .any(|duty| duty.who == Holder::HandlingUnit && duty.when.matches(facts))
    }

    /// How the days of a duty are counted: as its own rulebook says, and midnight, not counted, rolling where it says
    /// nothing.
    pub fn counting_of(&self, duty: &DutyRule) -> Counting {
        let usual = self
            .counting
            .as_ref()
            .map_or_else(Counting::default, |counting| counting.counting());
        duty.counting.unwrap_or_default().over(usual)
    }

    /// The escalations that a deed sets off.
    pub fn escalations_after(&self, deed: Deed) -> impl Iterator<Item = &Entry<Escalation>> {
        self.escalations.iter().filter(
            move |escalation| matches!(escalation.trigger, Trigger::After(after) if after.covers(deed)),
        )
    }

    /// The rungs that the lateness of a duty climbs, each with its moment; a duty that no rule names climbs those of
    /// any duty.
    pub fn late_steps(&self, duty: &str) -> impl Iterator<Item = (&Entry<Escalation>, Moment)> {
        self.escalations
            .iter()
            .filter_map(move |escalation| match &escalation.trigger {
                Trigger::After(_) => None,
                Trigger::Late { duties, at } => {
                    let meant = |reference: &DutyRef| match reference {
                        DutyRef::Any => true,
                        DutyRef::Named(name) => name.as_str() == duty,
                    };
                    duties.iter().any(meant).then_some((escalation, *at))
                }
            })
    }

    /// The position of this name.
    pub fn position(&self, name: &PositionName) -> Option<&Entry<Position>> {
        self.positions.get(name).map(|at| &self.merged.positions[*at])
    }

    /// How many people each unit needs in a position that sits in units: two where something that its holder may do is
    /// kept apart from something he may have done, since nobody else could go on then.
    pub fn seats_in_each_unit(&self, position: &Position) -> usize {
        let meets_itself = |rule: &Entry<Apart>| rule.deeds.iter().any(|deed| position.may_do(*deed));
        if self.apart.iter().any(meets_itself) { 2 } else { 1 }
    }

    /// The positions whose holders may do a deed.
    pub fn positions_that_may(&self, deed: Deed) -> impl Iterator<Item = &Entry<Position>> {
        self.merged
            .positions
            .iter()
            .filter(move |position| position.may_do(deed))
    }

    /// A clause, own or inherited. Every clause that an entry cites is there.
    pub fn clause(&self, id: &ClauseId) -> Option<&Clause> {
        self.clauses.get(id).map(|entry| &entry.rule)
    }

    /// An axis, if the rulebook classifies by it.
    pub fn axis(&self, name: AxisName) -> Option<&Entry<Axis>> {
        self.axes.iter().find(|axis| axis.name == name)
    }

    /// A channel, if the rulebook knows it.
    pub fn channel(&self, channel: Channel) -> Option<&Entry<ChannelRule>> {
        self.channels.iter().find(|rule| rule.names.contains(&channel))
    }

    /// The grounds listed for an exceptional deed. None: the deed does not exist here.
    pub fn grounds(&self, deed: Deed) -> impl Iterator<Item = &Entry<Ground>> {
        self.grounds.iter().filter(move |ground| ground.of.covers(deed))
    }

    /// The ground of this name for this deed.
    pub fn ground(&self, deed: Deed, name: &Word) -> Option<&Entry<Ground>> {
        self.grounds(deed).find(|ground| ground.name == *name)
    }

    /// The form a deed takes in such a case.
    pub fn form(&self, deed: Deed, facts: &Facts) -> Option<&Entry<Form>> {
        self.forms
            .iter()
            .find(|form| form.of.covers(deed) && form.when.matches(facts))
    }

    /// Where such a case goes: the first route that matches.
    pub fn route(&self, facts: &Facts) -> Option<&Entry<Route>> {
        self.routes.iter().find(|route| route.when.matches(facts))
    }

    /// The suspension on this ground.
    pub fn suspension(&self, ground: &Word) -> Option<&Entry<SuspensionRule>> {
        self.suspensions
            .iter()
            .find(|suspension| suspension.ground == *ground)
    }

    /// The appeal of this name.
    pub fn appeal(&self, name: &Word) -> Option<&Entry<AppealRule>> {
        self.appeals.iter().find(|appeal| appeal.name == *name)
    }

    /// How many rounds there are in this office: as the regulation says, or as the office set it where the text has no
    /// number. None where the rulebook knows no further round.
    pub fn rounds_at_most(&self, directory: &Directory) -> Option<u8> {
        let rounds = self.rounds.as_ref()?;
        Some(rounds.at_most.or(directory.rounds).unwrap_or(FEWEST_ROUNDS))
    }

    /// The number that the office set for a limit of this name, if the text has none.
    pub fn number(&self, name: &Word, within: Within, directory: &Directory) -> Option<Span> {
        match within {
            Within::Immediately | Within::Promptly | Within::AsPrescribed => {
                let name: DutyName = name.as_str().parse().ok()?;
                directory.numbers.get(&name).copied()
            }
            Within::SameDay | Within::Span(_) => None,
        }
    }

    /// How the days are counted in which a party may appeal or a unit return, and an appeal is decided.
    pub fn counting_of_windows(&self) -> Counting {
        self.counting
            .as_ref()
            .map_or_else(Counting::default, |counting| counting.counting())
    }

    /// The secrecy that holds for such a case: all of it together.
    pub fn secrecy(&self, facts: &Facts) -> impl Iterator<Item = &Entry<Secrecy>> {
        self.merged
            .secrecy
            .iter()
            .filter(|secrecy| secrecy.when.matches(facts))
    }

    /// Every rule about what is kept from whom, whatever the case.
    pub fn all_secrecy(&self) -> impl Iterator<Item = &Entry<Secrecy>> {
        self.merged.secrecy.iter()
    }

    /// The facts with every axis that is not yet decided counted as what its `unset` says.
    #[must_use]
    pub fn with_unset<'f>(&'f self, mut facts: Facts<'f>) -> Facts<'f> {
        for axis in &self.axes {
            let Some(unset) = &axis.unset else { continue };
            match axis.name {
                AxisName::CaseType => {
                    facts.case_type = facts.case_type.or_else(|| unset.as_str().parse().ok());
                }
                AxisName::Flag => {}
                name => {
                    if let Some(fact) = facts.on_mut(name) {
                        fact.get_or_insert(unset);
                    }
                }
            }
        }
        facts
    }
}

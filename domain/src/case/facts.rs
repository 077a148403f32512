//! What the conditions of a rulebook may ask about a case.

use super::Case;
use crate::directory::Directory;
use crate::ids::UnitId;
use crate::rulebook::{Checked, Facts, Route, RouteTo, Seat};
use crate::words::{AxisName, Field, RouteKind};

impl Case {
    /// Whether the matter stays in the office or goes to a unit, as the rulebook routes it.
    pub fn route(&self, rulebook: &Checked, directory: &Directory) -> Option<RouteKind> {
        self.facts(rulebook, directory).route
    }

    /// What the rulebook's conditions may ask about this case.
    pub fn facts<'f>(&'f self, rulebook: &'f Checked, directory: &'f Directory) -> Facts<'f> {
        let facts = self.facts_without_route(rulebook, directory);
        let own_office = |rule: &Route| rule.to.iter().all(|to| matches!(to, RouteTo::OwnOffice));
        let route = if self.lead().is_some() {
            // What a unit has in hand is the unit's, however it is classified since.
            Some(RouteKind::Unit)
        } else {
            rulebook.route(&facts).map(|rule| {
                if own_office(rule) || self.is_led_by_the_office(rulebook) {
                    RouteKind::OwnOffice
                } else {
                    RouteKind::Unit
                }
            })
        };
        Facts { route, ..facts }
    }

    /// Whether a rule has named a position of the office itself to lead, before any unit does (R11-4d).
    #[must_use]
    pub fn is_led_by_the_office(&self, rulebook: &Checked) -> bool {
        let sits = |name| rulebook.position(name).map(|position| position.sits);
        let named = self.lead_named.as_ref().and_then(|lead| lead.position.as_ref());
        self.lead().is_none() && named.and_then(sits) == Some(Seat::OwnOffice)
    }

    /// The facts from which the route follows.
    pub fn facts_without_route<'f>(&'f self, rulebook: &'f Checked, directory: &'f Directory) -> Facts<'f> {
        let kind_of = |unit: UnitId| directory.units.get(&unit).map(|unit| &unit.kind);
        let axis = |name: AxisName| self.axes.get(&name);
        rulebook.with_unset(Facts {
            case_type: self.case_type,
            complainant: self.complainant.kind.as_ref(),
            category: axis(AxisName::Category),
            severity: axis(AxisName::Severity),
            urgency: axis(AxisName::Urgency),
            track: axis(AxisName::Track),
            mode: axis(AxisName::Mode),
            complexity: axis(AxisName::Complexity),
            cause: axis(AxisName::Cause),
            flags: Some(&self.flags),
            channel: Some(self.channel),
            source: Some(self.source),
            identity: Some(self.complainant.identity),
            reachable: Some(self.complainant.stated.contains(&Field::ComplainantContact)),
            route: None,
            round: Some(self.round_of_handling()),
            ground: self
                .ending
                .as_ref()
                .or_else(|| Some(&self.hand_overs.last()?.hand_over.on))
                .map(|ending| &ending.ground),
            finding: self.investigation.as_ref().map(|found| found.finding),
            satisfaction: self.satisfaction,
            fault: self.fault,
            supervised: Some(self.is_supervised()),
            received_in: self.first_receiver.unit.and_then(kind_of),
            unit_kind: self.lead().map(|lead| lead.unit).and_then(kind_of),
        })
    }
}

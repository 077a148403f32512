//! Who is asked for a deed may do it.

use super::{Examination, Place, reachability::follows_by_itself};
use crate::{
    rulebook::{DutyRule, Entry, FlawCode, Holder, Need, Origin, Position, RouteTo, Seat},
    words::{Deed, RouteKind},
};

impl<'r> Examination<'r> {
    pub(super) fn powers(&mut self) {
        let rulebook = self.rulebook;
        let duties: Vec<_> = rulebook
            .duties
            .iter()
            .filter(|duty| !self.never_opens(duty))
            .collect();
        for duty in duties {
            self.holder_may(&duty.place(), &duty.who, duty.owes);
            if let Some(extension) = &duty.extension {
                self.holder_may(&duty.place(), &duty.who, Deed::ExtensionRequest);
                self.holder_may(&duty.place(), &extension.by, Deed::ExtensionDecision);
            }
        }
        for gate in &rulebook.gates {
            for need in gate.needs.iter().chain(&gate.one_of) {
                let Need::Deed(deed) = *need else { continue };
                if gate.by.is_empty() {
                    self.holder_may(&gate.place(), &Holder::WhoeverMay, deed);
                }
                for holder in &gate.by {
                    self.holder_may(&gate.place(), holder, deed);
                }
            }
        }
        for ground in rulebook
            .grounds
            .iter()
            .filter(|ground| !is_the_complainants(ground.of))
        {
            self.holder_may(&ground.place(), &Holder::WhoeverMay, ground.of);
        }
        if let Some(returns) = &rulebook.returns {
            self.holder_may(&returns.place(), &Holder::HandlingUnit, Deed::Return);
            self.holder_may(&returns.place(), &returns.arbiter, Deed::ReturnDecision);
        }
        if let Some(contact) = &rulebook.first_contact {
            for position in &contact.changed_by {
                let holder = Holder::Position(position.clone());
                self.holder_may(&contact.place(), &holder, Deed::FirstReceiverChange);
            }
        }
        for channel in &rulebook.channels {
            if let Some(position) = &channel.first_receiver {
                self.holder_may(
                    &channel.place(),
                    &Holder::Position(position.clone()),
                    Deed::Registration,
                );
            }
        }
        for suspension in &rulebook.suspensions {
            self.holder_may(&suspension.place(), &suspension.by, Deed::Suspension);
        }
        for appeal in &rulebook.appeals {
            self.holder_may(&appeal.place(), &appeal.decided_by, Deed::AppealDecision);
        }
        for escalation in &rulebook.escalations {
            if let Some(Holder::Position(position)) = &escalation.report_to {
                let holder = Holder::Position(position.clone());
                self.holder_may(&escalation.place(), &holder, Deed::Acknowledgement);
            }
        }
        for kind in &rulebook.unit_kinds {
            if let Some(officer) = &kind.accountable_officer {
                self.holder_may(
                    &kind.place(),
                    &Holder::Position(officer.clone()),
                    Deed::ReceiptOfForm,
                );
            }
        }
    }

    /// Whether a duty of the floor asks nothing of anybody here: no route leads to a unit, no further round is
    /// known, nobody may do what it starts with.
    fn never_opens(&self, duty: &Entry<DutyRule>) -> bool {
        let starts = match duty.from {
            Deed::Dispatch | Deed::ReceiptOfForm | Deed::ReportBack => self.sends_to_units(),
            Deed::RoundOrder => self.rulebook.rounds.is_some(),
            from => {
                follows_by_itself(from)
                    || is_the_complainants(from)
                    || self
                        .rulebook
                        .positions
                        .iter()
                        .any(|position| may_help_with(position, from))
            }
        };
        let of_units_only = duty.when.route == [RouteKind::Unit] && !self.sends_to_units();
        matches!(duty.origin, Origin::Floor(_)) && (!starts || of_units_only)
    }

    /// Whether any case is handled outside the office itself.
    fn sends_to_units(&self) -> bool {
        let mut routes = self.rulebook.routes.iter();
        routes.any(|route| route.to.iter().any(|to| *to != RouteTo::OwnOffice))
    }

    /// Refuses a deed that is asked of somebody who may not do it.
    fn holder_may(&mut self, place: &Place<'r>, holder: &Holder, deed: Deed) {
        if self
            .candidates(holder)
            .any(|position| may_help_with(position, deed))
        {
            return;
        }
        // An unknown position was refused as such.
        if let Some(name) = holder.position()
            && !self
                .rulebook
                .positions
                .iter()
                .any(|position| position.name == *name)
        {
            return;
        }
        let reason = match holder {
            Holder::WhoeverMay => format!("no position may do {deed}"),
            Holder::Position(name) => format!("the position `{name}` may not do {deed}"),
            relation => format!("nobody who can be the {relation} may do {deed}"),
        };
        self.flaw(place, FlawCode::NoPower, reason, None);
    }

    /// The positions whose holders a relation can mean.
    fn candidates<'h>(&self, holder: &'h Holder) -> impl Iterator<Item = &'r Position> + use<'r, 'h> {
        let rulebook = self.rulebook;
        let units = self.sends_to_units();
        rulebook
            .positions
            .iter()
            .map(|entry| &entry.rule)
            .filter(move |position| match holder {
                Holder::Position(name) => position.name == *name,
                Holder::FirstReceiver => position.may_do(Deed::Receipt),
                Holder::Dispatcher => position.may_do(Deed::Dispatch),
                Holder::AccountableOfficer => rulebook
                    .unit_kinds
                    .iter()
                    .any(|kind| kind.accountable_officer.as_ref() == Some(&position.name)),
                // Where a rulebook sends nothing to a unit, the office handles everything itself.
                Holder::HandlingUnit => !units || sits_in_a_unit(position),
                Holder::Handler
                | Holder::Team
                | Holder::Requester
                | Holder::WhoeverMay
                | Holder::DutyHolder
                | Holder::Superior
                | Holder::RespondentUnit => true,
            })
    }
}

fn sits_in_a_unit(position: &Position) -> bool {
    match position.sits {
        Seat::Unit | Seat::Window => true,
        Seat::OwnOffice | Seat::Oversight => false,
    }
}

/// Where any activity is asked for, who may do a particular one can help.
fn may_help_with(position: &Position, deed: Deed) -> bool {
    position.may.deeds().iter().any(|may| may.meets(deed))
}

/// What the complainant does himself.
pub(super) fn is_the_complainants(deed: Deed) -> bool {
    matches!(deed, Deed::Withdrawal | Deed::Supplement | Deed::Appeal)
}

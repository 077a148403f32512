//! Who acts for whom (授权代理): a recorded delegation lets a deputy do for a while what its giver may, where the
//! rulebook says that the deputy's position stands in for the giver's (R01-2.2i).
//!
//! The deputy keeps what he may himself and acts in another's place only where that does not suffice. What keeps
//! either of the two from a case keeps the deputy from it; what either of them did counts as the other's, too, wherever
//! two hands are needed. Taking a matter in is never done in another's place: first contact is a person's own.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::directory::Directory;
use crate::ids::{DelegationId, StaffId};
use crate::rulebook::Checked;
use crate::words::{Deed, PositionName};

/// A delegation as it was recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delegation {
    /// Its id.
    pub id: DelegationId,
    /// For whom.
    pub from: StaffId,
    /// Who acts.
    pub to: StaffId,
    /// The first instant.
    pub starts_at: DateTime<Utc>,
    /// The first instant after it.
    pub ends_at: DateTime<Utc>,
    /// Only these deeds; everything that the giver may, if none are named.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub deeds: BTreeSet<Deed>,
}

impl Delegation {
    /// Whether it holds at this moment.
    #[must_use]
    pub fn is_in_force(&self, now: DateTime<Utc>) -> bool {
        self.starts_at <= now && now < self.ends_at
    }

    /// Whether two of them hold at some same moment.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        self.starts_at < other.ends_at && other.starts_at < self.ends_at
    }
}

/// Somebody in whose place another acts just now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place<'a> {
    /// Whose place it is.
    pub principal: StaffId,
    /// Those of his positions in which he is stood in for.
    pub positions: BTreeSet<PositionName>,
    deeds: &'a BTreeSet<Deed>,
}

impl Place<'_> {
    /// Whether the delegation gives this deed; a bare deed is given with any of its kinds, as positions give it.
    #[must_use]
    pub fn gives(&self, deed: Deed) -> bool {
        self.deeds.is_empty() || self.deeds.iter().any(|given| given.meets(deed))
    }
}

/// The places of others that somebody takes at this moment.
pub fn places<'a>(
    deputy: StaffId,
    rulebook: &'a Checked,
    directory: &'a Directory,
    now: DateTime<Utc>,
) -> impl Iterator<Item = Place<'a>> {
    directory
        .delegations
        .iter()
        .filter(move |delegation| delegation.to == deputy && delegation.is_in_force(now))
        .map(move |delegation| Place {
            principal: delegation.from,
            positions: stood_in_for(deputy, delegation.from, rulebook, directory),
            deeds: &delegation.deeds,
        })
        .filter(|place| !place.positions.is_empty())
}

/// The positions of somebody in which the rulebook lets a deputy stand in for him; none where either no longer works
/// here. Only what somebody holds himself: what was delegated to him he cannot pass on.
#[must_use]
pub fn stood_in_for(
    deputy: StaffId,
    principal: StaffId,
    rulebook: &Checked,
    directory: &Directory,
) -> BTreeSet<PositionName> {
    let (Some(deputy), Some(principal)) = (directory.active(deputy), directory.active(principal)) else {
        return BTreeSet::new();
    };
    let stands_in = |name: &&PositionName| {
        deputy
            .positions
            .iter()
            .filter_map(|own| rulebook.position(own))
            .any(|own| own.acts_for.contains(name))
    };
    principal.positions.iter().filter(stands_in).cloned().collect()
}

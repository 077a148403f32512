//! What lies over the status of a case and is none itself: pauses, appeals, approvals asked for, holds.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::Case;
use super::command::AppealOutcome;
use crate::duty::Start;
use crate::ids::{StaffId, ThingId};
use crate::text::Text;
use crate::words::{ClauseId, Deed, Subject, Word};

/// Limits that stand still on a listed ground (中止).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suspension {
    /// Its id.
    pub id: ThingId,
    /// The number of the entry that began it.
    pub sequence: u64,
    /// The rulebook's ground.
    pub ground: Word,
    /// The clause.
    pub clause: Option<ClauseId>,
    /// Why, if somebody wrote it.
    pub reason: Option<Text>,
    /// Since when.
    pub from: DateTime<Utc>,
    /// By whom.
    pub by: Option<StaffId>,
    /// When the clock ends it, if nobody does before.
    pub ends_at: Option<DateTime<Utc>>,
    /// When it ended.
    pub ended_at: Option<DateTime<Utc>>,
}

/// A decision or a finding that a party does not accept (申诉、复查).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Appeal {
    /// Its id.
    pub id: ThingId,
    /// The number of the entry that recorded it.
    pub sequence: u64,
    /// The rulebook's name for it.
    pub name: Word,
    /// The clause.
    pub clause: Option<ClauseId>,
    /// The deed appealed against.
    pub against: Deed,
    /// The number of the entry of that deed.
    pub against_sequence: u64,
    /// Who did that deed, and so never decides on it again.
    pub against_by: Option<StaffId>,
    /// What the party says.
    pub text: Text,
    /// When the party said it.
    pub filed_at: DateTime<Utc>,
    /// Who recorded it.
    pub filed_by: Option<StaffId>,
    /// The decision, its moment and the number of its entry.
    pub decided: Option<AppealDecided>,
}

/// The decision on an appeal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppealDecided {
    /// When.
    pub at: DateTime<Utc>,
    /// The number of its entry.
    pub sequence: u64,
    /// What was decided.
    pub outcome: AppealOutcome,
}

/// A yes that somebody asked for (报批).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApprovalRequest {
    /// Its id: the approval is decided under it.
    pub id: ThingId,
    /// The number of the entry that asked.
    pub sequence: u64,
    /// What is to be approved.
    pub subject: Subject,
    /// What exactly; of a publication the redacted text that is to be public.
    pub text: Text,
    /// When it was asked.
    pub at: DateTime<Utc>,
    /// By whom.
    pub by: Option<StaffId>,
    /// How many must say yes.
    pub voices: u8,
    /// How many did.
    pub agreed: u8,
    /// Granted by all or refused by one, and when.
    pub decided: Option<(DateTime<Utc>, bool)>,
}

/// Nothing of the case may be erased (保全).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LegalHold {
    /// Its id.
    pub id: ThingId,
    /// Why.
    pub reason: Text,
    /// Since when.
    pub placed_at: DateTime<Utc>,
    /// By whom.
    pub placed_by: Option<StaffId>,
    /// When it was lifted.
    pub lifted_at: Option<DateTime<Utc>>,
}

/// A case that had an end and was taken up again: from which round and which entry on it is handled anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TakenUp {
    /// The first round of the new handling.
    pub round: u8,
    /// What its limits count from at the earliest.
    pub start: Start,
}

impl Case {
    /// Which round of its present handling a case is in, from 1. What was taken up again is handled anew: the rounds of
    /// the handling before are no rounds of this one, so that they use none of it up. An answer without any dispatch is a
    /// round, too.
    pub fn round_of_handling(&self) -> u8 {
        self.round.max(1) - self.rounds_before()
    }

    /// How many rounds a case had before it was taken up again.
    pub fn rounds_before(&self) -> u8 {
        let first = self.taken_up.map_or(1, |again| again.round.max(1));
        first.min(self.round.max(1)) - 1
    }

    /// The pauses that are not over; none on a case that has ended.
    pub fn open_suspensions(&self) -> impl Iterator<Item = &Suspension> {
        self.suspensions
            .iter()
            .filter(|pause| pause.ended_at.is_none() && self.status.is_open())
    }

    /// The appeals that nobody has decided yet.
    pub fn open_appeals(&self) -> impl Iterator<Item = &Appeal> {
        self.appeals.iter().filter(|appeal| appeal.decided.is_none())
    }

    /// The approvals that were asked for and are not decided.
    pub fn open_approval_requests(&self) -> impl Iterator<Item = &ApprovalRequest> {
        self.approval_requests
            .iter()
            .filter(|request| request.decided.is_none())
    }

    /// Whether nothing of it may be erased.
    pub fn is_held(&self) -> bool {
        self.legal_holds.iter().any(|hold| hold.lifted_at.is_none())
    }

    /// Whether its texts and the person are gone.
    #[must_use]
    pub fn is_erased(&self) -> bool {
        self.in_force(Deed::Erasure, None).is_some()
    }
}

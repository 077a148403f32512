//! What is stated when a party does not accept a decision, and when a yes is asked for.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use strum::IntoStaticStr;

use crate::ids::ThingId;
use crate::text::Text;
use crate::words::{Subject, Word};

/// A party does not accept it; recorded by staff on the party's behalf (申诉).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Appeal {
    /// The rulebook's name for this way.
    pub name: Word,
    /// What the party says.
    pub text: Text,
    /// When the party said it, if before it was recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filed_at: Option<DateTime<Utc>>,
}

/// The decision on an appeal (申诉决定).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppealDecision {
    /// Which appeal.
    pub appeal: ThingId,
    /// What was decided.
    pub outcome: AppealOutcome,
    /// Why.
    pub reason: Text,
}

/// What becomes of the deed that was appealed against.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum AppealOutcome {
    /// It stands (维持).
    Upheld,
    /// It does not stand: the matter is handled anew (变更).
    Changed,
}

/// A yes is asked for (报批).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApprovalAsked {
    /// What is to be approved.
    pub subject: Subject,
    /// What exactly.
    pub text: Text,
}

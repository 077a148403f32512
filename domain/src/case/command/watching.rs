//! What is stated by those who watch, wait or ask for more time.

use serde::{Deserialize, Serialize};

use crate::ids::{DutyId, StaffId, ThingId, UnitId};
use crate::text::Text;
use crate::time_limit::Span;
use crate::words::PositionName;

/// A reminder (催办).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Urge {
    /// The duty that is waited for.
    pub duty: DutyId,
    /// What is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<Text>,
}

/// Raised scrutiny of a unit (督办).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SupervisionDemand {
    /// The unit that must answer; none for what the office handles itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<UnitId>,
    /// What is demanded.
    pub demand: Text,
    /// Within what time; none: promptly.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within: Option<Span>,
}

/// A deed about one thing: an answer, a lifting, an acknowledgement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// The order, report or record.
    pub thing: ThingId,
    /// What is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<Text>,
}

/// A report to a leader.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeaderReport {
    /// To whom.
    pub to: PositionName,
    /// Of which unit, where the position sits in units; decided, not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<UnitId>,
    /// What is reported.
    pub text: Text,
}

/// More time is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExtensionRequest {
    /// On which duty.
    pub duty: DutyId,
    /// How much.
    pub amount: Span,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Text>,
}

/// It is granted or refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExtensionDecision {
    /// Which request.
    pub extension: ThingId,
    /// How much is granted; none: refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub granted: Option<Span>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Text>,
}

/// Somebody is to answer for how a matter was handled (责任追究).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accountability {
    /// The unit, if it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<UnitId>,
    /// The person, if it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub staff: Option<StaffId>,
    /// For what.
    pub reason: Text,
}

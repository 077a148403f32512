//! What is said about who may know of a case.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::ids::{StaffId, ThingId};
use crate::text::Text;

/// Somebody is named on the case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Naming {
    /// Who.
    pub staff: StaffId,
    /// As what, or why.
    pub reason: Text,
}

/// The case is shut to all who are not named on it, or open again as the rulebook has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Restriction {
    /// Whether it is shut.
    pub restricted: bool,
    /// Why.
    pub reason: Text,
}

/// Why somebody opens a case that is not open to him.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Emergency {
    /// Why.
    pub reason: Text,
}

/// An emergency reading as it is recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmergencyOpened {
    /// Why.
    pub reason: Text,
    /// The first instant at which it is shut again.
    pub until: DateTime<Utc>,
}

/// What oversight thinks of an emergency reading.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadingReview {
    /// Which reading.
    pub reading: ThingId,
    /// Whether it was justified.
    pub justified: bool,
    /// Why.
    pub reason: Text,
}

/// Somebody asks to learn who reports.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdentityAsked {
    /// Why.
    pub reason: Text,
}

/// The custodian's answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdentityDecision {
    /// Which request.
    pub request: ThingId,
    /// For how many hours it is open; none: refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours: Option<u16>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Text>,
}

impl IdentityDecision {
    /// The first instant at which it is shut again, if it is opened at this one.
    #[must_use]
    pub fn until(&self, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.hours.map(|hours| at + TimeDelta::hours(hours.into()))
    }
}

//! What a ledger knows about a case from before the service.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::Matter;
use crate::text::Text;
use crate::words::Deed;

/// A case from before the service: what a ledger's row knows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct History {
    /// The ledger's own number, if it had one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case_no: Option<String>,
    /// The matter.
    pub matter: Matter,
    /// The known milestones, in the order of a case's life.
    pub milestones: Vec<Milestone>,
    /// The answer, if one was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply: Option<Text>,
}

/// A deed of the past and its moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Milestone {
    /// What was done.
    pub deed: Deed,
    /// When.
    pub at: DateTime<Utc>,
}

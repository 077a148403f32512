//! What is stated when limits stand still, and when the complainant is asked for more.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::text::Text;
use crate::words::Word;

/// Limits are to stand still (中止).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suspension {
    /// The rulebook's ground.
    pub ground: Word,
    /// Why, for the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Text>,
}

/// The complainant is asked for more (要求补充材料).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SupplementRequest {
    /// What is asked for.
    pub text: Text,
    /// By when it is wanted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wanted_on: Option<NaiveDate>,
}

/// What the complainant handed in later (补充材料).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Supplement {
    /// What it says.
    pub text: Text,
    /// When it came, if before it was recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub received_at: Option<DateTime<Utc>>,
}

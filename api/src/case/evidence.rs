//! What is known of a piece of evidence: the document that lies beside the case.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A piece of evidence as it is kept and told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(crate) struct Evidence {
    /// What it is and what it shows.
    #[schema(max_length = 2000)]
    pub(crate) text: String,
    /// From whom it came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200)]
    pub(crate) submitted_by: Option<String>,
    /// Who keeps it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200)]
    pub(crate) custodian: Option<String>,
    /// Where it can be found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2000)]
    pub(crate) url: Option<String>,
    /// The SHA-256 of its bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 64)]
    pub(crate) sha256: Option<String>,
    /// How many bytes it has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub(crate) size_bytes: Option<i64>,
}

impl Evidence {
    /// The document.
    pub(crate) fn document(&self) -> String {
        serde_json::to_string(self).expect("texts and a number are JSON")
    }

    /// What a document says.
    pub(crate) fn read(document: &str) -> Option<Self> {
        serde_json::from_str(document).ok()
    }
}

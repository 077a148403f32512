//! What is stated when a case is moved to another version of a rulebook.

use serde::{Deserialize, Serialize};

use crate::text::Text;
use crate::words::{RulebookCode, Version};

/// To which version, and why. Without it a case stays for ever under the version it began with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VersionMove {
    /// The rulebook.
    pub rulebook: RulebookCode,
    /// Its version.
    pub version: Version,
    /// Why.
    pub reason: Text,
}

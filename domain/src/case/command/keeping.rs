//! What is stated about the end of a case, and about what becomes of it afterwards.

use serde::{Deserialize, Serialize};

use crate::text::Text;
use crate::words::Word;

/// A closed case is taken up again on a listed ground (重新办理).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reopening {
    /// The rulebook's ground.
    pub ground: Word,
    /// Why.
    pub reason: Text,
}

/// A case ends before its end on a listed ground (提前办结).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EarlyClosing {
    /// The rulebook's ground.
    pub ground: Word,
    /// What the complainant is told, or why none is.
    pub explanation: Text,
}

/// Something of the answer is to be public: a text made for it, without the people (R01-3.2d).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Publication {
    /// The redacted text; the original stays where it is.
    pub text: Text,
}

/// Nothing of the case may be erased (保全).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LegalHold {
    /// Why.
    pub reason: Text,
}

//! What a person wrote. The core never holds the words: an event refers to a text by its id and
//! commits to it by a salted hash, so that erasing the text leaves the history whole.

use serde::{Deserialize, Serialize};

use crate::ids::TextId;

/// A reference to a text that lies beside the case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text {
    /// Where it lies.
    pub id: TextId,
    /// SHA-256 over salt and text, as 64 hexadecimal digits; the salt lies with the text.
    pub commitment: String,
}

//! What is stated to the complainant, heard from him, and when the case ends.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::text::Text;
use crate::words::{Channel, Fault, NoticeType, Satisfaction, Word};

/// The complainant was told where it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// What he was told.
    pub text: Text,
    /// When he may expect more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_on: Option<NaiveDate>,
}

/// The answer to the complainant (答复).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    /// The answer.
    pub text: Text,
    /// How he got it.
    pub channel: Channel,
    /// The sections its form asks for, by word.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub sections: BTreeMap<Word, Text>,
}

/// A notice served (告知书).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// Which.
    pub kind: NoticeType,
    /// What it says.
    pub text: Text,
    /// How it was served.
    pub channel: Channel,
}

/// An attempt to learn whether the complainant is satisfied (回访).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FollowUp {
    /// What he said; `not_reached` if he was not.
    pub satisfaction: Satisfaction,
    /// Whether he holds it for solved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub solved: Option<Word>,
    /// What else he said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opinion: Option<Text>,
}

/// A judgement on how the matter was handled (R03-2.3c, R03-2.3d).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FaultJudgement {
    /// What is wrong.
    pub fault: Fault,
    /// Why.
    pub reason: Text,
}

/// Whether a further dispatch is needed (R03-2.3b).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecondDispatchDecision {
    /// Yes or no.
    pub needed: bool,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Text>,
}

/// Why the case ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closing {
    /// `answered`, `not_reachable` … an open code.
    pub reason: Word,
    /// More words about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub explanation: Option<Text>,
}

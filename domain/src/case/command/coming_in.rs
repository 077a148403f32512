//! What is stated when a matter is taken in, or turned away.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::ids::{CaseId, StaffId, UnitId, WindowId};
use crate::text::Text;
use crate::words::{
    AxisName, CaseType, Channel, Field, IdentityMode, PositionName, Satisfaction, Source, Word,
};

/// A matter as it was taken in (R03-2.1.2b, R04-6). What a rulebook demands of it is data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Matter {
    /// How it came.
    pub channel: Channel,
    /// Who passed it.
    pub source: Source,
    /// When the office got it; never later than now.
    pub received_at: DateTime<Utc>,
    /// The window where it was taken in, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window: Option<WindowId>,
    /// Who takes it in where nobody sits (self-service and platform channels): the member of the
    /// channel's duty position on whose desk it lands. Absent: whoever records it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_receiver: Option<StaffId>,
    /// What the complainant ticked, for a channel of ratings (R08-8).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rating: Option<Satisfaction>,
    /// Who complains.
    pub complainant: Complainant,
    /// What registration states about it.
    pub completion: Completion,
}

/// What registration states about a matter; reception may state part of it already.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Completion {
    /// What kind of matter it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case_type: Option<CaseType>,
    /// Classifications stated at once.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub axes: BTreeMap<AxisName, Word>,
    /// Flags stated at once.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub flags: BTreeSet<Word>,
    /// A line that names the matter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<Text>,
    /// The matter in the complainant's words; never changed afterwards (R03-1.7).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content: Option<Text>,
    /// Other texts, by the field they state.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub texts: BTreeMap<Field, Text>,
    /// Who or what is complained of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub respondents: Vec<Respondent>,
}

/// Who complains, without a word about the person: those lie beside the case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Complainant {
    /// By name, anonymous, or under a name of his own choice.
    pub identity: IdentityMode,
    /// What kind of complainant the rulebook says he is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<Word>,
    /// Which facts about him are on record (name, contact …); the facts themselves are not here.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub stated: BTreeSet<Field>,
    /// Where they lie.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<Text>,
}

/// Who or what is complained of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Respondent {
    /// A unit.
    Unit {
        /// Which.
        unit: UnitId,
    },
    /// A window.
    Window {
        /// Which.
        window: WindowId,
    },
    /// A person: a member of staff if known as one, else only described.
    Person {
        /// The member of staff.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        staff: Option<StaffId>,
        /// What was said about who it is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        description: Option<Text>,
    },
}

/// The preliminary review (初审): each check with its outcome.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Screening {
    /// Each check that the rulebook's form of a screening lists, and whether it was passed.
    pub checks: BTreeMap<Word, bool>,
    /// A remark inside the office.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Text>,
}

impl Screening {
    /// The checks that were not passed.
    pub fn failed(&self) -> impl Iterator<Item = &Word> {
        self.checks
            .iter()
            .filter(|(_, passed)| !**passed)
            .map(|(check, _)| check)
    }
}

/// What acceptance states: the screening checks that were made.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acceptance {
    /// Each check with its outcome.
    #[serde(default)]
    pub screening: BTreeMap<Word, bool>,
    /// A remark inside the office.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Text>,
}

/// An end on a listed ground: decline, withdrawal, cancellation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ending {
    /// The rulebook's ground.
    pub ground: Word,
    /// What the complainant was told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub explanation: Option<Text>,
    /// The right channel that he was shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guidance: Option<Text>,
    /// Why, for the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Text>,
}

/// The matter passes to who is to take it on (移交): inside the office it goes on, outside it ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandOver {
    /// Ground, and what was told to whom.
    #[serde(flatten)]
    pub on: Ending,
    /// To whom.
    pub to: HandedTo,
}

/// Who takes on what is handed over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum HandedTo {
    /// A unit of the office (R12-1.2).
    Unit {
        /// Which.
        unit: UnitId,
    },
    /// The holders of a position (R09-4b).
    Position {
        /// Which.
        position: PositionName,
    },
    /// Another body, which takes the matter over whole.
    Outside {
        /// Its name.
        body: Text,
    },
}

/// An amendment: the original stays.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correction {
    /// What is amended.
    pub field: Field,
    /// The new words.
    pub text: Text,
    /// Why.
    pub reason: Text,
}

/// Values of the rulebook's axes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Classification {
    /// Axis by axis.
    #[serde(default)]
    pub axes: BTreeMap<AxisName, Word>,
    /// The whole set of flags, if it is to change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flags: Option<BTreeSet<Word>>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Text>,
}

/// This case repeats another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DuplicateLink {
    /// The other case, known to exist.
    pub of: CaseId,
    /// Why.
    pub reason: Text,
}

/// Answered at once (R03-2.1.3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpotAnswer {
    /// The rulebook's ground.
    pub ground: Word,
    /// The answer.
    pub answer: Text,
}

/// A new first receiver, named by a superior (R03-1.2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reassignment {
    /// Who it is from now on.
    pub to: StaffId,
    /// Why.
    pub reason: Text,
}

/// A deed whose only content is a remark, or nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remark {
    /// The remark.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<Text>,
}

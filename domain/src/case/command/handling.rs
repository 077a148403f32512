//! What is stated by those who find out and put right.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::ids::{ThingId, UnitId};
use crate::text::Text;
use crate::words::{ActivityKind, Deed, Finding, MeasureKind, Subject, Word};

/// A piece of work on the matter: an activity, evidence, an opinion, a feasibility study.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Work {
    /// Which deed it is.
    pub kind: WorkKind,
    /// What was found, said or proposed.
    pub text: Text,
    /// When it took place, if before it was recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub happened_at: Option<DateTime<Utc>>,
    /// The sections its form asks for, by word.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub sections: BTreeMap<Word, Text>,
}

/// The deeds that a piece of work can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WorkKind {
    /// Investigating.
    Activity(ActivityKind),
    /// Something that proves.
    Evidence,
    /// What somebody thinks should be done.
    Opinion,
    /// Whether a suggestion can be carried out (R03-2.1.4).
    FeasibilityStudy,
    /// A meeting on the matter.
    Discussion,
    /// What is to be found out, how, and by whom (R01-4.1); a new one takes the place of the old.
    InvestigationPlan,
    /// The report on the investigation.
    InvestigationReport,
}

impl WorkKind {
    /// The deed.
    pub fn deed(self) -> Deed {
        match self {
            WorkKind::Activity(kind) => Deed::Activity(Some(kind)),
            WorkKind::Evidence => Deed::Evidence,
            WorkKind::Opinion => Deed::Opinion,
            WorkKind::FeasibilityStudy => Deed::FeasibilityStudy,
            WorkKind::Discussion => Deed::Discussion,
            WorkKind::InvestigationReport => Deed::InvestigationReport,
            WorkKind::InvestigationPlan => Deed::InvestigationPlan,
        }
    }
}

/// What the investigation found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Investigation {
    /// True or not.
    pub finding: Finding,
    /// Why it happened (R03-2.2.1b).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<Text>,
    /// Who answers for it, by name (R03-2.2.1b).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub responsible_person: Option<Text>,
    /// What part is true.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub substantiated_part: Option<Text>,
    /// On what it rests.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub legal_basis: Option<Text>,
    /// The course of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub report: Option<Text>,
}

/// What is to be done about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// The measures.
    pub measures: Text,
    /// Who carries them out.
    pub person: Text,
    /// By when.
    pub finish_on: NaiveDate,
}

/// A yes or no that a gate waits for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApprovalDecision {
    /// What was approved or refused.
    pub subject: Subject,
    /// The plan, the request … it is about.
    pub about: ThingId,
    /// Yes or no.
    pub granted: bool,
    /// Why; a refusal needs one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Text>,
}

/// A measure that was taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Measure {
    /// Of which kind.
    pub kind: MeasureKind,
    /// When.
    pub taken_on: NaiveDate,
    /// What was done.
    pub text: Text,
}

/// A unit is named to mend it (R03-2.2.1c).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RectificationOrder {
    /// Which unit.
    pub unit: UnitId,
    /// What is to be mended.
    pub text: Text,
    /// By when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finish_on: Option<NaiveDate>,
}

/// Whether it is mended (R03-2.2.1d).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RectificationCheck {
    /// Yes, or to be done again.
    pub passed: bool,
    /// What was seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<Text>,
}

/// The unit reports to who dispatched (反馈).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportBack {
    /// Which dispatch.
    pub dispatch: ThingId,
    /// What was done.
    pub text: Text,
    /// Whether the complainant was spoken to.
    pub contacted: bool,
    /// Whether the unit thinks it solved.
    pub solved: bool,
}

//! The access log (查阅留痕): who read what is kept secret, when, and why.
//!
//! Each office has a chain of its own: an entry is hashed over its exact bytes and the entry before it, as events are, and
//! checkpoints sign what it had come to.
//! The head of the chain is a row that only readers lock, so that no command waits for a reading; and readings that
//! come at the same time are entered together. What is read leaves the house only after its entry is durable.
//!
//! The words of a reason are a person's, and may name somebody: what is hashed is a salted commitment, the words stand
//! beside it, sealed under the case's key, and are erased with it without breaking the chain.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use domain::authority::SightKey;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::Answer;
use crate::chain::Hash;

/// What kind of reading it was.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    strum::EnumIter,
    strum::IntoStaticStr,
    strum::EnumString,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum ReadingKind {
    /// The case or a part of it was read.
    Case,
    /// A reason was stated, which opens the case to its reader for a while.
    Opening,
    /// Who complains was shown, unmasked.
    Complainant,
    /// Who reports was shown, with a custodian's consent.
    Identity,
    /// The complainant's own data were exported.
    PersonalData,
}

/// A reading to be entered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewReading {
    /// The office.
    pub office_id: Uuid,
    /// The case that was read.
    pub case_id: Uuid,
    /// Who read it.
    pub staff_id: Uuid,
    /// What of it.
    pub kind: ReadingKind,
    /// By which operation.
    pub operation: String,
    /// When.
    pub at: DateTime<Utc>,
    /// Why, and what the commitment is salted with.
    pub reason: Option<(String, Vec<u8>)>,
}

/// An entry of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadingRecord {
    /// The office.
    pub office_id: Uuid,
    /// Its number in the office, from 1 without a gap.
    pub sequence: i64,
    /// The case.
    pub case_id: Uuid,
    /// Who read.
    pub staff_id: Uuid,
    /// The word of its [`ReadingKind`].
    pub kind: String,
    /// When.
    pub at: DateTime<Utc>,
    /// Why, until the case is erased.
    pub reason: Option<String>,
    /// The salt of its commitment.
    pub salt: Option<Vec<u8>>,
    /// The exact bytes that were hashed: a [`ReadingBody`] in JSON.
    pub body: Vec<u8>,
    /// The hash of the entry before; of the first, the [`origin`](crate::chain::origin) of the office.
    pub previous_hash: Hash,
    /// Its hash.
    pub hash: Hash,
}

/// What is hashed of an entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReadingBody {
    /// The office.
    pub office_id: Uuid,
    /// Its number.
    pub sequence: i64,
    /// The case.
    pub case_id: Uuid,
    /// Who read.
    pub staff_id: Uuid,
    /// What of it.
    pub kind: ReadingKind,
    /// By which operation.
    pub operation: String,
    /// When, to the microsecond.
    pub at: DateTime<Utc>,
    /// The [`commitment`](crate::chain::commitment) to the reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Which entries are listed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReadingFilter {
    /// Only of this case.
    pub case_id: Option<Uuid>,
    /// Only by this member of staff.
    pub staff_id: Option<Uuid>,
    /// What its reader holds: who is barred from a case learns nothing of its readings.
    pub keys: BTreeSet<SightKey>,
}

/// What is asked of the access log, and what is entered into it. Nothing is ever changed but for words that are erased.
///
/// # Errors
/// As [`Archive`](crate::Archive).
pub trait AccessLog {
    /// Enters readings, in their order, each in the chain of its office; when this returns they are durable.
    ///
    /// # Errors
    /// As [`Archive`](crate::Archive); then none was entered.
    fn record_readings(&self, readings: &[NewReading]) -> Answer<()>;

    /// Lists an office's entries, newest first, from the first one before the number `before`.
    ///
    /// # Errors
    /// As [`Archive`](crate::Archive).
    fn list_readings(
        &self,
        office_id: Uuid,
        filter: &ReadingFilter,
        before: Option<i64>,
        limit: u32,
    ) -> Answer<Vec<ReadingRecord>>;

    /// When this member of staff last stated a reason for reading this case.
    ///
    /// # Errors
    /// As [`Archive`](crate::Archive).
    fn last_opening(&self, office_id: Uuid, case_id: Uuid, staff_id: Uuid) -> Answer<Option<DateTime<Utc>>>;
}

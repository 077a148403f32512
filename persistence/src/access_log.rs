//! The access log (查阅留痕): who read what is kept secret, when, and why.
//!
//! Each office has a chain of its own: an entry is hashed over its exact bytes and the entry before it, as events are.
//! The head of the chain is a row that only readers lock, so that no command waits for a reading; and readings that
//! come at the same time are entered together. What is read leaves the house only after its entry is durable.
//!
//! The words of a reason are a person's, and may name somebody: what is hashed is a salted commitment, the words stand
//! beside it, sealed under the case's key, and are erased with it without breaking the chain.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use domain::authority::SightKey;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::Answer;

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
    /// The hash of the entry before; of the first, the one that [`first_head`] gives.
    pub previous_hash: Vec<u8>,
    /// Its hash.
    pub hash: Vec<u8>,
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
    /// The commitment to the reason: the hash of salt and words, in hexadecimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// What the first entry of an office is chained to.
#[must_use]
pub fn first_head(office_id: Uuid) -> Vec<u8> {
    Sha256::digest(office_id.as_bytes()).to_vec()
}

/// The hash of an entry: over the hash before it and its exact bytes.
#[must_use]
pub fn chained(previous: &[u8], body: &[u8]) -> Vec<u8> {
    Sha256::new()
        .chain_update(previous)
        .chain_update(body)
        .finalize()
        .to_vec()
}

/// The commitment to words that a person wrote, with a salt, in hexadecimal.
#[must_use]
pub fn commitment(words: &str, salt: &[u8]) -> String {
    let hash = Sha256::new().chain_update(salt).chain_update(words).finalize();
    hash.iter().fold(String::with_capacity(64), |mut written, byte| {
        written.push(char::from_digit(u32::from(byte >> 4), 16).unwrap_or('0'));
        written.push(char::from_digit(u32::from(byte & 15), 16).unwrap_or('0'));
        written
    })
}

/// The number of the first entry that does not follow from the one before, among entries in their order that begin
/// after `before` (number and hash); none where all do.
#[must_use]
pub fn first_broken(before: (i64, &[u8]), entries: &[ReadingRecord]) -> Option<i64> {
    let (mut number, mut head) = (before.0, before.1.to_vec());
    for entry in entries {
        let said: Option<ReadingBody> = serde_json::from_slice(&entry.body).ok();
        let holds = entry.sequence == number + 1
            && entry.previous_hash == head
            && entry.hash == chained(&head, &entry.body)
            && said.is_some_and(|said| said.says(entry));
        if !holds {
            return Some(entry.sequence.min(number + 1));
        }
        number = entry.sequence;
        head.clone_from(&entry.hash);
    }
    None
}

impl ReadingBody {
    /// Whether the columns of an entry say what was hashed; words that are still there must match their commitment.
    fn says(&self, entry: &ReadingRecord) -> bool {
        let kind: &'static str = self.kind.into();
        let reason = match (&entry.reason, &entry.salt) {
            (Some(words), Some(salt)) => self.reason.as_deref() == Some(&commitment(words, salt)),
            (None, _) => true,
            (Some(_), None) => false,
        };
        self.office_id == entry.office_id
            && self.sequence == entry.sequence
            && self.case_id == entry.case_id
            && self.staff_id == entry.staff_id
            && kind == entry.kind
            && self.at == entry.at
            && reason
    }
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

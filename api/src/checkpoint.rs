//! Checkpoints: what the chains of my office had come to, signed, for whoever wants to keep them elsewhere.

use chrono::{DateTime, FixedOffset};
use domain::authority::SightKey;
use persistence::checkpoint::{CheckpointRecord, Statement};
use serde::Serialize;
use utoipa::ToSchema;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::caller::Caller;
use crate::problem::{Kind, Problem};

pub(crate) mod get_checkpoint;
pub(crate) mod list_audit_keys;
pub(crate) mod list_checkpoints;
pub mod making;

/// A checkpoint: `statement` and `signature` are all that it takes to verify one, and all that must be kept.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Checkpoint)]
pub(crate) struct CheckpointView {
    /// Its number in the office, from 1 without a gap.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    checkpoint_no: u64,
    /// When it was made.
    made_at: DateTime<FixedOffset>,
    /// The exact text that was signed: ten lines, each ended by a line feed.
    #[schema(max_length = 1000)]
    statement: String,
    /// Ed25519 over the bytes of the text, in base64.
    #[schema(min_length = 88, max_length = 88)]
    signature: String,
    /// SHA-256 of the text, by which the next checkpoint names this one.
    #[schema(min_length = 64, max_length = 64, pattern = "^[0-9a-f]{64}$")]
    hash: String,
    /// The key that signed: one of `list_audit_keys`.
    #[schema(min_length = 16, max_length = 16, pattern = "^[0-9a-f]{16}$")]
    key_id: String,
    /// How many cases had new events since the one before.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    changed_cases: u64,
    /// How many cases the checkpoints of the office cover by now, confidential ones among them.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    cases: u64,
    /// How many events they cover by now.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    events: u64,
}

impl CheckpointView {
    /// The checkpoint, told to this caller.
    ///
    /// # Errors
    /// `internal_error` when its text states nothing: somebody has been at it.
    pub(crate) fn new(record: CheckpointRecord, caller: &Caller) -> Result<Self, Problem> {
        let signed = record.signed();
        let statement = Statement::read(&signed.statement)
            .ok_or_else(|| Problem::internal("a checkpoint states nothing: verify the database"))?;
        Ok(Self {
            checkpoint_no: statement.number,
            made_at: statement.made_at.with_timezone(&caller.law.calendar.utc_offset()),
            hash: signed.hash().to_string(),
            signature: STANDARD.encode(&signed.signature),
            statement: signed.statement,
            key_id: statement.key,
            changed_cases: statement.changed,
            cases: statement.cases,
            events: statement.events,
        })
    }
}

/// Lets pass who looks after the whole office, or administers it, or operates the installation.
///
/// # Errors
/// `not_permitted`.
fn sees_checkpoints(caller: &Caller) -> Result<(), Problem> {
    if caller.administrator || caller.operator || caller.keys.contains(&SightKey::Office) {
        Ok(())
    } else {
        Err(Kind::NotPermitted.into())
    }
}

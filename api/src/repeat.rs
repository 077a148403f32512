//! Repetition of calls that change the register: the same key and body is done once and answered again.
//!
//! What is remembered is the id of what was made or changed, in the transaction that did it; the answer is read
//! anew. Calls on cases have the same promise from the write path.

use chrono::{DateTime, Utc};
use persistence::remembered_answer::RememberedAnswer;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::caller::Caller;
use crate::desk::Desk;
use crate::problem::{Kind, Problem};
use crate::request::IdempotencyKey;

/// A call that may be a repetition.
pub struct Repeat {
    office_id: Uuid,
    caller: String,
    operation: &'static str,
    key: Option<String>,
    request_hash: Vec<u8>,
}

/// What is remembered.
#[derive(Serialize, Deserialize)]
struct Outcome {
    id: Uuid,
}

impl Repeat {
    /// The call of `operation` by `caller`, on what the path names (`path`), with `body`.
    ///
    /// # Errors
    /// `internal_error` for a body that is no JSON, which none is.
    pub fn of(
        caller: &Caller,
        operation: &'static str,
        key: IdempotencyKey,
        path: &str,
        body: &impl Serialize,
    ) -> Result<Self, Problem> {
        // A value sorts its members, so that their order makes no other request.
        let body = serde_json::to_value(body).map_err(Problem::internal)?;
        let request = serde_json::to_vec(&(path, body)).map_err(Problem::internal)?;
        Ok(Self {
            office_id: caller.office_id.0,
            caller: caller.staff_id.to_string(),
            operation,
            key: key.0,
            request_hash: Sha256::digest(request).to_vec(),
        })
    }

    /// What an earlier call with the key had made or changed, if there was one.
    ///
    /// # Errors
    /// `idempotency_key_reused` when that call asked for something else.
    pub async fn earlier(&self, desk: &Desk) -> Result<Option<Uuid>, Problem> {
        let Some(key) = self.key.clone() else {
            return Ok(None);
        };
        let (office_id, caller, operation) = (self.office_id, self.caller.clone(), self.operation);
        let remembered = desk
            .blocking(move |archive| archive.find_remembered_answer(office_id, &caller, operation, &key))
            .await?;
        match remembered {
            None => Ok(None),
            Some(answer) if answer.request_hash != self.request_hash => {
                Err(Kind::IdempotencyKeyReused.into())
            }
            Some(answer) => serde_json::from_str::<Outcome>(&answer.outcome)
                .map(|outcome| Some(outcome.id))
                .map_err(Problem::internal),
        }
    }

    /// What to remember when the call makes or changes the thing `id` at `now`.
    pub fn remembering(&self, id: Uuid, now: DateTime<Utc>) -> Option<RememberedAnswer> {
        Some(RememberedAnswer {
            office_id: self.office_id,
            caller: self.caller.clone(),
            operation: self.operation.to_owned(),
            key: self.key.clone()?,
            request_hash: self.request_hash.clone(),
            outcome: format!("{{\"id\":\"{id}\"}}"),
            created_at: now,
        })
    }
}

//! What a call that carried an idempotency key led to, kept in the transaction that made it so: whoever repeats the
//! call gets the outcome again. Never a body, and never a refusal.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use crate::schema::remembered_answers;
use crate::sql_types::Bind;

/// The outcome of a call with a key.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = remembered_answers, treat_none_as_default_value = false)]
pub struct RememberedAnswer {
    /// The caller's office.
    #[diesel(serialize_as = Bind<Uuid>)]
    pub office_id: Uuid,
    /// Who called.
    pub caller: String,
    /// The operation's id.
    pub operation: String,
    /// The key.
    pub key: String,
    /// The hash (32 bytes) of what was asked: the same key with another body is a mistake.
    pub request_hash: Vec<u8>,
    /// What came of it, as JSON.
    pub outcome: String,
    /// When.
    #[diesel(serialize_as = Bind<DateTime<Utc>>)]
    pub created_at: DateTime<Utc>,
}

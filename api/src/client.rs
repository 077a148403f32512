//! Machine clients: programs that act as a member of staff of their own, within their scopes.
//!
//! A client is created together with that member of staff and has its identity. Its positions say what it may do at all,
//! as for anybody; every event names it. Its scopes narrow that to operations, by their ids or by the tags of the
//! contract; sessions, clients and sign-ins are for people and in nobody's scope. It shows its secret for a token of a
//! quarter of an hour, which is a session like any other: ended at once when the client is changed, deactivated, or its
//! secret replaced. A secret is drawn, 256 bits: nothing locks, which would let anybody stop the machine.

pub mod create_client;
pub mod get_client;
pub mod issue_client_token;
pub mod list_clients;
pub mod rotate_client_secret;
pub mod update_client;

use chrono::{DateTime, Utc};
use persistence::client::ClientRecord;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::caller::{Caller, open_to_machines};
use crate::desk::Desk;
use crate::directory::Directory;
use crate::problem::{FieldError, FieldFault, Kind, Problem};

/// How many scopes a client has at most.
const SCOPES_MAX: u64 = 100;

/// A machine client.
#[derive(Debug, Serialize, ToSchema)]
pub struct Client {
    /// Its identity, and that of the member of staff as whom it acts.
    id: Uuid,
    /// Its name, which stands in every event that it makes.
    #[schema(max_length = 100)]
    name: String,
    /// What it may do: ids of operations, and tags of the contract for all operations under them.
    #[schema(schema_with = scopes_schema)]
    scopes: Vec<String>,
    /// The positions it holds, in the rulebook's words; `update_staff_member` changes them.
    #[schema(schema_with = crate::staff::positions_schema)]
    positions: Vec<String>,
    /// Whether it is given tokens.
    active: bool,
    /// Since when its secret serves.
    secret_since: DateTime<Utc>,
    /// Until when the secret before serves, too; absent if there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    former_secret_until: Option<DateTime<Utc>>,
    /// Its version, which `If-Match` names.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    version: i64,
}

impl Client {
    fn new(record: ClientRecord, now: DateTime<Utc>) -> Result<Self, Problem> {
        Ok(Self {
            scopes: serde_json::from_str(&record.scopes).map_err(Problem::internal)?,
            positions: serde_json::from_str(&record.staff_member.positions).map_err(Problem::internal)?,
            id: record.id,
            name: record.staff_member.name,
            active: record.active && record.staff_member.active,
            secret_since: record.secret_since,
            former_secret_until: record.former_until.filter(|until| *until > now),
            version: record.version,
        })
    }
}

/// A machine client with a secret that is shown this once.
#[derive(Serialize, ToSchema)]
pub struct ClientWithSecret {
    /// The client.
    client: Client,
    /// Its secret; absent in a repetition.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 64)]
    client_secret: Option<String>,
}

/// The client that a path names, in the caller's office; for the office's administrator.
async fn named(desk: &Desk, caller: &Caller, id: Uuid) -> Result<ClientRecord, Problem> {
    caller.administers()?;
    let office_id = caller.office_id.0;
    desk.blocking(move |archive| archive.find_client(office_id, id))
        .await?
        .ok_or_else(|| Kind::NotFound.into())
}

/// Scopes as their row keeps them, after each was found in the contract.
fn listed(scopes: &[String], directory: &Directory) -> Result<String, Problem> {
    for (index, scope) in scopes.iter().enumerate() {
        let known = directory
            .closed()
            .any(|(operation, tag)| open_to_machines(tag) && (operation == scope || tag == scope));
        if !known {
            let error = FieldError::new(format!("/scopes/{index}"), FieldFault::NotACode);
            return Err(Problem::body_invalid(vec![error]));
        }
    }
    serde_json::to_string(scopes).map_err(Problem::internal)
}

/// A list of scopes.
fn scopes_schema() -> utoipa::openapi::schema::Array {
    use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, Type};
    let word = ObjectBuilder::new()
        .schema_type(Type::String)
        .max_length(Some(80))
        .examples([serde_json::json!("get_case")]);
    let most = usize::try_from(SCOPES_MAX).unwrap_or(usize::MAX);
    ArrayBuilder::new()
        .items(word)
        .max_items(Some(most))
        .examples([serde_json::json!(["register_case", "get_case"])])
        .build()
}

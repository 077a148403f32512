//! Delegations (授权代理): for a while somebody acts for another, where the rulebook says that the deputy's position
//! stands in for the other's (R01-2.2i).

pub mod delegate_authority;
pub mod end_delegation;
pub mod get_delegation;
pub mod list_delegations;

use chrono::{DateTime, FixedOffset};
use domain::delegation::stood_in_for;
use domain::ids::StaffId;
use persistence::delegation::DelegationRecord;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::caller::Caller;
use crate::case::codes;
use crate::case::view::StaffName;
use crate::desk::Desk;
use crate::problem::{Kind, Problem};

/// Who acts for whom.
#[derive(Debug, Serialize, ToSchema)]
pub struct Delegation {
    /// Its identity.
    id: Uuid,
    /// For whom is acted.
    principal: StaffName,
    /// Who acts.
    deputy: StaffName,
    /// The positions in which the deputy stands in, as both hold theirs now.
    #[schema(schema_with = codes::words)]
    positions: Vec<String>,
    /// The deeds it is narrowed to; absent where everything is meant that the principal may.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(schema_with = codes::names)]
    deeds: Vec<String>,
    /// The first instant.
    starts_at: DateTime<FixedOffset>,
    /// The first instant after it.
    ends_at: DateTime<FixedOffset>,
    /// Whether it holds now.
    in_force: bool,
    /// Who recorded it.
    recorded_by: StaffName,
    /// Its version, which `If-Match` names.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    version: i64,
}

impl Delegation {
    fn new(record: &DelegationRecord, desk: &Desk, caller: &Caller) -> Result<Self, Problem> {
        let law = &caller.law;
        let named = |id: Uuid| StaffName {
            staff_id: id,
            name: law.names.people.get(&StaffId(id)).cloned().unwrap_or_default(),
        };
        let (deputy, principal) = (StaffId(record.to_id), StaffId(record.from_id));
        let positions = stood_in_for(deputy, principal, &law.rulebook, &law.directory);
        let now = desk.now();
        Ok(Self {
            id: record.id,
            principal: named(record.from_id),
            deputy: named(record.to_id),
            positions: positions.iter().map(ToString::to_string).collect(),
            deeds: serde_json::from_str(&record.deeds).map_err(Problem::internal)?,
            starts_at: law.calendar.local(record.starts_at),
            ends_at: law.calendar.local(record.ends_at),
            in_force: record.starts_at <= now && now < record.ends_at,
            recorded_by: named(record.recorded_by_id),
            version: record.version,
        })
    }
}

/// The delegation that a path names, in the caller's office.
async fn named(desk: &Desk, caller: &Caller, delegation_id: Uuid) -> Result<DelegationRecord, Problem> {
    let office_id = caller.office_id.0;
    desk.blocking(move |archive| archive.find_delegation(office_id, delegation_id))
        .await?
        .ok_or_else(|| Kind::NotFound.into())
}

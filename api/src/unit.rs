//! Units of an office. What a case ever named is never deleted; it is deactivated.

pub mod appoint_accountable_officer;
pub mod create_unit;
pub mod deactivate_unit;
pub mod get_unit;
pub mod list_units;
pub mod update_unit;

use domain::rulebook::{Checked, UnitKind};
use persistence::unit::UnitRecord;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::caller::Caller;
use crate::desk::Desk;
use crate::problem::{FieldError, FieldFault, Kind, Problem};

/// A unit: what a case is dispatched to.
#[derive(Debug, Serialize, ToSchema)]
pub struct Unit {
    /// Its identity.
    id: Uuid,
    /// Its short name in the office.
    #[schema(max_length = 40, example = "county_bureau_1")]
    code: String,
    /// Its name.
    #[schema(max_length = 100)]
    name: String,
    /// What kind of unit it is, in the rulebook's words.
    #[schema(max_length = 40, example = "county_bureau")]
    kind: String,
    /// The level it stands at.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40)]
    level: Option<String>,
    /// The unit above it.
    #[serde(skip_serializing_if = "Option::is_none")]
    parent_id: Option<Uuid>,
    /// Who receives and answers for its dispatches.
    #[serde(skip_serializing_if = "Option::is_none")]
    accountable_officer_id: Option<Uuid>,
    /// Whether it may be given new dispatches.
    active: bool,
    /// Its version, which `If-Match` names.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    version: i64,
}

impl From<UnitRecord> for Unit {
    fn from(record: UnitRecord) -> Self {
        Self {
            id: record.id,
            code: record.code,
            name: record.name,
            kind: record.kind,
            level: (!record.level.is_empty()).then_some(record.level),
            parent_id: record.parent_id,
            accountable_officer_id: record.accountable_officer_id,
            active: record.active,
            version: record.version,
        }
    }
}

/// The unit that a path names, in the caller's office.
async fn named(desk: &Desk, caller: &Caller, unit_id: Uuid) -> Result<UnitRecord, Problem> {
    let office_id = caller.office_id.0;
    desk.blocking(move |archive| archive.find_unit(office_id, unit_id))
        .await?
        .ok_or_else(|| Kind::NotFound.into())
}

/// A kind of unit that the rulebook lists.
fn listed_kind<'r>(rulebook: &'r Checked, kind: &str) -> Result<&'r UnitKind, Problem> {
    rulebook
        .unit_kinds
        .iter()
        .find(|known| known.name.as_str() == kind)
        .map(|known| &known.rule)
        .ok_or_else(|| {
            Problem::from(Kind::NotListed).with_errors(vec![FieldError::new("/kind", FieldFault::NotACode)])
        })
}

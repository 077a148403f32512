//! Service windows (窗口): where the public is met.

pub mod create_window;
pub mod get_window;
pub mod list_windows;
pub mod update_window;

use domain::ids::StaffId;
use persistence::window::WindowRecord;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::caller::Caller;
use crate::desk::Desk;
use crate::problem::{FieldError, FieldFault, Kind, Problem};

/// A service window.
#[derive(Debug, Serialize, ToSchema)]
pub struct Window {
    /// Its identity.
    id: Uuid,
    /// Its short name in the office.
    #[schema(max_length = 40, example = "window_3")]
    code: String,
    /// Its name.
    #[schema(max_length = 100)]
    name: String,
    /// The unit that staffs it.
    #[serde(skip_serializing_if = "Option::is_none")]
    unit_id: Option<Uuid>,
    /// Its head, the directly responsible person.
    #[serde(skip_serializing_if = "Option::is_none")]
    head_id: Option<Uuid>,
    /// Whether it is in use.
    active: bool,
    /// Its version, which `If-Match` names.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    version: i64,
}

impl From<WindowRecord> for Window {
    fn from(record: WindowRecord) -> Self {
        Self {
            id: record.id,
            code: record.code,
            name: record.name,
            unit_id: record.unit_id,
            head_id: record.head_id,
            active: record.active,
            version: record.version,
        }
    }
}

/// The window that a path names, in the caller's office.
async fn named(desk: &Desk, caller: &Caller, window_id: Uuid) -> Result<WindowRecord, Problem> {
    let office_id = caller.office_id.0;
    desk.blocking(move |archive| archive.find_window(office_id, window_id))
        .await?
        .ok_or_else(|| Kind::NotFound.into())
}

/// Holds that a window's head works here.
fn suitable(caller: &Caller, head_id: Option<Uuid>) -> Result<(), Problem> {
    match head_id {
        Some(head) if caller.law.directory.active(StaffId(head)).is_none() => {
            Err(Problem::from(Kind::PersonUnsuitable)
                .with_errors(vec![FieldError::new("/head_id", FieldFault::Inconsistent)]))
        }
        Some(_) | None => Ok(()),
    }
}

//! `update_window`: what a window is called, who staffs it, whether it is in use.

#![expect(
    clippy::option_option,
    reason = "absent leaves alone, null clears, a value sets: three things"
)]

use actix_web::web::Data;
use actix_web::{HttpResponse, patch};
use persistence::window::WindowChange;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use super::{Window, named, suitable};
use crate::answer::versioned;
use crate::caller::Caller;
use crate::desk::Desk;
use crate::problem::Problem;
use crate::request::{IfMatch, Json, Path, cleared_or_set, given};

/// What shall be otherwise; what is absent stays, null clears.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WindowUpdate {
    /// Its name.
    #[serde(default, deserialize_with = "given")]
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100, nullable = false, example = "3号综合窗口")]
    name: Option<String>,
    /// The unit that staffs it.
    #[serde(default, deserialize_with = "cleared_or_set")]
    #[schema(value_type = Option<Uuid>)]
    unit_id: Option<Option<Uuid>>,
    /// Its head, the directly responsible person.
    #[serde(default, deserialize_with = "cleared_or_set")]
    #[schema(value_type = Option<Uuid>)]
    head_id: Option<Option<Uuid>>,
    /// Whether it is in use.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    active: Option<bool>,
}

/// Update a window
///
/// Changes name, unit, head, or whether it is in use. For the office's administrator.
#[utoipa::path(
    tag = "units",
    params(IfMatch),
    extensions(("x-problem-codes" = json!(["not_permitted", "person_unsuitable", "reference_unknown"]))),
    responses((status = 200, description = "The window as it is now.", body = Window))
)]
#[patch("/api/v1/windows/{window_id}")]
pub(crate) async fn update_window(
    desk: Data<Desk>,
    caller: Caller,
    id: Path<Uuid>,
    version: IfMatch,
    body: Json<WindowUpdate>,
) -> Result<HttpResponse, Problem> {
    let window = named(&desk, &caller, id.0).await?;
    if window.version != version.0 {
        return Err(Problem::version_stale(window.version));
    }
    caller.administers()?;
    let update = body.0;
    suitable(&caller, update.head_id.flatten())?;
    let change = WindowChange {
        name: update.name.unwrap_or(window.name),
        unit_id: update.unit_id.unwrap_or(window.unit_id),
        head_id: update.head_id.unwrap_or(window.head_id),
        active: update.active.unwrap_or(window.active),
    };
    let office_id = caller.office_id.0;
    let record = desk
        .blocking(move |archive| archive.update_window(office_id, window.id, version.0, &change))
        .await?;
    Ok(versioned(record.version, &Window::from(record)))
}

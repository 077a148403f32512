//! `create_window`: a new window.

use actix_web::web::Data;
use actix_web::{HttpResponse, post};
use persistence::window::{NewWindow, WindowRecord};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use super::{Window, named, suitable};
use crate::answer::{created, replayed};
use crate::caller::Caller;
use crate::desk::Desk;
use crate::problem::Problem;
use crate::repeat::Repeat;
use crate::request::{IdempotencyKey, Json};

/// A new window.
#[derive(Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WindowCreation {
    /// A short name, unique in the office; it never changes.
    #[validate(length(min = 1, max = 40))]
    #[schema(min_length = 1, max_length = 40, example = "window_3")]
    code: String,
    /// Its name.
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100, example = "3号窗口")]
    name: String,
    /// The unit that staffs it.
    #[serde(skip_serializing_if = "Option::is_none")]
    unit_id: Option<Uuid>,
    /// Its head, the directly responsible person.
    #[serde(skip_serializing_if = "Option::is_none")]
    head_id: Option<Uuid>,
}

/// Create a window
///
/// A new service window of my office. It starts in use. For the office's administrator.
#[utoipa::path(
    tag = "units",
    params(IdempotencyKey),
    extensions(("x-problem-codes" = json!(["not_permitted", "code_taken", "person_unsuitable", "reference_unknown"]))),
    responses((status = 201, description = "The window was created.", body = Window))
)]
#[post("/api/v1/windows")]
pub(crate) async fn create_window(
    desk: Data<Desk>,
    caller: Caller,
    key: IdempotencyKey,
    body: Json<WindowCreation>,
) -> Result<HttpResponse, Problem> {
    let repeat = Repeat::of(&caller, "create_window", key, "", &body.0)?;
    if let Some(id) = repeat.earlier(&desk).await? {
        return Ok(replayed(answer(named(&desk, &caller, id).await?)));
    }
    caller.administers()?;
    let creation = body.0;
    suitable(&caller, creation.head_id)?;
    let window = NewWindow {
        office_id: caller.office_id.0,
        id: Uuid::now_v7(),
        code: creation.code,
        name: creation.name,
        unit_id: creation.unit_id,
        head_id: creation.head_id,
    };
    let remembered = repeat.remembering(window.id, desk.now());
    let record = desk
        .blocking(move |archive| archive.create_window(&window, remembered.as_ref()))
        .await?;
    Ok(answer(record))
}

fn answer(record: WindowRecord) -> HttpResponse {
    let (location, version) = (format!("/api/v1/windows/{}", record.id), record.version);
    created(location, version, &Window::from(record))
}

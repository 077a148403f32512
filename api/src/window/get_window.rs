//! `get_window`: one window.

use actix_web::web::Data;
use actix_web::{HttpResponse, get};
use uuid::Uuid;

use super::{Window, named};
use crate::answer::versioned;
use crate::caller::Caller;
use crate::desk::Desk;
use crate::problem::Problem;
use crate::request::Path;

/// Get a window
///
/// One window of my office. For any staff.
#[utoipa::path(tag = "units", responses((status = 200, description = "The window.", body = Window)))]
#[get("/api/v1/windows/{window_id}")]
pub(crate) async fn get_window(
    desk: Data<Desk>,
    caller: Caller,
    id: Path<Uuid>,
) -> Result<HttpResponse, Problem> {
    let record = named(&desk, &caller, id.0).await?;
    Ok(versioned(record.version, &Window::from(record)))
}

//! `list_windows`: the windows of my office.

use actix_web::web::Data;
use actix_web::{HttpResponse, get};
use serde::Serialize;
use utoipa::ToSchema;

use super::Window;
use crate::caller::Caller;
use crate::desk::Desk;
use crate::page::{List, Paging};
use crate::problem::Problem;
use crate::request::Query;

/// Windows, by code.
#[derive(Serialize, ToSchema)]
pub struct WindowPage {
    /// The windows of this page.
    #[schema(max_items = 100)]
    items: Vec<Window>,
    /// Where the next page begins; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 1000)]
    next_cursor: Option<String>,
}

/// List the windows
///
/// The windows of my office by code, those out of use too. For any staff.
#[utoipa::path(
    tag = "units",
    params(Paging),
    extensions(("x-problem-codes" = json!(["cursor_invalid"]))),
    responses((status = 200, description = "A page of windows.", body = WindowPage))
)]
#[get("/api/v1/windows")]
pub(crate) async fn list_windows(
    desk: Data<Desk>,
    caller: Caller,
    filters: Query<Paging>,
) -> Result<HttpResponse, Problem> {
    let filters = filters.0;
    let list = List {
        name: "list_windows",
        caller: caller.staff_id.0,
        filters: &filters,
    };
    let office_id = caller.office_id.0;
    let (rows, next_cursor) = desk
        .page(
            &list,
            filters.limit,
            filters.cursor.as_deref(),
            move |archive, after: Option<String>, most| {
                archive.list_windows(office_id, after.as_deref(), most)
            },
            |window| window.code.clone(),
        )
        .await?;
    Ok(HttpResponse::Ok().json(WindowPage {
        next_cursor,
        items: rows.into_iter().map(Window::from).collect(),
    }))
}

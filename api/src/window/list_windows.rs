//! `list_windows`: the windows of my office.

use actix_web::web::Data;
use actix_web::{HttpResponse, get};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::Window;
use crate::caller::Caller;
use crate::desk::Desk;
use crate::page::{LIMIT, List, cut};
use crate::problem::Problem;
use crate::request::Query;

/// Which page.
#[derive(Deserialize, Serialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WindowFilters {
    /// How many items; 20 if not said.
    #[validate(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// The `next_cursor` of the page before.
    #[validate(length(max = 1000))]
    #[param(max_length = 1000)]
    cursor: Option<String>,
}

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
    params(WindowFilters),
    extensions(("x-problem-codes" = json!(["cursor_invalid"]))),
    responses((status = 200, description = "A page of windows.", body = WindowPage))
)]
#[get("/api/v1/windows")]
pub(crate) async fn list_windows(
    desk: Data<Desk>,
    caller: Caller,
    filters: Query<WindowFilters>,
) -> Result<HttpResponse, Problem> {
    let filters = filters.0;
    let list = List {
        name: "list_windows",
        caller: caller.staff_id.0,
        filters: &filters,
    };
    let limit = filters.limit.unwrap_or(LIMIT);
    let after: Option<String> = desk.page_key.start(&list, filters.cursor.as_deref())?;
    let office_id = caller.office_id.0;
    let rows = desk
        .blocking(move |archive| archive.list_windows(office_id, after.as_deref(), limit + 1))
        .await?;
    let (rows, more) = cut(rows, limit);
    let end = rows.last().filter(|_| more);
    Ok(HttpResponse::Ok().json(WindowPage {
        next_cursor: end.map(|window| desk.page_key.cursor(&list, &window.code)),
        items: rows.into_iter().map(Window::from).collect(),
    }))
}

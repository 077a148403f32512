//! `list_checkpoints`: the signed checkpoints of my office.

use actix_web::web::Data;
use actix_web::{HttpResponse, get};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::{CheckpointView, sees_checkpoints};
use crate::caller::Caller;
use crate::desk::Desk;
use crate::page::{LIMIT, List, cut};
use crate::problem::Problem;
use crate::request::Query;

/// Which page.
#[derive(Deserialize, Serialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct CheckpointFilters {
    /// How many items; 20 if not said.
    #[validate(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// The `next_cursor` of the page before.
    #[validate(length(max = 1000))]
    #[param(max_length = 1000)]
    cursor: Option<String>,
}

/// Checkpoints, newest first.
#[derive(Serialize, ToSchema)]
pub(crate) struct CheckpointPage {
    /// The checkpoints of this page.
    #[schema(max_items = 100)]
    items: Vec<CheckpointView>,
    /// Where the next page begins; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 1000)]
    next_cursor: Option<String>,
}

/// List the checkpoints
///
/// What the chains of my office had come to at an instant, signed with Ed25519, newest first. Keep them outside: then
/// `huiyin audit verify --kept` finds whatever was changed before. For who sees the whole office, and administrators.
#[utoipa::path(
    tag = "audit",
    params(CheckpointFilters),
    extensions(("x-problem-codes" = json!(["not_permitted", "cursor_invalid"]))),
    responses((status = 200, description = "A page of checkpoints.", body = CheckpointPage))
)]
#[get("/api/v1/checkpoints")]
pub(crate) async fn list_checkpoints(
    desk: Data<Desk>,
    caller: Caller,
    filters: Query<CheckpointFilters>,
) -> Result<HttpResponse, Problem> {
    let Query(filters) = filters;
    sees_checkpoints(&caller)?;
    let list = List {
        name: "list_checkpoints",
        caller: caller.staff_id.0,
        filters: &(),
    };
    let limit = filters.limit.unwrap_or(LIMIT);
    let before: Option<i64> = desk.page_key.start(&list, filters.cursor.as_deref())?;
    let office = caller.office_id.0;
    let rows = desk
        .blocking(move |archive| archive.list_checkpoints(office, before, limit + 1))
        .await?;
    let (rows, more) = cut(rows, limit);
    let end = rows.last().filter(|_| more).map(|row| row.number);
    let items = rows.into_iter().map(|row| CheckpointView::new(row, &caller));
    Ok(HttpResponse::Ok().json(CheckpointPage {
        items: items.collect::<Result<_, _>>()?,
        next_cursor: end.map(|end| desk.page_key.cursor(&list, &end)),
    }))
}

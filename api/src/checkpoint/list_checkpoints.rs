//! `list_checkpoints`: the signed checkpoints of my office.

use actix_web::web::Data;
use actix_web::{HttpResponse, get};
use serde::Serialize;
use utoipa::ToSchema;

use super::{CheckpointView, sees_checkpoints};
use crate::caller::Caller;
use crate::desk::Desk;
use crate::page::{List, Paging};
use crate::problem::Problem;
use crate::request::Query;

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
    params(Paging),
    extensions(("x-problem-codes" = json!(["not_permitted", "cursor_invalid"]))),
    responses((status = 200, description = "A page of checkpoints.", body = CheckpointPage))
)]
#[get("/api/v1/checkpoints")]
pub(crate) async fn list_checkpoints(
    desk: Data<Desk>,
    caller: Caller,
    filters: Query<Paging>,
) -> Result<HttpResponse, Problem> {
    let Query(filters) = filters;
    sees_checkpoints(&caller)?;
    let list = List {
        name: "list_checkpoints",
        caller: caller.staff_id.0,
        filters: &(),
    };
    let office = caller.office_id.0;
    let (rows, next_cursor) = desk
        .page(
            &list,
            filters.limit,
            filters.cursor.as_deref(),
            move |archive, before, most| archive.list_checkpoints(office, before, most),
            |row| row.number,
        )
        .await?;
    let items = rows.into_iter().map(|row| CheckpointView::new(row, &caller));
    Ok(HttpResponse::Ok().json(CheckpointPage {
        items: items.collect::<Result<_, _>>()?,
        next_cursor,
    }))
}

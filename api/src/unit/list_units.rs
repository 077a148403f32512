//! `list_units`: the units of my office.

use actix_web::web::Data;
use actix_web::{HttpResponse, get};
use serde::Serialize;
use utoipa::ToSchema;

use super::Unit;
use crate::caller::Caller;
use crate::desk::Desk;
use crate::page::{List, Paging};
use crate::problem::Problem;
use crate::request::Query;

/// Units, by code.
#[derive(Serialize, ToSchema)]
pub struct UnitPage {
    /// The units of this page.
    #[schema(max_items = 100)]
    items: Vec<Unit>,
    /// Where the next page begins; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 1000)]
    next_cursor: Option<String>,
}

/// List the units
///
/// The units of my office by code, deactivated ones too. For any staff.
#[utoipa::path(
    tag = "units",
    params(Paging),
    extensions(("x-problem-codes" = json!(["cursor_invalid"]))),
    responses((status = 200, description = "A page of units.", body = UnitPage))
)]
#[get("/api/v1/units")]
pub(crate) async fn list_units(
    desk: Data<Desk>,
    caller: Caller,
    filters: Query<Paging>,
) -> Result<HttpResponse, Problem> {
    let filters = filters.0;
    let list = List {
        name: "list_units",
        caller: caller.staff_id.0,
        filters: &filters,
    };
    let office_id = caller.office_id.0;
    let (rows, next_cursor) = desk
        .page(
            &list,
            filters.limit,
            filters.cursor.as_deref(),
            move |archive, after: Option<String>, most| archive.list_units(office_id, after.as_deref(), most),
            |unit| unit.code.clone(),
        )
        .await?;
    Ok(HttpResponse::Ok().json(UnitPage {
        next_cursor,
        items: rows.into_iter().map(Unit::from).collect(),
    }))
}

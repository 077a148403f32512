//! `list_units`: the units of my office.

use actix_web::web::Data;
use actix_web::{HttpResponse, get};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::Unit;
use crate::caller::Caller;
use crate::desk::Desk;
use crate::page::{LIMIT, List, cut};
use crate::problem::Problem;
use crate::request::Query;

/// Which page.
#[derive(Deserialize, Serialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct UnitFilters {
    /// How many items; 20 if not said.
    #[validate(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// The `next_cursor` of the page before.
    #[validate(length(max = 1000))]
    #[param(max_length = 1000)]
    cursor: Option<String>,
}

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
    params(UnitFilters),
    extensions(("x-problem-codes" = json!(["cursor_invalid"]))),
    responses((status = 200, description = "A page of units.", body = UnitPage))
)]
#[get("/api/v1/units")]
pub(crate) async fn list_units(
    desk: Data<Desk>,
    caller: Caller,
    filters: Query<UnitFilters>,
) -> Result<HttpResponse, Problem> {
    let filters = filters.0;
    let list = List {
        name: "list_units",
        caller: caller.staff_id.0,
        filters: &filters,
    };
    let limit = filters.limit.unwrap_or(LIMIT);
    let after: Option<String> = desk.page_key.start(&list, filters.cursor.as_deref())?;
    let office_id = caller.office_id.0;
    let rows = desk
        .blocking(move |archive| archive.list_units(office_id, after.as_deref(), limit + 1))
        .await?;
    let (rows, more) = cut(rows, limit);
    let end = rows.last().filter(|_| more);
    Ok(HttpResponse::Ok().json(UnitPage {
        next_cursor: end.map(|unit| desk.page_key.cursor(&list, &unit.code)),
        items: rows.into_iter().map(Unit::from).collect(),
    }))
}

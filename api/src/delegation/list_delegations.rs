//! `list_delegations`: who acts for whom.

use actix_web::web::Data;
use actix_web::{HttpResponse, get};
use persistence::delegation::DelegationFilter;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use validator::Validate;

use super::Delegation;
use crate::caller::Caller;
use crate::desk::Desk;
use crate::page::List;
use crate::problem::Problem;
use crate::request::Query;

/// Which, and which page.
#[derive(Deserialize, Serialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DelegationFilters {
    /// Only those that this member of staff gave or has.
    staff_id: Option<Uuid>,
    /// Only those that hold now.
    #[serde(default)]
    in_force: bool,
    /// How many items; 20 if not said.
    #[validate(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// The `next_cursor` of the page before.
    #[validate(length(max = 1000))]
    #[param(max_length = 1000)]
    cursor: Option<String>,
}

/// Delegations, in the order in which they were recorded.
#[derive(Serialize, ToSchema)]
pub struct DelegationPage {
    /// The delegations of this page.
    #[schema(max_items = 100)]
    items: Vec<Delegation>,
    /// Where the next page begins; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 1000)]
    next_cursor: Option<String>,
}

/// List the delegations
///
/// Who acts for whom in my office, from when to when; those that are over too, unless only those in force are asked
/// for. For any staff.
#[utoipa::path(
    tag = "staff",
    params(DelegationFilters),
    extensions(("x-problem-codes" = json!(["cursor_invalid"]))),
    responses((status = 200, description = "A page of delegations.", body = DelegationPage))
)]
#[get("/api/v1/delegations")]
pub(crate) async fn list_delegations(
    desk: Data<Desk>,
    caller: Caller,
    filters: Query<DelegationFilters>,
) -> Result<HttpResponse, Problem> {
    let filters = filters.0;
    let list = List {
        name: "list_delegations",
        caller: caller.staff_id.0,
        filters: &filters,
    };
    let filter = DelegationFilter {
        staff_id: filters.staff_id,
        in_force_at: filters.in_force.then(|| desk.now()),
    };
    let office_id = caller.office_id.0;
    let (rows, next_cursor) = desk
        .page(
            &list,
            filters.limit,
            filters.cursor.as_deref(),
            move |archive, after, most| archive.list_delegations(office_id, &filter, after, most),
            |delegation| delegation.id,
        )
        .await?;
    Ok(HttpResponse::Ok().json(DelegationPage {
        next_cursor,
        items: rows
            .iter()
            .map(|record| Delegation::new(record, &desk, &caller))
            .collect::<Result<_, _>>()?,
    }))
}

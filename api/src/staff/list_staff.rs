//! `list_staff`: the staff of my office.

use actix_web::web::Data;
use actix_web::{HttpResponse, get};
use persistence::staff::StaffFilter;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use validator::Validate;

use super::StaffMember;
use crate::caller::Caller;
use crate::desk::Desk;
use crate::page::List;
use crate::problem::Problem;
use crate::request::Query;

/// Who, and which page.
#[derive(Deserialize, Serialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct StaffFilters {
    /// Only those of this unit.
    unit_id: Option<Uuid>,
    /// Only those who hold this position.
    #[validate(length(min = 1, max = 40))]
    #[param(max_length = 40)]
    position: Option<String>,
    /// Only those who are active, or only those who are not.
    active: Option<bool>,
    /// How many items; 20 if not said.
    #[validate(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// The `next_cursor` of the page before.
    #[validate(length(max = 1000))]
    #[param(max_length = 1000)]
    cursor: Option<String>,
}

/// Staff, by name.
#[derive(Serialize, ToSchema)]
pub struct StaffMemberPage {
    /// The members of staff of this page.
    #[schema(max_items = 100)]
    items: Vec<StaffMember>,
    /// Where the next page begins; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 1000)]
    next_cursor: Option<String>,
}

/// List the staff
///
/// The staff of my office by name, those who left too unless `active` says otherwise. For any staff.
#[utoipa::path(
    tag = "staff",
    params(StaffFilters),
    extensions(("x-problem-codes" = json!(["cursor_invalid"]))),
    responses((status = 200, description = "A page of staff.", body = StaffMemberPage))
)]
#[get("/api/v1/staff")]
pub(crate) async fn list_staff(
    desk: Data<Desk>,
    caller: Caller,
    filters: Query<StaffFilters>,
) -> Result<HttpResponse, Problem> {
    let filters = filters.0;
    let list = List {
        name: "list_staff",
        caller: caller.staff_id.0,
        filters: &filters,
    };
    let filter = StaffFilter {
        unit_id: filters.unit_id,
        position: filters.position.clone(),
        active: filters.active,
    };
    let office_id = caller.office_id.0;
    let (rows, next_cursor) = desk
        .page(
            &list,
            filters.limit,
            filters.cursor.as_deref(),
            move |archive, after: Option<(String, Uuid)>, most| {
                let after = after.as_ref().map(|(name, id)| (name.as_str(), *id));
                archive.list_staff(office_id, &filter, after, most)
            },
            |member| (member.name.clone(), member.id),
        )
        .await?;
    Ok(HttpResponse::Ok().json(StaffMemberPage {
        next_cursor,
        items: rows
            .into_iter()
            .map(StaffMember::try_from)
            .collect::<Result<_, _>>()?,
    }))
}

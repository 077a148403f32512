//! `list_rulebook_versions`: the versions of a rulebook, and how far each has come.

use actix_web::web::Data;
use actix_web::{HttpResponse, get};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::version::{RulebookVersion, Teller, reads_drafts, sees_of};
use crate::caller::Caller;
use crate::desk::Desk;
use crate::page::{LIMIT, List, cut};
use crate::problem::Problem;
use crate::request::{Path, Query};

/// Which page.
#[derive(Deserialize, Serialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RulebookVersionFilters {
    /// How many items; 20 if not said.
    #[validate(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// The `next_cursor` of the page before.
    #[validate(length(max = 1000))]
    #[param(max_length = 1000)]
    cursor: Option<String>,
}

/// Versions, oldest first.
#[derive(Serialize, ToSchema)]
pub struct RulebookVersionPage {
    /// The versions of this page.
    #[schema(max_items = 100)]
    items: Vec<RulebookVersion>,
    /// Where the next page begins; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 1000)]
    next_cursor: Option<String>,
}

/// List the versions of a rulebook
///
/// Those of my office and those that came with the service, oldest first, each with its state here. For administrators
/// and operators.
#[utoipa::path(
    tag = "rulebooks",
    params(
        ("rulebook_code" = String, Path, description = "The rulebook's code.", max_length = 80, example = "cn.tobacco_supervision"),
        RulebookVersionFilters
    ),
    extensions(("x-problem-codes" = json!(["not_permitted", "cursor_invalid"]))),
    responses((status = 200, description = "A page of versions.", body = RulebookVersionPage))
)]
#[get("/api/v1/rulebooks/{rulebook_code}/versions")]
pub(crate) async fn list_rulebook_versions(
    desk: Data<Desk>,
    caller: Caller,
    code: Path<String>,
    filters: Query<RulebookVersionFilters>,
) -> Result<HttpResponse, Problem> {
    let (Path(code), Query(filters)) = (code, filters);
    reads_drafts(&caller)?;
    let list = List {
        name: "list_rulebook_versions",
        caller: caller.staff_id.0,
        filters: &code,
    };
    let limit = filters.limit.unwrap_or(LIMIT);
    let after: Option<(DateTime<Utc>, String)> = desk.page_key.start(&list, filters.cursor.as_deref())?;
    let (office, asked) = (sees_of(&caller), code.clone());
    let rows = desk
        .blocking(move |archive| {
            let after = after.as_ref().map(|(at, version)| (*at, version.as_str()));
            archive.list_rulebook_versions(office, &asked, after, limit + 1)
        })
        .await?;
    let (rows, more) = cut(rows, limit);
    let end = rows.last().filter(|_| more);
    let teller = Teller::of(&desk, &caller).await?;
    Ok(HttpResponse::Ok().json(RulebookVersionPage {
        next_cursor: end.map(|row| desk.page_key.cursor(&list, &(row.created_at, &row.version))),
        items: rows.iter().map(|row| teller.short(row)).collect(),
    }))
}

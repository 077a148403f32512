//! `list_rulebook_versions`: the versions of a rulebook, and how far each has come.

use actix_web::web::Data;
use actix_web::{HttpResponse, get};
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::version::{RulebookVersion, Teller, reads_drafts, sees_of};
use crate::caller::Caller;
use crate::desk::Desk;
use crate::page::{List, Paging};
use crate::problem::Problem;
use crate::request::{Path, Query};

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
        Paging
    ),
    extensions(("x-problem-codes" = json!(["not_permitted", "cursor_invalid"]))),
    responses((status = 200, description = "A page of versions.", body = RulebookVersionPage))
)]
#[get("/api/v1/rulebooks/{rulebook_code}/versions")]
pub(crate) async fn list_rulebook_versions(
    desk: Data<Desk>,
    caller: Caller,
    code: Path<String>,
    filters: Query<Paging>,
) -> Result<HttpResponse, Problem> {
    let (Path(code), Query(filters)) = (code, filters);
    reads_drafts(&caller)?;
    let list = List {
        name: "list_rulebook_versions",
        caller: caller.staff_id.0,
        filters: &code,
    };
    let (office, asked) = (sees_of(&caller), code.clone());
    let (rows, next_cursor) = desk
        .page(
            &list,
            filters.limit,
            filters.cursor.as_deref(),
            move |archive, after: Option<(DateTime<Utc>, String)>, most| {
                let after = after.as_ref().map(|(at, version)| (*at, version.as_str()));
                archive.list_rulebook_versions(office, &asked, after, most)
            },
            |row| (row.created_at, row.version.clone()),
        )
        .await?;
    let teller = Teller::of(&desk, &caller).await?;
    Ok(HttpResponse::Ok().json(RulebookVersionPage {
        next_cursor,
        items: rows.iter().map(|row| teller.short(row)).collect(),
    }))
}

//! `list_offices`: the offices of this installation.

use actix_web::web::Data;
use actix_web::{HttpResponse, get};
use persistence::office::OfficeRecord;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use validator::Validate;

use crate::desk::Desk;
use crate::page::{LIMIT, List, cut};
use crate::problem::Problem;
use crate::request::Query;

/// Which page.
#[derive(Deserialize, Serialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct OfficeFilters {
    /// How many items; 20 if not said.
    #[validate(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// The `next_cursor` of the page before.
    #[validate(length(max = 1000))]
    #[param(max_length = 1000)]
    cursor: Option<String>,
}

/// Offices, by code.
#[derive(Serialize, ToSchema)]
pub struct OfficePage {
    /// The offices of this page.
    #[schema(max_items = 100)]
    items: Vec<OfficeItem>,
    /// Where the next page begins; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 1000)]
    next_cursor: Option<String>,
}

/// An office in a list.
#[derive(Serialize, ToSchema)]
pub struct OfficeItem {
    /// Its code.
    #[schema(max_length = 64, example = "tobacco_supervision")]
    code: String,
    /// Its name in Chinese.
    #[schema(max_length = 100)]
    name_zh: String,
    /// Its name in English.
    #[schema(max_length = 100)]
    name_en: String,
    /// The rulebook it runs.
    #[schema(max_length = 80, example = "cn.tobacco_supervision")]
    rulebook_code: String,
    /// Whether it takes new cases.
    active: bool,
}

impl From<OfficeRecord> for OfficeItem {
    fn from(record: OfficeRecord) -> Self {
        Self {
            code: record.code,
            name_zh: record.name_zh,
            name_en: record.name_en,
            rulebook_code: record.rulebook_code,
            active: record.active,
        }
    }
}

/// List the offices
///
/// The offices of this installation, by code. For anyone.
#[utoipa::path(
    tag = "offices",
    security(()),
    params(OfficeFilters),
    extensions(("x-problem-codes" = json!(["cursor_invalid"]))),
    responses((status = 200, description = "A page of offices.", body = OfficePage))
)]
#[get("/api/v1/offices")]
pub(crate) async fn list_offices(
    desk: Data<Desk>,
    filters: Query<OfficeFilters>,
) -> Result<HttpResponse, Problem> {
    let filters = filters.0;
    let list = List {
        name: "list_offices",
        caller: Uuid::nil(),
        filters: &filters,
    };
    let limit = filters.limit.unwrap_or(LIMIT);
    let after: Option<String> = desk.page_key.start(&list, filters.cursor.as_deref())?;
    let rows = desk
        .blocking(move |archive| archive.list_offices(after.as_deref(), limit + 1))
        .await?;
    let (rows, more) = cut(rows, limit);
    let end = rows.last().filter(|_| more);
    Ok(HttpResponse::Ok().json(OfficePage {
        next_cursor: end.map(|office| desk.page_key.cursor(&list, &office.code)),
        items: rows.into_iter().map(OfficeItem::from).collect(),
    }))
}

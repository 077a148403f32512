//! `list_offices`: the offices of this installation.

use actix_web::web::Data;
use actix_web::{HttpResponse, get};
use persistence::office::OfficeRecord;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::desk::Desk;
use crate::page::{List, Paging};
use crate::problem::Problem;
use crate::request::Query;

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
    params(Paging),
    extensions(("x-problem-codes" = json!(["cursor_invalid"]))),
    responses((status = 200, description = "A page of offices.", body = OfficePage))
)]
#[get("/api/v1/offices")]
pub(crate) async fn list_offices(desk: Data<Desk>, filters: Query<Paging>) -> Result<HttpResponse, Problem> {
    let filters = filters.0;
    let list = List {
        name: "list_offices",
        caller: Uuid::nil(),
        filters: &filters,
    };
    let (rows, next_cursor) = desk
        .page(
            &list,
            filters.limit,
            filters.cursor.as_deref(),
            |archive, after: Option<String>, most| archive.list_offices(after.as_deref(), most),
            |office| office.code.clone(),
        )
        .await?;
    Ok(HttpResponse::Ok().json(OfficePage {
        next_cursor,
        items: rows.into_iter().map(OfficeItem::from).collect(),
    }))
}

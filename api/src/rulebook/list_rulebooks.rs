//! `list_rulebooks`: the regulations of this installation.

use std::collections::BTreeMap;
use std::sync::Arc;

use actix_web::web::Data;
use actix_web::{HttpResponse, get};
use chrono::NaiveDate;
use domain::rulebook::Checked;
use domain::words::RulebookCode;
use serde::Serialize;
use utoipa::ToSchema;

use crate::caller::Caller;
use crate::desk::Desk;

/// The rulebooks, all on one page.
#[derive(Serialize, ToSchema)]
pub struct RulebookPage {
    /// The rulebooks, by code.
    #[schema(max_items = 100)]
    items: Vec<RulebookItem>,
}

/// A rulebook in a list.
#[derive(Serialize, ToSchema)]
pub struct RulebookItem {
    /// Its code.
    #[schema(max_length = 80, example = "cn.tobacco_supervision")]
    code: String,
    /// Its version.
    #[schema(max_length = 20, example = "1.0.0")]
    version: String,
    /// Its title in Chinese.
    #[schema(max_length = 200)]
    title_zh: String,
    /// Its title in English.
    #[schema(max_length = 200)]
    title_en: String,
    /// The first day on which it holds.
    effective_from: NaiveDate,
    /// Whether the caller's office runs it.
    active_here: bool,
}

/// List the rulebooks
///
/// The rulebooks of this installation, and which of them runs in my office. For any staff.
#[utoipa::path(tag = "rulebooks", responses((status = 200, description = "The rulebooks.", body = RulebookPage)))]
#[get("/api/v1/rulebooks")]
pub(crate) async fn list_rulebooks(desk: Data<Desk>, caller: Caller) -> HttpResponse {
    // What runs here stands in the list as it runs here, and also where it does not come with the service.
    let here = &caller.law.rulebook.head.code;
    let mut rulebooks: BTreeMap<&RulebookCode, &Arc<Checked>> = desk.rulebooks.iter().collect();
    rulebooks.insert(here, &caller.law.rulebook);
    let items = rulebooks.into_values().map(|rulebook| RulebookItem {
        code: rulebook.head.code.to_string(),
        version: rulebook.head.version.to_string(),
        title_zh: rulebook.head.title.zh.clone(),
        title_en: rulebook.head.title.en.clone(),
        effective_from: rulebook.head.effective_from,
        active_here: rulebook.head.code == *here,
    });
    HttpResponse::Ok().json(RulebookPage {
        items: items.collect(),
    })
}

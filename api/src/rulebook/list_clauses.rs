//! `list_clauses`: the clauses of a regulation, and where each bites.

use actix_web::web::Data;
use actix_web::{HttpResponse, get};
use domain::rulebook::{Bite, Checked, Clause, Entry, Origin};
use domain::words::ClauseId;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::named;
use crate::caller::Caller;
use crate::case::codes;
use crate::desk::Desk;
use crate::page::{LIMIT, List, cut};
use crate::problem::Problem;
use crate::request::{Path, Query};

/// Which page.
#[derive(Deserialize, Serialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ClauseFilters {
    /// How many items; 20 if not said.
    #[validate(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// The `next_cursor` of the page before.
    #[validate(length(max = 1000))]
    #[param(max_length = 1000)]
    cursor: Option<String>,
}

/// Clauses, in the order of the text.
#[derive(Serialize, ToSchema)]
pub struct ClausePage {
    /// The clauses of this page.
    #[schema(max_items = 100)]
    items: Vec<ClauseItem>,
    /// Where the next page begins; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 1000)]
    next_cursor: Option<String>,
}

/// A clause in a list.
#[derive(Serialize, ToSchema)]
pub struct ClauseItem {
    /// The rulebook in whose text it stands: this one, or one it inherits.
    #[schema(max_length = 80, example = "cn.tobacco_supervision")]
    rulebook_code: String,
    /// Its number.
    #[schema(max_length = 40, example = "R03-2.2.1a")]
    number: String,
    /// Where it stands in the text, as the text numbers it.
    #[schema(max_length = 1000, example = "二(二)1")]
    at: String,
    /// What it says, in our words, in Chinese.
    #[schema(max_length = 1000)]
    paraphrase_zh: String,
    /// What it says, in our words, in English.
    #[schema(max_length = 1000)]
    paraphrase_en: String,
    /// What the service does with it: `E` enforces, `R` records what a person judges, `D` only describes.
    #[schema(max_length = 1, example = "E")]
    class: String,
    /// The rules that rest on it.
    #[schema(max_items = 500)]
    rules: Vec<RuleView>,
    /// The guarantees of the service on which it rests, which no rulebook can switch off.
    #[schema(schema_with = codes::words)]
    always: Vec<String>,
    /// The capabilities of the service for which it waits.
    #[schema(schema_with = codes::words)]
    waits: Vec<String>,
}

/// A rule that rests on a clause.
#[derive(Serialize, ToSchema)]
#[schema(as = ClauseRule)]
pub struct RuleView {
    /// The section of the rulebook in which it stands.
    #[schema(max_length = 40, example = "duty")]
    section: String,
    /// Its name there, or the deed it is about.
    #[schema(max_length = 1000, example = "unit_handling")]
    rule: String,
}

/// List the clauses of a rulebook
///
/// Every clause with its place, what it says, its class, and where it bites: the rules that rest on it, the guarantees
/// of the service, or the capability for which it waits. The rulebook's own first, as its text has them, then those it
/// inherits. For any staff.
#[utoipa::path(
    tag = "rulebooks",
    params(
        ("rulebook_code" = String, Path, description = "The rulebook's code.", max_length = 80, example = "cn.tobacco_supervision"),
        ClauseFilters
    ),
    extensions(("x-problem-codes" = json!(["cursor_invalid"]))),
    responses((status = 200, description = "A page of clauses.", body = ClausePage))
)]
#[get("/api/v1/rulebooks/{rulebook_code}/clauses")]
pub(crate) async fn list_clauses(
    desk: Data<Desk>,
    caller: Caller,
    code: Path<String>,
    filters: Query<ClauseFilters>,
) -> Result<HttpResponse, Problem> {
    let (Path(code), Query(filters)) = (code, filters);
    let rulebook = named(&desk, &caller, &code)?;
    let scope = (&code, &rulebook.head.version);
    let list = List {
        name: "list_clauses",
        caller: caller.staff_id.0,
        filters: &scope,
    };
    let limit = filters.limit.unwrap_or(LIMIT);
    let after: Option<ClauseId> = desk.page_key.start(&list, filters.cursor.as_deref())?;
    let clauses = rulebook.clauses_in_order();
    let start = after.map_or(0, |last| {
        let place = clauses.iter().position(|(id, _)| **id == last);
        place.map_or(clauses.len(), |place| place + 1)
    });
    let wanted = usize::try_from(limit + 1).unwrap_or(usize::MAX);
    let page = clauses.into_iter().skip(start).take(wanted).collect();
    let (page, more) = cut(page, limit);
    let end = page.last().filter(|_| more);
    let mut bites = rulebook.bites();
    Ok(HttpResponse::Ok().json(ClausePage {
        next_cursor: end.map(|(id, _)| desk.page_key.cursor(&list, id)),
        items: page
            .into_iter()
            .map(|(id, clause)| ClauseItem::new(rulebook, id, clause, bites.remove(id).unwrap_or_default()))
            .collect(),
    }))
}

impl ClauseItem {
    fn new(rulebook: &Checked, id: &ClauseId, clause: &Entry<Clause>, rules: Vec<Bite>) -> Self {
        let rulebook = match &clause.origin {
            Origin::Own => &rulebook.head.code,
            Origin::Statute(code) | Origin::Floor(code) => code,
        };
        Self {
            rulebook_code: rulebook.to_string(),
            number: id.to_string(),
            at: clause.at.clone(),
            paraphrase_zh: clause.zh.clone(),
            paraphrase_en: clause.en.clone(),
            class: clause.class.to_string(),
            rules: rules
                .into_iter()
                .map(|bite| RuleView {
                    section: bite.section.to_owned(),
                    rule: bite.rule,
                })
                .collect(),
            always: clause.always.iter().map(ToString::to_string).collect(),
            waits: clause.waits.iter().map(ToString::to_string).collect(),
        }
    }
}

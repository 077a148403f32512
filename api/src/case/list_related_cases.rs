//! `list_related_cases`: whether this person has complained before.

use actix_web::{HttpResponse, get};
use domain::authority::is_confidential;
use persistence::case::{CaseFilter, CaseOrder, Place};
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;
use uuid::Uuid;
use validator::Validate;

use crate::case::reader::Reader;
use crate::case::view::CasePage;
use crate::page::{LIMIT, cut};
use crate::problem::Problem;
use crate::request::{Path, Query};

/// Which page of them.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ListRelatedCases {
    /// Where the page begins: `next_cursor` of the page before.
    #[serde(skip_serializing_if = "crate::case::filters::left_out")]
    #[validate(length(min = 1, max = 1000))]
    #[param(min_length = 1, max_length = 1000, nullable = false)]
    cursor: Option<String>,
    /// How many, 20 if it is not said.
    #[serde(skip_serializing_if = "crate::case::filters::left_out")]
    #[validate(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100, nullable = false)]
    limit: Option<u32>,
}

/// Other cases in which the complainant has the same telephone or identity number, newest receipt first.
///
/// As far as the caller may see them. What is confidential is related to nothing, whoever asks: a reporter is not found
/// out by another case of his.
#[utoipa::path(
    tag = "cases",
    params(ListRelatedCases),
    extensions(("x-problem-codes" = json!(["cursor_invalid"]))),
    responses((status = 200, description = "A page of cases.", body = CasePage))
)]
#[get("/api/v1/cases/{case_id}/related-cases")]
pub(crate) async fn list_related_cases(
    case: Path<Uuid>,
    query: Query<ListRelatedCases>,
    reader: Reader,
) -> Result<HttpResponse, Problem> {
    let (case, Query(query)) = (reader.case(case.0).await?, query);
    let told = reader.teller_of(&case).await?;
    let teller = reader.teller();
    let (name, filters) = ("list_related_cases", (case.id.0, &query));
    let list = reader.list(name, &filters);
    let after: Option<Place> = reader.desk.page_key.start(&list, query.cursor.as_deref())?;
    if is_confidential(&case, &told.context()) {
        return Ok(HttpResponse::Ok().json(CasePage::new([], None, None, &teller)));
    }
    let (office, keys, now) = (
        reader.caller.office_id,
        reader.caller.keys.clone(),
        reader.desk.now(),
    );
    let filter = CaseFilter {
        same_person_as: Some(case.id),
        ..CaseFilter::default()
    };
    let limit = query.limit.unwrap_or(LIMIT);
    let newest = CaseOrder::Newest;
    let rows = reader
        .desk
        .asking_for_cases(move |cases| {
            cases.list_cases(office, &keys, &filter, newest, after.as_ref(), limit + 1, now)
        })
        .await?;
    let (rows, more) = cut(rows, limit);
    let next_cursor = rows
        .last()
        .filter(|_| more)
        .map(|last| reader.desk.page_key.cursor(&list, &Place::of(last, newest)));
    Ok(HttpResponse::Ok().json(CasePage::new(rows, next_cursor, None, &teller)))
}

//! `list_case_duties`: every duty a case ever had.

use actix_web::{HttpResponse, get};
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;
use uuid::Uuid;
use validator::Validate;

use super::view::{DutyPage, DutyView};
use crate::case::reader::Reader;
use crate::page::{LIMIT, cut};
use crate::problem::Problem;
use crate::request::{Path, Query};

/// Which page of a case's duties.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ListCaseDuties {
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

/// Every duty the case ever had, oldest first, with its verdict.
///
/// Open ones, discharged ones, and those that fell away.
#[utoipa::path(
    tag = "duties",
    params(ListCaseDuties),
    extensions(("x-problem-codes" = json!(["cursor_invalid"]))),
    responses((status = 200, description = "A page of duties.", body = DutyPage))
)]
#[get("/api/v1/cases/{case_id}/duties")]
pub(crate) async fn list_case_duties(
    case: Path<Uuid>,
    query: Query<ListCaseDuties>,
    reader: Reader,
) -> Result<HttpResponse, Problem> {
    let (Path(case), Query(query)) = (case, query);
    let known = reader.case(case).await?;
    let list = reader.list("list_case_duties", &case);
    let after = reader.desk.page_key.start(&list, query.cursor.as_deref())?;
    let after: usize = after.unwrap_or(0);
    let office = reader.caller.office_id;
    let duties = reader
        .desk
        .asking_for_cases(move |cases| cases.case_duties(office, known.id))
        .await?;
    let limit = query.limit.unwrap_or(LIMIT);
    // Duties are only ever added at the end, so that a place counted from the beginning stays true.
    let (page, more) = cut(duties.into_iter().skip(after).collect(), limit);
    let next_cursor = more.then(|| reader.desk.page_key.cursor(&list, &(after + page.len())));
    let teller = reader.teller_of(&known).await?;
    Ok(HttpResponse::Ok().json(DutyPage {
        items: page.iter().map(|item| DutyView::of_kept(item, &teller)).collect(),
        next_cursor,
        count: None,
    }))
}

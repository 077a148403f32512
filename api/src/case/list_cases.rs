//! `list_cases`: the cases this caller may see.

use actix_web::{HttpResponse, get};
use chrono::{DateTime, Utc};
use domain::ids::{StaffId, UnitId};
use domain::search::Question;
use domain::words::{CaseType, Channel, Source, Status, Word};
use persistence::case::{CaseFilter, CaseOrder, Place};
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;
use uuid::Uuid;
use validator::Validate;

use crate::case::filters::{self, Sort, case_query};
use crate::case::reader::Reader;
use crate::case::view::{COUNT_MAX, CasePage};
use crate::page::{LIMIT, cut};
use crate::problem::Problem;
use crate::request::Query;

case_query! {
    /// Which cases, in which order, and which page of them.
    #[into_params(parameter_in = Query)]
    ListCases: IntoParams(param) {
        /// Words that all stand in what the case says: its number, subject, content, or what the complainant was
        /// told; white space divides them, at most eight. Of what is not confidential. A person's name does not
        /// belong here.
        #[validate(length(min = 1, max = 100), custom(function = filters::question))]
        #[param(min_length = 1, max_length = 100, nullable = false)]
        text: Option<String>,
        /// In which order: newest receipt first if it is not said.
        #[param(schema_with = filters::sort)]
        sort: Option<Sort>,
        /// Whether to count them too, up to a cap.
        #[param(nullable = false)]
        count: Option<bool>,
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
}

impl ListCases {
    fn order(&self) -> CaseOrder {
        match self.sort {
            None | Some(Sort::Newest) => CaseOrder::Newest,
            Some(Sort::Oldest) => CaseOrder::Oldest,
            Some(Sort::Due) => CaseOrder::Due,
        }
    }
}

/// The cases this caller may see.
///
/// A parameter repeated means "or", different ones mean "and". What the single read would not show is not here
/// either.
#[utoipa::path(
    tag = "cases",
    params(ListCases),
    extensions(("x-problem-codes" = json!(["cursor_invalid"]))),
    responses((status = 200, description = "A page of cases.", body = CasePage))
)]
#[get("/api/v1/cases")]
pub(crate) async fn list_cases(query: Query<ListCases>, reader: Reader) -> Result<HttpResponse, Problem> {
    let Query(query) = query;
    let list = reader.list("list_cases", &query);
    let after: Option<Place> = reader.desk.page_key.start(&list, query.cursor.as_deref())?;
    let (office, keys, now) = (
        reader.caller.office_id,
        reader.caller.keys.clone(),
        reader.desk.now(),
    );
    let (filter, order) = (query.filter(query.text.as_deref()), query.order());
    let limit = query.limit.unwrap_or(LIMIT);
    let counted = query.count == Some(true);
    let (rows, count) = reader
        .desk
        .asking_for_cases(move |cases| {
            let rows = cases.list_cases(office, &keys, &filter, order, after.as_ref(), limit + 1, now)?;
            let count = if counted {
                Some(cases.count_cases(office, &keys, &filter, COUNT_MAX, now)?)
            } else {
                None
            };
            Ok((rows, count))
        })
        .await?;
    let (rows, more) = cut(rows, limit);
    let next_cursor = rows
        .last()
        .filter(|_| more)
        .map(|last| reader.desk.page_key.cursor(&list, &Place::of(last, order)));
    let teller = reader.teller();
    Ok(HttpResponse::Ok().json(CasePage::new(rows, next_cursor, count, &teller)))
}

//! `list_duties`: the worklist.

use actix_web::{HttpResponse, get};
use chrono::{DateTime, Utc};
use domain::words::{CaseType, Word};
use persistence::case::{DutyFilter, Place};
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;
use uuid::Uuid;
use validator::Validate;

use super::query::{Scope, duty_query, names, scope};
use super::view::{DutyPage, DutyView};
use crate::case::filters;
use crate::case::reader::Reader;
use crate::case::view::{COUNT_MAX, CappedCount};
use crate::page::{LIMIT, cut};
use crate::problem::Problem;
use crate::request::Query;

duty_query! {
    /// Which open duties, and which page of them.
    ListDuties {
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

/// The worklist: what is owed now, overdue first, then by due time, what has no due time last.
///
/// `scope` says whose: mine (the default), my unit's, or the office's, on cases that this caller may see.
#[utoipa::path(
    tag = "duties",
    params(ListDuties),
    extensions(("x-problem-codes" = json!(["cursor_invalid"]))),
    responses((status = 200, description = "A page of duties.", body = DutyPage))
)]
#[get("/api/v1/duties")]
pub(crate) async fn list_duties(query: Query<ListDuties>, reader: Reader) -> Result<HttpResponse, Problem> {
    let Query(query) = query;
    let list = reader.list("list_duties", &query);
    let after: Option<Place> = reader.desk.page_key.start(&list, query.cursor.as_deref())?;
    let (office, keys, now) = (
        reader.caller.office_id,
        reader.caller.keys.clone(),
        reader.desk.now(),
    );
    let filter = query.filter(&reader.caller);
    let limit = query.limit.unwrap_or(LIMIT);
    let counted = query.count == Some(true);
    let (rows, under, count) = reader
        .desk
        .asking_for_cases(move |cases| {
            let rows = cases.list_duties(office, &keys, &filter, after.as_ref(), limit + 1, now)?;
            let under = cases.rulebooks_of(office, &rows.iter().map(|row| row.case).collect())?;
            let groups = if counted {
                cases.count_duties(office, &keys, &filter, COUNT_MAX, now)?
            } else {
                Vec::new()
            };
            let sum = groups
                .iter()
                .fold(0, |sum: u32, (_, _, count)| sum.saturating_add(*count));
            Ok((rows, under, counted.then_some(sum.min(COUNT_MAX))))
        })
        .await?;
    let (rows, more) = cut(rows, limit);
    let next_cursor = rows.last().filter(|_| more).map(|last| {
        let place = Place {
            at: last.duty.terms.due.as_ref().map(|due| due.at),
            id: last.duty.id.0,
        };
        reader.desk.page_key.cursor(&list, &place)
    });
    let tellers = reader.tellers(under).await?;
    Ok(HttpResponse::Ok().json(DutyPage {
        items: rows
            .iter()
            .map(|row| DutyView::of_kept(row, tellers.about(row.case)))
            .collect(),
        next_cursor,
        count: count.map(CappedCount::of),
    }))
}

//! `list_events`: the history of a case.

use actix_web::{HttpResponse, get};
use uuid::Uuid;

use super::paging::BookQuery;
use super::view::{EventPage, EventView};
use crate::case::reader::Reader;
use crate::page::cut;
use crate::problem::Problem;
use crate::request::{Path, Query};

/// Everything that happened on a case, oldest first.
///
/// Each event names its actor, its clause, and the hash that chains it to the one before. Texts and people are not in
/// it: they lie beside the case.
#[utoipa::path(
    tag = "events",
    params(BookQuery),
    extensions(("x-problem-codes" = json!(["cursor_invalid"]))),
    responses((status = 200, description = "A page of events.", body = EventPage))
)]
#[get("/api/v1/cases/{case_id}/events")]
pub(crate) async fn list_events(
    case: Path<Uuid>,
    query: Query<BookQuery>,
    reader: Reader,
) -> Result<HttpResponse, Problem> {
    let (Path(case), Query(query)) = (case, query);
    let known = reader.case(case).await?;
    let after = query.after("list_events", case, &reader)?;
    let entries = reader
        .entries(known.id, after, query.limit() + 1, |_| true)
        .await?;
    let (entries, more) = cut(entries, query.limit());
    let last = entries.last().map(|kept| kept.entry.sequence);
    let teller = reader.teller_of(&known).await?;
    Ok(HttpResponse::Ok().json(EventPage {
        items: entries.iter().map(|kept| EventView::new(kept, &teller)).collect(),
        next_cursor: BookQuery::next("list_events", case, last, more, &reader),
    }))
}

//! `list_notices`: the notices that were served on a case.

use actix_web::{HttpResponse, get};
use chrono::{DateTime, FixedOffset};
use domain::case::Event;
use domain::case::command::Notice;
use domain::ids::CaseId;
use persistence::case::KeptEntry;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::case::codes;
use crate::case::reader::Reader;
use crate::case::view::Teller;
use crate::event::paging::BookQuery;
use crate::event::view::ActorView;
use crate::page::cut;
use crate::problem::Problem;
use crate::request::{Path, Query};

/// A notice that was served.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct NoticeItem {
    /// Its id.
    id: Uuid,
    /// The number of its event.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    sequence: u64,
    /// Which.
    #[schema(schema_with = codes::a_notice_type)]
    kind: &'static str,
    /// What people call it.
    #[schema(max_length = 200)]
    title: String,
    /// What it says; absent once erased.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 20_000)]
    text: Option<String>,
    /// How it was served.
    #[schema(schema_with = codes::a_channel)]
    channel: &'static str,
    /// When.
    at: DateTime<FixedOffset>,
    /// Who recorded it.
    by: ActorView,
}

/// A page of notices.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct NoticeItemPage {
    /// They, oldest first.
    #[schema(max_items = 100)]
    items: Vec<NoticeItem>,
    /// Where the next page begins; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 1000)]
    next_cursor: Option<String>,
}

/// The notices that were served on a case, oldest first.
///
/// What is still owed is among the duties.
#[utoipa::path(
    tag = "answer",
    params(BookQuery),
    extensions(("x-problem-codes" = json!(["cursor_invalid"]))),
    responses((status = 200, description = "A page of notices.", body = NoticeItemPage))
)]
#[get("/api/v1/cases/{case_id}/notices")]
pub(crate) async fn list_notices(
    case: Path<Uuid>,
    query: Query<BookQuery>,
    reader: Reader,
) -> Result<HttpResponse, Problem> {
    let (Path(case), Query(query)) = (case, query);
    let known = reader.case(case).await?;
    let after = query.after("list_notices", case, &reader)?;
    let wanted = |kept: &KeptEntry| notice_of(kept).is_some();
    let entries = reader.entries(known.id, after, query.limit() + 1, wanted).await?;
    let (entries, more) = cut(entries, query.limit());
    let last = entries.last().map(|kept| kept.entry.sequence);
    let mut teller = reader.teller_of(&known).await?;
    let ids = entries
        .iter()
        .filter_map(notice_of)
        .map(|notice| notice.text.id)
        .collect();
    teller.learn(&reader.desk, known.id, ids).await?;
    Ok(HttpResponse::Ok().json(NoticeItemPage {
        items: entries
            .iter()
            .filter_map(|kept| NoticeItem::new(kept, known.id, &teller))
            .collect(),
        next_cursor: BookQuery::next("list_notices", case, last, more, &reader),
    }))
}

impl NoticeItem {
    fn new(kept: &KeptEntry, case: CaseId, teller: &Teller) -> Option<Self> {
        let notice = notice_of(kept)?;
        Some(Self {
            id: case.thing(kept.entry.sequence).0,
            sequence: kept.entry.sequence,
            kind: notice.kind.as_str(),
            title: teller.say(notice.kind.zh(), notice.kind.en()),
            text: teller.words(&notice.text),
            channel: notice.channel.as_str(),
            at: teller.instant(kept.entry.occurred_at),
            by: ActorView::new(&kept.entry.by, teller),
        })
    }
}

/// The notice that an entry records.
fn notice_of(kept: &KeptEntry) -> Option<&Notice> {
    match &kept.entry.event {
        Event::NoticeServed(notice) => Some(notice),
        _ => None,
    }
}

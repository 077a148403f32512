//! `list_evidence`: the evidence of a case.

use actix_web::{HttpResponse, get};
use chrono::{DateTime, FixedOffset};
use domain::case::Event;
use domain::case::command::Work;
use domain::ids::CaseId;
use persistence::case::KeptEntry;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::case::evidence::Evidence;
use crate::case::reader::Reader;
use crate::case::view::{Teller, is_evidence, texts_of_work};
use crate::event::paging::BookQuery;
use crate::event::view::ActorView;
use crate::page::cut;
use crate::problem::Problem;
use crate::request::{Path, Query};

/// A piece of evidence on the file.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct EvidenceItem {
    /// Its id.
    id: Uuid,
    /// The number of its event.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    sequence: u64,
    /// What it is and where it can be found; absent once erased.
    #[serde(skip_serializing_if = "Option::is_none")]
    evidence: Option<Evidence>,
    /// When.
    at: DateTime<FixedOffset>,
    /// Who recorded it.
    by: ActorView,
}

/// A page of evidence.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct EvidenceItemPage {
    /// They, oldest first.
    #[schema(max_items = 100)]
    items: Vec<EvidenceItem>,
    /// Where the next page begins; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 1000)]
    next_cursor: Option<String>,
}

/// The evidence of a case, oldest first.
///
/// What it is, who gave it, who keeps it, and where it can be found.
#[utoipa::path(
    tag = "investigation",
    params(BookQuery),
    extensions(("x-problem-codes" = json!(["cursor_invalid"]))),
    responses((status = 200, description = "A page of evidence.", body = EvidenceItemPage))
)]
#[get("/api/v1/cases/{case_id}/evidence")]
pub(crate) async fn list_evidence(
    case: Path<Uuid>,
    query: Query<BookQuery>,
    reader: Reader,
) -> Result<HttpResponse, Problem> {
    let (Path(case), Query(query)) = (case, query);
    let known = reader.case(case).await?;
    let after = query.after("list_evidence", case, &reader)?;
    let wanted = |kept: &KeptEntry| evidence_of(kept).is_some();
    let entries = reader.entries(known.id, after, query.limit() + 1, wanted).await?;
    let (entries, more) = cut(entries, query.limit());
    let last = entries.last().map(|kept| kept.entry.sequence);
    let mut teller = reader.teller_of(&known).await?;
    let ids = entries
        .iter()
        .filter_map(evidence_of)
        .flat_map(texts_of_work)
        .collect();
    teller.learn(&reader.desk, known.id, ids).await?;
    Ok(HttpResponse::Ok().json(EvidenceItemPage {
        items: entries
            .iter()
            .filter_map(|kept| EvidenceItem::new(kept, known.id, &teller))
            .collect(),
        next_cursor: BookQuery::next("list_evidence", case, last, more, &reader),
    }))
}

impl EvidenceItem {
    fn new(kept: &KeptEntry, case: CaseId, teller: &Teller) -> Option<Self> {
        let work = evidence_of(kept)?;
        Some(Self {
            id: case.thing(kept.entry.sequence).0,
            sequence: kept.entry.sequence,
            evidence: teller
                .words(&work.text)
                .and_then(|document| Evidence::read(&document)),
            at: teller.instant(kept.entry.occurred_at),
            by: ActorView::new(&kept.entry.by, teller),
        })
    }
}

/// The evidence that an entry records.
fn evidence_of(kept: &KeptEntry) -> Option<&Work> {
    match &kept.entry.event {
        Event::WorkRecorded(work) if is_evidence(work) => Some(work),
        _ => None,
    }
}

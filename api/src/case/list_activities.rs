//! `list_activities`: the work that was done on a case.

use actix_web::{HttpResponse, get};
use chrono::{DateTime, FixedOffset};
use domain::case::Event;
use domain::case::command::Work;
use domain::ids::CaseId;
use persistence::case::KeptEntry;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::case::codes;
use crate::case::reader::Reader;
use crate::case::view::{Teller, is_evidence, texts_of_work};
use crate::event::paging::BookQuery;
use crate::event::view::ActorView;
use crate::page::cut;
use crate::problem::Problem;
use crate::request::{Path, Query};

/// A piece of work on a matter.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Activity {
    /// Its id.
    id: Uuid,
    /// The number of its event.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    sequence: u64,
    /// Which deed it was: `activity.interview`, `opinion` …
    #[schema(max_length = 64, example = "activity.records_review")]
    kind: String,
    /// What people call it.
    #[schema(max_length = 200)]
    title: String,
    /// What was found, said or proposed; absent once erased.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 20_000)]
    text: Option<String>,
    /// The sections of its form, by their words.
    #[schema(schema_with = codes::sections)]
    sections: std::collections::BTreeMap<String, String>,
    /// When.
    at: DateTime<FixedOffset>,
    /// Who recorded it.
    by: ActorView,
}

/// A page of activities.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct ActivityPage {
    /// They, oldest first.
    #[schema(max_items = 100)]
    items: Vec<Activity>,
    /// Where the next page begins; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 1000)]
    next_cursor: Option<String>,
}

/// The work that was done on a case, oldest first.
///
/// Activities of the investigation, opinions, studies, discussions, reports; evidence has a list of its own.
#[utoipa::path(
    tag = "investigation",
    params(BookQuery),
    extensions(("x-problem-codes" = json!(["cursor_invalid"]))),
    responses((status = 200, description = "A page of activities.", body = ActivityPage))
)]
#[get("/api/v1/cases/{case_id}/activities")]
pub(crate) async fn list_activities(
    case: Path<Uuid>,
    query: Query<BookQuery>,
    reader: Reader,
) -> Result<HttpResponse, Problem> {
    let (Path(case), Query(query)) = (case, query);
    let known = reader.case(case).await?;
    let after = query.after("list_activities", case, &reader)?;
    let wanted = |kept: &KeptEntry| work_of(kept).is_some();
    let entries = reader.entries(known.id, after, query.limit() + 1, wanted).await?;
    let (entries, more) = cut(entries, query.limit());
    let last = entries.last().map(|kept| kept.entry.sequence);
    let mut teller = reader.teller_of(&known).await?;
    let ids = entries
        .iter()
        .filter_map(work_of)
        .flat_map(texts_of_work)
        .collect();
    teller.learn(&reader.desk, known.id, ids).await?;
    Ok(HttpResponse::Ok().json(ActivityPage {
        items: entries
            .iter()
            .filter_map(|kept| Activity::new(kept, known.id, &teller))
            .collect(),
        next_cursor: BookQuery::next("list_activities", case, last, more, &reader),
    }))
}

impl Activity {
    fn new(kept: &KeptEntry, case: CaseId, teller: &Teller) -> Option<Self> {
        let work = work_of(kept)?;
        Some(Self {
            id: case.thing(kept.entry.sequence).0,
            sequence: kept.entry.sequence,
            kind: work.kind.deed().to_string(),
            title: teller.say(work.kind.deed().zh(), work.kind.deed().en()),
            text: teller.words(&work.text),
            sections: work
                .sections
                .iter()
                .filter_map(|(section, text)| Some((section.to_string(), teller.words(text)?)))
                .collect(),
            at: teller.instant(kept.entry.occurred_at),
            by: ActorView::new(&kept.entry.by, teller),
        })
    }
}

/// The piece of work that an entry records, unless it is evidence.
fn work_of(kept: &KeptEntry) -> Option<&Work> {
    match &kept.entry.event {
        Event::WorkRecorded(work) if !is_evidence(work) => Some(work),
        _ => None,
    }
}

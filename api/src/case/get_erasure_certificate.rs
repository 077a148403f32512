//! `get_erasure_certificate`: what was erased of a case, when, by whom and under which clause.

use actix_web::{HttpResponse, get};
use chrono::{DateTime, FixedOffset, NaiveDate};
use domain::case::Event;
use persistence::case::KeptEntry;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::case::reader::Reader;
use crate::event::view::ActorView;
use crate::password::hexadecimal;
use crate::problem::{ClauseView, Kind, Problem};
use crate::request::Path;

/// A certificate of an erasure. It rests on the case's own event, whose hash it names.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct ErasureCertificate {
    /// The case.
    case_id: Uuid,
    /// Its number.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40)]
    case_no: Option<String>,
    /// When it was erased.
    erased_at: DateTime<FixedOffset>,
    /// By whom.
    by: ActorView,
    /// The last day on which it had to be kept.
    kept_until: NaiveDate,
    /// The clause that says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    clause: Option<ClauseView>,
    /// How many texts were destroyed, the document about the complainant among them.
    #[schema(minimum = 0, maximum = 2_147_483_647)]
    texts: u32,
    /// How many hashes by which the complainant was found.
    #[schema(minimum = 0, maximum = 2_147_483_647)]
    marks: u32,
    /// The number of the event that records it.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    sequence: u64,
    /// The hash of that event, the head of the case's chain when it was erased.
    #[schema(min_length = 64, max_length = 64)]
    head: String,
}

/// The certificate of a case's erasure.
///
/// It stays for as long as the case's record does, and rests on the event whose hash it names.
#[utoipa::path(
    tag = "closing",
    responses((status = 200, description = "The certificate.", body = ErasureCertificate))
)]
#[get("/api/v1/cases/{case_id}/erasure")]
pub(crate) async fn get_erasure_certificate(
    case: Path<Uuid>,
    reader: Reader,
) -> Result<HttpResponse, Problem> {
    let case = reader.case(case.0).await?;
    let teller = reader.teller_of(&case).await?;
    let is_erasure = |kept: &KeptEntry| matches!(kept.entry.event, Event::CaseErased { .. });
    let found = reader.entries(case.id, 0, 1, is_erasure).await?;
    let kept = found.into_iter().next().ok_or(Kind::NotFound)?;
    let Event::CaseErased { kept_until } = kept.entry.event else {
        return Err(Kind::NotFound.into());
    };
    let (office, id) = (reader.caller.office_id, case.id);
    let erasure = reader
        .desk
        .asking_for_cases(move |cases| cases.find_erasure(office, id))
        .await?
        .ok_or_else(|| Problem::internal("an erased case has no record of what was erased"))?;
    Ok(HttpResponse::Ok().json(ErasureCertificate {
        case_id: case.id.0,
        case_no: case.case_no,
        erased_at: teller.instant(kept.entry.occurred_at),
        by: ActorView::new(&kept.entry.by, &teller),
        kept_until,
        clause: kept.entry.clause.as_ref().map(|clause| teller.clause(clause)),
        texts: erasure.texts,
        marks: erasure.marks,
        sequence: kept.entry.sequence,
        head: hexadecimal(&kept.hash),
    }))
}

//! `compare_rulebook`: what would differ in the recorded cases under a draft.

use std::collections::BTreeMap;
use std::sync::Arc;

use actix_web::web::Data;
use actix_web::{HttpResponse, post};
use chrono::{DateTime, Utc};
use domain::directory::Directory;
use domain::rulebook::Checked;
use persistence::law::Law;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::comparison::{ComparisonLine, Lines, Walk, WalkProgress};
use super::meant::Meant;
use super::version::reads_drafts;
use crate::caller::Caller;
use crate::desk::Desk;
use crate::office::{Profile, numbers_of, numbers_schema};
use crate::problem::Problem;
use crate::request::Json;
use crate::trail::Trail;

/// The rulebook with which the recorded cases are compared, a text or a version that is stored; and which cases.
#[derive(Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"rulebook_code": "library.readers", "version": "1.1.0", "received_from": "2026-01-01T00:00:00+08:00"}))]
pub struct RulebookComparison {
    /// The rulebook: a TOML text.
    #[validate(length(min = 1, max = "super::version::TEXT_MAX"))]
    #[schema(min_length = 1, max_length = 524_288)]
    text: Option<String>,
    /// Instead of a text: the code of a rulebook that is stored.
    #[validate(length(min = 1, max = 80))]
    #[schema(min_length = 1, max_length = 80)]
    rulebook_code: Option<String>,
    /// Its version.
    #[validate(length(min = 1, max = 20))]
    #[schema(min_length = 1, max_length = 20)]
    version: Option<String>,
    /// The numbers for limits that the text leaves open, where they shall be others than the office has or it suggests.
    #[serde(default)]
    #[validate(length(max = 100))]
    #[schema(schema_with = numbers_schema)]
    limit_numbers: BTreeMap<String, String>,
    /// Only cases received at this instant or later.
    #[validate(custom(function = crate::request::in_years))]
    received_from: Option<DateTime<Utc>>,
    /// Only cases received before this instant.
    #[validate(custom(function = crate::request::in_years))]
    received_to: Option<DateTime<Utc>>,
}

/// Compare recorded cases with a rulebook
///
/// Goes through the recorded cases of my office, newest first, and tells for each which due dates, verdicts and
/// escalations would differ under another rulebook. What people did stays as recorded; what rules and the clock added
/// is derived anew, once under the version that the case lives under and once under the other. Stores nothing.
///
/// The answer is a stream of lines, each a JSON object: progress after every 100 cases, a line for each case that
/// differs, and the totals at the end. Where a line says `broken_off`, the comparison could not go on. Whoever closes
/// the connection ends it. A history of more than 5000 events is left out. One comparison at a time in an office, four
/// in all; whoever does not read on for two minutes may lose the place to another. For administrators and operators.
#[utoipa::path(
    tag = "rulebooks",
    extensions(("x-problem-codes" = json!(["not_permitted", "data_faulty", "not_listed", "reference_unknown", "already_running"]))),
    responses((status = 200, description = "The lines.", body = ComparisonLine, content_type = "application/x-ndjson"))
)]
#[post("/api/v1/rulebook-comparisons")]
pub(crate) async fn compare_rulebook(
    desk: Data<Desk>,
    caller: Caller,
    trail: Trail,
    body: Json<RulebookComparison>,
) -> Result<HttpResponse, Problem> {
    reads_drafts(&caller)?;
    let body = body.0;
    let meant = Meant {
        text: body.text.as_deref(),
        code: body.rulebook_code.as_deref(),
        version: body.version.as_deref(),
    };
    let draft = meant.find(&desk, &caller).await?;
    let draft = under(&caller.law, draft, &body.limit_numbers)?;
    let place = desk.comparisons.enter(caller.office_id)?;
    let walk = Walk {
        archive: Arc::clone(&desk.archive),
        shipped: Arc::clone(&desk.rulebooks),
        office: caller.office_id,
        law: Arc::clone(&caller.law),
        draft: Arc::new(draft),
        received_from: body.received_from,
        received_to: body.received_to,
        language: trail.language,
        now: desk.now(),
        progress: WalkProgress::default(),
    };
    Ok(HttpResponse::Ok()
        .content_type("application/x-ndjson")
        .body(Lines::of(walk, place)))
}

/// What would hold in the office under the draft: with the numbers that are given, else the office's own, else those
/// that the draft suggests.
fn under(law: &Law, draft: Arc<Checked>, given: &BTreeMap<String, String>) -> Result<Law, Problem> {
    let mut numbers = Profile::suggested(&draft);
    numbers.extend(law.directory.numbers.clone());
    numbers.extend(numbers_of(given, &draft)?);
    let directory = Directory {
        numbers,
        ..(*law.directory).clone()
    };
    Ok(Law {
        directory: Arc::new(directory),
        ..law.under(draft)
    })
}

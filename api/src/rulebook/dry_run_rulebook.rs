//! `dry_run_rulebook`: a script is played, and nothing of it stays.

use std::collections::BTreeMap;
use std::sync::Arc;

use actix_web::web::Data;
use actix_web::{HttpResponse, post};
use domain::rulebook::{Checked, ancestry, examine, read};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::dry_run::{Cast, DryRun, Stage, Step};
use super::version::{faulty, named, reads_drafts};
use crate::caller::Caller;
use crate::desk::{Desk, apart};
use crate::office::{Profile, numbers_of, numbers_schema};
use crate::problem::{FieldError, FieldFault, Kind, Problem};
use crate::request::Json;
use crate::trail::Trail;

/// A script, and the rulebook under which it is played: a text, or a version that is stored.
#[derive(Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "rulebook_code": "library.readers",
    "version": "1.0.0",
    "steps": [
        { "at": "2026-09-17 09:12", "by": "complaint_officer", "do": "receive_case", "with": {
            "case_type": "complaint", "channel": "visit", "source": "public", "content": "窗口提前下班",
            "complainant": { "identity_mode": "real_name", "name": "张某某", "phone": "13800000000" }
        } },
        { "at": "2026-09-18 09:00", "by": "clock" }
    ]
}))]
pub struct RulebookDryRun {
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
    /// The numbers for limits that the text leaves open, where they shall be others than it suggests.
    #[serde(default)]
    #[validate(length(max = 100))]
    #[schema(schema_with = numbers_schema)]
    limit_numbers: BTreeMap<String, String>,
    /// Who does what when.
    #[validate(length(min = 1, max = "super::dry_run::STEPS_MAX"), nested)]
    #[schema(min_items = 1, max_items = 2000)]
    steps: Vec<Step>,
}

/// Dry run a rulebook
///
/// Plays a case script under a rulebook, in an office made up for it: two holders of each position, two units of each
/// kind. Answers what happened, what became owed, how each due time was counted, and what was refused under which
/// clause. Stores nothing. The script has the form of the conformance scenarios. For administrators and operators.
#[utoipa::path(
    tag = "rulebooks",
    extensions(("x-problem-codes" = json!(["not_permitted", "data_faulty", "not_listed", "reference_unknown"]))),
    responses((status = 200, description = "What became of the script.", body = DryRun))
)]
#[post("/api/v1/rulebook-dry-runs")]
pub(crate) async fn dry_run_rulebook(
    desk: Data<Desk>,
    caller: Caller,
    trail: Trail,
    body: Json<RulebookDryRun>,
) -> Result<HttpResponse, Problem> {
    reads_drafts(&caller)?;
    let body = body.0;
    let rulebook = under(&desk, &caller, &body).await?;
    let calendar = Arc::clone(&caller.law.calendar);
    let played = apart(move || {
        let mut numbers = Profile::suggested(&rulebook);
        numbers.extend(numbers_of(&body.limit_numbers, &rulebook)?);
        Stage::new(Cast::of(rulebook, calendar, numbers), trail).play(&body.steps)
    })
    .await??;
    Ok(HttpResponse::Ok().json(played))
}

/// The rulebook that is meant. A draft that does not pass the checker yet cannot be played.
async fn under(desk: &Desk, caller: &Caller, body: &RulebookDryRun) -> Result<Arc<Checked>, Problem> {
    let (text, ancestors) = match (&body.text, &body.rulebook_code, &body.version) {
        (Some(text), None, None) => (text.clone(), None),
        (None, Some(code), Some(version)) => {
            let unknown = |problem: Problem| match problem.kind() {
                Kind::NotFound => Problem::from(Kind::ReferenceUnknown)
                    .with_errors(vec![FieldError::new("/version", FieldFault::UnknownReference)]),
                _ => problem,
            };
            let record = named(desk, caller, code, version).await.map_err(unknown)?;
            if let Some(ready) = desk.rulebook(code, version).await? {
                return Ok(ready);
            }
            let ancestors = super::version::ancestors_of(&record)?;
            (record.body, Some(ancestors))
        }
        _ => {
            let error = FieldError::new("/text", FieldFault::Inconsistent);
            return Err(Problem::body_invalid(vec![error]));
        }
    };
    apart(move || match ancestors {
        Some(ancestors) => examine(&text, &ancestors),
        None => examine(&text, &ancestry(&read(&text)?)),
    })
    .await?
    .map(Arc::new)
    .map_err(|flaws| faulty(Kind::DataFaulty, flaws))
}

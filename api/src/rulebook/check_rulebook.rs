//! `check_rulebook`: what is wrong with a text.

use actix_web::{HttpResponse, post};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::finding::{Finding, findings_of_play, is_error};
use super::version::reads_drafts;
use crate::caller::Caller;
use crate::problem::Problem;
use crate::request::Json;

/// A rulebook to be checked.
#[derive(Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"text": "[rulebook]\ncode = \"library.readers\"\nkind = \"regulation\"\n"}))]
pub struct RulebookText {
    /// The rulebook: a TOML text.
    #[validate(length(min = 1, max = "super::version::TEXT_MAX"))]
    #[schema(min_length = 1, max_length = 524_288)]
    pub(super) text: String,
}

/// What the checker finds.
#[derive(Serialize, ToSchema)]
pub struct RulebookCheck {
    /// Whether it may be submitted.
    passed: bool,
    /// What cannot stand, and what somebody should look at: first the errors, each kind line by line.
    #[schema(max_items = 1000)]
    findings: Vec<Finding>,
}

/// Check a rulebook
///
/// Reads a text and says what in it cannot stand: the line, the reason, and what was probably meant. What stands is then
/// played, in an office made up for that: every state of a case up to the 2,000th, and what shows there is told with the
/// shortest way of a case to it. `huiyin rulebook check` plays the rest. Takes some seconds, and one text is played at a
/// time. Stores nothing. For administrators and operators.
#[utoipa::path(
    tag = "rulebooks",
    extensions(("x-problem-codes" = json!(["not_permitted"]))),
    responses((status = 200, description = "What was found.", body = RulebookCheck))
)]
#[post("/api/v1/rulebook-checks")]
pub(crate) async fn check_rulebook(
    caller: Caller,
    body: Json<RulebookText>,
) -> Result<HttpResponse, Problem> {
    reads_drafts(&caller)?;
    let found = findings_of_play(body.0.text, None).await?;
    Ok(HttpResponse::Ok().json(RulebookCheck {
        passed: !found.iter().any(is_error),
        findings: found.into_iter().map(Finding::from).collect(),
    }))
}

//! `check_rulebook`: what is wrong with a text.

use actix_web::{HttpResponse, post};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::version::{Finding, findings, reads_drafts};
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
    /// What cannot stand, line by line.
    #[schema(max_items = 1000)]
    findings: Vec<Finding>,
}

/// Check a rulebook
///
/// Reads a text and says what in it cannot stand: the line, the reason, and what was probably meant. Stores nothing.
/// For administrators and operators.
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
    let found = findings(body.0.text, None).await?;
    Ok(HttpResponse::Ok().json(RulebookCheck {
        passed: found.is_empty(),
        findings: found.into_iter().map(Finding::from).collect(),
    }))
}

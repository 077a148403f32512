//! `decide_extension`: decide an extension.

use actix_web::{HttpResponse, post};
use domain::case::Command;
use domain::case::command::ExtensionDecision;
use domain::ids::ThingId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use crate::case::body::{Decision, GivenAmount, inconsistent, required};
use crate::case::order::Order;
use crate::case::outcome::Outcome;
use crate::case::prefer::Prefer;
use crate::problem::Problem;
use crate::request::{IdempotencyKey, IfMatch, Json, Path};

/// Yes or no, and how much.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"decision": "grant", "amount": {"count": 3, "unit": "working_day"}}))]
pub(crate) struct DecideExtension {
    /// Yes or no.
    decision: Decision,
    /// How much is granted; needed with `grant`.
    #[validate(nested)]
    amount: Option<GivenAmount>,
    /// Why.
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    reason: Option<String>,
}

/// Grants or refuses more time.
///
/// All that was asked or less. Never by who asked.
#[utoipa::path(
    tag = "time",
    params(IfMatch, IdempotencyKey, Prefer),
    extensions(("x-problem-codes" = json!(["separation_of_duties", "already_done", "wrong_state", "not_provided", "extension_beyond_cap", "reference_unknown"]))),
    responses((status = 200, description = "What it led to.", body = Outcome))
)]
#[post("/api/v1/cases/{case_id}/extensions/{extension_id}/decision")]
pub(crate) async fn decide_extension(
    path: Path<(Uuid, Uuid)>,
    body: Json<DecideExtension>,
    order: Order,
) -> Result<HttpResponse, Problem> {
    let Path((case, target)) = path;
    let Json(body) = body;
    let fingerprint = order.fingerprint(&body);
    let mut texts = order.texts();
    let granted = match (body.decision, body.amount) {
        (Decision::Grant, Some(amount)) => Some(amount.span("/amount/count")?),
        (Decision::Grant, None) => return Err(required("/amount")),
        (Decision::Refuse, None) => None,
        (Decision::Refuse, Some(_)) => return Err(inconsistent("/amount")),
    };
    let command = Command::DecideExtension(ExtensionDecision {
        extension: ThingId(target),
        granted,
        reason: texts.keep_any("reason", body.reason),
    });
    order
        .carry_out("decide_extension", fingerprint, case, command, texts)
        .await
}

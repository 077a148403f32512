//! `decide_appeal`: decides an appeal.

use actix_web::{HttpResponse, post};
use domain::case::Command;
use domain::case::command::{AppealDecision, AppealOutcome};
use domain::ids::ThingId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use crate::case::order::Order;
use crate::case::outcome::Outcome;
use crate::case::prefer::Prefer;
use crate::case::texts::Texts;
use crate::problem::Problem;
use crate::request::{IdempotencyKey, IfMatch, Json, Path};

/// What becomes of what was appealed against.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"outcome": "upheld", "reason": "原答复认定事实清楚，予以维持"}))]
pub(crate) struct DecideAppeal {
    /// Whether it stands.
    outcome: GivenOutcome,
    /// Why.
    #[validate(length(min = 1, max = 20000))]
    #[schema(min_length = 1, max_length = 20_000)]
    reason: String,
}

/// Whether what was appealed against stands.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = AppealOutcome)]
pub(crate) enum GivenOutcome {
    /// It stands.
    Upheld,
    /// It does not: the matter is handled anew.
    Changed,
}

/// Decides an appeal.
///
/// By whom the rulebook names, never by who made the decision appealed against. What is changed is handled anew: in a
/// new round, or as a case that is taken up again.
#[utoipa::path(
    tag = "review",
    params(IfMatch, IdempotencyKey, Prefer),
    extensions(("x-problem-codes" = json!(["separation_of_duties", "already_done", "reference_unknown", "gate_closed", "facts_missing"]))),
    responses((status = 200, description = "What it led to.", body = Outcome))
)]
#[post("/api/v1/cases/{case_id}/appeals/{appeal_id}/decision")]
pub(crate) async fn decide_appeal(
    path: Path<(Uuid, Uuid)>,
    body: Json<DecideAppeal>,
    order: Order,
) -> Result<HttpResponse, Problem> {
    let Path((case, target)) = path;
    let Json(body) = body;
    let fingerprint = order.fingerprint(&body);
    let mut texts = order.texts();
    let command = command(target, body, &mut texts);
    order
        .carry_out("decide_appeal", fingerprint, case, command, texts)
        .await
}

/// The command that a body asks for.
fn command(target: Uuid, body: DecideAppeal, texts: &mut Texts) -> Command {
    Command::DecideAppeal(AppealDecision {
        appeal: ThingId(target),
        outcome: match body.outcome {
            GivenOutcome::Upheld => AppealOutcome::Upheld,
            GivenOutcome::Changed => AppealOutcome::Changed,
        },
        reason: texts.keep("reason", body.reason),
    })
}

//! `recall_dispatch`: take a dispatch back.

use actix_web::{HttpResponse, post};
use domain::case::Command;
use domain::case::command::Recall;
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

/// Why it is taken back.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "误派"}))]
pub(crate) struct RecallDispatch {
    /// Why.
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    reason: String,
}

/// Takes a dispatch back.
///
/// By who sent it. With the lead unit's all dispatches of the round are undone, and sending it is owed again, from the
/// same start as before.
#[utoipa::path(
    tag = "dispatch",
    params(IfMatch, IdempotencyKey, Prefer),
    extensions(("x-problem-codes" = json!(["already_done", "reference_unknown", "facts_missing", "gate_closed"]))),
    responses((status = 200, description = "What it led to.", body = Outcome))
)]
#[post("/api/v1/cases/{case_id}/dispatches/{dispatch_id}/recall")]
pub(crate) async fn recall_dispatch(
    path: Path<(Uuid, Uuid)>,
    body: Json<RecallDispatch>,
    order: Order,
) -> Result<HttpResponse, Problem> {
    let Path((case, target)) = path;
    let Json(body) = body;
    let fingerprint = order.fingerprint(&body);
    let mut texts = order.texts();
    let command = command(body, ThingId(target), &mut texts);
    order
        .carry_out("recall_dispatch", fingerprint, case, command, texts)
        .await
}

fn command(body: RecallDispatch, dispatch: ThingId, texts: &mut Texts) -> Command {
    Command::Recall(Recall {
        dispatch,
        reason: texts.keep("reason", body.reason),
    })
}

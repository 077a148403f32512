//! `return_dispatch`: give a dispatch back.

use actix_web::{HttpResponse, post};
use domain::case::Command;
use domain::case::command::Return;
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

/// Why the unit gives it back.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "不属本单位职责"}))]
pub(crate) struct ReturnDispatch {
    /// Why.
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    reason: String,
}

/// Gives a dispatch back.
///
/// The unit returns what is not its own, as often and as long as the rulebook allows. Until the arbiter has decided
/// nothing else changes: every clock keeps running.
#[utoipa::path(
    tag = "dispatch",
    params(IfMatch, IdempotencyKey, Prefer),
    extensions(("x-problem-codes" = json!(["not_provided", "bound_reached", "window_over", "return_is_final", "already_done", "reference_unknown"]))),
    responses((status = 200, description = "What it led to.", body = Outcome))
)]
#[post("/api/v1/cases/{case_id}/dispatches/{dispatch_id}/return")]
pub(crate) async fn return_dispatch(
    path: Path<(Uuid, Uuid)>,
    body: Json<ReturnDispatch>,
    order: Order,
) -> Result<HttpResponse, Problem> {
    let Path((case, target)) = path;
    let Json(body) = body;
    let fingerprint = order.fingerprint(&body);
    let mut texts = order.texts();
    let command = command(body, ThingId(target), &mut texts);
    order
        .carry_out("return_dispatch", fingerprint, case, command, texts)
        .await
}

fn command(body: ReturnDispatch, dispatch: ThingId, texts: &mut Texts) -> Command {
    Command::Return(Return {
        dispatch,
        reason: texts.keep("reason", body.reason),
    })
}

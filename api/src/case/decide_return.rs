//! `decide_return`: decide on a return.

use actix_web::{HttpResponse, post};
use domain::case::Command;
use domain::case::command::ReturnDecision;
use domain::ids::ThingId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use crate::case::body::Decision;
use crate::case::order::Order;
use crate::case::outcome::Outcome;
use crate::case::prefer::Prefer;
use crate::case::texts::Texts;
use crate::problem::Problem;
use crate::request::{IdempotencyKey, IfMatch, Json, Path};

/// Yes or no.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"decision": "refuse", "reason": "属该单位职责范围"}))]
pub(crate) struct DecideReturn {
    /// `grant`: it is dispatched anew; `refuse`: the unit goes on.
    decision: Decision,
    /// Why; needed with `refuse`.
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    reason: Option<String>,
}

/// Decides on a return.
///
/// By the arbiter whom the rulebook names. A return that is granted undoes the dispatch; one that is refused leaves the
/// unit its clock where it was. Never by who returned it.
#[utoipa::path(
    tag = "dispatch",
    params(IfMatch, IdempotencyKey, Prefer),
    extensions(("x-problem-codes" = json!(["not_provided", "separation_of_duties", "already_done", "facts_missing", "reference_unknown"]))),
    responses((status = 200, description = "What it led to.", body = Outcome))
)]
#[post("/api/v1/cases/{case_id}/dispatches/{dispatch_id}/return/decision")]
pub(crate) async fn decide_return(
    path: Path<(Uuid, Uuid)>,
    body: Json<DecideReturn>,
    order: Order,
) -> Result<HttpResponse, Problem> {
    let Path((case, target)) = path;
    let Json(body) = body;
    let fingerprint = order.fingerprint(&body);
    let mut texts = order.texts();
    let command = command(body, ThingId(target), &mut texts);
    order
        .carry_out("decide_return", fingerprint, case, command, texts)
        .await
}

fn command(body: DecideReturn, dispatch: ThingId, texts: &mut Texts) -> Command {
    Command::DecideReturn(ReturnDecision {
        dispatch,
        agreed: matches!(body.decision, Decision::Grant),
        reason: texts.keep_any("reason", body.reason),
    })
}

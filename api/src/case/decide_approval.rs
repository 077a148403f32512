//! `decide_approval`: decide an approval.

use actix_web::{HttpResponse, post};
use domain::case::command::ApprovalDecision;
use domain::case::permitted::deed_of;
use domain::case::{Act, Command};
use domain::ids::{CaseId, ThingId};
use domain::words::{Deed, Subject};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use crate::case::body::Decision;
use crate::case::order::{Order, find_case};
use crate::case::outcome::Outcome;
use crate::case::prefer::Prefer;
use crate::problem::Problem;
use crate::request::{IdempotencyKey, IfMatch, Json, Path};

/// Yes or no.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"decision": "grant"}))]
pub(crate) struct DecideApproval {
    /// Yes or no.
    decision: Decision,
    /// Why; a refusal needs one.
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    reason: Option<String>,
}

/// Approves or refuses.
///
/// What a gate waits for: a plan, or a request to lend the records; `approval_id` is its id. Never by who wrote
/// it or asked.
#[utoipa::path(
    tag = "disposition",
    params(IfMatch, IdempotencyKey, Prefer),
    extensions(("x-problem-codes" = json!(["separation_of_duties", "already_done", "reference_unknown", "facts_missing", "gate_closed"]))),
    responses((status = 200, description = "What it led to.", body = Outcome))
)]
#[post("/api/v1/cases/{case_id}/approvals/{approval_id}/decision")]
pub(crate) async fn decide_approval(
    path: Path<(Uuid, Uuid)>,
    body: Json<DecideApproval>,
    order: Order,
) -> Result<HttpResponse, Problem> {
    let Path((case, target)) = path;
    let Json(body) = body;
    let fingerprint = order.fingerprint(&body);
    let mut texts = order.texts();
    let known = find_case(&order.desk, &order.caller, CaseId(case)).await?;
    let subject = match deed_of(&known, Act::DecideApproval, Some(ThingId(target))) {
        Deed::Approval(Some(subject)) => subject,
        _ => Subject::Plan,
    };
    let command = Command::DecideApproval(ApprovalDecision {
        subject,
        about: ThingId(target),
        granted: body.decision == Decision::Grant,
        reason: texts.keep_any("reason", body.reason),
    });
    order
        .carry_out("decide_approval", fingerprint, case, command, texts)
        .await
}

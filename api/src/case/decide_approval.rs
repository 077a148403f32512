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

use crate::case::ask::{Address, Ask};
use crate::case::body::Decision;
use crate::case::order::{Order, find_case};
use crate::case::outcome::Outcome;
use crate::case::prefer::Prefer;
use crate::case::texts::Texts;
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
    let (Path((case, target)), Json(body)) = (path, body);
    let known = find_case(&order.desk, &order.caller, CaseId(case)).await?;
    let address = Address {
        known: Some(&known),
        ..Address::of_thing(case, target)
    };
    order.ask(address, body).await
}

impl Ask for DecideApproval {
    const OPERATION: &'static str = "decide_approval";

    fn command(self, address: &Address, texts: &mut Texts) -> Result<Command, Problem> {
        let about = ThingId(address.target);
        let deed = address
            .known
            .map(|case| deed_of(case, Act::DecideApproval, Some(about)));
        let subject = match deed {
            Some(Deed::Approval(Some(subject))) => subject,
            _ => Subject::Plan,
        };
        Ok(Command::DecideApproval(ApprovalDecision {
            subject,
            about,
            granted: self.decision == Decision::Grant,
            reason: texts.keep_any("reason", self.reason),
        }))
    }
}

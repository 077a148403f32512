//! `judge_fault`: judge a fault.

use actix_web::{HttpResponse, post};
use domain::case::Command;
use domain::case::command::FaultJudgement;
use domain::words::Fault;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use crate::case::ask::{Address, Ask};
use crate::case::codes;
use crate::case::order::Order;
use crate::case::outcome::Outcome;
use crate::case::prefer::Prefer;
use crate::case::texts::Texts;
use crate::problem::Problem;
use crate::request::{IdempotencyKey, IfMatch, Json, Path};

/// What is wrong.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"fault": "improper", "reason": "未与投诉人沟通即反馈"}))]
pub(crate) struct JudgeFault {
    /// What is wrong.
    #[schema(schema_with = codes::fault)]
    fault: Fault,
    /// Why.
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    reason: String,
}

/// Judges how the matter was handled.
///
/// Improper, falsified, unreasonably delayed: what the rulebook does about it follows in the same commit.
#[utoipa::path(
    tag = "answer",
    params(IfMatch, IdempotencyKey, Prefer),
    extensions(("x-problem-codes" = json!(["gate_closed", "bound_reached"]))),
    responses((status = 200, description = "What it led to.", body = Outcome))
)]
#[post("/api/v1/cases/{case_id}/fault-judgements")]
pub(crate) async fn judge_fault(
    case: Path<Uuid>,
    body: Json<JudgeFault>,
    order: Order,
) -> Result<HttpResponse, Problem> {
    let (Path(case), Json(body)) = (case, body);
    order.ask(Address::of(case), body).await
}

impl Ask for JudgeFault {
    const OPERATION: &'static str = "judge_fault";

    fn command(self, _: &Address, texts: &mut Texts) -> Result<Command, Problem> {
        Ok(Command::JudgeFault(FaultJudgement {
            fault: self.fault,
            reason: texts.keep("reason", self.reason),
        }))
    }
}

//! `give_instruction`: give an instruction.

use actix_web::{HttpResponse, post};
use domain::case::Command;
use domain::case::command::Instruction;
use domain::ids::UnitId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use crate::case::order::Order;
use crate::case::outcome::Outcome;
use crate::case::prefer::Prefer;
use crate::problem::Problem;
use crate::request::{IdempotencyKey, IfMatch, Json, Path};

/// The instruction.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"text": "请县局查清扣款原因，两个工作日内处理。"}))]
pub(crate) struct GiveInstruction {
    /// What is to be done.
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    text: String,
    /// To which unit it shall go.
    unit_id: Option<Uuid>,
}

/// Gives the leader's instruction.
///
/// Asked for or not. A unit may be named; the dispatch then goes there.
#[utoipa::path(
    tag = "dispatch",
    params(IfMatch, IdempotencyKey, Prefer),
    extensions(("x-problem-codes" = json!(["not_provided", "reference_unknown", "wrong_state", "gate_closed"]))),
    responses((status = 200, description = "What it led to.", body = Outcome))
)]
#[post("/api/v1/cases/{case_id}/instructions")]
pub(crate) async fn give_instruction(
    case: Path<Uuid>,
    body: Json<GiveInstruction>,
    order: Order,
) -> Result<HttpResponse, Problem> {
    let Path(case) = case;
    let Json(body) = body;
    let fingerprint = order.fingerprint(&body);
    let mut texts = order.texts();
    let command = Command::GiveInstruction(Instruction {
        text: texts.keep("instruction", body.text),
        unit: body.unit_id.map(UnitId),
    });
    order
        .carry_out("give_instruction", fingerprint, case, command, texts)
        .await
}

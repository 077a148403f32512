//! `give_instruction`: give an instruction.

use actix_web::{HttpResponse, post};
use domain::case::Command;
use domain::case::command::Instruction;
use domain::ids::UnitId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use crate::case::ask::{Address, Ask};
use crate::case::order::Order;
use crate::case::outcome::Outcome;
use crate::case::prefer::Prefer;
use crate::case::texts::Texts;
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
    let (Path(case), Json(body)) = (case, body);
    order.ask(Address::of(case), body).await
}

impl Ask for GiveInstruction {
    const OPERATION: &'static str = "give_instruction";

    fn command(self, _: &Address, texts: &mut Texts) -> Result<Command, Problem> {
        Ok(Command::GiveInstruction(Instruction {
            text: texts.keep("instruction", self.text),
            unit: self.unit_id.map(UnitId),
        }))
    }
}

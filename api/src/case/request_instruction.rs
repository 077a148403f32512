//! `request_instruction`: ask for an instruction.

use actix_web::{HttpResponse, post};
use domain::case::Command;
use domain::case::command::Remark;
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

/// What goes with the form.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"note": "建议由县局查办"}))]
pub(crate) struct RequestInstruction {
    /// A remark for the leader.
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    note: Option<String>,
}

/// Submits the form to the leader.
///
/// Where the rulebook has a leader instruct before anything is dispatched.
#[utoipa::path(
    tag = "dispatch",
    params(IfMatch, IdempotencyKey, Prefer),
    extensions(("x-problem-codes" = json!(["not_provided", "already_done", "gate_closed"]))),
    responses((status = 200, description = "What it led to.", body = Outcome))
)]
#[post("/api/v1/cases/{case_id}/instruction-requests")]
pub(crate) async fn request_instruction(
    case: Path<Uuid>,
    body: Json<RequestInstruction>,
    order: Order,
) -> Result<HttpResponse, Problem> {
    let (Path(case), Json(body)) = (case, body);
    order.ask(Address::of(case), body).await
}

impl Ask for RequestInstruction {
    const OPERATION: &'static str = "request_instruction";

    fn command(self, _: &Address, texts: &mut Texts) -> Result<Command, Problem> {
        Ok(Command::RequestInstruction(Remark {
            text: texts.keep_any("note", self.note),
        }))
    }
}

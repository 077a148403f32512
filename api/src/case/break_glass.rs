//! `break_glass`: opens a case in an emergency.

use actix_web::{HttpResponse, post};
use domain::case::Command;
use domain::case::command::Emergency;
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
use crate::request::{IdempotencyKey, Json, Path};

/// Opens a case in an emergency.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "举报人来电称受到威胁，承办人不在"}))]
pub(crate) struct BreakGlass {
    /// Why.
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    reason: String,
}

/// Opens a case in an emergency.
///
/// For a position that may, a case that is not open to it is so for four hours. Oversight is told and owes a review; each reading is entered in the access log. Who is complained of, or stepped aside, opens nothing.
#[utoipa::path(
    tag = "secrecy",
    params(IdempotencyKey, Prefer),
    extensions(("x-problem-codes" = json!(["already_done", "not_provided"]))),
    responses((status = 200, description = "What it led to.", body = Outcome))
)]
#[post("/api/v1/cases/{case_id}/emergency-readings")]
pub(crate) async fn break_glass(
    case: Path<Uuid>,
    body: Json<BreakGlass>,
    order: Order,
) -> Result<HttpResponse, Problem> {
    let (Path(case), Json(body)) = (case, body);
    order.ask(Address::of(case), body).await
}

impl Ask for BreakGlass {
    const OPERATION: &'static str = "break_glass";

    fn command(self, _: &Address, texts: &mut Texts) -> Result<Command, Problem> {
        Ok(Command::BreakGlass(Emergency {
            reason: texts.keep("reason", self.reason),
        }))
    }
}

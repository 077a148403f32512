//! `request_extension`: ask for an extension.

use actix_web::{HttpResponse, post};
use domain::case::Command;
use domain::case::command::ExtensionRequest;
use domain::ids::DutyId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use crate::case::ask::{Address, Ask};
use crate::case::body::GivenAmount;
use crate::case::order::Order;
use crate::case::outcome::Outcome;
use crate::case::prefer::Prefer;
use crate::case::texts::Texts;
use crate::problem::Problem;
use crate::request::{IdempotencyKey, IfMatch, Json, Path};

/// How much, and why.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"duty_id": "30bf15b3-a3f9-5785-892c-68ffa298e807", "amount": {"count": 3, "unit": "working_day"}, "reason": "需银行出具扣款流水"}))]
pub(crate) struct RequestExtension {
    /// On which duty.
    duty_id: Uuid,
    /// How much.
    #[validate(nested)]
    amount: GivenAmount,
    /// Why.
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    reason: Option<String>,
}

/// Asks for more time.
///
/// On one duty, by its holder, as far as the clause of the limit allows.
#[utoipa::path(
    tag = "time",
    params(IfMatch, IdempotencyKey, Prefer),
    extensions(("x-problem-codes" = json!(["not_provided", "extension_beyond_cap", "extension_too_late", "bound_reached", "already_done", "facts_missing", "gate_closed", "reference_unknown"]))),
    responses((status = 200, description = "What it led to.", body = Outcome))
)]
#[post("/api/v1/cases/{case_id}/extensions")]
pub(crate) async fn request_extension(
    case: Path<Uuid>,
    body: Json<RequestExtension>,
    order: Order,
) -> Result<HttpResponse, Problem> {
    let (Path(case), Json(body)) = (case, body);
    order.ask(Address::of(case), body).await
}

impl Ask for RequestExtension {
    const OPERATION: &'static str = "request_extension";

    fn command(self, _: &Address, texts: &mut Texts) -> Result<Command, Problem> {
        Ok(Command::RequestExtension(ExtensionRequest {
            duty: DutyId(self.duty_id),
            amount: self.amount.span("/amount/count")?,
            reason: texts.keep_any("reason", self.reason),
        }))
    }
}

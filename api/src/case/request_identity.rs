//! `request_identity`: asks to learn who reports.

use actix_web::{HttpResponse, post};
use domain::case::Command;
use domain::case::command::IdentityAsked;
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

/// Asks to learn who reports.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "须在24小时内答复举报人"}))]
pub(crate) struct RequestIdentity {
    /// Why.
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    reason: String,
}

/// Asks to learn who reports.
///
/// For who must reach the reporter. The custodian that the rulebook names decides; where nobody else holds that position it
/// stays shut.
#[utoipa::path(
    tag = "secrecy",
    params(IdempotencyKey, Prefer),
    extensions(("x-problem-codes" = json!(["not_provided", "no_custodian"]))),
    responses((status = 200, description = "What it led to.", body = Outcome))
)]
#[post("/api/v1/cases/{case_id}/identity-requests")]
pub(crate) async fn request_identity(
    case: Path<Uuid>,
    body: Json<RequestIdentity>,
    order: Order,
) -> Result<HttpResponse, Problem> {
    let (Path(case), Json(body)) = (case, body);
    order.ask(Address::of(case), body).await
}

impl Ask for RequestIdentity {
    const OPERATION: &'static str = "request_identity";

    fn command(self, _: &Address, texts: &mut Texts) -> Result<Command, Problem> {
        Ok(Command::RequestIdentity(IdentityAsked {
            reason: texts.keep("reason", self.reason),
        }))
    }
}

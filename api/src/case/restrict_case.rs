//! `restrict_case`: shuts the case, or opens it again.

use actix_web::{HttpResponse, post};
use domain::case::Command;
use domain::case::command::Restriction;
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

/// Shuts the case, or opens it again.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"restricted": true, "reason": "涉及举报人安全"}))]
pub(crate) struct RestrictCase {
    /// Whether it is shut.
    restricted: bool,
    /// Why.
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    reason: String,
}

/// Shuts the case, or opens it again.
///
/// Shut, it is open only to who took it in, who handles it, who owes something on it, and who is named on it. Opened again, it is as open as the rulebook has it, and never more.
#[utoipa::path(
    tag = "secrecy",
    params(IfMatch, IdempotencyKey, Prefer),
    extensions(("x-problem-codes" = json!(["already_done"]))),
    responses((status = 200, description = "What it led to.", body = Outcome))
)]
#[post("/api/v1/cases/{case_id}/restrictions")]
pub(crate) async fn restrict_case(
    case: Path<Uuid>,
    body: Json<RestrictCase>,
    order: Order,
) -> Result<HttpResponse, Problem> {
    let (Path(case), Json(body)) = (case, body);
    order.ask(Address::of(case), body).await
}

impl Ask for RestrictCase {
    const OPERATION: &'static str = "restrict_case";

    fn command(self, _: &Address, texts: &mut Texts) -> Result<Command, Problem> {
        Ok(Command::Restrict(Restriction {
            restricted: self.restricted,
            reason: texts.keep("reason", self.reason),
        }))
    }
}

//! `verify_rectification`: check a rectification.

use actix_web::{HttpResponse, post};
use domain::case::Command;
use domain::case::command::RectificationCheck;
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

/// What was seen.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"passed": true, "text": "接口已修复，重复提交被拦截"}))]
pub(crate) struct VerifyRectification {
    /// Yes, or to be done again.
    passed: bool,
    /// What was seen.
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    text: Option<String>,
}

/// Checks whether it is mended.
///
/// Passed, or to be done again: then the measures are open anew.
#[utoipa::path(
    tag = "disposition",
    params(IfMatch, IdempotencyKey, Prefer),
    extensions(("x-problem-codes" = json!(["separation_of_duties", "gate_closed"]))),
    responses((status = 200, description = "What it led to.", body = Outcome))
)]
#[post("/api/v1/cases/{case_id}/rectification-checks")]
pub(crate) async fn verify_rectification(
    case: Path<Uuid>,
    body: Json<VerifyRectification>,
    order: Order,
) -> Result<HttpResponse, Problem> {
    let (Path(case), Json(body)) = (case, body);
    order.ask(Address::of(case), body).await
}

impl Ask for VerifyRectification {
    const OPERATION: &'static str = "verify_rectification";

    fn command(self, _: &Address, texts: &mut Texts) -> Result<Command, Problem> {
        Ok(Command::CheckRectification(RectificationCheck {
            passed: self.passed,
            text: texts.keep_any("check", self.text),
        }))
    }
}

//! `request_record_access`: ask for access to the records.

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

/// Why.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "县局申请复印调查记录"}))]
pub(crate) struct RequestRecordAccess {
    /// Why, and for whom.
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    reason: Option<String>,
}

/// Asks to lend or copy the records.
///
/// Where the rulebook keeps the records together; `decide_approval` decides it.
#[utoipa::path(
    tag = "review",
    params(IfMatch, IdempotencyKey, Prefer),
    extensions(("x-problem-codes" = json!(["not_provided", "gate_closed"]))),
    responses((status = 200, description = "What it led to.", body = Outcome))
)]
#[post("/api/v1/cases/{case_id}/record-access-requests")]
pub(crate) async fn request_record_access(
    case: Path<Uuid>,
    body: Json<RequestRecordAccess>,
    order: Order,
) -> Result<HttpResponse, Problem> {
    let (Path(case), Json(body)) = (case, body);
    order.ask(Address::of(case), body).await
}

impl Ask for RequestRecordAccess {
    const OPERATION: &'static str = "request_record_access";

    fn command(self, _: &Address, texts: &mut Texts) -> Result<Command, Problem> {
        Ok(Command::RequestLending(Remark {
            text: texts.keep_any("reason", self.reason),
        }))
    }
}

//! `close_case`: close a case.

use actix_web::{HttpResponse, post};
use domain::case::Command;
use domain::case::command::Closing;
use domain::words::ClosingReason;
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

/// Why it ends.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "answered"}))]
pub(crate) struct CloseCase {
    /// Why.
    #[schema(schema_with = codes::closing_reason)]
    reason: ClosingReason,
    /// More words about it.
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    explanation: Option<String>,
}

/// Closes the case.
///
/// Once it was answered and nothing stands open before it.
#[utoipa::path(
    tag = "closing",
    params(IfMatch, IdempotencyKey, Prefer),
    extensions(("x-problem-codes" = json!(["gate_closed", "facts_missing"]))),
    responses((status = 200, description = "What it led to.", body = Outcome))
)]
#[post("/api/v1/cases/{case_id}/closure")]
pub(crate) async fn close_case(
    case: Path<Uuid>,
    body: Json<CloseCase>,
    order: Order,
) -> Result<HttpResponse, Problem> {
    let (Path(case), Json(body)) = (case, body);
    order.ask(Address::of(case), body).await
}

impl Ask for CloseCase {
    const OPERATION: &'static str = "close_case";

    fn command(self, _: &Address, texts: &mut Texts) -> Result<Command, Problem> {
        Ok(Command::Close(Closing {
            reason: self.reason.as_str().parse().expect("a word of a list is a word"),
            explanation: texts.keep_any("closing", self.explanation),
        }))
    }
}

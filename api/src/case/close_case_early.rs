//! `close_case_early`: ends a case early.

use actix_web::{HttpResponse, post};
use domain::case::Command;
use domain::case::command::EarlyClosing;
use domain::words::Word;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use crate::case::codes;
use crate::case::order::Order;
use crate::case::outcome::Outcome;
use crate::case::prefer::Prefer;
use crate::case::texts::Texts;
use crate::problem::Problem;
use crate::request::{IdempotencyKey, IfMatch, Json, Path};

/// On which ground it ends before its end.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"ground": "settled", "explanation": "双方已达成和解"}))]
pub(crate) struct CloseCaseEarly {
    /// One of the rulebook's grounds.
    #[schema(schema_with = codes::word)]
    ground: Word,
    /// What the complainant is told.
    #[validate(length(min = 1, max = 20000))]
    #[schema(min_length = 1, max_length = 20_000)]
    explanation: String,
}

/// Ends a case early.
///
/// Only on a ground that the rulebook lists, with what that ground demands. The case is closed with the ground as its
/// reason.
#[utoipa::path(
    tag = "closing",
    params(IfMatch, IdempotencyKey, Prefer),
    extensions(("x-problem-codes" = json!(["not_provided", "not_listed", "facts_missing", "gate_closed"]))),
    responses((status = 200, description = "What it led to.", body = Outcome))
)]
#[post("/api/v1/cases/{case_id}/early-closure")]
pub(crate) async fn close_case_early(
    case: Path<Uuid>,
    body: Json<CloseCaseEarly>,
    order: Order,
) -> Result<HttpResponse, Problem> {
    let Path(case) = case;
    let Json(body) = body;
    let fingerprint = order.fingerprint(&body);
    let mut texts = order.texts();
    let command = command(body, &mut texts);
    order
        .carry_out("close_case_early", fingerprint, case, command, texts)
        .await
}

/// The command that a body asks for.
fn command(body: CloseCaseEarly, texts: &mut Texts) -> Command {
    Command::CloseEarly(EarlyClosing {
        ground: body.ground,
        explanation: texts.keep("closing", body.explanation),
    })
}

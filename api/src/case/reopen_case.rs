//! `reopen_case`: takes a closed case up again.

use actix_web::{HttpResponse, post};
use domain::case::Command;
use domain::case::command::Reopening;
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

/// Why it is taken up again.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"ground": "new_facts", "reason": "出现新的证人"}))]
pub(crate) struct ReopenCase {
    /// One of the rulebook's grounds.
    #[schema(schema_with = codes::word)]
    ground: Word,
    /// Why.
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    reason: String,
}

/// Takes a closed case up again.
///
/// Only on a ground that the rulebook lists. The number stays, the end is undone, a new round begins, and what is owed
/// for it counts from now.
#[utoipa::path(
    tag = "closing",
    params(IfMatch, IdempotencyKey, Prefer),
    extensions(("x-problem-codes" = json!(["not_provided", "not_listed", "facts_missing", "gate_closed"]))),
    responses((status = 200, description = "What it led to.", body = Outcome))
)]
#[post("/api/v1/cases/{case_id}/reopenings")]
pub(crate) async fn reopen_case(
    case: Path<Uuid>,
    body: Json<ReopenCase>,
    order: Order,
) -> Result<HttpResponse, Problem> {
    let Path(case) = case;
    let Json(body) = body;
    let fingerprint = order.fingerprint(&body);
    let mut texts = order.texts();
    let command = command(body, &mut texts);
    order
        .carry_out("reopen_case", fingerprint, case, command, texts)
        .await
}

/// The command that a body asks for.
fn command(body: ReopenCase, texts: &mut Texts) -> Command {
    Command::Reopen(Reopening {
        ground: body.ground,
        reason: texts.keep("reason", body.reason),
    })
}

//! `cancel_case`: cancel a case.

use actix_web::{HttpResponse, post};
use domain::case::Command;
use domain::case::command::Ending;
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

/// On which ground it is cancelled.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"ground": "ordered_from_above", "reason": "上级中心撤单"}))]
pub(crate) struct CancelCase {
    /// One of the rulebook's grounds.
    #[schema(schema_with = codes::word)]
    ground: Word,
    /// What the complainant was told.
    #[validate(length(min = 1, max = 20000))]
    #[schema(min_length = 1, max_length = 20_000)]
    explanation: Option<String>,
    /// The right channel that the complainant was shown.
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    guidance: Option<String>,
    /// Why, for the file.
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    reason: Option<String>,
}

/// Cancels a case.
///
/// What was ordered from above, or by the platform that sent it, to be given up; only on a ground that the rulebook
/// lists. The case ends.
#[utoipa::path(
    tag = "intake",
    params(IfMatch, IdempotencyKey, Prefer),
    extensions(("x-problem-codes" = json!(["not_provided", "not_listed", "facts_missing", "gate_closed"]))),
    responses((status = 200, description = "What it led to.", body = Outcome))
)]
#[post("/api/v1/cases/{case_id}/cancellation")]
pub(crate) async fn cancel_case(
    path: Path<Uuid>,
    body: Json<CancelCase>,
    order: Order,
) -> Result<HttpResponse, Problem> {
    let Path(case) = path;
    let Json(body) = body;
    let fingerprint = order.fingerprint(&body);
    let mut texts = order.texts();
    let command = command(body, &mut texts);
    order
        .carry_out("cancel_case", fingerprint, case, command, texts)
        .await
}

fn command(body: CancelCase, texts: &mut Texts) -> Command {
    Command::Cancel(Ending {
        ground: body.ground,
        explanation: texts.keep_any("explanation", body.explanation),
        guidance: texts.keep_any("guidance", body.guidance),
        reason: texts.keep_any("reason", body.reason),
    })
}

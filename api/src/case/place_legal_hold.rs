//! `place_legal_hold`: places a hold on the case.

use actix_web::{HttpResponse, post};
use domain::case::Command;
use domain::case::command::LegalHold;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use crate::case::order::Order;
use crate::case::outcome::Outcome;
use crate::case::prefer::Prefer;
use crate::case::texts::Texts;
use crate::problem::Problem;
use crate::request::{IdempotencyKey, IfMatch, Json, Path};

/// Why nothing may be erased.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "涉及行政诉讼"}))]
pub(crate) struct PlaceLegalHold {
    /// Why.
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    reason: String,
}

/// Places a hold on the case.
///
/// As long as it stands nothing of the case is erased, whatever the time for which cases are kept.
#[utoipa::path(
    tag = "closing",
    params(IfMatch, IdempotencyKey, Prefer),
    extensions(("x-problem-codes" = json!(["gate_closed"]))),
    responses((status = 200, description = "What it led to.", body = Outcome))
)]
#[post("/api/v1/cases/{case_id}/legal-holds")]
pub(crate) async fn place_legal_hold(
    case: Path<Uuid>,
    body: Json<PlaceLegalHold>,
    order: Order,
) -> Result<HttpResponse, Problem> {
    let Path(case) = case;
    let Json(body) = body;
    let fingerprint = order.fingerprint(&body);
    let mut texts = order.texts();
    let command = command(body, &mut texts);
    order
        .carry_out("place_legal_hold", fingerprint, case, command, texts)
        .await
}

/// The command that a body asks for.
fn command(body: PlaceLegalHold, texts: &mut Texts) -> Command {
    Command::PlaceLegalHold(LegalHold {
        reason: texts.keep("reason", body.reason),
    })
}

//! `register_received_case`: gives a received matter its number.

use actix_web::{HttpResponse, post};
use domain::case::Command;
use uuid::Uuid;

use crate::case::matter::GivenCompletion;
use crate::case::order::Order;
use crate::case::outcome::Outcome;
use crate::case::prefer::Prefer;
use crate::problem::Problem;
use crate::request::{IdempotencyKey, IfMatch, Json, Path};

/// Gives a received matter its number.
///
/// What reception did not state is stated now; the words that were recorded first stay as they are.
#[utoipa::path(
    tag = "intake",
    params(IfMatch, IdempotencyKey, Prefer),
    extensions(("x-problem-codes" = json!([
        "facts_missing", "gate_closed", "not_listed", "already_done", "person_barred", "reference_unknown"
    ]))),
    responses((status = 200, description = "What it led to.", body = Outcome))
)]
#[post("/api/v1/cases/{case_id}/registration")]
pub(crate) async fn register_received_case(
    case: Path<Uuid>,
    body: Json<GivenCompletion>,
    order: Order,
) -> Result<HttpResponse, Problem> {
    let Path(case) = case;
    let Json(body) = body;
    let fingerprint = order.fingerprint(&body);
    let mut texts = order.texts();
    let command = Command::RegisterReceived {
        completion: body.completion(&mut texts),
        case_no: order.next_case_no().await?,
    };
    order
        .carry_out("register_received_case", fingerprint, case, command, texts)
        .await
}

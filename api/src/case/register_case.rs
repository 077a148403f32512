//! `register_case`: takes a matter in and gives it a number, in one.

use actix_web::{HttpResponse, post};
use domain::case::Command;

use crate::case::matter::GivenMatter;
use crate::case::order::Order;
use crate::case::outcome::Outcome;
use crate::case::prefer::Prefer;
use crate::problem::Problem;
use crate::request::{IdempotencyKey, Json};

/// Receives and registers a matter at once.
///
/// For the desk and the telephone. Whoever takes it in becomes its first receiver. The outcome carries a receipt for
/// the complainant.
#[utoipa::path(
    tag = "intake",
    params(IdempotencyKey, Prefer),
    extensions(("x-problem-codes" = json!([
        "office_not_active", "not_permitted", "not_listed", "anonymity_not_allowed", "times_out_of_order", "facts_missing",
        "gate_closed", "person_barred", "reference_unknown"
    ]))),
    responses((status = 201, description = "The case, at `Location`.", body = Outcome))
)]
#[post("/api/v1/cases")]
pub(crate) async fn register_case(body: Json<GivenMatter>, order: Order) -> Result<HttpResponse, Problem> {
    let Json(body) = body;
    let fingerprint = order.fingerprint(&body);
    let mut texts = order.texts();
    let case = order.new_case();
    let command = Command::Register {
        case,
        matter: body.matter(order.now(), &mut texts)?,
        case_no: order.next_case_no().await?,
    };
    order
        .carry_out("register_case", fingerprint, case.0, command, texts)
        .await
}

//! `receive_case`: takes a matter in without a number.

use actix_web::{HttpResponse, post};
use domain::case::Command;

use crate::case::matter::GivenMatter;
use crate::case::order::Order;
use crate::case::outcome::Outcome;
use crate::case::prefer::Prefer;
use crate::problem::Problem;
use crate::request::{IdempotencyKey, Json};

/// Takes a matter in without a number.
///
/// For a section, a box, a contact that may never be registered; `register_received_case` gives the number. The case
/// is read at `Location`, below `/cases`.
#[utoipa::path(
    tag = "intake",
    params(IdempotencyKey, Prefer),
    extensions(("x-problem-codes" = json!([
        "office_not_active", "not_permitted", "not_listed", "anonymity_not_allowed", "times_out_of_order", "facts_missing",
        "gate_closed", "person_barred", "reference_unknown"
    ]))),
    responses((status = 201, description = "The case, at `Location`.", body = Outcome))
)]
#[post("/api/v1/receptions")]
pub(crate) async fn receive_case(body: Json<GivenMatter>, order: Order) -> Result<HttpResponse, Problem> {
    let Json(body) = body;
    let fingerprint = order.fingerprint(&body);
    let mut texts = order.texts();
    let case = order.new_case();
    let command = Command::Receive {
        case,
        matter: body.matter(order.now(), &mut texts)?,
    };
    order
        .carry_out("receive_case", fingerprint, case.0, command, texts)
        .await
}

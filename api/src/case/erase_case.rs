//! `erase_case`: erases what people wrote on a case, and who complained.

use actix_web::{HttpResponse, post};
use domain::case::Command;
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

/// Nothing is to be stated: a reason would be a text, and would go with the others.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({}))]
pub(crate) struct EraseCase {}

/// Erases what people wrote on the case, and who complained. It cannot be undone.
///
/// Once the case is archived and the time for which it must be kept is over; not while a hold stands or an appeal is
/// undecided. The case's key is destroyed, and with it every copy of its texts. Its events, its figures and its
/// statuses stay, and a certificate of the erasure.
#[utoipa::path(
    tag = "closing",
    params(IfMatch, IdempotencyKey, Prefer),
    extensions(("x-problem-codes" = json!(["already_done", "gate_closed", "legal_hold", "not_provided", "retention_running"]))),
    responses((status = 200, description = "What it led to.", body = Outcome))
)]
#[post("/api/v1/cases/{case_id}/erasure")]
pub(crate) async fn erase_case(
    case: Path<Uuid>,
    body: Json<EraseCase>,
    order: Order,
) -> Result<HttpResponse, Problem> {
    let (Path(case), Json(body)) = (case, body);
    order.ask(Address::of(case), body).await
}

impl Ask for EraseCase {
    const OPERATION: &'static str = "erase_case";

    fn command(self, _: &Address, _: &mut Texts) -> Result<Command, Problem> {
        Ok(Command::Erase)
    }
}

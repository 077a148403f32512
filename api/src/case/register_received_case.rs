//! `register_received_case`: gives a received matter its number.

use actix_web::{HttpResponse, post};
use domain::case::Command;
use domain::ids::CaseId;
use uuid::Uuid;

use crate::case::ask::{Address, Ask};
use crate::case::matter::GivenCompletion;
use crate::case::order::Order;
use crate::case::outcome::Outcome;
use crate::case::prefer::Prefer;
use crate::case::texts::Texts;
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
    let (Path(case), Json(body)) = (case, body);
    let address = Address::numbered(CaseId(case), order.next_case_no().await?);
    order.ask(address, body).await
}

impl Ask for GivenCompletion {
    const OPERATION: &'static str = "register_received_case";

    fn command(self, address: &Address, texts: &mut Texts) -> Result<Command, Problem> {
        Ok(Command::RegisterReceived {
            completion: self.completion(texts),
            case_no: address.case_no.clone(),
        })
    }
}

//! `dispatch_case`: dispatch a case.

use actix_web::{HttpResponse, post};
use domain::case::Command;
use domain::words::Word;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use crate::case::ask::{Address, Ask};
use crate::case::body::GivenTask;
use crate::case::codes;
use crate::case::order::Order;
use crate::case::outcome::Outcome;
use crate::case::prefer::Prefer;
use crate::case::texts::Texts;
use crate::problem::Problem;
use crate::request::{IdempotencyKey, IfMatch, Json, Path};

/// To whom it goes, and what they are to do.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"units": [{"unit_id": "4b806ac0-c028-5cfa-8a7d-e9f1d90a617a", "role": "lead", "task": "查明重复扣款原因并退款", "standard": "客户确认到账"}], "sent_through": "fax"}))]
pub(crate) struct DispatchCase {
    /// The units, of which exactly one leads.
    #[validate(length(min = 1, max = 20), nested)]
    #[schema(min_items = 1, max_items = 20)]
    units: Vec<GivenTask>,
    /// How the form goes: `in_system` if it is not said, `mail`, `fax`.
    #[schema(schema_with = codes::word)]
    sent_through: Option<Word>,
}

/// Sends the case to its units.
///
/// The first round: exactly one unit leads, others support or handle it jointly.
#[utoipa::path(
    tag = "dispatch",
    params(IfMatch, IdempotencyKey, Prefer),
    extensions(("x-problem-codes" = json!(["gate_closed", "facts_missing", "not_provided", "wrong_state", "unit_barred", "reference_unknown"]))),
    responses((status = 200, description = "What it led to.", body = Outcome))
)]
#[post("/api/v1/cases/{case_id}/dispatches")]
pub(crate) async fn dispatch_case(
    case: Path<Uuid>,
    body: Json<DispatchCase>,
    order: Order,
) -> Result<HttpResponse, Problem> {
    let (Path(case), Json(body)) = (case, body);
    order.ask(Address::of(case), body).await
}

impl Ask for DispatchCase {
    const OPERATION: &'static str = "dispatch_case";

    fn command(self, _: &Address, texts: &mut Texts) -> Result<Command, Problem> {
        let tasks = self
            .units
            .into_iter()
            .map(|unit| unit.task(self.sent_through.as_ref(), texts))
            .collect();
        Ok(Command::Dispatch(tasks))
    }
}

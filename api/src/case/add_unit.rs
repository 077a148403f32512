//! `add_unit`: add a unit.

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

/// Which unit, and what it is to do.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"unit": {"unit_id": "ebcb109f-e81d-5c2f-aa0e-af0d75278a61", "role": "support", "task": "提供订货系统日志"}}))]
pub(crate) struct AddUnit {
    /// The unit and its task.
    #[validate(nested)]
    unit: GivenTask,
    /// How the form goes: `in_system` if it is not said, `mail`, `fax`.
    #[schema(schema_with = codes::word)]
    sent_through: Option<Word>,
}

/// Brings another unit into the running round.
///
/// It supports or handles jointly; the lead stays.
#[utoipa::path(
    tag = "dispatch",
    params(IfMatch, IdempotencyKey, Prefer),
    extensions(("x-problem-codes" = json!(["already_done", "wrong_state", "unit_barred", "gate_closed", "facts_missing", "not_provided", "reference_unknown"]))),
    responses((status = 200, description = "What it led to.", body = Outcome))
)]
#[post("/api/v1/cases/{case_id}/added-units")]
pub(crate) async fn add_unit(
    case: Path<Uuid>,
    body: Json<AddUnit>,
    order: Order,
) -> Result<HttpResponse, Problem> {
    let (Path(case), Json(body)) = (case, body);
    order.ask(Address::of(case), body).await
}

impl Ask for AddUnit {
    const OPERATION: &'static str = "add_unit";

    fn command(self, _: &Address, texts: &mut Texts) -> Result<Command, Problem> {
        let task = self.unit.task(self.sent_through.as_ref(), texts);
        Ok(Command::AddUnit(task))
    }
}

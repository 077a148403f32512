//! `redispatch_case`: dispatch again.

use actix_web::{HttpResponse, post};
use domain::case::Command;
use domain::case::command::Redispatch;
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

/// To whom it goes, and what was wrong.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"units": [{"unit_id": "4b806ac0-c028-5cfa-8a7d-e9f1d90a617a", "role": "lead", "task": "当面道歉并书面说明", "standard": "投诉人认可"}], "reason": "未道歉"}))]
pub(crate) struct RedispatchCase {
    /// The units, of which exactly one leads.
    #[validate(length(min = 1, max = 20), nested)]
    #[schema(min_items = 1, max_items = 20)]
    units: Vec<GivenTask>,
    /// How the form goes: `in_system` if it is not said, `mail`, `fax`.
    #[schema(schema_with = codes::word)]
    sent_through: Option<Word>,
    /// What was wrong.
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    reason: Option<String>,
}

/// Opens the next round.
///
/// A round that was ordered: by the rulebook after a follow-up or a fault, or by the leader.
#[utoipa::path(
    tag = "answer",
    params(IfMatch, IdempotencyKey, Prefer),
    extensions(("x-problem-codes" = json!(["bound_reached", "gate_closed", "facts_missing", "not_provided", "unit_barred", "wrong_state", "reference_unknown"]))),
    responses((status = 200, description = "What it led to.", body = Outcome))
)]
#[post("/api/v1/cases/{case_id}/dispatch-rounds")]
pub(crate) async fn redispatch_case(
    case: Path<Uuid>,
    body: Json<RedispatchCase>,
    order: Order,
) -> Result<HttpResponse, Problem> {
    let (Path(case), Json(body)) = (case, body);
    order.ask(Address::of(case), body).await
}

impl Ask for RedispatchCase {
    const OPERATION: &'static str = "redispatch_case";

    fn command(self, _: &Address, texts: &mut Texts) -> Result<Command, Problem> {
        let tasks = self
            .units
            .into_iter()
            .map(|unit| unit.task(self.sent_through.as_ref(), texts))
            .collect();
        Ok(Command::Redispatch(Redispatch {
            tasks,
            reason: texts.keep_any("reason", self.reason),
        }))
    }
}

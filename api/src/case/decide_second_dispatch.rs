//! `decide_second_dispatch`: decide on a further dispatch.

use actix_web::{HttpResponse, post};
use domain::case::Command;
use domain::case::command::SecondDispatchDecision;
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

/// Yes or no.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"needed": false}))]
pub(crate) struct DecideSecondDispatch {
    /// Whether another dispatch is needed.
    needed: bool,
    /// Why.
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    reason: Option<String>,
}

/// Decides whether another dispatch is needed.
///
/// Looked at by the leader that the rulebook names, once the complainant was followed up.
#[utoipa::path(
    tag = "answer",
    params(IfMatch, IdempotencyKey, Prefer),
    extensions(("x-problem-codes" = json!(["gate_closed", "already_done", "bound_reached", "not_provided"]))),
    responses((status = 200, description = "What it led to.", body = Outcome))
)]
#[post("/api/v1/cases/{case_id}/second-dispatch-decisions")]
pub(crate) async fn decide_second_dispatch(
    case: Path<Uuid>,
    body: Json<DecideSecondDispatch>,
    order: Order,
) -> Result<HttpResponse, Problem> {
    let (Path(case), Json(body)) = (case, body);
    order.ask(Address::of(case), body).await
}

impl Ask for DecideSecondDispatch {
    const OPERATION: &'static str = "decide_second_dispatch";

    fn command(self, _: &Address, texts: &mut Texts) -> Result<Command, Problem> {
        Ok(Command::DecideSecondDispatch(SecondDispatchDecision {
            needed: self.needed,
            reason: texts.keep_any("reason", self.reason),
        }))
    }
}

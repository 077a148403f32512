//! `suspend_case`: pauses limits.

use actix_web::{HttpResponse, post};
use domain::case::Command;
use domain::case::command::Suspension;
use domain::words::Word;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use crate::case::ask::{Address, Ask};
use crate::case::codes;
use crate::case::order::Order;
use crate::case::outcome::Outcome;
use crate::case::prefer::Prefer;
use crate::case::texts::Texts;
use crate::problem::Problem;
use crate::request::{IdempotencyKey, IfMatch, Json, Path};

/// On which ground limits stand still.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"ground": "awaiting_material", "reason": "等待投诉人补充凭证"}))]
pub(crate) struct SuspendCase {
    /// One of the rulebook's grounds.
    #[schema(schema_with = codes::word)]
    ground: Word,
    /// Why, for the file.
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    reason: Option<String>,
}

/// Pauses limits.
///
/// On a ground that the rulebook lists: only the limits that it names stand still, until what is waited for comes, somebody
/// resumes, or the clock ends the longest pause.
#[utoipa::path(
    tag = "time",
    params(IfMatch, IdempotencyKey, Prefer),
    extensions(("x-problem-codes" = json!(["not_listed", "not_provided", "already_done", "bound_reached", "facts_missing", "gate_closed"]))),
    responses((status = 200, description = "What it led to.", body = Outcome))
)]
#[post("/api/v1/cases/{case_id}/suspensions")]
pub(crate) async fn suspend_case(
    case: Path<Uuid>,
    body: Json<SuspendCase>,
    order: Order,
) -> Result<HttpResponse, Problem> {
    let (Path(case), Json(body)) = (case, body);
    order.ask(Address::of(case), body).await
}

impl Ask for SuspendCase {
    const OPERATION: &'static str = "suspend_case";

    fn command(self, _: &Address, texts: &mut Texts) -> Result<Command, Problem> {
        Ok(Command::Suspend(Suspension {
            ground: self.ground,
            reason: texts.keep_any("reason", self.reason),
        }))
    }
}

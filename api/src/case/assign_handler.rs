//! `assign_handler`: assign a handler.

use std::collections::BTreeSet;

use actix_web::{HttpResponse, post};
use domain::case::Command;
use domain::case::command::Assignment;
use domain::ids::{StaffId, ThingId};
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

/// Who handles it.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"handler_id": "4bb00374-50ef-54ff-bfc6-07f34b18344a", "task": "核对订货与扣款记录"}))]
pub(crate) struct AssignHandler {
    /// For which dispatch; absent: the caller's own unit's, or the office's own handling.
    dispatch_id: Option<Uuid>,
    /// Who.
    handler_id: Uuid,
    /// Who works with the handler.
    #[serde(default)]
    #[validate(length(max = 20))]
    #[schema(max_items = 20)]
    team: BTreeSet<Uuid>,
    /// Whether each was asked for reasons to step aside.
    #[serde(default)]
    recusal_asked: bool,
    /// What is to be done.
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    task: Option<String>,
}

/// Names who handles it.
///
/// In a unit that has the case, or in the office itself where nothing is dispatched: handling begins then.
#[utoipa::path(
    tag = "dispatch",
    params(IfMatch, IdempotencyKey, Prefer),
    extensions(("x-problem-codes" = json!(["person_barred", "person_unsuitable", "facts_missing", "gate_closed", "separation_of_duties", "reference_unknown"]))),
    responses((status = 200, description = "What it led to.", body = Outcome))
)]
#[post("/api/v1/cases/{case_id}/handler-assignments")]
pub(crate) async fn assign_handler(
    case: Path<Uuid>,
    body: Json<AssignHandler>,
    order: Order,
) -> Result<HttpResponse, Problem> {
    let (Path(case), Json(body)) = (case, body);
    order.ask(Address::of(case), body).await
}

impl Ask for AssignHandler {
    const OPERATION: &'static str = "assign_handler";

    fn command(self, _: &Address, texts: &mut Texts) -> Result<Command, Problem> {
        Ok(Command::AssignHandler(Assignment {
            dispatch: self.dispatch_id.map(ThingId),
            handler: StaffId(self.handler_id),
            team: self.team.into_iter().map(StaffId).collect(),
            task: texts.keep_any("task", self.task),
            recusal_asked: self.recusal_asked,
        }))
    }
}

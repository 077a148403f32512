//! `draft_plan`: draft a plan.

use actix_web::{HttpResponse, post};
use chrono::NaiveDate;
use domain::case::Command;
use domain::case::command::Plan;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use crate::case::ask::{Address, Ask};
use crate::case::body::day;
use crate::case::order::Order;
use crate::case::outcome::Outcome;
use crate::case::prefer::Prefer;
use crate::case::texts::Texts;
use crate::problem::Problem;
use crate::request::{IdempotencyKey, IfMatch, Json, Path};

/// The plan.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"measures": "退款；修复接口", "person": "王某", "finish_on": "2026-09-23"}))]
pub(crate) struct DraftPlan {
    /// The measures.
    #[validate(length(min = 1, max = 20000))]
    #[schema(min_length = 1, max_length = 20_000)]
    measures: String,
    /// Who carries them out.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    person: String,
    /// By when.
    finish_on: NaiveDate,
}

/// Says what is to be done.
///
/// A new plan takes the place of the one before, and of its approval.
#[utoipa::path(
    tag = "disposition",
    params(IfMatch, IdempotencyKey, Prefer),
    extensions(("x-problem-codes" = json!(["gate_closed", "facts_missing"]))),
    responses((status = 200, description = "What it led to.", body = Outcome))
)]
#[post("/api/v1/cases/{case_id}/disposition-plans")]
pub(crate) async fn draft_plan(
    case: Path<Uuid>,
    body: Json<DraftPlan>,
    order: Order,
) -> Result<HttpResponse, Problem> {
    let (Path(case), Json(body)) = (case, body);
    order.ask(Address::of(case), body).await
}

impl Ask for DraftPlan {
    const OPERATION: &'static str = "draft_plan";

    fn command(self, _: &Address, texts: &mut Texts) -> Result<Command, Problem> {
        Ok(Command::DraftPlan(Plan {
            measures: texts.keep("plan", self.measures),
            person: texts.keep("person", self.person),
            finish_on: day("/finish_on", self.finish_on)?,
        }))
    }
}

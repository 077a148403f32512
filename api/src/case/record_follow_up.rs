//! `record_follow_up`: follow up.

use actix_web::{HttpResponse, post};
use domain::case::Command;
use domain::case::command::FollowUp;
use domain::words::{Satisfaction, Word};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use crate::case::ask::{Address, Ask};
use crate::case::body::{inconsistent, required};
use crate::case::codes;
use crate::case::order::Order;
use crate::case::outcome::Outcome;
use crate::case::prefer::Prefer;
use crate::case::texts::Texts;
use crate::problem::Problem;
use crate::request::{IdempotencyKey, IfMatch, Json, Path};

/// What was learned.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reached": true, "solved": "partly", "satisfaction": "dissatisfied", "opinion": "退款已到账，但客户经理未道歉。"}))]
pub(crate) struct RecordFollowUp {
    /// Whether the complainant was reached.
    reached: bool,
    /// What the complainant said; needed if reached.
    #[schema(schema_with = codes::satisfaction)]
    satisfaction: Option<Satisfaction>,
    /// Whether the complainant holds it for solved: `yes`, `partly`, `no`.
    #[schema(schema_with = codes::word)]
    solved: Option<Word>,
    /// What else was said.
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    opinion: Option<String>,
}

/// Records an attempt to learn whether the complainant is satisfied.
///
/// Reached or not, solved, satisfied. What the rulebook does about it follows in the same commit.
#[utoipa::path(
    tag = "answer",
    params(IfMatch, IdempotencyKey, Prefer),
    extensions(("x-problem-codes" = json!(["gate_closed", "separation_of_duties"]))),
    responses((status = 200, description = "What it led to.", body = Outcome))
)]
#[post("/api/v1/cases/{case_id}/follow-ups")]
pub(crate) async fn record_follow_up(
    case: Path<Uuid>,
    body: Json<RecordFollowUp>,
    order: Order,
) -> Result<HttpResponse, Problem> {
    let (Path(case), Json(body)) = (case, body);
    order.ask(Address::of(case), body).await
}

impl Ask for RecordFollowUp {
    const OPERATION: &'static str = "record_follow_up";

    fn command(self, _: &Address, texts: &mut Texts) -> Result<Command, Problem> {
        let satisfaction = match (self.reached, self.satisfaction) {
            (true, Some(Satisfaction::NotReached)) => return Err(inconsistent("/satisfaction")),
            (true, Some(said)) => said,
            (true, None) => return Err(required("/satisfaction")),
            (false, None | Some(Satisfaction::NotReached)) => Satisfaction::NotReached,
            (false, Some(_)) => return Err(inconsistent("/satisfaction")),
        };
        Ok(Command::FollowUp(FollowUp {
            satisfaction,
            solved: self.solved,
            opinion: texts.keep_any("opinion", self.opinion),
        }))
    }
}

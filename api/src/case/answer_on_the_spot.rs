//! `answer_on_the_spot`: answer on the spot.

use actix_web::{HttpResponse, post};
use domain::case::Command;
use domain::case::command::SpotAnswer;
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

/// The answer.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"ground": "can_be_answered", "answer": "零售许可证延续须在届满前30日申请。"}))]
pub(crate) struct AnswerOnTheSpot {
    /// One of the rulebook's grounds.
    #[schema(schema_with = codes::word)]
    ground: Word,
    /// The answer.
    #[validate(length(min = 1, max = 20000))]
    #[schema(min_length = 1, max_length = 20_000)]
    answer: String,
}

/// Answers at once.
///
/// Accepts and answers in one, on a ground that the rulebook lists.
#[utoipa::path(
    tag = "answer",
    params(IfMatch, IdempotencyKey, Prefer),
    extensions(("x-problem-codes" = json!(["not_provided", "not_listed", "gate_closed"]))),
    responses((status = 200, description = "What it led to.", body = Outcome))
)]
#[post("/api/v1/cases/{case_id}/on-the-spot-answer")]
pub(crate) async fn answer_on_the_spot(
    case: Path<Uuid>,
    body: Json<AnswerOnTheSpot>,
    order: Order,
) -> Result<HttpResponse, Problem> {
    let (Path(case), Json(body)) = (case, body);
    order.ask(Address::of(case), body).await
}

impl Ask for AnswerOnTheSpot {
    const OPERATION: &'static str = "answer_on_the_spot";

    fn command(self, _: &Address, texts: &mut Texts) -> Result<Command, Problem> {
        Ok(Command::AnswerOnTheSpot(SpotAnswer {
            ground: self.ground,
            answer: texts.keep("reply", self.answer),
        }))
    }
}

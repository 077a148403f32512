//! `answer_supervision`: answer supervision.

use actix_web::{HttpResponse, post};
use domain::case::Command;
use domain::case::command::About;
use domain::ids::ThingId;
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

/// The answer.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"text": "已当面道歉，书面说明附后。"}))]
pub(crate) struct AnswerSupervision {
    /// What was done about it.
    #[validate(length(min = 1, max = 20000))]
    #[schema(min_length = 1, max_length = 20_000)]
    text: String,
}

/// Answers a supervision order.
///
/// By the unit that it is addressed to.
#[utoipa::path(
    tag = "pressure",
    params(IfMatch, IdempotencyKey, Prefer),
    extensions(("x-problem-codes" = json!(["already_done", "reference_unknown"]))),
    responses((status = 200, description = "What it led to.", body = Outcome))
)]
#[post("/api/v1/cases/{case_id}/supervision-orders/{order_id}/answer")]
pub(crate) async fn answer_supervision(
    path: Path<(Uuid, Uuid)>,
    body: Json<AnswerSupervision>,
    order: Order,
) -> Result<HttpResponse, Problem> {
    let (Path((case, target)), Json(body)) = (path, body);
    order.ask(Address::of_thing(case, target), body).await
}

impl Ask for AnswerSupervision {
    const OPERATION: &'static str = "answer_supervision";

    fn command(self, address: &Address, texts: &mut Texts) -> Result<Command, Problem> {
        Ok(Command::AnswerSupervision(About {
            thing: ThingId(address.target),
            text: Some(texts.keep("supervision_answer", self.text)),
        }))
    }
}

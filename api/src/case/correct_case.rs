//! `correct_case`: amend a fact.

use actix_web::{HttpResponse, post};
use domain::case::Command;
use domain::case::command::Correction;
use domain::words::Field;
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

/// The amendment.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"field": "requested_remedy", "text": "退回多扣货款312元", "reason": "来电补充金额"}))]
pub(crate) struct CorrectCase {
    /// Which fact, of those that registration states.
    #[schema(schema_with = codes::field)]
    field: Field,
    /// The new words.
    #[validate(length(min = 1, max = 20000))]
    #[schema(min_length = 1, max_length = 20_000)]
    text: String,
    /// Why.
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    reason: String,
}

/// Amends a recorded fact.
///
/// The original stays and is shown; the amendment stands beside it, with its reason.
#[utoipa::path(
    tag = "intake",
    params(IfMatch, IdempotencyKey, Prefer),
    extensions(("x-problem-codes" = json!(["not_listed"]))),
    responses((status = 200, description = "What it led to.", body = Outcome))
)]
#[post("/api/v1/cases/{case_id}/corrections")]
pub(crate) async fn correct_case(
    case: Path<Uuid>,
    body: Json<CorrectCase>,
    order: Order,
) -> Result<HttpResponse, Problem> {
    let (Path(case), Json(body)) = (case, body);
    order.ask(Address::of(case), body).await
}

impl Ask for CorrectCase {
    const OPERATION: &'static str = "correct_case";

    fn command(self, _: &Address, texts: &mut Texts) -> Result<Command, Problem> {
        Ok(Command::Correct(Correction {
            field: self.field,
            text: texts.keep(self.field.as_str(), self.text),
            reason: texts.keep("reason", self.reason),
        }))
    }
}

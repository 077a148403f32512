//! `withdraw_case`: withdraw a case.

use actix_web::{HttpResponse, post};
use domain::case::Command;
use domain::case::command::Ending;
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

/// On which ground it is withdrawn.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"ground": "complainant_withdrew", "reason": "来电要求撤回。"}))]
pub(crate) struct WithdrawCase {
    /// One of the rulebook's grounds.
    #[schema(schema_with = codes::word)]
    ground: Word,
    /// What the complainant was told.
    #[validate(length(min = 1, max = 20000))]
    #[schema(min_length = 1, max_length = 20_000)]
    explanation: Option<String>,
    /// The right channel that the complainant was shown.
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    guidance: Option<String>,
    /// Why, for the file.
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    reason: Option<String>,
}

/// Records that the complainant withdraws.
///
/// Only where the rulebook lists a ground for it. Whatever was owed lapses; what was done stays on record.
#[utoipa::path(
    tag = "intake",
    params(IfMatch, IdempotencyKey, Prefer),
    extensions(("x-problem-codes" = json!(["not_provided", "not_listed", "facts_missing", "gate_closed"]))),
    responses((status = 200, description = "What it led to.", body = Outcome))
)]
#[post("/api/v1/cases/{case_id}/withdrawal")]
pub(crate) async fn withdraw_case(
    case: Path<Uuid>,
    body: Json<WithdrawCase>,
    order: Order,
) -> Result<HttpResponse, Problem> {
    let (Path(case), Json(body)) = (case, body);
    order.ask(Address::of(case), body).await
}

impl Ask for WithdrawCase {
    const OPERATION: &'static str = "withdraw_case";

    fn command(self, _: &Address, texts: &mut Texts) -> Result<Command, Problem> {
        Ok(Command::Withdraw(Ending {
            ground: self.ground,
            explanation: texts.keep_any("explanation", self.explanation),
            guidance: texts.keep_any("guidance", self.guidance),
            reason: texts.keep_any("reason", self.reason),
        }))
    }
}

//! `screen_case`: the preliminary review.

use actix_web::{HttpResponse, post};
use domain::case::Command;
use domain::case::command::Screening;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use crate::case::accept_case::ScreeningCheck;
use crate::case::ask::{Address, Ask};
use crate::case::order::Order;
use crate::case::outcome::Outcome;
use crate::case::prefer::Prefer;
use crate::case::texts::Texts;
use crate::problem::Problem;
use crate::request::{IdempotencyKey, IfMatch, Json, Path};

/// The checks of the preliminary review.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"checks": [{"check": "in_scope", "passed": true}]}))]
pub(crate) struct ScreenCase {
    /// Each check that the rulebook lists, with its outcome.
    #[validate(length(min = 1, max = 20), nested)]
    #[schema(min_items = 1, max_items = 20)]
    checks: Vec<ScreeningCheck>,
    /// A remark inside the office.
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    note: Option<String>,
}

/// Screens a matter.
///
/// The outcome of each check is recorded, also where it was not passed: then nothing is accepted until another
/// screening passes, and the matter is declined or handed over.
#[utoipa::path(
    tag = "intake",
    params(IfMatch, IdempotencyKey, Prefer),
    extensions(("x-problem-codes" = json!(["not_provided", "not_listed", "facts_missing"]))),
    responses((status = 200, description = "What it led to.", body = Outcome))
)]
#[post("/api/v1/cases/{case_id}/screening")]
pub(crate) async fn screen_case(
    path: Path<Uuid>,
    body: Json<ScreenCase>,
    order: Order,
) -> Result<HttpResponse, Problem> {
    let (Path(case), Json(body)) = (path, body);
    order.ask(Address::of(case), body).await
}

impl Ask for ScreenCase {
    const OPERATION: &'static str = "screen_case";

    fn command(self, _: &Address, texts: &mut Texts) -> Result<Command, Problem> {
        Ok(Command::Screen(Screening {
            checks: self.checks.into_iter().map(ScreeningCheck::outcome).collect(),
            note: texts.keep_any("note", self.note),
        }))
    }
}

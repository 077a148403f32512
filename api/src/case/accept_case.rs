//! `accept_case`: accept a case.

use actix_web::{HttpResponse, post};
use domain::case::Command;
use domain::case::command::Acceptance;
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

/// One check of the screening.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ScreeningCheck {
    /// The rulebook's word for it.
    #[schema(schema_with = codes::word)]
    check: Word,
    /// Whether it was passed.
    passed: bool,
}

impl ScreeningCheck {
    /// The check and whether it was passed.
    pub(crate) fn outcome(self) -> (Word, bool) {
        (self.check, self.passed)
    }
}

/// What acceptance states.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"screening": [{"check": "in_scope", "passed": true}]}))]
pub(crate) struct AcceptCase {
    /// The checks that were made.
    #[serde(default)]
    #[validate(length(max = 20), nested)]
    #[schema(max_items = 20)]
    screening: Vec<ScreeningCheck>,
    /// A remark inside the office.
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    note: Option<String>,
}

/// Accepts a case.
///
/// The screening checks that the rulebook lists are stated with their outcome. From here on the matter is the
/// office's to answer.
#[utoipa::path(
    tag = "intake",
    params(IfMatch, IdempotencyKey, Prefer),
    extensions(("x-problem-codes" = json!(["screening_failed", "facts_missing", "gate_closed"]))),
    responses((status = 200, description = "What it led to.", body = Outcome))
)]
#[post("/api/v1/cases/{case_id}/acceptance")]
pub(crate) async fn accept_case(
    case: Path<Uuid>,
    body: Json<AcceptCase>,
    order: Order,
) -> Result<HttpResponse, Problem> {
    let (Path(case), Json(body)) = (case, body);
    order.ask(Address::of(case), body).await
}

impl Ask for AcceptCase {
    const OPERATION: &'static str = "accept_case";

    fn command(self, _: &Address, texts: &mut Texts) -> Result<Command, Problem> {
        Ok(Command::Accept(Acceptance {
            screening: self.screening.into_iter().map(ScreeningCheck::outcome).collect(),
            note: texts.keep_any("note", self.note),
        }))
    }
}

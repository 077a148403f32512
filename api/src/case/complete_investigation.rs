//! `complete_investigation`: complete the investigation.

use actix_web::{HttpResponse, post};
use domain::case::Command;
use domain::case::command::Investigation;
use domain::words::Finding;
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

/// What was found.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"finding": "substantiated", "cause": "网络超时后重复提交", "responsible_person": "客户经理王某"}))]
pub(crate) struct CompleteInvestigation {
    /// True or not.
    #[schema(schema_with = codes::finding)]
    finding: Finding,
    /// Why it happened.
    #[validate(length(min = 1, max = 20000))]
    #[schema(min_length = 1, max_length = 20_000)]
    cause: Option<String>,
    /// Who answers for it, by name.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    responsible_person: Option<String>,
    /// What part is true.
    #[validate(length(min = 1, max = 20000))]
    #[schema(min_length = 1, max_length = 20_000)]
    substantiated_part: Option<String>,
    /// On what it rests.
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    legal_basis: Option<String>,
    /// The course of it.
    #[validate(length(min = 1, max = 20000))]
    #[schema(min_length = 1, max_length = 20_000)]
    report: Option<String>,
}

/// States what was found.
///
/// Finding, cause and who answers for it, as far as the rulebook asks.
#[utoipa::path(
    tag = "investigation",
    params(IfMatch, IdempotencyKey, Prefer),
    extensions(("x-problem-codes" = json!(["gate_closed", "facts_missing"]))),
    responses((status = 200, description = "What it led to.", body = Outcome))
)]
#[post("/api/v1/cases/{case_id}/investigation-completion")]
pub(crate) async fn complete_investigation(
    case: Path<Uuid>,
    body: Json<CompleteInvestigation>,
    order: Order,
) -> Result<HttpResponse, Problem> {
    let (Path(case), Json(body)) = (case, body);
    order.ask(Address::of(case), body).await
}

impl Ask for CompleteInvestigation {
    const OPERATION: &'static str = "complete_investigation";

    fn command(self, _: &Address, texts: &mut Texts) -> Result<Command, Problem> {
        Ok(Command::CompleteInvestigation(Investigation {
            finding: self.finding,
            cause: texts.keep_any("cause", self.cause),
            responsible_person: texts.keep_any("responsible_person", self.responsible_person),
            substantiated_part: texts.keep_any("substantiated_part", self.substantiated_part),
            legal_basis: texts.keep_any("legal_basis", self.legal_basis),
            report: texts.keep_any("report", self.report),
        }))
    }
}

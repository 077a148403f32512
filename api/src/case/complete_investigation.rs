//! `complete_investigation`: complete the investigation.

use actix_web::{HttpResponse, post};
use domain::case::Command;
use domain::case::command::Investigation;
use domain::words::Finding;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use crate::case::codes;
use crate::case::order::Order;
use crate::case::outcome::Outcome;
use crate::case::prefer::Prefer;
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
    /// Why it happened; where the rulebook lists causes, one of its words.
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
    let Path(case) = case;
    let Json(body) = body;
    let fingerprint = order.fingerprint(&body);
    let mut texts = order.texts();
    let command = Command::CompleteInvestigation(Investigation {
        finding: body.finding,
        cause_word: body.cause.as_deref().and_then(|cause| cause.parse().ok()),
        cause: texts.keep_any("cause", body.cause),
        responsible_person: texts.keep_any("responsible_person", body.responsible_person),
        substantiated_part: texts.keep_any("substantiated_part", body.substantiated_part),
        legal_basis: texts.keep_any("legal_basis", body.legal_basis),
        report: texts.keep_any("report", body.report),
    });
    order
        .carry_out("complete_investigation", fingerprint, case, command, texts)
        .await
}

//! `request_supplement`: asks the complainant for more.

use actix_web::{HttpResponse, post};
use chrono::NaiveDate;
use domain::case::Command;
use domain::case::command::SupplementRequest;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use crate::case::body::day;
use crate::case::order::Order;
use crate::case::outcome::Outcome;
use crate::case::prefer::Prefer;
use crate::case::texts::Texts;
use crate::problem::Problem;
use crate::request::{IdempotencyKey, IfMatch, Json, Path};

/// What is asked for.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"text": "请补充扣款凭证", "wanted_on": "2026-09-25"}))]
pub(crate) struct RequestSupplement {
    /// What is asked for.
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    text: String,
    /// By when it is wanted.
    wanted_on: Option<NaiveDate>,
}

/// Asks the complainant for more.
///
/// What is missing, and by when it is wanted. Limits run on unless a pause stops them.
#[utoipa::path(
    tag = "time",
    params(IfMatch, IdempotencyKey, Prefer),
    extensions(("x-problem-codes" = json!(["gate_closed", "facts_missing"]))),
    responses((status = 200, description = "What it led to.", body = Outcome))
)]
#[post("/api/v1/cases/{case_id}/supplement-requests")]
pub(crate) async fn request_supplement(
    case: Path<Uuid>,
    body: Json<RequestSupplement>,
    order: Order,
) -> Result<HttpResponse, Problem> {
    let Path(case) = case;
    let Json(body) = body;
    let fingerprint = order.fingerprint(&body);
    let mut texts = order.texts();
    let command = command(body, &mut texts)?;
    order
        .carry_out("request_supplement", fingerprint, case, command, texts)
        .await
}

/// The command that a body asks for.
fn command(body: RequestSupplement, texts: &mut Texts) -> Result<Command, Problem> {
    Ok(Command::RequestSupplement(SupplementRequest {
        text: texts.keep("supplement_request", body.text),
        wanted_on: body.wanted_on.map(|given| day("/wanted_on", given)).transpose()?,
    }))
}

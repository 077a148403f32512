//! `record_supplement`: records what the complainant handed in later.

use actix_web::{HttpResponse, post};
use chrono::{DateTime, Utc};
use domain::case::Command;
use domain::case::command::Supplement;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use crate::case::body::instant;
use crate::case::order::Order;
use crate::case::outcome::Outcome;
use crate::case::prefer::Prefer;
use crate::case::texts::Texts;
use crate::problem::Problem;
use crate::request::{IdempotencyKey, IfMatch, Json, Path};

/// What the complainant handed in.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"text": "补交银行扣款流水一份"}))]
pub(crate) struct RecordSupplement {
    /// What it says, or what it is.
    #[validate(length(min = 1, max = 20000))]
    #[schema(min_length = 1, max_length = 20_000)]
    text: String,
    /// When it came, if that was before now.
    received_at: Option<DateTime<Utc>>,
}

/// Records what the complainant handed in later.
///
/// It is added to the file; the original words stay. A pause that waited for it ends.
#[utoipa::path(
    tag = "time",
    params(IfMatch, IdempotencyKey, Prefer),
    extensions(("x-problem-codes" = json!(["times_out_of_order", "gate_closed", "facts_missing"]))),
    responses((status = 200, description = "What it led to.", body = Outcome))
)]
#[post("/api/v1/cases/{case_id}/supplements")]
pub(crate) async fn record_supplement(
    case: Path<Uuid>,
    body: Json<RecordSupplement>,
    order: Order,
) -> Result<HttpResponse, Problem> {
    let Path(case) = case;
    let Json(body) = body;
    let fingerprint = order.fingerprint(&body);
    let mut texts = order.texts();
    let command = command(body, &mut texts)?;
    order
        .carry_out("record_supplement", fingerprint, case, command, texts)
        .await
}

/// The command that a body asks for.
fn command(body: RecordSupplement, texts: &mut Texts) -> Result<Command, Problem> {
    Ok(Command::RecordSupplement(Supplement {
        text: texts.keep("supplement", body.text),
        received_at: body
            .received_at
            .map(|given| instant("/received_at", given))
            .transpose()?,
    }))
}

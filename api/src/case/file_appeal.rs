//! `file_appeal`: records an appeal.

use actix_web::{HttpResponse, post};
use chrono::{DateTime, Utc};
use domain::case::Command;
use domain::case::command::Appeal;
use domain::words::Word;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use crate::case::body::instant;
use crate::case::codes;
use crate::case::order::Order;
use crate::case::outcome::Outcome;
use crate::case::prefer::Prefer;
use crate::case::texts::Texts;
use crate::problem::Problem;
use crate::request::{IdempotencyKey, IfMatch, Json, Path};

/// What a party does not accept.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "review", "text": "对答复不服，要求复查"}))]
pub(crate) struct FileAppeal {
    /// The rulebook's name for this way.
    #[schema(schema_with = codes::word)]
    name: Word,
    /// What the party says.
    #[validate(length(min = 1, max = 20000))]
    #[schema(min_length = 1, max_length = 20_000)]
    text: String,
    /// When the party said it, if that was before now.
    filed_at: Option<DateTime<Utc>>,
}

/// Records an appeal.
///
/// On behalf of the complainant, the respondent or the handling unit, on a way that the rulebook names and within its
/// time. Who decides owes the decision from then on.
#[utoipa::path(
    tag = "review",
    params(IfMatch, IdempotencyKey, Prefer),
    extensions(("x-problem-codes" = json!(["not_provided", "not_listed", "window_over", "already_done", "times_out_of_order", "gate_closed", "facts_missing"]))),
    responses((status = 200, description = "What it led to.", body = Outcome))
)]
#[post("/api/v1/cases/{case_id}/appeals")]
pub(crate) async fn file_appeal(
    case: Path<Uuid>,
    body: Json<FileAppeal>,
    order: Order,
) -> Result<HttpResponse, Problem> {
    let Path(case) = case;
    let Json(body) = body;
    let fingerprint = order.fingerprint(&body);
    let mut texts = order.texts();
    let command = command(body, &mut texts)?;
    order
        .carry_out("file_appeal", fingerprint, case, command, texts)
        .await
}

/// The command that a body asks for.
fn command(body: FileAppeal, texts: &mut Texts) -> Result<Command, Problem> {
    Ok(Command::FileAppeal(Appeal {
        name: body.name,
        text: texts.keep("appeal", body.text),
        filed_at: body
            .filed_at
            .map(|given| instant("/filed_at", given))
            .transpose()?,
    }))
}

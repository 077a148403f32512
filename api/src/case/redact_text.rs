//! `redact_text`: a version of a text in which nobody can be recognised.

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

/// A version of a text in which nobody can be recognised.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"field": "content", "text": "来电人反映货款被扣两次。", "reason": "原文可认出来电人"}))]
pub(crate) struct RedactText {
    /// Of which fact, of those that the case tells.
    #[schema(schema_with = codes::field)]
    field: Field,
    /// The version.
    #[validate(length(min = 1, max = 20000))]
    #[schema(min_length = 1, max_length = 20_000)]
    text: String,
    /// Why.
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    reason: String,
}

/// Puts a redacted version beside a text.
///
/// It is what those read in its place who may read the case and not know who complains: whoever neither took the matter in,
/// nor registers, replies or follows up, nor was granted the identity; on a case that is open only to those named on it,
/// whoever was not granted it and did not take it in. The original stays for the others. A later version takes the place of
/// an earlier one. The subject has none: it stands in lists.
#[utoipa::path(
    tag = "secrecy",
    params(IfMatch, IdempotencyKey, Prefer),
    extensions(("x-problem-codes" = json!(["reference_unknown"]))),
    responses((status = 200, description = "What it led to.", body = Outcome))
)]
#[post("/api/v1/cases/{case_id}/redactions")]
pub(crate) async fn redact_text(
    case: Path<Uuid>,
    body: Json<RedactText>,
    order: Order,
) -> Result<HttpResponse, Problem> {
    let (Path(case), Json(body)) = (case, body);
    order.ask(Address::of(case), body).await
}

impl Ask for RedactText {
    const OPERATION: &'static str = "redact_text";

    fn command(self, _: &Address, texts: &mut Texts) -> Result<Command, Problem> {
        Ok(Command::Redact(Correction {
            field: self.field,
            text: texts.keep(self.field.as_str(), self.text),
            reason: texts.keep("reason", self.reason),
        }))
    }
}

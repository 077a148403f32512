//! `add_evidence`: adds evidence to the file.

use actix_web::{HttpResponse, post};
use chrono::{DateTime, Utc};
use domain::case::Command;
use domain::case::command::{Work, WorkKind};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use crate::case::ask::{Address, Ask};
use crate::case::body::{instant, required};
use crate::case::evidence::Evidence;
use crate::case::order::Order;
use crate::case::outcome::Outcome;
use crate::case::prefer::Prefer;
use crate::case::texts::Texts;
use crate::problem::Problem;
use crate::request::{IdempotencyKey, Json, Path};

/// A piece of evidence: what it is, who gave it, who keeps it, and where it can be found.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "text": "银行扣款流水",
    "submitted_by": "投诉人",
    "custodian": "投诉受理员",
    "url": "https://files.example/evidence/1.pdf",
    "sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "size_bytes": 48213
}))]
pub(crate) struct AddEvidence {
    /// What it is and what it shows.
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    text: String,
    /// From whom it came.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    submitted_by: Option<String>,
    /// Who keeps it.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    custodian: Option<String>,
    /// Where it can be found.
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    url: Option<String>,
    /// The SHA-256 of its bytes, in lower case; needed with a URL.
    #[validate(length(equal = 64), custom(function = hexadecimal))]
    #[schema(min_length = 64, max_length = 64, pattern = "^[0-9a-f]{64}$")]
    sha256: Option<String>,
    /// How many bytes it has.
    #[validate(range(min = 0, max = 9_007_199_254_740_991_i64))]
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    size_bytes: Option<i64>,
    /// When the office got it, if that was before now.
    happened_at: Option<DateTime<Utc>>,
}

fn hexadecimal(given: &str) -> Result<(), validator::ValidationError> {
    if given
        .bytes()
        .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    {
        Ok(())
    } else {
        Err(validator::ValidationError::new("regex"))
    }
}

/// Adds evidence to the file.
///
/// The bytes themselves are kept elsewhere: the file holds a reference that can be verified.
#[utoipa::path(
    tag = "investigation",
    params(IdempotencyKey, Prefer),
    extensions(("x-problem-codes" = json!(["times_out_of_order", "not_listed", "gate_closed"]))),
    responses((status = 200, description = "What it led to.", body = Outcome))
)]
#[post("/api/v1/cases/{case_id}/evidence")]
pub(crate) async fn add_evidence(
    case: Path<Uuid>,
    body: Json<AddEvidence>,
    order: Order,
) -> Result<HttpResponse, Problem> {
    let (Path(case), Json(body)) = (case, body);
    order.ask(Address::of(case), body).await
}

impl Ask for AddEvidence {
    const OPERATION: &'static str = "add_evidence";

    fn command(self, _: &Address, texts: &mut Texts) -> Result<Command, Problem> {
        if self.url.is_some() && self.sha256.is_none() {
            return Err(required("/sha256"));
        }
        let happened_at = self
            .happened_at
            .map(|given| instant("/happened_at", given))
            .transpose()?;
        let evidence = Evidence {
            text: self.text,
            submitted_by: self.submitted_by,
            custodian: self.custodian,
            url: self.url,
            sha256: self.sha256,
            size_bytes: self.size_bytes,
        };
        Ok(Command::RecordWork(Work {
            kind: WorkKind::Evidence,
            text: texts.keep("evidence", evidence.document()),
            happened_at,
            sections: BTreeMap::new(),
        }))
    }
}

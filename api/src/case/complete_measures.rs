//! `complete_measures`: complete the measures.

use actix_web::{HttpResponse, post};
use domain::case::Command;
use domain::case::command::Remark;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use crate::case::ask::{Address, Ask};
use crate::case::order::Order;
use crate::case::outcome::Outcome;
use crate::case::prefer::Prefer;
use crate::case::texts::Texts;
use crate::problem::Problem;
use crate::request::{IdempotencyKey, IfMatch, Json, Path};

/// What there is to say of it.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"text": "已全部落实"}))]
pub(crate) struct CompleteMeasures {
    /// A remark.
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    text: Option<String>,
}

/// Says that the measures are carried out.
///
/// Whoever checks the rectification waits for this.
#[utoipa::path(
    tag = "disposition",
    params(IfMatch, IdempotencyKey, Prefer),
    extensions(("x-problem-codes" = json!(["gate_closed"]))),
    responses((status = 200, description = "What it led to.", body = Outcome))
)]
#[post("/api/v1/cases/{case_id}/measures-completion")]
pub(crate) async fn complete_measures(
    case: Path<Uuid>,
    body: Json<CompleteMeasures>,
    order: Order,
) -> Result<HttpResponse, Problem> {
    let (Path(case), Json(body)) = (case, body);
    order.ask(Address::of(case), body).await
}

impl Ask for CompleteMeasures {
    const OPERATION: &'static str = "complete_measures";

    fn command(self, _: &Address, texts: &mut Texts) -> Result<Command, Problem> {
        Ok(Command::CompleteMeasures(Remark {
            text: texts.keep_any("note", self.text),
        }))
    }
}

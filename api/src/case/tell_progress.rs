//! `tell_progress`: tell the progress.

use actix_web::{HttpResponse, post};
use chrono::NaiveDate;
use domain::case::Command;
use domain::case::command::Progress;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use crate::case::ask::{Address, Ask};
use crate::case::body::day;
use crate::case::order::Order;
use crate::case::outcome::Outcome;
use crate::case::prefer::Prefer;
use crate::case::texts::Texts;
use crate::problem::Problem;
use crate::request::{IdempotencyKey, Json, Path};

/// What the complainant was told.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"text": "正在核对银行流水。", "expected_on": "2026-09-24"}))]
pub(crate) struct TellProgress {
    /// What was said.
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    text: String,
    /// When to expect more.
    expected_on: Option<NaiveDate>,
}

/// Records what the complainant was told.
///
/// Where it stands, and when to expect more.
#[utoipa::path(
    tag = "investigation",
    params(IdempotencyKey, Prefer),
    extensions(("x-problem-codes" = json!(["facts_missing"]))),
    responses((status = 200, description = "What it led to.", body = Outcome))
)]
#[post("/api/v1/cases/{case_id}/progress-reports")]
pub(crate) async fn tell_progress(
    case: Path<Uuid>,
    body: Json<TellProgress>,
    order: Order,
) -> Result<HttpResponse, Problem> {
    let (Path(case), Json(body)) = (case, body);
    order.ask(Address::of(case), body).await
}

impl Ask for TellProgress {
    const OPERATION: &'static str = "tell_progress";

    fn command(self, _: &Address, texts: &mut Texts) -> Result<Command, Problem> {
        let expected_on = self
            .expected_on
            .map(|given| day("/expected_on", given))
            .transpose()?;
        Ok(Command::TellProgress(Progress {
            text: texts.keep("progress", self.text),
            expected_on,
        }))
    }
}

//! `report_upstream`: report upstream.

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

/// The report.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"text": "已办结，投诉人满意。"}))]
pub(crate) struct ReportUpstream {
    /// What is reported.
    #[validate(length(min = 1, max = 20000))]
    #[schema(min_length = 1, max_length = 20_000)]
    text: Option<String>,
}

/// Reports to the superior body that passed the matter.
///
/// Where the matter came from a superior body, it is told what became of it.
#[utoipa::path(
    tag = "answer",
    params(IfMatch, IdempotencyKey, Prefer),
    extensions(("x-problem-codes" = json!(["already_done", "gate_closed"]))),
    responses((status = 200, description = "What it led to.", body = Outcome))
)]
#[post("/api/v1/cases/{case_id}/upstream-reports")]
pub(crate) async fn report_upstream(
    case: Path<Uuid>,
    body: Json<ReportUpstream>,
    order: Order,
) -> Result<HttpResponse, Problem> {
    let (Path(case), Json(body)) = (case, body);
    order.ask(Address::of(case), body).await
}

impl Ask for ReportUpstream {
    const OPERATION: &'static str = "report_upstream";

    fn command(self, _: &Address, texts: &mut Texts) -> Result<Command, Problem> {
        Ok(Command::ReportUpstream(Remark {
            text: texts.keep_any("report", self.text),
        }))
    }
}

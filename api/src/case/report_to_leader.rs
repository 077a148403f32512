//! `report_to_leader`: report to a leader.

use actix_web::{HttpResponse, post};
use domain::case::Command;
use domain::case::command::LeaderReport;
use domain::words::PositionName;
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

/// The report.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"to": "company_leader", "text": "媒体关注，特报告。"}))]
pub(crate) struct ReportToLeader {
    /// The position of the leader.
    #[schema(schema_with = codes::word)]
    to: PositionName,
    /// What is reported.
    #[validate(length(min = 1, max = 20000))]
    #[schema(min_length = 1, max_length = 20_000)]
    text: String,
}

/// Reports to a leader.
///
/// The leader owes an acknowledgement.
#[utoipa::path(
    tag = "pressure",
    params(IfMatch, IdempotencyKey, Prefer),
    extensions(("x-problem-codes" = json!(["not_listed"]))),
    responses((status = 200, description = "What it led to.", body = Outcome))
)]
#[post("/api/v1/cases/{case_id}/leader-reports")]
pub(crate) async fn report_to_leader(
    case: Path<Uuid>,
    body: Json<ReportToLeader>,
    order: Order,
) -> Result<HttpResponse, Problem> {
    let (Path(case), Json(body)) = (case, body);
    order.ask(Address::of(case), body).await
}

impl Ask for ReportToLeader {
    const OPERATION: &'static str = "report_to_leader";

    fn command(self, _: &Address, texts: &mut Texts) -> Result<Command, Problem> {
        Ok(Command::ReportToLeader(LeaderReport {
            to: self.to,
            unit: None,
            text: texts.keep("leader_report", self.text),
        }))
    }
}

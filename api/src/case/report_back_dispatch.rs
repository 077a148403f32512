//! `report_back_dispatch`: report back.

use actix_web::{HttpResponse, post};
use domain::case::Command;
use domain::case::command::ReportBack;
use domain::ids::ThingId;
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
#[schema(example = json!({"summary": "系统重复提交所致，已退款并修复接口。", "contacted_complainant": true, "resolved": true}))]
pub(crate) struct ReportBackDispatch {
    /// What was done.
    #[validate(length(min = 1, max = 20000))]
    #[schema(min_length = 1, max_length = 20_000)]
    summary: String,
    /// Whether the complainant was spoken to.
    contacted_complainant: bool,
    /// Whether the unit thinks it solved.
    resolved: bool,
}

/// Reports to who dispatched.
///
/// What the unit did about it. When the lead reports back, the answer is the office's to give.
#[utoipa::path(
    tag = "disposition",
    params(IfMatch, IdempotencyKey, Prefer),
    extensions(("x-problem-codes" = json!(["gate_closed", "facts_missing", "already_done", "reference_unknown"]))),
    responses((status = 200, description = "What it led to.", body = Outcome))
)]
#[post("/api/v1/cases/{case_id}/dispatches/{dispatch_id}/report-back")]
pub(crate) async fn report_back_dispatch(
    path: Path<(Uuid, Uuid)>,
    body: Json<ReportBackDispatch>,
    order: Order,
) -> Result<HttpResponse, Problem> {
    let (Path((case, target)), Json(body)) = (path, body);
    order.ask(Address::of_thing(case, target), body).await
}

impl Ask for ReportBackDispatch {
    const OPERATION: &'static str = "report_back_dispatch";

    fn command(self, address: &Address, texts: &mut Texts) -> Result<Command, Problem> {
        Ok(Command::ReportBack(ReportBack {
            dispatch: ThingId(address.target),
            text: texts.keep("report_back", self.summary),
            contacted: self.contacted_complainant,
            solved: self.resolved,
        }))
    }
}

//! `acknowledge_report`: acknowledge a report.

use actix_web::{HttpResponse, post};
use domain::case::Command;
use domain::case::command::About;
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

/// A remark, if any.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"remark": "阅。请跟踪。"}))]
pub(crate) struct AcknowledgeReport {
    /// A remark.
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    remark: Option<String>,
}

/// Says that the leader has read it.
///
/// By the position that it was addressed to.
#[utoipa::path(
    tag = "pressure",
    params(IfMatch, IdempotencyKey, Prefer),
    extensions(("x-problem-codes" = json!(["already_done", "reference_unknown"]))),
    responses((status = 200, description = "What it led to.", body = Outcome))
)]
#[post("/api/v1/cases/{case_id}/leader-reports/{report_id}/acknowledgement")]
pub(crate) async fn acknowledge_report(
    path: Path<(Uuid, Uuid)>,
    body: Json<AcknowledgeReport>,
    order: Order,
) -> Result<HttpResponse, Problem> {
    let (Path((case, target)), Json(body)) = (path, body);
    order.ask(Address::of_thing(case, target), body).await
}

impl Ask for AcknowledgeReport {
    const OPERATION: &'static str = "acknowledge_report";

    fn command(self, address: &Address, texts: &mut Texts) -> Result<Command, Problem> {
        Ok(Command::Acknowledge(About {
            thing: ThingId(address.target),
            text: texts.keep_any("remark", self.remark),
        }))
    }
}

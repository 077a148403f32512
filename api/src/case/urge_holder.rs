//! `urge_holder`: urge.

use actix_web::{HttpResponse, post};
use domain::case::Command;
use domain::case::command::Urge;
use domain::ids::DutyId;
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
use crate::request::{IdempotencyKey, Json, Path};

/// Whom, and what is said.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"duty_id": "30bf15b3-a3f9-5785-892c-68ffa298e807", "text": "请尽快反馈"}))]
pub(crate) struct UrgeHolder {
    /// The duty that is waited for.
    duty_id: Uuid,
    /// What is said.
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    text: Option<String>,
}

/// Reminds who owes a duty.
///
/// No state changes and no due date moves.
#[utoipa::path(
    tag = "pressure",
    params(IdempotencyKey, Prefer),
    extensions(("x-problem-codes" = json!(["urged_recently", "reference_unknown"]))),
    responses((status = 200, description = "What it led to.", body = Outcome))
)]
#[post("/api/v1/cases/{case_id}/urges")]
pub(crate) async fn urge_holder(
    case: Path<Uuid>,
    body: Json<UrgeHolder>,
    order: Order,
) -> Result<HttpResponse, Problem> {
    let (Path(case), Json(body)) = (case, body);
    order.ask(Address::of(case), body).await
}

impl Ask for UrgeHolder {
    const OPERATION: &'static str = "urge_holder";

    fn command(self, _: &Address, texts: &mut Texts) -> Result<Command, Problem> {
        Ok(Command::Urge(Urge {
            duty: DutyId(self.duty_id),
            text: texts.keep_any("urge", self.text),
        }))
    }
}

//! `review_emergency_reading`: judges an emergency reading.

use actix_web::{HttpResponse, post};
use domain::case::Command;
use domain::case::command::ReadingReview;
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

/// Judges an emergency reading.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"justified": true, "reason": "情况属实"}))]
pub(crate) struct ReviewEmergencyReading {
    /// Whether it was justified.
    justified: bool,
    /// Why.
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    reason: String,
}

/// Judges an emergency reading.
///
/// Oversight says whether it was justified; never who read.
#[utoipa::path(
    tag = "secrecy",
    params(IfMatch, IdempotencyKey, Prefer),
    extensions(("x-problem-codes" = json!(["separation_of_duties", "already_done", "reference_unknown"]))),
    responses((status = 200, description = "What it led to.", body = Outcome))
)]
#[post("/api/v1/cases/{case_id}/emergency-readings/{reading_id}/review")]
pub(crate) async fn review_emergency_reading(
    path: Path<(Uuid, Uuid)>,
    body: Json<ReviewEmergencyReading>,
    order: Order,
) -> Result<HttpResponse, Problem> {
    let (Path((case, thing)), Json(body)) = (path, body);
    order.ask(Address::of_thing(case, thing), body).await
}

impl Ask for ReviewEmergencyReading {
    const OPERATION: &'static str = "review_emergency_reading";

    fn command(self, address: &Address, texts: &mut Texts) -> Result<Command, Problem> {
        Ok(Command::ReviewReading(ReadingReview {
            reading: ThingId(address.target),
            justified: self.justified,
            reason: texts.keep("reason", self.reason),
        }))
    }
}

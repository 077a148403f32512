//! `lift_supervision`: lift supervision.

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

/// Why it ends.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "整改到位"}))]
pub(crate) struct LiftSupervision {
    /// Why; needed where there is no answer yet.
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    reason: Option<String>,
}

/// Ends the supervision.
///
/// Accepts the answer; without one, a reason is needed.
#[utoipa::path(
    tag = "pressure",
    params(IfMatch, IdempotencyKey, Prefer),
    extensions(("x-problem-codes" = json!(["already_done", "facts_missing", "separation_of_duties", "reference_unknown"]))),
    responses((status = 200, description = "What it led to.", body = Outcome))
)]
#[post("/api/v1/cases/{case_id}/supervision-orders/{order_id}/lifting")]
pub(crate) async fn lift_supervision(
    path: Path<(Uuid, Uuid)>,
    body: Json<LiftSupervision>,
    order: Order,
) -> Result<HttpResponse, Problem> {
    let (Path((case, target)), Json(body)) = (path, body);
    order.ask(Address::of_thing(case, target), body).await
}

impl Ask for LiftSupervision {
    const OPERATION: &'static str = "lift_supervision";

    fn command(self, address: &Address, texts: &mut Texts) -> Result<Command, Problem> {
        Ok(Command::LiftSupervision(About {
            thing: ThingId(address.target),
            text: texts.keep_any("reason", self.reason),
        }))
    }
}

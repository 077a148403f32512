//! `order_supervision`: order supervision.

use actix_web::{HttpResponse, post};
use domain::case::Command;
use domain::case::command::SupervisionDemand;
use domain::ids::UnitId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use crate::case::ask::{Address, Ask};
use crate::case::body::GivenAmount;
use crate::case::order::Order;
use crate::case::outcome::Outcome;
use crate::case::prefer::Prefer;
use crate::case::texts::Texts;
use crate::problem::Problem;
use crate::request::{IdempotencyKey, IfMatch, Json, Path};

/// The order.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"unit_id": "4b806ac0-c028-5cfa-8a7d-e9f1d90a617a", "demand": "限期道歉并说明", "within": {"count": 2, "unit": "working_day"}}))]
pub(crate) struct OrderSupervision {
    /// The unit that must answer; absent where the office handles the matter itself.
    unit_id: Option<Uuid>,
    /// What is demanded.
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    demand: String,
    /// Within what time; absent: promptly.
    #[validate(nested)]
    within: Option<GivenAmount>,
}

/// Orders supervision.
///
/// A unit must answer, or the office's own handler where no unit has the matter, within a time of its own if one is set.
#[utoipa::path(
    tag = "pressure",
    params(IfMatch, IdempotencyKey, Prefer),
    extensions(("x-problem-codes" = json!(["reference_unknown", "wrong_state"]))),
    responses((status = 200, description = "What it led to.", body = Outcome))
)]
#[post("/api/v1/cases/{case_id}/supervision-orders")]
pub(crate) async fn order_supervision(
    case: Path<Uuid>,
    body: Json<OrderSupervision>,
    order: Order,
) -> Result<HttpResponse, Problem> {
    let (Path(case), Json(body)) = (case, body);
    order.ask(Address::of(case), body).await
}

impl Ask for OrderSupervision {
    const OPERATION: &'static str = "order_supervision";

    fn command(self, _: &Address, texts: &mut Texts) -> Result<Command, Problem> {
        let within = self.within.map(|given| given.span("/within/count")).transpose()?;
        Ok(Command::OrderSupervision(SupervisionDemand {
            unit: self.unit_id.map(UnitId),
            demand: texts.keep("demand", self.demand),
            within,
        }))
    }
}

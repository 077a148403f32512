//! `order_rectification`: order a rectification.

use actix_web::{HttpResponse, post};
use chrono::NaiveDate;
use domain::case::Command;
use domain::case::command::RectificationOrder;
use domain::ids::UnitId;
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
use crate::request::{IdempotencyKey, IfMatch, Json, Path};

/// The order.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"unit_id": "4b806ac0-c028-5cfa-8a7d-e9f1d90a617a", "text": "修复订货接口的重复提交", "finish_on": "2026-09-23"}))]
pub(crate) struct OrderRectification {
    /// Which unit.
    unit_id: Uuid,
    /// What is to be mended.
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    text: String,
    /// By when.
    finish_on: Option<NaiveDate>,
}

/// Names a unit to mend it.
///
/// What is to be mended, and by when.
#[utoipa::path(
    tag = "disposition",
    params(IfMatch, IdempotencyKey, Prefer),
    extensions(("x-problem-codes" = json!(["reference_unknown", "wrong_state", "gate_closed"]))),
    responses((status = 200, description = "What it led to.", body = Outcome))
)]
#[post("/api/v1/cases/{case_id}/rectification-orders")]
pub(crate) async fn order_rectification(
    case: Path<Uuid>,
    body: Json<OrderRectification>,
    order: Order,
) -> Result<HttpResponse, Problem> {
    let (Path(case), Json(body)) = (case, body);
    order.ask(Address::of(case), body).await
}

impl Ask for OrderRectification {
    const OPERATION: &'static str = "order_rectification";

    fn command(self, _: &Address, texts: &mut Texts) -> Result<Command, Problem> {
        let finish_on = self.finish_on.map(|given| day("/finish_on", given)).transpose()?;
        Ok(Command::OrderRectification(RectificationOrder {
            unit: UnitId(self.unit_id),
            text: texts.keep("rectification", self.text),
            finish_on,
        }))
    }
}

//! `open_accountability_record`: open an accountability record.

use actix_web::{HttpResponse, post};
use domain::case::Command;
use domain::case::command::Accountability;
use domain::ids::{StaffId, UnitId};
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

/// On whom, and for what.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"unit_id": "4b806ac0-c028-5cfa-8a7d-e9f1d90a617a", "reason": "反馈内容与事实不符"}))]
pub(crate) struct OpenAccountabilityRecord {
    /// The unit.
    unit_id: Option<Uuid>,
    /// The person.
    staff_id: Option<Uuid>,
    /// For what.
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    reason: String,
}

/// Opens a record on who is to answer for the handling.
///
/// On a unit, a person, or both.
#[utoipa::path(
    tag = "review",
    params(IfMatch, IdempotencyKey, Prefer),
    extensions(("x-problem-codes" = json!(["reference_unknown"]))),
    responses((status = 200, description = "What it led to.", body = Outcome))
)]
#[post("/api/v1/cases/{case_id}/accountability-records")]
pub(crate) async fn open_accountability_record(
    case: Path<Uuid>,
    body: Json<OpenAccountabilityRecord>,
    order: Order,
) -> Result<HttpResponse, Problem> {
    let (Path(case), Json(body)) = (case, body);
    order.ask(Address::of(case), body).await
}

impl Ask for OpenAccountabilityRecord {
    const OPERATION: &'static str = "open_accountability_record";

    fn command(self, _: &Address, texts: &mut Texts) -> Result<Command, Problem> {
        Ok(Command::OpenAccountability(Accountability {
            unit: self.unit_id.map(UnitId),
            staff: self.staff_id.map(StaffId),
            reason: texts.keep("reason", self.reason),
        }))
    }
}

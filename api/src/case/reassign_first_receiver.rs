//! `reassign_first_receiver`: change the first receiver.

use actix_web::{HttpResponse, post};
use domain::case::Command;
use domain::case::command::Reassignment;
use domain::ids::StaffId;
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

/// Who it is from now on.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"staff_id": "e7970add-8112-538f-a2da-4fa4fe448c68", "reason": "原受理员休假"}))]
pub(crate) struct ReassignFirstReceiver {
    /// The new first receiver.
    staff_id: Uuid,
    /// Why.
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    reason: String,
}

/// Names another first receiver.
///
/// Only by the superior that the rulebook names, with a reason. Whoever was first receiver before stays on
/// record.
#[utoipa::path(
    tag = "intake",
    params(IfMatch, IdempotencyKey, Prefer),
    extensions(("x-problem-codes" = json!(["not_provided", "already_done", "person_barred", "person_unsuitable", "reference_unknown"]))),
    responses((status = 200, description = "What it led to.", body = Outcome))
)]
#[post("/api/v1/cases/{case_id}/first-receiver-reassignments")]
pub(crate) async fn reassign_first_receiver(
    case: Path<Uuid>,
    body: Json<ReassignFirstReceiver>,
    order: Order,
) -> Result<HttpResponse, Problem> {
    let (Path(case), Json(body)) = (case, body);
    order.ask(Address::of(case), body).await
}

impl Ask for ReassignFirstReceiver {
    const OPERATION: &'static str = "reassign_first_receiver";

    fn command(self, _: &Address, texts: &mut Texts) -> Result<Command, Problem> {
        Ok(Command::ReassignFirstReceiver(Reassignment {
            to: StaffId(self.staff_id),
            reason: texts.keep("reason", self.reason),
        }))
    }
}

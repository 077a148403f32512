//! `name_participant`: names somebody on the case.

use actix_web::{HttpResponse, post};
use domain::case::Command;
use domain::case::command::Naming;
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

/// Names somebody on the case.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"staff_id": "4bb00374-50ef-54ff-bfc6-07f34b18344a", "reason": "参与调查"}))]
pub(crate) struct NameParticipant {
    /// Who.
    staff_id: Uuid,
    /// Why.
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    reason: String,
}

/// Names somebody on the case.
///
/// An adviser, an overseer, somebody of the team: what is open only to those named on it is open to him from now on.
#[utoipa::path(
    tag = "secrecy",
    params(IfMatch, IdempotencyKey, Prefer),
    extensions(("x-problem-codes" = json!(["person_barred", "already_done", "reference_unknown"]))),
    responses((status = 200, description = "What it led to.", body = Outcome))
)]
#[post("/api/v1/cases/{case_id}/participants")]
pub(crate) async fn name_participant(
    case: Path<Uuid>,
    body: Json<NameParticipant>,
    order: Order,
) -> Result<HttpResponse, Problem> {
    let (Path(case), Json(body)) = (case, body);
    order.ask(Address::of(case), body).await
}

impl Ask for NameParticipant {
    const OPERATION: &'static str = "name_participant";

    fn command(self, _: &Address, texts: &mut Texts) -> Result<Command, Problem> {
        Ok(Command::NameParticipant(Naming {
            staff: StaffId(self.staff_id),
            reason: texts.keep("reason", self.reason),
        }))
    }
}

//! `recuse_person`: recuse somebody.

use actix_web::{HttpResponse, post};
use domain::case::Command;
use domain::case::command::Recusal;
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

/// Who steps aside.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"staff_id": "4bb00374-50ef-54ff-bfc6-07f34b18344a", "reason": "与被投诉人系亲属"}))]
pub(crate) struct RecusePerson {
    /// Who.
    staff_id: Uuid,
    /// Why.
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    reason: String,
}

/// Takes somebody off the case.
///
/// One steps aside oneself, or is told to by who may. From then on that person neither acts nor reads.
#[utoipa::path(
    tag = "dispatch",
    params(IfMatch, IdempotencyKey, Prefer),
    extensions(("x-problem-codes" = json!(["already_done", "nobody_left", "reference_unknown"]))),
    responses((status = 200, description = "What it led to.", body = Outcome))
)]
#[post("/api/v1/cases/{case_id}/recusals")]
pub(crate) async fn recuse_person(
    case: Path<Uuid>,
    body: Json<RecusePerson>,
    order: Order,
) -> Result<HttpResponse, Problem> {
    let (Path(case), Json(body)) = (case, body);
    order.ask(Address::of(case), body).await
}

impl Ask for RecusePerson {
    const OPERATION: &'static str = "recuse_person";

    fn command(self, _: &Address, texts: &mut Texts) -> Result<Command, Problem> {
        Ok(Command::Recuse(Recusal {
            staff: StaffId(self.staff_id),
            reason: texts.keep("reason", self.reason),
        }))
    }
}

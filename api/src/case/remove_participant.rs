//! `remove_participant`: takes a name off the case.

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

/// Takes a name off the case.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "参与调查"}))]
pub(crate) struct RemoveParticipant {
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    reason: Option<String>,
}

/// Takes a name off the case.
///
/// Who was named on it and has no other part in it no longer sees it.
#[utoipa::path(
    tag = "secrecy",
    params(IfMatch, IdempotencyKey, Prefer),
    extensions(("x-problem-codes" = json!(["already_done", "reference_unknown"]))),
    responses((status = 200, description = "What it led to.", body = Outcome))
)]
#[post("/api/v1/cases/{case_id}/participants/{participant_id}/removal")]
pub(crate) async fn remove_participant(
    path: Path<(Uuid, Uuid)>,
    body: Json<RemoveParticipant>,
    order: Order,
) -> Result<HttpResponse, Problem> {
    let (Path((case, thing)), Json(body)) = (path, body);
    order.ask(Address::of_thing(case, thing), body).await
}

impl Ask for RemoveParticipant {
    const OPERATION: &'static str = "remove_participant";

    fn command(self, address: &Address, texts: &mut Texts) -> Result<Command, Problem> {
        Ok(Command::RemoveParticipant(About {
            thing: ThingId(address.target),
            text: texts.keep_any("reason", self.reason),
        }))
    }
}

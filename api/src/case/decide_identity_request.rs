//! `decide_identity_request`: decides who may learn who reports.

use actix_web::{HttpResponse, post};
use domain::case::Command;
use domain::case::command::IdentityDecision;
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
use crate::problem::{FieldError, FieldFault, Kind, Problem};
use crate::request::{IdempotencyKey, Json, Path};

/// Decides who may learn who reports.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"hours": 24}))]
pub(crate) struct DecideIdentityRequest {
    /// For how many hours it is open to who asked; absent: refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[validate(range(min = 1, max = 720))]
    #[schema(minimum = 1, maximum = 720)]
    hours: Option<u16>,
    /// Why; a refusal needs one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    reason: Option<String>,
}

/// Decides who may learn who reports.
///
/// The custodian agrees, for a span of hours, or refuses; never who asked. Each reading is entered in the access log.
#[utoipa::path(
    tag = "secrecy",
    params(IdempotencyKey, Prefer),
    extensions(("x-problem-codes" = json!(["separation_of_duties", "already_done", "reference_unknown"]))),
    responses((status = 200, description = "What it led to.", body = Outcome))
)]
#[post("/api/v1/cases/{case_id}/identity-requests/{request_id}/decision")]
pub(crate) async fn decide_identity_request(
    path: Path<(Uuid, Uuid)>,
    body: Json<DecideIdentityRequest>,
    order: Order,
) -> Result<HttpResponse, Problem> {
    let (Path((case, thing)), Json(body)) = (path, body);
    order.ask(Address::of_thing(case, thing), body).await
}

impl Ask for DecideIdentityRequest {
    const OPERATION: &'static str = "decide_identity_request";

    fn command(self, address: &Address, texts: &mut Texts) -> Result<Command, Problem> {
        if self.hours.is_none() && self.reason.is_none() {
            return Err(Problem::from(Kind::BodyInvalid)
                .with_errors(vec![FieldError::new("/reason", FieldFault::Required)]));
        }
        Ok(Command::DecideIdentity(IdentityDecision {
            request: ThingId(address.target),
            hours: self.hours,
            reason: texts.keep_any("reason", self.reason),
        }))
    }
}

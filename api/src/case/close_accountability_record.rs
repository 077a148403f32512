//! `close_accountability_record`: close an accountability record.

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

/// What was decided.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"conclusion": "批评教育，扣减季度考核分"}))]
pub(crate) struct CloseAccountabilityRecord {
    /// What was decided.
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    conclusion: String,
}

/// Closes an accountability record.
///
/// With what was decided. Never by who opened it.
#[utoipa::path(
    tag = "review",
    params(IfMatch, IdempotencyKey, Prefer),
    extensions(("x-problem-codes" = json!(["already_done", "separation_of_duties", "reference_unknown"]))),
    responses((status = 200, description = "What it led to.", body = Outcome))
)]
#[post("/api/v1/cases/{case_id}/accountability-records/{record_id}/closure")]
pub(crate) async fn close_accountability_record(
    path: Path<(Uuid, Uuid)>,
    body: Json<CloseAccountabilityRecord>,
    order: Order,
) -> Result<HttpResponse, Problem> {
    let (Path((case, target)), Json(body)) = (path, body);
    order.ask(Address::of_thing(case, target), body).await
}

impl Ask for CloseAccountabilityRecord {
    const OPERATION: &'static str = "close_accountability_record";

    fn command(self, address: &Address, texts: &mut Texts) -> Result<Command, Problem> {
        Ok(Command::CloseAccountability(About {
            thing: ThingId(address.target),
            text: Some(texts.keep("conclusion", self.conclusion)),
        }))
    }
}

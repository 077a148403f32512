//! `decide_extension`: decide an extension.

use actix_web::{HttpResponse, post};
use domain::case::Command;
use domain::case::command::ExtensionDecision;
use domain::ids::ThingId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use crate::case::ask::{Address, Ask};
use crate::case::body::{Decision, GivenAmount, inconsistent, required};
use crate::case::order::Order;
use crate::case::outcome::Outcome;
use crate::case::prefer::Prefer;
use crate::case::texts::Texts;
use crate::problem::Problem;
use crate::request::{IdempotencyKey, IfMatch, Json, Path};

/// Yes or no, and how much.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"decision": "grant", "amount": {"count": 3, "unit": "working_day"}}))]
pub(crate) struct DecideExtension {
    /// Yes or no.
    decision: Decision,
    /// How much is granted; needed with `grant`.
    #[validate(nested)]
    amount: Option<GivenAmount>,
    /// Why.
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    reason: Option<String>,
}

/// Grants or refuses more time.
///
/// All that was asked or less. Never by who asked.
#[utoipa::path(
    tag = "time",
    params(IfMatch, IdempotencyKey, Prefer),
    extensions(("x-problem-codes" = json!(["separation_of_duties", "already_done", "wrong_state", "not_provided", "extension_beyond_cap", "reference_unknown"]))),
    responses((status = 200, description = "What it led to.", body = Outcome))
)]
#[post("/api/v1/cases/{case_id}/extensions/{extension_id}/decision")]
pub(crate) async fn decide_extension(
    path: Path<(Uuid, Uuid)>,
    body: Json<DecideExtension>,
    order: Order,
) -> Result<HttpResponse, Problem> {
    let (Path((case, target)), Json(body)) = (path, body);
    order.ask(Address::of_thing(case, target), body).await
}

impl Ask for DecideExtension {
    const OPERATION: &'static str = "decide_extension";

    fn command(self, address: &Address, texts: &mut Texts) -> Result<Command, Problem> {
        let granted = match (self.decision, self.amount) {
            (Decision::Grant, Some(amount)) => Some(amount.span("/amount/count")?),
            (Decision::Grant, None) => return Err(required("/amount")),
            (Decision::Refuse, None) => None,
            (Decision::Refuse, Some(_)) => return Err(inconsistent("/amount")),
        };
        Ok(Command::DecideExtension(ExtensionDecision {
            extension: ThingId(address.target),
            granted,
            reason: texts.keep_any("reason", self.reason),
        }))
    }
}

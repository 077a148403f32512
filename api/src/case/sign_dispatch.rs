//! `sign_dispatch`: sign for a dispatch.

use actix_web::{HttpResponse, post};
use chrono::{DateTime, Utc};
use domain::case::Command;
use domain::case::command::{Receipt, Signature};
use domain::ids::ThingId;
use domain::words::Word;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use crate::case::ask::{Address, Ask};
use crate::case::body::instant;
use crate::case::codes;
use crate::case::order::Order;
use crate::case::outcome::Outcome;
use crate::case::prefer::Prefer;
use crate::case::texts::Texts;
use crate::problem::Problem;
use crate::request::{IdempotencyKey, IfMatch, Json, Path};

/// How and when the unit got it.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"receipt_method": "in_system"}))]
pub(crate) struct SignDispatch {
    /// How it was confirmed: `in_system`, `mail_receipt`, `phone`.
    #[schema(schema_with = codes::word)]
    receipt_method: Option<Word>,
    /// When the unit got it, if that was before now.
    received_at: Option<DateTime<Utc>>,
}

/// Confirms that the unit has the form.
///
/// The unit signs for itself, or the sender confirms it on a mail receipt or a telephone call; which of the two
/// follows from who asks.
#[utoipa::path(
    tag = "dispatch",
    params(IfMatch, IdempotencyKey, Prefer),
    extensions(("x-problem-codes" = json!(["already_done", "times_out_of_order", "reference_unknown"]))),
    responses((status = 200, description = "What it led to.", body = Outcome))
)]
#[post("/api/v1/cases/{case_id}/dispatches/{dispatch_id}/signature")]
pub(crate) async fn sign_dispatch(
    path: Path<(Uuid, Uuid)>,
    body: Json<SignDispatch>,
    order: Order,
) -> Result<HttpResponse, Problem> {
    let (Path((case, target)), Json(body)) = (path, body);
    order.ask(Address::of_thing(case, target), body).await
}

impl Ask for SignDispatch {
    const OPERATION: &'static str = "sign_dispatch";

    fn command(self, address: &Address, _: &mut Texts) -> Result<Command, Problem> {
        let received_at = self
            .received_at
            .map(|given| instant("/received_at", given))
            .transpose()?;
        Ok(Command::SignDispatch(Signature {
            dispatch: ThingId(address.target),
            // Who confirms it is for the rules to see from who asks.
            receipt: Receipt::ByUnit,
            method: self.receipt_method,
            received_at,
        }))
    }
}

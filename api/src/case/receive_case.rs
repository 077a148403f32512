//! `receive_case`: takes a matter in without a number.

use actix_web::{HttpResponse, post};
use domain::case::Command;
use serde::{Deserialize, Serialize};
use validator::{Validate, ValidationErrors};

use crate::case::ask::{Address, Ask};
use crate::case::matter::GivenMatter;
use crate::case::order::Order;
use crate::case::outcome::Outcome;
use crate::case::prefer::Prefer;
use crate::case::texts::Texts;
use crate::problem::Problem;
use crate::request::{IdempotencyKey, Json};

/// Takes a matter in without a number.
///
/// For a section, a box, a contact that may never be registered; `register_received_case` gives the number. The case
/// is read at `Location`, below `/cases`.
#[utoipa::path(
    tag = "intake",
    params(IdempotencyKey, Prefer),
    extensions(("x-problem-codes" = json!([
        "office_not_active", "not_permitted", "not_listed", "anonymity_not_allowed", "times_out_of_order", "facts_missing",
        "gate_closed", "person_barred", "reference_unknown"
    ]))),
    responses((status = 201, description = "The case, at `Location`.", body = Outcome))
)]
#[post("/api/v1/receptions")]
pub(crate) async fn receive_case(body: Json<GivenMatter>, order: Order) -> Result<HttpResponse, Problem> {
    let address = Address::of(order.new_case().0);
    order.ask(address, ReceiveCase(body.0)).await
}

/// A matter that is received.
#[derive(Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct ReceiveCase(GivenMatter);

impl Validate for ReceiveCase {
    fn validate(&self) -> Result<(), ValidationErrors> {
        self.0.validate()
    }
}

impl Ask for ReceiveCase {
    const OPERATION: &'static str = "receive_case";

    fn command(self, address: &Address, texts: &mut Texts) -> Result<Command, Problem> {
        Ok(Command::Receive {
            case: address.case,
            matter: self.0.matter(texts.now(), texts)?,
        })
    }
}

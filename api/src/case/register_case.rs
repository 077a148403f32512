//! `register_case`: takes a matter in and gives it a number, in one.

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

/// Receives and registers a matter at once.
///
/// For the desk and the telephone. Whoever takes it in becomes its first receiver. The outcome carries a receipt for
/// the complainant.
#[utoipa::path(
    tag = "intake",
    params(IdempotencyKey, Prefer),
    extensions(("x-problem-codes" = json!([
        "office_not_active", "not_permitted", "not_listed", "anonymity_not_allowed", "times_out_of_order", "facts_missing",
        "gate_closed", "person_barred", "reference_unknown"
    ]))),
    responses((status = 201, description = "The case, at `Location`.", body = Outcome))
)]
#[post("/api/v1/cases")]
pub(crate) async fn register_case(body: Json<GivenMatter>, order: Order) -> Result<HttpResponse, Problem> {
    let address = Address::numbered(order.new_case(), order.next_case_no().await?);
    order.ask(address, RegisterCase(body.0)).await
}

/// A matter that is received and registered at once.
#[derive(Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct RegisterCase(GivenMatter);

impl Validate for RegisterCase {
    fn validate(&self) -> Result<(), ValidationErrors> {
        self.0.validate()
    }
}

impl Ask for RegisterCase {
    const OPERATION: &'static str = "register_case";

    fn command(self, address: &Address, texts: &mut Texts) -> Result<Command, Problem> {
        Ok(Command::Register {
            case: address.case,
            matter: self.0.matter(texts.now(), texts)?,
            case_no: address.case_no.clone(),
        })
    }
}

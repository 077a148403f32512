//! `take_measure`: take a measure.

use actix_web::{HttpResponse, post};
use chrono::NaiveDate;
use domain::case::Command;
use domain::case::command::Measure;
use domain::words::MeasureKind;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use crate::case::ask::{Address, Ask};
use crate::case::body::day;
use crate::case::codes;
use crate::case::order::Order;
use crate::case::outcome::Outcome;
use crate::case::prefer::Prefer;
use crate::case::texts::Texts;
use crate::problem::Problem;
use crate::request::{IdempotencyKey, IfMatch, Json, Path};

/// The measure.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"kind": "correct_error", "taken_on": "2026-09-22", "text": "退回货款312元"}))]
pub(crate) struct TakeMeasure {
    /// Of which kind.
    #[schema(schema_with = codes::measure_kind)]
    kind: MeasureKind,
    /// On which day.
    taken_on: NaiveDate,
    /// What was done.
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    text: String,
}

/// Records a measure that was taken.
///
/// What was done, on which day.
#[utoipa::path(
    tag = "disposition",
    params(IfMatch, IdempotencyKey, Prefer),
    extensions(("x-problem-codes" = json!(["times_out_of_order", "gate_closed", "facts_missing"]))),
    responses((status = 200, description = "What it led to.", body = Outcome))
)]
#[post("/api/v1/cases/{case_id}/measures")]
pub(crate) async fn take_measure(
    case: Path<Uuid>,
    body: Json<TakeMeasure>,
    order: Order,
) -> Result<HttpResponse, Problem> {
    let (Path(case), Json(body)) = (case, body);
    order.ask(Address::of(case), body).await
}

impl Ask for TakeMeasure {
    const OPERATION: &'static str = "take_measure";

    fn command(self, _: &Address, texts: &mut Texts) -> Result<Command, Problem> {
        Ok(Command::TakeMeasure(Measure {
            kind: self.kind,
            taken_on: day("/taken_on", self.taken_on)?,
            text: texts.keep("measure", self.text),
        }))
    }
}

//! `classify_case`: classify a case.

use std::collections::BTreeSet;

use actix_web::{HttpResponse, post};
use domain::case::Command;
use domain::case::command::Classification;
use domain::words::{AxisName, Word};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use crate::case::ask::{Address, Ask};
use crate::case::codes;
use crate::case::order::Order;
use crate::case::outcome::Outcome;
use crate::case::prefer::Prefer;
use crate::case::texts::Texts;
use crate::problem::Problem;
use crate::request::{IdempotencyKey, IfMatch, Json, Path};

/// Values of the rulebook's axes.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"severity": "major", "reason": "涉及多户，金额较大"}))]
pub(crate) struct ClassifyCase {
    /// The category.
    #[schema(schema_with = codes::word)]
    category: Option<Word>,
    /// How serious it is.
    #[schema(schema_with = codes::word)]
    severity: Option<Word>,
    /// How urgent it is.
    #[schema(schema_with = codes::word)]
    urgency: Option<Word>,
    /// How complex it is.
    #[schema(schema_with = codes::word)]
    complexity: Option<Word>,
    /// On which track it is handled.
    #[schema(schema_with = codes::word)]
    track: Option<Word>,
    /// In which mode it is handled.
    #[schema(schema_with = codes::word)]
    mode: Option<Word>,
    /// What kind of cause it had.
    #[schema(schema_with = codes::word)]
    cause: Option<Word>,
    /// The whole set of flags, if it is to change.
    #[validate(length(max = 20))]
    #[schema(schema_with = codes::words)]
    flags: Option<BTreeSet<Word>>,
    /// Why.
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    reason: Option<String>,
}

/// Classifies a case.
///
/// Sets values of the axes that the rulebook uses. What is left out stays as it is; flags are given whole or not
/// at all. Duties, gates and escalations follow from it.
#[utoipa::path(
    tag = "intake",
    params(IfMatch, IdempotencyKey, Prefer),
    extensions(("x-problem-codes" = json!(["not_listed"]))),
    responses((status = 200, description = "What it led to.", body = Outcome))
)]
#[post("/api/v1/cases/{case_id}/classifications")]
pub(crate) async fn classify_case(
    case: Path<Uuid>,
    body: Json<ClassifyCase>,
    order: Order,
) -> Result<HttpResponse, Problem> {
    let (Path(case), Json(body)) = (case, body);
    order.ask(Address::of(case), body).await
}

impl Ask for ClassifyCase {
    const OPERATION: &'static str = "classify_case";

    fn command(self, _: &Address, texts: &mut Texts) -> Result<Command, Problem> {
        let axes = [
            (AxisName::Category, self.category),
            (AxisName::Severity, self.severity),
            (AxisName::Urgency, self.urgency),
            (AxisName::Complexity, self.complexity),
            (AxisName::Track, self.track),
            (AxisName::Mode, self.mode),
            (AxisName::Cause, self.cause),
        ];
        let axes = axes
            .into_iter()
            .filter_map(|(axis, word)| Some((axis, word?)))
            .collect();
        Ok(Command::Classify(Classification {
            axes,
            flags: self.flags,
            reason: texts.keep_any("reason", self.reason),
        }))
    }
}

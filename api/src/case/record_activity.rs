//! `record_activity`: adds a piece of work to the file.

use std::collections::BTreeMap;

use actix_web::{HttpResponse, post};
use chrono::{DateTime, Utc};
use domain::case::Command;
use domain::case::command::{Work, WorkKind};
use domain::words::{ActivityKind, Word};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use crate::case::ask::{Address, Ask};
use crate::case::body::{instant, sections};
use crate::case::codes;
use crate::case::order::Order;
use crate::case::outcome::Outcome;
use crate::case::prefer::Prefer;
use crate::case::texts::Texts;
use crate::problem::Problem;
use crate::request::{IdempotencyKey, Json, Path};

/// A piece of work on the matter.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"kind": "records_review", "text": "调取订货系统日志，确认同一订单提交两次。"}))]
pub(crate) struct RecordActivity {
    /// A way of finding out, or `opinion`, `feasibility_study`, `discussion`, `investigation_report`,
    /// `investigation_plan`.
    #[schema(schema_with = work_kind)]
    kind: GivenWorkKind,
    /// What was found, said or proposed.
    #[validate(length(min = 1, max = 20000))]
    #[schema(min_length = 1, max_length = 20_000)]
    text: String,
    /// When it took place, if that was before now.
    happened_at: Option<DateTime<Utc>>,
    /// The sections that the rulebook's form asks for, by their words.
    #[serde(default)]
    #[validate(length(max = 30), custom(function = sections))]
    #[schema(schema_with = codes::sections)]
    sections: BTreeMap<Word, String>,
}

/// What a piece of work is: an activity of the investigation by its kind, or one of the others.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(untagged)]
enum GivenWorkKind {
    Other(OtherWork),
    Activity(ActivityKind),
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum OtherWork {
    Opinion,
    FeasibilityStudy,
    Discussion,
    InvestigationPlan,
    InvestigationReport,
}

/// The words of the work that is no activity of the investigation.
const OTHER_WORK: [&str; 5] = [
    "opinion",
    "feasibility_study",
    "discussion",
    "investigation_plan",
    "investigation_report",
];

fn work_kind() -> utoipa::openapi::schema::Object {
    codes::closed(&[ActivityKind::WORDS, &OTHER_WORK].concat())
}

impl GivenWorkKind {
    fn work_kind(self) -> WorkKind {
        match self {
            Self::Activity(kind) => WorkKind::Activity(kind),
            Self::Other(OtherWork::Opinion) => WorkKind::Opinion,
            Self::Other(OtherWork::FeasibilityStudy) => WorkKind::FeasibilityStudy,
            Self::Other(OtherWork::Discussion) => WorkKind::Discussion,
            Self::Other(OtherWork::InvestigationPlan) => WorkKind::InvestigationPlan,
            Self::Other(OtherWork::InvestigationReport) => WorkKind::InvestigationReport,
        }
    }
}

/// Adds a piece of work to the file.
///
/// An activity of the investigation, an opinion, a study, a discussion, a report. It needs no `If-Match`: it can open
/// a door for somebody, never shut one.
#[utoipa::path(
    tag = "investigation",
    params(IdempotencyKey, Prefer),
    extensions(("x-problem-codes" = json!(["not_listed", "times_out_of_order", "facts_missing", "gate_closed"]))),
    responses((status = 200, description = "What it led to.", body = Outcome))
)]
#[post("/api/v1/cases/{case_id}/activities")]
pub(crate) async fn record_activity(
    case: Path<Uuid>,
    body: Json<RecordActivity>,
    order: Order,
) -> Result<HttpResponse, Problem> {
    let (Path(case), Json(body)) = (case, body);
    order.ask(Address::of(case), body).await
}

impl Ask for RecordActivity {
    const OPERATION: &'static str = "record_activity";

    fn command(self, _: &Address, texts: &mut Texts) -> Result<Command, Problem> {
        let happened_at = self
            .happened_at
            .map(|given| instant("/happened_at", given))
            .transpose()?;
        Ok(Command::RecordWork(Work {
            kind: self.kind.work_kind(),
            text: texts.keep("activity", self.text),
            happened_at,
            sections: texts.keep_sections("activity", self.sections),
        }))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_word_that_the_schema_lists_is_understood() {
        for word in [ActivityKind::WORDS, &OTHER_WORK].concat() {
            let kind: GivenWorkKind = serde_json::from_value(json!(word)).unwrap();
            assert_eq!(serde_json::to_value(kind).unwrap(), json!(word));
        }
        assert!(serde_json::from_value::<GivenWorkKind>(json!("evidence")).is_err());
    }
}

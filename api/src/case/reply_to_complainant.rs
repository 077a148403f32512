//! `reply_to_complainant`: reply to the complainant.

use std::collections::BTreeMap;

use actix_web::{HttpResponse, post};
use domain::case::Command;
use domain::case::command::Reply;
use domain::words::{Channel, Word};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use crate::case::ask::{Address, Ask};
use crate::case::body::sections;
use crate::case::codes;
use crate::case::order::Order;
use crate::case::outcome::Outcome;
use crate::case::prefer::Prefer;
use crate::case::texts::Texts;
use crate::problem::Problem;
use crate::request::{IdempotencyKey, IfMatch, Json, Path};

/// The answer.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"text": "经查系统重复扣款，已退回货款。", "channel": "phone"}))]
pub(crate) struct ReplyToComplainant {
    /// The answer.
    #[validate(length(min = 1, max = 20000))]
    #[schema(min_length = 1, max_length = 20_000)]
    text: String,
    /// How the complainant got it.
    #[schema(schema_with = codes::channel)]
    channel: Channel,
    /// The sections that the rulebook's form asks for, by their words.
    #[serde(default)]
    #[validate(length(max = 30), custom(function = sections))]
    #[schema(schema_with = codes::sections)]
    sections: BTreeMap<Word, String>,
}

/// Answers the complainant.
///
/// Findings, basis, measures, further routes: what the rulebook's form asks for goes into its sections.
#[utoipa::path(
    tag = "answer",
    params(IfMatch, IdempotencyKey, Prefer),
    extensions(("x-problem-codes" = json!(["gate_closed", "facts_missing", "not_listed", "separation_of_duties"]))),
    responses((status = 200, description = "What it led to.", body = Outcome))
)]
#[post("/api/v1/cases/{case_id}/replies")]
pub(crate) async fn reply_to_complainant(
    case: Path<Uuid>,
    body: Json<ReplyToComplainant>,
    order: Order,
) -> Result<HttpResponse, Problem> {
    let (Path(case), Json(body)) = (case, body);
    order.ask(Address::of(case), body).await
}

impl Ask for ReplyToComplainant {
    const OPERATION: &'static str = "reply_to_complainant";

    fn command(self, _: &Address, texts: &mut Texts) -> Result<Command, Problem> {
        Ok(Command::Reply(Reply {
            text: texts.keep("reply", self.text),
            channel: self.channel,
            sections: texts.keep_sections("reply", self.sections),
        }))
    }
}

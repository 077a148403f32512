//! `serve_notice`: serve a notice.

use actix_web::{HttpResponse, post};
use domain::case::Command;
use domain::case::command::Notice;
use domain::words::{Channel, NoticeType};
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
use crate::request::{IdempotencyKey, Json, Path};

/// The notice.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"kind": "acceptance_notice", "text": "您的投诉已受理。", "channel": "phone"}))]
pub(crate) struct ServeNotice {
    /// Which.
    #[schema(schema_with = codes::notice_type)]
    kind: NoticeType,
    /// What it says.
    #[validate(length(min = 1, max = 20000))]
    #[schema(min_length = 1, max_length = 20_000)]
    text: String,
    /// How it was served.
    #[schema(schema_with = codes::channel)]
    channel: Channel,
}

/// Records a notice that was served.
///
/// Of which kind, what it says, and how it was served.
#[utoipa::path(
    tag = "answer",
    params(IdempotencyKey, Prefer),
    extensions(("x-problem-codes" = json!(["facts_missing", "gate_closed"]))),
    responses((status = 200, description = "What it led to.", body = Outcome))
)]
#[post("/api/v1/cases/{case_id}/notices")]
pub(crate) async fn serve_notice(
    case: Path<Uuid>,
    body: Json<ServeNotice>,
    order: Order,
) -> Result<HttpResponse, Problem> {
    let (Path(case), Json(body)) = (case, body);
    order.ask(Address::of(case), body).await
}

impl Ask for ServeNotice {
    const OPERATION: &'static str = "serve_notice";

    fn command(self, _: &Address, texts: &mut Texts) -> Result<Command, Problem> {
        Ok(Command::ServeNotice(Notice {
            kind: self.kind,
            text: texts.keep("notice", self.text),
            channel: self.channel,
        }))
    }
}

//! `request_approval`: asks for an approval.

use actix_web::{HttpResponse, post};
use domain::case::Command;
use domain::case::command::ApprovalAsked;
use domain::words::Subject;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use crate::case::order::Order;
use crate::case::outcome::Outcome;
use crate::case::prefer::Prefer;
use crate::case::texts::Texts;
use crate::problem::Problem;
use crate::request::{IdempotencyKey, IfMatch, Json, Path};

/// What is to be approved.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"subject": "finding", "text": "拟认定为恶意投诉，理由如下"}))]
pub(crate) struct RequestApproval {
    /// What is to be approved.
    subject: GivenSubject,
    /// What exactly, and why.
    #[validate(length(min = 1, max = 20000))]
    #[schema(min_length = 1, max_length = 20_000)]
    text: String,
}

/// What can be asked for: a plan and access to the records are asked for by operations of their own, and what is to be
/// public by its text.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ApprovalSubject)]
pub(crate) enum GivenSubject {
    /// How the matter is handled.
    Mode,
    /// What the investigation found.
    Finding,
    /// The report on the investigation.
    Report,
    /// What is done about it.
    Disposition,
    /// That the case ends.
    Closing,
}

impl GivenSubject {
    fn subject(self) -> Subject {
        match self {
            Self::Mode => Subject::Mode,
            Self::Finding => Subject::Finding,
            Self::Report => Subject::Report,
            Self::Disposition => Subject::Disposition,
            Self::Closing => Subject::Closing,
        }
    }
}

/// Asks for an approval.
///
/// Before the step that a gate keeps shut without it. What a gate opens by itself needs no asking; `decide_approval`
/// decides both.
#[utoipa::path(
    tag = "disposition",
    params(IfMatch, IdempotencyKey, Prefer),
    extensions(("x-problem-codes" = json!(["not_provided", "already_done", "gate_closed"]))),
    responses((status = 200, description = "What it led to.", body = Outcome))
)]
#[post("/api/v1/cases/{case_id}/approvals")]
pub(crate) async fn request_approval(
    case: Path<Uuid>,
    body: Json<RequestApproval>,
    order: Order,
) -> Result<HttpResponse, Problem> {
    let Path(case) = case;
    let Json(body) = body;
    let fingerprint = order.fingerprint(&body);
    let mut texts = order.texts();
    let command = command(body, &mut texts);
    order
        .carry_out("request_approval", fingerprint, case, command, texts)
        .await
}

/// The command that a body asks for.
fn command(body: RequestApproval, texts: &mut Texts) -> Command {
    Command::RequestApproval(ApprovalAsked {
        subject: body.subject.subject(),
        text: texts.keep("approval_request", body.text),
    })
}

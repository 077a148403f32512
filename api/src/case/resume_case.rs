//! `resume_case`: lets limits run on.

use actix_web::{HttpResponse, post};
use domain::case::Command;
use domain::case::command::About;
use domain::ids::ThingId;
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

/// A remark, if any.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"remark": "凭证已取得"}))]
pub(crate) struct ResumeCase {
    /// A remark.
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    remark: Option<String>,
}

/// Lets limits run on.
///
/// What a pause stopped counts on from now; the days of the pause are not counted.
#[utoipa::path(
    tag = "time",
    params(IfMatch, IdempotencyKey, Prefer),
    extensions(("x-problem-codes" = json!(["already_done", "reference_unknown", "gate_closed"]))),
    responses((status = 200, description = "What it led to.", body = Outcome))
)]
#[post("/api/v1/cases/{case_id}/suspensions/{suspension_id}/resumption")]
pub(crate) async fn resume_case(
    path: Path<(Uuid, Uuid)>,
    body: Json<ResumeCase>,
    order: Order,
) -> Result<HttpResponse, Problem> {
    let Path((case, target)) = path;
    let Json(body) = body;
    let fingerprint = order.fingerprint(&body);
    let mut texts = order.texts();
    let command = command(target, body, &mut texts);
    order
        .carry_out("resume_case", fingerprint, case, command, texts)
        .await
}

/// The command that a body asks for.
fn command(target: Uuid, body: ResumeCase, texts: &mut Texts) -> Command {
    Command::Resume(About {
        thing: ThingId(target),
        text: texts.keep_any("remark", body.remark),
    })
}

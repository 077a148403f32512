//! `form_team`: form a team.

use std::collections::BTreeSet;

use actix_web::{HttpResponse, post};
use domain::case::Command;
use domain::case::command::Team;
use domain::ids::{StaffId, ThingId};
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

/// Who investigates together.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"leader_id": "4bb00374-50ef-54ff-bfc6-07f34b18344a", "members": [], "recusal_asked": true}))]
pub(crate) struct FormTeam {
    /// For which dispatch; absent: the caller's own unit's, or the office's own handling.
    dispatch_id: Option<Uuid>,
    /// Who answers for what the team owes.
    leader_id: Uuid,
    /// Who else is in it.
    #[serde(default)]
    #[validate(length(max = 20))]
    #[schema(max_items = 20)]
    members: BTreeSet<Uuid>,
    /// Whether each was asked for reasons to step aside.
    #[serde(default)]
    recusal_asked: bool,
    /// What is to be done.
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    task: Option<String>,
}

/// Forms the team that investigates.
///
/// Instead of a single handler, in a unit that has the case or in the office itself: handling begins then. Nobody in it
/// is complained of or stepped aside.
#[utoipa::path(
    tag = "dispatch",
    params(IfMatch, IdempotencyKey, Prefer),
    extensions(("x-problem-codes" = json!(["person_barred", "person_unsuitable", "facts_missing", "gate_closed", "separation_of_duties", "reference_unknown"]))),
    responses((status = 200, description = "What it led to.", body = Outcome))
)]
#[post("/api/v1/cases/{case_id}/teams")]
pub(crate) async fn form_team(
    path: Path<Uuid>,
    body: Json<FormTeam>,
    order: Order,
) -> Result<HttpResponse, Problem> {
    let Path(case) = path;
    let Json(body) = body;
    let fingerprint = order.fingerprint(&body);
    let mut texts = order.texts();
    let command = command(body, &mut texts);
    order
        .carry_out("form_team", fingerprint, case, command, texts)
        .await
}

fn command(body: FormTeam, texts: &mut Texts) -> Command {
    Command::FormTeam(Team {
        dispatch: body.dispatch_id.map(ThingId),
        leader: StaffId(body.leader_id),
        members: body.members.into_iter().map(StaffId).collect(),
        recusal_asked: body.recusal_asked,
        task: texts.keep_any("task", body.task),
    })
}

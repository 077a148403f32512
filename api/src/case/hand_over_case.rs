//! `hand_over_case`: hand a matter over.

use actix_web::{HttpResponse, post};
use domain::case::Command;
use domain::case::command::{Ending, HandOver, HandedTo};
use domain::ids::UnitId;
use domain::words::{PositionName, Word};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::{Validate, ValidationErrors};

use crate::case::codes;
use crate::case::order::Order;
use crate::case::outcome::Outcome;
use crate::case::prefer::Prefer;
use crate::case::texts::Texts;
use crate::problem::Problem;
use crate::request::{IdempotencyKey, IfMatch, Json, Path};

/// To whom it is handed over, and on which ground.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"ground": "outside_the_window", "to": {"kind": "position", "position": "oversight_officer"}, "reason": "不属窗口职责"}))]
pub(crate) struct HandOverCase {
    /// One of the rulebook's grounds.
    #[schema(schema_with = codes::word)]
    ground: Word,
    /// To whom.
    #[validate(nested)]
    to: GivenReceiver,
    /// What the complainant was told.
    #[validate(length(min = 1, max = 20000))]
    #[schema(min_length = 1, max_length = 20_000)]
    explanation: Option<String>,
    /// The right channel that the complainant was shown.
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    guidance: Option<String>,
    /// Why, for the file.
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    reason: Option<String>,
}

/// Who takes it on.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum GivenReceiver {
    /// A unit of the office.
    Unit(ReceivingUnit),
    /// The holders of a position.
    Position(ReceivingPosition),
    /// Another body.
    Outside(OutsideBody),
}

/// A unit of the office.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReceivingUnit {
    /// Which.
    unit_id: Uuid,
}

/// The holders of a position.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReceivingPosition {
    /// The rulebook's name of it.
    #[schema(schema_with = codes::word)]
    position: PositionName,
}

/// Another body, which takes the matter over whole.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OutsideBody {
    /// Its name.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200, example = "市市场监督管理局")]
    body: String,
}

impl Validate for GivenReceiver {
    fn validate(&self) -> Result<(), ValidationErrors> {
        match self {
            Self::Unit(it) => it.validate(),
            Self::Position(it) => it.validate(),
            Self::Outside(it) => it.validate(),
        }
    }
}

/// Hands a matter over.
///
/// Only on a ground that the rulebook lists, to whom it names. Inside the office the matter goes on: taking it in is
/// from now on owed by who received it, and the first receiver stays on record. Outside it ends.
#[utoipa::path(
    tag = "intake",
    params(IfMatch, IdempotencyKey, Prefer),
    extensions(("x-problem-codes" = json!(["not_provided", "not_listed", "unit_barred", "nobody_left", "wrong_state", "already_done", "facts_missing", "gate_closed", "reference_unknown"]))),
    responses((status = 200, description = "What it led to.", body = Outcome))
)]
#[post("/api/v1/cases/{case_id}/hand-over")]
pub(crate) async fn hand_over_case(
    path: Path<Uuid>,
    body: Json<HandOverCase>,
    order: Order,
) -> Result<HttpResponse, Problem> {
    let Path(case) = path;
    let Json(body) = body;
    let fingerprint = order.fingerprint(&body);
    let mut texts = order.texts();
    let command = command(body, &mut texts);
    order
        .carry_out("hand_over_case", fingerprint, case, command, texts)
        .await
}

fn command(body: HandOverCase, texts: &mut Texts) -> Command {
    Command::HandOver(HandOver {
        on: Ending {
            ground: body.ground,
            explanation: texts.keep_any("explanation", body.explanation),
            guidance: texts.keep_any("guidance", body.guidance),
            reason: texts.keep_any("reason", body.reason),
        },
        to: match body.to {
            GivenReceiver::Unit(it) => HandedTo::Unit {
                unit: UnitId(it.unit_id),
            },
            GivenReceiver::Position(it) => HandedTo::Position {
                position: it.position,
            },
            GivenReceiver::Outside(it) => HandedTo::Outside {
                body: texts.keep("outside_body", it.body),
            },
        },
    })
}

//! `move_case_to_version`: a case leaves the version it began with.

use actix_web::{HttpResponse, post};
use domain::case::Command;
use domain::case::command::VersionMove;
use domain::words::{RulebookCode, Version};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use crate::case::ask::{Address, Ask};
use crate::case::order::Order;
use crate::case::outcome::Outcome;
use crate::case::prefer::Prefer;
use crate::case::texts::Texts;
use crate::problem::{FieldError, FieldFault, Kind, Problem};
use crate::request::{IdempotencyKey, IfMatch, Json, Path};

/// To which version, and why.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"rulebook_code": "library.readers", "version": "1.1.0", "reason": "按新制度办理，对投诉人更有利。"}))]
pub(crate) struct MoveCaseToVersion {
    /// The rulebook.
    #[schema(value_type = String, max_length = 80)]
    rulebook_code: RulebookCode,
    /// Its version: one that is approved.
    #[schema(value_type = String, max_length = 20)]
    version: Version,
    /// Why.
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    reason: String,
}

/// Moves an open case to another version.
///
/// Without this a case stays under the version it began with. What was done stays done; what is owed from now on, and
/// by when, is the new version's to say. For the office's administrator.
#[utoipa::path(
    tag = "intake",
    params(IfMatch, IdempotencyKey, Prefer),
    extensions(("x-problem-codes" = json!(["already_done", "reference_unknown"]))),
    responses((status = 200, description = "What it led to.", body = Outcome))
)]
#[post("/api/v1/cases/{case_id}/version-moves")]
pub(crate) async fn move_case_to_version(
    case: Path<Uuid>,
    body: Json<MoveCaseToVersion>,
    order: Order,
) -> Result<HttpResponse, Problem> {
    let (Path(case), Json(body)) = (case, body);
    order.caller.administers()?;
    order.visible(&body.rulebook_code, &body.version).await?;
    order.ask(Address::of(case), body).await
}

impl Ask for MoveCaseToVersion {
    const OPERATION: &'static str = "move_case_to_version";

    fn command(self, _: &Address, texts: &mut Texts) -> Result<Command, Problem> {
        Ok(Command::MoveToVersion(VersionMove {
            rulebook: self.rulebook_code,
            version: self.version,
            reason: texts.keep("reason", self.reason),
        }))
    }
}

impl Order {
    /// Refuses a version that is not approved, or another office's.
    async fn visible(&self, code: &RulebookCode, version: &Version) -> Result<(), Problem> {
        let (office, code, version) = (self.caller.office_id.0, code.to_string(), version.to_string());
        let (asked, of) = (code.clone(), version.clone());
        let kept = self
            .desk
            .blocking(move |archive| archive.find_rulebook_version(Some(office), &asked, &of))
            .await?;
        let ready = match kept {
            Some(_) => self.desk.rulebook(&code, &version).await?,
            None => None,
        };
        match ready {
            Some(_) => Ok(()),
            None => Err(Problem::from(Kind::ReferenceUnknown)
                .with_errors(vec![FieldError::new("/version", FieldFault::UnknownReference)])),
        }
    }
}

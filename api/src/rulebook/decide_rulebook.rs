//! `decide_rulebook`: a version is approved, or sent back with reasons.

use actix_web::web::Data;
use actix_web::{HttpResponse, post};
use persistence::rulebook_version::{RulebookVersionChange, VersionState};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::version::{RulebookVersion, Teller, id_of, must_be, named, owner, reads_drafts};
use crate::answer::{replayed, versioned};
use crate::caller::Caller;
use crate::desk::Desk;
use crate::problem::{FieldError, FieldFault, Kind, Problem};
use crate::repeat::Repeat;
use crate::request::{IdempotencyKey, IfMatch, Json, Path};

/// Yes or no, and why.
#[derive(Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"decision": "send_back", "reason": "第二十条的期限与原文不符。"}))]
pub struct RulebookDecision {
    /// Whether it may be taken into use.
    decision: Verdict,
    /// Why; needed to send it back.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    reason: Option<String>,
}

/// The decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = RulebookVerdict)]
pub enum Verdict {
    /// It is approved, and never changes again.
    Approve,
    /// It becomes a draft again.
    SendBack,
}

/// Decide on a version
///
/// Approves a version that is in review, or sends it back to its author with reasons. Never by its author. For
/// administrators and operators.
#[utoipa::path(
    tag = "rulebooks",
    params(
        ("rulebook_code" = String, Path, description = "The rulebook's code.", max_length = 80, example = "cn.tobacco_supervision"),
        ("version" = String, Path, description = "The version.", max_length = 20, example = "1.1.0"),
        IfMatch, IdempotencyKey
    ),
    extensions(("x-problem-codes" = json!(["not_permitted", "separation_of_duties", "wrong_state"]))),
    responses((status = 200, description = "The version as it is now.", body = RulebookVersion))
)]
#[post("/api/v1/rulebooks/{rulebook_code}/versions/{version}/decision")]
pub(crate) async fn decide_rulebook(
    desk: Data<Desk>,
    caller: Caller,
    path: Path<(String, String)>,
    revision: IfMatch,
    key: IdempotencyKey,
    body: Json<RulebookDecision>,
) -> Result<HttpResponse, Problem> {
    let (Path((code, version)), Json(body)) = (path, body);
    let repeat = Repeat::of(
        &caller,
        "decide_rulebook",
        key,
        &format!("{code}/{version}"),
        &body,
    )?;
    let record = named(&desk, &caller, &code, &version).await?;
    let teller = Teller::of(&desk, &caller).await?;
    if repeat.earlier(&desk).await?.is_some() {
        let whole = teller.whole(&record).await?;
        return Ok(replayed(versioned(record.revision, &whole)));
    }
    if record.revision != revision.0 {
        return Err(Problem::version_stale(record.revision));
    }
    reads_drafts(&caller)?;
    must_be(&record, VersionState::InReview)?;
    // Whoever wrote it does not approve it.
    if record.author_id == Some(caller.staff_id.0) {
        return Err(Kind::SeparationOfDuties.into());
    }
    let state = match (body.decision, &body.reason) {
        (Verdict::Approve, _) => VersionState::Approved,
        (Verdict::SendBack, Some(_)) => VersionState::Draft,
        (Verdict::SendBack, None) => {
            return Err(Problem::body_invalid(vec![FieldError::new(
                "/reason",
                FieldFault::Required,
            )]));
        }
    };
    let office = owner(&record, &caller);
    let change = RulebookVersionChange {
        state: state.as_str().to_owned(),
        body: record.body,
        ancestors: record.ancestors,
        author_id: record.author_id,
        decided_by_id: Some(caller.staff_id.0),
        reason: body.reason,
        changed_at: desk.now(),
    };
    let (office, remembered) = (office, repeat.remembering(id_of(&code, &version), desk.now()));
    let record = desk
        .blocking(move |archive| {
            archive.change_rulebook_version(office, &code, &version, revision.0, &change, remembered.as_ref())
        })
        .await?;
    let whole = teller.whole(&record).await?;
    Ok(versioned(record.revision, &whole))
}

//! `revise_rulebook_draft`: a draft gets another text.

use actix_web::web::Data;
use actix_web::{HttpResponse, put};
use persistence::rulebook_version::{RulebookVersionChange, VersionState};

use super::check_rulebook::RulebookText;
use super::version::{RulebookVersion, Teller, must_be, named, owner, writes, written};
use crate::answer::versioned;
use crate::caller::Caller;
use crate::desk::Desk;
use crate::problem::{FieldError, FieldFault, Problem};
use crate::request::{IfMatch, Json, Path};

/// Revise a draft
///
/// Replaces the text of a draft of my office; code and version stay what they are. Whoever does so is its author from
/// then on. For the office's administrator.
#[utoipa::path(
    tag = "rulebooks",
    params(
        ("rulebook_code" = String, Path, description = "The rulebook's code.", max_length = 80, example = "cn.tobacco_supervision"),
        ("version" = String, Path, description = "The version.", max_length = 20, example = "1.1.0"),
        IfMatch
    ),
    extensions(("x-problem-codes" = json!(["not_permitted", "data_faulty", "wrong_state"]))),
    responses((status = 200, description = "The draft as it is now.", body = RulebookVersion))
)]
#[put("/api/v1/rulebooks/{rulebook_code}/versions/{version}")]
pub(crate) async fn revise_rulebook_draft(
    desk: Data<Desk>,
    caller: Caller,
    path: Path<(String, String)>,
    revision: IfMatch,
    body: Json<RulebookText>,
) -> Result<HttpResponse, Problem> {
    let Path((code, version)) = path;
    let record = named(&desk, &caller, &code, &version).await?;
    if record.revision != revision.0 {
        return Err(Problem::version_stale(record.revision));
    }
    writes(&record, &caller)?;
    must_be(&record, VersionState::Draft)?;
    let written = written(body.0.text).await?;
    let head = &written.rulebook.head;
    if (head.code.as_str(), head.version.as_str()) != (code.as_str(), version.as_str()) {
        return Err(Problem::body_invalid(vec![FieldError::new(
            "/text",
            FieldFault::Inconsistent,
        )]));
    }
    let office = owner(&record, &caller);
    let change = RulebookVersionChange {
        state: VersionState::Draft.as_str().to_owned(),
        body: written.text,
        ancestors: written.ancestors,
        author_id: Some(caller.staff_id.0),
        decided_by_id: record.decided_by_id,
        reason: record.reason,
        changed_at: desk.now(),
    };
    let record = desk
        .blocking(move |archive| {
            archive.change_rulebook_version(office, &code, &version, revision.0, &change, None)
        })
        .await?;
    let whole = Teller::of(&desk, &caller).await?.whole(&record).await?;
    Ok(versioned(record.revision, &whole))
}

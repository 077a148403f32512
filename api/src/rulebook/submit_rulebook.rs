//! `submit_rulebook`: a draft is put up for review.

use actix_web::web::Data;
use actix_web::{HttpResponse, post};
use persistence::rulebook_version::{RulebookVersionChange, VersionState};

use super::finding::{faulty, findings_of_play, is_error};
use super::version::{RulebookVersion, Teller, ancestors_of, id_of, must_be, named, owner, writes};
use crate::answer::{replayed, versioned};
use crate::caller::Caller;
use crate::desk::Desk;
use crate::problem::{Kind, Problem};
use crate::repeat::Repeat;
use crate::request::{IdempotencyKey, IfMatch, Path};

/// Submit a draft
///
/// Puts a draft of my office up for review. It must pass the checker, as `check_rulebook` asks it: its text, and the states
/// of a case that are played. For the office's administrator.
#[utoipa::path(
    tag = "rulebooks",
    params(
        ("rulebook_code" = String, Path, description = "The rulebook's code.", max_length = 80, example = "cn.tobacco_supervision"),
        ("version" = String, Path, description = "The version.", max_length = 20, example = "1.1.0"),
        IfMatch, IdempotencyKey
    ),
    extensions(("x-problem-codes" = json!(["not_permitted", "check_failed", "wrong_state"]))),
    responses((status = 200, description = "The version as it is now.", body = RulebookVersion))
)]
#[post("/api/v1/rulebooks/{rulebook_code}/versions/{version}/submission")]
pub(crate) async fn submit_rulebook(
    desk: Data<Desk>,
    caller: Caller,
    path: Path<(String, String)>,
    revision: IfMatch,
    key: IdempotencyKey,
) -> Result<HttpResponse, Problem> {
    let Path((code, version)) = path;
    let repeat = Repeat::of(&caller, "submit_rulebook", key, &format!("{code}/{version}"), &())?;
    let record = named(&desk, &caller, &code, &version).await?;
    let teller = Teller::of(&desk, &caller).await?;
    if repeat.earlier(&desk).await?.is_some() {
        let whole = teller.whole(&record).await?;
        return Ok(replayed(versioned(record.revision, &whole)));
    }
    if record.revision != revision.0 {
        return Err(Problem::version_stale(record.revision));
    }
    writes(&record, &caller)?;
    must_be(&record, VersionState::Draft)?;
    let mut found = findings_of_play(record.body.clone(), Some(ancestors_of(&record)?)).await?;
    // What somebody should look at keeps nobody from submitting.
    found.retain(is_error);
    if !found.is_empty() {
        return Err(faulty(Kind::CheckFailed, found));
    }
    let office = owner(&record, &caller);
    let change = RulebookVersionChange {
        state: VersionState::InReview.as_str().to_owned(),
        body: record.body,
        ancestors: record.ancestors,
        author_id: record.author_id,
        decided_by_id: None,
        reason: None,
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

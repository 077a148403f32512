//! `draft_rulebook`: a new version begins.

use actix_web::web::Data;
use actix_web::{HttpResponse, post};
use persistence::rulebook_version::{NewRulebookVersion, VersionState};

use super::check_rulebook::RulebookText;
use super::version::{RulebookVersion, Teller, address, id_of, named, written};
use crate::answer::{created, replayed};
use crate::caller::Caller;
use crate::desk::Desk;
use crate::problem::Problem;
use crate::repeat::Repeat;
use crate::request::{IdempotencyKey, Json};

/// Draft a version of a rulebook
///
/// Stores a text as a draft of my office: a new rulebook, or a new version of one. Which it is stands in the text. It
/// need not pass the checker yet, but must be readable. For the office's administrator.
#[utoipa::path(
    tag = "rulebooks",
    params(IdempotencyKey),
    extensions(("x-problem-codes" = json!(["not_permitted", "data_faulty", "code_taken"]))),
    responses((status = 201, description = "The draft was stored.", body = RulebookVersion))
)]
#[post("/api/v1/rulebooks")]
pub(crate) async fn draft_rulebook(
    desk: Data<Desk>,
    caller: Caller,
    key: IdempotencyKey,
    body: Json<RulebookText>,
) -> Result<HttpResponse, Problem> {
    let repeat = Repeat::of(&caller, "draft_rulebook", key, "", &body.0)?;
    let again = repeat.earlier(&desk).await?.is_some();
    caller.administers()?;
    let written = written(body.0.text).await?;
    let (code, version) = (
        written.rulebook.head.code.to_string(),
        written.rulebook.head.version.to_string(),
    );
    let teller = Teller::of(&desk, &caller).await?;
    if again {
        let record = named(&desk, &caller, &code, &version).await?;
        let whole = teller.whole(&record).await?;
        return Ok(replayed(created(address(&record), record.revision, &whole)));
    }
    let now = desk.now();
    let remembered = repeat.remembering(id_of(&code, &version), now);
    let draft = NewRulebookVersion {
        code,
        version,
        office_id: Some(caller.office_id.0),
        state: VersionState::Draft.as_str().to_owned(),
        body: written.text,
        ancestors: written.ancestors,
        author_id: Some(caller.staff_id.0),
        created_at: now,
        changed_at: now,
    };
    let record = desk
        .blocking(move |archive| archive.create_rulebook_version(&draft, remembered.as_ref()))
        .await?;
    let whole = teller.whole(&record).await?;
    Ok(created(address(&record), record.revision, &whole))
}

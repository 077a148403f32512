//! `get_rulebook_version`: one version with its text.

use actix_web::web::Data;
use actix_web::{HttpResponse, get};

use super::version::{RulebookVersion, Teller, named};
use crate::answer::versioned;
use crate::caller::Caller;
use crate::desk::Desk;
use crate::problem::Problem;
use crate::request::Path;

/// Get a version of a rulebook
///
/// One version with its text, its state in my office, and what the checker finds in it. For administrators and
/// operators.
#[utoipa::path(
    tag = "rulebooks",
    params(
        ("rulebook_code" = String, Path, description = "The rulebook's code.", max_length = 80, example = "cn.tobacco_supervision"),
        ("version" = String, Path, description = "The version.", max_length = 20, example = "1.1.0"),
    ),
    extensions(("x-problem-codes" = json!(["not_permitted"]))),
    responses((status = 200, description = "The version.", body = RulebookVersion))
)]
#[get("/api/v1/rulebooks/{rulebook_code}/versions/{version}")]
pub(crate) async fn get_rulebook_version(
    desk: Data<Desk>,
    caller: Caller,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let Path((code, version)) = path;
    let record = named(&desk, &caller, &code, &version).await?;
    let whole = Teller::of(&desk, &caller).await?.whole(&record).await?;
    Ok(versioned(record.revision, &whole))
}

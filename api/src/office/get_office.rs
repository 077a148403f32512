//! `get_office`: one office, as anyone may see it.

use actix_web::web::Data;
use actix_web::{HttpResponse, get};

use super::Office;
use crate::answer::versioned;
use crate::desk::Desk;
use crate::problem::{Kind, Problem};
use crate::request::Path;

/// Get an office
///
/// The public profile: names, telephones, channels, the rulebook and calendar it runs. For anyone.
#[utoipa::path(
    tag = "offices",
    security(()),
    params(("office_code" = String, Path, description = "The office's code.", max_length = 64, example = "tobacco_supervision")),
    responses((status = 200, description = "The office.", body = Office))
)]
#[get("/api/v1/offices/{office_code}")]
pub(crate) async fn get_office(desk: Data<Desk>, code: Path<String>) -> Result<HttpResponse, Problem> {
    let record = desk
        .blocking(move |archive| archive.find_office_by_code(&code.0))
        .await?
        .ok_or(Kind::NotFound)?;
    let version = record.version;
    Ok(versioned(version, &Office::new(record, &desk).await?))
}

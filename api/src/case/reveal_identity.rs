//! `reveal_identity`: who reports, with the custodian's consent.

use actix_web::{HttpResponse, post};
use domain::ids::ThingId;
use persistence::access_log::ReadingKind;
use uuid::Uuid;

use crate::case::reader::Reader;
use crate::case::reveal_complainant::Complainant;
use crate::problem::{Kind, Problem};
use crate::request::Path;

/// Shows who reports.
///
/// For who asked, and as long as the custodian agreed to. Each reading is entered in the access log before it is
/// answered.
#[utoipa::path(
    tag = "secrecy",
    extensions(("x-problem-codes" = json!(["identity_sealed", "erased"]))),
    responses((status = 200, description = "Who reports.", body = Complainant))
)]
#[post("/api/v1/cases/{case_id}/identity-requests/{request_id}/reveals")]
pub(crate) async fn reveal_identity(
    path: Path<(Uuid, Uuid)>,
    reader: Reader,
) -> Result<HttpResponse, Problem> {
    let Path((case, request)) = path;
    let (case, teller) = reader.told_case(case).await?;
    let mut requests = case.secrecy.identity_requests.iter();
    let asked = requests
        .find(|known| known.id == ThingId(request))
        .ok_or(Kind::NotFound)?;
    let open_until = case.identity_open_until(asked.id);
    let is_open = open_until.is_some_and(|until| reader.desk.now() < until);
    if !is_open || asked.by != Some(reader.caller.staff_id) {
        return Err(Kind::IdentitySealed.into());
    }
    let person = teller.person(&case);
    if case.complainant.person.is_some() && person.is_empty() {
        return Err(Kind::Erased.into());
    }
    reader.enter(&case, ReadingKind::Identity).await?;
    Ok(HttpResponse::Ok().json(Complainant::new(&case, person, &teller)))
}

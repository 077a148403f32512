//! `list_positions`: the positions that the office's rulebook names.

use actix_web::web::Data;
use actix_web::{HttpResponse, get};
use serde::Serialize;
use utoipa::ToSchema;

use super::rulebook_of;
use crate::caller::Caller;
use crate::desk::Desk;
use crate::problem::{Kind, Problem};
use crate::request::Path;
use crate::rulebook::PositionView;
use crate::trail::Trail;

/// The positions of a rulebook, all on one page.
#[derive(Serialize, ToSchema)]
pub struct PositionPage {
    /// The positions, in the rulebook's order.
    #[schema(max_items = 100)]
    items: Vec<PositionView>,
}

/// List the positions
///
/// The positions that the office's rulebook names, each with its permissions, its reach and its clause. For any
/// staff.
#[utoipa::path(
    tag = "offices",
    params(("office_code" = String, Path, description = "The office's code.", max_length = 64, example = "tobacco_supervision")),
    responses((status = 200, description = "The positions.", body = PositionPage))
)]
#[get("/api/v1/offices/{office_code}/positions")]
pub(crate) async fn list_positions(
    desk: Data<Desk>,
    _caller: Caller,
    trail: Trail,
    code: Path<String>,
) -> Result<HttpResponse, Problem> {
    let record = desk
        .blocking(move |archive| archive.find_office_by_code(&code.0))
        .await?
        .ok_or(Kind::NotFound)?;
    let rulebook = rulebook_of(&desk, &record).await?.ok_or(Kind::OfficeNotActive)?;
    let items = rulebook
        .positions
        .iter()
        .map(|position| PositionView::new(position, &rulebook, trail.language))
        .collect();
    Ok(HttpResponse::Ok().json(PositionPage { items }))
}

//! `get_code_list`: the codes of one list.

use actix_web::web::Data;
use actix_web::{HttpResponse, get};
use serde::Serialize;
use utoipa::ToSchema;

use super::list_code_lists::OfficeChoice;
use super::{Code, list, list_of};
use crate::desk::Desk;
use crate::problem::{Kind, Problem};
use crate::request::{Path, Query};

/// A code list.
#[derive(Serialize, ToSchema)]
pub struct CodeList {
    /// Its code.
    #[schema(max_length = 64, example = "case_type")]
    list_code: String,
    /// Its codes, in their order.
    #[schema(max_items = 500)]
    items: Vec<Code>,
}

/// Get a code list
///
/// The codes of one list with their Chinese and English labels; with an office, in the words of its rulebook. For
/// anyone.
#[utoipa::path(
    tag = "system",
    security(()),
    params(
        ("list_code" = String, Path, description = "The list's code.", max_length = 64, example = "case_type"),
        OfficeChoice
    ),
    responses((status = 200, description = "The list.", body = CodeList))
)]
#[get("/api/v1/code-lists/{list_code}")]
pub(crate) async fn get_code_list(
    desk: Data<Desk>,
    code: Path<String>,
    choice: Query<OfficeChoice>,
) -> Result<HttpResponse, Problem> {
    let own = match choice.0.office_code {
        None => None,
        Some(office) => {
            let office = desk
                .blocking(move |archive| archive.find_office_by_code(&office))
                .await?
                .ok_or(Kind::NotFound)?;
            let rulebook = desk
                .rulebook(&office.rulebook_code, &office.rulebook_version)
                .await?;
            rulebook.and_then(|rulebook| list_of(&rulebook, &code.0))
        }
    };
    let items = own.or_else(|| list(&code.0)).ok_or(Kind::NotFound)?;
    Ok(HttpResponse::Ok().json(CodeList {
        list_code: code.0,
        items,
    }))
}

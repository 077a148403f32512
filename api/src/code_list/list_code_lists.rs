//! `list_code_lists`: which code lists there are.

use std::collections::BTreeSet;

use actix_web::web::Data;
use actix_web::{HttpResponse, get};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::{LISTS, lists_of};
use crate::desk::Desk;
use crate::problem::{Kind, Problem};
use crate::request::Query;

/// Whose lists.
#[derive(Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct OfficeChoice {
    /// Also the lists of this office's rulebook.
    #[validate(length(min = 1, max = 64))]
    #[param(max_length = 64, example = "tobacco_supervision")]
    pub(super) office_code: Option<String>,
}

/// The code lists, all on one page.
#[derive(Serialize, ToSchema)]
pub struct CodeListPage {
    /// Their codes.
    #[schema(schema_with = codes_schema)]
    items: BTreeSet<String>,
}

fn codes_schema() -> utoipa::openapi::schema::Array {
    use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, Type};
    let code = ObjectBuilder::new()
        .schema_type(Type::String)
        .max_length(Some(64));
    ArrayBuilder::new().items(code).max_items(Some(100)).build()
}

/// List the code lists
///
/// The names of all code lists; with an office, also those of its rulebook. For anyone.
#[utoipa::path(
    tag = "system",
    security(()),
    params(OfficeChoice),
    extensions(("x-problem-codes" = json!(["not_found"]))),
    responses((status = 200, description = "The code lists.", body = CodeListPage))
)]
#[get("/api/v1/code-lists")]
pub(crate) async fn list_code_lists(
    desk: Data<Desk>,
    choice: Query<OfficeChoice>,
) -> Result<HttpResponse, Problem> {
    let mut items: BTreeSet<String> = LISTS.map(str::to_owned).into();
    if let Some(code) = choice.0.office_code {
        let office = desk
            .blocking(move |archive| archive.find_office_by_code(&code))
            .await?
            .ok_or(Kind::NotFound)?;
        let rulebook = desk
            .rulebook(&office.rulebook_code, &office.rulebook_version)
            .await?;
        items.extend(rulebook.map(|rulebook| lists_of(&rulebook)).unwrap_or_default());
    }
    Ok(HttpResponse::Ok().json(CodeListPage { items }))
}

//! `get_rulebook_schema`: what a rulebook may say, for editors.

use std::sync::LazyLock;

use actix_web::http::header::ContentType;
use actix_web::web::Bytes;
use actix_web::{HttpResponse, get};

/// The text of the schema, made once.
static SCHEMA: LazyLock<Bytes> = LazyLock::new(|| Bytes::from(domain::rulebook::schema()));

/// The JSON Schema of a rulebook
///
/// Made from the vocabulary that this service reads, so that an editor of TOML completes and checks a rulebook while
/// it is written: every section, every key, every word of the closed lists. Draft 7. `huiyin rulebook schema` prints
/// the same.
#[utoipa::path(
    tag = "rulebooks",
    security(()),
    responses((status = 200, description = "The schema.", body = Object, content_type = "application/json"))
)]
#[get("/api/v1/rulebook-schema")]
pub(crate) async fn get_rulebook_schema() -> HttpResponse {
    HttpResponse::Ok()
        .content_type(ContentType::json())
        .body(SCHEMA.clone())
}

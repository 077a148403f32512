//! `get_openapi_document`: the contract, as it is checked in.

use actix_web::http::header::ContentType;
use actix_web::web::{Bytes, Data};
use actix_web::{HttpResponse, get};

/// The text of the contract, made once at the start.
pub struct ContractText(pub Bytes);

/// The contract of this service.
///
/// An `OpenAPI` 3.1 document: every operation, every schema, every refusal. Clients can be generated from it.
#[utoipa::path(
    tag = "system",
    security(()),
    responses((status = 200, description = "This document.", body = Object, content_type = "application/json"))
)]
#[get("/openapi.json")]
pub(crate) async fn get_openapi_document(text: Data<ContractText>) -> HttpResponse {
    HttpResponse::Ok()
        .content_type(ContentType::json())
        .body(text.0.clone())
}

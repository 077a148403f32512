//! The forms that answers have: a resource with its version, a thing made, nothing.

use actix_web::HttpResponse;
use actix_web::http::header::{ETAG, HeaderName, LOCATION};
use serde::Serialize;

/// The header that says an answer repeats what an earlier request with the same key had led to.
pub const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// 200 with a resource that has a version, which `If-Match` names.
pub fn versioned(version: i64, resource: &impl Serialize) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((ETAG, etag(version)))
        .json(resource)
}

/// 201 with a resource that was made and where it can be read.
pub fn created(location: String, version: i64, resource: &impl Serialize) -> HttpResponse {
    HttpResponse::Created()
        .insert_header((LOCATION, location))
        .insert_header((ETAG, etag(version)))
        .json(resource)
}

/// 202 with what goes on in the background and where it can be read.
pub fn accepted(location: String, version: i64, resource: &impl Serialize) -> HttpResponse {
    HttpResponse::Accepted()
        .insert_header((LOCATION, location))
        .insert_header((ETAG, etag(version)))
        .json(resource)
}

/// The same answer, marked as a repetition.
#[must_use]
pub fn replayed(mut answer: HttpResponse) -> HttpResponse {
    let yes = actix_web::http::header::HeaderValue::from_static("true");
    answer.headers_mut().insert(REPLAYED, yes);
    answer
}

fn etag(version: i64) -> String {
    format!("\"{version}\"")
}

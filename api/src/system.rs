//! What the service says of itself.

pub mod get_liveness;
pub mod get_openapi_document;

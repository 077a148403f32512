//! `get_liveness`: the process runs.

use actix_web::{HttpResponse, get};
use serde::Serialize;
use utoipa::ToSchema;

/// How the service is.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Health {
    /// `up` when all is well.
    #[schema(max_length = 16, example = "up")]
    status: &'static str,
}

impl Health {
    /// All is well.
    pub(crate) const UP: Self = Self { status: "up" };
}

/// Whether the process runs.
///
/// It answers as long as the process can answer at all; whether it can also work is for `get_readiness` to say.
#[utoipa::path(tag = "system", security(()), responses((status = 200, description = "It runs.", body = Health)))]
#[get("/health/live")]
pub(crate) async fn get_liveness() -> HttpResponse {
    HttpResponse::Ok().json(Health::UP)
}

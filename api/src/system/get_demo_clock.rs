//! `get_demo_clock`: where the settable clock stands.

use actix_web::web::Data;
use actix_web::{HttpResponse, get};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::clock::Clock;
use crate::desk::Desk;
use crate::problem::{Kind, Problem};

/// The settable clock.
#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DemoClock {
    /// The instant it shows.
    #[schema(example = "2026-09-16T09:30:00+08:00")]
    pub(super) now: DateTime<Utc>,
}

/// Get the demo clock
///
/// Where the settable clock stands. It exists only where the service runs on one (`HUIYIN_CLOCK=manual`, never in
/// production); elsewhere this address answers `not_found`. For anyone.
#[utoipa::path(
    tag = "system",
    security(()),
    extensions(("x-problem-codes" = json!(["not_found"]))),
    responses((status = 200, description = "The clock.", body = DemoClock))
)]
#[get("/api/v1/demo/clock")]
pub(crate) async fn get_demo_clock(desk: Data<Desk>) -> Result<HttpResponse, Problem> {
    match &desk.clock {
        Clock::System | Clock::Shared(_) => Err(Kind::NotFound.into()),
        Clock::Manual(clock) => Ok(HttpResponse::Ok().json(DemoClock { now: clock.now() })),
    }
}

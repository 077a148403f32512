//! `set_demo_clock`: sets the clock forward and fires what became due.

use actix_web::web::Data;
use actix_web::{HttpResponse, put};
use chrono::Datelike;

use super::get_demo_clock::DemoClock;
use crate::clock::Clock;
use crate::desk::Desk;
use crate::problem::{FieldError, FieldFault, Kind, Problem};
use crate::request::Json;
use crate::sweep;

/// The first year, in UTC, that the clock never shows. It never goes back, so a slip of the hand must not carry it
/// beyond all calendars and time limits.
const END_YEAR: i32 = 2200;

/// Set the demo clock
///
/// Sets the clock forward, to an instant before the year 2200; whatever became due on the way has happened when the answer comes. It exists only where
/// the service runs on a settable clock (`HUIYIN_CLOCK=manual`, never in production); elsewhere this address answers
/// `not_found`. For anyone.
#[utoipa::path(
    tag = "system",
    security(()),
    extensions(("x-problem-codes" = json!(["not_found", "times_out_of_order"]))),
    responses((status = 200, description = "The clock as it stands now.", body = DemoClock))
)]
#[put("/api/v1/demo/clock")]
pub(crate) async fn set_demo_clock(desk: Data<Desk>, body: Json<DemoClock>) -> Result<HttpResponse, Problem> {
    let Clock::Manual(clock) = &desk.clock else {
        return Err(Kind::NotFound.into());
    };
    if body.0.now.year() >= END_YEAR {
        return Err(Problem::body_invalid(vec![FieldError::new(
            "/now",
            FieldFault::OutOfRange,
        )]));
    }
    clock.set(body.0.now).map_err(|back| {
        Problem::from(Kind::TimesOutOfOrder)
            .with("now", back.now.to_rfc3339())
            .with_errors(vec![FieldError::new("/now", FieldFault::OutOfRange)])
    })?;
    while sweep::once(&desk).await?.cases() > 0 {}
    Ok(HttpResponse::Ok().json(DemoClock { now: clock.now() }))
}

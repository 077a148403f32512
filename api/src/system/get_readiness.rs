//! `get_readiness`: the process can work.

use actix_web::web::Data;
use actix_web::{HttpResponse, get};

use super::get_liveness::Health;
use crate::desk::Desk;
use crate::problem::{Kind, Problem};

/// Whether the process can work
///
/// The database can be reached, and its tables are those of this program. Being busy is no reason against it: what is
/// too much is refused at the door. For anyone.
#[utoipa::path(
    tag = "system",
    security(()),
    extensions(("x-problem-codes" = json!(["not_ready"]))),
    responses((status = 200, description = "It can work.", body = Health))
)]
#[get("/health/ready")]
pub(crate) async fn get_readiness(desk: Data<Desk>) -> Result<HttpResponse, Problem> {
    let not_ready = |problem: Problem| {
        Problem::from(Kind::NotReady)
            .retry_after(2)
            .caused_by(problem.to_string())
    };
    desk.blocking(|archive| archive.health())
        .await
        .map_err(not_ready)?;
    Ok(HttpResponse::Ok().json(Health::UP))
}

//! `get_readiness`: the process can work.

use actix_web::web::Data;
use actix_web::{HttpResponse, get};

use super::get_liveness::Health;
use crate::desk::Desk;
use crate::problem::{Kind, Problem};

/// Whether the process can work
///
/// The database answers, its tables are those of this program, and the queue of commands has room. For anyone.
#[utoipa::path(
    tag = "system",
    security(()),
    extensions(("x-problem-codes" = json!(["not_ready"]))),
    responses((status = 200, description = "It can work.", body = Health))
)]
#[get("/health/ready")]
pub(crate) async fn get_readiness(desk: Data<Desk>) -> Result<HttpResponse, Problem> {
    let not_ready = || Problem::from(Kind::NotReady).retry_after(2);
    desk.blocking(|archive| archive.health())
        .await
        .map_err(|problem| not_ready().caused_by(problem.to_string()))?;
    let (waiting, room) = desk.cases.waiting();
    if waiting >= room {
        return Err(not_ready());
    }
    Ok(HttpResponse::Ok().json(Health::UP))
}

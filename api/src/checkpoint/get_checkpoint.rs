//! `get_checkpoint`: one checkpoint of my office.

use actix_web::web::Data;
use actix_web::{HttpResponse, get};

use super::{CheckpointView, sees_checkpoints};
use crate::caller::Caller;
use crate::desk::Desk;
use crate::problem::{Kind, Problem};
use crate::request::Path;

/// Get a checkpoint
///
/// With its signature, ready to be kept elsewhere: the body of this answer is what `huiyin audit verify --kept` reads.
/// For who sees the whole office, and administrators.
#[utoipa::path(
    tag = "audit",
    params(("checkpoint_no" = i64, Path, description = "Its number in the office.", minimum = 1, maximum = 9_007_199_254_740_991_i64)),
    extensions(("x-problem-codes" = json!(["not_permitted"]))),
    responses((status = 200, description = "The checkpoint.", body = CheckpointView))
)]
#[get("/api/v1/checkpoints/{checkpoint_no}")]
pub(crate) async fn get_checkpoint(
    desk: Data<Desk>,
    caller: Caller,
    number: Path<i64>,
) -> Result<HttpResponse, Problem> {
    sees_checkpoints(&caller)?;
    let (office, Path(number)) = (caller.office_id.0, number);
    let found = desk
        .blocking(move |archive| archive.find_checkpoint(office, number))
        .await?
        .ok_or(Kind::NotFound)?;
    Ok(HttpResponse::Ok().json(CheckpointView::new(found, &caller)?))
}

//! `mark_notifications_read`: what one has read.

use actix_web::web::Data;
use actix_web::{HttpResponse, post};
use persistence::notification::Reading;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use super::addressee;
use super::view::NotificationCounts;
use crate::answer::replayed;
use crate::caller::Caller;
use crate::case::view::COUNT_MAX;
use crate::desk::Desk;
use crate::problem::{FieldError, FieldFault, Problem};
use crate::repeat::Repeat;
use crate::request::{IdempotencyKey, Json};

/// Which notifications were read: named ones, or all up to one.
#[derive(Debug, Clone, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"up_to": "ffffffff-ffff-ffff-ffff-ffffffffffff"}))]
pub(crate) struct NotificationReading {
    /// These. Those that are not the caller's are passed over.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[validate(length(min = 1, max = 100))]
    #[schema(min_items = 1, max_items = 100, nullable = false)]
    ids: Option<Vec<Uuid>>,
    /// This one and every older one; the greatest UUID of all stands for everything so far.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    up_to: Option<Uuid>,
}

/// Mark notifications as read
///
/// Named ones, or one and all that are older; exactly one of the two is given. What is read already stays as it is. The
/// answer counts what is then unread. For any staff.
#[utoipa::path(
    tag = "notifications",
    params(IdempotencyKey),
    responses((status = 200, description = "They are marked as read.", body = NotificationCounts))
)]
#[post("/api/v1/notification-readings")]
pub(crate) async fn mark_notifications_read(
    desk: Data<Desk>,
    caller: Caller,
    key: IdempotencyKey,
    body: Json<NotificationReading>,
) -> Result<HttpResponse, Problem> {
    let repeat = Repeat::of(&caller, "mark_notifications_read", key, "", &body.0)?;
    let to = addressee(&caller);
    if repeat.earlier(&desk).await?.is_some() {
        let counted = desk.blocking(move |archive| archive.count_unread_notifications(&to, COUNT_MAX));
        return Ok(replayed(answer(&counted.await?)));
    }
    let reading = reading(body.0)?;
    let now = desk.now();
    let remembered = repeat.remembering(Uuid::nil(), now);
    let counted = desk
        .blocking(move |archive| {
            archive.mark_notifications_read(&to, &reading, now, remembered.as_ref())?;
            archive.count_unread_notifications(&to, COUNT_MAX)
        })
        .await?;
    Ok(answer(&counted))
}

fn reading(body: NotificationReading) -> Result<Reading, Problem> {
    let fault = |fault| Err(Problem::body_invalid(vec![FieldError::new("/up_to", fault)]));
    match (body.ids, body.up_to) {
        (Some(ids), None) => Ok(Reading::Named(ids)),
        (None, Some(last)) => Ok(Reading::UpTo(last)),
        (Some(_), Some(_)) => fault(FieldFault::Inconsistent),
        (None, None) => fault(FieldFault::Required),
    }
}

fn answer(counted: &[(domain::notification::NotificationKind, u32)]) -> HttpResponse {
    HttpResponse::Ok().json(NotificationCounts::of(counted))
}

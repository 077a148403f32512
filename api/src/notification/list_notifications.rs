//! `list_notifications`: what one was told.

use std::collections::{BTreeMap, BTreeSet};

use actix_web::{HttpResponse, get};
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;
use uuid::Uuid;
use validator::Validate;

use super::addressee;
use super::view::{NotificationCounts, NotificationPage, NotificationView};
use crate::case::reader::Reader;
use crate::case::view::{COUNT_MAX, Teller};
use crate::page::{LIMIT, cut};
use crate::problem::Problem;
use crate::request::Query;

/// Which notifications, and which page of them.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ListNotifications {
    /// Whether they are unread: true shows those alone, false those that are read. Both if it is not said.
    #[param(nullable = false)]
    unread: Option<bool>,
    /// Whether to count the unread ones too, up to a cap.
    #[param(nullable = false)]
    count: Option<bool>,
    /// Where the page begins: `next_cursor` of the page before.
    #[serde(skip_serializing_if = "crate::case::filters::left_out")]
    #[validate(length(min = 1, max = 1000))]
    #[param(min_length = 1, max_length = 1000, nullable = false)]
    cursor: Option<String>,
    /// How many, 20 if it is not said.
    #[serde(skip_serializing_if = "crate::case::filters::left_out")]
    #[validate(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100, nullable = false)]
    limit: Option<u32>,
}

/// List my notifications
///
/// What the caller was told, newest first: that something is urged, supervised, reported or newly owed, on which case,
/// under which clause. Each points to an event of the case's history. Those on cases that the caller may no longer see
/// are not shown. For any staff.
#[utoipa::path(
    tag = "notifications",
    params(ListNotifications),
    extensions(("x-problem-codes" = json!(["cursor_invalid"]))),
    responses((status = 200, description = "A page of notifications.", body = NotificationPage))
)]
#[get("/api/v1/notifications")]
pub(crate) async fn list_notifications(
    query: Query<ListNotifications>,
    reader: Reader,
) -> Result<HttpResponse, Problem> {
    let Query(query) = query;
    let list = reader.list("list_notifications", &query);
    let after: Option<Uuid> = reader.desk.page_key.start(&list, query.cursor.as_deref())?;
    let limit = query.limit.unwrap_or(LIMIT);
    let (to, unread, counted) = (addressee(&reader.caller), query.unread, query.count == Some(true));
    let (rows, counts) = reader
        .desk
        .blocking(move |archive| {
            let rows = archive.list_notifications(&to, unread, after, limit + 1)?;
            let counts = if counted {
                Some(archive.count_unread_notifications(&to, COUNT_MAX)?)
            } else {
                None
            };
            Ok((rows, counts))
        })
        .await?;
    let (rows, more) = cut(rows, limit);
    let next_cursor = rows
        .last()
        .filter(|_| more)
        .map(|last| reader.desk.page_key.cursor(&list, &last.id));
    // Cases live under a few versions, whose words are read once each.
    let mut tellers: BTreeMap<&(String, String), Teller> = BTreeMap::new();
    let versions: BTreeSet<&(String, String)> = rows.iter().map(|row| &row.rulebook).collect();
    for version in versions {
        tellers.insert(version, reader.teller_under(version).await?);
    }
    let items = rows
        .iter()
        .map(|row| NotificationView::new(row, &tellers[&row.rulebook]))
        .collect();
    Ok(HttpResponse::Ok().json(NotificationPage {
        items,
        next_cursor,
        counts: counts.map(|counts| NotificationCounts::of(&counts)),
    }))
}

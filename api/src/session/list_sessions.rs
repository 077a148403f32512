//! `list_sessions`: where I am logged in.

use actix_web::web::Data;
use actix_web::{HttpResponse, get};
use chrono::{DateTime, Utc};
use persistence::session::SessionRecord;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use validator::Validate;

use crate::caller::Caller;
use crate::desk::Desk;
use crate::page::List;
use crate::problem::Problem;
use crate::request::Query;
use crate::staff::{administers, named};

/// Whose, and which page.
#[derive(Deserialize, Serialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SessionFilters {
    /// Whose sessions; the caller's own if not said. Those of others are for the office's administrator.
    staff_id: Option<Uuid>,
    /// How many items; 20 if not said.
    #[validate(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// The `next_cursor` of the page before.
    #[validate(length(max = 1000))]
    #[param(max_length = 1000)]
    cursor: Option<String>,
}

/// A log-in that goes on.
#[derive(Serialize, ToSchema)]
pub struct OpenSession {
    /// Its identity, which `revoke_session` names.
    id: Uuid,
    /// When it began.
    began_at: DateTime<Utc>,
    /// When it was last renewed by a refresh token; at first, when it began.
    renewed_at: DateTime<Utc>,
    /// Until when it can be renewed.
    expires_at: DateTime<Utc>,
    /// The sign-in provider that vouched for it; absent where it was by password or by a machine's secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40)]
    provider: Option<String>,
    /// Whether it is the session of this very request.
    current: bool,
}

impl OpenSession {
    fn new(record: SessionRecord, caller: &Caller) -> Self {
        Self {
            id: record.family_id,
            began_at: record.began_at.unwrap_or(record.created_at),
            renewed_at: record.created_at,
            expires_at: record.expires_at,
            provider: record.provider,
            current: record.family_id == caller.family_id,
        }
    }
}

/// Sessions, the latest first.
#[derive(Serialize, ToSchema)]
pub struct SessionPage {
    /// The sessions of this page.
    #[schema(max_items = 100)]
    items: Vec<OpenSession>,
    /// Where the next page begins; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 1000)]
    next_cursor: Option<String>,
}

/// List the sessions
///
/// Where I am logged in; with `staff_id`, where that person is, for the office's administrator. For any staff.
#[utoipa::path(
    tag = "sessions",
    params(SessionFilters),
    extensions(("x-problem-codes" = json!(["cursor_invalid", "not_permitted", "not_found"]))),
    responses((status = 200, description = "A page of sessions.", body = SessionPage))
)]
#[get("/api/v1/sessions")]
pub(crate) async fn list_sessions(
    desk: Data<Desk>,
    caller: Caller,
    filters: Query<SessionFilters>,
) -> Result<HttpResponse, Problem> {
    let filters = filters.0;
    let staff_id = filters.staff_id.unwrap_or(caller.staff_id.0);
    if staff_id != caller.staff_id.0 {
        let member = named(&desk, &caller, staff_id).await?;
        administers(&caller, &member)?;
    }
    let list = List {
        name: "list_sessions",
        caller: caller.staff_id.0,
        filters: &filters,
    };
    let (office_id, now) = (caller.office_id.0, desk.watch.now());
    let (rows, next_cursor) = desk
        .page(
            &list,
            filters.limit,
            filters.cursor.as_deref(),
            move |archive, before, most| archive.list_sessions(office_id, staff_id, now, before, most),
            |session| session.id,
        )
        .await?;
    Ok(HttpResponse::Ok().json(SessionPage {
        next_cursor,
        items: rows
            .into_iter()
            .map(|row| OpenSession::new(row, &caller))
            .collect(),
    }))
}

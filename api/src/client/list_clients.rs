//! `list_clients`: the machine clients of my office.

use actix_web::web::Data;
use actix_web::{HttpResponse, get};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use validator::Validate;

use super::Client;
use crate::caller::Caller;
use crate::desk::Desk;
use crate::page::{LIMIT, List, cut};
use crate::problem::Problem;
use crate::request::Query;

/// Which page.
#[derive(Deserialize, Serialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ClientFilters {
    /// How many items; 20 if not said.
    #[validate(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// The `next_cursor` of the page before.
    #[validate(length(max = 1000))]
    #[param(max_length = 1000)]
    cursor: Option<String>,
}

/// Machine clients, by age.
#[derive(Serialize, ToSchema)]
pub struct ClientPage {
    /// The clients of this page.
    #[schema(max_items = 100)]
    items: Vec<Client>,
    /// Where the next page begins; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 1000)]
    next_cursor: Option<String>,
}

/// List the clients
///
/// The machine clients of my office, the oldest first. For the office's administrator.
#[utoipa::path(
    tag = "sessions",
    params(ClientFilters),
    extensions(("x-problem-codes" = json!(["cursor_invalid", "not_permitted"]))),
    responses((status = 200, description = "A page of clients.", body = ClientPage))
)]
#[get("/api/v1/clients")]
pub(crate) async fn list_clients(
    desk: Data<Desk>,
    caller: Caller,
    filters: Query<ClientFilters>,
) -> Result<HttpResponse, Problem> {
    caller.administers()?;
    let filters = filters.0;
    let list = List {
        name: "list_clients",
        caller: caller.staff_id.0,
        filters: &filters,
    };
    let limit = filters.limit.unwrap_or(LIMIT);
    let after: Option<Uuid> = desk.page_key.start(&list, filters.cursor.as_deref())?;
    let (office_id, now) = (caller.office_id.0, desk.watch.now());
    let rows = desk
        .blocking(move |archive| archive.list_clients(office_id, after, limit + 1))
        .await?;
    let (rows, more) = cut(rows, limit);
    let end = rows.last().filter(|_| more);
    Ok(HttpResponse::Ok().json(ClientPage {
        next_cursor: end.map(|client| desk.page_key.cursor(&list, &client.id)),
        items: rows
            .into_iter()
            .map(|row| Client::new(row, now))
            .collect::<Result<_, _>>()?,
    }))
}

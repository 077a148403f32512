//! `list_clients`: the machine clients of my office.

use actix_web::web::Data;
use actix_web::{HttpResponse, get};
use serde::Serialize;
use utoipa::ToSchema;

use super::Client;
use crate::caller::Caller;
use crate::desk::Desk;
use crate::page::{List, Paging};
use crate::problem::Problem;
use crate::request::Query;

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
    params(Paging),
    extensions(("x-problem-codes" = json!(["cursor_invalid", "not_permitted"]))),
    responses((status = 200, description = "A page of clients.", body = ClientPage))
)]
#[get("/api/v1/clients")]
pub(crate) async fn list_clients(
    desk: Data<Desk>,
    caller: Caller,
    filters: Query<Paging>,
) -> Result<HttpResponse, Problem> {
    caller.administers()?;
    let filters = filters.0;
    let list = List {
        name: "list_clients",
        caller: caller.staff_id.0,
        filters: &filters,
    };
    let (office_id, now) = (caller.office_id.0, desk.watch.now());
    let (rows, next_cursor) = desk
        .page(
            &list,
            filters.limit,
            filters.cursor.as_deref(),
            move |archive, after, most| archive.list_clients(office_id, after, most),
            |client| client.id,
        )
        .await?;
    Ok(HttpResponse::Ok().json(ClientPage {
        next_cursor,
        items: rows
            .into_iter()
            .map(|row| Client::new(row, now))
            .collect::<Result<_, _>>()?,
    }))
}

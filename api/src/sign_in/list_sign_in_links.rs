//! `list_sign_in_links`: as whose subjects a member of staff signs in.

use actix_web::web::Data;
use actix_web::{HttpResponse, get};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::SignInLinkView;
use crate::caller::Caller;
use crate::desk::Desk;
use crate::problem::Problem;
use crate::request::Path;
use crate::staff::{administers, named};

/// The links of one person.
#[derive(Serialize, ToSchema)]
pub struct SignInLinkPage {
    /// All of them; there are few.
    #[schema(max_items = 1000)]
    items: Vec<SignInLinkView>,
}

/// List the sign-in links
///
/// Which subjects of which providers sign in as this member of staff. One's own, or for the office's administrator.
#[utoipa::path(
    tag = "sessions",
    extensions(("x-problem-codes" = json!(["not_permitted"]))),
    responses((status = 200, description = "The links.", body = SignInLinkPage))
)]
#[get("/api/v1/staff/{staff_id}/sign-in-links")]
pub(crate) async fn list_sign_in_links(
    desk: Data<Desk>,
    caller: Caller,
    staff_id: Path<Uuid>,
) -> Result<HttpResponse, Problem> {
    let member = named(&desk, &caller, staff_id.0).await?;
    if member.id != caller.staff_id.0 {
        administers(&caller, &member)?;
    }
    let (office_id, staff_id) = (member.office_id, member.id);
    let links = desk
        .blocking(move |archive| archive.list_sign_in_links(office_id, staff_id))
        .await?;
    let items = links
        .into_iter()
        .map(|link| SignInLinkView::new(link, &desk.sign_in));
    Ok(HttpResponse::Ok().json(SignInLinkPage {
        items: items.collect(),
    }))
}

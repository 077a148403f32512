//! `link_sign_in`: a provider's subject signs in as a member of staff from now on.

use actix_web::web::Data;
use actix_web::{HttpResponse, post};
use persistence::sign_in_link::SignInLink;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use super::SignInLinkView;
use crate::answer::replayed;
use crate::caller::Caller;
use crate::desk::Desk;
use crate::problem::{FieldError, FieldFault, Kind, Problem};
use crate::repeat::Repeat;
use crate::request::{IdempotencyKey, Json, Path};
use crate::staff::{administers, is_no_machine, named};

/// Which subject of which provider.
#[derive(Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignInLinkCreation {
    /// The provider, by its name.
    #[validate(length(min = 1, max = 40))]
    #[schema(min_length = 1, max_length = 40, example = "keycloak")]
    provider: String,
    /// Whom the provider means: its `sub`, which never changes and is given to nobody else.
    #[validate(length(min = 1, max = 255))]
    #[schema(min_length = 1, max_length = 255, example = "248289761001")]
    subject: String,
}

/// Link a sign-in
///
/// Lets a provider's subject sign in as a member of staff. A subject signs in as one person only. For the office's
/// administrator; as an operator only by one who is an operator too.
#[utoipa::path(
    tag = "sessions",
    params(IdempotencyKey),
    extensions(("x-problem-codes" = json!(["not_permitted", "code_taken", "wrong_state"]))),
    responses((status = 200, description = "The link.", body = SignInLinkView))
)]
#[post("/api/v1/staff/{staff_id}/sign-in-links")]
pub(crate) async fn link_sign_in(
    desk: Data<Desk>,
    caller: Caller,
    staff_id: Path<Uuid>,
    key: IdempotencyKey,
    body: Json<SignInLinkCreation>,
) -> Result<HttpResponse, Problem> {
    let path = staff_id.0.to_string();
    let repeat = Repeat::of(&caller, "link_sign_in", key, &path, &body.0)?;
    let member = named(&desk, &caller, staff_id.0).await?;
    administers(&caller, &member)?;
    let (office_id, staff_id) = (member.office_id, member.id);
    if let Some(id) = repeat.earlier(&desk).await? {
        let links = desk
            .blocking(move |archive| archive.list_sign_in_links(office_id, staff_id))
            .await?;
        let link = links
            .into_iter()
            .find(|link| link.id == id)
            .ok_or(Kind::NotFound)?;
        return Ok(replayed(
            HttpResponse::Ok().json(SignInLinkView::new(link, &desk.sign_in)),
        ));
    }
    is_no_machine(&desk, &member).await?;
    let provider = desk
        .sign_in
        .provider(&body.0.provider)
        .ok_or_else(|| Problem::body_invalid(vec![FieldError::new("/provider", FieldFault::NotACode)]))?;
    let link = SignInLink {
        issuer: provider.settings.issuer.clone(),
        subject: body.0.subject,
        office_id,
        staff_id,
        id: Uuid::now_v7(),
        linked_by_id: caller.staff_id.0,
        created_at: desk.watch.now(),
    };
    let remembered = repeat.remembering(link.id, desk.now());
    let link = desk
        .blocking(move |archive| archive.link_sign_in(&link, remembered.as_ref()))
        .await?;
    Ok(HttpResponse::Ok().json(SignInLinkView::new(link, &desk.sign_in)))
}

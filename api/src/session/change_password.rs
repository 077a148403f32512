//! `change_password`: a new password of one's own, above all after a one-time password.

use actix_web::web::Data;
use actix_web::{HttpResponse, put};
use persistence::archive::NewPassword;
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::caller::Caller;
use crate::desk::{Desk, apart};
use crate::guard::{self, Proven};
use crate::password;
use crate::problem::{FieldError, FieldFault, Kind, Problem};
use crate::request::Json;

/// The old password and the new one.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordChange {
    /// The password up to now.
    #[validate(length(min = 1, max = 256))]
    #[schema(
        min_length = 1,
        max_length = 256,
        example = "the demo password printed at the start"
    )]
    old_password: String,
    /// The password from now on: at least 10 characters, at most 256 bytes.
    #[validate(length(min = 10, max = 256))]
    #[schema(min_length = 10, max_length = 256, example = "four random words together")]
    new_password: String,
}

/// Change my password
///
/// Sets a new password, naming the old one. It must be long, not the user name, and none of those that everybody tries
/// first. All sessions end; log in again. For any staff.
#[utoipa::path(
    tag = "sessions",
    extensions(("x-problem-codes" = json!(["bad_credentials", "locked_out", "password_too_weak"]))),
    responses((status = 204, description = "The password is changed."))
)]
#[put("/api/v1/session/password")]
pub(crate) async fn change_password(
    desk: Data<Desk>,
    caller: Caller,
    body: Json<PasswordChange>,
) -> Result<HttpResponse, Problem> {
    let PasswordChange {
        old_password,
        new_password,
    } = body.0;
    // A try like any other: whoever found a session open shall not guess on it.
    let Proven { name_hash, .. } =
        guard::prove(&desk, caller.user_name.clone(), old_password.clone()).await?;
    // It was right, whatever becomes of the new one.
    let forgotten = name_hash.clone();
    desk.blocking(move |archive| archive.forget_tries(&forgotten))
        .await?;
    // Whoever gave a password knows it: the new one must be another.
    if old_password == new_password {
        return Err(Problem::body_invalid(vec![FieldError::new(
            "/new_password",
            FieldFault::Inconsistent,
        )]));
    }
    password::suitable(&new_password, &caller.user_name).map_err(|unsuitable| {
        Problem::from(Kind::PasswordTooWeak).with_errors(vec![unsuitable.at("/new_password")])
    })?;
    let hash = apart(move || password::hash(&new_password))
        .await?
        .map_err(|_| Problem::body_invalid(vec![FieldError::new("/new_password", FieldFault::TooLong)]))?;
    let now = desk.watch.now();
    let password = NewPassword {
        hash,
        must_change: false,
        name_hash: Some(name_hash),
    };
    desk.blocking(move |archive| {
        archive.set_password(caller.office_id.0, caller.staff_id.0, &password, now, None)
    })
    .await?;
    Ok(HttpResponse::NoContent().finish())
}

//! `log_in`: a user name and a password for a session.
//!
//! Nothing in the answer or in the time it takes says which half was wrong, nor does a lock say whether anybody has the
//! name: see `guard.rs`.

use actix_web::web::Data;
use actix_web::{HttpResponse, post};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use super::{SessionTokens, opened};
use crate::desk::Desk;
use crate::guard::{self, Proven};
use crate::limits::Limits;
use crate::problem::{Kind, Problem};
use crate::request::Json;

/// Who logs in.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LogIn {
    /// The name given by the office's administrator.
    #[validate(length(min = 1, max = 100))]
    #[schema(
        min_length = 1,
        max_length = 100,
        example = "tobacco_supervision.intake_officer"
    )]
    user_name: String,
    /// The password. On a demo server it is the one that the start-up message prints.
    #[validate(length(min = 1, max = 256))]
    #[schema(
        min_length = 1,
        max_length = 256,
        example = "the demo password printed at the start"
    )]
    password: String,
}

/// Log in
///
/// Exchanges a user name and a password for a session: a short-lived access token and a refresh token that serves
/// once. For anyone. On a demo server the password of every account is printed at the start.
#[utoipa::path(
    tag = "sessions",
    security(()),
    extensions(("x-problem-codes" = json!(["bad_credentials", "locked_out"]))),
    responses((status = 200, description = "The session's tokens.", body = SessionTokens))
)]
#[post("/api/v1/sessions")]
pub(crate) async fn log_in(
    desk: Data<Desk>,
    limits: Data<Limits>,
    body: Json<LogIn>,
) -> Result<HttpResponse, Problem> {
    let LogIn { user_name, password } = body.0;
    limits.account(&desk.guard_key.of(&user_name))?;
    let Proven { record, name_hash } = guard::prove(&desk, user_name, password).await?;
    if !record.staff_member.active || !record.office_active {
        return Err(Kind::BadCredentials.into());
    }
    let tokens = opened(&desk, &record, None, Some(name_hash)).await?;
    Ok(HttpResponse::Ok().json(tokens))
}

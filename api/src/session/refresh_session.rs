//! `refresh_session`: a refresh token for a new pair.

use actix_web::web::Data;
use actix_web::{HttpResponse, post};
use persistence::session::{NextSession, Refresh};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use super::{LONGEST, REFRESH_LIFETIME, SessionTokens};
use crate::caller::speaks;
use crate::desk::Desk;
use crate::password::RefreshToken;
use crate::problem::{Kind, Problem};
use crate::request::Json;
use crate::token::Bearer;

/// The token to be exchanged.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefreshRequest {
    /// The refresh token of the last log-in or refresh.
    #[validate(length(min = 1, max = 64))]
    #[schema(
        min_length = 1,
        max_length = 64,
        example = "0000000000000000000000000000000000000000000000000000000000000000"
    )]
    refresh_token: String,
}

/// Refresh the session
///
/// Exchanges a refresh token for a new access token and a new refresh token. A refresh token serves once: when it
/// shows up again, two people hold it, and the whole session ends. So it does a day after the log-in, however often it was
/// renewed. For anyone who holds one.
#[utoipa::path(
    tag = "sessions",
    security(()),
    extensions(("x-problem-codes" = json!(["refresh_token_spent"]))),
    responses((status = 200, description = "The session's new tokens.", body = SessionTokens))
)]
#[post("/api/v1/session-refreshes")]
pub(crate) async fn refresh_session(
    desk: Data<Desk>,
    body: Json<RefreshRequest>,
) -> Result<HttpResponse, Problem> {
    let token = RefreshToken::parse(&body.0.refresh_token).ok_or(Kind::RefreshTokenSpent)?;
    let now = desk.watch.now();
    let refresh = RefreshToken::generate();
    let next = NextSession {
        id: Uuid::now_v7(),
        refresh_hash: refresh.hash().to_vec(),
        created_at: now,
        expires_at: now + REFRESH_LIFETIME,
        longest: LONGEST,
    };
    let outcome = desk
        .blocking(move |archive| archive.refresh_session(&token.hash(), &next))
        .await?;
    match outcome {
        Refresh::Renewed(session) => {
            let id = session.id;
            let caller = desk.blocking(move |archive| archive.find_caller(id)).await?;
            if !caller.is_some_and(|(record, _)| speaks(&record, now)) {
                let family = session.family_id;
                desk.blocking(move |archive| archive.end_session_family(family, now))
                    .await?;
                return Err(Kind::RefreshTokenSpent.into());
            }
            let bearer = Bearer {
                staff_id: session.staff_id,
                session_id: session.id,
            };
            let tokens = SessionTokens::new(&desk, bearer, &refresh, session.expires_at);
            Ok(HttpResponse::Ok().json(tokens))
        }
        Refresh::Spent | Refresh::Over | Refresh::Unknown => Err(Kind::RefreshTokenSpent.into()),
    }
}

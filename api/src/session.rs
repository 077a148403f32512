//! Logging in, who I am, which sessions of mine go on, logging out.

pub mod change_password;
pub mod get_session;
pub mod list_sessions;
pub mod log_in;
pub mod log_out;
pub mod refresh_session;
pub mod revoke_session;

use chrono::{DateTime, Duration, Utc};
use persistence::session::NewSession;
use persistence::staff::LogInRecord;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::desk::Desk;
use crate::password::RefreshToken;
use crate::problem::Problem;
use crate::token::{Bearer, LIFETIME_SECONDS};

/// How long a refresh token serves: a working day with its overtime.
const REFRESH_LIFETIME: Duration = Duration::hours(12);

/// How long a log-in serves altogether, however often it is renewed: once a day somebody proves who they are.
const LONGEST: Duration = Duration::hours(24);

/// What a log-in or a refresh hands out.
#[derive(Serialize, ToSchema)]
pub struct SessionTokens {
    /// Sent with every request as `Authorization: Bearer …`.
    #[schema(max_length = 1024)]
    access_token: String,
    /// Always `Bearer`.
    #[schema(max_length = 16, example = "Bearer")]
    token_type: &'static str,
    /// How many seconds the access token lives.
    #[schema(minimum = 1, maximum = 86400, example = 900)]
    expires_in: i64,
    /// Exchanged once, by `refresh_session`, for a new pair.
    #[schema(max_length = 64)]
    refresh_token: String,
    /// Until when the refresh token serves.
    refresh_expires_at: DateTime<Utc>,
}

impl SessionTokens {
    fn new(desk: &Desk, bearer: Bearer, refresh: &RefreshToken, expires_at: DateTime<Utc>) -> Self {
        Self {
            access_token: desk.token_key.issue(bearer, desk.watch.now()).text,
            token_type: "Bearer",
            expires_in: LIFETIME_SECONDS,
            refresh_token: refresh.reveal(),
            refresh_expires_at: expires_at,
        }
    }
}

/// Opens a session for somebody who has proven who they are: by password, or before a provider. The tries that are
/// counted under the hash of the name are forgotten.
pub(crate) async fn opened(
    desk: &Desk,
    record: &LogInRecord,
    provider: Option<String>,
    name_hash: Option<Vec<u8>>,
) -> Result<SessionTokens, Problem> {
    let now = desk.watch.now();
    let refresh = RefreshToken::generate();
    let session = NewSession {
        id: Uuid::now_v7(),
        office_id: record.staff_member.office_id,
        staff_id: record.staff_member.id,
        family_id: Uuid::now_v7(),
        refresh_hash: refresh.hash().to_vec(),
        created_at: now,
        expires_at: now + REFRESH_LIFETIME,
        began_at: Some(now),
        provider,
        scopes: None,
    };
    let session = desk
        .blocking(move |archive| archive.open_session(&session, name_hash.as_deref()))
        .await?;
    let bearer = Bearer {
        staff_id: session.staff_id,
        session_id: session.id,
    };
    Ok(SessionTokens::new(desk, bearer, &refresh, session.expires_at))
}

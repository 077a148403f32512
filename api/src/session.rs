//! Logging in, who I am, logging out.

pub mod change_password;
pub mod get_session;
pub mod log_in;
pub mod log_out;
pub mod refresh_session;

use chrono::{DateTime, Duration, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use crate::desk::Desk;
use crate::password::RefreshToken;
use crate::token::{Bearer, LIFETIME_SECONDS};

/// How long a refresh token serves: a working day with its overtime.
const REFRESH_LIFETIME: Duration = Duration::hours(12);

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
            access_token: desk.token_key.issue(bearer, desk.now()).text,
            token_type: "Bearer",
            expires_in: LIFETIME_SECONDS,
            refresh_token: refresh.reveal(),
            refresh_expires_at: expires_at,
        }
    }
}

//! `log_in`: a user name and a password for a session.
//!
//! Nothing in the answer or in the time it takes says which half was wrong. Five failures in a row lock the name for
//! a minute, five more within an hour for a quarter of an hour.

use actix_web::web::Data;
use actix_web::{HttpResponse, post};
use chrono::{DateTime, Duration, Utc};
use persistence::session::NewSession;
use persistence::staff::{LockRule, LogInRecord};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use super::{REFRESH_LIFETIME, SessionTokens};
use crate::desk::{Desk, apart};
use crate::password::{self, RefreshToken};
use crate::problem::{Kind, Problem};
use crate::request::Json;
use crate::token::Bearer;

const FAILURES: i32 = 5;
const FIRST_LOCK: Duration = Duration::minutes(1);
const NEXT_LOCK: Duration = Duration::minutes(15);
/// For how long a lock that is over makes the next one longer.
const LOCK_REMEMBERED: Duration = Duration::hours(1);

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
pub(crate) async fn log_in(desk: Data<Desk>, body: Json<LogIn>) -> Result<HttpResponse, Problem> {
    let LogIn { user_name, password } = body.0;
    let now = desk.now();
    let known = desk
        .blocking(move |archive| archive.find_log_in(&user_name))
        .await?;
    let hash = known.as_ref().map(|record| record.password_hash.clone());
    // Compared whether or not the name is known, locked or active: the work is the same.
    let matches = apart(move || password::verify(&password, hash.as_deref())).await?;
    let Some(record) = known else {
        return Err(Kind::BadCredentials.into());
    };
    if let Some(until) = record.staff_member.locked_until.filter(|until| *until > now) {
        return Err(locked(until, now));
    }
    if !matches {
        return Err(failed(&desk, &record, now).await?);
    }
    if !record.staff_member.active || !record.office_active {
        return Err(Kind::BadCredentials.into());
    }
    let refresh = RefreshToken::generate();
    let session = NewSession {
        id: Uuid::now_v7(),
        office_id: record.staff_member.office_id,
        staff_id: record.staff_member.id,
        family_id: Uuid::now_v7(),
        refresh_hash: refresh.hash().to_vec(),
        created_at: now,
        expires_at: now + REFRESH_LIFETIME,
    };
    let session = desk
        .blocking(move |archive| archive.open_session(&session))
        .await?;
    let bearer = Bearer {
        staff_id: session.staff_id,
        session_id: session.id,
    };
    Ok(HttpResponse::Ok().json(SessionTokens::new(&desk, bearer, &refresh, session.expires_at)))
}

/// Counts a failure; the problem to answer.
async fn failed(desk: &Desk, record: &LogInRecord, now: DateTime<Utc>) -> Result<Problem, Problem> {
    let member = &record.staff_member;
    let again = member
        .locked_until
        .is_some_and(|until| until + LOCK_REMEMBERED > now);
    let rule = LockRule {
        attempts: FAILURES,
        until: now + if again { NEXT_LOCK } else { FIRST_LOCK },
    };
    let (office_id, staff_id) = (member.office_id, member.id);
    let locked_until = desk
        .blocking(move |archive| archive.record_failed_log_in(office_id, staff_id, rule))
        .await?;
    Ok(match locked_until.filter(|until| *until > now) {
        Some(until) => locked(until, now),
        None => Kind::BadCredentials.into(),
    })
}

fn locked(until: DateTime<Utc>, now: DateTime<Utc>) -> Problem {
    let seconds = (until - now).num_seconds().max(1);
    Problem::from(Kind::LockedOut).retry_after(u32::try_from(seconds).unwrap_or(u32::MAX))
}

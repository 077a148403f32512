//! `finish_sign_in`: a provider's code for a session.

use std::sync::Arc;

use actix_web::web::Data;
use actix_web::{HttpResponse, post};
use chrono::{DateTime, Utc};
use persistence::client::NO_PASSWORD;
use persistence::staff::LogInRecord;
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;
use validator::Validate;

use super::id_token::{self, Vouched};
use super::provider::{Account, ProviderSettings};
use super::{SignIn, UnderWay};
use crate::desk::Desk;
use crate::problem::{Kind, Problem};
use crate::request::Json;
use crate::session::{SessionTokens, opened};

/// What the browser came back with.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignInCompletion {
    /// What `start_sign_in` handed out.
    #[validate(length(min = 1, max = 4000))]
    #[schema(
        min_length = 1,
        max_length = 4000,
        example = "eyJwcm92aWRlciI6ImtleWNsb2FrIn0.c2VhbA"
    )]
    sign_in_token: String,
    /// The `state` that the browser brought back.
    #[validate(length(min = 1, max = 64))]
    #[schema(min_length = 1, max_length = 64, example = "Zm9ydHktdGhyZWUgY2hhcmFjdGVycw")]
    state: String,
    /// The `code` that the browser brought back.
    #[validate(length(min = 1, max = 4000))]
    #[schema(min_length = 1, max_length = 4000, example = "SplxlOBeZQQYbYS6WxSbIA")]
    code: String,
    /// The `iss` that the browser brought back, if there was one (RFC 9207).
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500)]
    iss: Option<String>,
}

/// Finish a sign-in
///
/// Exchanges the provider's code for a session. The account is the one that an administrator linked with the provider's
/// subject, or, where the settings say so, the one whose user name the provider states; none is made. For anyone whom the
/// provider vouches for.
#[utoipa::path(
    tag = "sessions",
    security(()),
    extensions(("x-problem-codes" = json!(["sign_in_failed", "account_unknown"]))),
    responses((status = 200, description = "The session's tokens.", body = SessionTokens))
)]
#[post("/api/v1/sign-in-completions")]
pub(crate) async fn finish_sign_in(
    desk: Data<Desk>,
    body: Json<SignInCompletion>,
) -> Result<HttpResponse, Problem> {
    let SignInCompletion {
        sign_in_token,
        state,
        code,
        iss,
    } = body.0;
    let now = desk.watch.now();
    let under_way = desk
        .sign_in
        .unsealed(&sign_in_token, now)
        .filter(|under_way| under_way.state == state)
        .ok_or(Kind::SignInFailed)?;
    let provider = desk
        .sign_in
        .provider(&under_way.provider)
        .ok_or(Kind::SignInFailed)?;
    let settings = provider.settings.clone();
    // Another provider's answer, by whatever mix-up.
    if iss.is_some_and(|issuer| issuer != settings.issuer) {
        return Err(Kind::SignInFailed.into());
    }
    let sign_in = Arc::clone(&desk.sign_in);
    let vouched = desk
        .sign_in
        .asking(move || vouched(&sign_in, &under_way, &code, now))
        .await?;
    let record = account(&desk, &settings, vouched)
        .await?
        .ok_or(Kind::AccountUnknown)?;
    let tokens = opened(&desk, &record, Some(settings.name), None).await?;
    Ok(HttpResponse::Ok().json(tokens))
}

/// Whom the provider vouches for, for this code.
fn vouched(
    sign_in: &SignIn,
    under_way: &UnderWay,
    code: &str,
    now: DateTime<Utc>,
) -> Result<Vouched, Problem> {
    let provider = sign_in.provider(&under_way.provider).ok_or(Kind::SignInFailed)?;
    let settings = &provider.settings;
    let unusable = |cause| Problem::from(Kind::Overloaded).retry_after(5).caused_by(cause);
    let failed = |cause| Problem::from(Kind::SignInFailed).caused_by(cause);
    let known = provider.known(now).map_err(unusable)?;
    let token = provider
        .exchange(&known, code, &under_way.redirect_uri, &under_way.verifier)
        .map_err(|cause| told(Problem::from(Kind::SignInFailed).caused_by(cause)))?;
    let key_id = id_token::key_id(&token, settings).map_err(|cause| told(failed(cause)))?;
    let known = provider.knowing(&key_id, now).map_err(unusable)?;
    let key = known.keys.get(&key_id).ok_or(Kind::SignInFailed)?;
    id_token::believed(&token, key, settings, &under_way.nonce, now).map_err(|cause| told(failed(cause)))
}

/// Tells the log why a sign-in failed: whoever set the provider up needs it, and nobody outside is told. No token and no
/// name of a person is in it.
fn told(problem: Problem) -> Problem {
    tracing::warn!(problem = ?problem, "a sign-in failed");
    problem
}

/// The account of somebody whom the provider vouches for.
async fn account(
    desk: &Desk,
    settings: &ProviderSettings,
    vouched: Vouched,
) -> Result<Option<LogInRecord>, Problem> {
    let stated = stated_name(settings, &vouched);
    let (issuer, subject) = (settings.issuer.clone(), vouched.subject);
    let record = desk
        .blocking(move |archive| match archive.find_linked(&issuer, &subject)? {
            Some(record) => Ok(Some(record)),
            None => match stated {
                Some(user_name) => archive.find_log_in(&user_name),
                None => Ok(None),
            },
        })
        .await?;
    Ok(record.filter(|record| {
        let here = settings.offices.is_empty() || settings.offices.contains(&record.office_code);
        let person = record.password_hash != NO_PASSWORD;
        here && person && record.staff_member.active && record.office_active
    }))
}

/// Our user name, as the provider states it, where the settings trust it to.
fn stated_name(settings: &ProviderSettings, vouched: &Vouched) -> Option<String> {
    let verified = vouched.claims.get("email_verified") == Some(&Value::Bool(true));
    let claim = match settings.account {
        Account::PreferredUsername => "preferred_username",
        Account::Email if verified => "email",
        Account::Subject | Account::Email => return None,
    };
    let stated = vouched
        .claims
        .get(claim)?
        .as_str()
        .filter(|name| !name.is_empty() && name.len() <= 100 && !name.chars().any(char::is_control))?;
    Some(format!("{}{stated}", settings.user_name_prefix))
}

//! `start_sign_in`: where to send the browser, and what to keep meanwhile.

use std::sync::Arc;

use actix_web::web::Data;
use actix_web::{HttpResponse, post};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use url::Url;
use utoipa::ToSchema;
use validator::Validate;

use super::{UNDER_WAY_MAX, UnderWay, challenge};
use crate::desk::Desk;
use crate::password::random;
use crate::problem::{FieldError, FieldFault, Kind, Problem};
use crate::request::Json;

/// At which provider, and where to come back to.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignInStartRequest {
    /// The provider, by its name.
    #[validate(length(min = 1, max = 40))]
    #[schema(min_length = 1, max_length = 40, example = "keycloak")]
    provider: String,
    /// Where the provider sends the browser back to: one of those that the settings name.
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500, example = "https://desk.example/signed-in")]
    redirect_uri: String,
}

/// A sign-in that has begun.
#[derive(Serialize, ToSchema)]
pub struct SignInStart {
    /// Where to send the browser.
    #[schema(max_length = 4000)]
    authorization_url: String,
    /// What the browser must bring back unchanged; compare it before you finish.
    #[schema(max_length = 64)]
    state: String,
    /// Handed back to `finish_sign_in`. Keep it in the front end; it belongs into no address.
    #[schema(max_length = 4000)]
    sign_in_token: String,
    /// When it is too late to finish.
    expires_at: DateTime<Utc>,
}

/// Start a sign-in
///
/// Begins a sign-in at a provider: the address to send the browser to, with state, nonce and PKCE challenge, and a token
/// to finish with. For anyone.
#[utoipa::path(
    tag = "sessions",
    security(()),
    extensions(("x-problem-codes" = json!(["not_found"]))),
    responses((status = 200, description = "The sign-in has begun.", body = SignInStart))
)]
#[post("/api/v1/sign-ins")]
pub(crate) async fn start_sign_in(
    desk: Data<Desk>,
    body: Json<SignInStartRequest>,
) -> Result<HttpResponse, Problem> {
    let SignInStartRequest {
        provider: name,
        redirect_uri,
    } = body.0;
    let provider = desk.sign_in.provider(&name).ok_or(Kind::NotFound)?;
    if !provider.settings.redirect_uris.contains(&redirect_uri) {
        let error = FieldError::new("/redirect_uri", FieldFault::NotACode);
        return Err(Problem::body_invalid(vec![error]));
    }
    let now = desk.watch.now();
    let (sign_in, asked) = (Arc::clone(&desk.sign_in), name.clone());
    let known = desk
        .sign_in
        .asking(move || {
            let provider = sign_in.provider(&asked).ok_or(Kind::NotFound)?;
            let unusable = |cause| Problem::from(Kind::Overloaded).retry_after(5).caused_by(cause);
            provider.known(now).map_err(unusable)
        })
        .await?;
    let drawn = || URL_SAFE_NO_PAD.encode(random::<32>());
    let expires_at = now + UNDER_WAY_MAX;
    let under_way = UnderWay {
        provider: name,
        redirect_uri,
        state: drawn(),
        nonce: drawn(),
        verifier: drawn(),
        expires: expires_at.timestamp(),
    };
    let parameters: [(&str, &str); 8] = [
        ("response_type", "code"),
        ("client_id", &provider.settings.client_id),
        ("redirect_uri", &under_way.redirect_uri),
        ("scope", "openid profile email"),
        ("state", &under_way.state),
        ("nonce", &under_way.nonce),
        ("code_challenge", &challenge(&under_way.verifier)),
        ("code_challenge_method", "S256"),
    ];
    let address =
        Url::parse_with_params(&known.authorization_endpoint, parameters).map_err(Problem::internal)?;
    Ok(HttpResponse::Ok().json(SignInStart {
        authorization_url: address.into(),
        sign_in_token: desk.sign_in.sealed(&under_way),
        state: under_way.state,
        expires_at,
    }))
}

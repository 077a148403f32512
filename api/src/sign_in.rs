//! Signing in at an outside provider by `OpenID` Connect: the authorization code flow with PKCE.
//!
//! `start_sign_in` hands out where to send the browser, and a sealed *sign-in token* that holds what `finish_sign_in`
//! needs: the provider, state, nonce and the PKCE verifier. Nothing is stored, so that starting costs nothing and any
//! replica finishes. The token never travels through the browser's address, so that a code which is stolen there is
//! worth nothing, and nobody's browser can be made to finish what somebody else began.
//!
//! Only providers that the settings name are ever asked ([`provider`]), only at their own origin (`metadata.rs`). What
//! they answer is held against everything that it must say (`id_token.rs`). Nobody gets an account by signing in: the
//! account is one that an administrator linked with the provider's subject, or the one whose user name the provider
//! states, where the settings trust it to. Of the protocol so little is needed that it is written out here, over the
//! JWT library that we have anyway: the `openidconnect` crate would bring its own HTTP types, a second set of
//! cryptography and types for all that we refuse.

pub mod finish_sign_in;
pub(crate) mod id_token;
pub mod link_sign_in;
pub mod list_sign_in_links;
pub mod list_sign_in_providers;
pub(crate) mod metadata;
pub mod provider;
pub mod start_sign_in;
pub mod unlink_sign_in;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use hmac::{Hmac, Mac};
use persistence::sign_in_link::SignInLink;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::keys::derived;
use crate::problem::{Kind, Problem};
use crate::sign_in::provider::Provider;

/// How long somebody may take to sign in at a provider.
const UNDER_WAY_MAX: TimeDelta = TimeDelta::minutes(10);

/// How many may ask a provider at once: a provider that is slow must not keep the archive's threads busy.
const ASKING_MAX: usize = 4;

/// Who vouches for people, and what seals a sign-in that is under way.
pub struct SignIn {
    providers: Vec<Provider>,
    seal: Hmac<Sha256>,
    asking: Semaphore,
}

/// A sign-in that is under way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct UnderWay {
    /// At which provider, by its name.
    pub(crate) provider: String,
    /// Where the provider sends the browser back to.
    pub(crate) redirect_uri: String,
    /// What the browser brings back unchanged.
    pub(crate) state: String,
    /// What the id token must repeat.
    pub(crate) nonce: String,
    /// What only whoever began can know (PKCE).
    pub(crate) verifier: String,
    /// When it is too late, in seconds since 1970.
    pub(crate) expires: i64,
}

impl SignIn {
    /// These providers; the seal is made of `secret`, apart from any other key made of it.
    pub(crate) fn new(secret: &[u8], providers: Vec<Provider>) -> Self {
        Self {
            providers,
            seal: derived(secret, b"sign-ins"),
            asking: Semaphore::new(ASKING_MAX),
        }
    }

    /// The providers, as the settings name them.
    pub(crate) fn providers(&self) -> &[Provider] {
        &self.providers
    }

    /// The provider of this name.
    pub(crate) fn provider(&self, name: &str) -> Option<&Provider> {
        self.providers
            .iter()
            .find(|provider| provider.settings.name == name)
    }

    /// A sign-in as it is handed out.
    pub(crate) fn sealed(&self, under_way: &UnderWay) -> String {
        let text = serde_json::to_vec(under_way).expect("texts and numbers are JSON");
        let seal = self.seal.clone().chain_update(&text).finalize().into_bytes();
        format!(
            "{}.{}",
            URL_SAFE_NO_PAD.encode(text),
            URL_SAFE_NO_PAD.encode(seal)
        )
    }

    /// The sign-in that a token holds, if it is ours and not too old.
    pub(crate) fn unsealed(&self, token: &str, now: DateTime<Utc>) -> Option<UnderWay> {
        let (text, seal) = token.split_once('.')?;
        let (text, seal) = (
            URL_SAFE_NO_PAD.decode(text).ok()?,
            URL_SAFE_NO_PAD.decode(seal).ok()?,
        );
        self.seal.clone().chain_update(&text).verify_slice(&seal).ok()?;
        let under_way: UnderWay = serde_json::from_slice(&text).ok()?;
        (under_way.expires > now.timestamp()).then_some(under_way)
    }

    /// Asks a provider, on a thread that may wait, when few others do.
    ///
    /// # Errors
    /// `overloaded` when too many ask already; whatever the question fails with.
    pub(crate) async fn asking<T: Send + 'static>(
        &self,
        ask: impl FnOnce() -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let _turn = self
            .asking
            .try_acquire()
            .map_err(|_| Problem::from(Kind::Overloaded).retry_after(1))?;
        actix_web::web::block(ask)
            .await
            .map_err(|_| Problem::internal("a question to a sign-in provider panicked"))?
    }
}

/// What a provider is shown of a verifier (PKCE, S256).
fn challenge(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier))
}

/// A link between a provider's subject and a member of staff.
#[derive(Debug, Serialize, ToSchema)]
pub struct SignInLinkView {
    /// Its identity.
    id: Uuid,
    /// The provider's name; absent where the settings no longer name it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40, example = "keycloak")]
    provider: Option<String>,
    /// Whom the provider means: its `sub`.
    #[schema(max_length = 255)]
    subject: String,
    /// As whom it signs in.
    staff_id: Uuid,
    /// Who linked them.
    linked_by_id: Uuid,
    /// When.
    created_at: DateTime<Utc>,
}

impl SignInLinkView {
    fn new(link: SignInLink, sign_in: &SignIn) -> Self {
        let mut providers = sign_in.providers().iter();
        Self {
            id: link.id,
            provider: providers
                .find(|provider| provider.settings.issuer == link.issuer)
                .map(|provider| provider.settings.name.clone()),
            subject: link.subject,
            staff_id: link.staff_id,
            linked_by_id: link.linked_by_id,
            created_at: link.created_at,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sign_in_is_finished_in_time_and_as_it_began() {
        let sign_in = SignIn::new(b"a secret of more than thirty-two bytes", Vec::new());
        let now: DateTime<Utc> = "2026-03-02T01:00:00Z".parse().unwrap();
        let under_way = UnderWay {
            provider: "keycloak".into(),
            redirect_uri: "https://desk.example/signed-in".into(),
            state: "s".into(),
            nonce: "n".into(),
            verifier: "v".into(),
            expires: (now + UNDER_WAY_MAX).timestamp(),
        };
        let token = sign_in.sealed(&under_way);
        assert_eq!(sign_in.unsealed(&token, now), Some(under_way));
        assert_eq!(sign_in.unsealed(&token, now + UNDER_WAY_MAX), None, "too late");
        assert_eq!(
            sign_in.unsealed(&token.replacen('e', "f", 1), now),
            None,
            "changed"
        );
        let others = SignIn::new(b"another secret of more than 32 bytes!", Vec::new());
        assert_eq!(others.unsealed(&token, now), None, "not ours");
        for bad in ["", ".", "a.b", &token[..token.len() - 1]] {
            assert_eq!(sign_in.unsealed(bad, now), None, "{bad}");
        }
    }

    #[test]
    fn the_challenge_is_that_of_the_standard() {
        // RFC 7636, appendix B.
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        assert_eq!(challenge(verifier), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }
}

//! What a provider says of itself: where its endpoints are, and with which keys it signs.
//!
//! It is asked when first needed and again every hour; for its keys also when a token names one that is not known, as
//! after a rotation, but at most every thirty seconds, so that nobody makes us ask by making keys up. Redirects are not
//! followed, answers are bounded in size and time, and what the document names must lie at the issuer's own origin:
//! whoever could change the document could otherwise send us anywhere.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock, PoisonError};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::jwk::Jwk;
use serde::Deserialize;
use serde_json::Value;
use url::Url;

use super::provider::{Provider, is_safe};

/// How long an answer may take, and connecting.
const ANSWER_MAX: Duration = Duration::from_secs(8);
const CONNECT_MAX: Duration = Duration::from_secs(3);
/// How large an answer may be, in bytes.
const ANSWER_BYTES_MAX: u64 = 256 * 1024;
/// How many keys are looked at.
const KEYS_MAX: usize = 50;
/// For how long what was said holds.
const FRESH: TimeDelta = TimeDelta::hours(1);
/// How soon it is asked again for a key that is not known.
const AGAIN: TimeDelta = TimeDelta::seconds(30);

/// What a provider last said of itself.
pub(crate) struct Known {
    /// Where browsers sign in.
    pub(crate) authorization_endpoint: String,
    /// Where a code is exchanged.
    token_endpoint: String,
    /// The keys it signs with, by their ids.
    pub(crate) keys: BTreeMap<String, Jwk>,
    /// When it said so.
    since: DateTime<Utc>,
}

/// Why a provider is of no use just now. For the log: nobody outside learns whom we asked.
#[derive(Debug, thiserror::Error)]
#[error("the sign-in provider {provider}: {reason}")]
pub(crate) struct Unusable {
    provider: String,
    reason: String,
}

#[derive(Deserialize)]
struct Discovery {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
}

#[derive(Deserialize)]
struct Keys {
    keys: Vec<Value>,
}

#[derive(Deserialize)]
struct TokenAnswer {
    id_token: String,
}

impl Provider {
    /// What it says of itself, asked anew where that is too old.
    ///
    /// # Errors
    /// [`Unusable`] when it cannot be reached or says what cannot be.
    pub(crate) fn known(&self, now: DateTime<Utc>) -> Result<Arc<Known>, Unusable> {
        self.known_since(now - FRESH, now)
    }

    /// What it says of itself, asked anew if it does not know this key, unless it was asked just now.
    ///
    /// # Errors
    /// As [`Provider::known`].
    pub(crate) fn knowing(&self, key: &str, now: DateTime<Utc>) -> Result<Arc<Known>, Unusable> {
        let known = self.known(now)?;
        if known.keys.contains_key(key) {
            return Ok(known);
        }
        self.known_since(now - AGAIN, now)
    }

    fn known_since(&self, oldest: DateTime<Utc>, now: DateTime<Utc>) -> Result<Arc<Known>, Unusable> {
        let fresh = || {
            let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            // Said in the future: the clock went back, and nothing is known of how old it is.
            known
                .clone()
                .filter(|known| known.since > oldest && known.since <= now)
        };
        if let Some(known) = fresh() {
            return Ok(known);
        }
        let _turn = self.asking.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = fresh() {
            return Ok(known);
        }
        let asked = Arc::new(self.ask(now)?);
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&asked));
        Ok(asked)
    }

    fn ask(&self, now: DateTime<Utc>) -> Result<Known, Unusable> {
        let issuer = &self.settings.issuer;
        let address = format!(
            "{}/.well-known/openid-configuration",
            issuer.trim_end_matches('/')
        );
        let discovery: Discovery = self.read(&address, OUTSIDE.get(&address).call())?;
        if discovery.issuer != *issuer {
            return Err(self.unusable("its discovery document is another issuer's"));
        }
        for endpoint in [&discovery.token_endpoint, &discovery.jwks_uri] {
            if !same_origin(endpoint, issuer) {
                return Err(self.unusable("its document names an endpoint at another origin"));
            }
        }
        // It is browsers that go there; what it may not be is something else than an address of the web.
        if !is_safe(&discovery.authorization_endpoint, issuer.starts_with("https:")) {
            return Err(self.unusable("its authorization endpoint is no safe address"));
        }
        let keys: Keys = self.read(&discovery.jwks_uri, OUTSIDE.get(&discovery.jwks_uri).call())?;
        // A key of a kind that we do not know is nobody's loss but that of the tokens signed with it.
        let keys = keys.keys.into_iter().take(KEYS_MAX).filter_map(|key| {
            let key: Jwk = serde_json::from_value(key).ok()?;
            Some((key.common.key_id.clone()?, key))
        });
        Ok(Known {
            authorization_endpoint: discovery.authorization_endpoint,
            token_endpoint: discovery.token_endpoint,
            keys: keys.collect(),
            since: now,
        })
    }

    /// Exchanges a code for an id token.
    ///
    /// # Errors
    /// [`Unusable`] also when the provider does not accept the code.
    pub(crate) fn exchange(
        &self,
        known: &Known,
        code: &str,
        redirect_uri: &str,
        verifier: &str,
    ) -> Result<String, Unusable> {
        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", redirect_uri),
            ("code_verifier", verifier),
        ];
        let mut request = OUTSIDE
            .post(&known.token_endpoint)
            .header("Accept", "application/json");
        match &self.settings.client_secret {
            Some(secret) => {
                let encoded =
                    |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
                let pair = format!(
                    "{}:{}",
                    encoded(&self.settings.client_id),
                    encoded(secret.reveal())
                );
                request = request.header("Authorization", format!("Basic {}", STANDARD.encode(pair)));
            }
            None => form.push(("client_id", self.settings.client_id.as_str())),
        }
        let answer: TokenAnswer = self.read(&known.token_endpoint, request.send_form(form))?;
        Ok(answer.id_token)
    }

    fn read<T: serde::de::DeserializeOwned>(
        &self,
        address: &str,
        answer: Result<ureq::http::Response<ureq::Body>, ureq::Error>,
    ) -> Result<T, Unusable> {
        let mut answer = answer.map_err(|error| self.unusable(format!("{address}: {error}")))?;
        if answer.status() != 200 {
            return Err(self.unusable(format!("{address}: it answered {}", answer.status().as_u16())));
        }
        let bytes = answer
            .body_mut()
            .with_config()
            .limit(ANSWER_BYTES_MAX)
            .read_to_vec()
            .map_err(|error| self.unusable(format!("{address}: {error}")))?;
        // The words of the reader may repeat what was read, and a token is in it.
        serde_json::from_slice(&bytes).map_err(|_| self.unusable(format!("{address}: not what was expected")))
    }

    fn unusable(&self, reason: impl Into<String>) -> Unusable {
        Unusable {
            provider: self.settings.name.clone(),
            reason: reason.into(),
        }
    }
}

fn same_origin(address: &str, issuer: &str) -> bool {
    match (Url::parse(address), Url::parse(issuer)) {
        (Ok(address), Ok(issuer)) => address.origin() == issuer.origin() && address.username().is_empty(),
        (Ok(_) | Err(_), Ok(_) | Err(_)) => false,
    }
}

/// How providers are asked: with the machine's own root certificates, among which an authority's own may be.
static OUTSIDE: LazyLock<ureq::Agent> = LazyLock::new(|| {
    use ureq::tls::{Certificate, RootCerts, TlsConfig, TlsProvider};
    let certificates = rustls_native_certs::load_native_certs().certs;
    let roots: Vec<Certificate> = certificates
        .iter()
        .map(|certificate| Certificate::from_der(certificate).to_owned())
        .collect();
    let tls = TlsConfig::builder()
        .provider(TlsProvider::Rustls)
        .root_certs(RootCerts::new_with_certs(&roots))
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .build();
    ureq::Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .proxy(None)
        .timeout_global(Some(ANSWER_MAX))
        .timeout_connect(Some(CONNECT_MAX))
        .user_agent("huiyin")
        .tls_config(tls)
        .build()
        .into()
});

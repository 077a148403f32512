//! What a provider's id token must say before anybody is believed to be somebody.
//!
//! The library checks the signature and nothing more, since its own checks let tokens without audience or issuer pass and
//! read the machine's clock. The algorithm is one that the settings allow, and the key must be made for it: a token
//! chooses neither. `nbf` is held when it is there; the standard asks no id token for it, and Keycloak writes none.

use chrono::{DateTime, Utc};
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, Header, Validation};
use serde_json::{Map, Value};

use super::provider::ProviderSettings;

/// By how much the provider's clock may differ from ours, in seconds.
const LEEWAY_SECONDS: i64 = 60;
/// How old a token may be that was made for a sign-in under way, in seconds.
const AGE_MAX_SECONDS: i64 = 600;
/// The longest token that is looked at, in bytes: Casdoor can put a whole user into it.
const TOKEN_BYTES_MAX: usize = 32 * 1024;
/// The longest subject (`OpenID` Connect Core, 2).
const SUBJECT_BYTES_MAX: usize = 255;
/// The smallest modulus of an RSA key, in digits of base 64: 2048 bits.
const MODULUS_DIGITS_MIN: usize = 342;

/// Why a token is not believed. For the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the id token does not hold: {0}")]
pub(crate) struct NotBelieved(&'static str);

/// Whom a provider vouches for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Vouched {
    /// The provider's name for them, which never changes.
    pub(crate) subject: String,
    /// Everything the token says.
    pub(crate) claims: Map<String, Value>,
}

/// The id of the key that a token says it is signed with, if its head is one that can be.
///
/// # Errors
/// [`NotBelieved`] for an algorithm that the settings do not allow, another kind of token, or one without a key's id.
pub(crate) fn key_id(token: &str, settings: &ProviderSettings) -> Result<String, NotBelieved> {
    head(token, settings).map(|(_, key)| key)
}

fn head(token: &str, settings: &ProviderSettings) -> Result<(Algorithm, String), NotBelieved> {
    if token.len() > TOKEN_BYTES_MAX {
        return Err(NotBelieved("too long"));
    }
    let header: Header = jsonwebtoken::decode_header(token).map_err(|_| NotBelieved("its head"))?;
    let allowed = settings
        .algorithms
        .iter()
        .any(|algorithm| algorithm.named() == header.alg);
    if !allowed {
        return Err(NotBelieved("its algorithm"));
    }
    if !header.typ.is_some_and(|typ| typ.eq_ignore_ascii_case("JWT")) {
        return Err(NotBelieved("its type"));
    }
    if header.crit.is_some() {
        return Err(NotBelieved("it demands what we do not know"));
    }
    let key = header.kid.ok_or(NotBelieved("it names no key"))?;
    Ok((header.alg, key))
}

/// Holds a token against the provider's key of that id, what the settings say of the provider, and the nonce of the
/// sign-in under way.
///
/// # Errors
/// [`NotBelieved`] unless everything holds at `now`.
pub(crate) fn believed(
    token: &str,
    key: &Jwk,
    settings: &ProviderSettings,
    nonce: &str,
    now: DateTime<Utc>,
) -> Result<Vouched, NotBelieved> {
    let (algorithm, key_id) = head(token, settings)?;
    if key.common.key_id.as_deref() != Some(key_id.as_str()) || !serves(key, algorithm) {
        return Err(NotBelieved("its key"));
    }
    let verifying = DecodingKey::from_jwk(key).map_err(|_| NotBelieved("its key"))?;
    let mut signature_only = Validation::new(algorithm);
    signature_only.required_spec_claims.clear();
    signature_only.validate_exp = false;
    signature_only.validate_nbf = false;
    signature_only.validate_aud = false;
    let claims = jsonwebtoken::decode::<Map<String, Value>>(token, &verifying, &signature_only)
        .map_err(|_| NotBelieved("its signature"))?
        .claims;
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    if text("iss") != Some(settings.issuer.as_str()) {
        return Err(NotBelieved("its issuer"));
    }
    let client = settings.client_id.as_str();
    let others = match claims.get("aud") {
        Some(Value::String(audience)) if audience == client => false,
        Some(Value::Array(audiences)) if audiences.iter().any(|audience| audience == client) => {
            audiences.len() > 1
        }
        _ => return Err(NotBelieved("its audience")),
    };
    // Who else it is for may hold it too: then it must say that it was made for us.
    match claims.get("azp") {
        Some(Value::String(party)) if party == client => {}
        None if !others => {}
        _ => return Err(NotBelieved("whom it was made for")),
    }
    let now = now.timestamp();
    // A fraction of a second is a number too (RFC 7519, 2); rounded, it changes nothing here.
    let instant = |name: &str| match claims.get(name) {
        None => Ok(None),
        Some(value) => value
            .as_i64()
            .or_else(|| value.as_f64().and_then(whole_seconds))
            .map(Some)
            .ok_or(NotBelieved("a time that is none")),
    };
    let expires = instant("exp")?.ok_or(NotBelieved("no end"))?;
    if expires.saturating_add(LEEWAY_SECONDS) <= now {
        return Err(NotBelieved("expired"));
    }
    let issued = instant("iat")?.ok_or(NotBelieved("no beginning"))?;
    if issued.saturating_sub(LEEWAY_SECONDS) > now
        || issued.saturating_add(AGE_MAX_SECONDS + LEEWAY_SECONDS) < now
    {
        return Err(NotBelieved("not made just now"));
    }
    if instant("nbf")?.is_some_and(|begins| begins.saturating_sub(LEEWAY_SECONDS) > now) {
        return Err(NotBelieved("not yet good"));
    }
    if text("nonce") != Some(nonce) {
        return Err(NotBelieved("another sign-in's"));
    }
    // Keycloak says here what kind of token it is; of another kind it is no id token.
    if claims.get("typ").is_some_and(|kind| kind != "ID") {
        return Err(NotBelieved("its kind"));
    }
    let subject = text("sub").filter(|subject| {
        !subject.is_empty() && subject.len() <= SUBJECT_BYTES_MAX && !subject.chars().any(char::is_control)
    });
    let subject = subject.ok_or(NotBelieved("its subject"))?.to_owned();
    Ok(Vouched { subject, claims })
}

fn whole_seconds(seconds: f64) -> Option<i64> {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "held to what is exact before, and the fraction is meant to go"
    )]
    (seconds.is_finite() && seconds.abs() < 1e15).then_some(seconds as i64)
}

/// Whether a key is made for an algorithm, and strong enough.
fn serves(key: &Jwk, algorithm: Algorithm) -> bool {
    let signs = key
        .common
        .public_key_use
        .as_ref()
        .is_none_or(|it| *it == PublicKeyUse::Signature);
    // A key that says its algorithm serves no other.
    let says = key
        .common
        .key_algorithm
        .is_none_or(|said| format!("{said:?}") == format!("{algorithm:?}"));
    let fits = match (&key.algorithm, algorithm) {
        (
            AlgorithmParameters::RSA(rsa),
            Algorithm::RS256
            | Algorithm::RS384
            | Algorithm::RS512
            | Algorithm::PS256
            | Algorithm::PS384
            | Algorithm::PS512,
        ) => rsa.n.len() >= MODULUS_DIGITS_MIN,
        (AlgorithmParameters::EllipticCurve(curve), Algorithm::ES256) => curve.curve == EllipticCurve::P256,
        (AlgorithmParameters::EllipticCurve(curve), Algorithm::ES384) => curve.curve == EllipticCurve::P384,
        (AlgorithmParameters::OctetKeyPair(pair), Algorithm::EdDSA) => pair.curve == EllipticCurve::Ed25519,
        _ => false,
    };
    signs && says && fits
}

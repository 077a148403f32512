//! Access tokens: what proves at each request that somebody logged in.
//!
//! A token names the person and the session and nothing else: what a person may do is read from the database at
//! each request. It is a JWT signed with HMAC-SHA-256 by one key, for one issuer and one audience. The library
//! checks the signature and nothing more, because its own checks let tokens without audience or issuer pass and
//! read the machine's clock; everything else is checked here, at an instant that the caller gives.

use chrono::{DateTime, Duration, Utc};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Who made the token.
const ISSUER: &str = "huiyin";
/// Whom the token is for.
const AUDIENCE: &str = "huiyin-api";
/// The kind of the token (RFC 9068), so that no other kind of token passes for it.
const KIND: &str = "at+jwt";
/// How long a token lives, in seconds.
pub const LIFETIME_SECONDS: i64 = 15 * 60;
/// By how much the clocks of two replicas may differ, in seconds.
const LEEWAY_SECONDS: i64 = 5;
/// The longest token that is looked at, in bytes; ours have about 450.
const TOKEN_BYTES_MAX: usize = 1024;

/// Whom a token speaks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bearer {
    /// The member of staff.
    pub staff_id: Uuid,
    /// The session in which the token was issued.
    pub session_id: Uuid,
}

/// A token that proves nothing. Why is nobody's business but the log's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the token is not valid: {0}")]
pub struct Refused(&'static str);

/// The key that signs and verifies tokens.
pub struct TokenKey {
    signing: EncodingKey,
    verifying: DecodingKey,
    /// The first part of every token of ours, with its dot: a token that begins otherwise is not ours.
    beginning: String,
}

/// The claims. Unknown ones are refused: nobody else writes our tokens.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Claims {
    iss: String,
    aud: String,
    sub: Uuid,
    sid: Uuid,
    iat: i64,
    nbf: i64,
    exp: i64,
}

impl TokenKey {
    /// The key made of `secret`, which the settings hold to at least 32 bytes.
    pub fn new(secret: &[u8]) -> Self {
        let signing = EncodingKey::from_secret(secret);
        let sample = signed(&serde_json::Map::new(), &signing);
        let beginning = sample.split_inclusive('.').next().unwrap_or_default().to_owned();
        Self {
            signing,
            verifying: DecodingKey::from_secret(secret),
            beginning,
        }
    }

    /// A token for `bearer`, good from `now` for [`LIFETIME_SECONDS`].
    pub fn issue(&self, bearer: Bearer, now: DateTime<Utc>) -> AccessToken {
        let expires_at = now + Duration::seconds(LIFETIME_SECONDS);
        let claims = Claims {
            iss: ISSUER.to_owned(),
            aud: AUDIENCE.to_owned(),
            sub: bearer.staff_id,
            sid: bearer.session_id,
            iat: now.timestamp(),
            nbf: now.timestamp(),
            exp: expires_at.timestamp(),
        };
        AccessToken {
            text: signed(&claims, &self.signing),
            expires_at,
        }
    }

    /// Whom `token` speaks for at the instant `now`.
    ///
    /// # Errors
    /// [`Refused`] unless the token is one of ours, unchanged, and good at `now`.
    pub fn verify(&self, token: &str, now: DateTime<Utc>) -> Result<Bearer, Refused> {
        if token.len() > TOKEN_BYTES_MAX {
            return Err(Refused("too long"));
        }
        if !token.starts_with(&self.beginning) {
            return Err(Refused("another header"));
        }
        let claims = jsonwebtoken::decode::<Claims>(token, &self.verifying, &signature_only())
            .map_err(|_| Refused("signature or claims"))?
            .claims;
        let now = now.timestamp();
        if claims.iss != ISSUER {
            return Err(Refused("another issuer"));
        }
        if claims.aud != AUDIENCE {
            return Err(Refused("another audience"));
        }
        if claims.exp.saturating_add(LEEWAY_SECONDS) <= now {
            return Err(Refused("expired"));
        }
        if claims.nbf.saturating_sub(LEEWAY_SECONDS) > now || claims.iat.saturating_sub(LEEWAY_SECONDS) > now
        {
            return Err(Refused("not yet good"));
        }
        if claims.exp.saturating_sub(claims.iat) > LIFETIME_SECONDS {
            return Err(Refused("lives too long"));
        }
        Ok(Bearer {
            staff_id: claims.sub,
            session_id: claims.sid,
        })
    }
}

/// A token that was just issued.
#[derive(Clone)]
pub struct AccessToken {
    /// The token as it travels in `Authorization: Bearer …`.
    pub text: String,
    /// The first instant at which it is no longer good.
    pub expires_at: DateTime<Utc>,
}

fn header() -> Header {
    Header {
        typ: Some(KIND.to_owned()),
        ..Header::new(Algorithm::HS256)
    }
}

fn signed(claims: &impl Serialize, key: &EncodingKey) -> String {
    jsonwebtoken::encode(&header(), claims, key).expect("claims of texts and numbers can be signed with HMAC")
}

fn signature_only() -> Validation {
    let mut validation = Validation::new(Algorithm::HS256);
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    validation.validate_nbf = false;
    validation.validate_aud = false;
    validation
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const SECRET: &[u8] = b"a secret of more than thirty-two bytes";

    fn now() -> DateTime<Utc> {
        "2026-03-02T01:00:00Z".parse().unwrap()
    }

    fn bearer() -> Bearer {
        Bearer {
            staff_id: Uuid::from_u128(1),
            session_id: Uuid::from_u128(2),
        }
    }

    fn good_claims() -> Value {
        let t = now().timestamp();
        json!({"iss": ISSUER, "aud": AUDIENCE, "sub": Uuid::from_u128(1), "sid": Uuid::from_u128(2),
               "iat": t, "nbf": t, "exp": t + LIFETIME_SECONDS})
    }

    fn forged(header: &Header, claims: &Value, secret: &[u8]) -> String {
        jsonwebtoken::encode(header, claims, &EncodingKey::from_secret(secret)).unwrap()
    }

    /// Good claims with one of them replaced, or taken out by `null`.
    fn with(name: &str, value: Value) -> String {
        let mut claims = good_claims();
        match value {
            Value::Null => drop(claims.as_object_mut().unwrap().remove(name)),
            value => claims[name] = value,
        }
        forged(&header(), &claims, SECRET)
    }

    /// A token signed by the right key over raw header and payload texts.
    fn raw(header: &str, payload: &str) -> String {
        use jsonwebtoken::crypto::sign;
        let message = format!("{}.{}", base64url(header), base64url(payload));
        let signature = sign(
            message.as_bytes(),
            &EncodingKey::from_secret(SECRET),
            Algorithm::HS256,
        )
        .unwrap();
        format!("{message}.{signature}")
    }

    fn base64url(text: &str) -> String {
        const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        text.as_bytes()
            .chunks(3)
            .fold(String::new(), |mut encoded, chunk| {
                let bits = chunk
                    .iter()
                    .fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte))
                    << (8 * (3 - chunk.len()));
                for digit in 0..=chunk.len() {
                    encoded.push(char::from(DIGITS[(bits >> (18 - 6 * digit) & 63) as usize]));
                }
                encoded
            })
    }

    #[test]
    fn a_token_is_good_for_fifteen_minutes_and_a_little_leeway() {
        let key = TokenKey::new(SECRET);
        let token = key.issue(bearer(), now());
        let at = |seconds| key.verify(&token.text, now() + Duration::seconds(seconds));
        assert_eq!(at(0), Ok(bearer()));
        assert_eq!(at(-5), Ok(bearer()));
        assert!(at(-6).is_err());
        assert_eq!(at(LIFETIME_SECONDS + 4), Ok(bearer()));
        assert!(at(LIFETIME_SECONDS + 5).is_err());
        assert_eq!(key.verify(&with("iss", json!(ISSUER)), now()), Ok(bearer()));
        let ours = serde_json::to_string(&header()).unwrap();
        assert_eq!(
            key.verify(&raw(&ours, &good_claims().to_string()), now()),
            Ok(bearer())
        );
    }

    #[test]
    #[expect(clippy::too_many_lines, reason = "it is a table")]
    fn hostile_tokens_are_refused() {
        let t = now().timestamp();
        let good = forged(&header(), &good_claims(), SECRET);
        let parts: Vec<&str> = good.split('.').collect();
        let payload = good_claims().to_string();
        let ours = serde_json::to_string(&header()).unwrap();
        let headed = |change: fn(&mut Header)| {
            let mut changed = header();
            change(&mut changed);
            forged(&changed, &good_claims(), SECRET)
        };
        let hostile = [
            ("empty", String::new()),
            ("two parts", format!("{}.{}", parts[0], parts[1])),
            ("four parts", format!("{good}.{}", parts[2])),
            ("no signature", format!("{}.{}.", parts[0], parts[1])),
            (
                "alg none",
                format!("{}.{}.", base64url(r#"{"typ":"at+jwt","alg":"none"}"#), parts[1]),
            ),
            (
                "alg none, ours signed",
                raw(r#"{"typ":"at+jwt","alg":"none"}"#, &payload),
            ),
            ("alg HS384", headed(|header| header.alg = Algorithm::HS384)),
            ("alg HS512", headed(|header| header.alg = Algorithm::HS512)),
            (
                "alg RS256 claimed",
                raw(r#"{"typ":"at+jwt","alg":"RS256"}"#, &payload),
            ),
            (
                "other key",
                forged(
                    &header(),
                    &good_claims(),
                    b"another secret of more than 32 bytes!",
                ),
            ),
            ("typ JWT", headed(|header| header.typ = Some("JWT".into()))),
            (
                "typ of a refresh token",
                headed(|header| header.typ = Some("rt+jwt".into())),
            ),
            ("no typ", headed(|header| header.typ = None)),
            (
                "kid with a path",
                headed(|header| header.kid = Some("../../dev/null".into())),
            ),
            (
                "kid with SQL",
                headed(|header| header.kid = Some("' OR 1=1 --".into())),
            ),
            (
                "jku",
                headed(|header| header.jku = Some("https://evil.example/keys".into())),
            ),
            (
                "x5u",
                headed(|header| header.x5u = Some("https://evil.example/cert".into())),
            ),
            ("crit", headed(|header| header.crit = Some(vec!["exp".into()]))),
            (
                "alg twice",
                raw(r#"{"typ":"at+jwt","alg":"HS256","alg":"none"}"#, &payload),
            ),
            ("no exp", with("exp", Value::Null)),
            ("no nbf", with("nbf", Value::Null)),
            ("no iat", with("iat", Value::Null)),
            ("no iss", with("iss", Value::Null)),
            ("no aud", with("aud", Value::Null)),
            ("no sub", with("sub", Value::Null)),
            ("no sid", with("sid", Value::Null)),
            ("iss of another", with("iss", json!("https://idp.example"))),
            ("iss as array", with("iss", json!([ISSUER]))),
            ("aud account", with("aud", json!("account"))),
            ("aud as array", with("aud", json!([AUDIENCE, "account"]))),
            ("exp as text", with("exp", json!((t + 600).to_string()))),
            (
                "exp as fraction",
                with("exp", json!(f64::from(1_772_500_000) + 0.5)),
            ),
            ("exp past", with("exp", json!(t - LEEWAY_SECONDS))),
            ("exp far away", with("exp", json!(t + LIFETIME_SECONDS + 1))),
            ("exp at the end of time", with("exp", json!(i64::MAX))),
            ("iat at the beginning of time", with("iat", json!(i64::MIN))),
            ("nbf in the future", with("nbf", json!(t + LEEWAY_SECONDS + 1))),
            ("iat in the future", with("iat", json!(t + LEEWAY_SECONDS + 1))),
            ("sub not a uuid", with("sub", json!("admin"))),
            ("role smuggled in", with("role", json!("administrator"))),
            (
                "payload changed",
                format!(
                    "{}.{}.{}",
                    parts[0],
                    base64url(&payload.replace('1', "3")),
                    parts[2]
                ),
            ),
            (
                "claim twice",
                raw(&ours, &payload.replacen('{', r#"{"aud":"account","#, 1)),
            ),
            ("payload not JSON", raw(&ours, "hello")),
            ("payload an array", raw(&ours, "[]")),
            ("bad base64", format!("{}.{}!.{}", parts[0], parts[1], parts[2])),
            (
                "padded base64",
                format!("{}.{}.{}=", parts[0], parts[1], parts[2]),
            ),
            ("trailing line", format!("{good}\n")),
            (
                "16 kB",
                format!("{}.{}.{}", parts[0], "A".repeat(16_384), parts[2]),
            ),
            ("not ASCII", format!("{}.{}.回音", parts[0], parts[1])),
        ];
        let key = TokenKey::new(SECRET);
        for (name, token) in hostile {
            assert!(key.verify(&token, now()).is_err(), "{name} was accepted");
        }
    }
}

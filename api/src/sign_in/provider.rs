//! The providers that vouch for people, as the settings name them. Nobody else is ever asked.

use std::fmt;
use std::path::Path;
use std::sync::Mutex;

use jsonwebtoken::Algorithm;
use serde::Deserialize;
use url::Url;

use super::metadata::Known;
use crate::settings::{Mode, Secret, is_drawn};

/// A provider, and what is known of it by now.
pub struct Provider {
    /// As the settings name it.
    pub settings: ProviderSettings,
    /// What it last said of itself.
    pub(super) known: Mutex<Option<std::sync::Arc<Known>>>,
    /// Held by whoever asks it, so that one asks for all.
    pub(super) asking: Mutex<()>,
}

/// What the settings say of a provider.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProviderSettings {
    /// What front ends call it.
    pub name: String,
    /// What people read on the button.
    pub title: String,
    /// Its issuer, to the letter: where its discovery document is, and what its tokens must say.
    pub issuer: String,
    /// Who we are to it.
    pub client_id: String,
    /// What proves that; absent for a client without a secret, which PKCE protects alone.
    #[serde(default, deserialize_with = "secret")]
    pub client_secret: Option<Secret>,
    /// A file with that secret, instead.
    #[serde(default)]
    pub client_secret_file: Option<std::path::PathBuf>,
    /// Where it may send a browser back to: addresses of front ends, to the letter.
    pub redirect_uris: Vec<String>,
    /// By which algorithms its tokens may be signed.
    #[serde(default = "rs256")]
    pub algorithms: Vec<SigningAlgorithm>,
    /// How the account is found.
    #[serde(default)]
    pub account: Account,
    /// What comes before the stated name in our user names, such as `service_hall.`.
    #[serde(default)]
    pub user_name_prefix: String,
    /// The offices, by code, as whose staff its people may sign in; empty: any.
    #[serde(default)]
    pub offices: Vec<String>,
}

/// How the account of somebody is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Account {
    /// By the subject that an administrator linked with it, and not otherwise.
    #[default]
    Subject,
    /// Where no subject is linked, by the claim `preferred_username`: the provider is trusted with our user names.
    PreferredUsername,
    /// Where no subject is linked, by the claim `email`, if the provider says that it is verified.
    Email,
}

/// The algorithms there are to choose from: those with a key pair. One with a shared secret would let whoever knows a
/// public key sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[expect(missing_docs, reason = "they are named as in RFC 7518 and RFC 8037")]
pub enum SigningAlgorithm {
    RS256,
    RS384,
    RS512,
    PS256,
    PS384,
    PS512,
    ES256,
    ES384,
    EdDSA,
}

impl SigningAlgorithm {
    /// As the library names it.
    pub(crate) fn named(self) -> Algorithm {
        match self {
            Self::RS256 => Algorithm::RS256,
            Self::RS384 => Algorithm::RS384,
            Self::RS512 => Algorithm::RS512,
            Self::PS256 => Algorithm::PS256,
            Self::PS384 => Algorithm::PS384,
            Self::PS512 => Algorithm::PS512,
            Self::ES256 => Algorithm::ES256,
            Self::ES384 => Algorithm::ES384,
            Self::EdDSA => Algorithm::EdDSA,
        }
    }
}

fn rs256() -> Vec<SigningAlgorithm> {
    vec![SigningAlgorithm::RS256]
}

fn secret<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Secret>, D::Error> {
    Option::<String>::deserialize(deserializer).map(|text| text.map(Secret::new))
}

/// The file of the providers.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ProvidersFile {
    provider: Vec<ProviderSettings>,
}

/// Everything that is wrong with the providers, one line each.
#[derive(Debug, thiserror::Error)]
pub struct ProviderFaults(pub Vec<String>);

impl fmt::Display for ProviderFaults {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("HUIYIN_OIDC_PROVIDERS cannot be used:")?;
        self.0
            .iter()
            .try_for_each(|fault| write!(formatter, "\n  {fault}"))
    }
}

/// Reads the file of the providers; without one there are none.
///
/// # Errors
/// [`ProviderFaults`] with every fault there is.
pub fn read(file: Option<&Path>, mode: Mode) -> Result<Vec<Provider>, ProviderFaults> {
    let Some(file) = file else {
        return Ok(Vec::new());
    };
    let text = std::fs::read_to_string(file)
        .map_err(|error| ProviderFaults(vec![format!("{}: {error}", file.display())]))?;
    parse(&text, mode)
}

/// The providers of a file's text.
///
/// # Errors
/// [`ProviderFaults`] with every fault there is. No text of them repeats a secret.
pub fn parse(text: &str, mode: Mode) -> Result<Vec<Provider>, ProviderFaults> {
    // The reader's own words would show the line, and a secret may stand in it.
    let read: ProvidersFile = toml::from_str(text).map_err(|error: toml::de::Error| {
        let line = error
            .span()
            .map_or(0, |span| text[..span.start.min(text.len())].lines().count());
        ProviderFaults(vec![format!("line {line}: {}", error.message())])
    })?;
    let mut faults = Vec::new();
    let mut providers: Vec<Provider> = Vec::new();
    for mut settings in read.provider {
        if let Some(file) = &settings.client_secret_file {
            match std::fs::read_to_string(file) {
                Ok(secret) => settings.client_secret = Some(Secret::new(secret.trim())),
                Err(error) => faults.push(format!("{}: client_secret_file: {error}", settings.name)),
            }
        }
        let found = faults_of(&settings, mode);
        faults.extend(
            found
                .into_iter()
                .map(|fault| format!("{}: {fault}", settings.name)),
        );
        let double = |other: &Provider| {
            other.settings.name == settings.name || other.settings.issuer == settings.issuer
        };
        if providers.iter().any(double) {
            faults.push(format!(
                "{}: its name or issuer is another provider's",
                settings.name
            ));
        }
        providers.push(Provider {
            settings,
            known: Mutex::default(),
            asking: Mutex::default(),
        });
    }
    if faults.is_empty() {
        Ok(providers)
    } else {
        Err(ProviderFaults(faults))
    }
}

fn faults_of(settings: &ProviderSettings, mode: Mode) -> Vec<&'static str> {
    let word = |text: &str| {
        text.bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte))
    };
    let production = mode == Mode::Production;
    let secret = settings.client_secret.as_ref().map(Secret::reveal);
    let rules = [
        (
            !settings.name.is_empty() && settings.name.len() <= 40 && word(&settings.name),
            "a name has 1 to 40 letters, digits, _ and -",
        ),
        (
            !settings.title.is_empty() && settings.title.chars().count() <= 100,
            "a title has 1 to 100 characters",
        ),
        (
            is_safe(&settings.issuer, production),
            "the issuer is an https address without query (http only in a demonstration)",
        ),
        (!settings.client_id.is_empty(), "client_id is missing"),
        (
            !settings.redirect_uris.is_empty()
                && settings.redirect_uris.len() <= 20
                && settings
                    .redirect_uris
                    .iter()
                    .all(|uri| is_safe_for_a_browser(uri)),
            "1 to 20 redirect_uris, each https, or http on the machine itself",
        ),
        (!settings.algorithms.is_empty(), "algorithms must not be empty"),
        (
            !production || secret.is_none_or(is_drawn),
            "the client secret is refused in production mode: it is short or repeats a few characters",
        ),
    ];
    rules
        .into_iter()
        .filter(|(holds, _)| !holds)
        .map(|(_, fault)| fault)
        .collect()
}

/// Whether we may ask at an address: without TLS anybody on the way could vouch for anybody.
pub(super) fn is_safe(address: &str, production: bool) -> bool {
    Url::parse(address).is_ok_and(|url| {
        (url.scheme() == "https" || (!production && url.scheme() == "http"))
            && url.host_str().is_some()
            && url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
            && url.fragment().is_none()
    })
}

fn is_safe_for_a_browser(address: &str) -> bool {
    Url::parse(address).is_ok_and(|url| {
        let here = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
        (url.scheme() == "https" || (url.scheme() == "http" && here)) && url.fragment().is_none()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"
        [[provider]]
        name = "keycloak"
        title = "统一身份认证"
        issuer = "https://sso.example/realms/office"
        client_id = "huiyin"
        client_secret = "Kq3vYw9sT1mZ8xR4bN7c"
        redirect_uris = ["https://desk.example/signed-in"]
    "#;

    #[test]
    fn an_example_is_read_with_safe_defaults() {
        let [provider] = &parse(GOOD, Mode::Production).unwrap()[..] else {
            panic!("it is one")
        };
        assert_eq!(provider.settings.algorithms, [SigningAlgorithm::RS256]);
        assert_eq!(provider.settings.account, Account::Subject);
        assert!(!format!("{:?}", provider.settings).contains("Kq3v"));
    }

    #[test]
    fn what_would_not_be_safe_is_refused() {
        for (old, new) in [
            ("https://sso", "http://sso"),
            ("https://sso", "https://user:pass@sso"),
            ("/realms/office", "/realms/office?x=1"),
            ("https://desk.example/signed-in", "http://desk.example/signed-in"),
            ("Kq3vYw9sT1mZ8xR4bN7c", "changeme"),
            ("Kq3vYw9sT1mZ8xR4bN7c", "aaaaaaaaaaaaaaaaaaaaaaa"),
            ("name = \"keycloak\"", "name = \"key cloak\""),
            ("client_id", "client-id"),
            ("redirect_uris", "algorithms = [\"HS256\"]\nredirect_uris"),
            ("redirect_uris", "algorithms = [\"none\"]\nredirect_uris"),
            ("redirect_uris", "algorithms = []\nredirect_uris"),
            ("redirect_uris", "account = \"nickname\"\nredirect_uris"),
        ] {
            let faults = parse(&GOOD.replacen(old, new, 1), Mode::Production).err();
            let told = faults.unwrap_or_else(|| panic!("{new} was accepted")).to_string();
            assert!(!told.contains("Kq3v"), "{told}");
        }
        assert!(
            parse(&GOOD.repeat(2), Mode::Production).is_err(),
            "twice the same"
        );
    }
}

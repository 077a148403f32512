//! Passwords and refresh tokens: what people know and clients keep.
//!
//! A password is kept as an Argon2id hash with its own salt; a refresh token, which is drawn and not thought up,
//! as its SHA-256. Neither can be had back from the database.

use std::fmt;
use std::sync::LazyLock;

use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, PasswordHasher, PasswordVerifier};
use sha2::{Digest, Sha256};

use crate::problem::{FieldError, FieldFault};

/// The shortest password somebody may choose, in characters.
pub const PASSWORD_CHARACTERS_MIN: usize = 10;
/// The longest password that is hashed or compared, in bytes; hashing must not become a way to tire the service.
pub const PASSWORD_BYTES_MAX: usize = 256;

/// A password is too short or too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a password has at least 10 characters and at most 256 bytes")]
pub struct UnsuitablePassword;

/// Why a password is not taken although it has the right length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unsuitable {
    /// Fewer than [`PASSWORD_CHARACTERS_MIN`] characters.
    TooShort,
    /// It is among the first that anybody tries: well known, the user name, a row of keys, few characters again and again.
    EasilyGuessed,
}

impl Unsuitable {
    /// As the fault of a field.
    pub(crate) fn at(self, pointer: &str) -> FieldError {
        match self {
            Self::TooShort => {
                FieldError::new(pointer, FieldFault::TooShort).with("min", PASSWORD_CHARACTERS_MIN)
            }
            Self::EasilyGuessed => FieldError::new(pointer, FieldFault::Invalid),
        }
    }
}

/// How many different characters a password has at least.
const VARIETY_MIN: usize = 5;

/// What passwords are made of that everybody tries first: rows of keys, and the best known words. A password that is
/// nothing but these, digits and signs is none.
const TRIED_FIRST: [&str; 24] = [
    "password",
    "passw0rd",
    "p@ssw0rd",
    "p@ssword",
    "qwertyuiop",
    "qwerty",
    "asdfghjkl",
    "asdfgh",
    "zxcvbnm",
    "1qaz",
    "2wsx",
    "3edc",
    "qazwsx",
    "letmein",
    "welcome",
    "iloveyou",
    "woaini",
    "administrator",
    "admin",
    "abc",
    "huiyin",
    "changeme",
    "default",
    "test",
];

/// Whether somebody may choose this password. What it must be made of is not prescribed, only what it must not be.
///
/// # Errors
/// [`Unsuitable`], for the first reason found.
pub fn suitable(password: &str, user_name: &str) -> Result<(), Unsuitable> {
    if password.chars().count() < PASSWORD_CHARACTERS_MIN {
        return Err(Unsuitable::TooShort);
    }
    let password = password.to_lowercase();
    let user_name = user_name.to_lowercase();
    let mut rest = password.clone();
    let names = user_name
        .split(['.', '_', '-', '@'])
        .filter(|part| part.len() >= 3);
    for part in [user_name.as_str()].into_iter().chain(names).chain(TRIED_FIRST) {
        rest = rest.replace(part, "");
    }
    let says_something = rest.chars().any(char::is_alphabetic);
    let variety = password
        .chars()
        .collect::<std::collections::BTreeSet<char>>()
        .len();
    if !says_something || variety < VARIETY_MIN || is_a_run(&password) {
        return Err(Unsuitable::EasilyGuessed);
    }
    Ok(())
}

/// Whether each character follows the one before by the same step: `abcdefghij`, `0987654321`.
fn is_a_run(password: &str) -> bool {
    let codes: Vec<i64> = password
        .chars()
        .map(|character| i64::from(u32::from(character)))
        .collect();
    let mut steps = codes.windows(2).map(|pair| pair[1] - pair[0]);
    let first = steps.next();
    steps.all(|step| Some(step) == first)
}

/// The hash to keep for `password`: Argon2id in PHC form, with a salt of its own. Takes tens of milliseconds.
///
/// # Errors
/// [`UnsuitablePassword`] outside the bounds.
pub fn hash(password: &str) -> Result<String, UnsuitablePassword> {
    if password.chars().count() < PASSWORD_CHARACTERS_MIN || password.len() > PASSWORD_BYTES_MAX {
        return Err(UnsuitablePassword);
    }
    Ok(hash_of(password))
}

/// The hash to keep for a password that the settings have already held to their own bounds.
pub(crate) fn hash_any(password: &str) -> String {
    hash_of(password)
}

/// Whether `password` is the one that `kept` was made of. Without a kept hash, because nobody has that user name,
/// the answer is no after the same work, so that time does not tell which user names exist.
pub fn verify(password: &str, kept: Option<&str>) -> bool {
    static NOBODYS: LazyLock<String> = LazyLock::new(|| hash_of(&generate()));
    let known = kept.and_then(|hash| PasswordHash::new(hash).ok());
    let bounded = password.len() <= PASSWORD_BYTES_MAX;
    let may_match = known.is_some() && bounded;
    let compared = if bounded { password } else { "" };
    let matches = known
        .or_else(|| PasswordHash::new(&NOBODYS).ok())
        .is_some_and(|hash| {
            Argon2::default()
                .verify_password(compared.as_bytes(), &hash)
                .is_ok()
        });
    matches && may_match
}

/// A new password of 80 random bits, in four groups that can be read aloud.
pub fn generate() -> String {
    const CHARACTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
    let mut password = String::with_capacity(19);
    for (position, byte) in random::<16>().into_iter().enumerate() {
        if position > 0 && position % 4 == 0 {
            password.push('-');
        }
        password.push(char::from(CHARACTERS[usize::from(byte % 32)]));
    }
    password
}

/// A refresh token: 256 random bits, good for one exchange.
#[derive(Clone, PartialEq, Eq)]
pub struct RefreshToken([u8; 32]);

/// What is kept of a refresh token: its SHA-256.
pub type RefreshTokenHash = [u8; 32];

impl RefreshToken {
    /// A new token.
    pub fn generate() -> Self {
        Self(random())
    }

    /// The token that a client sent; `None` when it is not 64 hexadecimal digits.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.as_bytes();
        if digits.len() != 64 {
            return None;
        }
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            let [high, low] = [pair[0], pair[1]].map(|digit| char::from(digit).to_digit(16));
            *byte = u8::try_from(high? * 16 + low?).ok()?;
        }
        Some(Self(bytes))
    }

    /// The token as it travels.
    pub fn reveal(&self) -> String {
        hexadecimal(&self.0)
    }

    /// What to keep and to look up by.
    pub fn hash(&self) -> RefreshTokenHash {
        Sha256::digest(self.0).into()
    }
}

impl fmt::Debug for RefreshToken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("[refresh token]")
    }
}

/// Bytes as lower-case hexadecimal digits.
pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    use fmt::Write;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            write!(text, "{byte:02x}").expect("a string takes what is written");
            text
        })
}

/// Random bytes from the operating system.
pub(crate) fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system has a source of randomness");
    bytes
}

fn hash_of(password: &str) -> String {
    Argon2::default()
        .hash_password(password.as_bytes())
        .expect("the default parameters of Argon2id are valid")
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_known_again() {
        let kept = hash("事事有回音 件件有着落").unwrap();
        assert!(kept.starts_with("$argon2id$v=19$"), "{kept}");
        assert_ne!(
            kept,
            hash("事事有回音 件件有着落").unwrap(),
            "each hash has its own salt"
        );
        assert!(verify("事事有回音 件件有着落", Some(&kept)));
        assert!(!verify("事事有回音 件件有着", Some(&kept)));
        assert!(!verify("", Some(&kept)));
        assert!(!verify(&"x".repeat(1_000_000), Some(&kept)));
        assert!(!verify("anything", None));
        assert!(!verify("anything", Some("not a hash")));
    }

    #[test]
    fn unsuitable_passwords_are_not_hashed() {
        assert_eq!(hash("九个字的密码太短了"), Err(UnsuitablePassword));
        assert_eq!(hash(&"x".repeat(257)), Err(UnsuitablePassword));
    }

    #[test]
    fn what_everybody_tries_first_is_no_password() {
        for good in [
            "four random words together",
            "事事有回音，件件有着落",
            "correct-horse-9-battery",
            &generate(),
        ] {
            assert_eq!(suitable(good, "hall.li_na"), Ok(()), "{good}");
        }
        assert_eq!(
            suitable("九个字的密码太短了", "hall.li_na"),
            Err(Unsuitable::TooShort)
        );
        for bad in [
            "1234567890",
            "password123!",
            "Qwertyuiop1",
            "1qaz2wsx3edc",
            "aaaaaaaaaaaa",
            "ababababab",
            "abcdefghijk",
            "hall.li_na",
            "hall.li_na2026",
            "Hall-Password-1",
            "2026-11-23 00:00",
            "!!!!!!!!!!1",
        ] {
            assert_eq!(
                suitable(bad, "hall.li_na"),
                Err(Unsuitable::EasilyGuessed),
                "{bad}"
            );
        }
    }

    #[test]
    fn generated_passwords_are_suitable_and_differ() {
        let password = generate();
        assert_eq!(password.len(), 19);
        assert!(hash(&password).is_ok());
        assert_ne!(password, generate());
    }

    #[test]
    fn a_refresh_token_travels_as_text_and_is_kept_as_hash() {
        let token = RefreshToken::generate();
        let travelled = RefreshToken::parse(&token.reveal()).unwrap();
        assert_eq!(travelled.hash(), token.hash());
        assert_ne!(token.hash(), RefreshToken::generate().hash());
        assert_ne!(hexadecimal(&token.hash()), token.reveal());
        for bad in ["", "00", &"g".repeat(64), &"0".repeat(65), &"回".repeat(32)] {
            assert!(RefreshToken::parse(bad).is_none(), "{bad}");
        }
    }
}

//! How entries are chained: each hash covers the hash before it and the exact bytes of the entry.
//!
//! Nothing else is covered, so that texts which lie beside the entries can be erased, and keys be changed, without a
//! link breaking. The one place for it: the write path, whoever verifies, and every other log with a chain of its own.

use std::fmt;
use std::fmt::Write as _;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// A SHA-256.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Hash(pub [u8; 32]);

impl Hash {
    /// The hash of these bytes alone.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }
}

/// What stands for the hash before the first entry of a chain: the hash of the sixteen bytes of its owner's id, so that
/// no chain can be passed off as another's.
#[must_use]
pub fn origin(owner: Uuid) -> Hash {
    Hash::of(owner.as_bytes())
}

/// The hash of an entry: over the bytes of the hash before it, then its own bytes.
#[must_use]
pub fn link(previous: &[u8], body: &[u8]) -> Hash {
    let mut hash = Sha256::new();
    hash.update(previous);
    hash.update(body);
    Hash(hash.finalize().into())
}

/// What an entry says of words that a person wrote: the digits of the hash over a salt and the words, in this order. The
/// words lie beside the chain and may be erased; without the salt, which goes with them, nobody can try out a guess.
#[must_use]
pub fn commitment(salt: &[u8], words: &str) -> String {
    link(salt, words.as_bytes()).to_string()
}

/// The digits of bytes, two for each, in lower case.
#[must_use]
pub fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut digits, byte| {
        write!(digits, "{byte:02x}").expect("a text takes what is written");
        digits
    })
}

/// The bytes that such digits stand for; nothing else is read.
#[must_use]
pub fn bytes_of<const N: usize>(digits: &str) -> Option<[u8; N]> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let mut bytes = [0; N];
    let (pairs, rest) = digits.as_bytes().as_chunks::<2>();
    if pairs.len() != N || !rest.is_empty() {
        return None;
    }
    for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
        *byte = digit(*high)? << 4 | digit(*low)?;
    }
    Some(bytes)
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hexadecimal(&self.0))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl From<Hash> for String {
    fn from(hash: Hash) -> Self {
        hash.to_string()
    }
}

impl TryFrom<String> for Hash {
    type Error = NoHash;

    fn try_from(digits: String) -> Result<Self, NoHash> {
        bytes_of(&digits).map(Self).ok_or(NoHash)
    }
}

impl TryFrom<Vec<u8>> for Hash {
    type Error = NoHash;

    fn try_from(bytes: Vec<u8>) -> Result<Self, NoHash> {
        bytes.try_into().map(Self).map_err(|_| NoHash)
    }
}

/// What should have been a hash is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a hash is not 32 bytes long")]
pub struct NoHash;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_read_as_they_were_written() {
        let hash = origin(Uuid::from_u128(7));
        assert_eq!(Hash::try_from(hash.to_string()), Ok(hash));
        for bad in [
            "",
            "0",
            &"0".repeat(63),
            &"0".repeat(66),
            &"G".repeat(64),
            &"A".repeat(64),
        ] {
            assert_eq!(Hash::try_from(bad.to_owned()), Err(NoHash), "{bad}");
        }
    }

    #[test]
    fn a_link_covers_what_was_before_and_every_byte() {
        let first = link(&origin(Uuid::from_u128(7)).0, b"a");
        assert_ne!(first, link(&origin(Uuid::from_u128(8)).0, b"a"));
        assert_ne!(first, link(&origin(Uuid::from_u128(7)).0, b"b"));
        // The vector of FIPS 180-2 for "abc", which tells that it is the hash that it is said to be.
        assert_eq!(
            Hash::of(b"abc").to_string(),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }
}

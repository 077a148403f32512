//! The vault: what people wrote and who they are, under a key for each case that can be destroyed.
//!
//! A case's key is drawn when the case is opened and lies in `case_keys`, wrapped by a master key that never stands in
//! the database. A text is sealed under its case's key, with its salt, and bound to its place: office, case, id and
//! kind, so that no row can be put in place of another. `XChaCha20-Poly1305` throughout: its nonces are long enough to be
//! drawn without anybody counting them.
//!
//! Destroying a case's key makes its texts unreadable wherever a copy of them lies. The commitments in its events were
//! salted, and the salts are sealed with the texts: without them a guess cannot be confirmed.
//!
//! A person is found again by a keyed hash of a number. Its key, the index key, is wrapped by the master key too and
//! outlives a change of it; so is what is known of the master key in the database: its name, which is a hash of it.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use domain::ids::{CaseId, OfficeId};
use domain::person::Mark;
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};
use thiserror::Error;
use uuid::Uuid;
use zeroize::{Zeroize, Zeroizing};

use crate::case::CaseText;
use crate::store_error::StoreError;

/// The width of every key here, in bytes.
const KEY_BYTES: usize = 32;

/// The width of a nonce, in bytes.
const NONCE_BYTES: usize = 24;

/// A master key must have at least this many different bytes; fewer were typed, not drawn.
const VARIETY_MIN: usize = 12;

/// What the demonstration's master key is made of: anybody may know it, and production refuses it.
const DEMONSTRATION: &[u8] = b"huiyin demonstration: everybody knows this key";

type Key = Zeroizing<[u8; KEY_BYTES]>;

/// The master keys of an installation: the first wraps what is new, all of them open what there is.
#[derive(Clone)]
pub struct MasterKeys(Vec<MasterKey>);

#[derive(Clone)]
struct MasterKey {
    name: String,
    key: Key,
}

/// Why a text holds no master keys. Never repeats the text.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum MasterKeysError {
    /// There is none.
    #[error("there is no master key: draw one, for instance by `openssl rand -base64 32`")]
    None,
    /// One is not written in Base64, or has another length.
    #[error("master key number {number} is not 32 bytes in Base64, as `openssl rand -base64 32` draws them")]
    NotAKey {
        /// Which, from 1.
        number: usize,
    },
    /// One was typed, not drawn.
    #[error(
        "master key number {number} repeats a few bytes: draw one, for instance by `openssl rand -base64 32`"
    )]
    NotDrawn {
        /// Which, from 1.
        number: usize,
    },
}

impl FromStr for MasterKeys {
    type Err = MasterKeysError;

    /// Keys in Base64 with white space or commas between them; the first is the one in use.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let keys = text
            .split(|it: char| it.is_whitespace() || it == ',')
            .filter(|word| !word.is_empty())
            .enumerate()
            .map(|(at, word)| {
                let number = at + 1;
                let bytes = Zeroizing::new(STANDARD.decode(word).unwrap_or_default());
                let key = <[u8; KEY_BYTES]>::try_from(bytes.as_slice())
                    .map_err(|_| MasterKeysError::NotAKey { number })?;
                let variety: std::collections::BTreeSet<u8> = key.iter().copied().collect();
                if variety.len() < VARIETY_MIN {
                    return Err(MasterKeysError::NotDrawn { number });
                }
                Ok(MasterKey::new(Zeroizing::new(key)))
            })
            .collect::<Result<Vec<_>, _>>()?;
        if keys.is_empty() {
            Err(MasterKeysError::None)
        } else {
            Ok(Self(keys))
        }
    }
}

impl fmt::Debug for MasterKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MasterKeys({})", self.names().join(", "))
    }
}

impl MasterKeys {
    /// The master key of every demonstration: no secret.
    #[must_use]
    pub fn of_demonstrations() -> Self {
        let key: [u8; KEY_BYTES] = Sha256::digest(DEMONSTRATION).into();
        Self(vec![MasterKey::new(Zeroizing::new(key))])
    }

    /// Whether one of them is the demonstrations'.
    #[must_use]
    pub fn have_the_demonstrations(&self) -> bool {
        let known = Self::of_demonstrations();
        self.0.iter().any(|key| key.name == known.0[0].name)
    }

    /// What they are called: a hash of each, by which a database tells which ones it needs.
    #[must_use]
    pub fn names(&self) -> Vec<&str> {
        self.0.iter().map(|key| key.name.as_str()).collect()
    }

    /// The name of the key that wraps what is new.
    #[must_use]
    pub fn current(&self) -> &str {
        &self.0[0].name
    }

    fn find(&self, name: &str) -> Result<&MasterKey, StoreError> {
        self.0
            .iter()
            .find(|key| key.name == name)
            .ok_or_else(|| StoreError::KeyMissing {
                master_key: name.to_owned(),
            })
    }
}

impl MasterKey {
    fn new(key: Key) -> Self {
        let digest: [u8; KEY_BYTES] = Sha256::new()
            .chain_update(b"huiyin master key\0")
            .chain_update(key.as_slice())
            .finalize()
            .into();
        let (first, _) = digest
            .split_first_chunk()
            .expect("a digest is longer than a name");
        let name = format!("{:016x}", u64::from_be_bytes(*first));
        Self { name, key }
    }
}

/// A key as it is kept: by which master key it is wrapped, and the bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wrapped {
    pub(crate) master_key: String,
    pub(crate) bytes: Vec<u8>,
}

/// The vault, open: every case's key can be had, and every person's mark.
pub(crate) struct Vault {
    masters: MasterKeys,
    index: Key,
}

/// The key of one case.
pub(crate) struct CaseKey {
    office: Uuid,
    case: Uuid,
    key: Key,
}

impl Vault {
    /// A vault for a database that has none: with its index key, wrapped, to be kept there.
    pub(crate) fn found(masters: MasterKeys) -> (Self, Wrapped) {
        let index = drawn();
        let wrapped = wrap(&masters.0[0], &index, INDEX);
        (Self { masters, index }, wrapped)
    }

    /// Opens the vault of a database by its index key.
    pub(crate) fn open(masters: MasterKeys, index: &Wrapped) -> Result<Self, StoreError> {
        let index = unwrap(&masters, index, INDEX)?.ok_or_else(|| StoreError::Corrupt {
            table: "vault_keys",
            id: None,
            reason: "its key does not open".to_owned(),
        })?;
        Ok(Self { masters, index })
    }

    /// The names of the keys it can open things with, the one in use first.
    pub(crate) fn masters(&self) -> &MasterKeys {
        &self.masters
    }

    /// A new key for a case, and how it is kept.
    pub(crate) fn draw(&self, office: Uuid, case: Uuid) -> (CaseKey, Wrapped) {
        let key = drawn();
        let wrapped = wrap(&self.masters.0[0], &key, &of_case(office, case));
        (CaseKey { office, case, key }, wrapped)
    }

    /// A case's key.
    pub(crate) fn key(&self, office: Uuid, case: Uuid, kept: &Wrapped) -> Result<CaseKey, StoreError> {
        let key = unwrap(&self.masters, kept, &of_case(office, case))?;
        let key = key.ok_or_else(|| StoreError::Corrupt {
            table: "case_keys",
            id: Some(case),
            reason: "the key does not open: it is another case's, or was changed".to_owned(),
        })?;
        Ok(CaseKey { office, case, key })
    }

    /// The same key, wrapped by the master key that is in use.
    pub(crate) fn wrap_anew(&self, office: Uuid, case: Uuid, kept: &Wrapped) -> Result<Wrapped, StoreError> {
        let key = self.key(office, case, kept)?;
        Ok(wrap(&self.masters.0[0], &key.key, &of_case(office, case)))
    }

    /// The index key, wrapped by the master key that is in use.
    pub(crate) fn index_wrapped_anew(&self) -> Wrapped {
        wrap(&self.masters.0[0], &self.index, INDEX)
    }

    /// What is kept of what somebody is found by: to another office it is another.
    pub(crate) fn hash(&self, office: OfficeId, mark: &Mark) -> Vec<u8> {
        let kind = mark.kind.as_str();
        self.keyed(&[
            office.0.as_bytes(),
            kind.as_bytes(),
            b"\0",
            mark.number.as_bytes(),
        ])
    }

    /// What is kept of the hash of a call: without the key nobody can try out what was in it.
    pub(crate) fn veiled(&self, hash: &[u8; 32]) -> Vec<u8> {
        self.keyed(&[b"call\0", hash])
    }

    fn keyed(&self, parts: &[&[u8]]) -> Vec<u8> {
        let mut hash = <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(self.index.as_slice())
            .expect("a key of any length will do");
        for part in parts {
            hash.update(part);
        }
        hash.finalize().into_bytes().to_vec()
    }
}

impl CaseKey {
    /// A text with its salt, sealed.
    pub(crate) fn seal(&self, text: &CaseText) -> Vec<u8> {
        let mut plain = Zeroizing::new(Vec::with_capacity(1 + text.salt.len() + text.body.len()));
        plain.push(u8::try_from(text.salt.len()).expect("a salt is short"));
        plain.extend_from_slice(&text.salt);
        plain.extend_from_slice(text.body.as_bytes());
        seal(&self.key, &plain, &self.place(text.id.0, &text.kind))
    }

    /// The salt and the words of a text.
    pub(crate) fn open(&self, id: Uuid, kind: &str, sealed: &[u8]) -> Result<(Vec<u8>, String), StoreError> {
        let corrupt = |reason: &str| StoreError::Corrupt {
            table: "case_texts",
            id: Some(id),
            reason: reason.to_owned(),
        };
        let plain = open(&self.key, sealed, &self.place(id, kind))
            .ok_or_else(|| corrupt("it does not open: it stands in another's place, or was changed"))?;
        let (length, rest) = plain.split_first().ok_or_else(|| corrupt("it is empty"))?;
        let (salt, body) = rest
            .split_at_checked(usize::from(*length))
            .ok_or_else(|| corrupt("its salt is cut off"))?;
        let body = std::str::from_utf8(body).map_err(|_| corrupt("it is not UTF-8"))?;
        Ok((salt.to_vec(), body.to_owned()))
    }

    /// What a text is bound to.
    fn place(&self, id: Uuid, kind: &str) -> Vec<u8> {
        let ids = [self.office, self.case, id];
        let mut place = b"huiyin text\0".to_vec();
        place.extend(ids.iter().flat_map(|id| *id.as_bytes()));
        place.extend_from_slice(kind.as_bytes());
        place
    }
}

/// What the index key is bound to.
const INDEX: &[u8] = b"huiyin index key\0";

/// What a case's key is bound to.
fn of_case(office: Uuid, case: Uuid) -> Vec<u8> {
    let mut place = b"huiyin case key\0".to_vec();
    place.extend_from_slice(office.as_bytes());
    place.extend_from_slice(case.as_bytes());
    place
}

fn drawn() -> Key {
    let mut key = Zeroizing::new([0; KEY_BYTES]);
    getrandom::fill(key.as_mut_slice()).expect("the machine can draw lots");
    key
}

fn wrap(master: &MasterKey, key: &Key, place: &[u8]) -> Wrapped {
    Wrapped {
        master_key: master.name.clone(),
        bytes: seal(&master.key, key.as_slice(), place),
    }
}

/// The key, or nothing if it does not open; an error where the master key is not among those at hand.
fn unwrap(masters: &MasterKeys, kept: &Wrapped, place: &[u8]) -> Result<Option<Key>, StoreError> {
    let master = masters.find(&kept.master_key)?;
    let key = open(&master.key, &kept.bytes, place)
        .and_then(|plain| <[u8; KEY_BYTES]>::try_from(plain.as_slice()).ok());
    Ok(key.map(|mut key| {
        let kept = Zeroizing::new(key);
        key.zeroize();
        kept
    }))
}

/// A nonce, and after it what is sealed.
fn seal(key: &Key, plain: &[u8], place: &[u8]) -> Vec<u8> {
    let mut nonce = [0; NONCE_BYTES];
    getrandom::fill(&mut nonce).expect("the machine can draw lots");
    let sealed = cipher(key)
        .encrypt(
            &XNonce::from(nonce),
            Payload {
                msg: plain,
                aad: place,
            },
        )
        .expect("a text is shorter than the cipher's bound");
    [nonce.as_slice(), &sealed].concat()
}

fn open(key: &Key, sealed: &[u8], place: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (nonce, sealed) = sealed.split_at_checked(NONCE_BYTES)?;
    let nonce = <[u8; NONCE_BYTES]>::try_from(nonce).ok()?;
    cipher(key)
        .decrypt(
            &XNonce::from(nonce),
            Payload {
                msg: sealed,
                aad: place,
            },
        )
        .ok()
        .map(Zeroizing::new)
}

fn cipher(key: &Key) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new_from_slice(key.as_slice()).expect("the key has the cipher's width")
}

/// What a case's key opens, for whoever has read both.
pub(crate) fn opened(key: &CaseKey, id: Uuid, kind: String, sealed: &[u8]) -> Result<CaseText, StoreError> {
    let (salt, body) = key.open(id, &kind, sealed)?;
    Ok(CaseText {
        id: domain::ids::TextId(id),
        kind,
        body,
        salt,
        marks: Vec::new(),
    })
}

/// How many keys of cases each master key wraps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeysUnder {
    /// The master key's name.
    pub master_key: String,
    /// How many.
    pub keys: u64,
    /// Whether it is the one that wraps what is new.
    pub current: bool,
}

/// What stays of an erasure beside the case's own entry about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Erasure {
    /// The case.
    pub case: CaseId,
    /// How many texts were deleted, the complainant's document among them.
    pub texts: u32,
    /// How many hashes by which the person was found.
    pub marks: u32,
}

#[cfg(test)]
mod tests;

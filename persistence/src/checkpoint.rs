//! Checkpoints: what the chains of an office had come to at an instant, signed with Ed25519.
//!
//! A chain alone proves little to whoever can write to the database: he can make it anew. A checkpoint that has left
//! the machine he cannot. Each covers the cases that have new entries since the one before, and names that one by its
//! hash, so that the newest vouches for all. They are made beside the commands, which never wait for one.
//!
//! **What is signed** is a text of ten lines ([`Statement::text`]), twelve once the office has an access log, whose exact bytes are kept, so that nobody needs this
//! program to verify it. Its `digest` is flat: SHA-256 over the entries in the order of their case's id, each 56 bytes,
//! id, number of the last entry (big-endian) and its hash, all of fixed width, so that no two lists of entries give the
//! same bytes. A tree would prove one case without showing the others; who may see a case is shown its entry anyway.
//!
//! **Each office has its own**, so that what one may read or export tells nothing of another, not even how busy it is.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, SubsecRound, Utc};
use diesel::prelude::*;
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::chain::{Hash, bytes_of, hexadecimal};
use crate::schema::{checkpoint_keys, checkpoints};

/// The first line of every statement; another form would have another number.
const TITLE: &str = "huiyin checkpoint 1";

/// How an instant is written: to the microsecond, always as long.
const INSTANT: &str = "%Y-%m-%dT%H:%M:%S%.6fZ";

/// What a checkpoint states.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// Whose cases.
    pub office: Uuid,
    /// Its number in the office, from 1 without a gap.
    pub number: u64,
    /// When it was made.
    pub made_at: DateTime<Utc>,
    /// The hash of the one before; zeros for the first.
    pub previous: Hash,
    /// How many cases have new entries since then.
    pub changed: u64,
    /// The digest over what they came to.
    pub digest: Hash,
    /// How many cases the office's checkpoints cover by now.
    pub cases: u64,
    /// How many entries they cover by now.
    pub events: u64,
    /// What the office's access log had come to; none before its first entry.
    pub readings: Option<LogEnd>,
    /// The id of the key that signs.
    pub key: String,
}

/// What an access log had come to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogEnd {
    /// The number of its last entry.
    pub sequence: u64,
    /// Its hash.
    pub head: Hash,
}

impl Statement {
    /// The text that is signed: a line for each thing, `name value`, each ended by a line feed.
    #[must_use]
    pub fn text(&self) -> String {
        let readings = self.readings.as_ref().map_or_else(String::new, |end| {
            format!("readings {}\nlog {}\n", end.sequence, end.head)
        });
        format!(
            "{TITLE}\noffice {}\nnumber {}\nmade {}\nprevious {}\nchanged {}\ndigest {}\ncases {}\nevents {}\n{readings}key {}\n",
            self.office,
            self.number,
            self.made_at.format(INSTANT),
            self.previous,
            self.changed,
            self.digest,
            self.cases,
            self.events,
            self.key,
        )
    }

    /// Reads such a text; one that would be written in any other way is none.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let mut lines = text.lines().peekable();
        if lines.next() != Some(TITLE) {
            return None;
        }
        let mut value = |name: &str| lines.next()?.strip_prefix(name)?.strip_prefix(' ');
        let statement = Self {
            office: value("office")?.parse().ok()?,
            number: value("number")?.parse().ok()?,
            made_at: value("made")?.parse().ok()?,
            previous: Hash(bytes_of(value("previous")?)?),
            changed: value("changed")?.parse().ok()?,
            digest: Hash(bytes_of(value("digest")?)?),
            cases: value("cases")?.parse().ok()?,
            events: value("events")?.parse().ok()?,
            readings: None,
            key: String::new(),
        };
        let readings = if lines.peek()?.starts_with("readings ") {
            let mut value = |name: &str| lines.next()?.strip_prefix(name)?.strip_prefix(' ');
            Some(LogEnd {
                sequence: value("readings")?.parse().ok()?,
                head: Hash(bytes_of(value("log")?)?),
            })
        } else {
            None
        };
        let statement = Self {
            readings,
            key: lines.next()?.strip_prefix("key ")?.to_owned(),
            ..statement
        };
        (statement.text() == text).then_some(statement)
    }
}

/// The digest over what cases came to, entry by entry.
#[derive(Clone, Default)]
pub struct EntriesDigest {
    hash: Sha256,
    count: u64,
}

impl EntriesDigest {
    /// Adds the entry of a case, whose id is greater than all before it.
    pub fn add(&mut self, case: Uuid, sequence: i64, head: &Hash) {
        self.hash.update(case.as_bytes());
        self.hash.update(sequence.to_be_bytes());
        self.hash.update(head.0);
        self.count += 1;
    }

    /// How many entries there are, and the digest over them.
    #[must_use]
    pub fn finish(self) -> (u64, Hash) {
        (self.count, Hash(self.hash.finalize().into()))
    }
}

/// The secret that signs checkpoints.
pub struct CheckpointKey(SigningKey);

impl CheckpointKey {
    /// The key with this seed.
    #[must_use]
    pub fn new(seed: &[u8; 32]) -> Self {
        Self(SigningKey::from_bytes(seed))
    }

    /// The key whose seed this is in base64.
    ///
    /// # Errors
    /// [`NoKey`] unless it is 32 bytes.
    pub fn read(text: &str) -> Result<Self, NoKey> {
        Ok(Self::new(&seed(text)?))
    }

    /// What others verify with.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key())
    }

    /// Signs a statement.
    #[must_use]
    pub fn sign(&self, statement: &str) -> [u8; 64] {
        self.0.sign(statement.as_bytes()).to_bytes()
    }
}

impl fmt::Debug for CheckpointKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CheckpointKey({})", self.public().id())
    }
}

/// What checkpoints are verified with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PublicKey(VerifyingKey);

impl PublicKey {
    /// The key that is written like this in base64.
    ///
    /// # Errors
    /// [`NoKey`] unless it is one.
    pub fn read(text: &str) -> Result<Self, NoKey> {
        VerifyingKey::from_bytes(&seed(text)?)
            .map(Self)
            .map_err(|_| NoKey)
    }

    /// Its name: the first sixteen digits of its hash.
    #[must_use]
    pub fn id(&self) -> String {
        hexadecimal(&Hash::of(self.0.as_bytes()).0[..8])
    }

    /// Its bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }

    /// Whether this key signed these bytes.
    #[must_use]
    pub fn signed(&self, statement: &str, signature: &[u8]) -> bool {
        Signature::from_slice(signature)
            .is_ok_and(|signature| self.0.verify_strict(statement.as_bytes(), &signature).is_ok())
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&STANDARD.encode(self.bytes()))
    }
}

fn seed(text: &str) -> Result<[u8; 32], NoKey> {
    let bytes = STANDARD.decode(text.trim()).map_err(|_| NoKey)?;
    bytes.try_into().map_err(|_| NoKey)
}

/// What should have been a key is none. It does not repeat what it was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a key is 32 bytes in base64, as `huiyin audit new-key` prints them")]
pub struct NoKey;

/// A checkpoint as it is signed: the text, and the signature over it. This is what leaves the machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signed {
    /// The exact text.
    pub statement: String,
    /// Ed25519 over it.
    #[serde(with = "in_base64")]
    pub signature: Vec<u8>,
}

impl Signed {
    /// The hash by which the next one names it.
    #[must_use]
    pub fn hash(&self) -> Hash {
        Hash::of(self.statement.as_bytes())
    }
}

/// A checkpoint as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = checkpoints)]
pub struct CheckpointRecord {
    /// Whose cases.
    #[diesel(serialize_as = crate::sql_types::Bind<Uuid>)]
    pub office_id: Uuid,
    /// Its number in the office.
    pub number: i64,
    /// When it was made.
    #[diesel(serialize_as = crate::sql_types::Bind<DateTime<Utc>>)]
    pub made_at: DateTime<Utc>,
    /// The exact text that was signed.
    pub statement: String,
    /// The signature.
    pub signature: Vec<u8>,
}

impl CheckpointRecord {
    /// Signs what this states.
    pub(crate) fn new(statement: &Statement, key: &CheckpointKey) -> Self {
        let text = statement.text();
        Self {
            office_id: statement.office,
            number: i64::try_from(statement.number).expect("no office makes that many"),
            made_at: statement.made_at,
            signature: key.sign(&text).to_vec(),
            statement: text,
        }
    }

    /// What leaves the machine.
    #[must_use]
    pub fn signed(self) -> Signed {
        Signed {
            statement: self.statement,
            signature: self.signature,
        }
    }
}

/// A public key that has signed, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = checkpoint_keys)]
pub struct CheckpointKeyRecord {
    /// Its name, as statements say it.
    pub name: String,
    /// Its bytes.
    pub public_key: Vec<u8>,
    /// When it signed for the first time.
    #[diesel(serialize_as = crate::sql_types::Bind<DateTime<Utc>>)]
    pub first_used_at: DateTime<Utc>,
}

/// What a round of making checkpoints came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Round {
    /// It was nobody's turn yet, or another replica's.
    NotNow,
    /// These were made, at most one for each office; whether more cases wait.
    Made {
        /// The checkpoints.
        checkpoints: Vec<CheckpointRecord>,
        /// Whether another round should follow at once.
        more: bool,
    },
}

/// An instant as a statement can hold it.
pub(crate) fn to_the_microsecond(instant: DateTime<Utc>) -> DateTime<Utc> {
    instant.trunc_subsecs(6)
}

/// Bytes in JSON.
pub(crate) mod in_base64 {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    use serde::{Deserialize, Deserializer, Serializer, de};

    pub(crate) fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(bytes))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        let text = String::deserialize(deserializer)?;
        STANDARD.decode(text).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn statement() -> Statement {
        Statement {
            office: Uuid::from_u128(1),
            number: 7,
            made_at: "2026-09-17T02:00:00.5Z".parse().expect("an instant"),
            previous: Hash([1; 32]),
            changed: 2,
            digest: Hash([2; 32]),
            cases: 3,
            events: 4,
            readings: None,
            key: "0123456789abcdef".to_owned(),
        }
    }

    #[test]
    fn an_access_log_stands_in_the_statement_once_there_is_one() {
        let without = statement().text();
        let with = Statement {
            readings: Some(LogEnd {
                sequence: 5,
                head: Hash([3; 32]),
            }),
            ..statement()
        };
        let text = with.text();
        assert_eq!((without.lines().count(), text.lines().count()), (10, 12));
        assert_eq!(Statement::read(&text), Some(with));
        for (from, to) in [
            ("readings 5", "readings 05"),
            ("\nlog ", "\nLog "),
            ("readings 5\n", ""),
        ] {
            assert_eq!(Statement::read(&text.replace(from, to)), None, "{from} to {to}");
        }
    }

    #[test]
    fn a_statement_is_read_only_as_it_is_written() {
        let text = statement().text();
        assert_eq!(Statement::read(&text), Some(statement()));
        for (from, to) in [
            ("number 7", "number 07"),
            ("number 7", "number +7"),
            ("\nkey", "\n\nkey"),
            (".500000Z", ".5Z"),
            ("huiyin checkpoint 1", "huiyin checkpoint 2"),
            ("cdef\n", "cdef"),
            ("cdef\n", "cdef\nmore\n"),
        ] {
            let other = text.replace(from, to);
            assert_ne!(other, text);
            assert_eq!(Statement::read(&other), None, "{from} to {to}");
        }
    }

    #[test]
    fn a_signature_holds_for_its_text_and_its_key_alone() {
        let (key, other) = (CheckpointKey::new(&[1; 32]), CheckpointKey::new(&[2; 32]));
        let text = statement().text();
        let signature = key.sign(&text);
        assert!(key.public().signed(&text, &signature));
        assert!(!key.public().signed(&text.replace('7', "8"), &signature));
        assert!(!other.public().signed(&text, &signature));
        assert!(!key.public().signed(&text, &signature[1..]));
        assert_eq!(PublicKey::read(&key.public().to_string()), Ok(key.public()));
        assert_eq!(PublicKey::read("AAAA"), Err(NoKey));
    }

    #[test]
    fn a_signature_is_ed25519_as_the_standard_has_it() {
        // RFC 8032, 7.1, test 2: the seed, and the signature of the one byte 0x72.
        let seed =
            bytes_of("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb").expect("digits");
        let key = CheckpointKey::new(&seed);
        assert!(hexadecimal(&key.sign("r")).starts_with("92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8f"));
    }

    #[test]
    fn the_order_of_entries_and_their_bounds_count() {
        let (first, second) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let digest = |entries: &[(Uuid, i64)]| {
            let mut digest = EntriesDigest::default();
            for (case, sequence) in entries {
                digest.add(*case, *sequence, &Hash([3; 32]));
            }
            digest.finish()
        };
        let whole = digest(&[(first, 1), (second, 2)]);
        assert_eq!(whole.0, 2);
        assert_ne!(whole, digest(&[(second, 2), (first, 1)]));
        assert_ne!(whole, digest(&[(first, 1)]));
        assert_ne!(whole, digest(&[(first, 1), (second, 3)]));
    }
}

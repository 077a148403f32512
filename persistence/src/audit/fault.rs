//! What can be wrong with a chain, and how it is told.

use std::fmt;

use uuid::Uuid;

/// A broken link, and whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// The office: its code, or its id where it has none any more.
    pub office: String,
    /// The case, if it is one's.
    pub case: Option<Uuid>,
    /// What is wrong.
    pub fault: Fault,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "office {}, ", self.office)?;
        if let Some(case) = self.case {
            write!(f, "case {case}, ")?;
        }
        write!(f, "{}", self.fault)
    }
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// An entry is not what was hashed.
    #[error("event {sequence} was changed: what is kept of it does not give its hash")]
    EventChanged {
        /// Its number.
        sequence: i64,
    },
    /// An entry does not name the one before.
    #[error(
        "event {sequence} does not follow from the one before it: one of the two was changed, with its hash"
    )]
    Unlinked {
        /// Its number.
        sequence: i64,
    },
    /// An entry is not there.
    #[error("event {sequence} was removed")]
    EventRemoved {
        /// The number of the first that is missing.
        sequence: i64,
    },
    /// There is one entry too many.
    #[error("event {sequence} was inserted")]
    EventInserted {
        /// Its number.
        sequence: i64,
    },
    /// The entries stand in another order.
    #[error("the events were reordered from event {sequence} on")]
    Reordered {
        /// The first that is out of its place.
        sequence: i64,
    },
    /// The chain fits together, but is not the one that was signed.
    #[error("the chain was made anew: event {sequence} is not the one that checkpoint {checkpoint} covers")]
    Rewritten {
        /// The first entry that differs from what was signed.
        sequence: i64,
        /// The checkpoint that tells.
        checkpoint: i64,
    },
    /// Nothing of a case is left but what was signed.
    #[error("the case was removed whole: checkpoint {checkpoint} covers its events up to {sequence}")]
    CaseRemoved {
        /// How many entries it had at least.
        sequence: i64,
        /// The last checkpoint that covers it.
        checkpoint: i64,
    },
    /// What a case stands at is not what its entries came to.
    #[error("the case's own row or state is not what its events came to, which end with event {sequence}")]
    SnapshotDiffers {
        /// The number of its last entry.
        sequence: i64,
    },
    /// An entry of the access log is not what was hashed.
    #[error("entry {sequence} of the access log was changed: what is kept of it does not give its hash")]
    ReadingChanged {
        /// Its number.
        sequence: i64,
    },
    /// An entry of the access log does not follow from the one before.
    #[error(
        "entry {sequence} of the access log does not follow from the one before it: one of the two was changed with its \
         hash, or something was removed, inserted or reordered here"
    )]
    ReadingUnlinked {
        /// Its number.
        sequence: i64,
    },
    /// An entry of the access log is not there.
    #[error("entry {sequence} of the access log was removed")]
    ReadingRemoved {
        /// The number of the first that is missing.
        sequence: i64,
    },
    /// There is one entry too many in the access log.
    #[error("entry {sequence} of the access log was inserted")]
    ReadingInserted {
        /// Its number.
        sequence: i64,
    },
    /// The access log fits together, but is not the one that was signed.
    #[error(
        "the access log was made anew: entry {sequence} is not the one that checkpoint {checkpoint} covers"
    )]
    LogRewritten {
        /// The first entry that differs from what was signed.
        sequence: i64,
        /// The checkpoint that tells.
        checkpoint: u64,
    },
    /// The text of a checkpoint is none.
    #[error("checkpoint after {after} was rewritten: its text cannot be read")]
    CheckpointUnreadable {
        /// The number of the one before.
        after: u64,
    },
    /// A checkpoint of another office stands here.
    #[error("checkpoint {number} was rewritten: it is one of office {office}")]
    CheckpointForeign {
        /// Its number.
        number: u64,
        /// Whose it is.
        office: Uuid,
    },
    /// Nobody who is trusted signed a checkpoint.
    #[error("checkpoint {number} is signed by key {key}, which is not among the keys that were given")]
    KeyUnknown {
        /// Its number.
        number: u64,
        /// The name of the key.
        key: String,
    },
    /// The signature does not hold.
    #[error("checkpoint {number} was rewritten: its signature does not hold")]
    CheckpointRewritten {
        /// Its number.
        number: u64,
    },
    /// A checkpoint is not there.
    #[error("checkpoint {number} was removed")]
    CheckpointRemoved {
        /// Its number.
        number: u64,
    },
    /// A checkpoint does not name the one before.
    #[error("checkpoint {number} does not follow from the one before it")]
    CheckpointUnlinked {
        /// Its number.
        number: u64,
    },
    /// A checkpoint is not the one that was kept outside.
    #[error("checkpoint {number} is not the one that was kept outside: the history was made anew")]
    CheckpointNotKept {
        /// Its number.
        number: u64,
    },
    /// The list of what a checkpoint covers is not the one that was signed.
    #[error(
        "the list of what checkpoint {number} covers was changed: {stated} cases were signed, {listed} are listed"
    )]
    EntriesChanged {
        /// Its number.
        number: u64,
        /// How many cases were signed.
        stated: u64,
        /// How many are listed.
        listed: u64,
    },
    /// A later checkpoint was kept outside than there is here.
    #[error("an older backup was put back: checkpoint {kept} was kept outside, the last one here is {last}")]
    OlderBackup {
        /// The newest that was kept.
        kept: u64,
        /// The newest that is here; 0 if there is none.
        last: u64,
    },
}

//! The audit: walking along the chains of a database, or of a file that was made of one, and verifying them.
//!
//! One walk serves both: [`walk`] goes through a database and gives [`Item`]s, which a [`Verifier`] takes, or which
//! [`mod@file`] writes down, line by line, to be read and verified elsewhere with the public key alone. Memory holds a
//! stretch of cases at a time, and what must be remembered of each checkpoint of one office (some 300 bytes).
//!
//! A database is walked while others write to it: each stretch is read at one and the same moment, and cases do not
//! depend on each other.

use std::sync::mpsc;
use std::thread;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::Answer;
use crate::chain::Hash;
use crate::checkpoint::{CheckpointRecord, LogEnd, Signed, in_base64};
use crate::store_error::StoreError;

mod fault;
pub mod file;
mod readings;
mod verifier;

pub use fault::{Broken, Fault};
pub use readings::ReadingLink;
pub use verifier::{KeptFault, OfficeFound, Verified, Verifier};

/// How many items are read ahead of the one that is verified.
const AHEAD: usize = 1024;

/// How many checkpoints are read in one question.
const CHECKPOINTS_AT_ONCE: u32 = 1000;

/// Where chains are read: one connection, which changes nothing, not even the tables of an older release.
pub trait Chains: Send {
    /// The offices that are there, and those that only their checkpoints remember, with their codes.
    ///
    /// # Errors
    /// As every question.
    fn offices(&mut self) -> Answer<Vec<(Uuid, Option<String>)>>;

    /// The checkpoints of an office after this number, oldest first.
    ///
    /// # Errors
    /// As every question.
    fn checkpoints(&mut self, office: Uuid, after: i64, limit: u32) -> Answer<Vec<CheckpointRecord>>;

    /// Some entries of an office's access log after this number, in their order. With the last of them, what the log's
    /// own row says it has come to, read at the same moment.
    ///
    /// # Errors
    /// As every question.
    fn readings(&mut self, office: Uuid, after: i64) -> Answer<Readings>;

    /// Some cases of an office, in the order of their ids, from the first one after `after`; each whole. Their
    /// snapshots only if `documents` is said.
    ///
    /// # Errors
    /// As every question.
    fn stretch(&mut self, office: Uuid, after: Uuid, documents: bool) -> Answer<Stretch>;
}

/// Some cases, and after which one it goes on; nothing after the last.
#[derive(Debug, Default)]
pub struct Stretch {
    /// The cases.
    pub cases: Vec<CaseChain>,
    /// Where the next one begins.
    pub next: Option<Uuid>,
}

/// Some entries of an access log.
#[derive(Debug, Default)]
pub struct Readings {
    /// The entries.
    pub entries: Vec<ReadingLink>,
    /// Whether there are more.
    pub more: bool,
    /// What the log's row says of its end, once there are no more; none where the office has no log.
    pub end: Option<LogEnd>,
}

/// A thing met on a walk, in this order: an office, its checkpoints, its access log, its cases, the checkpoints made
/// meanwhile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Item {
    /// An office; what follows is its own.
    Office {
        /// Its id.
        id: Uuid,
        /// Its code; none where only its checkpoints remember it.
        code: Option<String>,
    },
    /// A checkpoint of the office.
    Checkpoint(Signed),
    /// An entry of the office's access log.
    Reading(ReadingLink),
    /// The end of the access log, as its own row has it.
    LogEnd(Option<LogEnd>),
    /// A case of the office.
    Case(CaseChain),
}

/// Everything that is kept of a case's chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseChain {
    /// Which case.
    pub id: Uuid,
    /// What checkpoints say it had come to, in their order.
    pub anchors: Vec<Anchor>,
    /// The number of its last entry, as its row has it.
    pub sequence: Option<i64>,
    /// The hash of its last entry, as its state has it.
    pub head: Option<Hash>,
    /// Its snapshot, where it was asked for.
    #[serde(skip)]
    pub document: Option<String>,
    /// Its entries, in their order.
    pub events: Vec<EventLink>,
}

/// What a checkpoint says a case had come to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Anchor {
    /// The number of the checkpoint.
    pub checkpoint: i64,
    /// The number of the last entry.
    pub sequence: i64,
    /// Its hash.
    pub head: Hash,
}

/// An entry as it is kept: the bytes, and what stands beside them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventLink {
    /// Its number.
    pub sequence: i64,
    /// The kind of event.
    pub event_type: String,
    /// When it happened.
    pub occurred_at: DateTime<Utc>,
    /// When it was recorded.
    pub recorded_at: DateTime<Utc>,
    /// The exact bytes that were hashed.
    #[serde(with = "in_base64")]
    pub body: Vec<u8>,
    /// The hash of the one before.
    pub previous_hash: Hash,
    /// Its hash.
    pub hash: Hash,
}

/// Which way to go.
#[derive(Debug, Clone, Default)]
pub struct Way {
    /// The codes of the offices to visit; none: all.
    pub offices: Vec<String>,
    /// Whether the snapshots of the cases are wanted.
    pub documents: bool,
}

/// Walks along all chains and gives what it meets.
///
/// # Errors
/// What `give` fails with, and what the database does.
pub fn walk<E: From<StoreError>>(
    chains: &mut dyn Chains,
    way: &Way,
    mut give: impl FnMut(Item) -> Result<(), E>,
) -> Result<(), E> {
    let mut offices = chains.offices()?;
    if !way.offices.is_empty() {
        offices.retain(|(_, code)| code.as_ref().is_some_and(|code| way.offices.contains(code)));
    }
    for (id, code) in offices {
        give(Item::Office { id, code })?;
        let last = walk_checkpoints(chains, id, 0, &mut give)?;
        walk_readings(chains, id, &mut give)?;
        let (mut after, mut met) = (Some(Uuid::nil()), false);
        while let Some(from) = after {
            let stretch = chains.stretch(id, from, way.documents)?;
            for case in stretch.cases {
                met = true;
                give(Item::Case(case))?;
            }
            after = stretch.next;
        }
        // Those made meanwhile, which some of the cases may name already.
        if met {
            walk_checkpoints(chains, id, last, &mut give)?;
        }
    }
    Ok(())
}

/// Verifies a database: one thread reads, another one hashes.
///
/// # Errors
/// What the database fails with.
pub fn verify(chains: &mut dyn Chains, way: &Way, mut verifier: Verifier) -> Answer<Verified> {
    let (give, taken) = mpsc::sync_channel(AHEAD);
    thread::scope(|scope| {
        let walking = scope.spawn(move || {
            walk(chains, way, |item| {
                let nobody = |_| StoreError::Failed("nobody verifies any more".into());
                give.send(item).map_err(nobody)
            })
        });
        for item in taken {
            verifier.take(item);
        }
        walking
            .join()
            .unwrap_or_else(|_| Err(StoreError::Failed("reading the chains panicked".into())))
    })?;
    Ok(verifier.finish(way.offices.is_empty()))
}

/// Gives the access log of an office.
fn walk_readings<E: From<StoreError>>(
    chains: &mut dyn Chains,
    office: Uuid,
    give: &mut impl FnMut(Item) -> Result<(), E>,
) -> Result<(), E> {
    let mut after = 0;
    loop {
        let page = chains.readings(office, after)?;
        for entry in page.entries {
            after = entry.sequence;
            give(Item::Reading(entry))?;
        }
        if !page.more {
            return give(Item::LogEnd(page.end));
        }
    }
}

/// Gives the checkpoints of an office after this number; the number of the last one.
fn walk_checkpoints<E: From<StoreError>>(
    chains: &mut dyn Chains,
    office: Uuid,
    mut after: i64,
    give: &mut impl FnMut(Item) -> Result<(), E>,
) -> Result<i64, E> {
    loop {
        let page = chains.checkpoints(office, after, CHECKPOINTS_AT_ONCE)?;
        let Some(last) = page.last().map(|record| record.number) else {
            return Ok(after);
        };
        for record in page {
            give(Item::Checkpoint(record.signed()))?;
        }
        after = last;
    }
}

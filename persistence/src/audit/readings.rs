//! Verifying the access log of an office: along its own chain, entry by entry, and against what was signed of it.

use std::collections::BTreeMap;

use chrono::{DateTime, SubsecRound, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Fault;
use crate::access_log::ReadingBody;
use crate::chain::{Hash, link, origin};
use crate::checkpoint::{LogEnd, in_base64};

/// An entry of the access log as it is kept: the bytes, and what stands beside them. The words of its reason are not
/// among them: what is hashed is a commitment to them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadingLink {
    /// Its number in the office.
    pub sequence: i64,
    /// The case that was read.
    pub case_id: Uuid,
    /// Who read it.
    pub staff_id: Uuid,
    /// What of it.
    pub kind: String,
    /// When.
    pub at: DateTime<Utc>,
    /// The exact bytes that were hashed.
    #[serde(with = "in_base64")]
    pub body: Vec<u8>,
    /// The hash of the one before.
    pub previous_hash: Hash,
    /// Its hash.
    pub hash: Hash,
}

/// The log of one office on the way: what it has come to, and what is signed about it. After the first broken link
/// nothing more is told of it.
pub(super) struct Log {
    office: Uuid,
    pub(super) count: i64,
    /// The last entry that a checkpoint covers, as far as the walk has come.
    pub(super) anchored: i64,
    head: Hash,
    /// What checkpoints say it had come to: by the number of the entry, the checkpoint and the hash.
    stated: BTreeMap<i64, (u64, Hash)>,
    broken: bool,
}

impl Log {
    pub(super) fn of(office: Uuid) -> Self {
        Self {
            office,
            count: 0,
            anchored: 0,
            head: origin(office),
            stated: BTreeMap::new(),
            broken: false,
        }
    }

    /// Remembers what a checkpoint states.
    pub(super) fn state(&mut self, checkpoint: u64, end: &LogEnd) {
        let sequence = i64::try_from(end.sequence).unwrap_or(i64::MAX);
        // Of two that say the same the first one counts; if they differ, one of them is told by its entry.
        self.stated.entry(sequence).or_insert((checkpoint, end.head));
    }

    /// Takes the next entry.
    pub(super) fn take(&mut self, entry: &ReadingLink) -> Option<Fault> {
        let fault = if self.broken { None } else { self.fault_of(entry) };
        self.broken |= fault.is_some();
        self.count += 1;
        self.head = entry.hash;
        if self.stated.range(self.count..).next().is_some() {
            self.anchored = self.count;
        }
        fault
    }

    /// What is wrong with the end, once every entry was taken: `kept` is what the log's own row says of it.
    pub(super) fn end(&mut self, kept: Option<&LogEnd>) -> Option<Fault> {
        if self.broken {
            return None;
        }
        let signed = self.stated.last_key_value().map_or(0, |(sequence, _)| *sequence);
        let known = kept.map_or(0, |end| i64::try_from(end.sequence).unwrap_or(i64::MAX));
        let sequence = self.count;
        let fault = if sequence < signed.max(known) {
            Some(Fault::ReadingRemoved {
                sequence: sequence + 1,
            })
        } else if sequence > known {
            Some(Fault::ReadingInserted { sequence: known + 1 })
        } else if kept.is_some_and(|end| end.head != self.head) {
            Some(Fault::ReadingUnlinked { sequence })
        } else {
            None
        };
        self.broken |= fault.is_some();
        fault
    }

    fn fault_of(&self, entry: &ReadingLink) -> Option<Fault> {
        let (place, sequence) = (self.count + 1, entry.sequence);
        if sequence != place {
            return Some(Fault::ReadingRemoved { sequence: place });
        }
        let said: Option<ReadingBody> = serde_json::from_slice(&entry.body).ok();
        let Some(said) = said.filter(|_| link(&entry.previous_hash.0, &entry.body) == entry.hash) else {
            return Some(Fault::ReadingChanged { sequence });
        };
        if said.sequence != place || entry.previous_hash != self.head {
            return Some(Fault::ReadingUnlinked { sequence });
        }
        if !self.stands_beside(&said, entry) {
            return Some(Fault::ReadingChanged { sequence });
        }
        let stated = self.stated.get(&sequence).filter(|(_, head)| *head != entry.hash);
        stated.map(|(checkpoint, _)| Fault::LogRewritten {
            sequence,
            checkpoint: *checkpoint,
        })
    }

    /// Whether the columns beside the bytes say what was hashed.
    fn stands_beside(&self, said: &ReadingBody, entry: &ReadingLink) -> bool {
        let kind: &'static str = said.kind.into();
        said.office_id == self.office
            && said.case_id == entry.case_id
            && said.staff_id == entry.staff_id
            && kind == entry.kind
            && said.at.trunc_subsecs(6) == entry.at.trunc_subsecs(6)
    }
}

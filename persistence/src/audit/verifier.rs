//! Verifying: takes what a walk meets, item by item, and remembers what is broken.

use std::borrow::Cow;
use std::collections::BTreeMap;

use chrono::{DateTime, SubsecRound, Utc};
use domain::case::{Case, Entry};
use serde::Deserialize;
use uuid::Uuid;

use super::readings::Log;
use super::{Anchor, Broken, CaseChain, EventLink, Fault, Item};
use crate::chain::{Hash, link, origin};
use crate::checkpoint::{EntriesDigest, PublicKey, Signed, Statement};

/// How many broken links are told; the others are counted.
const TOLD: usize = 100;

/// Verifies what it is given, against the keys that it was given.
pub struct Verifier {
    trusted: BTreeMap<String, PublicKey>,
    /// What was kept outside: office, number, hash.
    kept: BTreeMap<Uuid, BTreeMap<u64, Hash>>,
    rebuild: bool,
    office: Option<Run>,
    verified: Verified,
}

/// What came of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verified {
    /// What was found of each office.
    pub offices: Vec<OfficeFound>,
    /// The first broken links, in the order in which they were met; of each case only its first.
    pub broken: Vec<Broken>,
    /// How many more there are.
    pub untold: u64,
}

/// What was found of an office.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OfficeFound {
    /// Its id.
    pub id: Uuid,
    /// Its code; none where only its checkpoints remember it.
    pub code: Option<String>,
    /// How many cases.
    pub cases: u64,
    /// How many events.
    pub events: u64,
    /// How many of them a checkpoint covers.
    pub anchored: u64,
    /// How many of them a checkpoint covers that is among those kept outside, or before one of them.
    pub kept: u64,
    /// How many entries the access log has.
    pub readings: u64,
    /// How many of them a checkpoint covers.
    pub readings_anchored: u64,
    /// How many checkpoints.
    pub checkpoints: u64,
    /// The last checkpoint: its number, and when it was made.
    pub last: Option<(u64, DateTime<Utc>)>,
    /// The last that was kept outside.
    pub last_kept: Option<u64>,
}

/// A checkpoint that was kept outside proves nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeptFault {
    /// It is not one.
    #[error("it is no checkpoint")]
    Unreadable,
    /// It is signed by somebody else.
    #[error("it is signed by key {0}, which is not among the keys that were given")]
    KeyUnknown(String),
    /// Its signature does not hold.
    #[error("its signature does not hold")]
    NotSigned,
    /// Two of them contradict each other.
    #[error("it contradicts another one with its number: one key signed two histories")]
    Contradicted,
}

/// An office under way.
struct Run {
    found: OfficeFound,
    /// Those that were met before the first case, whose lists can be held against them.
    listed: BTreeMap<i64, Listed>,
    last: Option<(u64, Hash)>,
    log: Log,
    among_cases: bool,
    /// The greatest number that a list names beyond those.
    beyond: i64,
}

/// A checkpoint with what is listed under it so far.
struct Listed {
    changed: u64,
    stated: Hash,
    so_far: EntriesDigest,
}

impl Verifier {
    /// Trusts these keys and no other. With `rebuild`, snapshots are held against what the entries come to.
    #[must_use]
    pub fn new(trusted: &[PublicKey], rebuild: bool) -> Self {
        Self {
            trusted: trusted.iter().map(|key| (key.id(), *key)).collect(),
            kept: BTreeMap::new(),
            rebuild,
            office: None,
            verified: Verified::default(),
        }
    }

    /// Remembers a checkpoint that was kept outside.
    ///
    /// # Errors
    /// [`KeptFault`] when it proves nothing.
    pub fn remember(&mut self, kept: &Signed) -> Result<(), KeptFault> {
        let statement = Statement::read(&kept.statement).ok_or(KeptFault::Unreadable)?;
        let Some(key) = self.trusted.get(&statement.key) else {
            return Err(KeptFault::KeyUnknown(statement.key));
        };
        if !key.signed(&kept.statement, &kept.signature) {
            return Err(KeptFault::NotSigned);
        }
        let of_office = self.kept.entry(statement.office).or_default();
        let before = of_office.insert(statement.number, kept.hash());
        if before.is_some_and(|before| before != kept.hash()) {
            return Err(KeptFault::Contradicted);
        }
        Ok(())
    }

    /// Takes the next item.
    pub fn take(&mut self, item: Item) {
        match item {
            Item::Office { id, code } => {
                self.end_office();
                self.office = Some(Run {
                    found: OfficeFound {
                        id,
                        code,
                        last_kept: self.last_kept(id),
                        ..OfficeFound::default()
                    },
                    listed: BTreeMap::new(),
                    last: None,
                    log: Log::of(id),
                    among_cases: false,
                    beyond: 0,
                });
            }
            Item::Checkpoint(signed) => self.take_checkpoint(&signed),
            Item::Reading(entry) => self.take_of_log(|log| log.take(&entry)),
            Item::LogEnd(end) => self.take_of_log(|log| log.end(end.as_ref())),
            Item::Case(case) => self.take_case(&case),
        }
    }

    /// What came of it, once everything was taken; whether that was all offices.
    #[must_use]
    pub fn finish(mut self, whole: bool) -> Verified {
        self.end_office();
        for (office, kept) in std::mem::take(&mut self.kept) {
            // An office that is gone with its checkpoints: only those outside remember it.
            if let Some((&number, _)) = kept.last_key_value().filter(|_| whole) {
                let fault = Fault::OlderBackup {
                    kept: number,
                    last: 0,
                };
                self.tell(office.to_string(), None, fault);
            }
        }
        self.verified
    }

    fn last_kept(&self, office: Uuid) -> Option<u64> {
        let (number, _) = self.kept.get(&office)?.last_key_value()?;
        Some(*number)
    }

    fn tell(&mut self, office: String, case: Option<Uuid>, fault: Fault) {
        if self.verified.broken.len() < TOLD {
            self.verified.broken.push(Broken { office, case, fault });
        } else {
            self.verified.untold += 1;
        }
    }

    fn take_checkpoint(&mut self, signed: &Signed) {
        let Some(mut run) = self.office.take() else { return };
        for fault in self.checkpoint_faults(&mut run, signed) {
            self.tell(run.name(), None, fault);
        }
        self.office = Some(run);
    }

    fn checkpoint_faults(&self, run: &mut Run, signed: &Signed) -> Vec<Fault> {
        run.found.checkpoints += 1;
        let (after, before) = run.last.unwrap_or((0, Hash([0; 32])));
        let Some(statement) = Statement::read(&signed.statement) else {
            run.last = Some((after + 1, signed.hash()));
            return vec![Fault::CheckpointUnreadable { after }];
        };
        let number = statement.number;
        let mut faults = Vec::new();
        match self.trusted.get(&statement.key) {
            None => faults.push(Fault::KeyUnknown {
                number,
                key: statement.key.clone(),
            }),
            Some(key) if !key.signed(&signed.statement, &signed.signature) => {
                faults.push(Fault::CheckpointRewritten { number });
            }
            Some(_) if statement.office != run.found.id => faults.push(Fault::CheckpointForeign {
                number,
                office: statement.office,
            }),
            Some(_) if number > after + 1 => faults.push(Fault::CheckpointRemoved { number: after + 1 }),
            Some(_) if number <= after || statement.previous != before => {
                faults.push(Fault::CheckpointUnlinked { number });
            }
            Some(_) => {}
        }
        let kept = self.kept.get(&run.found.id).and_then(|kept| kept.get(&number));
        if kept.is_some_and(|kept| *kept != signed.hash()) {
            faults.push(Fault::CheckpointNotKept { number });
        }
        run.last = Some((number, signed.hash()));
        run.found.last = Some((number, statement.made_at));
        if !run.among_cases {
            let listed = Listed {
                changed: statement.changed,
                stated: statement.digest,
                so_far: EntriesDigest::default(),
            };
            run.listed
                .insert(i64::try_from(number).unwrap_or(i64::MAX), listed);
            if let Some(end) = &statement.readings {
                run.log.state(number, end);
            }
        }
        faults
    }

    fn take_of_log(&mut self, take: impl FnOnce(&mut Log) -> Option<Fault>) {
        let Some(mut run) = self.office.take() else { return };
        if let Some(fault) = take(&mut run.log) {
            self.tell(run.name(), None, fault);
        }
        run.found.readings = u64::try_from(run.log.count).unwrap_or(0);
        run.found.readings_anchored = u64::try_from(run.log.anchored).unwrap_or(0);
        self.office = Some(run);
    }

    fn take_case(&mut self, case: &CaseChain) {
        let Some(mut run) = self.office.take() else { return };
        run.list(case);
        if let Some(fault) = fault_of(case).or_else(|| self.rebuild.then(|| unlike(case)).flatten()) {
            self.tell(run.name(), Some(case.id), fault);
        }
        self.office = Some(run);
    }

    fn end_office(&mut self) {
        let Some(run) = self.office.take() else { return };
        let name = run.name();
        for (number, listed) in run.listed {
            let (count, digest) = listed.so_far.finish();
            if digest != listed.stated || count != listed.changed {
                let fault = Fault::EntriesChanged {
                    number: u64::try_from(number).unwrap_or(0),
                    stated: listed.changed,
                    listed: count,
                };
                self.tell(name.clone(), None, fault);
            }
        }
        let last = run.last.map_or(0, |(number, _)| number);
        if u64::try_from(run.beyond).is_ok_and(|beyond| beyond > last) {
            self.tell(name.clone(), None, Fault::CheckpointRemoved { number: last + 1 });
        }
        if let Some(kept) = run.found.last_kept.filter(|kept| *kept > last) {
            self.tell(name, None, Fault::OlderBackup { kept, last });
        }
        self.kept.remove(&run.found.id);
        self.verified.offices.push(run.found);
    }
}

impl Run {
    fn name(&self) -> String {
        let code = self.found.code.clone();
        code.unwrap_or_else(|| self.found.id.to_string())
    }

    /// Counts a case, and adds what is listed of it to the checkpoints.
    fn list(&mut self, case: &CaseChain) {
        self.among_cases = true;
        let entries = u64::try_from(case.events.len()).unwrap_or(u64::MAX);
        let mut anchored = (0, 0);
        for anchor in &case.anchors {
            let covered = u64::try_from(anchor.sequence).unwrap_or(0).min(entries);
            anchored.0 = covered.max(anchored.0);
            let kept = self.found.last_kept.unwrap_or(0);
            if u64::try_from(anchor.checkpoint).is_ok_and(|number| number <= kept) {
                anchored.1 = covered.max(anchored.1);
            }
            match self.listed.get_mut(&anchor.checkpoint) {
                Some(listed) => listed.so_far.add(case.id, anchor.sequence, &anchor.head),
                None => self.beyond = self.beyond.max(anchor.checkpoint),
            }
        }
        if entries > 0 {
            self.found.cases += 1;
        }
        self.found.events += entries;
        self.found.anchored += anchored.0;
        self.found.kept += anchored.1;
    }
}

/// The first thing that is wrong with a case's chain.
fn fault_of(case: &CaseChain) -> Option<Fault> {
    let count = i64::try_from(case.events.len()).unwrap_or(i64::MAX);
    if let ([], Some(last)) = (&case.events[..], case.anchors.last()) {
        return Some(Fault::CaseRemoved {
            sequence: last.sequence,
            checkpoint: last.checkpoint,
        });
    }
    let last = match along(case) {
        Ok(last) => last,
        Err(fault) => return Some(fault),
    };
    let unlike = |anchor: &&Anchor| hash_at(case, anchor.sequence) != Some(anchor.head);
    if let Some(anchor) = case.anchors.iter().find(unlike) {
        return Some(if anchor.sequence > count {
            Fault::EventRemoved { sequence: count + 1 }
        } else {
            Fault::Rewritten {
                sequence: anchor.sequence,
                checkpoint: anchor.checkpoint,
            }
        });
    }
    match (case.sequence, case.head) {
        (Some(sequence), _) if sequence > count => Some(Fault::EventRemoved { sequence: count + 1 }),
        (Some(sequence), _) if sequence < count => Some(Fault::EventInserted {
            sequence: sequence + 1,
        }),
        (Some(_), Some(head)) if head == last => None,
        (Some(_) | None, Some(_) | None) => Some(Fault::SnapshotDiffers { sequence: count }),
    }
}

/// Goes along the chain; the hash of its end.
fn along(case: &CaseChain) -> Result<Hash, Fault> {
    let mut previous = origin(case.id);
    for (place, event) in (1..).zip(&case.events) {
        let sequence = event.sequence;
        let said = Said::of(event).ok_or(Fault::EventChanged { sequence })?;
        if sequence != place {
            return Err(Fault::EventRemoved { sequence: place });
        }
        if said.sequence != place {
            return Err(misplaced(case, place));
        }
        if event.previous_hash != previous {
            return Err(Fault::Unlinked { sequence });
        }
        if !said.stands_beside(event) {
            return Err(Fault::EventChanged { sequence });
        }
        previous = event.hash;
    }
    Ok(previous)
}

/// What an entry says of itself in its bytes.
#[derive(Deserialize)]
struct Said<'b> {
    sequence: i64,
    #[serde(borrow)]
    event_type: Cow<'b, str>,
    occurred_at: DateTime<Utc>,
    recorded_at: DateTime<Utc>,
}

impl<'b> Said<'b> {
    /// What the bytes say, if they give the hash that is kept.
    fn of(event: &'b EventLink) -> Option<Self> {
        if link(&event.previous_hash.0, &event.body) != event.hash {
            return None;
        }
        serde_json::from_slice(&event.body).ok()
    }

    /// Whether the columns beside the bytes say the same.
    fn stands_beside(&self, event: &EventLink) -> bool {
        self.event_type == event.event_type
            && self.occurred_at.trunc_subsecs(6) == event.occurred_at.trunc_subsecs(6)
            && self.recorded_at.trunc_subsecs(6) == event.recorded_at.trunc_subsecs(6)
    }
}

/// The fault of a case in which the entry at this place says that it has another number.
fn misplaced(case: &CaseChain, place: i64) -> Fault {
    let said: Vec<i64> = case
        .events
        .iter()
        .map(|event| Said::of(event).map_or(0, |said| said.sequence))
        .collect();
    let mut sorted = said.clone();
    sorted.sort_unstable();
    if sorted.iter().copied().eq((1..).take(said.len())) {
        return Fault::Reordered { sequence: place };
    }
    let claims = |number: i64| said.iter().filter(|other| **other == number).count();
    let count = i64::try_from(said.len()).unwrap_or(i64::MAX);
    if case.sequence.is_none_or(|sequence| sequence >= count)
        && said.iter().all(|number| claims(*number) == 1)
    {
        return Fault::EventRemoved { sequence: place };
    }
    // Of those that are out of place, or claim one number, the true one is followed by another.
    let followed = |hash: Hash| case.events.iter().any(|event| event.previous_hash == hash);
    let inserted = case.events.iter().zip(&said).find(|(event, number)| {
        (**number != event.sequence || claims(**number) > 1) && !followed(event.hash)
    });
    Fault::EventInserted {
        sequence: inserted.map_or(place, |(event, _)| event.sequence),
    }
}

fn hash_at(case: &CaseChain, sequence: i64) -> Option<Hash> {
    let place = usize::try_from(sequence).ok()?.checked_sub(1)?;
    case.events.get(place).map(|event| event.hash)
}

/// That the snapshot is not what the entries come to, if it is not.
fn unlike(case: &CaseChain) -> Option<Fault> {
    let fault = Fault::SnapshotDiffers {
        sequence: i64::try_from(case.events.len()).unwrap_or(i64::MAX),
    };
    let kept: Option<Case> = case
        .document
        .as_deref()
        .and_then(|document| serde_json::from_str(document).ok());
    let Some(kept) = kept else { return Some(fault) };
    let mut built: Option<Case> = None;
    for event in &case.events {
        let Ok(entry) = serde_json::from_slice::<Entry>(&event.body) else {
            return Some(fault);
        };
        built = match built {
            Some(case) => Some(case.after(&entry)),
            None => Case::opened_by(&entry),
        };
    }
    (built.as_ref() != Some(&kept)).then_some(fault)
}

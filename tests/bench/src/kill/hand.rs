//! A hand that writes: it sends one command after another, each at its time, and remembers what it was told.
//!
//! Every command has a key of its own. One whose answer was cut, or that was refused for the moment, is sent again with
//! the same key before anything else; one in ten was acknowledged long ago and is sent again all the same.

use std::iter::Sum;
use std::sync::atomic::Ordering;

use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::shift::{BEAT, HANDS, Shift};
use super::wire::{Answer, Cut, Wire};
use crate::dice::Dice;
use crate::lives::hall_matter;
use crate::texts;

/// A command that was sent, with all that is needed to send it again.
#[derive(Debug, Clone)]
pub(super) struct Write {
    /// Its key.
    pub(super) key: String,
    /// In which round it was last sent.
    pub(super) round: usize,
    /// What was answered, once it was.
    pub(super) told: Option<Told>,
    act: Act,
    path: String,
    version: Option<u64>,
    body: String,
    /// The rounds in which it was sent and nothing, or nothing certain, was answered.
    doubts: Vec<usize>,
}

/// The outcome of a command as the service tells it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(super) struct Told {
    /// The case.
    #[serde(rename = "case_id")]
    pub(super) case: Uuid,
    /// The version in which the command left it.
    pub(super) version: u64,
    /// The events it wrote.
    pub(super) events: Vec<ToldEvent>,
}

/// An event that a command wrote.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(super) struct ToldEvent {
    /// Its number.
    pub(super) sequence: u64,
    /// Its kind.
    pub(super) event_type: String,
}

/// What a command does; to one of the hand's own cases, by its place among them, or to the case that all share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Act {
    Create,
    Notify(usize),
    Classify(usize),
    Accept(usize),
    Record(usize),
    RecordOnShared,
}

/// A case of a hand's own.
#[derive(Debug)]
struct Own {
    id: Uuid,
    version: u64,
    stage: Stage,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Registered,
    Notified,
    Classified,
    Accepted,
}

/// What was counted.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Tally {
    /// Commands that were acknowledged, each counted once.
    pub(super) acknowledged: u64,
    /// Exchanges that came to no full answer.
    pub(super) cut: u64,
    /// Commands that were sent again because it was not known what had become of them.
    pub(super) sent_again: u64,
    /// Of these, those that had been carried out before.
    pub(super) done_unacknowledged: u64,
    /// Commands that the service itself tried again and found done.
    pub(super) tried_again: u64,
    /// Acknowledged commands that were sent once more and answered as before.
    pub(super) replayed: u64,
    /// Answers that asked to come again later.
    pub(super) deferred: u64,
}

/// How a hand's round ended.
#[derive(Debug)]
pub(super) enum Ended {
    /// It was told to stop, or there was nothing left to do.
    Done,
    /// An exchange was cut.
    Cut(Cut),
}

/// A hand.
#[derive(Debug)]
pub(super) struct Hand {
    /// What it sent so far.
    pub(super) writes: Vec<Write>,
    /// What it counted.
    pub(super) tally: Tally,
    /// What it was answered and never should have been.
    pub(super) wrong: Vec<String>,
    /// The commands that turned out to be done though nobody had said so, with the rounds in which nobody did.
    pub(super) done_unacknowledged: Vec<(String, Vec<usize>)>,
    /// The commands that were answered as repetitions though they were sent once, with the round: the service itself
    /// had tried them again.
    pub(super) tried_again: Vec<(String, usize)>,
    number: usize,
    seed: u64,
    dice: Dice,
    cases: Vec<Own>,
    shared: Option<Uuid>,
    open: Option<usize>,
}

impl Hand {
    /// The command that it does not know the end of.
    pub(super) fn open(&self) -> Option<&Write> {
        self.open.map(|open| &self.writes[open])
    }

    /// A hand that has done nothing yet.
    pub(super) fn new(number: usize, seed: u64) -> Self {
        Self {
            writes: Vec::new(),
            tally: Tally::default(),
            wrong: Vec::new(),
            done_unacknowledged: Vec::new(),
            tried_again: Vec::new(),
            number,
            seed,
            dice: Dice::new(seed.wrapping_add(1 + number as u64)),
            cases: Vec::new(),
            shared: None,
            open: None,
        }
    }

    /// Brings a case of its own as far as activities can be recorded; the case.
    pub(super) fn prepare(&mut self, shift: &Shift) -> Result<Uuid, Cut> {
        let mut wire = Wire::connect(shift.address)?;
        for act in [Act::Create, Act::Notify(0), Act::Classify(0), Act::Accept(0)] {
            let at = self.begin(act);
            self.send(at, shift, &mut wire)?;
        }
        Ok(self.cases.first().map_or_else(Uuid::nil, |own| own.id))
    }

    /// Lets it write on a case that all hands write on.
    pub(super) fn share(&mut self, case: Uuid) {
        self.shared = Some(case);
    }

    /// Works until it is stopped or cut short.
    pub(super) fn work(&mut self, shift: &Shift) -> Ended {
        // Half of them come together, so that there are batches; the others come in between.
        let share = if self.number.is_multiple_of(2) {
            0
        } else {
            self.number
        };
        let share = u32::try_from(share).unwrap_or_default();
        let hands = u32::try_from(HANDS).unwrap_or(1);
        let mut at = shift.begin + BEAT * share / hands;
        let mut wire = None;
        while !shift.bell.rings_before(at) {
            at += BEAT;
            let next = match self.open {
                Some(open) => open,
                None if shift.last => return Ended::Done,
                None => self.next(),
            };
            let said = match &mut wire {
                Some(wire) => self.send(next, shift, wire),
                None => {
                    Wire::connect(shift.address).and_then(|fresh| self.send(next, shift, wire.insert(fresh)))
                }
            };
            match said {
                Ok(true) => {}
                Ok(false) => wire = None,
                Err(cut) => {
                    self.tally.cut += 1;
                    if let Some(open) = self.open {
                        self.writes[open].doubts.push(shift.round);
                    }
                    return Ended::Cut(cut);
                }
            }
        }
        Ended::Done
    }

    /// What it does next: something new, or something that was acknowledged before.
    fn next(&mut self) -> usize {
        let before = self.writes.len() as u64;
        if before > 0 && self.dice.below(10) == 0 {
            return usize::try_from(self.dice.below(before)).unwrap_or_default();
        }
        let act = match (self.cases.len(), self.dice.below(8)) {
            (0, _) | (_, 0 | 1) => Act::Create,
            (_, 2) if self.shared.is_some() => Act::RecordOnShared,
            (count, _) => {
                // The newest ones: something is still to be done on them.
                let back = usize::try_from(self.dice.below(3)).unwrap_or_default();
                let at = count - 1 - back.min(count - 1);
                match self.cases[at].stage {
                    Stage::Registered => Act::Notify(at),
                    Stage::Notified => Act::Classify(at),
                    Stage::Classified => Act::Accept(at),
                    Stage::Accepted => Act::Record(at),
                }
            }
        };
        self.begin(act)
    }

    fn begin(&mut self, act: Act) -> usize {
        let at = self.writes.len();
        let below = |case: Uuid, path: &str| format!("/api/v1/cases/{case}/{path}");
        let work = |dice: &mut Dice| json!({"kind": "interview", "text": texts::subject(dice)});
        let (path, version, body): (String, Option<u64>, Value) = match act {
            Act::Create => {
                let matter = hall_matter(&mut self.dice, at as u64);
                ("/api/v1/cases".to_owned(), None, matter)
            }
            Act::Notify(own) => {
                let text = texts::subject(&mut self.dice);
                let body = json!({"kind": "process_notice", "text": text, "channel": "visit"});
                (below(self.cases[own].id, "notices"), None, body)
            }
            Act::Classify(own) => {
                let own = &self.cases[own];
                let body = json!({"category": "conduct_service"});
                (below(own.id, "classifications"), Some(own.version), body)
            }
            Act::Accept(own) => {
                let own = &self.cases[own];
                (below(own.id, "acceptance"), Some(own.version), json!({}))
            }
            Act::Record(own) => {
                let body = work(&mut self.dice);
                (below(self.cases[own].id, "activities"), None, body)
            }
            Act::RecordOnShared => {
                let body = work(&mut self.dice);
                (below(self.shared.unwrap_or_default(), "activities"), None, body)
            }
        };
        self.writes.push(Write {
            key: format!("kill-{:016x}-{}-{at}", self.seed, self.number),
            round: 0,
            told: None,
            act,
            path,
            version,
            body: body.to_string(),
            doubts: Vec::new(),
        });
        self.open = Some(at);
        at
    }

    /// Sends a command, for the first time or once more; whether the connection can be used again.
    fn send(&mut self, at: usize, shift: &Shift, wire: &mut Wire) -> Result<bool, Cut> {
        let write = &mut self.writes[at];
        write.round = shift.round;
        let answer = wire.exchange(&write.bytes(shift))?;
        match answer.status {
            200 | 201 => match serde_json::from_slice(&answer.body) {
                Ok(told) => self.note(at, told, answer.replayed, shift),
                Err(error) => self.refused(at, &answer, &error.to_string()),
            },
            // A queue that is full, a database that is away, a key that a transaction without an owner still holds.
            503 | 409 if answer.status == 503 || answer.says("idempotency_in_progress") => {
                write.doubts.push(shift.round);
                self.tally.deferred += 1;
            }
            _ => self.refused(at, &answer, "refused"),
        }
        Ok(answer.stays)
    }

    /// Something was done or, as it says, had been done before.
    fn note(&mut self, at: usize, told: Told, replayed: bool, shift: &Shift) {
        let write = &mut self.writes[at];
        if let Some(before) = &write.told {
            if !replayed {
                let said = format!("{}: acknowledged, and done once more", write.named());
                self.wrong.push(said);
            } else if *before != told {
                let said = format!("{}: first {before:?}, then {told:?}", write.named());
                self.wrong.push(said);
            } else {
                self.tally.replayed += 1;
            }
            return;
        }
        self.tally.acknowledged += 1;
        shift.acknowledged.fetch_add(1, Ordering::Relaxed);
        let doubts = std::mem::take(&mut write.doubts);
        if !doubts.is_empty() {
            self.tally.sent_again += 1;
            if replayed {
                self.tally.done_unacknowledged += 1;
                self.done_unacknowledged.push((write.named(), doubts));
            }
        } else if replayed {
            self.tally.tried_again += 1;
            self.tried_again.push((write.named(), shift.round));
        }
        let (id, version) = (told.case, told.version);
        write.told = Some(told);
        let mut step = |own: usize, stage| {
            let own = &mut self.cases[own];
            (own.version, own.stage) = (version, stage);
        };
        match write.act {
            Act::Create => self.cases.push(Own {
                id,
                version,
                stage: Stage::Registered,
            }),
            Act::Notify(own) => step(own, Stage::Notified),
            Act::Classify(own) => step(own, Stage::Classified),
            Act::Accept(own) | Act::Record(own) => step(own, Stage::Accepted),
            Act::RecordOnShared => {}
        }
        self.open = None;
    }

    fn refused(&mut self, at: usize, answer: &Answer, why: &str) {
        let said = String::from_utf8_lossy(&answer.body);
        let write = &self.writes[at];
        self.wrong
            .push(format!("{}: {} {why}: {said}", write.named(), answer.status));
        // After a defect nobody knows what has become of it.
        if answer.status < 500 {
            self.open = None;
        }
    }
}

impl Write {
    /// Its name in messages.
    pub(super) fn named(&self) -> String {
        format!("{} (POST {}, round {})", self.key, self.path, self.round)
    }

    /// The request.
    fn bytes(&self, shift: &Shift) -> Vec<u8> {
        let version = self
            .version
            .map(|version| format!("If-Match: \"{version}\"\r\n"))
            .unwrap_or_default();
        let (path, key, body) = (&self.path, &self.key, &self.body);
        let (address, token, length) = (shift.address, shift.token, body.len());
        format!(
            "POST {path} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\nIdempotency-Key: {key}\r\n\
             Prefer: return=minimal\r\n{version}Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
        )
        .into_bytes()
    }
}

impl Ended {
    /// The exchange that was cut, if one was.
    pub(super) fn cut(&self) -> Option<&Cut> {
        match self {
            Self::Done => None,
            Self::Cut(cut) => Some(cut),
        }
    }
}

impl Sum for Tally {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), |sum, one| Self {
            acknowledged: sum.acknowledged + one.acknowledged,
            cut: sum.cut + one.cut,
            sent_again: sum.sent_again + one.sent_again,
            done_unacknowledged: sum.done_unacknowledged + one.done_unacknowledged,
            tried_again: sum.tried_again + one.tried_again,
            replayed: sum.replayed + one.replayed,
            deferred: sum.deferred + one.deferred,
        })
    }
}

//! Holds what was told against what is kept.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::hand::Told;
use super::kept::{Kept, KeptAnswer, KeptCase};

/// Everything that does not hold, a sentence each.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Findings {
    /// What was acknowledged and is not there, or not as it was told.
    pub(super) lost: Vec<String>,
    /// What is there more than once, or without a command that brought it about.
    pub(super) doubled: Vec<String>,
    /// Where a case does not fit together.
    pub(super) broken: Vec<String>,
}

/// What stands in the bytes of an event.
#[derive(Deserialize)]
struct Entry {
    sequence: u64,
    version: u64,
}

/// Compares. `told` is the name, the key and the outcome of every command that was acknowledged, `earlier` what was
/// there before the first of them.
pub(super) fn check<'t>(
    told: impl IntoIterator<Item = (String, &'t str, &'t Told)>,
    kept: &Kept,
    earlier: &Kept,
) -> Findings {
    let mut findings = Findings::default();
    let before: BTreeSet<&str> = earlier.answers.iter().map(|it| it.key.as_str()).collect();
    let mut answers: BTreeMap<&str, Vec<&KeptAnswer>> = BTreeMap::new();
    for answer in &kept.answers {
        if !before.contains(answer.key.as_str()) {
            answers.entry(&answer.key).or_default().push(answer);
        }
    }
    let mut known = BTreeSet::new();
    for (name, key, told) in told {
        known.insert(key);
        let its = answers.get(key).map_or(&[][..], Vec::as_slice);
        findings.one_answer(&name, told, its);
        findings.its_events(&name, told, kept.cases.get(&told.case));
    }
    // Whatever was cut has been sent again until it was acknowledged, so nothing else may have been done.
    for key in answers.keys().filter(|key| !known.contains(*key)) {
        findings.doubled.push(format!("{key}: done, but for nobody"));
    }
    let mut causes: BTreeMap<(Uuid, u64), Vec<&str>> = BTreeMap::new();
    for answer in answers.values().flatten() {
        for (sequence, _) in &answer.outcome.entries {
            causes
                .entry((answer.outcome.case, *sequence))
                .or_default()
                .push(&answer.key);
        }
    }
    for (id, case) in &kept.cases {
        findings.fits_together(*id, case);
        if earlier.cases.contains_key(id) {
            continue;
        }
        for event in &case.events {
            let place = format!("{id}, event {} ({})", event.sequence, event.event_type);
            match causes.get(&(*id, event.sequence)).map_or(&[][..], Vec::as_slice) {
                [_] => {}
                [] => findings
                    .doubled
                    .push(format!("{place}: no command brought it about")),
                several => findings
                    .doubled
                    .push(format!("{place}: brought about by {several:?}")),
            }
        }
    }
    findings
}

impl Findings {
    fn one_answer(&mut self, name: &str, told: &Told, answers: &[&KeptAnswer]) {
        match answers {
            [] => self.lost.push(format!("{name}: its key remembers nothing")),
            [one] => {
                let kept = &one.outcome;
                let events = told.events.iter().map(|it| (it.sequence, it.event_type.clone()));
                if kept.case != told.case
                    || kept.version != told.version
                    || !kept.entries.iter().cloned().eq(events)
                {
                    self.lost
                        .push(format!("{name}: told {told:?}, its key remembers {kept:?}"));
                }
            }
            several => self
                .doubled
                .push(format!("{name}: its key remembers {} answers", several.len())),
        }
    }

    fn its_events(&mut self, name: &str, told: &Told, case: Option<&KeptCase>) {
        for event in &told.events {
            let count = case.map_or(0, |case| {
                let same = |it: &&super::kept::KeptEvent| {
                    it.sequence == event.sequence && it.event_type == event.event_type
                };
                case.events.iter().filter(same).count()
            });
            let what = format!("{name}: event {} ({})", event.sequence, event.event_type);
            match count {
                0 => self.lost.push(format!("{what} is not there")),
                1 => {}
                more => self.doubled.push(format!("{what} is there {more} times")),
            }
        }
    }

    /// The events of a case count from 1 without a gap, each is chained to the one before it, and the narrow row and the
    /// state say the same as the last one.
    fn fits_together(&mut self, id: Uuid, case: &KeptCase) {
        let mut head = Sha256::digest(id.as_bytes()).to_vec();
        let mut last = (0, 0);
        for (at, event) in case.events.iter().enumerate() {
            let place = format!("{id}, event {}", event.sequence);
            if event.sequence != at as u64 + 1 {
                self.broken
                    .push(format!("{place}: it stands at place {}", at + 1));
            }
            if event.previous != head {
                self.broken
                    .push(format!("{place}: it does not name the one before it"));
            }
            let hash = Sha256::new()
                .chain_update(&event.previous)
                .chain_update(&event.body)
                .finalize();
            if event.hash[..] != hash[..] {
                self.broken
                    .push(format!("{place}: its hash is not the one of its bytes"));
            }
            head.clone_from(&event.hash);
            match serde_json::from_slice::<Entry>(&event.body) {
                Ok(entry) if entry.sequence == event.sequence => last = (entry.version, entry.sequence),
                Ok(entry) => self.broken.push(format!(
                    "{place}: its bytes say that it is number {}",
                    entry.sequence
                )),
                Err(error) => self.broken.push(format!("{place}: {error}")),
            }
        }
        if case.row != Some(last) {
            self.broken.push(format!(
                "{id}: its events end at {last:?}, its row says {:?}",
                case.row
            ));
        }
        match &case.state {
            Some((version, sequence, kept)) if (*version, *sequence) == last && *kept == head => {}
            state => self.broken.push(format!(
                "{id}: its events end at {last:?}, its state says {state:?}"
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::hand::ToldEvent;
    use super::super::kept::{KeptEvent, KeptOutcome};
    use super::*;

    const CASE: Uuid = Uuid::from_u128(7);
    const KINDS: [&str; 3] = ["CaseReceived", "CaseAccepted", "WorkRecorded"];

    /// A case of three events, one command for each.
    fn whole() -> (Vec<(&'static str, Told)>, Kept) {
        let mut head = Sha256::digest(CASE.as_bytes()).to_vec();
        let mut told = Vec::new();
        let (mut kept, mut case) = (Kept::default(), KeptCase::default());
        for ((sequence, kind), key) in (1..).zip(KINDS).zip(["first", "second", "third"]) {
            let body = json!({"sequence": sequence, "version": sequence})
                .to_string()
                .into_bytes();
            let hash = Sha256::new()
                .chain_update(&head)
                .chain_update(&body)
                .finalize()
                .to_vec();
            case.events.push(KeptEvent {
                sequence,
                event_type: kind.to_owned(),
                body,
                previous: std::mem::replace(&mut head, hash.clone()),
                hash,
            });
            kept.answers.push(KeptAnswer {
                key: key.to_owned(),
                outcome: KeptOutcome {
                    case: CASE,
                    version: sequence,
                    entries: vec![(sequence, kind.to_owned())],
                },
            });
            told.push((
                key,
                Told {
                    case: CASE,
                    version: sequence,
                    events: vec![ToldEvent {
                        sequence,
                        event_type: kind.to_owned(),
                    }],
                },
            ));
        }
        case.row = Some((3, 3));
        case.state = Some((3, 3, head));
        kept.cases.insert(CASE, case);
        (told, kept)
    }

    /// What is found once something was changed: how much was lost, doubled, broken.
    fn found(change: impl FnOnce(&mut Vec<(&'static str, Told)>, &mut Kept)) -> [usize; 3] {
        let (mut told, mut kept) = whole();
        change(&mut told, &mut kept);
        let told = told.iter().map(|(key, told)| ((*key).to_owned(), *key, told));
        let findings = check(told, &kept, &Kept::default());
        [findings.lost.len(), findings.doubled.len(), findings.broken.len()]
    }

    fn case(kept: &mut Kept) -> &mut KeptCase {
        kept.cases.get_mut(&CASE).unwrap()
    }

    #[test]
    fn what_is_whole_is_found_whole() {
        assert_eq!(found(|_, _| {}), [0, 0, 0]);
    }

    #[test]
    fn a_lost_write_is_found() {
        // The key and its event, and nothing else: the case as it was before its last command.
        let undone = found(|_, kept| {
            kept.answers.pop();
            let case = case(kept);
            case.events.pop();
            let head = case.events[1].hash.clone();
            (case.row, case.state) = (Some((2, 2)), Some((2, 2, head)));
        });
        assert_eq!(undone, [2, 0, 0]);
        // The whole case.
        let gone = found(|_, kept| *kept = Kept::default());
        assert_eq!(gone, [6, 0, 0]);
        // The answer alone, so that the key would do it again.
        let forgotten = found(|_, kept| drop(kept.answers.pop()));
        assert_eq!(forgotten, [1, 1, 0]);
        // Something else than what was told.
        let other = found(|told, _| told[1].1.version = 9);
        assert_eq!(other, [1, 0, 0]);
    }

    #[test]
    fn a_doubled_write_is_found() {
        // Done twice under one key: the second effect is an event that no remembered answer names.
        let twice = found(|_, kept| {
            let case = case(kept);
            let body = json!({"sequence": 4, "version": 4}).to_string().into_bytes();
            let previous = case.events[2].hash.clone();
            let hash = Sha256::new()
                .chain_update(&previous)
                .chain_update(&body)
                .finalize()
                .to_vec();
            (case.row, case.state) = (Some((4, 4)), Some((4, 4, hash.clone())));
            case.events.push(KeptEvent {
                sequence: 4,
                event_type: KINDS[2].to_owned(),
                body,
                previous,
                hash,
            });
        });
        assert_eq!(twice, [0, 1, 0]);
        // Two answers for one key, which then name the same event.
        let answers = found(|_, kept| kept.answers.push(kept.answers[1].clone()));
        assert_eq!(answers, [0, 2, 0]);
        // Done for a key that nobody was told of.
        let nobody = found(|told, _| drop(told.pop()));
        assert_eq!(nobody, [0, 1, 0]);
    }

    #[test]
    fn a_broken_chain_is_found() {
        let bytes = found(|_, kept| case(kept).events[1].body = br#"{"sequence":2,"version":3}"#.to_vec());
        assert_eq!(bytes, [0, 0, 1]);
        let link = found(|_, kept| case(kept).events[2].previous[0] ^= 1);
        // The link is wrong, and the hash over it is too.
        assert_eq!(link, [0, 0, 2]);
        let head = found(|_, kept| case(kept).state.as_mut().unwrap().2[0] ^= 1);
        assert_eq!(head, [0, 0, 1]);
        let row = found(|_, kept| case(kept).row = Some((2, 3)));
        assert_eq!(row, [0, 0, 1]);
        let state = found(|_, kept| case(kept).state = None);
        assert_eq!(state, [0, 0, 1]);
        // A gap: the second event is lost, its number is skipped, and the third hangs in the air.
        let gap = found(|_, kept| drop(case(kept).events.remove(1)));
        assert_eq!(gap, [1, 0, 2]);
    }
}

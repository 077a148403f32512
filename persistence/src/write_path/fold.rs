//! The rules folded over a batch: each command sees what those before it did. No database here, and nothing that a
//! command does wrong reaches another one.

use std::collections::btree_map::Entry as Slot;
use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use chrono::SubsecRound;
use domain::authority;
use domain::case::decide::{Actor, decide};
use domain::case::{Act, Case, Command, Context, Entry, Event, Refusal};
use domain::ids::{CaseId, DutyId};
use domain::words::AxisName;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::rows::{AnswerRow, CaseRow, DutyRow, EventRow, SearchRow, SightRow, StateRow, TextRow, Writes};
use super::{ClaimedKey, HeldState, KeptAnswer, LawFound, Unreadable, whole};
use crate::case::{Accepted, DutyState, NotAccepted, Remembered, Submission};
use crate::law::{Law, Shelf};
use crate::search::{is_searched, words};
use crate::store_error::{Conflict, StoreError};

/// What is known before the first command is decided, and what the commands add to it.
#[derive(Default)]
pub(super) struct Known {
    /// Keys that other transactions hold.
    pub(super) in_progress: BTreeSet<ClaimedKey>,
    /// What holds in each office.
    pub(super) laws: BTreeMap<Uuid, LawFound>,
    remembered: BTreeMap<ClaimedKey, (Vec<u8>, Result<Remembered, Unreadable>)>,
    cases: BTreeMap<(Uuid, Uuid), Standing>,
}

/// A case as the batch has it so far.
struct Standing {
    case: Result<Arc<Case>, Unreadable>,
    head: Vec<u8>,
    /// The sight that is kept; nothing for a case that is not kept yet.
    sight_kept: Option<String>,
    rows: Option<(CaseRow, StateRow)>,
}

/// What a command leads to.
struct Decided {
    case: Arc<Case>,
    events: Vec<EventRow>,
    duties: Vec<DutyRow>,
    rows: Option<(CaseRow, StateRow)>,
    head: Vec<u8>,
    remembered: Remembered,
    outcome: String,
}

impl Known {
    pub(super) fn remember(&mut self, answers: Vec<KeptAnswer>) {
        for (office, caller, operation, key, hash, outcome) in answers {
            let key = ClaimedKey {
                office,
                caller,
                operation,
                key,
            };
            let remembered = serde_json::from_str(&outcome)
                .map_err(|error| unreadable("remembered_answers", None, &error));
            self.remembered.insert(key, (hash, remembered));
        }
    }

    pub(super) fn hold(&mut self, states: Vec<HeldState>) {
        for (office, id, document, sight, head) in states {
            let case = serde_json::from_str(&document)
                .map(Arc::new)
                .map_err(|error| unreadable("case_states", Some(id), &error));
            let standing = Standing {
                case,
                head,
                sight_kept: Some(sight),
                rows: None,
            };
            self.cases.insert((office, id), standing);
        }
    }

    /// The versions of rulebooks under which the cases live, and those to which some are moved.
    pub(super) fn versions(&self, submissions: &[&Submission]) -> BTreeSet<(String, String)> {
        let cases = self
            .cases
            .values()
            .filter_map(|standing| standing.case.as_ref().ok());
        let living = cases.map(|case| (case.rulebook.to_string(), case.rulebook_version.clone()));
        let moved = submissions
            .iter()
            .filter_map(|submission| moving(&submission.command));
        living
            .chain(moved.map(|(code, version)| (code.to_owned(), version.to_owned())))
            .collect()
    }
}

/// Decides the commands in their order: an answer for each, and what is to be written for all.
pub(super) fn fold(
    submissions: &[&Submission],
    mut known: Known,
    rulebooks: &Shelf,
) -> (Vec<Result<Accepted, NotAccepted>>, Writes) {
    let mut writes = Writes::default();
    let mut duties = BTreeMap::new();
    let answers = submissions
        .iter()
        .map(|submission| known.put(submission, rulebooks, &mut writes, &mut duties))
        .collect();
    writes.duties = duties.into_values().collect();
    let mut said: BTreeMap<(Uuid, Uuid), Vec<&str>> = BTreeMap::new();
    for text in writes.texts.iter().filter(|text| is_searched(&text.kind)) {
        said.entry((text.office_id, text.case_id))
            .or_default()
            .push(&text.body);
    }
    for ((office, case), standing) in known.cases {
        if let Some((row, state)) = standing.rows {
            let kept = standing.sight_kept.unwrap_or_default();
            let (before, after) = (sight_keys(&kept), sight_keys(&state.sight));
            let row_of = |&(key, barred): &(&str, bool)| SightRow {
                office_id: office,
                case_id: case,
                key: key.to_owned(),
                barred,
                received_at: row.received_at,
            };
            writes.sight_lost.extend(before.difference(&after).map(row_of));
            writes.sight_gained.extend(after.difference(&before).map(row_of));
            if row.fresh {
                let said = said.remove(&(office, case)).unwrap_or_default();
                if !row.confidential {
                    writes.said.push(SearchRow {
                        office_id: office,
                        case_id: case,
                        words: words(row.case_no.as_deref(), said),
                    });
                }
            }
            writes.cases.push(row);
            writes.states.push(state);
        }
    }
    writes.saying_more = said.into_keys().collect();
    (answers, writes)
}

impl Known {
    fn put(
        &mut self,
        submission: &Submission,
        rulebooks: &Shelf,
        writes: &mut Writes,
        duties: &mut BTreeMap<(Uuid, Uuid), DutyRow>,
    ) -> Result<Accepted, NotAccepted> {
        let key = submission
            .key
            .as_ref()
            .map(|key| (ClaimedKey::of(submission.office.0, key), key.request_hash));
        if let Some((key, hash)) = &key {
            if self.in_progress.contains(key) {
                return Err(NotAccepted::KeyInProgress);
            }
            if let Some((kept, remembered)) = self.remembered.get(key) {
                return if kept == hash {
                    let remembered = remembered.clone().map_err(store)?;
                    Ok(Accepted::Replayed { remembered })
                } else {
                    Err(NotAccepted::KeyReused)
                };
            }
        }
        let law = match self.laws.get(&submission.office.0) {
            Some(Ok(Some(law))) => law,
            Some(Ok(None)) | None => return Err(NotAccepted::OfficeNotActive),
            Some(Err(row)) => return Err(store(row.clone())),
        };
        let place = (submission.office.0, submission.case.0);
        let standing = self.cases.get(&place);
        // A panic is a defect of the rules; it must not take the other commands, or the writer, with it.
        let decided = catch_unwind(AssertUnwindSafe(|| decided(standing, submission, law, rulebooks)))
            .unwrap_or_else(|_| {
                Err(NotAccepted::Store(StoreError::Failed(
                    "the rules panicked".into(),
                )))
            })?;

        writes.events.extend(decided.events);
        writes.texts.extend(texts(submission));
        for duty in decided.duties {
            duties.insert((duty.office_id, duty.id), duty);
        }
        let standing = match self.cases.entry(place) {
            Slot::Occupied(slot) => slot.into_mut(),
            Slot::Vacant(slot) => slot.insert(Standing {
                case: Ok(Arc::clone(&decided.case)),
                head: Vec::new(),
                sight_kept: None,
                rows: None,
            }),
        };
        standing.case = Ok(Arc::clone(&decided.case));
        standing.head = decided.head;
        if let Some((mut row, mut state)) = decided.rows {
            row.fresh = standing.sight_kept.is_none();
            state.fresh = row.fresh;
            standing.rows = Some((row, state));
        }
        if let Some((key, hash)) = key {
            writes.answers.push(AnswerRow {
                office_id: key.office,
                caller: key.caller.clone(),
                operation: key.operation.clone(),
                key: key.key.clone(),
                request_hash: hash.to_vec(),
                outcome: decided.outcome,
                created_at: submission.now,
            });
            self.remembered
                .insert(key, (hash.to_vec(), Ok(decided.remembered.clone())));
        }
        Ok(Accepted::Done {
            remembered: decided.remembered,
            case: decided.case,
        })
    }
}

fn decided(
    standing: Option<&Standing>,
    submission: &Submission,
    law: &Law,
    rulebooks: &Shelf,
) -> Result<Decided, NotAccepted> {
    let before: Option<&Case> = match standing {
        Some(standing) => Some(standing.case.as_ref().map_err(|row| store(row.clone()))?),
        None => None,
    };
    check_opening(before, submission, law)?;
    let own = match before {
        Some(case) => {
            // Whoever moves a case to another version is judged by the one it moves to.
            let (code, version) = moving(&submission.command)
                .unwrap_or((case.rulebook.as_str(), case.rulebook_version.as_str()));
            Some(
                law.of(code, version, rulebooks)
                    .ok_or(NotAccepted::OfficeNotActive)?,
            )
        }
        None => None,
    };
    let law = own.as_ref().unwrap_or(law);
    let context = law.context(submission.actor, submission.now.trunc_subsecs(6));
    if let Some(case) = before {
        check_version(case, submission, &context)?;
    }
    let entries = decide(before, &submission.command, &context).map_err(NotAccepted::Refused)?;
    let head = standing.map_or_else(
        || first_previous(submission.case),
        |standing| standing.head.clone(),
    );
    let written = written(before, head, &entries, submission, &context)?;
    let case = written.case;
    // A look that found nothing still says when to look next.
    let rows = if entries.is_empty() && submission.command.act() != Act::LookAtTime {
        None
    } else {
        let row = CaseRow::of(&case, &context).map_err(failed)?;
        Some((row, StateRow::of(&case, &written.head, &context).map_err(failed)?))
    };
    let remembered = Remembered {
        case: case.id,
        case_no: case.case_no.clone(),
        status: case.status,
        version: case.version,
        entries: entries
            .iter()
            .map(|entry| (entry.sequence, kind(&entry.event)))
            .collect(),
    };
    Ok(Decided {
        outcome: serde_json::to_string(&remembered).map_err(failed)?,
        case: Arc::new(case),
        events: written.events,
        duties: written.duties.into_values().collect(),
        rows,
        head: written.head,
        remembered,
    })
}

/// A command that opens a case finds none; any other finds one.
fn check_opening(before: Option<&Case>, submission: &Submission, law: &Law) -> Result<(), NotAccepted> {
    match (opens(&submission.command), before) {
        (Some(_), Some(_)) => Err(NotAccepted::Store(StoreError::Conflict(Conflict::Id))),
        (Some(named), None) if named != submission.case => {
            let reason = "the command opens another case than it was submitted for";
            Err(NotAccepted::Store(StoreError::Failed(reason.into())))
        }
        (Some(_), None) if !law.active => Err(NotAccepted::OfficeNotActive),
        (None, None) => Err(NotAccepted::CaseUnknown),
        (Some(_), None) | (None, Some(_)) => Ok(()),
    }
}

/// Who may not see the case does not learn its version either.
fn check_version(case: &Case, submission: &Submission, context: &Context) -> Result<(), NotAccepted> {
    if submission
        .expected_version
        .is_none_or(|expected| expected == case.version)
    {
        return Ok(());
    }
    if let Actor::Staff(staff) = submission.actor {
        let keys = authority::keys(staff, context.rulebook, context.directory, context.now);
        if !authority::sight(case, context).admits(&keys) {
            return Err(NotAccepted::Refused(Refusal::NotVisible));
        }
    }
    Err(NotAccepted::Stale {
        current: case.version,
    })
}

/// A case after its new entries, and their rows.
struct Written {
    case: Case,
    head: Vec<u8>,
    events: Vec<EventRow>,
    duties: BTreeMap<DutyId, DutyRow>,
}

fn written(
    before: Option<&Case>,
    mut head: Vec<u8>,
    entries: &[Entry],
    submission: &Submission,
    context: &Context,
) -> Result<Written, NotAccepted> {
    let mut case = before.cloned();
    let mut events = Vec::with_capacity(entries.len());
    let mut duties: BTreeMap<DutyId, DutyRow> = BTreeMap::new();
    for entry in entries {
        // Once it has ended, the case no longer knows what the duty was.
        let ended = match &entry.event {
            Event::DutyDischarged { duty, verdict } => Some((*duty, DutyState::Discharged, *verdict)),
            Event::DutyLapsed { duty } => Some((*duty, DutyState::Lapsed, None)),
            _ => None,
        };
        let ended = ended.and_then(|(id, state, verdict)| {
            let duty = case.as_ref()?.duties.iter().find(|duty| duty.id == id)?;
            Some((duty.clone(), (state, Some(entry.occurred_at), verdict)))
        });
        case = match case {
            Some(case) => Some(case.after(entry)),
            None => Case::opened_by(entry),
        };
        let body = serde_json::to_vec(entry).map_err(failed)?;
        let hash = chained(&head, &body);
        events.push(EventRow {
            office_id: submission.office.0,
            case_id: submission.case.0,
            sequence: whole(entry.sequence),
            event_type: kind(&entry.event),
            occurred_at: entry.occurred_at,
            recorded_at: entry.recorded_at,
            body,
            previous_hash: std::mem::replace(&mut head, hash.clone()),
            hash,
        });
        if let (Some((duty, end)), Some(case)) = (ended, &case) {
            duties.insert(duty.id, DutyRow::of(&duty, case, end, context).map_err(failed)?);
        }
    }
    let case = case.ok_or(NotAccepted::CaseUnknown)?;
    let unchanged = before.filter(|before| columns_of_duties(before) == columns_of_duties(&case));
    for duty in &case.duties {
        if unchanged.is_none_or(|before| !before.duties.contains(duty)) {
            let row = DutyRow::of(duty, &case, (DutyState::Open, None, None), context).map_err(failed)?;
            duties.insert(duty.id, row);
        }
    }
    Ok(Written {
        case,
        head,
        events,
        duties,
    })
}

/// What of a case stands in the rows of its duties: where none of it has changed, nor a duty itself, neither has its row.
fn columns_of_duties(case: &Case) -> impl PartialEq + use<'_> {
    (
        &case.case_no,
        case.case_type,
        case.axes.get(&AxisName::Severity),
        &case.dispatches,
    )
}

/// The kind of an event, as it is kept.
fn kind(event: &Event) -> String {
    <&'static str>::from(event).to_owned()
}

/// The version to which a command moves its case, if it is one that does.
fn moving(command: &Command) -> Option<(&str, &str)> {
    match command {
        Command::MoveToVersion(to) => Some((to.rulebook.as_str(), to.version.as_str())),
        _ => None,
    }
}

/// The case that a command opens, if it is one that does.
fn opens(command: &Command) -> Option<CaseId> {
    match command {
        Command::Receive { case, .. }
        | Command::Register { case, .. }
        | Command::RecordHistory { case, .. } => Some(*case),
        _ => None,
    }
}

fn texts(submission: &Submission) -> impl Iterator<Item = TextRow> + '_ {
    submission.texts.iter().map(|text| TextRow {
        office_id: submission.office.0,
        case_id: submission.case.0,
        id: text.id.0,
        kind: text.kind.clone(),
        body: text.body.clone(),
        salt: text.salt.clone(),
        created_at: submission.now,
    })
}

/// What stands for the hash before a case's first entry.
fn first_previous(case: CaseId) -> Vec<u8> {
    Sha256::digest(case.0.as_bytes()).to_vec()
}

fn chained(previous: &[u8], body: &[u8]) -> Vec<u8> {
    let mut hash = Sha256::new();
    hash.update(previous);
    hash.update(body);
    hash.finalize().to_vec()
}

/// The keys in the kept form of a sight: words with a blank between them, a dash before one that bars.
fn sight_keys(kept: &str) -> BTreeSet<(&str, bool)> {
    kept.split_whitespace()
        .map(|word| word.strip_prefix('-').map_or((word, false), |key| (key, true)))
        .collect()
}

fn unreadable(table: &'static str, id: Option<Uuid>, error: &serde_json::Error) -> Unreadable {
    Unreadable {
        table,
        id,
        reason: error.to_string(),
    }
}

fn store(row: Unreadable) -> NotAccepted {
    NotAccepted::Store(row.into())
}

fn failed(error: serde_json::Error) -> NotAccepted {
    NotAccepted::Store(StoreError::Failed(error.into()))
}

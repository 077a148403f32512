//! The rules folded over a batch: each command sees what those before it did. No database here, and nothing that a
//! command does wrong reaches another one.

use std::collections::btree_map::Entry as Slot;
use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use chrono::SubsecRound;
use domain::authority;
use domain::case::decide::{Actor, catch_up, decide};
use domain::case::{Act, Case, Command, Context, Entry, Event};
use domain::ids::{CaseId, DutyId};
use domain::notification;
use domain::words::AxisName;
use uuid::Uuid;

use super::rows::{
    AnswerRow, CaseRow, DutyRow, EventRow, KeyRow, MarkRow, NotificationRow, OutboxRow, SearchRow, SightRow,
    StateRow, TextRow, Writes,
};
use super::{ClaimedKey, HeldState, KeptAnswer, KeptKey, LawFound, Unreadable, whole};
use crate::case::{Accepted, DutyState, NotAccepted, Remembered, Submission};
use crate::chain::{link, origin};
use crate::law::{Law, Shelf};
use crate::search::{is_searched, words};
use crate::store_error::{Conflict, StoreError};
use crate::vault::{CaseKey, Vault, Wrapped};

/// The kind of the entry by which a case is erased.
const ERASED: &str = "CaseErased";

/// What is known before the first command is decided, and what the commands add to it.
#[derive(Default)]
pub(super) struct Known {
    /// Keys that other transactions hold.
    pub(super) in_progress: BTreeSet<ClaimedKey>,
    /// What holds in each office.
    pub(super) laws: BTreeMap<Uuid, LawFound>,
    remembered: BTreeMap<ClaimedKey, (Vec<u8>, Result<Remembered, Unreadable>)>,
    cases: BTreeMap<(Uuid, Uuid), Standing>,
    keys: BTreeMap<(Uuid, Uuid), Wrapped>,
}

/// What the commands of a batch leave behind, so far.
#[derive(Default)]
struct Left<'s> {
    writes: Writes,
    duties: BTreeMap<(Uuid, Uuid), DutyRow>,
    /// What they say that is searched.
    said: BTreeMap<(Uuid, Uuid), Vec<&'s str>>,
}

/// The texts of a command, sealed, with the case's key if it is a new one.
#[derive(Default)]
struct Sealed {
    key: Option<Wrapped>,
    texts: Vec<TextRow>,
    marks: Vec<MarkRow>,
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
    notifications: Vec<NotificationRow>,
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

    pub(super) fn find_keys(&mut self, keys: Vec<KeptKey>) {
        let wrapped = |(office, case, master_key, bytes)| ((office, case), Wrapped { master_key, bytes });
        self.keys.extend(keys.into_iter().map(wrapped));
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
    vault: &Vault,
) -> (Vec<Result<Accepted, NotAccepted>>, Writes) {
    let mut left = Left::default();
    let answers = submissions
        .iter()
        .map(|submission| known.put(submission, rulebooks, vault, &mut left))
        .collect();
    let Left {
        mut writes,
        duties,
        mut said,
    } = left;
    writes.duties = duties.into_values().collect();
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
    writes.outbox = outbox(&writes.events);
    (answers, writes)
}

impl Known {
    fn put<'s>(
        &mut self,
        submission: &'s Submission,
        rulebooks: &Shelf,
        vault: &Vault,
        left: &mut Left<'s>,
    ) -> Result<Accepted, NotAccepted> {
        let key = submission.key.as_ref().map(|key| {
            let hash = vault.veiled(&key.request_hash);
            (ClaimedKey::of(submission.office.0, key), hash)
        });
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

        let fresh = standing.is_none();
        let sealed = self.sealed(submission, &decided.case, fresh, vault)?;
        let Left { writes, duties, said } = left;
        if decided.events.iter().any(|event| event.event_type == ERASED) {
            writes.erased.push(place);
        }
        writes.events.extend(decided.events);
        writes.notifications.extend(decided.notifications);
        if let Some(wrapped) = sealed.key {
            writes.keys.push(KeyRow {
                office_id: place.0,
                case_id: place.1,
                master_key: wrapped.master_key.clone(),
                wrapped: wrapped.bytes.clone(),
            });
            self.keys.insert(place, wrapped);
        }
        writes.texts.extend(sealed.texts);
        writes.marks.extend(sealed.marks);
        for text in submission.texts.iter().filter(|text| is_searched(&text.kind)) {
            said.entry(place).or_default().push(&text.body);
        }
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
                request_hash: hash.clone(),
                outcome: decided.outcome,
                created_at: submission.now,
            });
            self.remembered
                .insert(key, (hash, Ok(decided.remembered.clone())));
        }
        Ok(Accepted::Done {
            remembered: decided.remembered,
            case: decided.case,
        })
    }
}

impl Known {
    /// The command's texts under the case's key; a fresh case gets one, whether or not it has texts already.
    fn sealed(
        &self,
        submission: &Submission,
        case: &Case,
        fresh: bool,
        vault: &Vault,
    ) -> Result<Sealed, NotAccepted> {
        if submission.texts.is_empty() && !fresh {
            return Ok(Sealed::default());
        }
        let (office_id, case_id) = (submission.office.0, submission.case.0);
        let (key, new) = match self.keys.get(&(office_id, case_id)) {
            Some(kept) => {
                let key = vault.key(office_id, case_id, kept).map_err(NotAccepted::Store)?;
                (key, None)
            }
            // The rules take no texts for what is erased; a key for them would outlive the erasure.
            None if case.is_erased() => {
                let reason = "an erased case takes no texts".into();
                return Err(NotAccepted::Store(StoreError::Failed(reason)));
            }
            None => {
                let (key, wrapped) = vault.draw(office_id, case_id);
                (key, Some(wrapped))
            }
        };
        let marks = submission.texts.iter().flat_map(|text| &text.marks);
        Ok(Sealed {
            key: new,
            texts: texts(submission, &key).collect(),
            marks: marks
                .map(|mark| MarkRow {
                    office_id,
                    kind: mark.kind.as_str().to_owned(),
                    hash: vault.hash(submission.office, mark),
                    case_id,
                })
                .collect(),
        })
    }
}

fn decided(
    standing: Option<&Standing>,
    submission: &Submission,
    office: &Law,
    rulebooks: &Shelf,
) -> Result<Decided, NotAccepted> {
    let before: Option<&Case> = match standing {
        Some(standing) => Some(standing.case.as_ref().map_err(|row| store(row.clone()))?),
        None => None,
    };
    check_opening(before, submission, office)?;
    let own = match before {
        Some(case) => {
            // Whoever moves a case to another version is judged by the one it moves to.
            let (code, version) = moving(&submission.command)
                .unwrap_or((case.rulebook.as_str(), case.rulebook_version.as_str()));
            Some(
                office
                    .of(code, version, rulebooks)
                    .ok_or(NotAccepted::OfficeNotActive)?,
            )
        }
        None => None,
    };
    let law = own.as_ref().unwrap_or(office);
    let context = law.context(submission.actor, submission.now.trunc_subsecs(6));
    if let Some(case) = before {
        check_version(case, submission, &context)?;
    }
    let decided = |case: Option<&Case>| decide(case, &submission.command, &context);
    // What became due before a move is the version's to say that is left.
    let due = match (before, moving(&submission.command)) {
        (Some(case), Some(_)) => law_of(case, office, rulebooks)
            .and_then(|left| catch_up(case, &left.context(submission.actor, context.now))),
        (Some(_) | None, _) => None,
    };
    let entries = match due {
        Some(due) => due.then(|case| decided(Some(case))),
        None => decided(before),
    }
    .map_err(NotAccepted::refused)?;
    let head = standing.map_or_else(
        || origin(submission.case.0).0.to_vec(),
        |standing| standing.head.clone(),
    );
    let written = written(before, head, &entries, submission, &context)?;
    let case = written.case;
    let notifications = notification::told(before, &entries, &case, &context)
        .into_iter()
        .map(|told| NotificationRow::of(told, &case))
        .collect();
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
        notifications,
    })
}

/// What holds for a case as it stands.
fn law_of(case: &Case, office: &Law, rulebooks: &Shelf) -> Option<Law> {
    office.of(case.rulebook.as_str(), &case.rulebook_version, rulebooks)
}

/// Between which numbers the new entries of each case stand: one row for each case of the batch.
fn outbox(events: &[EventRow]) -> Vec<OutboxRow> {
    let mut rows: BTreeMap<(Uuid, Uuid), OutboxRow> = BTreeMap::new();
    for event in events {
        // They come in the order of their numbers.
        rows.entry((event.office_id, event.case_id))
            .and_modify(|row| row.last_sequence = event.sequence)
            .or_insert(OutboxRow {
                office_id: event.office_id,
                case_id: event.case_id,
                first_sequence: event.sequence,
                last_sequence: event.sequence,
                recorded_at: event.recorded_at,
            });
    }
    rows.into_values().collect()
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
            return Err(NotAccepted::CaseUnknown);
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
        let hash = link(&head, &body).0.to_vec();
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

fn texts<'s>(submission: &'s Submission, key: &'s CaseKey) -> impl Iterator<Item = TextRow> + 's {
    submission.texts.iter().map(|text| TextRow {
        office_id: submission.office.0,
        case_id: submission.case.0,
        id: text.id.0,
        kind: text.kind.clone(),
        sealed: key.seal(text),
        created_at: submission.now,
    })
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

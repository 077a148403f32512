//! Cases: what is put to the write path, what it answers, and what reads ask for.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use domain::authority::SightKey;
use domain::case::decide::Actor;
use domain::case::{Case, Command, Entry, Refusal};
use domain::duty::{Duty, Verdict};
use domain::ids::{CaseId, DutyId, OfficeId, StaffId, TextId, UnitId};
use domain::person::Mark;
use domain::search::Question;
use domain::words::{CaseType, Channel, PositionName, Source, Status, Word};
use serde::{Deserialize, Serialize};

use crate::archive::Answer;
use crate::law::Law;
use crate::store_error::StoreError;
use crate::vault::Erasure;
use uuid::Uuid;

/// A command on a case, ready to be decided: everything that the transaction needs to know.
#[derive(Debug, Clone)]
pub struct Submission {
    /// The office.
    pub office: OfficeId,
    /// The case; of one that is not there yet, the id it gets.
    pub case: CaseId,
    /// Who asks.
    pub actor: Actor,
    /// What is asked.
    pub command: Command,
    /// The texts that the command refers to, kept beside the case if it is accepted.
    pub texts: Vec<CaseText>,
    /// The version the caller decided on; none where none is asked for.
    pub expected_version: Option<u64>,
    /// The caller's key, if the call may be repeated.
    pub key: Option<Key>,
    /// The moment.
    pub now: DateTime<Utc>,
}

/// A text a person wrote, or what is known of one. It is kept sealed under its case's key, and nowhere else.
#[derive(Clone, PartialEq, Eq)]
pub struct CaseText {
    /// Its id, to which events refer.
    pub id: TextId,
    /// What it is: `content`, `subject`, `reply`, `complainant` …
    pub kind: String,
    /// The words; of a complainant, a document.
    pub body: String,
    /// What was mixed into the commitment: up to 255 bytes.
    pub salt: Vec<u8>,
    /// What the person whom it is about is found by; only a keyed hash of it is kept, and none is read.
    pub marks: Vec<Mark>,
}

impl std::fmt::Debug for CaseText {
    /// Never the words: a debug line can end in a log.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CaseText")
            .field("id", &self.id)
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

/// Under what a call may be repeated.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// Who calls.
    pub caller: String,
    /// The operation's id.
    pub operation: String,
    /// The key itself.
    pub key: String,
    /// The hash of what was asked.
    pub request_hash: [u8; 32],
}

/// What a command led to, as its key remembers it: codes and numbers only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remembered {
    /// The case.
    pub case: CaseId,
    /// Its number then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case_no: Option<String>,
    /// Its status then.
    pub status: Status,
    /// Its version then.
    pub version: u64,
    /// The entries that were written: number and kind.
    pub entries: Vec<(u64, String)>,
}

/// The answer to a command that was accepted.
#[derive(Debug, Clone)]
pub enum Accepted {
    /// It was done now.
    Done {
        /// What its key remembers of it.
        remembered: Remembered,
        /// The case as it left it.
        case: Arc<Case>,
    },
    /// It was done before, under the same key.
    Replayed {
        /// What its key remembers of it.
        remembered: Remembered,
    },
}

/// Why a command was not accepted. Nothing was changed.
#[derive(Debug)]
pub enum NotAccepted {
    /// The queue is full: wait and try again.
    Overloaded,
    /// The key is being worked on in another transaction.
    KeyInProgress,
    /// The key was used with another body.
    KeyReused,
    /// No such case in this office.
    CaseUnknown,
    /// Somebody changed it since.
    Stale {
        /// The version it has now.
        current: u64,
    },
    /// The office runs a rulebook that this installation does not have, or is not active.
    OfficeNotActive,
    /// The rules say no.
    Refused(Refusal),
    /// The database.
    Store(StoreError),
}

impl NotAccepted {
    /// What a refusal comes to. To whom a case is not visible there is none: nothing that is done, counted or asked from
    /// here on tells the two apart.
    pub(crate) fn refused(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NotVisible => Self::CaseUnknown,
            other => Self::Refused(other),
        }
    }
}

/// Called with the answer, once, after the commit; from a writer's thread.
pub type Reply = Box<dyn FnOnce(Result<Accepted, NotAccepted>) + Send>;

/// Cases on whichever engine they stand.
///
/// # Errors
///
/// As [`crate::Archive`].
pub trait CaseArchive: Send + Sync {
    /// Puts a command into the queue of the write path and returns at once. A full queue answers
    /// [`NotAccepted::Overloaded`]; every other answer comes after the commit.
    fn submit(&self, submission: Submission, reply: Reply);

    /// How many commands wait, and how many may.
    fn waiting(&self) -> (usize, usize);

    /// What holds in an office now: one query when nothing has changed since it was last asked.
    ///
    /// # Errors
    /// See [`CaseArchive`].
    fn law(&self, office: OfficeId) -> Answer<Option<Arc<Law>>>;

    /// The newest state of a case, for those who hold one of these keys; `None` also where it is hidden.
    ///
    /// # Errors
    /// See [`CaseArchive`].
    fn find_case(&self, office: OfficeId, case: CaseId, keys: &BTreeSet<SightKey>) -> Answer<Option<Case>>;

    /// The texts of a case with these ids; a missing one is left out, and of an erased case all of them are missing.
    ///
    /// # Errors
    /// See [`CaseArchive`]; [`StoreError::KeyMissing`] where the case's key is wrapped by a master key that is not at
    /// hand.
    fn find_texts(&self, office: OfficeId, case: CaseId, ids: &[TextId]) -> Answer<Vec<CaseText>>;

    /// The cases that match and may be seen, in order, after the cursor.
    ///
    /// # Errors
    /// See [`CaseArchive`].
    #[expect(clippy::too_many_arguments, reason = "the question has as many parts")]
    fn list_cases(
        &self,
        office: OfficeId,
        keys: &BTreeSet<SightKey>,
        filter: &CaseFilter,
        order: CaseOrder,
        after: Option<&Place>,
        limit: u32,
        now: DateTime<Utc>,
    ) -> Answer<Vec<CaseItem>>;

    /// The cases that match and may be seen, those first in whose subject most of the words of
    /// [`CaseFilter::text`] stand, then the newest. Only the newest 500 are ranked; there is nothing after them.
    ///
    /// # Errors
    /// See [`CaseArchive`].
    fn list_best_cases(
        &self,
        office: OfficeId,
        keys: &BTreeSet<SightKey>,
        filter: &CaseFilter,
        after: Option<&RankedPlace>,
        limit: u32,
        now: DateTime<Utc>,
    ) -> Answer<Vec<(RankedPlace, CaseItem)>>;

    /// How many cases match, counted no further than `cap`.
    ///
    /// # Errors
    /// See [`CaseArchive`].
    fn count_cases(
        &self,
        office: OfficeId,
        keys: &BTreeSet<SightKey>,
        filter: &CaseFilter,
        cap: u32,
        now: DateTime<Utc>,
    ) -> Answer<u32>;

    /// Of the newest `cap` that match, how many are in each group.
    ///
    /// # Errors
    /// See [`CaseArchive`].
    fn count_cases_by(
        &self,
        office: OfficeId,
        keys: &BTreeSet<SightKey>,
        filter: &CaseFilter,
        group: CaseGroup,
        cap: u32,
        now: DateTime<Utc>,
    ) -> Answer<Vec<(Option<String>, u32)>>;

    /// Every duty the case ever had, oldest first.
    ///
    /// # Errors
    /// See [`CaseArchive`].
    fn case_duties(&self, office: OfficeId, case: CaseId) -> Answer<Vec<DutyItem>>;

    /// Open duties that match, on cases that may be seen: those due earliest first, those without a due time last.
    ///
    /// # Errors
    /// See [`CaseArchive`].
    fn list_duties(
        &self,
        office: OfficeId,
        keys: &BTreeSet<SightKey>,
        filter: &DutyFilter,
        after: Option<&Place>,
        limit: u32,
        now: DateTime<Utc>,
    ) -> Answer<Vec<DutyItem>>;

    /// Under which version of a rulebook, by its code and version, each of these cases lives.
    ///
    /// # Errors
    /// See [`CaseArchive`].
    fn rulebooks_of(
        &self,
        office: OfficeId,
        cases: &BTreeSet<CaseId>,
    ) -> Answer<BTreeMap<CaseId, (String, String)>>;

    /// Of the `cap` open duties that match and are due first, how many there are by name and whether they are overdue.
    ///
    /// # Errors
    /// See [`CaseArchive`].
    fn count_duties(
        &self,
        office: OfficeId,
        keys: &BTreeSet<SightKey>,
        filter: &DutyFilter,
        cap: u32,
        now: DateTime<Utc>,
    ) -> Answer<Vec<(String, bool, u32)>>;

    /// The entries of a case after a number, oldest first, each with its hash and the one before it.
    ///
    /// # Errors
    /// See [`CaseArchive`].
    fn case_entries(&self, office: OfficeId, case: CaseId, after: u64, limit: u32) -> Answer<Vec<KeptEntry>>;

    /// Every recorded case of the office, whoever may see it, newest receipt first, from the first one after `after`:
    /// those received at `from` or later and before `to`.
    ///
    /// # Errors
    /// See [`CaseArchive`].
    fn recorded_cases(
        &self,
        office: OfficeId,
        from: Option<DateTime<Utc>>,
        to: Option<DateTime<Utc>>,
        after: Option<&Place>,
        limit: u32,
    ) -> Answer<Vec<RecordedCase>>;

    /// Archived cases that may be seen and are not erased, oldest receipt first, after the cursor.
    ///
    /// # Errors
    /// See [`CaseArchive`].
    fn archived_cases(
        &self,
        office: OfficeId,
        keys: &BTreeSet<SightKey>,
        after: Option<&Place>,
        limit: u32,
    ) -> Answer<Vec<Case>>;

    /// What was erased of a case, if it was.
    ///
    /// # Errors
    /// See [`CaseArchive`].
    fn find_erasure(&self, office: OfficeId, case: CaseId) -> Answer<Option<Erasure>>;

    /// The open cases on which this member of staff is first receiver, handler or in the team.
    ///
    /// # Errors
    /// See [`CaseArchive`].
    fn cases_of(&self, office: OfficeId, staff: StaffId, limit: u32) -> Answer<Vec<CaseId>>;
}

/// A case that is on record: where its history is found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedCase {
    /// Which.
    pub id: CaseId,
    /// Its number, if it has one.
    pub case_no: Option<String>,
    /// When it was received.
    pub received_at: DateTime<Utc>,
    /// Whether it is open only to those named on it.
    pub confidential: bool,
}

impl From<(Uuid, Uuid, DateTime<Utc>)> for LookDue {
    fn from((office, case, since): (Uuid, Uuid, DateTime<Utc>)) -> Self {
        Self {
            office: OfficeId(office),
            case: CaseId(case),
            since,
        }
    }
}

/// A case that must be looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LookDue {
    /// Its office.
    pub office: OfficeId,
    /// The case.
    pub case: CaseId,
    /// Since when.
    pub since: DateTime<Utc>,
}

/// Which cases. Several words of one kind are alternatives, different kinds must all match.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "each field filters by what it is called")]
pub struct CaseFilter {
    pub status: Vec<Status>,
    pub case_type: Vec<CaseType>,
    pub severity: Vec<Word>,
    pub urgency: Vec<Word>,
    pub category: Vec<Word>,
    pub channel: Vec<Channel>,
    pub source: Vec<Source>,
    pub flag: Vec<Word>,
    pub unit: Vec<UnitId>,
    pub first_receiver: Vec<StaffId>,
    pub handler: Vec<StaffId>,
    pub case_no: Option<String>,
    pub round: Option<u8>,
    /// Whether something that must be done is late.
    pub overdue: Option<bool>,
    pub confidential: Option<bool>,
    pub received_from: Option<DateTime<Utc>>,
    pub received_before: Option<DateTime<Utc>>,
    pub due_before: Option<DateTime<Utc>>,
    /// Words that all stand in the number, the subject, the content or the answers of a case that is not confidential.
    pub text: Option<Question>,
    /// Numbers by which the complainant of a case that is not confidential is found, each of them.
    pub marks: Vec<Mark>,
    /// Another case whose complainant has one of the same numbers; both are not confidential.
    pub same_person_as: Option<CaseId>,
}

impl CaseFilter {
    /// Whether it asks for somebody: then nothing confidential is found, whoever asks.
    pub(crate) fn asks_for_somebody(&self) -> bool {
        !self.marks.is_empty() || self.same_person_as.is_some()
    }
}

/// In which order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CaseOrder {
    /// Newest receipt first.
    #[default]
    Newest,
    /// Oldest receipt first.
    Oldest,
    /// What is due earliest first; what has no due time last.
    Due,
}

/// By what cases are grouped when they are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each groups by what it is called")]
pub enum CaseGroup {
    Status,
    CaseType,
    Severity,
    Unit,
    Overdue,
}

/// Where a page ended: the last row's instant (none: it had no due time) and id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The instant the list is ordered by.
    pub at: Option<DateTime<Utc>>,
    /// The id that breaks ties.
    pub id: uuid::Uuid,
}

impl Place {
    /// Where a page that ends with this case ends, in this order.
    #[must_use]
    pub fn of(item: &CaseItem, order: CaseOrder) -> Self {
        Self {
            at: match order {
                CaseOrder::Newest | CaseOrder::Oldest => Some(item.received_at),
                CaseOrder::Due => item.next_due.as_ref().map(|due| due.at),
            },
            id: item.id.0,
        }
    }
}

/// Where a page of ranked cases ended. What is greater comes first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RankedPlace {
    /// How many of the words stand in the subject.
    pub in_subject: usize,
    /// When the case was received.
    pub received_at: DateTime<Utc>,
    /// The id that breaks ties.
    pub id: uuid::Uuid,
}

/// A case as lists show it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the columns of the narrow row, under their own names")]
pub struct CaseItem {
    pub id: CaseId,
    pub case_no: Option<String>,
    pub status: Status,
    pub version: u64,
    pub case_type: Option<CaseType>,
    pub channel: Channel,
    pub subject: Option<String>,
    pub category: Option<Word>,
    pub severity: Option<Word>,
    pub urgency: Option<Word>,
    pub flags: BTreeSet<Word>,
    pub confidential: bool,
    pub round: u8,
    pub received_at: DateTime<Utc>,
    pub first_receiver: Option<StaffId>,
    pub lead_unit: Option<UnitId>,
    pub next_due: Option<NextDue>,
}

/// The duty that leads a case's worklist.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the columns of the narrow row, under their own names")]
pub struct NextDue {
    pub duty: DutyId,
    pub on: NaiveDate,
    pub at: DateTime<Utc>,
}

/// A duty as it is kept: what it is, and how it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the columns of the row, under their own names")]
pub struct DutyItem {
    pub case: CaseId,
    pub case_no: Option<String>,
    pub case_type: Option<CaseType>,
    pub severity: Option<Word>,
    pub duty: Duty,
    pub state: DutyState,
    pub ended_at: Option<DateTime<Utc>>,
    pub verdict: Option<Verdict>,
}

/// Whether a duty is still owed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DutyState {
    /// It is owed.
    Open,
    /// It was done.
    Discharged,
    /// It fell away.
    Lapsed,
}

impl DutyState {
    /// The word, as it is kept.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Discharged => "discharged",
            Self::Lapsed => "lapsed",
        }
    }
}

/// Which open duties.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DutyFilter {
    /// Whose: any that is held by this person, by one of these positions or by this unit. None: everybody's.
    pub held_by: Option<Holders>,
    /// By the name of the rule or the deed.
    pub name: Vec<String>,
    /// Overdue, or not.
    pub overdue: Option<bool>,
    /// By the holding unit.
    pub unit: Vec<UnitId>,
    /// By kind of matter.
    pub case_type: Vec<CaseType>,
    /// By severity.
    pub severity: Vec<Word>,
    /// Due at or after.
    pub due_from: Option<DateTime<Utc>>,
    /// Due before.
    pub due_before: Option<DateTime<Utc>>,
    /// Reaching a year that is not published.
    pub provisional: Option<bool>,
}

/// A person, with the positions and the unit through which duties are his too.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Holders {
    /// Duties held by this person.
    pub staff: Option<StaffId>,
    /// Duties held by one of these positions, by nobody in person and no unit.
    pub positions: Vec<PositionName>,
    /// Duties held by this unit.
    pub unit: Option<UnitId>,
}

/// An entry as it is kept: the exact bytes that were hashed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptEntry {
    /// What the bytes say.
    pub entry: Entry,
    /// The bytes.
    pub body: Vec<u8>,
    /// The hash of the entry before it; of the first one, the hash of the case's id.
    pub previous_hash: [u8; 32],
    /// SHA-256 over the previous hash and the bytes.
    pub hash: [u8; 32],
}

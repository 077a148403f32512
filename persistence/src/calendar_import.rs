//! A change of a calendar: tried on all that is owed, then applied to it; either goes on where a process has died.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use diesel::prelude::*;
use domain::authority::SightKey;
use domain::calendar::{Calendar, CalendarFault, Change};
use domain::duty::Duty;
use domain::ids::{CaseId, OfficeId};
use uuid::Uuid;

use crate::archive::Answer;
use crate::calendar::CalendarRecord;
use crate::remembered_answer::RememberedAnswer;
use crate::schema::{calendar_import_moves, calendar_imports};
use crate::sql_types::Bind;

/// An import as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = calendar_imports)]
pub struct ImportRecord {
    /// Its identity.
    pub id: Uuid,
    /// The office of whoever asked for it.
    pub office_id: Uuid,
    /// Who asked for it.
    pub requested_by_id: Uuid,
    /// The calendar that it changes.
    pub calendar_code: String,
    /// The change, as JSON.
    pub change: String,
    /// The versions of the calendars that it was tried on, as JSON.
    pub basis: String,
    /// How far it has come: one of [`ImportState`].
    pub state: String,
    /// Counts its states.
    pub version: i64,
    /// From when on the new versions are gone by; while it is tried, as if from when it began.
    pub since: DateTime<Utc>,
    /// How many duties are to be looked at; none before they are counted.
    pub total: Option<i64>,
    /// How many were looked at.
    pub checked: i64,
    /// How many of them move, or were moved.
    pub moved: i64,
    /// On how many cases it failed.
    pub failed: i64,
    /// Where it stands: the office.
    pub at_office_id: Option<Uuid>,
    /// Where it stands: the due time.
    pub at_due_at: Option<DateTime<Utc>>,
    /// Where it stands: the duty.
    pub at_duty_id: Option<Uuid>,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
    /// When it was tried, or applied.
    pub finished_at: Option<DateTime<Utc>>,
}

/// How far an import has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::EnumString, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum ImportState {
    /// It is tried: what would move is found out, and nothing moves.
    Trying,
    /// What would move is known.
    Tried,
    /// The new versions are gone by, and what is not yet due is moved.
    Applying,
    /// Everything has moved that had to.
    Applied,
}

impl ImportState {
    /// The word in its column.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// An import to be tried.
#[derive(Debug, Clone)]
pub struct NewImport {
    /// Its identity.
    pub id: Uuid,
    /// The office of whoever asks.
    pub office_id: Uuid,
    /// Who asks.
    pub requested_by_id: Uuid,
    /// The calendar: a national one, or the office's own, which need not be there yet.
    pub calendar_code: String,
    /// What changes.
    pub change: Change,
    /// When.
    pub created_at: DateTime<Utc>,
}

/// A calendar that a change gives a new version.
#[derive(Debug, Clone)]
pub struct Renewal {
    /// What the offices go by so far.
    pub before: Arc<Calendar>,
    /// The new version.
    pub after: Arc<Calendar>,
    /// How it is kept.
    pub record: CalendarRecord,
    /// The offices that go by it.
    pub offices: Vec<Uuid>,
}

/// An office whose duties are to be counted again, and by which calendar.
#[derive(Debug, Clone)]
pub struct Recounting {
    /// The office.
    pub office: OfficeId,
    /// What it goes by so far; once the change is applied, the same as `after`.
    pub before: Arc<Calendar>,
    /// What it will go by, or does.
    pub after: Arc<Calendar>,
}

/// An open duty that was counted by an older calendar.
#[derive(Debug, Clone)]
pub struct OpenDuty {
    /// Its id.
    pub id: Uuid,
    /// The duty; none where its row cannot be read.
    pub duty: Option<Duty>,
    /// Its case.
    pub case: CaseId,
    /// The case's number.
    pub case_no: Option<String>,
    /// Where it stands in the order of due times.
    pub due_at: DateTime<Utc>,
}

/// Behind which due time and duty a run goes on.
pub type Behind = (DateTime<Utc>, Uuid);

/// How far a run has come, and what it found on the way there.
#[derive(Debug, Clone, Default)]
pub struct Progress {
    /// The office, and behind which due time and duty it goes on; at an office's beginning there is none.
    pub at: Option<(OfficeId, Option<Behind>)>,
    /// How many duties there are to be looked at, where it was counted just now.
    pub total: Option<i64>,
    /// How many more were looked at.
    pub checked: i64,
    /// How many more move.
    pub moved: i64,
    /// On how many more cases it failed.
    pub failed: i64,
    /// When it was done, if it is.
    pub done_at: Option<DateTime<Utc>>,
}

/// A duty that would move.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = calendar_import_moves, treat_none_as_default_value = false)]
pub struct MoveRecord {
    /// The import.
    #[diesel(serialize_as = Bind<Uuid>)]
    pub import_id: Uuid,
    /// The office.
    #[diesel(serialize_as = Bind<Uuid>)]
    pub office_id: Uuid,
    /// The duty.
    #[diesel(serialize_as = Bind<Uuid>)]
    pub duty_id: Uuid,
    /// Its case.
    #[diesel(serialize_as = Bind<Uuid>)]
    pub case_id: Uuid,
    /// The case's number.
    pub case_no: Option<String>,
    /// Which duty it is.
    pub rule: String,
    /// Where it rests.
    pub clause: String,
    /// The last day in time so far.
    pub from_on: NaiveDate,
    /// The first instant too late so far.
    #[diesel(serialize_as = Bind<DateTime<Utc>>)]
    pub from_at: DateTime<Utc>,
    /// Whether that is provisional.
    pub from_provisional: bool,
    /// The last day in time from then on; none while the limit stands still.
    pub to_on: Option<NaiveDate>,
    /// The first instant too late from then on.
    #[diesel(serialize_as = Bind<Option<DateTime<Utc>>>)]
    pub to_at: Option<DateTime<Utc>>,
    /// Whether that is provisional.
    pub to_provisional: bool,
    /// Which days are counted otherwise, as JSON.
    pub why: String,
}

/// Why a change of a calendar was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contradiction {
    /// The calendar that would contradict itself: the one to be changed, or one over it.
    pub code: String,
    /// What would be wrong in it.
    pub fault: CalendarFault,
}

/// What is kept of imports.
///
/// # Errors
/// As [`Archive`](crate::Archive)'s calls; each names what else it can give.
pub trait ImportArchive: Send + Sync {
    /// Takes an import in, to be tried.
    ///
    /// # Errors
    /// `Conflict::{ImportUnderWay, Key}`.
    fn create_import(
        &self,
        import: &NewImport,
        answer: Option<&RememberedAnswer>,
    ) -> Answer<Result<ImportRecord, Contradiction>>;

    /// Finds an import.
    ///
    /// # Errors
    /// See [`ImportArchive`].
    fn find_import(&self, import_id: Uuid) -> Answer<Option<ImportRecord>>;

    /// Lists the imports into a calendar, the newest first: those asked for before the one that was asked for at this
    /// instant and has this id.
    ///
    /// # Errors
    /// See [`ImportArchive`].
    fn list_imports(
        &self,
        calendar_code: &str,
        before: Option<(DateTime<Utc>, Uuid)>,
        limit: u32,
    ) -> Answer<Vec<ImportRecord>>;

    /// Lists what a trial found, by office and duty, and whether somebody with these keys may see the case; one office's
    /// or all.
    ///
    /// # Errors
    /// See [`ImportArchive`].
    fn list_moves(
        &self,
        import_id: Uuid,
        office: Option<OfficeId>,
        keys: &BTreeSet<SightKey>,
        after: Option<(Uuid, Uuid)>,
        limit: u32,
    ) -> Answer<Vec<(MoveRecord, bool)>>;

    /// Lets the new versions be gone by from `since` on, for every office at once. What is owed moves afterwards: with
    /// the next command on its case, or with the run of this import, whichever is first.
    ///
    /// # Errors
    /// `Stale`, `Conflict::{ImportUnderWay, ImportOutdated, Key}`.
    fn begin_import(
        &self,
        import_id: Uuid,
        version: i64,
        since: DateTime<Utc>,
        answer: Option<&RememberedAnswer>,
    ) -> Answer<ImportRecord>;

    /// Takes an import that waits for a run, or whose run was not heard of for longer than it had said, for so long.
    ///
    /// # Errors
    /// See [`ImportArchive`].
    fn take_import(&self, run: Uuid, hold: TimeDelta) -> Answer<Option<ImportRecord>>;

    /// The offices that an import concerns, by their ids.
    ///
    /// # Errors
    /// See [`ImportArchive`].
    fn recountings(&self, import: &ImportRecord) -> Answer<Vec<Recounting>>;

    /// How many open duties, due after `since`, were counted by an older calendar than this version.
    ///
    /// # Errors
    /// See [`ImportArchive`].
    fn count_duties_to_recount(&self, office: OfficeId, version: u32, since: DateTime<Utc>) -> Answer<i64>;

    /// Those duties by due time, from the first one after `after`.
    ///
    /// # Errors
    /// See [`ImportArchive`].
    fn duties_to_recount(
        &self,
        office: OfficeId,
        version: u32,
        after: (DateTime<Utc>, Uuid),
        limit: u32,
    ) -> Answer<Vec<OpenDuty>>;

    /// Writes down how far a run has come, with what it found, and keeps hold of the import. False, and nothing is
    /// written, where another run has taken it since.
    ///
    /// # Errors
    /// See [`ImportArchive`].
    fn advance_import(
        &self,
        import: &ImportRecord,
        run: Uuid,
        hold: TimeDelta,
        progress: &Progress,
        moves: &[MoveRecord],
    ) -> Answer<bool>;
}

/// The versions that a change stands on, as they are kept: `{"cn": 1, "office.hall": 3}`.
pub(crate) fn basis(renewals: &[Renewal]) -> String {
    let versions: BTreeMap<&str, u32> = renewals
        .iter()
        .flat_map(|renewal| {
            let before = (renewal.before.code(), renewal.before.version());
            // A calendar that is made by the change stands on nothing yet.
            let after = (renewal.after.code(), renewal.after.version() - 1);
            [before, after]
        })
        .collect();
    serde_json::json!(versions).to_string()
}

//! Every question to the archive and every act on it, in reading order.
//!
//! The calls block; whoever serves many people at once calls them from a thread that may. Absence is `None`, and the
//! caller says what it means. A write either commits whole or changes nothing.

use std::ops::Range;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use domain::rulebook::Checked;
use uuid::Uuid;

use crate::access_log::AccessLog;
use crate::calendar::CalendarRecord;
use crate::calendar_import::ImportArchive;
use crate::case::{CaseArchive, Place};
use crate::checkpoint::{CheckpointKey, CheckpointKeyRecord, CheckpointRecord, Round};
use crate::delegation::DelegationArchive;
use crate::identity::IdentityArchive;
use crate::law::Law;
use crate::measure::{Measures, PoolState};
use crate::notification::Notifications;
use crate::office::{NewOffice, OfficeChange, OfficeRecord};
use crate::outbox::Outbox;
use crate::remembered_answer::RememberedAnswer;
use crate::rulebook_version::{
    ActivationRecord, NewActivation, NewRulebookVersion, RulebookVersionChange, RulebookVersionRecord,
};
use crate::session::{CallerRecord, NewSession, NextSession, Refresh, SessionRecord};
use crate::staff::{DirectoryRecord, LogInRecord, NewStaffMember, StaffChange, StaffFilter, StaffRecord};
use crate::store_error::StoreError;
use crate::sweep::{Lag, SweepFailureRecord, SweepRecord, Swept};
use crate::unit::{NewUnit, UnitChange, UnitRecord};
use crate::vault::KeysUnder;
use crate::window::{NewWindow, WindowChange, WindowRecord};

/// What the archive answers.
pub type Answer<T> = Result<T, StoreError>;

/// The archive, on whichever engine it stands.
///
/// # Errors
///
/// Any call can give [`StoreError::Unavailable`], [`StoreError::Busy`], [`StoreError::Corrupt`] and
/// [`StoreError::Failed`]; each names what else it can give.
///
/// An update names the version it was decided on: a row that has moved on is [`StoreError::Stale`], one that is not
/// there is [`StoreError::Missing`].
///
/// A call that takes `answer` keeps it in the same transaction; if the key was used before, it does nothing and gives
/// [`Conflict::Key`](crate::Conflict::Key).
pub trait Archive:
    CaseArchive + ImportArchive + Outbox + Notifications + DelegationArchive + AccessLog + IdentityArchive
{
    /// Asks the database for a sign of life. While all connections are at work, that is one, and nobody waits.
    ///
    /// # Errors
    /// See [`Archive`].
    fn health(&self) -> Answer<()>;

    /// What was counted since the archive was opened.
    fn measures(&self) -> &Measures;

    /// The pools of connections, as they are now.
    fn pools(&self) -> Vec<PoolState>;

    /// Finds what a call with this key led to.
    ///
    /// # Errors
    /// See [`Archive`].
    fn find_remembered_answer(
        &self,
        office_id: Uuid,
        caller: &str,
        operation: &str,
        key: &str,
    ) -> Answer<Option<RememberedAnswer>>;

    // Offices

    /// Creates an office together with its first administrator, so that none is ever without.
    ///
    /// # Errors
    /// `Conflict::{OfficeCode, UserName, Id, Key}`.
    fn create_office(
        &self,
        office: &NewOffice,
        administrator: &NewStaffMember,
        answer: Option<&RememberedAnswer>,
    ) -> Answer<OfficeRecord>;

    /// Finds an office by its identity.
    ///
    /// # Errors
    /// See [`Archive`].
    fn find_office(&self, office_id: Uuid) -> Answer<Option<OfficeRecord>>;

    /// Finds an office by its code.
    ///
    /// # Errors
    /// See [`Archive`].
    fn find_office_by_code(&self, code: &str) -> Answer<Option<OfficeRecord>>;

    /// Lists offices by code, from the first one after `after`.
    ///
    /// # Errors
    /// See [`Archive`].
    fn list_offices(&self, after: Option<&str>, limit: u32) -> Answer<Vec<OfficeRecord>>;

    /// Changes an office. Its directory's version rises too, since decisions depend on the rulebook it runs.
    ///
    /// # Errors
    /// `Stale`, `Missing(Office)`.
    fn update_office(&self, office_id: Uuid, version: i64, change: &OfficeChange) -> Answer<OfficeRecord>;

    /// Reads an office's units and staff as they stood together at one moment.
    ///
    /// # Errors
    /// See [`Archive`].
    fn find_directory(&self, office_id: Uuid) -> Answer<Option<DirectoryRecord>>;

    // Units. Each change raises the directory's version.

    /// Creates a unit.
    ///
    /// # Errors
    /// `Conflict::{UnitCode, Id, Key}`, `Missing(Office)`, `Missing(Unit)` for a parent.
    fn create_unit(&self, unit: &NewUnit, answer: Option<&RememberedAnswer>) -> Answer<UnitRecord>;

    /// Finds a unit.
    ///
    /// # Errors
    /// See [`Archive`].
    fn find_unit(&self, office_id: Uuid, unit_id: Uuid) -> Answer<Option<UnitRecord>>;

    /// Lists an office's units by code, from the first one after `after`.
    ///
    /// # Errors
    /// See [`Archive`].
    fn list_units(&self, office_id: Uuid, after: Option<&str>, limit: u32) -> Answer<Vec<UnitRecord>>;

    /// Changes a unit.
    ///
    /// # Errors
    /// `Stale`, `Missing(Office)`, `Missing(Unit)` for it or its parent, `Conflict::UnitAboveItself`, and
    /// `Conflict::DutiesRemain` when it is to be deactivated while it holds open duties.
    fn update_unit(
        &self,
        office_id: Uuid,
        unit_id: Uuid,
        version: i64,
        change: &UnitChange,
        answer: Option<&RememberedAnswer>,
    ) -> Answer<UnitRecord>;

    /// Names the unit's accountable officer, in place of the one before.
    ///
    /// # Errors
    /// `Stale`, `Missing(Office)`, `Missing(Unit)`, `Missing(StaffMember)` also for one who is not active.
    fn appoint_accountable_officer(
        &self,
        office_id: Uuid,
        unit_id: Uuid,
        version: i64,
        staff_id: Uuid,
    ) -> Answer<UnitRecord>;

    /// Leaves the unit without an accountable officer.
    ///
    /// # Errors
    /// `Stale`, `Missing(Office)`, `Missing(Unit)`.
    fn lift_accountable_officer(&self, office_id: Uuid, unit_id: Uuid, version: i64) -> Answer<UnitRecord>;

    // Windows. Each change raises the directory's version.

    /// Creates a window.
    ///
    /// # Errors
    /// `Conflict::{WindowCode, Id, Key}`, `Missing(Office)`, `Missing(Unit)`, `Missing(StaffMember)` for its head.
    fn create_window(&self, window: &NewWindow, answer: Option<&RememberedAnswer>) -> Answer<WindowRecord>;

    /// Finds a window.
    ///
    /// # Errors
    /// See [`Archive`].
    fn find_window(&self, office_id: Uuid, window_id: Uuid) -> Answer<Option<WindowRecord>>;

    /// Lists an office's windows by code, from the first one after `after`.
    ///
    /// # Errors
    /// See [`Archive`].
    fn list_windows(&self, office_id: Uuid, after: Option<&str>, limit: u32) -> Answer<Vec<WindowRecord>>;

    /// Changes a window.
    ///
    /// # Errors
    /// `Stale`, `Missing(Office)`, `Missing(Window)`, `Missing(Unit)`, `Missing(StaffMember)` for its head.
    fn update_window(
        &self,
        office_id: Uuid,
        window_id: Uuid,
        version: i64,
        change: &WindowChange,
    ) -> Answer<WindowRecord>;

    // Staff. Each change but those of passwords and log-ins raises the directory's version.

    /// Enters a member of staff.
    ///
    /// # Errors
    /// `Conflict::{UserName, Id, Key}`, `Missing(Office)`, `Missing(Unit)`.
    fn create_staff_member(
        &self,
        staff_member: &NewStaffMember,
        answer: Option<&RememberedAnswer>,
    ) -> Answer<StaffRecord>;

    /// Finds a member of staff.
    ///
    /// # Errors
    /// See [`Archive`].
    fn find_staff_member(&self, office_id: Uuid, staff_id: Uuid) -> Answer<Option<StaffRecord>>;

    /// Lists an office's staff by name, from the first one after the name and id of `after`.
    ///
    /// # Errors
    /// See [`Archive`].
    fn list_staff(
        &self,
        office_id: Uuid,
        filter: &StaffFilter,
        after: Option<(&str, Uuid)>,
        limit: u32,
    ) -> Answer<Vec<StaffRecord>>;

    /// Changes a member of staff.
    ///
    /// # Errors
    /// `Stale`, `Missing(Office)`, `Missing(StaffMember)`, `Missing(Unit)`, `Conflict::LastAdministrator`, and
    /// `Conflict::DutiesRemain` for one who is to be deactivated while holding open duties.
    fn update_staff_member(
        &self,
        office_id: Uuid,
        staff_id: Uuid,
        version: i64,
        change: &StaffChange,
        answer: Option<&RememberedAnswer>,
    ) -> Answer<StaffRecord>;

    /// Sets a password (its hash), lifts a lock, and ends all their sessions at `at`.
    ///
    /// # Errors
    /// `Missing(StaffMember)`, `Conflict::Key`.
    fn set_password(
        &self,
        office_id: Uuid,
        staff_id: Uuid,
        password: &NewPassword,
        at: DateTime<Utc>,
        answer: Option<&RememberedAnswer>,
    ) -> Answer<StaffRecord>;

    // Log-in and sessions

    /// Finds whoever has the user name, with what their log-in is judged by.
    ///
    /// # Errors
    /// See [`Archive`].
    fn find_log_in(&self, user_name: &str) -> Answer<Option<LogInRecord>>;

    /// Opens a session after a successful log-in; the tries before it, counted under the keyed hash of the name, are
    /// forgotten.
    ///
    /// # Errors
    /// `Missing(StaffMember)`, also for one who is no longer active; `Conflict::Id`.
    fn open_session(&self, session: &NewSession, name_hash: Option<&[u8]>) -> Answer<SessionRecord>;

    /// Spends a refresh token and opens the next session of its family, if it may. Of two who use one token at once,
    /// one is served, and then the family is ended.
    ///
    /// # Errors
    /// `Conflict::Id`.
    fn refresh_session(&self, refresh_hash: &[u8], next: &NextSession) -> Answer<Refresh>;

    /// Ends a family of sessions. Ending it again changes nothing.
    ///
    /// # Errors
    /// See [`Archive`].
    fn end_session_family(&self, family_id: Uuid, at: DateTime<Utc>) -> Answer<()>;

    /// Reads, in one query, sessions with their members of staff and offices, and what holds there; whether they still
    /// count is the caller's to judge (`ended_at`, `active`). Sessions that are not there are left out; no law where
    /// the office's rulebook or calendar is not here.
    ///
    /// # Errors
    /// See [`Archive`].
    fn find_callers(&self, session_ids: &[Uuid]) -> Answer<Vec<(CallerRecord, Option<Arc<Law>>)>>;

    /// [`Archive::find_callers`] for one session.
    ///
    /// # Errors
    /// See [`Archive`].
    fn find_caller(&self, session_id: Uuid) -> Answer<Option<(CallerRecord, Option<Arc<Law>>)>> {
        Ok(self.find_callers(&[session_id])?.pop())
    }

    /// Deletes the sessions that expired before `before`; answers how many.
    ///
    /// # Errors
    /// See [`Archive`].
    fn forget_sessions(&self, before: DateTime<Utc>) -> Answer<usize>;

    // Calendars

    /// Keeps a version of a calendar. Keeping the same contents again changes nothing.
    ///
    /// # Errors
    /// `Conflict::CalendarVersion` if that version has other contents.
    fn keep_calendar(&self, calendar: &CalendarRecord) -> Answer<CalendarRecord>;

    /// Finds a version of a calendar.
    ///
    /// # Errors
    /// See [`Archive`].
    fn find_calendar(&self, code: &str, version: i64) -> Answer<Option<CalendarRecord>>;

    /// Finds the newest version of a calendar.
    ///
    /// # Errors
    /// See [`Archive`].
    fn find_newest_calendar(&self, code: &str) -> Answer<Option<CalendarRecord>>;

    // Versions of rulebooks

    /// Stores a version of a rulebook.
    ///
    /// # Errors
    /// `Conflict::{RulebookVersion, Key}`.
    fn create_rulebook_version(
        &self,
        version: &NewRulebookVersion,
        answer: Option<&RememberedAnswer>,
    ) -> Answer<RulebookVersionRecord>;

    /// Finds a version that the office may see: its own, or one that came with the service. Without an office: any.
    ///
    /// # Errors
    /// See [`Archive`].
    fn find_rulebook_version(
        &self,
        office_id: Option<Uuid>,
        code: &str,
        version: &str,
    ) -> Answer<Option<RulebookVersionRecord>>;

    /// Lists the versions of a rulebook that the office may see, without an office all, oldest first, from the first one
    /// after when `after` was stored and its version.
    ///
    /// # Errors
    /// See [`Archive`].
    fn list_rulebook_versions(
        &self,
        office_id: Option<Uuid>,
        code: &str,
        after: Option<(DateTime<Utc>, &str)>,
        limit: u32,
    ) -> Answer<Vec<RulebookVersionRecord>>;

    /// Changes a version of the office's own that is not approved yet.
    ///
    /// # Errors
    /// `Stale`, `Missing(RulebookVersion)`, `Conflict::Key`.
    fn change_rulebook_version(
        &self,
        office_id: Uuid,
        code: &str,
        version: &str,
        revision: i64,
        change: &RulebookVersionChange,
        answer: Option<&RememberedAnswer>,
    ) -> Answer<RulebookVersionRecord>;

    /// The rulebook of an approved version, ready for use. Each process reads it once.
    ///
    /// # Errors
    /// See [`Archive`].
    fn find_rulebook(&self, code: &str, version: &str) -> Answer<Option<Arc<Checked>>>;

    /// Records that an office takes an approved version as its own. From the instant it begins, new cases fall under
    /// it; what was said before for that instant or later, and has not begun, is overtaken.
    ///
    /// # Errors
    /// `Conflict::Key`.
    fn activate_rulebook(
        &self,
        activation: &NewActivation,
        now: DateTime<Utc>,
        answer: Option<&RememberedAnswer>,
    ) -> Answer<ActivationRecord>;

    /// Lets every activation begin whose instant has come; answers how many. Any number of replicas may do so at the
    /// same time.
    ///
    /// # Errors
    /// See [`Archive`].
    fn begin_rulebooks(&self, now: DateTime<Utc>) -> Answer<usize>;

    /// What an office ever took as its own, or will, oldest first.
    ///
    /// # Errors
    /// See [`Archive`].
    fn list_activations(&self, office_id: Uuid) -> Answer<Vec<ActivationRecord>>;

    // Search

    /// Makes checkpoints for the offices whose cases have new entries, if the last round began at least `interval` ago:
    /// whichever replica asks first makes them. Commands neither wait nor are waited for.
    ///
    /// # Errors
    /// As every act.
    fn make_checkpoints(&self, key: &CheckpointKey, now: DateTime<Utc>, interval: TimeDelta)
    -> Answer<Round>;

    /// The checkpoints of an office before this number, newest first.
    ///
    /// # Errors
    /// As every question.
    fn list_checkpoints(
        &self,
        office_id: Uuid,
        before: Option<i64>,
        limit: u32,
    ) -> Answer<Vec<CheckpointRecord>>;

    /// The checkpoints of an office after this number, oldest first.
    ///
    /// # Errors
    /// As every question.
    fn list_checkpoints_after(
        &self,
        office_id: Uuid,
        after: i64,
        limit: u32,
    ) -> Answer<Vec<CheckpointRecord>>;

    /// A checkpoint of an office by its number.
    ///
    /// # Errors
    /// As every question.
    fn find_checkpoint(&self, office_id: Uuid, number: i64) -> Answer<Option<CheckpointRecord>>;

    /// The public keys that have signed checkpoints, the oldest first.
    ///
    /// # Errors
    /// As every question.
    fn list_checkpoint_keys(&self) -> Answer<Vec<CheckpointKeyRecord>>;

    /// The first checkpoint that covers this entry of a case, if one does yet.
    ///
    /// # Errors
    /// As every question.
    fn find_anchor(&self, office_id: Uuid, case_id: Uuid, sequence: i64) -> Answer<Option<CheckpointRecord>>;

    /// Indexes some of the cases that wait for it, the newest first, for their words to be found faster; answers
    /// whether more wait. The newest 2000 of an office's that wait are found meanwhile, too, but for those from before
    /// there was a search: what they say is noted only here. Any number of replicas may do so at the same time.
    ///
    /// # Errors
    /// See [`Archive`].
    fn tend_search(&self) -> Answer<bool>;

    // The sweep

    /// Looks at the cases on which something has been due for longest, `most` of them at the most, in one transaction:
    /// every step that is due fires, oldest first. Cases that somebody else holds are left out, so that any number of
    /// replicas may sweep at the same time and share what is due. A case that cannot be looked at is put off, and is
    /// among the failures that are answered. Nothing is answered where nothing is due, or all that is is held.
    ///
    /// # Errors
    /// See [`Archive`]. What failed as a whole leaves everything due.
    fn sweep(&self, now: DateTime<Utc>, most: u32) -> Answer<Swept>;

    /// Keeps what a run of the sweep did, a record for each office, for a week, and forgets what is over.
    ///
    /// # Errors
    /// See [`Archive`].
    fn record_sweep(&self, runs: &[SweepRecord]) -> Answer<()>;

    /// Lists the runs of the sweep in an office, or in all, newest first, from the first one after `after`.
    ///
    /// # Errors
    /// See [`Archive`].
    fn list_sweeps(
        &self,
        office_id: Option<Uuid>,
        after: Option<&Place>,
        limit: u32,
    ) -> Answer<Vec<SweepRecord>>;

    /// Lists the cases of an office, or of all, that are put off, and whether each is confidential: those on which
    /// something has been due for longest first.
    ///
    /// # Errors
    /// See [`Archive`].
    fn list_sweep_failures(
        &self,
        office_id: Option<Uuid>,
        limit: u32,
    ) -> Answer<Vec<(SweepFailureRecord, bool)>>;

    /// How far behind the sweep is in an office, or in all.
    ///
    /// # Errors
    /// See [`Archive`].
    fn sweep_lag(&self, office_id: Option<Uuid>, now: DateTime<Utc>) -> Answer<Lag>;

    /// The time of the database's server, which all replicas share; none where there is no server.
    ///
    /// # Errors
    /// See [`Archive`].
    fn server_time(&self) -> Answer<Option<DateTime<Utc>>>;

    // The keys

    /// Wraps some of the cases' keys that an older master key wraps by the one in use, and answers whether more wait.
    /// Any replica may, at any time: commands do not wait for it, and what it has done stays done.
    ///
    /// # Errors
    /// See [`Archive`]; [`StoreError::KeyMissing`] where a key is wrapped by a master key that is not at hand.
    fn tend_keys(&self) -> Answer<bool>;

    /// How many keys each master key wraps: one that is left with none may be forgotten.
    ///
    /// # Errors
    /// See [`Archive`].
    fn keys_under(&self) -> Answer<Vec<KeysUnder>>;

    // Case numbers

    /// Reserves the next `count` case numbers of the office's year, from 1. What is reserved is never given out again,
    /// used or not.
    ///
    /// # Errors
    /// See [`Archive`].
    fn reserve_case_numbers(&self, office_id: Uuid, year: i32, count: u32) -> Answer<Range<i64>>;
}

/// A password to be set.
#[derive(Clone)]
pub struct NewPassword {
    /// Its hash.
    pub hash: String,
    /// Whether its owner must choose another one before anything else.
    pub must_change: bool,
    /// The keyed hash of the user name, under which the tries are forgotten; absent: none are.
    pub name_hash: Option<Vec<u8>>,
}

//! The archive as the outside sees it: each call lent a connection and taken to its room.

use std::ops::Range;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use domain::rulebook::Checked;
use uuid::Uuid;

use super::{
    Store, TIME, calendar, case_number, checkpoint, law, office, remembered_answer, rulebook_version, search,
    session, staff, sweep, unit, vault, window,
};
use crate::archive::{Answer, Archive, NewPassword};
use crate::calendar::CalendarRecord;
use crate::case::Place;
use crate::checkpoint::{CheckpointKey, CheckpointKeyRecord, CheckpointRecord, Round};
use crate::law::Law;
use crate::measure::{Measures, PoolState};
use crate::office::{NewOffice, OfficeChange, OfficeRecord};
use crate::remembered_answer::RememberedAnswer;
use crate::rulebook_version::{
    ActivationRecord, NewActivation, NewRulebookVersion, RulebookVersionChange, RulebookVersionRecord,
};
use crate::session::{CallerRecord, NewSession, NextSession, Refresh, SessionRecord};
use crate::sql_types::Instant;
use crate::staff::{DirectoryRecord, LogInRecord, NewStaffMember, StaffChange, StaffFilter, StaffRecord};
use crate::sweep::{Lag, SweepFailureRecord, SweepRecord, Swept};
use crate::unit::{NewUnit, UnitChange, UnitRecord};
use crate::vault::KeysUnder;
use crate::window::{NewWindow, WindowChange, WindowRecord};

impl Archive for Store {
    fn health(&self) -> Answer<()> {
        self.read_unless_busy("offices", |c| {
            diesel::select(diesel::dsl::sql::<diesel::sql_types::Integer>("1")).execute(c)?;
            Ok(())
        })
    }

    fn measures(&self) -> &Measures {
        &self.measures
    }

    fn pools(&self) -> Vec<PoolState> {
        Self::pools(self)
    }

    fn find_remembered_answer(
        &self,
        office_id: Uuid,
        caller: &str,
        operation: &str,
        key: &str,
    ) -> Answer<Option<RememberedAnswer>> {
        self.read("remembered_answers", |c| {
            remembered_answer::find(c, office_id, caller, operation, key)
        })
    }

    fn create_office(
        &self,
        office: &NewOffice,
        administrator: &NewStaffMember,
        answer: Option<&RememberedAnswer>,
    ) -> Answer<OfficeRecord> {
        self.write("offices", |c| {
            remembered_answer::keep(c, answer)?;
            office::create(c, office, administrator)
        })
    }

    fn find_office(&self, office_id: Uuid) -> Answer<Option<OfficeRecord>> {
        self.read("offices", |c| office::find(c, office_id))
    }

    fn find_office_by_code(&self, code: &str) -> Answer<Option<OfficeRecord>> {
        self.read("offices", |c| office::find_by_code(c, code))
    }

    fn list_offices(&self, after: Option<&str>, limit: u32) -> Answer<Vec<OfficeRecord>> {
        self.read("offices", |c| office::list(c, after, limit))
    }

    fn update_office(&self, office_id: Uuid, version: i64, change: &OfficeChange) -> Answer<OfficeRecord> {
        self.write("offices", |c| office::update(c, office_id, version, change))
    }

    fn find_directory(&self, office_id: Uuid) -> Answer<Option<DirectoryRecord>> {
        self.read("offices", |c| office::directory(c, office_id))
    }

    fn create_unit(&self, unit: &NewUnit, answer: Option<&RememberedAnswer>) -> Answer<UnitRecord> {
        self.write("units", |c| {
            remembered_answer::keep(c, answer)?;
            unit::create(c, unit)
        })
    }

    fn find_unit(&self, office_id: Uuid, unit_id: Uuid) -> Answer<Option<UnitRecord>> {
        self.read("units", |c| unit::find(c, office_id, unit_id))
    }

    fn list_units(&self, office_id: Uuid, after: Option<&str>, limit: u32) -> Answer<Vec<UnitRecord>> {
        self.read("units", |c| unit::list(c, office_id, after, limit))
    }

    fn update_unit(
        &self,
        office_id: Uuid,
        unit_id: Uuid,
        version: i64,
        change: &UnitChange,
        answer: Option<&RememberedAnswer>,
    ) -> Answer<UnitRecord> {
        self.write("units", |c| {
            remembered_answer::keep(c, answer)?;
            unit::update(c, office_id, unit_id, version, change)
        })
    }

    fn appoint_accountable_officer(
        &self,
        office_id: Uuid,
        unit_id: Uuid,
        version: i64,
        staff_id: Uuid,
    ) -> Answer<UnitRecord> {
        self.write("units", |c| {
            unit::set_accountable_officer(c, office_id, unit_id, version, Some(staff_id))
        })
    }

    fn lift_accountable_officer(&self, office_id: Uuid, unit_id: Uuid, version: i64) -> Answer<UnitRecord> {
        self.write("units", |c| {
            unit::set_accountable_officer(c, office_id, unit_id, version, None)
        })
    }

    fn create_window(&self, window: &NewWindow, answer: Option<&RememberedAnswer>) -> Answer<WindowRecord> {
        self.write("windows", |c| {
            remembered_answer::keep(c, answer)?;
            window::create(c, window)
        })
    }

    fn find_window(&self, office_id: Uuid, window_id: Uuid) -> Answer<Option<WindowRecord>> {
        self.read("windows", |c| window::find(c, office_id, window_id))
    }

    fn list_windows(&self, office_id: Uuid, after: Option<&str>, limit: u32) -> Answer<Vec<WindowRecord>> {
        self.read("windows", |c| window::list(c, office_id, after, limit))
    }

    fn update_window(
        &self,
        office_id: Uuid,
        window_id: Uuid,
        version: i64,
        change: &WindowChange,
    ) -> Answer<WindowRecord> {
        self.write("windows", |c| {
            window::update(c, office_id, window_id, version, change)
        })
    }

    fn create_staff_member(
        &self,
        staff_member: &NewStaffMember,
        answer: Option<&RememberedAnswer>,
    ) -> Answer<StaffRecord> {
        self.write("staff", |c| {
            remembered_answer::keep(c, answer)?;
            staff::create(c, staff_member)
        })
    }

    fn find_staff_member(&self, office_id: Uuid, staff_id: Uuid) -> Answer<Option<StaffRecord>> {
        self.read("staff", |c| staff::find(c, office_id, staff_id))
    }

    fn list_staff(
        &self,
        office_id: Uuid,
        filter: &StaffFilter,
        after: Option<(&str, Uuid)>,
        limit: u32,
    ) -> Answer<Vec<StaffRecord>> {
        self.read("staff", |c| staff::list(c, office_id, filter, after, limit))
    }

    fn update_staff_member(
        &self,
        office_id: Uuid,
        staff_id: Uuid,
        version: i64,
        change: &StaffChange,
        answer: Option<&RememberedAnswer>,
    ) -> Answer<StaffRecord> {
        self.write("staff", |c| {
            remembered_answer::keep(c, answer)?;
            staff::update(c, office_id, staff_id, version, change)
        })
    }

    fn set_password(
        &self,
        office_id: Uuid,
        staff_id: Uuid,
        password: &NewPassword,
        at: DateTime<Utc>,
        answer: Option<&RememberedAnswer>,
    ) -> Answer<StaffRecord> {
        self.write("staff", |c| {
            remembered_answer::keep(c, answer)?;
            staff::set_password(c, office_id, staff_id, password, at)
        })
    }

    fn find_log_in(&self, user_name: &str) -> Answer<Option<LogInRecord>> {
        self.read("staff", |c| staff::find_log_in(c, user_name))
    }

    fn open_session(&self, session: &NewSession, name_hash: Option<&[u8]>) -> Answer<SessionRecord> {
        self.write("sessions", |c| session::open(c, session, name_hash))
    }

    fn refresh_session(&self, refresh_hash: &[u8], next: &NextSession) -> Answer<Refresh> {
        self.write("sessions", |c| session::refresh(c, refresh_hash, next))
    }

    fn end_session_family(&self, family_id: Uuid, at: DateTime<Utc>) -> Answer<()> {
        self.write("sessions", |c| session::end_family(c, family_id, at))
    }

    fn find_callers(&self, session_ids: &[Uuid]) -> Answer<Vec<(CallerRecord, Option<Arc<Law>>)>> {
        self.read("sessions", |c| {
            session::find_callers(c, session_ids)?
                .into_iter()
                .map(|(record, calendar)| {
                    let directory = record.office.directory_version;
                    let law = law::standing(c, &self.laws, (record.session.office_id, directory, calendar))?;
                    Ok((record, law))
                })
                .collect()
        })
    }

    fn forget_sessions(&self, before: DateTime<Utc>) -> Answer<usize> {
        self.write("sessions", |c| session::forget(c, before))
    }

    fn keep_calendar(&self, calendar: &CalendarRecord) -> Answer<CalendarRecord> {
        self.write("calendars", |c| calendar::keep(c, calendar))
    }

    fn find_calendar(&self, code: &str, version: i64) -> Answer<Option<CalendarRecord>> {
        self.read("calendars", |c| calendar::find(c, code, version))
    }

    fn find_newest_calendar(&self, code: &str) -> Answer<Option<CalendarRecord>> {
        self.read("calendars", |c| calendar::find_newest(c, code))
    }

    fn create_rulebook_version(
        &self,
        version: &NewRulebookVersion,
        answer: Option<&RememberedAnswer>,
    ) -> Answer<RulebookVersionRecord> {
        self.write("rulebook_versions", |c| {
            remembered_answer::keep(c, answer)?;
            rulebook_version::create(c, version)
        })
    }

    fn find_rulebook_version(
        &self,
        office_id: Option<Uuid>,
        code: &str,
        version: &str,
    ) -> Answer<Option<RulebookVersionRecord>> {
        self.read("rulebook_versions", |c| {
            rulebook_version::find(c, office_id, code, version)
        })
    }

    fn list_rulebook_versions(
        &self,
        office_id: Option<Uuid>,
        code: &str,
        after: Option<(DateTime<Utc>, &str)>,
        limit: u32,
    ) -> Answer<Vec<RulebookVersionRecord>> {
        self.read("rulebook_versions", |c| {
            rulebook_version::list(c, office_id, code, after, limit)
        })
    }

    fn change_rulebook_version(
        &self,
        office_id: Uuid,
        code: &str,
        version: &str,
        revision: i64,
        change: &RulebookVersionChange,
        answer: Option<&RememberedAnswer>,
    ) -> Answer<RulebookVersionRecord> {
        self.write("rulebook_versions", |c| {
            remembered_answer::keep(c, answer)?;
            rulebook_version::change(c, office_id, (code, version), revision, change)
        })
    }

    fn find_rulebook(&self, code: &str, version: &str) -> Answer<Option<Arc<Checked>>> {
        // What is known costs no connection.
        if let Some(known) = self.laws.rulebooks.known(code, version) {
            return Ok(Some(known));
        }
        self.read("rulebook_versions", |c| {
            rulebook_version::checked(c, &self.laws, code, version)
        })
    }

    fn activate_rulebook(
        &self,
        activation: &NewActivation,
        now: DateTime<Utc>,
        answer: Option<&RememberedAnswer>,
    ) -> Answer<ActivationRecord> {
        self.write("rulebook_activations", |c| {
            remembered_answer::keep(c, answer)?;
            rulebook_version::activate(c, activation, now)
        })
    }

    fn begin_rulebooks(&self, now: DateTime<Utc>) -> Answer<usize> {
        // A look takes no turn from those who write.
        if !self.read("rulebook_activations", |c| rulebook_version::any_due(c, now))? {
            return Ok(0);
        }
        self.write("rulebook_activations", |c| rulebook_version::begin_due(c, now))
    }

    fn list_activations(&self, office_id: Uuid) -> Answer<Vec<ActivationRecord>> {
        self.read("rulebook_activations", |c| {
            rulebook_version::activations(c, office_id)
        })
    }

    fn make_checkpoints(
        &self,
        key: &CheckpointKey,
        now: DateTime<Utc>,
        interval: TimeDelta,
    ) -> Answer<Round> {
        self.write("checkpoints", |c| checkpoint::make(c, key, now, interval))
    }

    fn list_checkpoints(
        &self,
        office_id: Uuid,
        before: Option<i64>,
        limit: u32,
    ) -> Answer<Vec<CheckpointRecord>> {
        self.read("checkpoints", |c| checkpoint::list(c, office_id, before, limit))
    }

    fn list_checkpoints_after(
        &self,
        office_id: Uuid,
        after: i64,
        limit: u32,
    ) -> Answer<Vec<CheckpointRecord>> {
        self.read("checkpoints", |c| {
            checkpoint::following(c, office_id, after, limit)
        })
    }

    fn find_checkpoint(&self, office_id: Uuid, number: i64) -> Answer<Option<CheckpointRecord>> {
        self.read("checkpoints", |c| checkpoint::find(c, office_id, number))
    }

    fn list_checkpoint_keys(&self) -> Answer<Vec<CheckpointKeyRecord>> {
        self.read("checkpoint_keys", checkpoint::keys)
    }

    fn find_anchor(&self, office_id: Uuid, case_id: Uuid, sequence: i64) -> Answer<Option<CheckpointRecord>> {
        self.read("checkpoint_entries", |c| {
            checkpoint::anchoring(c, office_id, case_id, sequence)
        })
    }

    fn tend_search(&self) -> Answer<bool> {
        search::tend(self)
    }

    fn sweep(&self, now: DateTime<Utc>, most: u32) -> Answer<Swept> {
        self.sweeper.sweep(now, most)
    }

    fn record_sweep(&self, runs: &[SweepRecord]) -> Answer<()> {
        self.write("sweeps", |c| sweep::record(c, runs))
    }

    fn list_sweeps(
        &self,
        office_id: Option<Uuid>,
        after: Option<&Place>,
        limit: u32,
    ) -> Answer<Vec<SweepRecord>> {
        self.read("sweeps", |c| sweep::list(c, office_id, after, limit))
    }

    fn list_sweep_failures(
        &self,
        office_id: Option<Uuid>,
        limit: u32,
    ) -> Answer<Vec<(SweepFailureRecord, bool)>> {
        self.read("sweeps", |c| sweep::failures(c, office_id, limit))
    }

    fn sweep_lag(&self, office_id: Option<Uuid>, now: DateTime<Utc>) -> Answer<Lag> {
        self.read("sweeps", |c| sweep::lag(c, office_id, now))
    }

    fn server_time(&self) -> Answer<Option<DateTime<Utc>>> {
        let Some(time) = TIME else {
            return Ok(None);
        };
        self.read("sweeps", |c| {
            let told = diesel::select(diesel::dsl::sql::<Instant>(time));
            Ok(Some(told.get_result(c)?))
        })
    }

    fn tend_keys(&self) -> Answer<bool> {
        vault::tend(self)
    }

    fn keys_under(&self) -> Answer<Vec<KeysUnder>> {
        self.read("case_keys", |c| vault::keys_under(c, &self.vault))
    }

    fn reserve_case_numbers(&self, office_id: Uuid, year: i32, count: u32) -> Answer<Range<i64>> {
        self.write("case_numbers", |c| {
            case_number::reserve(c, office_id, year, count)
        })
    }
}

//! Staff, their passwords and their log-ins.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::keyset::after;
use super::{Connection, duty, guard, office, session, unit};
use crate::archive::NewPassword;
use crate::schema::{offices, staff};
use crate::sql_types::Bind;
use crate::staff::{LogInRecord, NewStaffMember, StaffChange, StaffFilter, StaffRecord};
use crate::store_error::taken;
use crate::{Answer, Conflict, StoreError, Thing};

pub(super) fn create(connection: &mut Connection, staff_member: &NewStaffMember) -> Answer<StaffRecord> {
    office::raise_directory(connection, staff_member.office_id)?;
    insert(connection, staff_member)
}

/// Enters somebody, without raising the directory's version: for the one who comes with a new office.
pub(super) fn insert(connection: &mut Connection, staff_member: &NewStaffMember) -> Answer<StaffRecord> {
    if find(connection, staff_member.office_id, staff_member.id)?.is_some() {
        return Err(StoreError::Conflict(Conflict::Id));
    }
    unit::require(connection, staff_member.office_id, staff_member.unit_id)?;
    diesel::insert_into(staff::table)
        .values((
            staff_member.clone(),
            staff::active.eq(true),
            // Counted elsewhere since `log_in_guards`, whether or not anybody has the name.
            staff::failed_attempts.eq(0),
            staff::version.eq(1),
        ))
        .returning(StaffRecord::as_returning())
        .get_result(connection)
        .map_err(|error| taken(error, Conflict::UserName))
}

pub(super) fn find(
    connection: &mut Connection,
    office_id: Uuid,
    staff_id: Uuid,
) -> Answer<Option<StaffRecord>> {
    Ok(staff::table
        .find((Bind(office_id), Bind(staff_id)))
        .select(StaffRecord::as_select())
        .first(connection)
        .optional()?)
}

/// Refuses a reference to somebody whom the office does not have.
pub(super) fn require(connection: &mut Connection, office_id: Uuid, staff_id: Option<Uuid>) -> Answer<()> {
    match staff_id {
        Some(staff_id) if find(connection, office_id, staff_id)?.is_none() => {
            Err(StoreError::Missing(Thing::StaffMember))
        }
        Some(_) | None => Ok(()),
    }
}

/// Refuses a reference to somebody whom the office does not have, or who has left.
pub(super) fn require_active(
    connection: &mut Connection,
    office_id: Uuid,
    staff_id: Option<Uuid>,
) -> Answer<()> {
    match staff_id {
        Some(staff_id) => match find(connection, office_id, staff_id)? {
            Some(member) if member.active => Ok(()),
            Some(_) | None => Err(StoreError::Missing(Thing::StaffMember)),
        },
        None => Ok(()),
    }
}

/// No name is empty, so that the first page, too, begins after something.
pub(super) fn list(
    connection: &mut Connection,
    office_id: Uuid,
    filter: &StaffFilter,
    start: Option<(&str, Uuid)>,
    limit: u32,
) -> Answer<Vec<StaffRecord>> {
    let (start_name, start_id) = start.unwrap_or(("", Uuid::nil()));
    let mut query = staff::table
        .filter(staff::office_id.eq(Bind(office_id)))
        .filter(after((staff::name, staff::id), (start_name, Bind(start_id))))
        .order((staff::name, staff::id))
        .limit(limit.into())
        .select(StaffRecord::as_select())
        .into_boxed();
    if let Some(unit_id) = filter.unit_id {
        query = query.filter(staff::unit_id.eq(Bind(unit_id)));
    }
    if let Some(position) = &filter.position {
        query = query.filter(staff::positions.like(holding(position)).escape('!'));
    }
    if let Some(active) = filter.active {
        query = query.filter(staff::active.eq(active));
    }
    Ok(query.load(connection)?)
}

/// The pattern of a JSON array that names the position. Positions are lower-case words, so that it does not matter
/// that SQLite compares without regard to case; their underscores must not stand for any character.
fn holding(position: &str) -> String {
    let mut pattern = String::with_capacity(position.len() + 8);
    pattern.push_str("%\"");
    for letter in position.chars() {
        if matches!(letter, '_' | '%' | '!') {
            pattern.push('!');
        }
        pattern.push(letter);
    }
    pattern.push_str("\"%");
    pattern
}

/// Everybody of an office, by name.
pub(super) fn all(connection: &mut Connection, office_id: Uuid) -> Answer<Vec<StaffRecord>> {
    Ok(staff::table
        .filter(staff::office_id.eq(Bind(office_id)))
        .order((staff::name, staff::id))
        .select(StaffRecord::as_select())
        .load(connection)?)
}

pub(super) fn update(
    connection: &mut Connection,
    office_id: Uuid,
    staff_id: Uuid,
    version: i64,
    change: &StaffChange,
) -> Answer<StaffRecord> {
    office::raise_directory(connection, office_id)?;
    let before = find(connection, office_id, staff_id)?.ok_or(StoreError::Missing(Thing::StaffMember))?;
    if before.version != version {
        return Err(StoreError::Stale {
            current: before.version,
        });
    }
    unit::require(connection, office_id, change.unit_id)?;
    let administered = before.administrator && before.active;
    let administers = change.administrator && change.active;
    if administered && !administers && !anybody_else_administers(connection, office_id, staff_id)? {
        return Err(StoreError::Conflict(Conflict::LastAdministrator));
    }
    if before.active && !change.active && before.operator && hold_operators(connection)? == 1 {
        return Err(StoreError::Conflict(Conflict::LastAdministrator));
    }
    if before.active && !change.active && duty::any_open_of_staff(connection, office_id, staff_id)? {
        return Err(StoreError::Conflict(Conflict::DutiesRemain));
    }
    Ok(
        diesel::update(staff::table.find((Bind(office_id), Bind(staff_id))))
            .set((change.clone(), staff::version.eq(version + 1)))
            .returning(StaffRecord::as_returning())
            .get_result(connection)?,
    )
}

fn anybody_else_administers(connection: &mut Connection, office_id: Uuid, staff_id: Uuid) -> Answer<bool> {
    let others = staff::table
        .filter(staff::office_id.eq(Bind(office_id)))
        .filter(staff::id.ne(Bind(staff_id)))
        .filter(staff::administrator.eq(true))
        .filter(staff::active.eq(true));
    Ok(diesel::select(diesel::dsl::exists(others)).get_result(connection)?)
}

/// How many active operators the installation has. Until the commit nobody else changes them: of two operators of
/// different offices who leave at once, the second is counted when the first has gone.
fn hold_operators(connection: &mut Connection) -> Answer<usize> {
    let operators = staff::table
        .filter(staff::operator.eq(true))
        .filter(staff::active.eq(true));
    Ok(diesel::update(operators)
        .set(staff::operator.eq(true))
        .execute(connection)?)
}

pub(super) fn set_password(
    connection: &mut Connection,
    office_id: Uuid,
    staff_id: Uuid,
    password: &NewPassword,
    at: DateTime<Utc>,
) -> Answer<StaffRecord> {
    let kept = diesel::update(staff::table.find((Bind(office_id), Bind(staff_id))))
        .set((
            staff::password_hash.eq(&password.hash),
            staff::password_must_change.eq(password.must_change),
        ))
        .returning(StaffRecord::as_returning())
        .get_result(connection)
        .optional()?
        .ok_or(StoreError::Missing(Thing::StaffMember))?;
    if let Some(name_hash) = &password.name_hash {
        guard::forget(connection, name_hash)?;
    }
    session::end_all_of(connection, office_id, staff_id, at)?;
    Ok(kept)
}

pub(super) fn find_log_in(connection: &mut Connection, user_name: &str) -> Answer<Option<LogInRecord>> {
    Ok(staff::table
        .inner_join(offices::table.on(offices::id.eq(staff::office_id)))
        .filter(staff::user_name.eq(user_name))
        .select(LogInRecord::as_select())
        .first(connection)
        .optional()?)
}

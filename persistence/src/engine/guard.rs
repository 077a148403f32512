//! Tries to guess a secret, by the keyed hash of the name that was given.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use super::{Connection, staff};
use crate::Answer;
use crate::guard::{Admission, GuardRecord, LockRule};
use crate::schema::log_in_guards;
use crate::sql_types::Bind;

/// Counts a try under the name, unless it is locked.
pub(super) fn admit(
    connection: &mut Connection,
    name_hash: &[u8],
    user_name: &str,
    rule: LockRule,
    now: DateTime<Utc>,
) -> Answer<Admission> {
    let (before, locked_until) = match counted(connection, name_hash, rule, now)? {
        Ok(locked_until) => (staff::find_log_in(connection, user_name)?, locked_until),
        Err(until) => return Ok(Admission::Locked(until)),
    };
    Ok(Admission::Admitted {
        record: before.map(Box::new),
        locked_until,
    })
}

/// Until when the name is locked from this try on; as an error, until when it had been locked before.
fn counted(
    connection: &mut Connection,
    name_hash: &[u8],
    rule: LockRule,
    now: DateTime<Utc>,
) -> Answer<Result<Option<DateTime<Utc>>, DateTime<Utc>>> {
    // The row stays locked from here, so that tries side by side are counted one after the other.
    let kept: GuardRecord = diesel::insert_into(log_in_guards::table)
        .values((
            log_in_guards::name_hash.eq(name_hash),
            log_in_guards::tries.eq(1),
            log_in_guards::tried_at.eq(Bind(now)),
        ))
        .on_conflict(log_in_guards::name_hash)
        .do_update()
        .set(log_in_guards::tries.eq(log_in_guards::tries + 1))
        .returning(GuardRecord::as_returning())
        .get_result(connection)?;
    let row = log_in_guards::table.find(name_hash);
    if let Some(until) = kept.locked_until.filter(|until| *until > now) {
        // A try that was not made does not count.
        diesel::update(row)
            .set(log_in_guards::tries.eq(kept.tries - 1))
            .execute(connection)?;
        return Ok(Err(until));
    }
    let forgotten = kept.tried_at + rule.remembered < now;
    let tries = if forgotten { 1 } else { kept.tries };
    let locked_until = rule.lasting(tries).map(|lasting| now + lasting);
    diesel::update(row)
        .set((
            log_in_guards::tries.eq(tries),
            log_in_guards::tried_at.eq(Bind(now)),
            log_in_guards::locked_until.eq(Bind(locked_until)),
        ))
        .execute(connection)?;
    Ok(Ok(locked_until))
}

/// Forgets the tries under a name: one of them was right, or an administrator set another secret.
pub(super) fn forget(connection: &mut Connection, name_hash: &[u8]) -> Answer<()> {
    diesel::delete(log_in_guards::table.find(name_hash)).execute(connection)?;
    Ok(())
}

/// Forgets all names under which the last try was before `before`; answers how many.
pub(super) fn forget_old(connection: &mut Connection, before: DateTime<Utc>) -> Answer<usize> {
    let old = log_in_guards::table.filter(log_in_guards::tried_at.lt(Bind(before)));
    Ok(diesel::delete(old).execute(connection)?)
}

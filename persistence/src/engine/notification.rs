//! Notifications: somebody's own, on cases that he may see now.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::ids::{CaseId, DutyId, OfficeId, StaffId};
use domain::notification::NotificationKind;
use uuid::Uuid;

use super::case::corrupt;
use super::case_filter::ids;
use super::count::count_by;
use super::fragment::fragment;
use super::keyset::after;
use super::sight::Seen;
use super::{Backend, Connection, Store, remembered_answer};
use crate::archive::Answer;
use crate::notification::{Addressee, Looked, NotificationItem, Notifications, Reading};
use crate::remembered_answer::RememberedAnswer;
use crate::schema::{cases, notifications};
use crate::sql_types::Bind;

fragment!(
    /// The kind, as what is counted is called.
    Kind: diesel::sql_types::Nullable<diesel::sql_types::Text>,
    "notifications.kind AS grouped"
);

/// A row, with what its case is called and lives under.
type Kept = (
    Uuid,
    String,
    Uuid,
    Option<String>,
    String,
    String,
    i64,
    Option<String>,
    Option<Uuid>,
    DateTime<Utc>,
    Option<DateTime<Utc>>,
);

type Boxed<'a> = notifications::BoxedQuery<'a, Backend>;

/// Somebody's, on cases that he may see.
fn of<'a>(to: &Addressee) -> Boxed<'a> {
    notifications::table
        .filter(notifications::office_id.eq(Bind(to.office.0)))
        .filter(notifications::staff_id.eq(Bind(to.staff.0)))
        .filter(Seen::on(
            "notifications.office_id",
            "notifications.case_id",
            &to.keys,
        ))
        .into_boxed()
}

impl Notifications for Store {
    fn list_notifications(
        &self,
        to: &Addressee,
        unread: Option<bool>,
        after: Option<Uuid>,
        limit: u32,
    ) -> Answer<Vec<NotificationItem>> {
        self.read("notifications", |c| {
            let of_case = cases::office_id
                .eq(notifications::office_id)
                .and(cases::id.eq(notifications::case_id));
            let mut query = notifications::table
                .inner_join(cases::table.on(of_case))
                .filter(notifications::office_id.eq(Bind(to.office.0)))
                .filter(notifications::staff_id.eq(Bind(to.staff.0)))
                .filter(Seen::on(
                    "notifications.office_id",
                    "notifications.case_id",
                    &to.keys,
                ))
                .into_boxed();
            query = match unread {
                Some(true) => query.filter(notifications::read_at.is_null()),
                Some(false) => query.filter(notifications::read_at.is_not_null()),
                None => query,
            };
            if let Some(after) = after {
                query = query.filter(notifications::id.lt(Bind(after)));
            }
            let found: Vec<Kept> = query
                .order(notifications::id.desc())
                .limit(limit.into())
                .select((
                    notifications::id,
                    notifications::kind,
                    notifications::case_id,
                    cases::case_no,
                    cases::rulebook_code,
                    cases::rulebook_version,
                    notifications::sequence,
                    notifications::clause,
                    notifications::duty_id,
                    notifications::told_at,
                    notifications::read_at,
                ))
                .load(c)?;
            found.into_iter().map(item).collect()
        })
    }

    fn count_unread_notifications(&self, to: &Addressee, cap: u32) -> Answer<Vec<(NotificationKind, u32)>> {
        self.read("notifications", |c| {
            let unread = of(to)
                .filter(notifications::read_at.is_null())
                .order(notifications::id.desc())
                .limit(cap.into())
                .select(Kind);
            count_by(c, unread)?
                .into_iter()
                .map(|(kind, counted)| Ok((kind_of(to.staff.0, &kind.unwrap_or_default())?, counted)))
                .collect()
        })
    }

    fn mark_notifications_read(
        &self,
        to: &Addressee,
        reading: &Reading,
        at: DateTime<Utc>,
        answer: Option<&RememberedAnswer>,
    ) -> Answer<()> {
        self.write("notifications", |c| {
            remembered_answer::keep(c, answer)?;
            let unread = notifications::table
                .filter(notifications::office_id.eq(Bind(to.office.0)))
                .filter(notifications::staff_id.eq(Bind(to.staff.0)))
                .filter(notifications::read_at.is_null());
            let read = notifications::read_at.eq(Bind(at));
            match reading {
                Reading::Named(named) => {
                    let named = ids(named, |id| *id);
                    diesel::update(unread.filter(notifications::id.eq_any(named)))
                        .set(read)
                        .execute(c)?
                }
                Reading::UpTo(last) => diesel::update(unread.filter(notifications::id.le(Bind(*last))))
                    .set(read)
                    .execute(c)?,
            };
            Ok(())
        })
    }

    fn prune_notifications(
        &self,
        read_before: DateTime<Utc>,
        behind: Option<Looked>,
    ) -> Answer<(usize, Option<Looked>)> {
        let looked = self.read("notifications", |c| look_behind(c, read_before, behind))?;
        let Some((end, old)) = looked else {
            return Ok((0, None));
        };
        if old.is_empty() {
            return Ok((0, Some(end)));
        }
        let pruned = self.write("notifications", |c| {
            let of_person = notifications::table
                .filter(notifications::office_id.eq(Bind(end.office.0)))
                .filter(notifications::staff_id.eq(Bind(end.staff.0)));
            let old = ids(&old, |id| *id);
            Ok(diesel::delete(of_person.filter(notifications::id.eq_any(old))).execute(c)?)
        })?;
        Ok((pruned, Some(end)))
    }
}

/// How many of one person's notifications are looked at together.
const LOOKED_AT: usize = 200;

/// The next notifications, of one person: up to where they were looked at, and those that were read long ago. They stand
/// in the order of time, so that the first that is young enough ends them.
fn look_behind(
    c: &mut Connection,
    read_before: DateTime<Utc>,
    behind: Option<Looked>,
) -> Answer<Option<(Looked, Vec<Uuid>)>> {
    let (person, last) = match behind {
        Some(Looked {
            office,
            staff,
            last: Some(last),
        }) => (Some((office.0, staff.0)), last),
        Some(Looked {
            office,
            staff,
            last: None,
        }) => (next_person(c, (office.0, staff.0))?, Uuid::nil()),
        None => (next_person(c, (Uuid::nil(), Uuid::nil()))?, Uuid::nil()),
    };
    let Some((office, staff)) = person else {
        return Ok(None);
    };
    let found: Vec<(Uuid, DateTime<Utc>, Option<DateTime<Utc>>)> = notifications::table
        .filter(notifications::office_id.eq(Bind(office)))
        .filter(notifications::staff_id.eq(Bind(staff)))
        .filter(notifications::id.gt(Bind(last)))
        .order(notifications::id)
        .limit(i64::try_from(LOOKED_AT).unwrap_or(i64::MAX))
        .select((notifications::id, notifications::told_at, notifications::read_at))
        .load(c)?;
    let whole = found.len() == LOOKED_AT;
    let aged: Vec<_> = found
        .iter()
        .take_while(|(_, told_at, _)| *told_at < read_before)
        .collect();
    let goes_on = whole && aged.len() == found.len();
    let end = Looked {
        office: OfficeId(office),
        staff: StaffId(staff),
        last: aged.last().filter(|_| goes_on).map(|(id, ..)| *id),
    };
    let old = aged
        .into_iter()
        .filter(|(.., read_at)| read_at.is_some_and(|read_at| read_at < read_before))
        .map(|(id, ..)| *id)
        .collect();
    Ok(Some((end, old)))
}

/// Who is told something, next after this one.
fn next_person(c: &mut Connection, (office, staff): (Uuid, Uuid)) -> Answer<Option<(Uuid, Uuid)>> {
    Ok(notifications::table
        .filter(after(
            (notifications::office_id, notifications::staff_id),
            (Bind(office), Bind(staff)),
        ))
        .order((notifications::office_id, notifications::staff_id))
        .select((notifications::office_id, notifications::staff_id))
        .first(c)
        .optional()?)
}

fn item(kept: Kept) -> Answer<NotificationItem> {
    let (id, kind, case, case_no, code, version, sequence, clause, duty, told_at, read_at) = kept;
    let clause = clause.map(|clause| clause.parse()).transpose();
    Ok(NotificationItem {
        id,
        kind: kind_of(id, &kind)?,
        case: CaseId(case),
        case_no,
        rulebook: (code, version),
        sequence: sequence.unsigned_abs(),
        clause: clause.map_err(|error| corrupt("notifications", id, &error))?,
        duty: duty.map(DutyId),
        told_at,
        read_at,
    })
}

fn kind_of(id: Uuid, word: &str) -> Answer<NotificationKind> {
    word.parse().map_err(|error| corrupt("notifications", id, &error))
}

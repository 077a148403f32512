//! Imports of calendars: what they would renew, what they renew, and how far they have come.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use domain::authority::SightKey;
use domain::calendar::{Calendar, CalendarFault, Change, Layer};
use domain::ids::{CaseId, OfficeId};
use uuid::Uuid;

use super::case::corrupt;
use super::duty::Open;
use super::fragment::fragment;
use super::keyset::{after as beyond, before as earlier};
use super::sight::Seen;
use super::{Connection, PRESENT, batch, calendar, office};
use crate::calendar::{CalendarRecord, own_code};
use crate::calendar_import::{
    Contradiction, ImportRecord, ImportState, MoveRecord, NewImport, OpenDuty, Progress, Recounting, Renewal,
    basis,
};
use crate::schema::{calendar_import_moves, calendar_imports, calendars, duties, offices};
use crate::sql_types::{Bind, Instant};
use crate::write_path::office_hash;
use crate::{Answer, Conflict, StoreError, Thing};

fragment!(
    /// The database's own time, the same for all replicas.
    Present: Instant,
    PRESENT
);
fragment!(
    /// The condition of the partial index.
    UnderWay: diesel::sql_types::Bool,
    "calendar_imports.state IN ('trying', 'applying')"
);

pub(super) fn create(
    connection: &mut Connection,
    import: &NewImport,
) -> Answer<Result<ImportRecord, Contradiction>> {
    refuse_beside_others(connection, None, &import.calendar_code, import.office_id)?;
    let target = (import.calendar_code.as_str(), import.office_id);
    let renewals = match renewals(connection, target, &import.change, import.created_at)? {
        Ok(renewals) => renewals,
        Err(contradiction) => return Ok(Err(contradiction)),
    };
    let change = serde_json::to_string(&import.change).map_err(|error| StoreError::Failed(error.into()))?;
    diesel::insert_into(calendar_imports::table)
        .values((
            calendar_imports::id.eq(Bind(import.id)),
            calendar_imports::office_id.eq(Bind(import.office_id)),
            calendar_imports::requested_by_id.eq(Bind(import.requested_by_id)),
            calendar_imports::calendar_code.eq(&import.calendar_code),
            calendar_imports::change.eq(change),
            calendar_imports::basis.eq(basis(&renewals)),
            calendar_imports::state.eq(ImportState::Trying.as_str()),
            calendar_imports::version.eq(1),
            calendar_imports::since.eq(Bind(import.created_at)),
            calendar_imports::checked.eq(0),
            calendar_imports::moved.eq(0),
            calendar_imports::failed.eq(0),
            calendar_imports::created_at.eq(Bind(import.created_at)),
        ))
        .returning(ImportRecord::as_returning())
        .get_result(connection)
        .map(Ok)
        .map_err(StoreError::from)
}

/// What would contradict itself if the import were applied, if anything would.
pub(super) fn contradiction_of(
    connection: &mut Connection,
    import: &NewImport,
) -> Answer<Option<Contradiction>> {
    let target = (import.calendar_code.as_str(), import.office_id);
    Ok(renewals(connection, target, &import.change, import.created_at)?.err())
}

pub(super) fn find(connection: &mut Connection, import_id: Uuid) -> Answer<Option<ImportRecord>> {
    Ok(calendar_imports::table
        .find(Bind(import_id))
        .select(ImportRecord::as_select())
        .first(connection)
        .optional()?)
}

/// The imports into a calendar: a few dozen in all its life, so that they need no index of their own.
pub(super) fn list(
    connection: &mut Connection,
    calendar_code: &str,
    before: Option<(DateTime<Utc>, Uuid)>,
    limit: u32,
) -> Answer<Vec<ImportRecord>> {
    let mut listed = calendar_imports::table
        .filter(calendar_imports::calendar_code.eq(calendar_code))
        .into_boxed();
    if let Some((at, id)) = before {
        listed = listed.filter(earlier(
            (calendar_imports::created_at, calendar_imports::id),
            (Bind(at), Bind(id)),
        ));
    }
    Ok(listed
        .order((calendar_imports::created_at.desc(), calendar_imports::id.desc()))
        .limit(limit.into())
        .select(ImportRecord::as_select())
        .load(connection)?)
}

pub(super) fn moves(
    connection: &mut Connection,
    import_id: Uuid,
    office: Option<OfficeId>,
    keys: &BTreeSet<SightKey>,
    after: Option<(Uuid, Uuid)>,
    limit: u32,
) -> Answer<Vec<(MoveRecord, bool)>> {
    let (last_office, last_duty) = after.unwrap_or_default();
    let seen = Seen::on(
        "calendar_import_moves.office_id",
        "calendar_import_moves.case_id",
        keys,
    );
    let mut listed = calendar_import_moves::table
        .filter(calendar_import_moves::import_id.eq(Bind(import_id)))
        .into_boxed();
    if let Some(office) = office {
        listed = listed.filter(calendar_import_moves::office_id.eq(Bind(office.0)));
    }
    Ok(listed
        .filter(beyond(
            (calendar_import_moves::office_id, calendar_import_moves::duty_id),
            (Bind(last_office), Bind(last_duty)),
        ))
        .order((calendar_import_moves::office_id, calendar_import_moves::duty_id))
        .limit(limit.into())
        .select((MoveRecord::as_select(), seen))
        .load(connection)?)
}

/// Lets the new versions be gone by. Decisions in the offices wait meanwhile, so that none that began under the version
/// before is committed after it.
pub(super) fn begin(
    connection: &mut Connection,
    import_id: Uuid,
    version: i64,
    since: DateTime<Utc>,
) -> Answer<ImportRecord> {
    let Some(import) = find(connection, import_id)? else {
        return Err(StoreError::Missing(Thing::CalendarImport));
    };
    if import.version != version {
        return Err(StoreError::Stale {
            current: import.version,
        });
    }
    let change: Change = read_change(&import)?;
    let target = (import.calendar_code.as_str(), import.office_id);
    let outdated = || StoreError::Conflict(Conflict::ImportOutdated);
    let concerned = renewals(connection, target, &change, since)?.map_err(|_| outdated())?;
    let mut concerned: Vec<Uuid> = concerned
        .into_iter()
        .flat_map(|renewal| renewal.offices)
        .collect();
    // In the order in which the writers take the same locks.
    concerned.sort_by_key(|office| office_hash(*office));
    for office in concerned {
        batch::own(connection, office)?;
    }
    refuse_beside_others(
        connection,
        Some(import_id),
        &import.calendar_code,
        import.office_id,
    )?;
    let renewals = renewals(connection, target, &change, since)?.map_err(|_| outdated())?;
    if basis(&renewals) != import.basis {
        return Err(outdated());
    }
    let begun = diesel::update(
        calendar_imports::table
            .find(Bind(import_id))
            .filter(calendar_imports::version.eq(version))
            .filter(calendar_imports::state.eq(ImportState::Tried.as_str())),
    )
    .set((
        calendar_imports::state.eq(ImportState::Applying.as_str()),
        calendar_imports::version.eq(version + 1),
        calendar_imports::since.eq(Bind(since)),
        calendar_imports::total.eq(None::<i64>),
        calendar_imports::checked.eq(0),
        calendar_imports::moved.eq(0),
        calendar_imports::failed.eq(0),
        calendar_imports::at_office_id.eq(Bind(None::<Uuid>)),
        calendar_imports::at_due_at.eq(Bind(None::<DateTime<Utc>>)),
        calendar_imports::at_duty_id.eq(Bind(None::<Uuid>)),
        calendar_imports::held_by.eq(Bind(None::<Uuid>)),
        calendar_imports::held_until.eq(Bind(None::<DateTime<Utc>>)),
        calendar_imports::finished_at.eq(Bind(None::<DateTime<Utc>>)),
    ))
    .returning(ImportRecord::as_returning())
    .get_result(connection)
    .optional()?;
    let Some(begun) = begun else {
        return Err(StoreError::Stale {
            current: import.version,
        });
    };
    for renewal in &renewals {
        diesel::insert_into(calendars::table)
            .values(renewal.record.clone())
            .execute(connection)?;
        if renewal.before.code() != renewal.after.code() {
            goes_by(connection, &renewal.offices, renewal.after.code())?;
        }
    }
    Ok(begun)
}

/// From here on the offices go by a calendar of their own. The version of their directory rises, so that every replica
/// learns it.
fn goes_by(connection: &mut Connection, concerned: &[Uuid], code: &str) -> Answer<()> {
    for office in concerned {
        diesel::update(offices::table.find(Bind(*office)))
            .set((
                offices::calendar_code.eq(code),
                offices::version.eq(offices::version + 1),
                offices::directory_version.eq(offices::directory_version + 1),
            ))
            .execute(connection)?;
    }
    Ok(())
}

pub(super) fn take(connection: &mut Connection, run: Uuid, hold: TimeDelta) -> Answer<Option<ImportRecord>> {
    let Some(waiting) = waiting(connection)? else {
        return Ok(None);
    };
    let present = present(connection)?;
    Ok(diesel::update(
        calendar_imports::table
            .find(Bind(waiting))
            .filter(UnderWay)
            .filter(
                calendar_imports::held_until
                    .is_null()
                    .or(calendar_imports::held_until.lt(Bind(present))),
            ),
    )
    .set((
        calendar_imports::held_by.eq(Bind(run)),
        calendar_imports::held_until.eq(Bind(present + hold)),
    ))
    .returning(ImportRecord::as_returning())
    .get_result(connection)
    .optional()?)
}

/// The first import that waits for a run.
pub(super) fn waiting(connection: &mut Connection) -> Answer<Option<Uuid>> {
    Ok(calendar_imports::table
        .filter(UnderWay)
        .filter(
            calendar_imports::held_until
                .is_null()
                .or(calendar_imports::held_until.lt(Present.nullable())),
        )
        .order((calendar_imports::created_at, calendar_imports::id))
        .select(calendar_imports::id)
        .first(connection)
        .optional()?)
}

fn present(connection: &mut Connection) -> Answer<DateTime<Utc>> {
    Ok(diesel::select(Present).get_result(connection)?)
}

pub(super) fn recountings(connection: &mut Connection, import: &ImportRecord) -> Answer<Vec<Recounting>> {
    let change = read_change(import)?;
    let target = (import.calendar_code.as_str(), import.office_id);
    let mut found = Vec::new();
    if import.state == ImportState::Trying.as_str() {
        let renewals = renewals(connection, target, &change, import.since)?
            .map_err(|contradiction| corrupt("calendar_imports", import.id, &contradiction.fault))?;
        for renewal in renewals {
            found.extend(renewal.offices.iter().map(|office| Recounting {
                office: OfficeId(*office),
                before: Arc::clone(&renewal.before),
                after: Arc::clone(&renewal.after),
            }));
        }
    } else {
        for (record, concerned) in standing(connection, &import.calendar_code, import.office_id)? {
            let calendar = Arc::new(read(&record)?);
            found.extend(concerned.into_iter().map(|office| Recounting {
                office: OfficeId(office),
                before: Arc::clone(&calendar),
                after: Arc::clone(&calendar),
            }));
        }
    }
    found.sort_by_key(|recounting| recounting.office);
    Ok(found)
}

/// The newest versions of the calendars that a change of one concerns, each with the offices that go by it.
fn standing(
    connection: &mut Connection,
    code: &str,
    office_id: Uuid,
) -> Answer<Vec<(CalendarRecord, Vec<Uuid>)>> {
    let Some(record) = calendar::find_newest(connection, code)? else {
        return Ok(Vec::new());
    };
    if record.office_id.is_some() {
        return Ok(vec![(record, vec![office_id])]);
    }
    let national: Vec<Uuid> = offices::table
        .filter(offices::calendar_code.eq(code))
        .order(offices::id)
        .select(offices::id)
        .load(connection)?;
    let mut found = vec![(record, national)];
    let over: Vec<String> = calendars::table
        .filter(calendars::base_code.eq(code))
        .select(calendars::code)
        .distinct()
        .order(calendars::code)
        .load(connection)?;
    for code in over {
        if let Some(record) = calendar::find_newest(connection, &code)? {
            let concerned = record.office_id.into_iter().collect();
            found.push((record, concerned));
        }
    }
    Ok(found)
}

/// What a change would renew: the calendar itself, and each one over it.
fn renewals(
    connection: &mut Connection,
    (code, office_id): (&str, Uuid),
    change: &Change,
    since: DateTime<Utc>,
) -> Answer<Result<Vec<Renewal>, Contradiction>> {
    let standing = standing(connection, code, office_id)?;
    let is_national = standing
        .first()
        .is_some_and(|(record, _)| record.office_id.is_none());
    let mut renewals = Vec::new();
    let result = if is_national {
        renew_all(standing, change, since, &mut renewals)?
    } else {
        let own = standing.into_iter().next().map(|(record, _)| record);
        renew_own(
            connection,
            (code, office_id),
            own.as_ref(),
            change,
            since,
            &mut renewals,
        )?
    };
    Ok(result.map(|()| renewals))
}

/// A national calendar, which comes first, and those over it.
fn renew_all(
    standing: Vec<(CalendarRecord, Vec<Uuid>)>,
    change: &Change,
    since: DateTime<Utc>,
    renewals: &mut Vec<Renewal>,
) -> Answer<Result<(), Contradiction>> {
    let mut national: Option<Arc<Calendar>> = None;
    for (record, concerned) in standing {
        let before = read(&record)?;
        let after = match &national {
            None => before.changed(change, since),
            Some(national) => {
                let layer = read_layer(&record)?;
                national.under(&layer, before.code(), before.version() + 1, since)
            }
        };
        let after = match after {
            Ok(after) => Arc::new(after),
            Err(fault) => return Ok(Err(contradiction(&record.code, fault))),
        };
        let base = national.as_deref();
        let record = CalendarRecord {
            version: after.version().into(),
            document: written(&*after)?,
            created_at: since,
            base_version: base.map(|base| base.version().into()),
            ..record
        };
        if national.is_none() {
            national = Some(Arc::clone(&after));
        }
        renewals.push(Renewal {
            before: Arc::new(before),
            after,
            record,
            offices: concerned,
        });
    }
    Ok(Ok(()))
}

/// An office's own calendar, made where there is none yet.
fn renew_own(
    connection: &mut Connection,
    (code, office_id): (&str, Uuid),
    own: Option<&CalendarRecord>,
    change: &Change,
    since: DateTime<Utc>,
    renewals: &mut Vec<Renewal>,
) -> Answer<Result<(), Contradiction>> {
    let base_code = match own.and_then(|own| own.base_code.clone()) {
        Some(base) => base,
        None => base_of(connection, office_id)?,
    };
    let Some(base_record) = calendar::find_newest(connection, &base_code)? else {
        return Err(StoreError::Missing(Thing::Calendar));
    };
    let base = read(&base_record)?;
    let (before, layer) = match own {
        Some(own) => (read(own)?, read_layer(own)?),
        None => (base.clone(), Layer::default()),
    };
    let layer = layer.changed(change);
    let after = match base.under(&layer, code, before.version() + 1, since) {
        Ok(after) => after,
        Err(fault) => return Ok(Err(contradiction(code, fault))),
    };
    renewals.push(Renewal {
        record: CalendarRecord {
            code: code.to_owned(),
            version: after.version().into(),
            document: written(&after)?,
            created_at: since,
            office_id: Some(office_id),
            base_code: Some(base_code),
            base_version: Some(base_record.version),
            layer: Some(written(&layer)?),
        },
        before: Arc::new(before),
        after: Arc::new(after),
        offices: vec![office_id],
    });
    Ok(Ok(()))
}

/// The national calendar that an office goes by.
fn base_of(connection: &mut Connection, office_id: Uuid) -> Answer<String> {
    match office::find(connection, office_id)? {
        Some(office) => Ok(office.calendar_code),
        None => Err(StoreError::Missing(Thing::Office)),
    }
}

/// Refuses while another import is under way that concerns the same offices: what is not yet due must have moved before
/// it moves again.
fn refuse_beside_others(
    connection: &mut Connection,
    but: Option<Uuid>,
    code: &str,
    office_id: Uuid,
) -> Answer<()> {
    let others: Vec<(Uuid, String, Uuid)> = calendar_imports::table
        .filter(UnderWay)
        .select((
            calendar_imports::id,
            calendar_imports::calendar_code,
            calendar_imports::office_id,
        ))
        .load(connection)?;
    let base = lies_over(connection, code, office_id)?;
    for (id, other, of) in others {
        if Some(id) == but {
            continue;
        }
        let concerned = other == code
            || base.as_deref() == Some(&*other)
            || lies_over(connection, &other, of)?.as_deref() == Some(code);
        if concerned {
            return Err(StoreError::Conflict(Conflict::ImportUnderWay));
        }
    }
    Ok(())
}

/// The calendar that this one lies over, or will; none for a national one.
fn lies_over(connection: &mut Connection, code: &str, office_id: Uuid) -> Answer<Option<String>> {
    if let Some(record) = calendar::find_newest(connection, code)? {
        return Ok(record.base_code);
    }
    match office::find(connection, office_id)? {
        Some(office) if own_code(&office.code) == code => Ok(Some(office.calendar_code)),
        Some(_) | None => Ok(None),
    }
}

pub(super) fn count_duties(
    connection: &mut Connection,
    office: OfficeId,
    version: u32,
    since: DateTime<Utc>,
) -> Answer<i64> {
    Ok(duties::table
        .filter(duties::office_id.eq(Bind(office.0)))
        .filter(Open)
        .filter(duties::due_at.gt(Bind(since)))
        .filter(duties::calendar_version.lt(i64::from(version)))
        .count()
        .get_result(connection)?)
}

/// The columns of an open duty: id, case, number, due time, document.
type OpenRow = (Uuid, Uuid, Option<String>, Option<DateTime<Utc>>, String);

pub(super) fn duties(
    connection: &mut Connection,
    office: OfficeId,
    version: u32,
    (due_at, duty): (DateTime<Utc>, Uuid),
    limit: u32,
) -> Answer<Vec<OpenDuty>> {
    let found: Vec<OpenRow> = duties::table
        .filter(duties::office_id.eq(Bind(office.0)))
        .filter(Open)
        .filter(beyond((duties::due_at, duties::id), (Bind(due_at), Bind(duty))))
        .filter(duties::calendar_version.lt(i64::from(version)))
        .order((duties::due_at, duties::id))
        .limit(limit.into())
        .select((
            duties::id,
            duties::case_id,
            duties::case_no,
            duties::due_at,
            duties::document,
        ))
        .load(connection)?;
    found
        .into_iter()
        .map(|(id, case, case_no, due_at, document)| {
            Ok(OpenDuty {
                id,
                duty: serde_json::from_str(&document).ok(),
                case: CaseId(case),
                case_no,
                due_at: due_at.ok_or_else(|| corrupt("duties", id, &"no due time where there is one"))?,
            })
        })
        .collect()
}

pub(super) fn advance(
    connection: &mut Connection,
    import: &ImportRecord,
    run: Uuid,
    hold: TimeDelta,
    progress: &Progress,
    moves: &[MoveRecord],
) -> Answer<bool> {
    let until = present(connection)? + hold;
    let own = calendar_imports::table
        .find(Bind(import.id))
        .filter(calendar_imports::held_by.eq(Bind(run)));
    let (office, place) = progress.at.unzip();
    let place = place.flatten();
    let mut rows = diesel::update(own)
        .set((
            calendar_imports::held_until.eq(Bind(until)),
            calendar_imports::at_office_id.eq(Bind(office.map(|office| office.0))),
            calendar_imports::at_due_at.eq(Bind(place.map(|(at, _)| at))),
            calendar_imports::at_duty_id.eq(Bind(place.map(|(_, duty)| duty))),
            calendar_imports::checked.eq(calendar_imports::checked + progress.checked),
            calendar_imports::moved.eq(calendar_imports::moved + progress.moved),
            calendar_imports::failed.eq(calendar_imports::failed + progress.failed),
        ))
        .execute(connection)?;
    if let (Some(total), 1) = (progress.total, rows) {
        rows = diesel::update(own)
            .set(calendar_imports::total.eq(total))
            .execute(connection)?;
    }
    if let (Some(done_at), 1) = (progress.done_at, rows) {
        let state = if import.state == ImportState::Trying.as_str() {
            ImportState::Tried
        } else {
            ImportState::Applied
        };
        diesel::update(own)
            .set((
                calendar_imports::state.eq(state.as_str()),
                calendar_imports::version.eq(calendar_imports::version + 1),
                calendar_imports::held_by.eq(Bind(None::<Uuid>)),
                calendar_imports::held_until.eq(Bind(None::<DateTime<Utc>>)),
                calendar_imports::finished_at.eq(Bind(Some(done_at))),
            ))
            .execute(connection)?;
    }
    if rows == 1 && !moves.is_empty() {
        diesel::insert_into(calendar_import_moves::table)
            .values(moves.to_vec())
            .execute(connection)?;
    }
    Ok(rows == 1)
}

fn contradiction(code: &str, fault: CalendarFault) -> Contradiction {
    Contradiction {
        code: code.to_owned(),
        fault,
    }
}

fn written(document: &impl serde::Serialize) -> Answer<String> {
    serde_json::to_string(document).map_err(|error| StoreError::Failed(error.into()))
}

fn read(record: &CalendarRecord) -> Answer<Calendar> {
    serde_json::from_str(&record.document).map_err(|error| unreadable(record, &error))
}

fn read_layer(record: &CalendarRecord) -> Answer<Layer> {
    match &record.layer {
        Some(layer) => serde_json::from_str(layer).map_err(|error| unreadable(record, &error)),
        None => Ok(Layer::default()),
    }
}

fn read_change(import: &ImportRecord) -> Answer<Change> {
    serde_json::from_str(&import.change).map_err(|error| corrupt("calendar_imports", import.id, &error))
}

fn unreadable(record: &CalendarRecord, error: &serde_json::Error) -> StoreError {
    StoreError::Corrupt {
        table: "calendars",
        id: None,
        reason: format!("{} {}: {error}", record.code, record.version),
    }
}

//! Versions of rulebooks, and since when an office goes by which.

use std::sync::Arc;

use chrono::{DateTime, NaiveTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::Bool;
use domain::rulebook::{Checked, ancestry, examine, text_of};
use serde_json::Value;
use uuid::Uuid;

use super::{Connection, batch, office, write};
use crate::law::Laws;
use crate::rulebook_version::{
    ActivationRecord, NewActivation, NewRulebookVersion, RulebookVersionChange, RulebookVersionRecord,
    VersionState,
};
use crate::schema::{offices, rulebook_activations, rulebook_versions};
use crate::sql_types::Bind;
use crate::store_error::taken;
use crate::{Answer, Conflict, StoreError, Thing};

/// Keeps the versions that come with the service, approved since the day on which each holds: a later release brings
/// others along, and the cases that began under these stay under them. Whoever is second finds them kept.
pub(in super::super) fn keep_shipped(connection: &mut Connection, laws: &Laws) -> Answer<()> {
    write(connection, |connection| {
        for rulebook in laws.rulebooks.all() {
            let head = &rulebook.head;
            let Some(body) = text_of(&head.code) else { continue };
            let ancestors = ancestry(&rulebook);
            let since = head.effective_from.and_time(NaiveTime::MIN).and_utc();
            let version = NewRulebookVersion {
                code: head.code.to_string(),
                version: head.version.to_string(),
                office_id: None,
                state: VersionState::Approved.as_str().to_owned(),
                body: body.to_owned(),
                ancestors: Value::from(ancestors).to_string(),
                author_id: None,
                created_at: since,
                changed_at: since,
            };
            diesel::insert_into(rulebook_versions::table)
                .values((version, rulebook_versions::revision.eq(1)))
                .on_conflict((rulebook_versions::code, rulebook_versions::version))
                .do_nothing()
                .execute(connection)?;
        }
        Ok(())
    })
}

pub(super) fn create(
    connection: &mut Connection,
    version: &NewRulebookVersion,
) -> Answer<RulebookVersionRecord> {
    diesel::insert_into(rulebook_versions::table)
        .values((version.clone(), rulebook_versions::revision.eq(1)))
        .returning(RulebookVersionRecord::as_returning())
        .get_result(connection)
        .map_err(|error| taken(error, Conflict::RulebookVersion))
}

/// A version that this office may see: its own, or nobody's; without an office any.
pub(super) fn find(
    connection: &mut Connection,
    office_id: Option<Uuid>,
    code: &str,
    version: &str,
) -> Answer<Option<RulebookVersionRecord>> {
    let found: Option<RulebookVersionRecord> = rulebook_versions::table
        .find((code, version))
        .select(RulebookVersionRecord::as_select())
        .first(connection)
        .optional()?;
    Ok(
        found
            .filter(|found| office_id.is_none() || found.office_id.is_none() || found.office_id == office_id),
    )
}

/// The versions of a rulebook that this office may see, without an office all, oldest first. No version is empty, so that the first page, too,
/// begins after something.
pub(super) fn list(
    connection: &mut Connection,
    office_id: Option<Uuid>,
    code: &str,
    after: Option<(DateTime<Utc>, &str)>,
    limit: u32,
) -> Answer<Vec<RulebookVersionRecord>> {
    let (created_at, version) = after.unwrap_or((DateTime::UNIX_EPOCH, ""));
    let everything = office_id.is_none();
    Ok(rulebook_versions::table
        .filter(rulebook_versions::code.eq(code))
        .filter(
            rulebook_versions::office_id
                .eq(Bind(office_id))
                .or(rulebook_versions::office_id.is_null())
                .or(everything.into_sql::<Bool>()),
        )
        .filter(
            rulebook_versions::created_at
                .gt(Bind(created_at))
                .or(rulebook_versions::created_at
                    .eq(Bind(created_at))
                    .and(rulebook_versions::version.gt(version))),
        )
        .order((rulebook_versions::created_at, rulebook_versions::version))
        .limit(limit.into())
        .select(RulebookVersionRecord::as_select())
        .load(connection)?)
}

/// Changes a version that is not approved yet.
pub(super) fn change(
    connection: &mut Connection,
    office_id: Uuid,
    (code, version): (&str, &str),
    revision: i64,
    change: &RulebookVersionChange,
) -> Answer<RulebookVersionRecord> {
    let kept = diesel::update(
        rulebook_versions::table
            .find((code, version))
            .filter(rulebook_versions::office_id.eq(Bind(office_id)))
            .filter(rulebook_versions::revision.eq(revision))
            .filter(rulebook_versions::state.ne(VersionState::Approved.as_str())),
    )
    .set((change.clone(), rulebook_versions::revision.eq(revision + 1)))
    .returning(RulebookVersionRecord::as_returning())
    .get_result(connection)
    .optional()?;
    match kept {
        Some(kept) => Ok(kept),
        None => Err(match find(connection, Some(office_id), code, version)? {
            Some(standing) => StoreError::Stale {
                current: standing.revision,
            },
            None => StoreError::Missing(Thing::RulebookVersion),
        }),
    }
}

/// The rulebook of this version, ready for use: read once by this process, and then known. None unless it is approved.
pub(super) fn checked(
    connection: &mut Connection,
    laws: &Laws,
    code: &str,
    version: &str,
) -> Answer<Option<Arc<Checked>>> {
    if let Some(known) = laws.rulebooks.known(code, version) {
        return Ok(Some(known));
    }
    let kept: Option<(String, String)> = rulebook_versions::table
        .find((code, version))
        .filter(rulebook_versions::state.eq(VersionState::Approved.as_str()))
        .select((rulebook_versions::body, rulebook_versions::ancestors))
        .first(connection)
        .optional()?;
    let Some((body, ancestors)) = kept else {
        return Ok(None);
    };
    let corrupt = |reason: String| StoreError::Corrupt {
        table: "rulebook_versions",
        id: None,
        reason: format!("{code} {version}: {reason}"),
    };
    let ancestors: Vec<String> =
        serde_json::from_str(&ancestors).map_err(|error| corrupt(error.to_string()))?;
    let checked = examine(&body, &ancestors).map_err(|flaws| {
        let flaws: Vec<String> = flaws.iter().map(ToString::to_string).collect();
        corrupt(flaws.join("; "))
    })?;
    Ok(Some(laws.rulebooks.put(checked)))
}

/// Records an activation, and lets it begin if its instant has come.
pub(super) fn activate(
    connection: &mut Connection,
    activation: &NewActivation,
    now: DateTime<Utc>,
) -> Answer<ActivationRecord> {
    first(connection, activation.office_id)?;
    // What was said for the same instant or a later one and has not begun is overtaken.
    diesel::delete(
        rulebook_activations::table
            .filter(rulebook_activations::office_id.eq(Bind(activation.office_id)))
            .filter(rulebook_activations::begins_at.ge(Bind(activation.begins_at)))
            .filter(rulebook_activations::begun.eq(false)),
    )
    .execute(connection)?;
    let record: ActivationRecord = diesel::insert_into(rulebook_activations::table)
        .values((activation.clone(), rulebook_activations::begun.eq(false)))
        .returning(ActivationRecord::as_returning())
        .get_result(connection)?;
    if record.begins_at <= now {
        begin(connection, &record)?;
        return Ok(ActivationRecord {
            begun: true,
            ..record
        });
    }
    Ok(record)
}

/// Records what the office went by before anybody said otherwise, so that its history begins with that.
fn first(connection: &mut Connection, office_id: Uuid) -> Answer<()> {
    batch::own(connection, office_id)?;
    if !activations(connection, office_id)?.is_empty() {
        return Ok(());
    }
    let Some(office) = office::find(connection, office_id)? else {
        return Err(StoreError::Missing(Thing::Office));
    };
    let founding = NewActivation {
        office_id,
        // One office has one founding.
        id: office_id,
        code: office.rulebook_code,
        version: office.rulebook_version,
        begins_at: office.created_at,
        numbers: "{}".to_owned(),
        activated_by_id: None,
        created_at: office.created_at,
    };
    diesel::insert_into(rulebook_activations::table)
        .values((founding, rulebook_activations::begun.eq(true)))
        .execute(connection)?;
    Ok(())
}

/// Lets every activation begin whose instant has come; answers how many.
pub(super) fn begin_due(connection: &mut Connection, now: DateTime<Utc>) -> Answer<usize> {
    let due: Vec<ActivationRecord> = rulebook_activations::table
        .filter(rulebook_activations::begun.eq(false))
        .filter(rulebook_activations::begins_at.le(Bind(now)))
        .order((rulebook_activations::office_id, rulebook_activations::begins_at))
        .select(ActivationRecord::as_select())
        .load(connection)?;
    for activation in &due {
        begin(connection, activation)?;
    }
    Ok(due.len())
}

/// Whether an activation waits whose instant has come.
pub(super) fn any_due(connection: &mut Connection, now: DateTime<Utc>) -> Answer<bool> {
    Ok(diesel::select(diesel::dsl::exists(
        rulebook_activations::table
            .filter(rulebook_activations::begun.eq(false))
            .filter(rulebook_activations::begins_at.le(Bind(now))),
    ))
    .get_result(connection)?)
}

/// From here on the office's new cases fall under the version. Its directory's version rises, so that nobody decides by
/// the one before.
fn begin(connection: &mut Connection, activation: &ActivationRecord) -> Answer<()> {
    let office_id = activation.office_id;
    batch::own(connection, office_id)?;
    // Only who marks it lets it begin: two replicas may have seen it.
    let marked = diesel::update(
        rulebook_activations::table
            .find((Bind(office_id), Bind(activation.id)))
            .filter(rulebook_activations::begun.eq(false)),
    )
    .set(rulebook_activations::begun.eq(true))
    .execute(connection)?;
    if marked == 0 {
        return Ok(());
    }
    let Some(office) = office::find(connection, office_id)? else {
        return Err(StoreError::Missing(Thing::Office));
    };
    let corrupt = |table, error: serde_json::Error| StoreError::Corrupt {
        table,
        id: Some(office_id),
        reason: error.to_string(),
    };
    let mut profile: Value =
        serde_json::from_str(&office.profile).map_err(|error| corrupt("offices", error))?;
    let numbers: Value =
        serde_json::from_str(&activation.numbers).map_err(|error| corrupt("rulebook_activations", error))?;
    if let Some(profile) = profile.as_object_mut() {
        profile.insert("numbers".to_owned(), numbers);
    }
    diesel::update(offices::table.find(Bind(office_id)))
        .set((
            offices::rulebook_code.eq(&activation.code),
            offices::rulebook_version.eq(&activation.version),
            offices::profile.eq(profile.to_string()),
            offices::version.eq(offices::version + 1),
            offices::directory_version.eq(offices::directory_version + 1),
        ))
        .execute(connection)?;
    Ok(())
}

/// What an office ever took as its own, or will, oldest first.
pub(super) fn activations(connection: &mut Connection, office_id: Uuid) -> Answer<Vec<ActivationRecord>> {
    Ok(rulebook_activations::table
        .filter(rulebook_activations::office_id.eq(Bind(office_id)))
        .order((rulebook_activations::begins_at, rulebook_activations::id))
        .select(ActivationRecord::as_select())
        .load(connection)?)
}

//! What the sweep leaves behind: its runs, and the cases that it has put off.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::dsl::{exists, not};
use diesel::prelude::*;
use uuid::Uuid;

use super::Connection;
use super::keyset::before;
use crate::Answer;
use crate::case::Place;
use crate::schema::{cases, sweep_failures, sweeps};
use crate::sql_types::Bind;
use crate::sweep::{Failure, Lag, SweepFailureRecord, SweepRecord, backoff};

/// For how long runs are kept.
const KEPT: TimeDelta = TimeDelta::days(7);

/// How many cases that are put off are counted.
const COUNTED: i64 = 1000;

/// Puts cases off; how long each rests follows from how often it has failed.
pub(super) fn put_off(connection: &mut Connection, failures: &[Failure]) -> QueryResult<()> {
    for failure in failures {
        let (office, case) = (failure.due.office.0, failure.due.case.0);
        let earlier = still_put_off()
            .filter(sweep_failures::office_id.eq(Bind(office)))
            .filter(sweep_failures::case_id.eq(Bind(case)))
            .select((sweep_failures::failures, sweep_failures::due_at))
            .first::<(i32, DateTime<Utc>)>(connection)
            .optional()?;
        let count = earlier.map_or(0, |(count, _)| count).saturating_add(1);
        let due_at = earlier.map_or(failure.due.since, |(_, due_at)| due_at);
        let retry_at = failure.at + backoff(count);
        let first = earlier.is_none().then_some(failure.at);
        let fault: &str = failure.fault.into();
        diesel::insert_into(sweep_failures::table)
            .values((
                sweep_failures::office_id.eq(Bind(office)),
                sweep_failures::case_id.eq(Bind(case)),
                sweep_failures::due_at.eq(Bind(due_at)),
                sweep_failures::failures.eq(count),
                sweep_failures::first_failed_at.eq(Bind(failure.at)),
                sweep_failures::last_failed_at.eq(Bind(failure.at)),
                sweep_failures::retry_at.eq(Bind(retry_at)),
                sweep_failures::fault.eq(fault),
            ))
            .on_conflict((sweep_failures::office_id, sweep_failures::case_id))
            .do_update()
            .set((
                sweep_failures::due_at.eq(Bind(due_at)),
                sweep_failures::failures.eq(count),
                first.map(|at| sweep_failures::first_failed_at.eq(Bind(at))),
                sweep_failures::last_failed_at.eq(Bind(failure.at)),
                sweep_failures::retry_at.eq(Bind(retry_at)),
                sweep_failures::fault.eq(fault),
            ))
            .execute(connection)?;
        diesel::update(cases::table.find((Bind(office), Bind(case))))
            .set(cases::next_look_at.eq(Bind(retry_at)))
            .execute(connection)?;
    }
    Ok(())
}

/// Cases that are put off, with their rows: nobody has decided on them since.
#[diesel::dsl::auto_type]
fn still_put_off() -> _ {
    sweep_failures::table.inner_join(
        cases::table.on(cases::office_id
            .eq(sweep_failures::office_id)
            .and(cases::id.eq(sweep_failures::case_id))
            .and(cases::next_look_at.eq(sweep_failures::retry_at.nullable()))),
    )
}

/// Keeps a run, and forgets the runs and failures that are over.
pub(super) fn record(connection: &mut Connection, runs: &[SweepRecord]) -> Answer<()> {
    for run in runs {
        diesel::insert_into(sweeps::table)
            .values(run.clone())
            .execute(connection)?;
    }
    if let Some(now) = runs.iter().map(|run| run.ended_at).max() {
        diesel::delete(sweeps::table.filter(sweeps::started_at.lt(Bind(now - KEPT)))).execute(connection)?;
    }
    let waiting = cases::table
        .filter(cases::office_id.eq(sweep_failures::office_id))
        .filter(cases::id.eq(sweep_failures::case_id))
        .filter(cases::next_look_at.eq(sweep_failures::retry_at.nullable()));
    diesel::delete(sweep_failures::table.filter(not(exists(waiting)))).execute(connection)?;
    Ok(())
}

/// Runs, the newest first.
pub(super) fn list(
    connection: &mut Connection,
    office: Option<Uuid>,
    last: Option<&Place>,
    limit: u32,
) -> Answer<Vec<SweepRecord>> {
    let mut runs = sweeps::table.into_boxed();
    if let Some(office) = office {
        runs = runs.filter(sweeps::office_id.eq(Bind(office)));
    }
    if let Some(Place { at: Some(at), id }) = last {
        runs = runs.filter(before((sweeps::started_at, sweeps::id), (Bind(*at), Bind(*id))));
    }
    Ok(runs
        .order((sweeps::started_at.desc(), sweeps::id.desc(), sweeps::office_id))
        .limit(limit.into())
        .select(SweepRecord::as_select())
        .load(connection)?)
}

/// Cases that are put off, and whether each is confidential; what has been due for longest first.
pub(super) fn failures(
    connection: &mut Connection,
    office: Option<Uuid>,
    limit: u32,
) -> Answer<Vec<(SweepFailureRecord, bool)>> {
    let mut found = still_put_off().into_boxed();
    if let Some(office) = office {
        found = found.filter(sweep_failures::office_id.eq(Bind(office)));
    }
    Ok(found
        .order((sweep_failures::due_at, sweep_failures::case_id))
        .limit(limit.into())
        .select((SweepFailureRecord::as_select(), cases::confidential))
        .load(connection)?)
}

/// How far behind the sweep is.
pub(super) fn lag(connection: &mut Connection, office: Option<Uuid>, now: DateTime<Utc>) -> Answer<Lag> {
    let mut due = cases::table
        .filter(cases::next_look_at.le(Bind(now)))
        .into_boxed();
    if let Some(office) = office {
        due = due.filter(cases::office_id.eq(Bind(office)));
    }
    let due: Option<Option<DateTime<Utc>>> = due
        .order((cases::next_look_at, cases::id))
        .select(cases::next_look_at)
        .first(connection)
        .optional()?;
    let mut failing = still_put_off().into_boxed();
    if let Some(office) = office {
        failing = failing.filter(sweep_failures::office_id.eq(Bind(office)));
    }
    let failing: Vec<DateTime<Utc>> = failing
        .order((sweep_failures::due_at, sweep_failures::case_id))
        .limit(COUNTED)
        .select(sweep_failures::due_at)
        .load(connection)?;
    Ok(Lag {
        oldest_due_at: [due.flatten(), failing.first().copied()]
            .into_iter()
            .flatten()
            .min(),
        put_off: u32::try_from(failing.len()).unwrap_or(u32::MAX),
    })
}

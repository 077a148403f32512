//! An import of a calendar, as it is shown, and who may see it.

use chrono::{DateTime, FixedOffset};
use domain::calendar::Calendar;
use persistence::calendar::own_code;
use persistence::calendar_import::ImportRecord;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::caller::Caller;
use crate::desk::Desk;
use crate::problem::{Kind, Problem};

/// A change of a calendar, tried first and then applied.
#[derive(Serialize, ToSchema)]
pub struct CalendarImport {
    /// Its id.
    import_id: Uuid,
    /// The calendar that it changes.
    #[schema(max_length = 64, example = "cn")]
    calendar_code: String,
    /// `trying` while it is found out what would move, `tried` when that is known, `applying` while it is moved,
    /// `applied` when it is done.
    #[schema(max_length = 20, example = "tried")]
    state: String,
    /// Counts its states; `If-Match` names it.
    #[schema(minimum = 1, maximum = 9)]
    version: i64,
    /// How many open duties there are to be looked at; absent before they are counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    total: Option<i64>,
    /// How many of them were looked at. An application may end with fewer: what a command, or the look at a case for
    /// another of its duties, has moved before has no turn of its own.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    checked: i64,
    /// How many of those would move, or were moved by this run; a command on its case may have been faster.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    moved: i64,
    /// How many could not be read or moved; the log tells which.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    failed: i64,
    /// From when on the new version is gone by: what was due before stays. Absent before it is applied.
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<DateTime<FixedOffset>>,
    /// When it was asked for.
    created_at: DateTime<FixedOffset>,
    /// When it was tried, or applied.
    #[serde(skip_serializing_if = "Option::is_none")]
    finished_at: Option<DateTime<FixedOffset>>,
}

impl CalendarImport {
    /// An import as the caller's office tells the time.
    pub(super) fn new(record: &ImportRecord, calendar: &Calendar) -> Self {
        let applies = ["applying", "applied"].contains(&record.state.as_str());
        Self {
            import_id: record.id,
            calendar_code: record.calendar_code.clone(),
            state: record.state.clone(),
            version: record.version,
            total: record.total,
            checked: record.checked,
            moved: record.moved,
            failed: record.failed,
            since: applies.then(|| calendar.local(record.since)),
            created_at: calendar.local(record.created_at),
            finished_at: record.finished_at.map(|at| calendar.local(at)),
        }
    }
}

/// Whether an import changes a national calendar, and not an office's own.
pub(super) fn is_national(record: &ImportRecord, caller: &Caller) -> bool {
    !(record.office_id == caller.office_id.0 && record.calendar_code == own_code(&caller.office_code))
}

/// Lets pass who may change the calendar of this code: an office's own its administrator, a national one, which concerns
/// every office that goes by it, who operates the installation.
pub(super) fn may_change(caller: &Caller, code: &str) -> Result<(), Problem> {
    if code == own_code(&caller.office_code) {
        caller.administers()
    } else {
        caller.operates()
    }
}

/// The import that a path names, if the caller may see it: an office's own its administrator; a national one whoever
/// operates the installation or administers an office.
pub(super) async fn found(desk: &Desk, caller: &Caller, import: Uuid) -> Result<ImportRecord, Problem> {
    if !caller.administrator && !caller.operator {
        return Err(Kind::NotPermitted.into());
    }
    let record = desk
        .blocking(move |archive| archive.find_import(import))
        .await?
        .ok_or(Kind::NotFound)?;
    // Another office's own calendar is nobody else's affair.
    let of_another = record.calendar_code.starts_with(&own_code("")) && is_national(&record, caller);
    if of_another || (!is_national(&record, caller) && !caller.administrator) {
        return Err(Kind::NotFound.into());
    }
    Ok(record)
}

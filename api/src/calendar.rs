//! Which days are working days, and how that changes.

pub mod apply_calendar_import;
pub mod calculate_due_date;
pub mod change;
pub mod get_calendar;
pub mod get_calendar_import;
pub mod import;
pub mod import_calendar;
pub mod list_calendar_days;
pub mod list_calendar_imports;
pub mod list_calendars;
pub mod list_import_moves;
pub mod run;
pub mod stream_calendar_import;

use change::LocalDayView;
use chrono::{DateTime, FixedOffset};
use domain::calendar::{Calendar, DayKind, YearStatus};
use persistence::calendar::CalendarRecord;
use serde::Serialize;
use utoipa::ToSchema;

use crate::caller::Caller;
use crate::desk::Desk;
use crate::problem::{Kind, Problem};

/// A version of a calendar, read.
struct Standing {
    record: CalendarRecord,
    calendar: Calendar,
}

/// The newest version of the calendar that a path names: a national one, or the caller's office's own.
async fn named(desk: &Desk, caller: &Caller, code: String) -> Result<Standing, Problem> {
    let office = caller.office_id.0;
    let record = desk
        .blocking(move |archive| archive.find_newest_calendar(&code))
        .await?
        .filter(|record| record.office_id.is_none_or(|of| of == office))
        .ok_or(Kind::NotFound)?;
    let calendar = read(&record)?;
    Ok(Standing { record, calendar })
}

/// A calendar as its row keeps it.
fn read(record: &CalendarRecord) -> Result<Calendar, Problem> {
    serde_json::from_str(&record.document).map_err(Problem::internal)
}

/// The word for a kind of day.
fn kind_word(kind: DayKind) -> &'static str {
    match kind {
        DayKind::WorkingDay => "working_day",
        DayKind::MakeupWorkday => "makeup_workday",
        DayKind::Weekend => "weekend",
        DayKind::Holiday => "holiday",
        DayKind::LocalDayOff => "local_day_off",
        DayKind::LocalWorkday => "local_workday",
    }
}

/// A calendar.
#[derive(Serialize, ToSchema)]
#[schema(as = Calendar)]
pub struct CalendarView {
    /// Its code.
    #[schema(max_length = 64, example = "cn")]
    code: String,
    /// Its version, which due dates name.
    #[schema(minimum = 1, maximum = 4_294_967_295_u32)]
    version: u32,
    /// The offset from UTC in which its days begin and end.
    #[schema(max_length = 10, example = "+08:00")]
    utc_offset: String,
    /// The weekdays on which work is done, unless a notice says otherwise.
    #[schema(schema_with = short_texts_schema)]
    week: Vec<String>,
    /// The hours during which the office is open on a working day.
    #[schema(schema_with = short_texts_schema)]
    business_hours: Vec<String>,
    /// The years it speaks of; any other is missing.
    #[schema(max_items = 200)]
    years: Vec<CalendarYear>,
    /// The office's own days.
    #[schema(max_items = 1000)]
    local_days: Vec<LocalDayView>,
    /// From when on this version is gone by; absent for one that was there from the start.
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<DateTime<FixedOffset>>,
    /// The national calendar that an office's own lies over.
    #[serde(skip_serializing_if = "Option::is_none")]
    over: Option<CalendarBase>,
}

/// The national calendar under an office's own.
#[derive(Serialize, ToSchema)]
pub struct CalendarBase {
    /// Its code.
    #[schema(max_length = 64, example = "cn")]
    code: String,
    /// Its version.
    #[schema(minimum = 1, maximum = 4_294_967_295_i64)]
    version: i64,
}

/// A year of a calendar.
#[derive(Serialize, ToSchema)]
pub struct CalendarYear {
    /// The year.
    #[schema(minimum = 1, maximum = 9999, example = 2026)]
    year: i32,
    /// How sure its days are: `published`, `provisional` or `missing`.
    #[schema(max_length = 20, example = "published")]
    status: &'static str,
}

impl CalendarView {
    fn new(standing: &Standing) -> Self {
        let Standing { record, calendar } = standing;
        let over = record.base_code.clone().zip(record.base_version);
        Self {
            code: calendar.code().to_owned(),
            version: calendar.version(),
            utc_offset: calendar.utc_offset().to_string(),
            week: calendar
                .week()
                .iter()
                .map(|day| format!("{day:?}").to_lowercase())
                .collect(),
            business_hours: calendar
                .business_hours()
                .iter()
                .map(ToString::to_string)
                .collect(),
            years: calendar
                .years()
                .iter()
                .map(|year| CalendarYear {
                    year: year.year,
                    status: match year.status {
                        YearStatus::Published => "published",
                        YearStatus::Provisional => "provisional",
                        YearStatus::Missing => "missing",
                    },
                })
                .collect(),
            local_days: calendar.local_days().iter().map(LocalDayView::from).collect(),
            since: calendar.since().map(|since| calendar.local(since)),
            over: over.map(|(code, version)| CalendarBase { code, version }),
        }
    }
}

fn short_texts_schema() -> utoipa::openapi::schema::Array {
    use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, Type};
    let text = ObjectBuilder::new()
        .schema_type(Type::String)
        .max_length(Some(20));
    ArrayBuilder::new().items(text).max_items(Some(10)).build()
}

//! Which days are working days.

pub mod get_calendar;
pub mod list_calendar_days;
pub mod list_calendars;

use domain::calendar::{Calendar, YearStatus};
use persistence::calendar::CalendarRecord;
use serde::Serialize;
use utoipa::ToSchema;

use crate::desk::Desk;
use crate::problem::{Kind, Problem};

/// The newest version of the calendar that a path names.
async fn named(desk: &Desk, code: String) -> Result<Calendar, Problem> {
    desk.blocking(move |archive| archive.find_newest_calendar(&code))
        .await?
        .ok_or_else(|| Kind::NotFound.into())
        .and_then(|record| read(&record))
}

/// A calendar as its row keeps it.
fn read(record: &CalendarRecord) -> Result<Calendar, Problem> {
    serde_json::from_str(&record.document).map_err(Problem::internal)
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
    fn new(calendar: &Calendar) -> Self {
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

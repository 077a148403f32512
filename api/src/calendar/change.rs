//! What an import hands in, and what of it cannot stand.

use chrono::NaiveDate;
use domain::calendar::notice::{Notice, NoticeDay, NoticeFault, Wrong};
use domain::calendar::{Calendar, Change, DayRange, LocalDay, LocalWork, OpenHours, YearStatus};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::problem::{FieldError, FieldFault, Kind, Problem};

/// What changes in a calendar; what is not named stays as it is. At least one of them.
#[derive(Debug, Clone, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"holidays": {"year": 2027, "papers": ["https://www.gov.cn/…"], "days": [{"name": "元旦", "date": "2027-01-01", "isOffDay": true}]}}))]
pub struct CalendarChange {
    /// A year's notice, in the common form; it takes the place of what the calendar has of that year.
    #[validate(nested)]
    holidays: Option<HolidayFile>,
    /// How sure that year is: `published` if not said; `provisional` for days that were announced and not finally;
    /// `missing`, without days, takes back what was said of it.
    #[schema(schema_with = year_status)]
    year_status: Option<YearStatus>,
    /// All local days of the office, in place of those before; an empty list takes them back.
    #[validate(nested, length(max = 1000))]
    #[schema(max_items = 1000)]
    local_days: Option<Vec<LocalDayView>>,
    /// The spans of business hours on every working day, in order, in place of those before.
    #[validate(length(min = 1, max = 8))]
    #[schema(schema_with = hours_schema)]
    business_hours: Option<Vec<String>>,
}

/// A year's notice of holidays, as it goes round.
#[derive(Debug, Clone, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HolidayFile {
    /// Where the form is described; not read.
    #[serde(rename = "$schema", skip_serializing_if = "Option::is_none")]
    #[validate(length(max = 500))]
    #[schema(max_length = 500)]
    schema: Option<String>,
    /// Where the file comes from; not read.
    #[serde(rename = "$id", skip_serializing_if = "Option::is_none")]
    #[validate(length(max = 500))]
    #[schema(max_length = 500)]
    id: Option<String>,
    /// The year it is about.
    #[validate(range(min = 1, max = 9999))]
    #[schema(minimum = 1, maximum = 9999)]
    year: i32,
    /// Where the notice can be read. A published year has one.
    #[validate(length(max = 50))]
    #[schema(schema_with = papers_schema)]
    papers: Vec<String>,
    /// The days that are not what their weekday says, in the year or the December before.
    #[validate(nested, length(max = 200))]
    #[schema(max_items = 200)]
    days: Vec<HolidayFileDay>,
}

/// A day of a notice.
#[derive(Debug, Clone, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct HolidayFileDay {
    /// The holiday it belongs to.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200, example = "元旦")]
    name: String,
    /// The day.
    date: NaiveDate,
    /// Off, or worked to make up for one that is.
    is_off_day: bool,
}

/// Days on which an office does otherwise than the notices say.
#[derive(Debug, Clone, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = LocalDay, example = json!({"from": "2027-04-08", "to": "2027-04-09", "name": "三月三", "work": "off"}))]
pub struct LocalDayView {
    /// The first day.
    from: NaiveDate,
    /// The last day, at most a hundred on; one day if not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<NaiveDate>,
    /// What the office calls them.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    name: String,
    /// `off` or `working`.
    #[schema(schema_with = work)]
    work: LocalWork,
}

impl From<&LocalDay> for LocalDayView {
    fn from(local: &LocalDay) -> Self {
        let first = local.days.days().next().unwrap_or_default();
        let last = local.days.days().last();
        Self {
            from: first,
            to: last.filter(|last| *last != first),
            name: local.name.clone(),
            work: local.work,
        }
    }
}

impl CalendarChange {
    /// The change that this is for a calendar; `over` is the national one where it is an office's own.
    ///
    /// # Errors
    /// `body_invalid` if nothing changes, or local days are said of a national calendar; `data_faulty` with every fault.
    pub(super) fn read(&self, calendar: &Calendar, over: Option<&Calendar>) -> Result<Change, Problem> {
        if self.holidays.is_none() && self.local_days.is_none() && self.business_hours.is_none() {
            let error = FieldError::new("/holidays", FieldFault::Required);
            return Err(Problem::body_invalid(vec![error]));
        }
        if self.holidays.is_none() && self.year_status.is_some() {
            let error = FieldError::new("/year_status", FieldFault::Inconsistent);
            return Err(Problem::body_invalid(vec![error]));
        }
        if over.is_none() && self.local_days.is_some() {
            let error = FieldError::new("/local_days", FieldFault::Inconsistent)
                .with("reason", "local days are said of an office's own calendar");
            return Err(Problem::body_invalid(vec![error]));
        }
        let mut errors = Vec::new();
        let year = self.holidays.as_ref().and_then(|file| {
            let status = self.year_status.unwrap_or(YearStatus::Published);
            if over.is_some_and(|over| over.year_status(file.year) == YearStatus::Published) {
                errors.push(FieldError::new("/holidays/year", FieldFault::Inconsistent).with(
                    "reason",
                    "the national calendar has published this year; say local days",
                ));
                return None;
            }
            let read = file.notice().year(status, calendar);
            read.map_err(|faults| errors.extend(faults.iter().map(told))).ok()
        });
        let local_days = self.local_days.as_ref().map(|days| local_days(days, &mut errors));
        let business_hours = self
            .business_hours
            .as_ref()
            .map(|spans| hours(spans, &mut errors));
        if !errors.is_empty() {
            return Err(Problem::from(Kind::DataFaulty).with_errors(errors));
        }
        Ok(Change {
            year,
            local_days,
            business_hours,
        })
    }
}

impl HolidayFile {
    fn notice(&self) -> Notice {
        let day = |day: &HolidayFileDay| NoticeDay {
            name: day.name.clone(),
            date: day.date,
            is_off_day: day.is_off_day,
        };
        Notice {
            year: self.year,
            papers: self.papers.clone(),
            days: self.days.iter().map(day).collect(),
        }
    }
}

fn local_days(days: &[LocalDayView], errors: &mut Vec<FieldError>) -> Vec<LocalDay> {
    let mut seen = std::collections::BTreeSet::new();
    let mut read = Vec::new();
    for (at, day) in days.iter().enumerate() {
        let range = match day.to {
            Some(to) => format!("{} to {to}", day.from),
            None => day.from.to_string(),
        };
        match range.parse::<DayRange>() {
            Ok(range) if range.days().any(|day| !seen.insert(day)) => {
                errors.push(FieldError::new(
                    format!("/local_days/{at}/from"),
                    FieldFault::Repeated,
                ));
            }
            Ok(range) => read.push(LocalDay {
                days: range,
                name: day.name.clone(),
                work: day.work,
            }),
            Err(fault) => errors.push(
                FieldError::new(format!("/local_days/{at}/to"), FieldFault::OutOfRange)
                    .with("reason", fault.reason),
            ),
        }
    }
    read
}

fn hours(spans: &[String], errors: &mut Vec<FieldError>) -> Vec<OpenHours> {
    let mut read: Vec<OpenHours> = Vec::new();
    for (at, span) in spans.iter().enumerate() {
        let pointer = format!("/business_hours/{at}");
        match span.parse::<OpenHours>() {
            Ok(span) if read.last().is_some_and(|last| span.opens() < last.closes()) => {
                errors.push(FieldError::new(pointer, FieldFault::Inconsistent));
            }
            Ok(span) => read.push(span),
            Err(fault) => {
                errors.push(FieldError::new(pointer, FieldFault::WrongFormat).with("reason", fault.reason));
            }
        }
    }
    read
}

/// A fault of a notice, as the answer tells it.
fn told(fault: &NoticeFault) -> FieldError {
    let kind = match &fault.wrong {
        Wrong::Empty => FieldFault::TooShort,
        Wrong::NoPaper => FieldFault::Required,
        Wrong::DaysOfMissing | Wrong::WorkedAnyway | Wrong::NamedBy(_) => FieldFault::Inconsistent,
        Wrong::NoYear | Wrong::OutsideYear => FieldFault::OutOfRange,
        Wrong::Twice => FieldFault::Repeated,
        Wrong::Name => FieldFault::Invalid,
        Wrong::TooMany(_) => FieldFault::TooLong,
    };
    let error = FieldError::new(format!("/holidays{}", fault.pointer), kind).with("reason", &fault.wrong);
    match &fault.wrong {
        Wrong::Empty => error.with("min", 1),
        Wrong::TooMany(most) => error.with("max", most),
        Wrong::NoPaper
        | Wrong::DaysOfMissing
        | Wrong::NoYear
        | Wrong::OutsideYear
        | Wrong::Twice
        | Wrong::WorkedAnyway
        | Wrong::NamedBy(_)
        | Wrong::Name => error,
    }
}

fn year_status() -> utoipa::openapi::schema::Object {
    crate::case::codes::closed(&["published", "provisional", "missing"])
}

fn work() -> utoipa::openapi::schema::Object {
    crate::case::codes::closed(&["off", "working"])
}

fn hours_schema() -> utoipa::openapi::schema::Array {
    use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, Type};
    let span = ObjectBuilder::new()
        .schema_type(Type::String)
        .max_length(Some(20))
        .examples([serde_json::json!("09:00 to 12:00")]);
    ArrayBuilder::new()
        .items(span)
        .min_items(Some(1))
        .max_items(Some(8))
        .build()
}

fn papers_schema() -> utoipa::openapi::schema::Array {
    use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, Type};
    let paper = ObjectBuilder::new()
        .schema_type(Type::String)
        .min_length(Some(1))
        .max_length(Some(200));
    ArrayBuilder::new().items(paper).max_items(Some(50)).build()
}

//! Parts that several bodies have in common.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, NaiveDate, SubsecRound, Utc};
use domain::case::command::{Respondent, Task};
use domain::ids::{StaffId, UnitId, WindowId};
use domain::time_limit::{Span, Unit};
use domain::words::{DispatchRole, Word};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::{Validate, ValidationError, ValidationErrors};

use crate::case::codes;
use crate::case::texts::Texts;
use crate::problem::{FieldError, FieldFault, Problem};

/// Yes or no to something that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Decision {
    /// It is granted.
    Grant,
    /// It is refused.
    Refuse,
}

/// A length of time, as a body gives it: at most 100 years.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"count": 3, "unit": "working_day"}))]
pub(crate) struct GivenAmount {
    /// How many.
    #[validate(range(min = 1, max = 1200))]
    #[schema(minimum = 1, maximum = 1200)]
    count: u32,
    /// Of what.
    #[schema(schema_with = codes::unit_of_time)]
    unit: GivenUnit,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum GivenUnit {
    Hour,
    WorkingHour,
    WorkingDay,
    CalendarDay,
    Month,
    Year,
}

impl GivenAmount {
    /// The same as the rules count it.
    ///
    /// # Errors
    /// `body_invalid` for more than 100 years.
    pub(crate) fn span(self, pointer: &str) -> Result<Span, Problem> {
        let unit = match self.unit {
            GivenUnit::Hour => Unit::Hour,
            GivenUnit::WorkingHour => Unit::WorkingHour,
            GivenUnit::WorkingDay => Unit::WorkingDay,
            GivenUnit::CalendarDay => Unit::Day,
            GivenUnit::Month => Unit::Month,
            GivenUnit::Year => Unit::Year,
        };
        Span::new(self.count, unit)
            .map_err(|_| Problem::body_invalid(vec![FieldError::new(pointer, FieldFault::OutOfRange)]))
    }
}

/// What one unit is sent.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GivenTask {
    /// The unit.
    unit_id: Uuid,
    /// Exactly one unit leads.
    #[schema(schema_with = codes::dispatch_role)]
    role: DispatchRole,
    /// What it is to do.
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    task: Option<String>,
    /// When it counts as done.
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    standard: Option<String>,
    /// By when, if that is said.
    due_on: Option<NaiveDate>,
}

impl GivenTask {
    /// The task as the rules know it.
    pub(crate) fn task(self, sent_through: Option<&Word>, texts: &mut Texts) -> Task {
        Task {
            unit: UnitId(self.unit_id),
            role: self.role,
            task: texts.keep_any("task", self.task),
            standard: texts.keep_any("standard", self.standard),
            due_on: self.due_on,
            sent_through: sent_through.cloned().unwrap_or_else(in_system),
        }
    }
}

/// How a form goes when nobody says.
fn in_system() -> Word {
    "in_system".parse().expect("it is a word")
}

/// Who or what is complained of.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum GivenRespondent {
    /// A unit.
    Unit(UnitComplainedOf),
    /// A window.
    Window(WindowComplainedOf),
    /// A person.
    Person(PersonComplainedOf),
}

/// A unit.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UnitComplainedOf {
    /// Which.
    unit_id: Uuid,
}

/// A window.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WindowComplainedOf {
    /// Which.
    window_id: Uuid,
}

/// A person: a member of staff if known as one, else only described.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PersonComplainedOf {
    /// The member of staff.
    staff_id: Option<Uuid>,
    /// What was said about who it is.
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500)]
    description: Option<String>,
}

impl Validate for GivenRespondent {
    fn validate(&self) -> Result<(), ValidationErrors> {
        match self {
            Self::Unit(unit) => unit.validate(),
            Self::Window(window) => window.validate(),
            Self::Person(person) => person.validate(),
        }
    }
}

impl GivenRespondent {
    /// The respondent as the rules know it.
    pub(crate) fn respondent(self, texts: &mut Texts) -> Respondent {
        match self {
            Self::Unit(it) => Respondent::Unit {
                unit: UnitId(it.unit_id),
            },
            Self::Window(it) => Respondent::Window {
                window: WindowId(it.window_id),
            },
            Self::Person(it) => Respondent::Person {
                staff: it.staff_id.map(StaffId),
                description: texts.keep_any("respondent", it.description),
            },
        }
    }
}

/// Bounds the words of each section of a form.
pub(crate) fn sections(given: &BTreeMap<Word, String>) -> Result<(), ValidationError> {
    let bounded = |words: &String| (1..=20_000).contains(&words.chars().count());
    if given.values().all(bounded) {
        Ok(())
    } else {
        Err(ValidationError::new("section"))
    }
}

/// The years in which an instant or a day of a body may lie.
const YEARS: std::ops::RangeInclusive<i32> = 1970..=9999;

/// An instant of a body, in whole microseconds as everything is kept.
///
/// # Errors
/// `body_invalid` outside the years 1970 to 9999.
pub(crate) fn instant(pointer: &str, given: DateTime<Utc>) -> Result<DateTime<Utc>, Problem> {
    in_years(pointer, given.year())?;
    Ok(given.trunc_subsecs(6))
}

/// A day of a body.
///
/// # Errors
/// `body_invalid` outside the years 1970 to 9999.
pub(crate) fn day(pointer: &str, given: NaiveDate) -> Result<NaiveDate, Problem> {
    in_years(pointer, given.year())?;
    Ok(given)
}

fn in_years(pointer: &str, year: i32) -> Result<(), Problem> {
    if YEARS.contains(&year) {
        Ok(())
    } else {
        Err(Problem::body_invalid(vec![FieldError::new(
            pointer,
            FieldFault::OutOfRange,
        )]))
    }
}

/// A field that another one makes necessary.
pub(crate) fn required(pointer: &str) -> Problem {
    Problem::body_invalid(vec![FieldError::new(pointer, FieldFault::Required)])
}

/// A field that does not go together with another one.
pub(crate) fn inconsistent(pointer: &str) -> Problem {
    Problem::body_invalid(vec![FieldError::new(pointer, FieldFault::Inconsistent)])
}

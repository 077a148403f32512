//! Time limits as words: `7 working days`, `24 hours`, `same day`, `promptly`; and the rules by which they are counted.

use std::borrow::Cow;
use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

/// A length of time in one unit: `7 working days`. As words it has at most 100 years; see [`Span::new`].
///
/// Spans are ordered so that they can be keys; whether 30 days are longer than a month is for the calendar to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Span {
    /// How many units.
    pub amount: NonZeroU32,
    /// What it is counted in.
    pub unit: Unit,
}

/// What a [`Span`] is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, strum::EnumIter)]
pub enum Unit {
    /// An hour while the office is open.
    WorkingHour,
    /// An hour on the wall clock, day and night.
    Hour,
    /// A day on which the office works (工作日).
    WorkingDay,
    /// Any day of the calendar (自然日).
    Day,
    /// From a day to the day of the same number in a later month.
    Month,
    /// Twelve months.
    Year,
}

/// Within what time a duty is owed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Within {
    /// `immediately` 立即: no number.
    Immediately,
    /// `promptly` 及时: no number; the office may set one.
    Promptly,
    /// `as prescribed` 规定时间: no number; the office must set one.
    AsPrescribed,
    /// `same day` 当日: until the end of the day on which it starts.
    SameDay,
    /// A number and a unit.
    Span(Span),
}

/// What a regulation says about counting. The default is the Civil Code's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Counting {
    /// Whether the day on which it starts is counted; for days, months and years.
    pub start_day: StartDay,
    /// When the last day is over; for `same day`, days, months and years.
    pub last_day_ends: DayEnd,
    /// What happens if the last day is a day of rest; for days, months and years.
    pub on_rest_day: RestDay,
}

/// Whether the day on which a limit starts is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, JsonSchema)]
pub enum StartDay {
    /// Counting begins on the next day (Civil Code Art 201).
    #[default]
    #[serde(rename = "not counted")]
    NotCounted,
    /// The start day is the first day.
    #[serde(rename = "counted")]
    Counted,
}

/// When the last day of a limit is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, JsonSchema)]
pub enum DayEnd {
    /// At 24:00 (Civil Code Art 203).
    #[default]
    #[serde(rename = "midnight")]
    Midnight,
    /// When the office closes. At 24:00 where it does not work that day, or had closed before the limit started.
    #[serde(rename = "closing time")]
    ClosingTime,
}

/// What happens if the last day of a limit is a day of rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, JsonSchema)]
pub enum RestDay {
    /// The next working day takes its place (Civil Code Art 203).
    #[default]
    #[serde(rename = "next working day")]
    NextWorkingDay,
    /// It stays the last day.
    #[serde(rename = "stays")]
    Stays,
}

/// Why words are not a time limit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadSpan {
    /// The words are none of those a limit is written in.
    #[error(
        "`{0}` is no time limit; write `7 working days`, `15 days`, `24 hours`, `8 working hours`, `3 months`, `1 year`, or where it may stand `same day`, `immediately`, `promptly`, `as prescribed`"
    )]
    Unknown(String),
    /// A limit of zero would be over before it began; `same day` may be meant.
    #[error("a time limit cannot be zero; `same day` may be meant")]
    Zero,
    /// Nobody owes anything for longer than 100 years.
    #[error("{amount} {unit} are more than 100 years")]
    TooLong {
        /// The amount that was written.
        amount: u32,
        /// Its unit, in the plural.
        unit: &'static str,
    },
}

impl Span {
    /// A span of `amount` units.
    ///
    /// # Errors
    /// [`BadSpan::Zero`]; [`BadSpan::TooLong`] beyond 100 years.
    pub fn new(amount: u32, unit: Unit) -> Result<Self, BadSpan> {
        let non_zero = NonZeroU32::new(amount).ok_or(BadSpan::Zero)?;
        if amount > unit.at_most() {
            return Err(BadSpan::TooLong {
                amount,
                unit: unit.plural(),
            });
        }
        Ok(Self {
            amount: non_zero,
            unit,
        })
    }
}

impl Unit {
    /// How many units make 100 years. For working units these are 100 years of nothing but work.
    fn at_most(self) -> u32 {
        match self {
            Self::WorkingHour | Self::Hour => 36_525 * 24,
            Self::WorkingDay | Self::Day => 36_525,
            Self::Month => 1_200,
            Self::Year => 100,
        }
    }

    fn singular(self) -> &'static str {
        match self {
            Self::WorkingHour => "working hour",
            Self::Hour => "hour",
            Self::WorkingDay => "working day",
            Self::Day => "day",
            Self::Month => "month",
            Self::Year => "year",
        }
    }

    fn plural(self) -> &'static str {
        match self {
            Self::WorkingHour => "working hours",
            Self::Hour => "hours",
            Self::WorkingDay => "working days",
            Self::Day => "days",
            Self::Month => "months",
            Self::Year => "years",
        }
    }
}

impl FromStr for Span {
    type Err = BadSpan;

    /// Reads `7 working days`; the singular is taken for any amount.
    fn from_str(words: &str) -> Result<Self, BadSpan> {
        // The words come back in an answer: a long text is cut.
        let unknown = || BadSpan::Unknown(words.chars().take(60).collect());
        let (amount, unit) = words.split_once(' ').ok_or_else(unknown)?;
        let digits = !amount.is_empty() && amount.bytes().all(|byte| byte.is_ascii_digit());
        let unit = <Unit as strum::IntoEnumIterator>::iter()
            .find(|known| unit == known.singular() || unit == known.plural())
            .filter(|_| digits)
            .ok_or_else(unknown)?;
        // Digits that do not fit are a number all the same, only far too large a one.
        Self::new(amount.parse().unwrap_or(u32::MAX), unit)
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = if self.amount.get() == 1 {
            self.unit.singular()
        } else {
            self.unit.plural()
        };
        write!(f, "{} {unit}", self.amount)
    }
}

impl FromStr for Within {
    type Err = BadSpan;

    fn from_str(words: &str) -> Result<Self, BadSpan> {
        match words {
            "immediately" => Ok(Self::Immediately),
            "promptly" => Ok(Self::Promptly),
            "as prescribed" => Ok(Self::AsPrescribed),
            "same day" => Ok(Self::SameDay),
            _ => words.parse().map(Self::Span),
        }
    }
}

impl fmt::Display for Within {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Immediately => f.write_str("immediately"),
            Self::Promptly => f.write_str("promptly"),
            Self::AsPrescribed => f.write_str("as prescribed"),
            Self::SameDay => f.write_str("same day"),
            Self::Span(span) => span.fmt(f),
        }
    }
}

impl Span {
    /// The words of a span, as a regular expression.
    pub(crate) fn pattern() -> String {
        let units: Vec<&str> = <Unit as strum::IntoEnumIterator>::iter()
            .flat_map(|unit| [unit.singular(), unit.plural()])
            .collect();
        format!("0*[1-9][0-9]{{0,5}} ({})", units.join("|"))
    }
}

impl JsonSchema for Span {
    fn schema_name() -> Cow<'static, str> {
        "Span".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "pattern": format!("^{}$", Self::pattern()),
            "description": "a number and a unit: `7 working days`, `15 days`, `24 hours`, `8 working hours`, `3 months`, `1 year`",
        })
    }
}

impl JsonSchema for Within {
    fn schema_name() -> Cow<'static, str> {
        "Within".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let words = [
            (Self::Immediately, "立即: no number"),
            (Self::Promptly, "及时: no number; the office may set one"),
            (Self::AsPrescribed, "规定时间: no number; the office must set one"),
            (Self::SameDay, "当日: until the end of the day on which it starts"),
        ];
        let words = crate::words::listed(words.into_iter().map(|(word, label)| (word, label.to_owned())));
        json_schema!({
            "description": "how long: a number of hours or days, or a word without one",
            "anyOf": [words, generator.subschema_for::<Span>()],
        })
    }
}

macro_rules! written_as_words {
    ($($type:ty),+) => {$(
        impl TryFrom<String> for $type {
            type Error = BadSpan;

            fn try_from(words: String) -> Result<Self, BadSpan> {
                words.parse()
            }
        }

        impl From<$type> for String {
            fn from(limit: $type) -> Self {
                limit.to_string()
            }
        }
    )+};
}
written_as_words!(Span, Within);

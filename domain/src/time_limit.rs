//! How long something may take.

use std::{fmt, num::NonZeroU32, str::FromStr};

use crate::words::{UnknownWord, words, written_as_a_string};

/// A length of time in a unit, such as `7 working days`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// How many units.
    pub amount: NonZeroU32,
    /// The unit.
    pub unit: Unit,
}

words! {
    /// What a span is counted in.
    Unit {
        #[strum(serialize = "working hour")]
        WorkingHour "working hour" "工作小时",
        #[strum(serialize = "hour")]
        Hour "hour" "小时",
        #[strum(serialize = "working day")]
        WorkingDay "working day" "工作日",
        #[strum(serialize = "day")]
        Day "day" "日",
        #[strum(serialize = "month")]
        Month "month" "个月",
        #[strum(serialize = "year")]
        Year "year" "年",
    }
}

/// A text that is no span and none of the limits without a number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadSpan {
    /// No number, or zero, where a number must stand.
    #[error("`{0}` is no length of time: it must begin with a whole number from 1")]
    Amount(String),
    /// No unit, or one that is not known.
    #[error(transparent)]
    Unit(#[from] UnknownWord),
}

impl FromStr for Span {
    type Err = BadSpan;

    fn from_str(written: &str) -> Result<Self, BadSpan> {
        let bad = || BadSpan::Amount(written.chars().take(60).collect());
        let (amount, unit) = written.split_once(' ').ok_or_else(bad)?;
        let amount = amount.parse::<NonZeroU32>().map_err(|_| bad())?;
        let unit = if amount.get() > 1 {
            unit.strip_suffix('s').unwrap_or(unit)
        } else {
            unit
        };
        Ok(Self {
            amount,
            unit: unit.parse()?,
        })
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} {}{}",
            self.amount,
            self.unit,
            if self.amount.get() > 1 { "s" } else { "" }
        )
    }
}

written_as_a_string!(Span);

/// A limit as a regulation states it, with or without a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Within {
    /// 立即.
    Immediately,
    /// 及时.
    Promptly,
    /// 规定时间.
    AsPrescribed,
    /// 当日.
    SameDay,
    /// A number of units.
    Span(Span),
}

impl FromStr for Within {
    type Err = BadSpan;

    fn from_str(written: &str) -> Result<Self, BadSpan> {
        Ok(match written {
            "immediately" => Self::Immediately,
            "promptly" => Self::Promptly,
            "as prescribed" => Self::AsPrescribed,
            "same day" => Self::SameDay,
            span => Self::Span(span.parse()?),
        })
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

written_as_a_string!(Within);

words! {
    /// Whether the day on which a limit starts counts.
    StartDay {
        #[strum(serialize = "not counted")]
        NotCounted "not counted" "不计入",
        #[strum(serialize = "counted")]
        Counted "counted" "计入",
    }
}

words! {
    /// When the last day of a limit ends.
    DayEnd {
        #[strum(serialize = "midnight")]
        Midnight "midnight" "24时",
        #[strum(serialize = "closing time")]
        ClosingTime "closing time" "下班时",
    }
}

words! {
    /// What becomes of a last day that is no working day.
    RestDay {
        #[strum(serialize = "next working day")]
        NextWorkingDay "next working day" "顺延",
        #[strum(serialize = "stays")]
        Stays "stays" "不顺延",
    }
}

/// How the days of a limit are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Counting {
    /// Whether the start day counts.
    pub start_day: StartDay,
    /// When the last day ends.
    pub last_day_ends: DayEnd,
    /// What becomes of a last day that is a rest day.
    pub on_rest_day: RestDay,
}

impl Default for Counting {
    fn default() -> Self {
        Self {
            start_day: StartDay::NotCounted,
            last_day_ends: DayEnd::Midnight,
            on_rest_day: RestDay::NextWorkingDay,
        }
    }
}

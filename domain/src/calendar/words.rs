//! The values of a written calendar: `"2026-10-01 to 2026-10-07"`, `"09:00 to 12:00"`, `"+08:00"`, `"monday"`.

use std::fmt;
use std::str::FromStr;

use chrono::{FixedOffset, NaiveDate, TimeDelta};
use serde::{Deserialize, Serialize};

use super::document::{CalendarFault, fault};
use super::{FIRST_DAY, LAST_DAY};

/// The longest [`DayRange`], in days.
pub const RANGE_AT_MOST: i64 = 100;

/// Days from the first to the last, both included: `"2026-10-01 to 2026-10-07"`, or one day: `"2026-10-10"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DayRange {
    first: NaiveDate,
    last: NaiveDate,
}

impl DayRange {
    /// One day.
    pub(super) fn one(day: NaiveDate) -> Self {
        Self {
            first: day,
            last: day,
        }
    }

    /// The range with the day after its last, if `day` is that one and it does not grow too long.
    pub(super) fn and(self, day: NaiveDate) -> Option<Self> {
        let follows = self.last.succ_opt() == Some(day) && (day - self.first).num_days() < RANGE_AT_MOST;
        follows.then_some(Self { last: day, ..self })
    }

    /// The days in order.
    pub fn days(self) -> impl Iterator<Item = NaiveDate> {
        self.first.iter_days().take_while(move |day| *day <= self.last)
    }
}

impl FromStr for DayRange {
    type Err = CalendarFault;

    fn from_str(text: &str) -> Result<Self, CalendarFault> {
        let (first, last) = text.split_once(" to ").unwrap_or((text, text));
        let day = |text: &str| {
            NaiveDate::parse_from_str(text, "%Y-%m-%d")
                .ok()
                .filter(|day| (FIRST_DAY..=LAST_DAY).contains(day) && text.len() == "2026-10-01".len())
                .ok_or_else(|| {
                    fault(format!(
                        "`{text}` is not a day; write `2026-10-01` or `2026-10-01 to 2026-10-07`"
                    ))
                })
        };
        let range = Self {
            first: day(first)?,
            last: day(last)?,
        };
        match (range.last - range.first).num_days() {
            ..0 => Err(fault(format!("`{text}` ends before it begins"))),
            0..RANGE_AT_MOST => Ok(range),
            RANGE_AT_MOST.. => Err(fault(format!("`{text}` has more than {RANGE_AT_MOST} days"))),
        }
    }
}

impl fmt::Display for DayRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.first == self.last {
            self.first.fmt(f)
        } else {
            write!(f, "{} to {}", self.first, self.last)
        }
    }
}

/// A span of business hours within one day: `"09:00 to 12:00"`; the end may be `24:00`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct OpenHours {
    // Minutes since midnight, because chrono has no 24:00.
    opens: u16,
    closes: u16,
}

impl OpenHours {
    /// The time from midnight to the opening.
    pub fn opens(self) -> TimeDelta {
        TimeDelta::minutes(self.opens.into())
    }

    /// The time from midnight to the closing.
    pub fn closes(self) -> TimeDelta {
        TimeDelta::minutes(self.closes.into())
    }
}

impl FromStr for OpenHours {
    type Err = CalendarFault;

    fn from_str(text: &str) -> Result<Self, CalendarFault> {
        let hours = text
            .split_once(" to ")
            .and_then(|(opens, closes)| {
                Some(Self {
                    opens: minutes_of(opens)?,
                    closes: minutes_of(closes)?,
                })
            })
            .ok_or_else(|| fault(format!("`{text}` are no business hours; write `09:00 to 12:00`")))?;
        if hours.opens < hours.closes {
            Ok(hours)
        } else {
            Err(fault(format!("`{text}` closes before it opens")))
        }
    }
}

impl fmt::Display for OpenHours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (opens, closes) = (self.opens, self.closes);
        write!(
            f,
            "{:02}:{:02} to {:02}:{:02}",
            opens / 60,
            opens % 60,
            closes / 60,
            closes % 60
        )
    }
}

/// A fixed offset from UTC: `"+08:00"`, at most 14 hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(super) struct Offset(pub(super) FixedOffset);

impl FromStr for Offset {
    type Err = CalendarFault;

    fn from_str(text: &str) -> Result<Self, CalendarFault> {
        let offset = || {
            let east = text.strip_prefix('+').map(|clock| (1, clock));
            let (sign, clock) = east.or_else(|| text.strip_prefix('-').map(|clock| (-1, clock)))?;
            let minutes = minutes_of(clock).filter(|minutes| *minutes <= 14 * 60)?;
            FixedOffset::east_opt(sign * i32::from(minutes) * 60)
        };
        offset()
            .map(Self)
            .ok_or_else(|| fault(format!("`{text}` is no offset from UTC; write `+08:00`")))
    }
}

impl fmt::Display for Offset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// `"08:30"` as minutes since midnight, up to `"24:00"`.
fn minutes_of(clock: &str) -> Option<u16> {
    let number = |digits: &str| match digits.as_bytes() {
        [tens @ b'0'..=b'9', ones @ b'0'..=b'9'] => {
            Some(u16::from(tens - b'0') * 10 + u16::from(ones - b'0'))
        }
        _ => None,
    };
    let (hours, minutes) = clock.split_once(':')?;
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    (minutes < 60 && hours * 60 + minutes <= 24 * 60).then_some(hours * 60 + minutes)
}

macro_rules! written_as_text {
    ($($word:ty),+) => {$(
        impl TryFrom<String> for $word {
            type Error = CalendarFault;

            fn try_from(text: String) -> Result<Self, CalendarFault> {
                text.parse()
            }
        }

        impl From<$word> for String {
            fn from(word: $word) -> Self {
                word.to_string()
            }
        }
    )+};
}
written_as_text!(DayRange, OpenHours, Offset);

/// Weekdays by their full English names in lower case.
pub(super) mod weekdays {
    use chrono::Weekday;
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    const NAMES: [(&str, Weekday); 7] = [
        ("monday", Weekday::Mon),
        ("tuesday", Weekday::Tue),
        ("wednesday", Weekday::Wed),
        ("thursday", Weekday::Thu),
        ("friday", Weekday::Fri),
        ("saturday", Weekday::Sat),
        ("sunday", Weekday::Sun),
    ];

    pub(in super::super) fn serialize<S: Serializer>(week: &[Weekday], to: S) -> Result<S::Ok, S::Error> {
        let names = NAMES
            .iter()
            .filter(|(_, day)| week.contains(day))
            .map(|(name, _)| *name);
        names.collect::<Vec<_>>().serialize(to)
    }

    pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Vec<Weekday>, D::Error> {
        let weekday = |text: &String| {
            let found = NAMES
                .iter()
                .find_map(|(name, day)| (name == text).then_some(*day));
            found.ok_or_else(|| D::Error::custom(format!("`{text}` is no weekday; write `monday`")))
        };
        let mut week = Vec::<String>::deserialize(from)?
            .iter()
            .map(weekday)
            .collect::<Result<Vec<_>, _>>()?;
        week.sort_by_key(Weekday::num_days_from_monday);
        Ok(week)
    }
}

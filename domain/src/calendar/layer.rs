//! An office's own days over a national calendar, and the changes that make new versions of either.
//!
//! A version is never changed: whatever is imported gives a new one, and a new version of the national calendar gives
//! each calendar that lies over it a new one, too. The numbers of the versions of an office's calendar go on where those
//! of the national one stood when it was made, so that they never fall, whichever of the two an office goes by.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::document::{Document, LocalDay, Year};
use super::{Calendar, CalendarFault, OpenHours, YearStatus};

/// What an office says of its own: everything that its calendar has besides the national one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Layer {
    /// Its own business hours, instead of the national calendar's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub business_hours: Option<Vec<OpenHours>>,
    /// Its own days.
    #[serde(default, rename = "local_day", skip_serializing_if = "Vec::is_empty")]
    pub local_days: Vec<LocalDay>,
    /// Notices that it took in itself; each counts only until the national calendar has published that year.
    #[serde(default, rename = "year", skip_serializing_if = "Vec::is_empty")]
    pub years: Vec<Year>,
}

/// What an import changes; what it does not name stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// A year, in place of what stood there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub year: Option<Year>,
    /// All local days, in place of those before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub local_days: Option<Vec<LocalDay>>,
    /// The business hours of each working day, in place of those before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub business_hours: Option<Vec<OpenHours>>,
}

impl Layer {
    /// The layer after a change.
    #[must_use]
    pub fn changed(&self, change: &Change) -> Self {
        let mut changed = self.clone();
        if let Some(year) = &change.year {
            put(&mut changed.years, year);
        }
        if let Some(local_days) = &change.local_days {
            changed.local_days.clone_from(local_days);
        }
        if let Some(hours) = &change.business_hours {
            changed.business_hours = Some(hours.clone());
        }
        changed
    }
}

impl Calendar {
    /// From when on this version is gone by: what was due before was counted by an older one and stays so. None for one
    /// that was there from the start.
    pub fn since(&self) -> Option<DateTime<Utc>> {
        self.document.since
    }

    /// The next version after a change, gone by since `since`.
    ///
    /// # Errors
    /// [`CalendarFault`] if the days contradict one another: the notices of two years name the same one, say.
    pub fn changed(&self, change: &Change, since: DateTime<Utc>) -> Result<Self, CalendarFault> {
        let mut document = self.document.clone();
        if let Some(year) = &change.year {
            put(&mut document.years, year);
        }
        if let Some(local_days) = &change.local_days {
            document.local_days.clone_from(local_days);
        }
        if let Some(hours) = &change.business_hours {
            document.business_hours.clone_from(hours);
        }
        document.version += 1;
        document.since = Some(since);
        Self::try_from(document)
    }

    /// An office's calendar over this one, as a version of its own. Where this one has published a year, the office's
    /// own notice of it counts no longer.
    ///
    /// # Errors
    /// As [`Calendar::changed`]; also if the code is no code or the version 0.
    pub fn under(
        &self,
        layer: &Layer,
        code: &str,
        version: u32,
        since: DateTime<Utc>,
    ) -> Result<Self, CalendarFault> {
        let mut document = Document {
            code: code.to_owned(),
            version,
            since: Some(since),
            ..self.document.clone()
        };
        for year in &layer.years {
            if self.year_status(year.year) != YearStatus::Published {
                put(&mut document.years, year);
            }
        }
        document.local_days.extend_from_slice(&layer.local_days);
        if let Some(hours) = &layer.business_hours {
            document.business_hours.clone_from(hours);
        }
        Self::try_from(document)
    }
}

/// Puts a year in its place.
fn put(years: &mut Vec<Year>, year: &Year) {
    match years.binary_search_by_key(&year.year, |known| known.year) {
        Ok(at) => years[at] = year.clone(),
        Err(at) => years.insert(at, year.clone()),
    }
}

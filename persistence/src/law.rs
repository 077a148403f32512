//! What decisions on an office's cases rest on besides the cases: its rulebook, its calendar, its directory.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use chrono::{DateTime, Utc};
use domain::calendar::Calendar;
use domain::case::Context;
use domain::case::decide::Actor;
use domain::delegation::Delegation;
use domain::directory::{Directory, Member, Unit, Window};
use domain::ids::{DelegationId, OfficeId, StaffId, UnitId, WindowId};
use domain::rulebook::Checked;
use domain::time_limit::Span;
use domain::words::{DutyName, RulebookCode, Version};
use serde::Deserialize;
use uuid::Uuid;

use crate::archive::Answer;
use crate::calendar::CalendarRecord;
use crate::delegation::DelegationRecord;
use crate::office::OfficeRecord;
use crate::staff::StaffRecord;
use crate::store_error::StoreError;
use crate::unit::UnitRecord;
use crate::window::WindowRecord;

/// The rulebooks that come with the service, by code: of each the version that this release brings along.
pub type Rulebooks = BTreeMap<RulebookCode, Arc<Checked>>;

/// What holds in one office, as one version of its directory and of its calendar has it.
#[derive(Debug, Clone)]
pub struct Law {
    /// The rulebook it runs.
    pub rulebook: Arc<Checked>,
    /// The calendar its limits are counted by.
    pub calendar: Arc<Calendar>,
    /// Who is there.
    pub directory: Arc<Directory>,
    /// Before this instant nothing escalates on a case that was imported.
    pub cut_over: DateTime<Utc>,
    /// Whether the office takes new cases.
    pub active: bool,
    /// What everything is called.
    pub names: Arc<Names>,
}

/// What the people of an office call it, its units and one another. No decision rests on it; it has the directory's
/// version, so that an answer that names people costs no question of its own.
#[derive(Debug, Clone, Default)]
pub struct Names {
    /// The office's code.
    pub office_code: String,
    /// Its name in Chinese.
    pub office_zh: String,
    /// Its name in English.
    pub office_en: String,
    /// The name of everybody, also of those who have left.
    pub people: BTreeMap<StaffId, String>,
    /// Name and level of each unit, also of those that are closed.
    pub units: BTreeMap<UnitId, (String, String)>,
}

impl Law {
    /// What a decision by this actor at this moment rests on.
    #[must_use]
    pub fn context(&self, actor: Actor, now: DateTime<Utc>) -> Context<'_> {
        Context {
            rulebook: &self.rulebook,
            calendar: &self.calendar,
            directory: &self.directory,
            cut_over: self.cut_over,
            now,
            actor,
        }
    }

    /// What holds here for what lives under another rulebook.
    #[must_use]
    pub fn under(&self, rulebook: Arc<Checked>) -> Self {
        Self {
            rulebook,
            ..self.clone()
        }
    }

    /// Whether the office itself runs this version.
    pub fn runs(&self, code: &str, version: &str) -> bool {
        self.rulebook.head.code.as_str() == code && self.rulebook.head.version.as_str() == version
    }

    /// The law of what lives under this version, even if the office has taken another one since; none if nobody has
    /// read it yet.
    pub(crate) fn of(&self, code: &str, version: &str, rulebooks: &Shelf) -> Option<Self> {
        if self.runs(code, version) {
            return Some(self.clone());
        }
        rulebooks
            .known(code, version)
            .map(|rulebook| self.under(rulebook))
    }
}

/// The rulebooks that this process has read, by code and version. A version never changes, so that what was read once
/// stays good.
#[derive(Debug, Default)]
pub(crate) struct Shelf(RwLock<BTreeMap<RulebookCode, BTreeMap<Version, Arc<Checked>>>>);

impl Shelf {
    /// The version, if it was read before.
    pub(crate) fn known(&self, code: &str, version: &str) -> Option<Arc<Checked>> {
        let rulebooks = self.0.read().unwrap_or_else(PoisonError::into_inner);
        rulebooks.get(code)?.get(version).map(Arc::clone)
    }

    /// Remembers a version; whoever was first counts.
    pub(crate) fn put(&self, rulebook: Checked) -> Arc<Checked> {
        self.share(Arc::new(rulebook))
    }

    /// Every version that was read.
    pub(crate) fn all(&self) -> Vec<Arc<Checked>> {
        let rulebooks = self.0.read().unwrap_or_else(PoisonError::into_inner);
        rulebooks
            .values()
            .flat_map(BTreeMap::values)
            .map(Arc::clone)
            .collect()
    }

    fn share(&self, rulebook: Arc<Checked>) -> Arc<Checked> {
        let mut rulebooks = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let versions = rulebooks.entry(rulebook.head.code.clone()).or_default();
        let version = rulebook.head.version.clone();
        Arc::clone(versions.entry(version).or_insert(rulebook))
    }
}

/// The laws that were read before, each good for as long as its office and its calendar have these versions.
pub(crate) struct Laws {
    pub(crate) rulebooks: Arc<Shelf>,
    known: Mutex<BTreeMap<Uuid, Read>>,
}

/// A law, and the versions of directory and calendar it was read at.
type Read = (i64, i64, Arc<Law>);

/// What a law is made of, as it stood together at one moment.
pub(crate) struct Sources {
    pub(crate) office: OfficeRecord,
    pub(crate) units: Vec<UnitRecord>,
    pub(crate) windows: Vec<WindowRecord>,
    pub(crate) staff: Vec<StaffRecord>,
    pub(crate) delegations: Vec<DelegationRecord>,
    pub(crate) calendar: CalendarRecord,
}

/// What of an office's profile decisions rest on.
#[derive(Deserialize)]
struct Profile {
    #[serde(default)]
    numbers: BTreeMap<DutyName, Span>,
    #[serde(default)]
    rounds: Option<u8>,
}

impl Laws {
    pub(crate) fn new(rulebooks: Rulebooks) -> Self {
        let kept = Shelf::default();
        for rulebook in rulebooks.into_values() {
            kept.share(rulebook);
        }
        Self {
            rulebooks: Arc::new(kept),
            known: Mutex::default(),
        }
    }

    /// The law with these versions of directory and calendar, if it was read before.
    pub(crate) fn known(&self, office: Uuid, directory: i64, calendar: i64) -> Option<Arc<Law>> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        match known.get(&office) {
            Some((of_directory, of_calendar, law))
                if (*of_directory, *of_calendar) == (directory, calendar) =>
            {
                Some(Arc::clone(law))
            }
            Some(_) | None => None,
        }
    }

    /// Makes a law and remembers it.
    pub(crate) fn make(&self, sources: &Sources, rulebook: Arc<Checked>) -> Answer<Arc<Law>> {
        let office = &sources.office;
        let calendar: Calendar = serde_json::from_str(&sources.calendar.document)
            .map_err(|error| corrupt("calendars", None, &error))?;
        let profile: Profile = serde_json::from_str(&office.profile)
            .map_err(|error| corrupt("offices", Some(office.id), &error))?;
        let law = Arc::new(Law {
            rulebook,
            calendar: Arc::new(calendar),
            directory: Arc::new(Directory {
                office: OfficeId(office.id),
                version: office.directory_version.unsigned_abs(),
                units: sources.units.iter().map(unit).collect::<Answer<_>>()?,
                windows: sources.windows.iter().map(window).collect(),
                staff: sources.staff.iter().map(member).collect::<Answer<_>>()?,
                numbers: profile.numbers,
                rounds: profile.rounds,
                delegations: sources
                    .delegations
                    .iter()
                    .map(delegation)
                    .collect::<Answer<_>>()?,
            }),
            cut_over: office.cutover_at.unwrap_or(DateTime::<Utc>::MIN_UTC),
            active: office.active,
            names: Arc::new(names(sources)),
        });
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let read = (
            office.directory_version,
            sources.calendar.version,
            Arc::clone(&law),
        );
        known.insert(office.id, read);
        Ok(law)
    }
}

fn names(sources: &Sources) -> Names {
    let unit = |record: &UnitRecord| {
        let called = (record.name.clone(), record.level.clone());
        (UnitId(record.id), called)
    };
    let person = |record: &StaffRecord| (StaffId(record.id), record.name.clone());
    Names {
        office_code: sources.office.code.clone(),
        office_zh: sources.office.name_zh.clone(),
        office_en: sources.office.name_en.clone(),
        people: sources.staff.iter().map(person).collect(),
        units: sources.units.iter().map(unit).collect(),
    }
}

fn unit(record: &UnitRecord) -> Answer<(UnitId, Unit)> {
    let kind = record
        .kind
        .parse()
        .map_err(|error| corrupt("units", Some(record.id), &error))?;
    let unit = Unit {
        kind,
        accountable_officer: record.accountable_officer_id.map(StaffId),
        active: record.active,
    };
    Ok((UnitId(record.id), unit))
}

fn window(record: &WindowRecord) -> (WindowId, Window) {
    let window = Window {
        unit: record.unit_id.map(UnitId),
        active: record.active,
    };
    (WindowId(record.id), window)
}

fn member(record: &StaffRecord) -> Answer<(StaffId, Member)> {
    let member = Member {
        unit: record.unit_id.map(UnitId),
        positions: serde_json::from_str(&record.positions)
            .map_err(|error| corrupt("staff", Some(record.id), &error))?,
        active: record.active,
    };
    Ok((StaffId(record.id), member))
}

fn delegation(record: &DelegationRecord) -> Answer<Delegation> {
    Ok(Delegation {
        id: DelegationId(record.id),
        from: StaffId(record.from_id),
        to: StaffId(record.to_id),
        starts_at: record.starts_at,
        ends_at: record.ends_at,
        deeds: serde_json::from_str(&record.deeds)
            .map_err(|error| corrupt("delegations", Some(record.id), &error))?,
    })
}

/// A row that does not say what it should.
fn corrupt(table: &'static str, id: Option<Uuid>, error: &dyn std::fmt::Display) -> StoreError {
    StoreError::Corrupt {
        table,
        id,
        reason: error.to_string(),
    }
}

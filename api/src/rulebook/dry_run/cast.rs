//! Who is who in the office that is made up for a dry run.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::calendar::Calendar;
use domain::directory::{Directory, Member, Unit, Window};
use domain::ids::{OfficeId, StaffId, UnitId, WindowId};
use domain::rulebook::{Checked, Position, Seat};
use domain::time_limit::Span;
use domain::words::DutyName;
use persistence::law::{Law, Names};
use uuid::Uuid;

/// How many units of a kind, and how many holders of a position, there are.
const OF_EACH: usize = 2;

/// The people and units that a rulebook asks for, by the names that scripts call them.
pub(in super::super) struct Cast {
    people: BTreeMap<String, StaffId>,
    units: BTreeMap<String, UnitId>,
    pub(super) law: Arc<Law>,
}

impl Cast {
    /// The cast of a rulebook, with the numbers for the limits that it leaves open.
    pub(in super::super) fn of(
        rulebook: Arc<Checked>,
        calendar: Arc<Calendar>,
        numbers: BTreeMap<DutyName, Span>,
    ) -> Self {
        let mut hiring = Hiring {
            people: BTreeMap::new(),
            units: BTreeMap::new(),
            names: Names::default(),
            directory: Directory {
                office: OfficeId(id_of("office")),
                version: 1,
                units: BTreeMap::new(),
                windows: BTreeMap::new(),
                staff: BTreeMap::new(),
                numbers,
                rounds: None,
                delegations: Vec::new(),
            },
        };
        hiring.all(&rulebook);
        let Hiring {
            people,
            units,
            names,
            directory,
        } = hiring;
        Self {
            people,
            units,
            law: Arc::new(Law {
                rulebook,
                calendar,
                directory: Arc::new(directory),
                cut_over: DateTime::<Utc>::MIN_UTC,
                active: true,
                names: Arc::new(names),
            }),
        }
    }

    /// The member of staff whom a script calls so.
    pub(super) fn person(&self, name: &str) -> Option<StaffId> {
        self.people.get(plain(name)).copied()
    }

    /// The unit that a script calls so.
    pub(super) fn unit(&self, name: &str) -> Option<UnitId> {
        self.units.get(plain(name)).copied()
    }

    /// The one window.
    pub(super) fn window() -> WindowId {
        WindowId(id_of("window_1"))
    }
}

struct Hiring {
    people: BTreeMap<String, StaffId>,
    units: BTreeMap<String, UnitId>,
    names: Names,
    directory: Directory,
}

impl Hiring {
    fn all(&mut self, rulebook: &Checked) {
        for kind in &rulebook.unit_kinds {
            for at in 0..OF_EACH {
                let name = numbered(kind.name.as_str(), at);
                let id = UnitId(id_of(&format!("unit {name}")));
                let unit = Unit {
                    kind: kind.name.clone(),
                    accountable_officer: None,
                    active: true,
                };
                self.directory.units.insert(id, unit);
                let called = format!("{}{}", kind.title, mark(at));
                self.names.units.insert(id, (called, String::new()));
                self.units.insert(name, id);
            }
        }
        for position in &rulebook.positions {
            match position.sits {
                Seat::Unit => {
                    for kind in &rulebook.unit_kinds {
                        for at in 0..OF_EACH * rulebook.seats_in_each_unit(position) {
                            let unit = numbered(kind.name.as_str(), at % OF_EACH);
                            let unit = self.units.get(&unit).copied();
                            let name = numbered(&format!("{}@{}", position.name, kind.name), at);
                            let answers = kind.accountable_officer.as_ref() == Some(&position.name);
                            let officer = answers && at < OF_EACH;
                            self.hire(position, name, at, unit.map(|unit| (unit, officer)));
                        }
                    }
                }
                Seat::OwnOffice | Seat::Window | Seat::Oversight => {
                    for at in 0..OF_EACH {
                        self.hire(position, numbered(position.name.as_str(), at), at, None);
                    }
                }
            }
        }
        let window = Window {
            unit: self.units.values().next().copied(),
            active: true,
        };
        self.directory.windows.insert(Cast::window(), window);
    }

    fn hire(&mut self, position: &Position, name: String, at: usize, unit: Option<(UnitId, bool)>) {
        let id = StaffId(id_of(&format!("person {name}")));
        let member = Member {
            unit: unit.map(|(unit, _)| unit),
            positions: vec![position.name.clone()],
            active: true,
        };
        self.directory.staff.insert(id, member);
        if let Some((unit, true)) = unit
            && let Some(unit) = self.directory.units.get_mut(&unit)
        {
            unit.accountable_officer = Some(id);
        }
        let called = format!("{}{}", position.title, mark(at));
        self.names.people.insert(id, called);
        self.people.insert(name, id);
    }
}

/// Ids follow from names, so that the same script gives the same answer.
pub(super) fn id_of(name: &str) -> Uuid {
    Uuid::new_v5(&Uuid::NAMESPACE_OID, name.as_bytes())
}

/// The first of a name goes by the name alone, the second by `.2`.
fn numbered(name: &str, at: usize) -> String {
    match at {
        0 => name.to_owned(),
        at => format!("{name}.{}", at + 1),
    }
}

/// A name without the number that may be left out.
fn plain(name: &str) -> &str {
    name.strip_suffix(".1").unwrap_or(name)
}

fn mark(at: usize) -> char {
    ['甲', '乙', '丙', '丁'][at % 4]
}

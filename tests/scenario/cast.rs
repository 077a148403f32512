//! Who is who in a demonstration office: the names by which scripts call people and units, and what stands behind them.

use std::collections::BTreeMap;
use std::fmt;

use api::demo::id_of;
use domain::rulebook::{Checked, Seat};

/// How many units of a kind, and how many holders of a position, the demonstration has.
const OF_EACH: usize = 2;

/// Whoever takes a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    /// Nobody: only time passes.
    Clock,
    /// A member of staff, by the user name.
    Person(String),
}

/// The people and units of the demonstration office of one rulebook.
#[derive(Debug)]
pub struct Cast {
    office: String,
    /// The user names, by the names of scripts.
    people: BTreeMap<String, String>,
    /// The unit codes, by the names of scripts.
    units: BTreeMap<String, String>,
}

impl Cast {
    /// The cast that a rulebook asks for.
    pub fn of(rulebook: &Checked) -> Self {
        let code = rulebook.head.code.as_str();
        let office = code.rsplit('.').next().unwrap_or(code).to_owned();
        let mut people = BTreeMap::new();
        let mut units = BTreeMap::new();
        people.insert("administrator".to_owned(), format!("{office}.administrator"));
        for kind in &rulebook.unit_kinds {
            for at in 0..OF_EACH {
                units.insert(
                    numbered(kind.name.as_str(), at),
                    format!("{}_{}", kind.name, at + 1),
                );
            }
        }
        for position in &rulebook.positions {
            let name = position.name.as_str();
            let user_name = |at| format!("{office}.{}", numbered(name, at));
            match position.sits {
                // One in each unit, numbered through.
                Seat::Unit => {
                    let kinds = rulebook.unit_kinds.iter();
                    let seats = kinds.flat_map(|kind| (0..OF_EACH).map(move |at| (kind, at)));
                    let seats: Vec<_> = seats.collect();
                    // Once more through all units where one person in each would be too few.
                    for more in 0..rulebook.seats_in_each_unit(position) {
                        for (place, (kind, at)) in seats.iter().enumerate() {
                            let name = numbered(&format!("{name}@{}", kind.name), more * OF_EACH + at);
                            people.insert(name, user_name(more * seats.len() + place));
                        }
                    }
                }
                Seat::OwnOffice | Seat::Window | Seat::Oversight => {
                    for at in 0..OF_EACH {
                        people.insert(numbered(name, at), user_name(at));
                    }
                }
            }
        }
        Self {
            office,
            people,
            units,
        }
    }

    /// Whom a script means.
    ///
    /// # Errors
    /// Who there is, where nobody has this name.
    pub fn who(&self, name: &str) -> Result<Who, String> {
        if name == "clock" {
            return Ok(Who::Clock);
        }
        self.user_name(name).map(Who::Person)
    }

    fn user_name(&self, name: &str) -> Result<String, String> {
        let known = self.people.get(plain(name));
        known.cloned().ok_or_else(|| {
            format!(
                "nobody is called {name:?}; there are: {}",
                list(self.people.keys())
            )
        })
    }

    /// The id of a member of staff, as `@staff.<name>` means it.
    ///
    /// # Errors
    /// Who there is, where nobody has this name.
    pub fn staff_id(&self, name: &str) -> Result<String, String> {
        self.user_name(name)
            .map(|user_name| id_of(&user_name).to_string())
    }

    /// The id of a unit, as `@unit.<name>` means it.
    ///
    /// # Errors
    /// Which units there are, where none has this name.
    pub fn unit_id(&self, name: &str) -> Result<String, String> {
        let known = self.units.get(plain(name));
        let code = known.ok_or_else(|| {
            format!(
                "no unit is called {name:?}; there are: {}",
                list(self.units.keys())
            )
        })?;
        Ok(id_of(&format!("{}/{code}", self.office)).to_string())
    }

    /// The id of the one window.
    pub fn window_id(&self) -> String {
        id_of(&format!("{}/window_1", self.office)).to_string()
    }

    /// What scripts call the member of staff with this id.
    pub fn name_of_staff(&self, id: &str) -> Option<&str> {
        let mut known = self.people.iter();
        known
            .find(|(_, user_name)| id_of(user_name).to_string() == id)
            .map(|(name, _)| name.as_str())
    }

    /// What scripts call the unit with this id.
    pub fn name_of_unit(&self, id: &str) -> Option<&str> {
        let mut known = self.units.iter();
        known
            .find(|(_, code)| id_of(&format!("{}/{code}", self.office)).to_string() == id)
            .map(|(name, _)| name.as_str())
    }
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

fn list<T: fmt::Display>(names: impl Iterator<Item = T>) -> String {
    let names: Vec<String> = names.map(|name| name.to_string()).collect();
    if names.is_empty() {
        "none".to_owned()
    } else {
        names.join(", ")
    }
}

//! The demonstration: one office for each rulebook, with everybody whom the rulebook names, under one password.
//!
//! User names are `{office}.{position}`, and `{office}.{position}.2` for the second person. Positions that sit in a
//! unit have one person in each unit, numbered through. What is there already is left as it is, but for the password,
//! which is the one of this start.
//!
//! Everything has the same id in every demonstration, made from its name by [`id_of`], so that the examples of the
//! contract name things that are there.

mod sample;
#[cfg(test)]
mod tests;

pub use sample::take_in;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::rulebook::{Checked, Position, Seat};
use persistence::archive::NewPassword;
use persistence::office::{NewOffice, OfficeRecord};
use persistence::staff::{NewStaffMember, StaffFilter};
use persistence::unit::{NewUnit, UnitRecord};
use persistence::window::NewWindow;
use persistence::{Answer, Archive, Conflict, StoreError, Thing};
use uuid::Uuid;

use crate::office::Profile;
use crate::password;

/// How many units of each kind there are, and how many people in each position that sits in no unit.
const OF_EACH: usize = 2;
/// The user name of who operates the installation.
pub const OPERATOR: &str = "operator";
/// More staff than any demonstration has.
const STAFF_MAX: u32 = 1000;
/// More units than any demonstration has.
const UNITS_MAX: u32 = 1000;
/// How the first ones are told apart (甲乙丙丁 stand for A, B, C, D).
const MARKS: [char; 8] = ['甲', '乙', '丙', '丁', '戊', '己', '庚', '辛'];

/// The id of a thing of the demonstration by its name: an office by its code, a unit or window by
/// `{office}/{code}`, a case by `{office}/case/{number}`, a member of staff by the user name.
pub fn id_of(name: &str) -> Uuid {
    Uuid::new_v5(&Uuid::NAMESPACE_OID, format!("huiyin demo {name}").as_bytes())
}

/// Whether a demonstration was set up in this database: its offices have ids of its own making.
///
/// # Errors
/// Whatever the archive answers.
pub fn lives_in(archive: &dyn Archive, rulebooks: &persistence::law::Rulebooks) -> Answer<bool> {
    for rulebook in rulebooks.values() {
        if archive.find_office(id_of(&office_code(rulebook)))?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Sets up what is missing of the demonstration; answers the codes of its offices. Two instances may do it at once:
/// whatever the other has made is there already.
///
/// # Errors
/// Whatever the archive answers. What was set up stays.
pub fn furnish(
    archive: &dyn Archive,
    rulebooks: &persistence::law::Rulebooks,
    demo_password: &str,
    now: DateTime<Utc>,
) -> Answer<Vec<String>> {
    // Hashed once, and not at all where an earlier start has: it is the same password for everybody.
    let hash = match kept_hash(archive, rulebooks, demo_password)? {
        Some(kept) => kept,
        None => password::hash_any(demo_password),
    };
    let mut codes = Vec::new();
    for rulebook in rulebooks.values() {
        let code = office_code(rulebook);
        let known = archive.find_office_by_code(&code)?;
        if let Some(office) = &known {
            keep_password(archive, office.id, &code, demo_password, &hash, now)?;
        }
        let set_up = SetUp {
            archive,
            rulebook,
            office_id: known.as_ref().map_or_else(|| id_of(&code), |office| office.id),
            code: code.clone(),
            hash: hash.clone(),
            now,
        };
        let by_this_rulebook = known
            .as_ref()
            .is_none_or(|office| set_up.is_of_its_rulebook(office));
        if known.is_none() {
            set_up.office()?;
        }
        if by_this_rulebook {
            set_up.people()?;
            set_up.window()?;
        }
        codes.push(code);
    }
    if let Some(first) = codes.first()
        && archive.find_log_in(OPERATOR)?.is_none()
        && let Some(office) = archive.find_office_by_code(first)?
    {
        let operator = NewStaffMember {
            operator: true,
            ..member(office.id, OPERATOR.to_owned(), "系统运维".to_owned(), &hash, now)
        };
        made(archive.create_staff_member(&operator, None))?;
    }
    Ok(codes)
}

/// The hash of this password that an earlier start has left.
fn kept_hash(
    archive: &dyn Archive,
    rulebooks: &persistence::law::Rulebooks,
    demo_password: &str,
) -> Answer<Option<String>> {
    for rulebook in rulebooks.values() {
        if let Some(known) = archive.find_log_in(&administrator(&office_code(rulebook)))? {
            let same = password::verify(demo_password, Some(&known.password_hash));
            return Ok(same.then_some(known.password_hash));
        }
    }
    Ok(None)
}

/// The user name of an office's administrator.
fn administrator(office_code: &str) -> String {
    format!("{office_code}.administrator")
}

/// What was made now; nothing where another instance, which sets up the same demonstration, was first.
fn made<T>(outcome: Answer<T>) -> Answer<Option<T>> {
    match outcome {
        Ok(made) => Ok(Some(made)),
        Err(StoreError::Conflict(
            Conflict::OfficeCode
            | Conflict::UnitCode
            | Conflict::WindowCode
            | Conflict::UserName
            | Conflict::Id,
        )) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The last part of the rulebook's code.
fn office_code(rulebook: &Checked) -> String {
    let code = rulebook.head.code.as_str();
    code.rsplit('.').next().unwrap_or(code).to_owned()
}

/// Gives the demonstration's people the password of this start, unless they have it.
fn keep_password(
    archive: &dyn Archive,
    office_id: Uuid,
    code: &str,
    demo_password: &str,
    hash: &str,
    now: DateTime<Utc>,
) -> Answer<()> {
    let known = archive.find_log_in(&administrator(code))?;
    let has_it = |kept: &str| kept == hash || password::verify(demo_password, Some(kept));
    if known.is_some_and(|record| has_it(&record.password_hash)) {
        return Ok(());
    }
    let password = NewPassword {
        hash: hash.to_owned(),
        must_change: false,
        name_hash: None,
    };
    let prefix = format!("{code}.");
    for person in archive.list_staff(office_id, &StaffFilter::default(), None, STAFF_MAX)? {
        if person.user_name == OPERATOR || person.user_name.starts_with(&prefix) {
            archive.set_password(office_id, person.id, &password, now, None)?;
        }
    }
    Ok(())
}

/// An office being set up.
struct SetUp<'a> {
    archive: &'a dyn Archive,
    rulebook: &'a Arc<Checked>,
    office_id: Uuid,
    code: String,
    hash: String,
    now: DateTime<Utc>,
}

impl SetUp<'_> {
    fn office(&self) -> Answer<()> {
        let head = &self.rulebook.head;
        let office = NewOffice {
            id: self.office_id,
            code: self.code.clone(),
            name_zh: format!("演示：{}", head.title.zh),
            name_en: format!("Demo: {}", head.title.en),
            rulebook_code: head.code.to_string(),
            rulebook_version: head.version.to_string(),
            calendar_code: "cn".to_owned(),
            cutover_at: None,
            profile: Profile {
                telephones: vec!["0571-12345678".to_owned()],
                numbers: Profile::suggested(self.rulebook),
                rounds: None,
            }
            .kept(),
            created_at: self.now,
        };
        let administrator = NewStaffMember {
            administrator: true,
            ..self.person("administrator", 0, "管理员")
        };
        made(self.archive.create_office(&office, &administrator, None)).map(drop)
    }

    /// Whether the office goes by this very version of the rulebook, whose units and positions it can have.
    fn is_of_its_rulebook(&self, office: &OfficeRecord) -> bool {
        let head = &self.rulebook.head;
        office.rulebook_code == head.code.as_str() && office.rulebook_version == head.version.to_string()
    }

    fn people(&self) -> Answer<()> {
        let units = self.units()?;
        for position in &self.rulebook.positions {
            match position.sits {
                Seat::Unit => {
                    // Through all units first, so that the names stay where a rulebook learns to keep deeds apart.
                    for seat in 0..self.rulebook.seats_in_each_unit(position) {
                        for (at, unit) in units.iter().enumerate() {
                            self.hire(position, seat * units.len() + at, Some(unit))?;
                        }
                    }
                }
                Seat::OwnOffice | Seat::Window | Seat::Oversight => {
                    for at in 0..OF_EACH {
                        self.hire(position, at, None)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn units(&self) -> Answer<Vec<UnitRecord>> {
        let mut units = Vec::new();
        for kind in &self.rulebook.unit_kinds {
            for at in 0..OF_EACH {
                let code = format!("{}_{}", kind.name, at + 1);
                let unit = NewUnit {
                    office_id: self.office_id,
                    id: id_of(&format!("{}/{code}", self.code)),
                    code,
                    name: format!("{}{}", kind.title, mark(at)),
                    kind: kind.name.to_string(),
                    level: String::new(),
                    parent_id: None,
                };
                units.push(self.unit(&unit)?);
            }
        }
        Ok(units)
    }

    /// The unit of this code, made where there is none.
    fn unit(&self, unit: &NewUnit) -> Answer<UnitRecord> {
        if let Some(known) = self.find_unit(&unit.code)? {
            return Ok(known);
        }
        match made(self.archive.create_unit(unit, None))? {
            Some(made) => Ok(made),
            None => self
                .find_unit(&unit.code)?
                .ok_or(StoreError::Missing(Thing::Unit)),
        }
    }

    fn find_unit(&self, code: &str) -> Answer<Option<UnitRecord>> {
        let units = self.archive.list_units(self.office_id, None, UNITS_MAX)?;
        Ok(units.into_iter().find(|unit| unit.code == code))
    }

    /// One window, staffed by the first unit if there is one.
    fn window(&self) -> Answer<()> {
        let code = "window_1";
        let unit = self.archive.list_units(self.office_id, None, 1)?;
        let window = NewWindow {
            office_id: self.office_id,
            id: id_of(&format!("{}/{code}", self.code)),
            code: code.to_owned(),
            name: "1号窗口".to_owned(),
            unit_id: unit.first().map(|unit| unit.id),
            head_id: None,
        };
        made(self.archive.create_window(&window, None)).map(drop)
    }

    /// Enters a person, and appoints them where the rulebook wants this position to answer for the unit.
    fn hire(&self, position: &Position, at: usize, unit: Option<&UnitRecord>) -> Answer<()> {
        let person = NewStaffMember {
            unit_id: unit.map(|unit| unit.id),
            positions: format!("[\"{}\"]", position.name),
            ..self.person(position.name.as_str(), at, &position.title)
        };
        let person_id = if let Some(known) = self.archive.find_log_in(&person.user_name)? {
            known.staff_member.id
        } else {
            made(self.archive.create_staff_member(&person, None))?;
            person.id
        };
        // A unit that was changed since it was made is left as it is.
        let Some(unit) = unit.filter(|unit| unit.version == 1) else {
            return Ok(());
        };
        let answers = self.rulebook.unit_kinds.iter().any(|kind| {
            kind.name.as_str() == unit.kind && kind.accountable_officer.as_ref() == Some(&position.name)
        });
        if !answers {
            return Ok(());
        }
        match self
            .archive
            .appoint_accountable_officer(self.office_id, unit.id, unit.version, person_id)
        {
            // Another instance has appointed them, or somebody has changed the unit or deactivated the person.
            Ok(_) | Err(StoreError::Stale { .. } | StoreError::Missing(Thing::StaffMember)) => Ok(()),
            Err(error) => Err(error),
        }
    }

    fn person(&self, word: &str, at: usize, title: &str) -> NewStaffMember {
        let user_name = match at {
            0 => format!("{}.{word}", self.code),
            at => format!("{}.{word}.{}", self.code, at + 1),
        };
        let name = format!("{title}{}", mark(at));
        member(self.office_id, user_name, name, &self.hash, self.now)
    }
}

fn mark(at: usize) -> char {
    MARKS[at % MARKS.len()]
}

fn member(
    office_id: Uuid,
    user_name: String,
    name: String,
    hash: &str,
    now: DateTime<Utc>,
) -> NewStaffMember {
    NewStaffMember {
        office_id,
        id: id_of(&user_name),
        user_name,
        name,
        unit_id: None,
        positions: "[]".to_owned(),
        administrator: false,
        operator: false,
        password_hash: hash.to_owned(),
        password_must_change: false,
        created_at: now,
    }
}

//! `huiyin init`: the first office of a production database.

use std::collections::BTreeMap;

use clap::Args;
use domain::rulebook::Checked;
use domain::time_limit::Span;
use domain::words::{DutyName, RulebookCode, Word};
use persistence::office::NewOffice;
use persistence::staff::NewStaffMember;
use uuid::Uuid;

use super::{Failure, clock, open_archive, settings, tell};
use crate::desk::shipped_rulebooks;
use crate::office::{Profile, office_numbers};
use crate::password;

/// Create the first office of a production database, with its administrator.
///
/// The administrator also operates the installation: creates further offices over the API. The password is printed
/// this once and must be changed at the first log-in.
#[derive(Debug, Args)]
pub struct Init {
    /// The office's short name: a lower-case letter, then letters, digits or `_`; it never changes.
    #[arg(long, value_name = "CODE")]
    office: String,
    /// The office's name in Chinese.
    #[arg(long, value_name = "NAME")]
    name_zh: String,
    /// The office's name in English.
    #[arg(long, value_name = "NAME")]
    name_en: String,
    /// The rulebook it runs, such as `cn.service_hall`.
    #[arg(long, value_name = "CODE")]
    rulebook: String,
    /// The name its administrator logs in with.
    #[arg(long, value_name = "USER")]
    administrator: String,
    /// The administrator's own name.
    #[arg(long, value_name = "NAME")]
    administrator_name: String,
    /// The office's number for a limit that the rulebook leaves open, such as `reply=30 days`; may be given again. What
    /// the text calls the prescribed time needs one.
    #[arg(long, value_name = "LIMIT=SPAN")]
    limit_number: Vec<String>,
}

impl Init {
    /// Creates the office.
    ///
    /// # Errors
    /// Faulty settings or arguments, a database that cannot be opened or that has an office already.
    pub fn run(self) -> Result<(), Failure> {
        let settings = settings()?;
        let code: Word = self.office.parse()?;
        let rulebooks = shipped_rulebooks();
        let rulebook = rulebooks.get(self.rulebook.as_str()).ok_or_else(|| {
            let known: Vec<&str> = rulebooks.keys().map(RulebookCode::as_str).collect();
            format!(
                "there is no rulebook `{}`; there are: {}",
                self.rulebook,
                known.join(", ")
            )
        })?;
        let clock = clock(&settings);
        let archive = open_archive(&settings, &clock)?;
        if let Some(office) = archive.list_offices(None, 1)?.first() {
            return Err(format!(
                "this database has an office already (`{}`): its operator creates others over the API",
                office.code
            )
            .into());
        }
        let numbers = self.numbers(rulebook)?;
        let password = password::generate();
        let office = NewOffice {
            id: Uuid::now_v7(),
            code: code.to_string(),
            name_zh: self.name_zh,
            name_en: self.name_en,
            rulebook_code: rulebook.head.code.to_string(),
            rulebook_version: rulebook.head.version.to_string(),
            calendar_code: "cn".to_owned(),
            cutover_at: None,
            profile: Profile {
                telephones: Vec::new(),
                numbers,
                rounds: None,
            }
            .kept(),
            created_at: clock.now(),
        };
        let administrator = NewStaffMember {
            office_id: office.id,
            id: Uuid::now_v7(),
            user_name: self.administrator,
            name: self.administrator_name,
            unit_id: None,
            positions: "[]".to_owned(),
            administrator: true,
            operator: true,
            password_hash: password::hash(&password)?,
            password_must_change: true,
            created_at: clock.now(),
        };
        archive.create_office(&office, &administrator, None)?;
        tell(&format!(
            "Created the office `{}`.\nLog in as {} with the password {password}\nand change it at once (change_password).",
            office.code, administrator.user_name
        ));
        Ok(())
    }

    /// The office's numbers: those given, and what the rulebook suggests for limits that may do without one.
    fn numbers(&self, rulebook: &Checked) -> Result<BTreeMap<DutyName, Span>, Failure> {
        let mut given = BTreeMap::new();
        for pair in &self.limit_number {
            let (name, span) = pair
                .split_once('=')
                .ok_or_else(|| format!("`{pair}` is not written `LIMIT=SPAN`"))?;
            given.insert(name.to_owned(), span.to_owned());
        }
        office_numbers(&given, rulebook).map_err(|problem| {
            let faults: Vec<String> = problem
                .errors()
                .iter()
                .map(|error| error.pointer.clone())
                .collect();
            format!(
                "the rulebook leaves numbers to the office that are missing or wrong: {}",
                faults.join(", ")
            )
            .into()
        })
    }
}

//! `huiyin import`: a ledger from before the service, taken over as recorded history.

use std::fs::File;
use std::io::{BufReader, Write};
use std::path::PathBuf;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use clap::Args;
use domain::authority::permitting;
use domain::ids::{OfficeId, StaffId};
use domain::words::{Channel, Deed};
use persistence::Archive;
use persistence::law::Law;
use persistence::office::{OfficeChange, OfficeRecord};
use persistence::staff::StaffFilter;

use super::{Failure, clock, open_archive, settings, shared_clock};
use crate::ledger::{Destination, LedgerMap, Report, import, read};

/// Take over a ledger from before the service.
///
/// Each row becomes a case with the milestones that the ledger knows. What the rulebook would have demanded and
/// nobody wrote down is named on the case; whether a limit was kept is judged where its start and end are known.
/// The command can be run again: what was taken over is not taken over twice. A row that is refused is reported with
/// its number and harms no other.
#[derive(Debug, Args)]
pub struct Import {
    /// The ledger: CSV in UTF-8, its first line naming the columns.
    file: PathBuf,
    /// The map: a TOML file that says what each column is (`tests/ledgers/citizen_messages.toml` is an example).
    #[arg(long, value_name = "MAP.toml")]
    map: PathBuf,
    /// The code of the office that takes it over.
    #[arg(long, value_name = "CODE")]
    office: String,
    /// Who becomes first receiver of the cases [default: the first who may receive by their channel].
    #[arg(long, value_name = "USER")]
    first_receiver: Option<String>,
    /// Before this instant nothing escalates on what was taken over, as 2026-01-01T00:00:00+08:00
    /// [default: the office's own, else now].
    #[arg(long, value_name = "INSTANT")]
    cut_over: Option<DateTime<Utc>>,
}

impl Import {
    /// Takes the ledger over.
    ///
    /// # Errors
    /// Faulty settings, a map or ledger that cannot be read, an office or a receiver that is not there. Refused rows
    /// are no error: they are reported.
    pub fn run(self) -> Result<(), Failure> {
        let settings = settings()?;
        let clock = clock(&settings);
        let archive = open_archive(&settings, &clock)?;
        let map = std::fs::read_to_string(&self.map).map_err(|error| about(&self.map, &error))?;
        let map = LedgerMap::read(&map)?;
        let file = File::open(&self.file).map_err(|error| about(&self.file, &error))?;
        let now = shared_clock(clock, &*archive)?.now();
        let office = self.office(&*archive, now)?;
        let law = archive
            .law(OfficeId(office.id))?
            .ok_or("the office runs no rulebook of this installation")?;
        let first_receiver = self.receiver(&*archive, &office, &law, map.same.channel)?;
        let destination = Destination {
            office: OfficeId(office.id),
            law: &law,
            first_receiver,
            now,
        };
        let mut ledger = csv::Reader::from_reader(BufReader::new(file));
        let mut terminal = std::io::stderr().lock();
        let report = import(
            &*archive,
            destination,
            &map,
            read(&mut ledger, &map)?,
            &mut terminal,
        )?;
        tell(&report, &mut std::io::stdout().lock())?;
        Ok(())
    }

    /// The office, with the instant before which its history escalates nothing.
    fn office(&self, archive: &dyn Archive, now: DateTime<Utc>) -> Result<OfficeRecord, Failure> {
        let office = archive.find_office_by_code(&self.office)?.ok_or_else(|| {
            format!(
                "there is no office `{}` in this database: create it, or start the demonstration once",
                self.office
            )
        })?;
        if self.cut_over.is_none() && office.cutover_at.is_some() {
            return Ok(office);
        }
        let change = OfficeChange {
            name_zh: office.name_zh.clone(),
            name_en: office.name_en.clone(),
            rulebook_code: office.rulebook_code.clone(),
            rulebook_version: office.rulebook_version.clone(),
            calendar_code: office.calendar_code.clone(),
            cutover_at: Some(self.cut_over.unwrap_or(now)),
            profile: office.profile.clone(),
            active: office.active,
        };
        Ok(archive.update_office(office.id, office.version, &change)?)
    }

    fn receiver(
        &self,
        archive: &dyn Archive,
        office: &OfficeRecord,
        law: &Arc<Law>,
        channel: Option<Channel>,
    ) -> Result<StaffId, Failure> {
        if let Some(user) = &self.first_receiver {
            let found = archive.find_log_in(user)?.map(|log_in| log_in.staff_member);
            let found = found.filter(|member| member.office_id == office.id && member.active);
            return Ok(StaffId(
                found
                    .ok_or_else(|| format!("`{user}` does not work in this office"))?
                    .id,
            ));
        }
        let desk = channel.and_then(|channel| law.rulebook.channel(channel)?.first_receiver.clone());
        let filter = StaffFilter {
            unit_id: None,
            position: desk.map(|position| position.to_string()),
            active: Some(true),
        };
        let staff = archive.list_staff(office.id, &filter, None, 100)?;
        let receives = |staff: StaffId| {
            !permitting(staff, Deed::Receipt, None, &law.rulebook, &law.directory).is_empty()
        };
        let first = staff
            .iter()
            .map(|member| StaffId(member.id))
            .find(|member| receives(*member));
        Ok(first.ok_or("nobody in this office may receive: name one with --first-receiver")?)
    }
}

fn about(path: &std::path::Path, error: &std::io::Error) -> String {
    format!("{}: {error}", path.display())
}

/// The report, for a terminal.
fn tell(report: &Report, terminal: &mut dyn Write) -> std::io::Result<()> {
    writeln!(
        terminal,
        "{} rows: {} recorded now, {} recorded before, {} refused",
        report.rows,
        report.recorded,
        report.known,
        report.refused.len()
    )?;
    for (name, verdicts) in &report.verdicts {
        writeln!(
            terminal,
            "{name} ({}): {} in time, {} late, {} not yet done",
            verdicts.clause, verdicts.on_time, verdicts.late, verdicts.open
        )?;
    }
    for (row, reason) in &report.refused {
        writeln!(terminal, "row {row} refused: {reason}")?;
    }
    Ok(())
}

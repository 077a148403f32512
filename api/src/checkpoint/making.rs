//! Making checkpoints, beside the commands, and letting them leave the machine.
//!
//! Any replica makes them: the database knows whose turn it is. Those that a folder is named for writes whatever is not
//! in it yet, whoever made it, so that nothing is missing after somebody died between the two. A file is never written
//! anew: what is in the folder already bears witness against the database.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::TimeDelta;
use persistence::Archive;
use persistence::checkpoint::{CheckpointKey, CheckpointRecord, Round, Signed, Statement};
use serde_json::json;
use uuid::Uuid;

use crate::commands::Failure;
use crate::desk::Desk;
use crate::password::random;
use crate::settings::{CheckpointSecret, Settings};

/// How many checkpoints or offices are read in one question.
const AT_ONCE: u32 = 100;

/// What it takes to make checkpoints.
#[derive(Clone)]
pub struct Making {
    key: Arc<CheckpointKey>,
    every: Duration,
    folder: Option<Arc<Folder>>,
}

/// A folder outside the database.
struct Folder {
    path: PathBuf,
    /// The last checkpoint of each office that is in it.
    last: Mutex<BTreeMap<Uuid, i64>>,
}

impl Making {
    /// As the settings say.
    ///
    /// # Errors
    /// A key that cannot be had.
    pub fn of(settings: &Settings) -> Result<Self, Failure> {
        let folder = settings.checkpoint_dir.as_ref().map(|path| {
            Arc::new(Folder {
                path: path.clone(),
                last: Mutex::default(),
            })
        });
        Ok(Self {
            key: Arc::new(key(settings.checkpoint_key.as_ref())?),
            every: Duration::from_secs(settings.checkpoint_seconds.get().into()),
            folder,
        })
    }

    /// What others verify with, in base64.
    pub fn public_key(&self) -> String {
        self.key.public().to_string()
    }

    /// Makes what is due until the service ends.
    pub async fn for_ever(self, desk: Desk) {
        loop {
            self.round(&desk).await;
            actix_web::rt::time::sleep(self.every).await;
        }
    }

    /// Makes what is due, and writes what is not in the folder yet. What fails is logged and done in the next round.
    pub async fn round(&self, desk: &Desk) {
        let mut interval = TimeDelta::from_std(self.every).unwrap_or(TimeDelta::MAX);
        loop {
            let (key, now) = (Arc::clone(&self.key), desk.now());
            let round = desk
                .blocking(move |archive| archive.make_checkpoints(&key, now, interval))
                .await;
            let more = match round {
                Ok(Round::NotNow) => false,
                Ok(Round::Made { checkpoints, more }) => {
                    for record in checkpoints {
                        let (office, number) = (record.office_id, record.number);
                        let hash = record.signed().hash();
                        tracing::info!(%office, number, %hash, "a checkpoint was made");
                    }
                    more
                }
                Err(problem) => {
                    tracing::warn!(problem = ?problem, "no checkpoint could be made");
                    false
                }
            };
            if !more {
                break;
            }
            interval = TimeDelta::zero();
        }
        let Some(folder) = self.folder.clone() else { return };
        let archive = desk.archive.clone();
        match crate::desk::apart(move || folder.fill(&*archive)).await {
            Ok(Ok(())) => {}
            Ok(Err(failure)) => tracing::error!(%failure, "checkpoints could not leave the machine"),
            Err(problem) => tracing::error!(problem = ?problem, "checkpoints could not leave the machine"),
        }
    }
}

/// The key that signs: where it was said to be, or drawn, which only a demonstration may do.
///
/// # Errors
/// A file that cannot be read, a command that fails, or what is no key.
pub fn key(secret: Option<&CheckpointSecret>) -> Result<CheckpointKey, Failure> {
    let text = match secret {
        None => return Ok(CheckpointKey::new(&random::<32>())),
        Some(CheckpointSecret::Said(secret)) => secret.reveal().to_owned(),
        Some(CheckpointSecret::File(path)) => fs::read_to_string(path)
            .map_err(|error| format!("HUIYIN_CHECKPOINT_KEY: {}: {error}", path.display()))?,
        Some(CheckpointSecret::Command(command)) => {
            let output = Command::new("sh").arg("-c").arg(command).output()?;
            if !output.status.success() {
                return Err(
                    format!("HUIYIN_CHECKPOINT_KEY: the command ended with {}", output.status).into(),
                );
            }
            String::from_utf8(output.stdout).map_err(|_| "HUIYIN_CHECKPOINT_KEY: the command told no key")?
        }
    };
    Ok(CheckpointKey::read(&text).map_err(|error| format!("HUIYIN_CHECKPOINT_KEY: {error}"))?)
}

impl Folder {
    /// Writes every checkpoint that is not in the folder yet.
    fn fill(&self, archive: &dyn Archive) -> Result<(), Failure> {
        let mut after: Option<String> = None;
        loop {
            let offices = archive.list_offices(after.as_deref(), AT_ONCE)?;
            for office in &offices {
                self.fill_one(archive, office.id, &office.code)?;
            }
            match offices.last() {
                Some(last) => after = Some(last.code.clone()),
                None => return Ok(()),
            }
        }
    }

    fn fill_one(&self, archive: &dyn Archive, office: Uuid, code: &str) -> Result<(), Failure> {
        let folder = self.path.join(code);
        let known = self.known().get(&office).copied();
        let mut last = if let Some(last) = known {
            last
        } else {
            fs::create_dir_all(&folder)?;
            last_in(&folder)?
        };
        if known.is_none()
            && last > 0
            && archive.find_checkpoint(office, last)?.map(hash) != hash_in(&folder, last)
        {
            tracing::error!(
                office = code,
                number = last,
                "the database does not hold the checkpoint that was kept outside: an older backup was put back, or the \
                 history was made anew; run `huiyin audit verify`"
            );
        }
        loop {
            let page = archive.list_checkpoints_after(office, last, AT_ONCE)?;
            if page.is_empty() {
                break;
            }
            for record in page {
                last = record.number;
                write(&folder, code, record)?;
            }
        }
        self.known().insert(office, last);
        Ok(())
    }

    fn known(&self) -> std::sync::MutexGuard<'_, BTreeMap<Uuid, i64>> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn hash(record: CheckpointRecord) -> String {
    record.signed().hash().to_string()
}

/// The hash of a checkpoint that is in the folder; none if it cannot be read.
fn hash_in(folder: &Path, number: i64) -> Option<String> {
    let bytes = fs::read(folder.join(name(number))).ok()?;
    let signed: Signed = serde_json::from_slice(&bytes).ok()?;
    Some(signed.hash().to_string())
}

/// The name of a checkpoint's file: in the order of the numbers.
fn name(number: i64) -> String {
    format!("{number:010}.json")
}

/// The number of the last checkpoint in a folder; 0 if there is none.
fn last_in(folder: &Path) -> Result<i64, Failure> {
    let mut last = 0;
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name();
        let number = name
            .to_str()
            .and_then(|name| name.strip_suffix(".json")?.parse().ok());
        last = last.max(number.unwrap_or(0));
    }
    Ok(last)
}

/// Writes a checkpoint: whole or not at all, and never over another one.
fn write(folder: &Path, code: &str, record: CheckpointRecord) -> Result<(), Failure> {
    let number = record.number;
    let signed = record.signed();
    let key = Statement::read(&signed.statement).map(|statement| statement.key);
    let text = serde_json::to_string_pretty(&json!({
        "office": code,
        "checkpoint_no": number,
        "hash": signed.hash(),
        "key_id": key,
        "statement": signed.statement,
        "signature": STANDARD.encode(&signed.signature),
    }))?;
    let (whole, part) = (folder.join(name(number)), folder.join(format!("{number}.part")));
    let mut file = fs::File::create(&part)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    match fs::hard_link(&part, &whole) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => return Err(error.into()),
        Ok(()) | Err(_) => {}
    }
    fs::remove_file(&part)?;
    Ok(())
}

//! `huiyin audit`: whether anybody has been at the chains.

use std::fs::{self, File};
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::{Args, Subcommand};
use persistence::audit::{OfficeFound, Verified, Verifier, Way, file, verify};
use persistence::checkpoint::{CheckpointKey, PublicKey, Signed};
use persistence::{DatabaseUrl, open_chains};

use super::{Failure, settings, tell};
use crate::checkpoint::making::key;
use crate::password::random;

/// The longest file that is read as a checkpoint, in bytes.
const KEPT_BYTES_MAX: u64 = 64 * 1024;

/// Verify the chains of events, and make the keys that sign checkpoints.
#[derive(Debug, Subcommand)]
pub enum Audit {
    /// Verify a database or an export, and name the first broken link.
    Verify(Verify),
    /// Draw a key that signs checkpoints: prints the secret for `HUIYIN_CHECKPOINT_KEY`, and its public key.
    NewKey,
    /// Print the public key of the secret that `HUIYIN_CHECKPOINT_KEY` names.
    PublicKey,
}

/// Verify a database or an export, and name the first broken link.
///
/// Every event is hashed again and held against the one before it, against the case as it stands, and against the
/// signed checkpoints; so is every entry of the access log; the checkpoints against the keys given here, no others, and against the checkpoints that were kept outside.
/// The command changes nothing, and ends with 1 if a link is broken.
#[derive(Debug, Args)]
pub struct Verify {
    /// The database [default: `HUIYIN_DATABASE_URL`].
    #[arg(long, value_name = "URL", conflicts_with = "export")]
    database: Option<String>,
    /// An export that `huiyin export` made, instead of a database.
    #[arg(long, value_name = "FILE")]
    export: Option<PathBuf>,
    /// A public key to trust, in base64; repeat it for each that has signed.
    #[arg(long = "key", value_name = "KEY", required = true)]
    keys: Vec<String>,
    /// Checkpoints that were kept outside: files, or folders of them (`HUIYIN_CHECKPOINT_DIR`); may be repeated.
    #[arg(long, value_name = "PATH")]
    kept: Vec<PathBuf>,
    /// Only this office, by its code; may be repeated [default: all].
    #[arg(long = "office", value_name = "CODE", conflicts_with = "export")]
    offices: Vec<String>,
    /// Build every case anew from its events, too, and hold it against the one that is kept (slower; a database only).
    #[arg(long, conflicts_with = "export")]
    rebuild: bool,
}

impl Audit {
    /// Does what was asked.
    ///
    /// # Errors
    /// A broken link; or what should be verified cannot be read.
    pub fn run(self) -> Result<(), Failure> {
        match self {
            Self::Verify(verify) => verify.run(),
            Self::NewKey => {
                let secret = random::<32>();
                let public = CheckpointKey::new(&secret).public();
                tell(&format!(
                    "HUIYIN_CHECKPOINT_KEY={}\npublic key {}  {public}",
                    in_base64(&secret),
                    public.id()
                ));
                Ok(())
            }
            Self::PublicKey => {
                let settings = settings()?;
                let secret = settings.checkpoint_key.as_ref();
                let secret = secret.ok_or("HUIYIN_CHECKPOINT_KEY is not set")?;
                tell(&key(Some(secret))?.public().to_string());
                Ok(())
            }
        }
    }
}

impl Verify {
    fn run(self) -> Result<(), Failure> {
        let keys: Result<Vec<PublicKey>, _> = self.keys.iter().map(|key| PublicKey::read(key)).collect();
        let mut verifier = Verifier::new(&keys.map_err(|error| format!("--key: {error}"))?, self.rebuild);
        for path in &self.kept {
            remember(&mut verifier, path)?;
        }
        let begun = Instant::now();
        let found = if let Some(path) = &self.export {
            let from = File::open(path).map_err(|error| about(path, &error))?;
            let whole = file::read(BufReader::with_capacity(1 << 20, from), |item| {
                verifier.take(item);
            })?;
            verifier.finish(whole)
        } else {
            let url = self
                .database
                .clone()
                .map_or_else(|| settings().map(|it| it.database_url.reveal().to_owned()), Ok)?;
            let url: DatabaseUrl = url.parse()?;
            let way = Way {
                offices: self.offices.clone(),
                documents: self.rebuild,
            };
            verify(&mut *open_chains(&url)?, &way, verifier)?
        };
        for code in &self.offices {
            if found
                .offices
                .iter()
                .all(|office| office.code.as_ref() != Some(code))
            {
                return Err(format!("there is no office `{code}` in it").into());
            }
        }
        report(&found, begun.elapsed().as_secs_f64(), self.kept.is_empty())
    }
}

/// Tells what was found.
fn report(verified: &Verified, seconds: f64, nothing_kept: bool) -> Result<(), Failure> {
    for office in &verified.offices {
        tell(&told(office));
    }
    if nothing_kept {
        tell(
            "No checkpoint from outside was given (--kept): an older backup put back, or a history made anew with the \
             signing key, would not show.",
        );
    }
    let events: u64 = verified.offices.iter().map(|office| office.events).sum();
    let cases: u64 = verified.offices.iter().map(|office| office.cases).sum();
    tell(&format!("{events} events of {cases} cases in {seconds:.1} s"));
    for broken in &verified.broken {
        tell(&format!("BROKEN: {broken}"));
    }
    match (&verified.broken[..], verified.untold) {
        ([], _) => {
            tell("Every link holds.");
            Ok(())
        }
        ([first, ..], untold) => {
            let count = u64::try_from(verified.broken.len()).unwrap_or(u64::MAX) + untold;
            Err(format!("{count} broken; the first: {first}").into())
        }
    }
}

fn told(office: &OfficeFound) -> String {
    let name = office.code.clone().unwrap_or_else(|| office.id.to_string());
    let last = office.last.map_or_else(String::new, |(number, made_at)| {
        let made_at = made_at.format("%Y-%m-%d %H:%M:%S UTC");
        format!(", the last number {number} of {made_at}")
    });
    let kept = office.last_kept.map_or_else(String::new, |kept| {
        let later = office.anchored - office.kept.min(office.anchored);
        format!("; kept outside up to checkpoint {kept}, {later} anchored events are later than that")
    });
    format!(
        "{name}: {} cases, {} events, {} readings, {} checkpoints{last}; not yet anchored: {} events, {} readings{kept}",
        office.cases,
        office.events,
        office.readings,
        office.checkpoints,
        office.events - office.anchored,
        office.readings - office.readings_anchored
    )
}

/// Remembers the checkpoint of a file, or those of a folder and its folders.
fn remember(verifier: &mut Verifier, path: &Path) -> Result<(), Failure> {
    let told = |error: &dyn std::fmt::Display| -> Failure { format!("{}: {error}", path.display()).into() };
    let metadata = fs::metadata(path).map_err(|error| told(&error))?;
    if metadata.is_dir() {
        for entry in fs::read_dir(path).map_err(|error| told(&error))? {
            let inner = entry.map_err(|error| told(&error))?.path();
            if inner.is_dir() || inner.extension().is_some_and(|ending| ending == "json") {
                remember(verifier, &inner)?;
            }
        }
        return Ok(());
    }
    if metadata.len() > KEPT_BYTES_MAX {
        return Err(told(&"this is no checkpoint"));
    }
    let bytes = fs::read(path).map_err(|error| told(&error))?;
    let signed: Signed = serde_json::from_slice(&bytes).map_err(|error| told(&error))?;
    verifier.remember(&signed).map_err(|error| told(&error))
}

fn in_base64(bytes: &[u8]) -> String {
    use base64::Engine;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

fn about(path: &Path, error: &std::io::Error) -> String {
    format!("{}: {error}", path.display())
}

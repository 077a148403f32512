//! `huiyin export`: the chains as a file that can be verified elsewhere.

use std::fs::File;
use std::io::BufWriter;
use std::path::PathBuf;

use clap::Args;
use persistence::audit::file::{FileError, Writer};
use persistence::audit::{Item, Way, walk};
use persistence::{DatabaseUrl, StoreError, open_chains};

use super::{Failure, settings, tell};

/// Write the chains to a file that `huiyin audit verify --export` verifies with the public key alone.
///
/// A line of JSON for each checkpoint, each entry of the access log, and each case: the exact bytes with their hashes. Texts and the
/// complainants' data are not in it, for no event holds any. The database is read, nothing in it is changed.
#[derive(Debug, Args)]
pub struct Export {
    /// The file, which must not be there yet.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// The database [default: `HUIYIN_DATABASE_URL`].
    #[arg(long, value_name = "URL")]
    database: Option<String>,
    /// Only this office, by its code; may be repeated [default: all].
    #[arg(long = "office", value_name = "CODE")]
    offices: Vec<String>,
}

impl Export {
    /// Writes the file.
    ///
    /// # Errors
    /// A database that cannot be read, an office that is not there, a file that cannot be written.
    pub fn run(self) -> Result<(), Failure> {
        let url = self
            .database
            .map_or_else(|| settings().map(|it| it.database_url.reveal().to_owned()), Ok)?;
        let url: DatabaseUrl = url.parse()?;
        let mut chains = open_chains(&url)?;
        let known = chains.offices()?;
        for code in &self.offices {
            if known.iter().all(|(_, known)| known.as_ref() != Some(code)) {
                return Err(format!("there is no office `{code}` in this database").into());
            }
        }
        let file = File::options()
            .write(true)
            .create_new(true)
            .open(&self.out)
            .map_err(|error| format!("{}: {error}", self.out.display()))?;
        let way = Way {
            documents: false,
            offices: self.offices,
        };
        let mut writer = Writer::begin(BufWriter::with_capacity(1 << 20, file), way.offices.is_empty())?;
        walk(&mut *chains, &way, |item: Item| {
            writer.item(item).map_err(Stopped::from)
        })?;
        let items = writer.end()?;
        tell(&format!(
            "{}: {items} offices, checkpoints and cases",
            self.out.display()
        ));
        Ok(())
    }
}

/// Why it could not be written to its end.
#[derive(Debug, thiserror::Error)]
enum Stopped {
    #[error("the database cannot be read")]
    Store(#[from] StoreError),
    #[error(transparent)]
    File(#[from] FileError),
}

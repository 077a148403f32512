//! `huiyin keys`: which master keys the database needs, and wrapping by the one in use.

use clap::Subcommand;

use super::{Failure, clock, open_archive, settings, tell};

/// The master keys of the database.
///
/// To change the master key of a running service: draw a new one and put it behind the old one in every replica's
/// `HUIYIN_MASTER_KEY`, restart them one by one; put it in front, restart them one by one; from here on it wraps what is
/// new, and each replica wraps the older keys by it in the background. Once `huiyin keys list` shows none left under the
/// old one, take that out.
#[derive(Debug, Clone, Copy, Subcommand)]
pub enum Keys {
    /// Show how many keys each master key wraps.
    List,
    /// Wrap every key by the master key in use now, without waiting for the service to do so.
    Rotate,
}

impl Keys {
    /// Does it. What was begun and not ended is taken up again the next time.
    ///
    /// # Errors
    /// Faulty settings, a database that cannot be opened, a master key that is missing.
    pub fn run(self) -> Result<(), Failure> {
        let settings = settings()?;
        let archive = open_archive(&settings, &clock(&settings))?;
        match self {
            Self::List => {}
            Self::Rotate => while archive.tend_keys()? {},
        }
        for under in archive.keys_under()? {
            let about = match (under.current, under.keys) {
                (true, _) => "in use",
                (false, 0) => "no longer needed",
                (false, _) => "still needed",
            };
            tell(&format!("{}  {} keys  {about}", under.master_key, under.keys));
        }
        Ok(())
    }
}

//! `huiyin migrate`: the database's tables as this program expects them.

use super::{Failure, clock, open_archive, settings, tell};

/// Opens the database, which brings its tables up to date, and closes it again.
///
/// # Errors
/// Faulty settings, a database that cannot be opened or migrated.
pub fn migrate() -> Result<(), Failure> {
    let settings = settings()?;
    open_archive(&settings, &clock(&settings))?;
    tell("The database has the tables of this version.");
    Ok(())
}

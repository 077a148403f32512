//! What only SQLite can say.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use diesel::Connection as _;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::query_builder::AstPass;
use diesel::sql_types::Text;
use diesel::sqlite::Sqlite;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::Archive;
use crate::audit::Chains;
use crate::database::{DatabaseUrl, OpenError, Options};
use crate::law::Laws;
use crate::store_error::{Cause, StoreError};
use crate::vault::MasterKeys;
use turns::Turns;

mod backlog;
mod batch;
#[path = "engine/mod.rs"]
mod engine;
mod index;
mod numbering;
mod turns;

/// The connection that the queries of `engine/` are compiled against here.
pub(crate) type Connection = SqliteConnection;

/// The function that tells where a part begins in a text, from 1; 0 where it does not stand in it.
const POSITION: &str = "instr";

/// The database's own time, in the form in which instants are kept.
const PRESENT: &str = "strftime('%Y-%m-%dT%H:%M:%f000Z', 'now')";

/// The digits of a case's lead unit.
const LEAD_UNIT: &str = "nullif(lower(hex(cases.lead_unit_id)), '')";

/// Words of which a column shall be one, as a JSON array: bound as one value, so that the statement's text is the same
/// for any number of them.
#[derive(Debug, Clone)]
struct Words(String);

impl Words {
    fn new(words: impl Iterator<Item = String>) -> Self {
        Self(words.collect::<serde_json::Value>().to_string())
    }

    /// Writes `IN (…)`.
    fn push_any_of<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        out.push_sql("IN (SELECT value FROM json_each(");
        out.push_bind_param::<Text, String>(&self.0)?;
        out.push_sql("))");
        Ok(())
    }
}

/// Plans here follow from the indexes alone, so that none grows old.
const FORGET_PLANS: Option<&str> = None;

/// The file has no clock: the time is the machine's.
const TIME: Option<&str> = None;
/// What is left to do once nothing unsealed is kept any more, so that no part of the disk still shows it.
const FORGET_UNSEALED: &str = "VACUUM; PRAGMA wal_checkpoint(TRUNCATE)";

/// Said before a case is erased and after it: what is deleted in between is overwritten, also where that costs more.
const ERASING: Option<[&str; 2]> = Some(["PRAGMA secure_delete = ON", "PRAGMA secure_delete = FAST"]);

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../migrations/sqlite");

/// What every connection is told. `FULL` syncs at each commit: what was acknowledged survives a loss of power.
/// What is deleted is overwritten where that costs no page more, so that no key outlives its row.
/// The wait for a lock comes first, since already the next line may need one.
const WRITER: &str = "PRAGMA busy_timeout = 2000; PRAGMA journal_mode = WAL; \
                      PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA secure_delete = FAST";

/// What a reading connection is told: it shall not write, even by mistake.
const READER: &str = "PRAGMA busy_timeout = 2000; PRAGMA query_only = ON";

/// How many writers the write path has: the file takes one at a time.
const WRITERS: usize = 1;

pub(crate) fn open(
    url: &DatabaseUrl,
    path: &Path,
    options: Options,
    laws: Arc<Laws>,
    masters: MasterKeys,
) -> Result<Arc<dyn Archive>, OpenError> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|source| OpenError::Folder {
            folder: folder.to_owned(),
            source,
        })?;
    }
    let unreachable = |source: Cause| OpenError::Unreachable {
        url: url.to_string(),
        source,
    };
    let Some(file) = path.to_str() else {
        return Err(unreachable("the path is not UTF-8".into()));
    };
    let mut connection = SqliteConnection::establish(file).map_err(|error| unreachable(error.into()))?;
    connection
        .batch_execute(WRITER)
        .map_err(|error| unreachable(error.into()))?;
    migrate(&mut connection).map_err(|source| OpenError::Migration {
        url: url.to_string(),
        source,
    })?;
    engine::keep_shipped(&mut connection, &laws).map_err(|error| OpenError::Migration {
        url: url.to_string(),
        source: error.into(),
    })?;
    let vault = engine::unlocked(&mut connection, masters).map_err(|source| OpenError::Vault {
        url: url.to_string(),
        source,
    })?;
    let vault = Arc::new(vault);
    // The register changes over a connection of its own, which takes turns with the write path's.
    let writers = engine::pool(file.to_owned(), WRITER, 1, None).map_err(unreachable)?;
    let readers = engine::pool(file.to_owned(), READER, options.readers, None).map_err(unreachable)?;
    let (turns, measures) = (Arc::default(), Arc::default());
    let write_path = engine::write_path(file, WRITER, WRITERS, options, &turns, &laws, &vault, &measures)
        .map_err(unreachable)?;
    let sweeper = engine::sweeper(file, WRITER, &turns, &laws, &vault);
    Ok(Arc::new(engine::Store {
        readers,
        writers,
        write_path,
        sweeper,
        turns,
        laws,
        vault,
        measures,
    }))
}

/// A connection that reads chains. A file that is not there is not made.
pub(crate) fn chains(path: &Path) -> Result<Box<dyn Chains>, Cause> {
    if !path.exists() {
        return Err("there is no such file".into());
    }
    engine::chains(path.to_str().ok_or("the path is not UTF-8")?, READER)
}

/// Applies what is pending. The write lock is taken before looking, so that two processes that start together migrate
/// once.
pub(crate) fn migrate(connection: &mut Connection) -> Result<(), Cause> {
    connection.immediate_transaction(|connection| {
        connection
            .run_pending_migrations(MIGRATIONS)
            .map(|_| ())
            .map_err(Refused)
    })?;
    Ok(())
}

/// A failed migration, in the form a transaction can end with.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
struct Refused(Cause);

impl From<diesel::result::Error> for Refused {
    fn from(error: diesel::result::Error) -> Self {
        Self(error.into())
    }
}

/// Runs a write in a transaction. The write lock is taken up front: a transaction that reads first and writes later
/// fails at once when somebody else has written in between, whatever the busy timeout.
fn write<T>(
    connection: &mut Connection,
    act: impl FnOnce(&mut Connection) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    connection.immediate_transaction(act)
}

/// Runs several questions on one and the same moment.
fn snapshot<T>(
    connection: &mut Connection,
    ask: impl FnOnce(&mut Connection) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    connection.transaction(ask)
}

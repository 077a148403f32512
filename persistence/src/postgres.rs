//! What only PostgreSQL can say.

use std::sync::Arc;
use std::time::Duration;

use diesel::Connection as _;
use diesel::connection::SimpleConnection;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::AstPass;
use diesel::sql_types::{Array, Integer, Text};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::Archive;
use crate::audit::Chains;
use crate::database::{DatabaseUrl, OpenError, Options};
use crate::law::Laws;
use crate::store_error::{Cause, StoreError};
use crate::vault::{MasterKeys, Vault};

mod backlog;
mod batch;
#[path = "engine/mod.rs"]
mod engine;
mod index;
mod numbering;

/// The connection that the queries of `engine/` are compiled against here.
pub(crate) type Connection = PgConnection;

/// The function that tells where a part begins in a text, from 1; 0 where it does not stand in it.
const POSITION: &str = "strpos";

/// The database's own time.
const PRESENT: &str = "clock_timestamp()";

/// The digits of a case's lead unit.
const LEAD_UNIT: &str = "replace(cases.lead_unit_id::text, '-', '')";

/// Words of which a column shall be one.
#[derive(Debug, Clone)]
struct Words(Vec<String>);

impl Words {
    fn new(words: impl Iterator<Item = String>) -> Self {
        Self(words.collect())
    }

    /// Writes `= ANY(…)`.
    fn push_any_of<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("= ANY(");
        out.push_bind_param::<Array<Text>, Vec<String>>(&self.0)?;
        out.push_sql(")");
        Ok(())
    }
}

/// Makes the server plan every statement of this connection anew.
const FORGET_PLANS: Option<&str> = Some("DISCARD PLANS");

/// What tells the time of the server, which all replicas share.
const TIME: Option<&str> = Some("clock_timestamp()");
/// What is left to do once nothing unsealed is kept any more, so that no part of the disk still shows it.
const FORGET_UNSEALED: &str = "TRUNCATE case_texts_unsealed";

/// Said before a case is erased and after it: nothing. What is deleted stays on its page until the server cleans it up,
/// unreadable without the key.
const ERASING: Option<[&str; 2]> = None;

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../migrations/postgres");

/// The advisory lock under which replicas migrate. Two numbers, so that it never meets the locks on idempotency keys,
/// which are made of one.
const MIGRATION_LOCK: &str = "1751738745, 1";

/// The advisory lock under which replicas open the vault.
const VAULT_LOCK: &str = "1751738745, 2";

/// The first version whose `SET COMPRESSION`, row comparison and planner this archive was measured on.
const OLDEST_SERVER: i32 = 15;

/// What every connection is told. One plan per statement: with a bound `LIMIT` the server would otherwise plan every
/// list anew (measured, two thirds more of its time). The plan is kept while tables grow, and one that was made for an
/// empty table reads it whole: every question here goes along an index, so that is forbidden from the start. A
/// statement or a lock that takes this long is given up, so that nobody waits without end.
const SESSION: &str = "SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off; SET jit = off; \
                       SET statement_timeout = '8s'; SET lock_timeout = '2s'; \
                       SET idle_in_transaction_session_timeout = '30s'; SET application_name = 'huiyin'; \
                       SET default_transaction_isolation = 'read committed'; \
                       SELECT set_config('synchronous_commit', 'on', false) \
                       WHERE current_setting('synchronous_commit') IN ('off', 'local')";

/// What a writer's connection is told besides: it finds every row by its key, one by one.
const WRITER: &str = "SET enable_hashjoin = off; SET enable_mergejoin = off";

/// How many writers the write path has: while one waits for the disk, the other one works. More make the batches
/// smaller and were slower on two cores.
const WRITERS: usize = 2;

pub(crate) fn open(
    url: &DatabaseUrl,
    secret_url: &str,
    options: Options,
    laws: Arc<Laws>,
    masters: MasterKeys,
) -> Result<Arc<dyn Archive>, OpenError> {
    let unreachable = |source: Cause| OpenError::Unreachable {
        url: url.to_string(),
        source,
    };
    let mut connection = PgConnection::establish(secret_url).map_err(|error| unreachable(error.into()))?;
    if let Some(reason) = unsuitable(&mut connection).map_err(|error| unreachable(error.into()))? {
        return Err(OpenError::Unsuitable {
            url: url.to_string(),
            reason,
        });
    }
    migrate(&mut connection).map_err(|source| OpenError::Migration {
        url: url.to_string(),
        source,
    })?;
    engine::keep_shipped(&mut connection, &laws).map_err(|error| OpenError::Migration {
        url: url.to_string(),
        source: error.into(),
    })?;
    let vault = unlocked(&mut connection, masters).map_err(|source| OpenError::Vault {
        url: url.to_string(),
        source,
    })?;
    let vault = Arc::new(vault);
    connection
        .batch_execute(SESSION)
        .map_err(|error| unreachable(error.into()))?;
    let pool = engine::pool(
        secret_url.to_owned(),
        SESSION,
        options.readers,
        Some(Duration::from_mins(30)),
    )
    .map_err(unreachable)?;
    let (turns, measures) = (Arc::new(Turns), Arc::default());
    let session = format!("{SESSION}; {WRITER}");
    let write_path = engine::write_path(
        secret_url, &session, WRITERS, options, &turns, &laws, &vault, &measures,
    )
    .map_err(unreachable)?;
    let sweeper = engine::sweeper(secret_url, &session, &turns, &laws, &vault);
    // Questions and changes of the register do not get in each other's way here, so one pool serves both.
    Ok(Arc::new(engine::Store {
        readers: pool.clone(),
        writers: pool,
        write_path,
        sweeper,
        turns,
        laws,
        vault,
        measures,
    }))
}

/// A connection that reads chains.
pub(crate) fn chains(secret_url: &str) -> Result<Box<dyn Chains>, Cause> {
    engine::chains(secret_url, SESSION)
}

/// Here all write at the same time, and nobody waits for a turn.
struct Turns;

/// Nobody's turn ends.
struct Turn;

impl Turns {
    #[expect(clippy::unused_self, reason = "on the other engine it knows whose turn it is")]
    fn wait(&self) -> Turn {
        Turn
    }
}

/// Why the server will not do, if it will not.
fn unsuitable(connection: &mut Connection) -> QueryResult<Option<String>> {
    let (version, encoding): (i32, String) = diesel::select((
        diesel::dsl::sql::<Integer>("current_setting('server_version_num')::integer"),
        diesel::dsl::sql::<Text>("current_setting('server_encoding')"),
    ))
    .get_result(connection)?;
    Ok(if version / 10_000 < OLDEST_SERVER {
        Some(format!(
            "PostgreSQL {OLDEST_SERVER} or newer is needed, this is {}",
            version / 10_000
        ))
    } else if encoding != "UTF8" {
        Some(format!(
            "its encoding is {encoding}, which cannot hold Chinese with everything else; UTF8 can"
        ))
    } else {
        None
    })
}

/// Applies what is pending, one replica at a time: the others wait here and then find nothing to do. The lock belongs
/// to the connection, so that a replica that dies lets go of it.
fn migrate(connection: &mut Connection) -> Result<(), Cause> {
    connection.batch_execute(&format!(
        "SET lock_timeout = '120s'; SELECT pg_advisory_lock({MIGRATION_LOCK})"
    ))?;
    connection.run_pending_migrations(MIGRATIONS)?;
    connection.batch_execute(&format!("SELECT pg_advisory_unlock({MIGRATION_LOCK})"))?;
    Ok(())
}

/// Opens the vault, one replica at a time: whoever comes first founds it and seals what is older.
fn unlocked(connection: &mut Connection, masters: MasterKeys) -> Result<Vault, Cause> {
    connection.batch_execute(&format!("SELECT pg_advisory_lock({VAULT_LOCK})"))?;
    let vault = engine::unlocked(connection, masters)?;
    connection.batch_execute(&format!("SELECT pg_advisory_unlock({VAULT_LOCK})"))?;
    Ok(vault)
}

/// Runs a write in a transaction.
fn write<T>(
    connection: &mut Connection,
    act: impl FnOnce(&mut Connection) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    connection.transaction(act)
}

/// Runs several questions on one and the same moment.
fn snapshot<T>(
    connection: &mut Connection,
    ask: impl FnOnce(&mut Connection) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    connection
        .build_transaction()
        .read_only()
        .repeatable_read()
        .run(ask)
}

//! Lending connections, and what happens when one turns out to be dead.
//!
//! A connection is not tried before each use: that would cost a round trip on every request. Instead a question that
//! fails because its connection was lost is asked once more, on a connection that was tried. An act is repeated only if
//! its commit had not begun: after that, nobody here knows whether it happened.

use std::cell::Cell;
use std::sync::Arc;
use std::time::{Duration, Instant};

use diesel::Connection as _;
use diesel::connection::SimpleConnection;
use diesel::r2d2::{self, ManageConnection, R2D2Connection};

use super::plans::Plans;
use super::{Connection, Turns, write};
use crate::law::Laws;
use crate::measure::{Measures, PoolState};
use crate::store_error::{Cause, StoreError};
use crate::vault::Vault;
use crate::write_path::WritePath;
use crate::write_path::sweeper::Sweeper;

type Pool = r2d2::Pool<Manager>;

/// The archive on this engine.
pub(in super::super) struct Store {
    /// Connections for questions.
    pub(in super::super) readers: Pool,
    /// Connections for acts on the register.
    pub(in super::super) writers: Pool,
    /// The way of every command on a case.
    pub(in super::super) write_path: WritePath,
    /// The sweep's way through the write path.
    pub(in super::super) sweeper: Sweeper,
    /// Whose turn it is to write, where only one can.
    pub(in super::super) turns: Arc<Turns>,
    /// What holds in each office, as last read.
    pub(in super::super) laws: Arc<Laws>,
    /// What opens what people wrote.
    pub(in super::super) vault: Arc<Vault>,
    /// What is counted.
    pub(in super::super) measures: Arc<Measures>,
}

/// Makes connections and tells each what kind of session it is.
pub(in super::super) struct Manager {
    url: String,
    session: &'static str,
}

/// A connection, how old its plans are, and whether it is known to be dead.
pub(in super::super) struct Kept {
    connection: Connection,
    plans: Plans,
    lost: bool,
}

impl ManageConnection for Manager {
    type Connection = Kept;
    type Error = r2d2::Error;

    fn connect(&self) -> Result<Kept, r2d2::Error> {
        let mut connection = Connection::establish(&self.url)?;
        connection.batch_execute(self.session)?;
        Ok(Kept {
            connection,
            plans: Plans::of_now(),
            lost: false,
        })
    }

    fn is_valid(&self, kept: &mut Kept) -> Result<(), r2d2::Error> {
        kept.connection.ping().map_err(r2d2::Error::QueryError)
    }

    fn has_broken(&self, kept: &mut Kept) -> bool {
        kept.lost || std::thread::panicking() || kept.connection.is_broken()
    }
}

/// Opens a pool. The first connection is made here, so that a wrong address is found out at once.
pub(in super::super) fn pool(
    url: String,
    session: &'static str,
    size: u32,
    lifetime: Option<Duration>,
) -> Result<Pool, Cause> {
    let manager = Manager { url, session };
    r2d2::Pool::builder()
        .max_size(size.max(1))
        .min_idle(Some(1))
        .max_lifetime(lifetime)
        .connection_timeout(Duration::from_secs(2))
        .test_on_check_out(false)
        .build(manager)
        .map_err(Cause::from)
}

impl Store {
    /// Asks a question, which is about `table`.
    pub(super) fn read<T>(
        &self,
        table: &'static str,
        ask: impl Fn(&mut Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let ask = |connection: &mut Connection| {
            let begun = Instant::now();
            let answer = ask(connection);
            self.measures.question(table).took(begun.elapsed());
            answer
        };
        // A statement of its own, so that the dead connection is given back before another is asked for.
        let first = on(&mut *self.lend(&self.readers)?, table, ask);
        match first {
            Err(StoreError::Unavailable(_)) => on(&mut *lend_tried(&self.readers)?, table, ask),
            once => once,
        }
    }

    /// Asks a question as [`Store::read`] does, unless all connections are lent: they are at work, and nobody waits for
    /// one of them to find out that the database can be reached.
    pub(super) fn read_unless_busy(
        &self,
        table: &'static str,
        ask: impl Fn(&mut Connection) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let first = match self.readers.try_get() {
            Some(mut kept) => on(&mut kept, table, &ask),
            None if self.readers.state().connections > 0 => return Ok(()),
            None => return self.read(table, ask),
        };
        match first {
            Err(StoreError::Unavailable(_)) => on(&mut *lend_tried(&self.readers)?, table, ask),
            once => once,
        }
    }

    /// Does an act, which is about `table`, in a transaction.
    pub(super) fn write<T>(
        &self,
        table: &'static str,
        act: impl Fn(&mut Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let committing = Cell::new(false);
        let act = |connection: &mut Connection| {
            let begun = Instant::now();
            let done = write(connection, |connection| {
                let done = act(connection)?;
                committing.set(true);
                Ok(done)
            });
            self.measures.act(table).took(begun.elapsed());
            done
        };
        // Before the connection: whoever has it then also has the turn.
        let _turn = self.turns.wait();
        let first = on(&mut *self.lend(&self.writers)?, table, act);
        match first {
            Err(StoreError::Unavailable(_)) if !committing.get() => {
                on(&mut *lend_tried(&self.writers)?, table, act)
            }
            once => once,
        }
    }

    /// How many connections there are, and how many are lent.
    pub(super) fn pools(&self) -> Vec<PoolState> {
        let state = |name: &'static str, pool: &Pool| {
            let state = pool.state();
            PoolState {
                name,
                most: pool.max_size(),
                lent: state.connections - state.idle_connections,
                open: state.connections,
            }
        };
        vec![state("readers", &self.readers), state("writers", &self.writers)]
    }

    fn lend(&self, pool: &Pool) -> Result<r2d2::PooledConnection<Manager>, StoreError> {
        let begun = Instant::now();
        let lent = lend(pool);
        self.measures.lent.took(begun.elapsed());
        lent
    }
}

/// Runs `work`, and remembers if the connection was lost over it.
fn on<T>(
    kept: &mut Kept,
    table: &'static str,
    work: impl FnOnce(&mut Connection) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let renewed = kept.plans.renew(&mut kept.connection).map_err(StoreError::from);
    let done = renewed
        .and_then(|()| work(&mut kept.connection))
        .map_err(|error| error.about(table));
    let done = match done {
        // Only a connection that still answers was refused something; whatever the error was called, without one it
        // was lost.
        Err(StoreError::Failed(cause)) if kept.connection.ping().is_err() => {
            Err(StoreError::Unavailable(cause))
        }
        done => done,
    };
    kept.lost |= matches!(done, Err(StoreError::Unavailable(_)));
    done
}

fn lend(pool: &Pool) -> Result<r2d2::PooledConnection<Manager>, StoreError> {
    pool.get().map_err(|error| StoreError::Unavailable(error.into()))
}

/// Lends a connection that answers, dropping those that do not: when the server restarts, the whole pool is dead.
fn lend_tried(pool: &Pool) -> Result<r2d2::PooledConnection<Manager>, StoreError> {
    let mut kept = lend(pool)?;
    for _ in 0..pool.max_size() {
        if kept.connection.ping().is_ok() {
            break;
        }
        kept.lost = true;
        drop(kept);
        kept = lend(pool)?;
    }
    Ok(kept)
}

//! A writer's own connection, and what it does in a transaction.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use diesel::Connection as _;
use diesel::connection::SimpleConnection;
use diesel::r2d2::R2D2Connection;
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use uuid::Uuid;

use super::plans::Plans;
use super::{Connection, Turns, batch, erasure, law, rulebook_version, search, sweep, write};
use crate::Answer;
use crate::case::LookDue;
use crate::database::Options;
use crate::law::Laws;
use crate::measure::Measures;
use crate::store_error::{Cause, Conflict, StoreError};
use crate::sweep::Failure;
use crate::vault::Vault;
use crate::write_path::rows::Writes;
use crate::write_path::sweeper::Sweeper;
use crate::write_path::{ClaimedKey, Found, Transaction, Unreadable, WritePath, Writer};

/// Opens the write path with this many writers.
#[expect(clippy::too_many_arguments, reason = "a writer needs as much")]
pub(in super::super) fn write_path(
    url: &str,
    session: &str,
    writers: usize,
    options: Options,
    turns: &Arc<Turns>,
    laws: &Arc<Laws>,
    vault: &Arc<Vault>,
    measures: &Arc<Measures>,
) -> Result<WritePath, Cause> {
    let writers = (0..writers)
        .map(|_| Own::boxed(url, session, turns, laws, vault))
        .collect();
    Ok(WritePath::start(
        writers,
        options,
        &laws.rulebooks,
        vault,
        measures,
    )?)
}

/// The sweep's way through the write path.
pub(in super::super) fn sweeper(
    url: &str,
    session: &str,
    turns: &Arc<Turns>,
    laws: &Arc<Laws>,
    vault: &Arc<Vault>,
) -> Sweeper {
    Sweeper::new(
        Own::boxed(url, session, turns, laws, vault),
        &laws.rulebooks,
        vault,
    )
}

/// A connection that is nobody else's.
struct Own {
    url: String,
    session: String,
    turns: Arc<Turns>,
    laws: Arc<Laws>,
    vault: Arc<Vault>,
    connection: Option<(Connection, Plans)>,
}

impl Own {
    fn boxed(
        url: &str,
        session: &str,
        turns: &Arc<Turns>,
        laws: &Arc<Laws>,
        vault: &Arc<Vault>,
    ) -> Box<dyn Writer> {
        Box::new(Self {
            url: url.to_owned(),
            session: session.to_owned(),
            turns: Arc::clone(turns),
            laws: Arc::clone(laws),
            vault: Arc::clone(vault),
            connection: None,
        })
    }
}

impl Writer for Own {
    fn connect(&mut self) -> Answer<()> {
        if self.connection.is_none() {
            let unavailable = |cause: Cause| StoreError::Unavailable(cause);
            let mut connection =
                Connection::establish(&self.url).map_err(|error| unavailable(error.into()))?;
            connection
                .batch_execute(&self.session)
                .map_err(|error| unavailable(error.into()))?;
            self.connection = Some((connection, Plans::of_now()));
        }
        Ok(())
    }

    fn transaction(&mut self, work: &mut dyn FnMut(&mut dyn Transaction) -> Answer<()>) -> Answer<()> {
        let Some((mut connection, mut plans)) = self.connection.take() else {
            return Err(StoreError::Unavailable("there is no connection".into()));
        };
        let done = {
            let _turn = self.turns.wait();
            let renewed = plans.renew(&mut connection).map_err(StoreError::from);
            renewed.and_then(|()| {
                write(&mut connection, |connection| {
                    work(&mut Open {
                        connection,
                        laws: &self.laws,
                        vault: &self.vault,
                    })
                })
            })
        };
        match done {
            Ok(()) => self.connection = Some((connection, plans)),
            // Only a connection that still answers is kept; whatever the error was called, without one it was that.
            Err(error) => {
                // So is one that leads to a server which only reads: another may be the right one by now.
                let unavailable = matches!(error, StoreError::Unavailable(_));
                if unavailable || connection.is_broken() || connection.ping().is_err() {
                    return Err(match error {
                        StoreError::Unavailable(cause) => StoreError::Unavailable(cause),
                        other => StoreError::Unavailable(other.into()),
                    });
                }
                self.connection = Some((connection, plans));
                return Err(error);
            }
        }
        Ok(())
    }
}

/// A transaction that is open.
struct Open<'c> {
    connection: &'c mut Connection,
    laws: &'c Laws,
    vault: &'c Vault,
}

impl Transaction for Open<'_> {
    fn lock(&mut self, keys: &[ClaimedKey], offices: &[Uuid]) -> Answer<Vec<bool>> {
        Ok(batch::lock(self.connection, keys, offices)?)
    }

    fn read(
        &mut self,
        keys: &[ClaimedKey],
        offices: &[Uuid],
        cases: &[(Uuid, Uuid)],
        worded: &[(Uuid, Uuid)],
    ) -> Answer<Found> {
        let (remembered, stamps, held, case_keys) =
            batch::read(self.connection, keys, offices, cases, worded)?;
        let mut laws = BTreeMap::new();
        for (office, directory, calendar) in stamps {
            let known = calendar.and_then(|calendar| self.laws.known(office, directory, calendar));
            let law = match known {
                Some(law) => Ok(Some(law)),
                None => match law::read(self.connection, self.laws, office) {
                    Ok(law) => Ok(law),
                    Err(StoreError::Corrupt { table, id, reason }) => Err(Unreadable { table, id, reason }),
                    Err(error) => return Err(error),
                },
            };
            laws.insert(office, law);
        }
        Ok(Found {
            remembered,
            laws,
            held,
            case_keys,
        })
    }

    fn learn(&mut self, code: &str, version: &str) -> Answer<bool> {
        let read = rulebook_version::checked(self.connection, self.laws, code, version);
        Ok(read?.is_some())
    }

    fn claim(&mut self, now: DateTime<Utc>, most: u32) -> Answer<Vec<LookDue>> {
        Ok(batch::claim(self.connection, now, most)?)
    }

    fn put_off(&mut self, failures: &[Failure]) -> Answer<()> {
        Ok(sweep::put_off(self.connection, failures)?)
    }

    fn write(&mut self, writes: &Writes) -> Answer<()> {
        let mut cases = batch::write(self.connection, writes).map_err(|error| match error {
            DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, ref information) => {
                // Both engines name the column or a constraint that is called after it.
                StoreError::Conflict(if information.message().contains("case_no") {
                    Conflict::CaseNumber
                } else {
                    Conflict::Id
                })
            }
            other => other.into(),
        })?;
        cases.extend(&writes.saying_more);
        search::note(self.connection, self.vault, cases)?;
        erasure::erase(self.connection, &writes.erased)
    }
}

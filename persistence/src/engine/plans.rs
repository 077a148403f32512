//! Plans that were made when the tables were smaller.
//!
//! The server keeps one plan for each statement of a connection, and made it from what it knew then. Of an empty table
//! it knows nothing: every index looks as good as the right one, and a plan from that hour reads through the office for
//! each row it wants. Measured on a database filled after the start, seventeen milliseconds for a command that costs
//! half of one. So a connection forgets its plans soon after its start and then more and more seldom; to make them anew
//! takes some milliseconds.

use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::result::QueryResult;

use super::{Connection, FORGET_PLANS};

/// For how long the first plans stand, and for how long plans stand at most.
const STANDING: (Duration, Duration) = (Duration::from_millis(500), Duration::from_mins(1));

/// How long the plans of a connection have stood.
#[derive(Debug)]
pub(super) struct Plans {
    made: Instant,
    stand: Duration,
}

impl Plans {
    /// Those of a connection that has just been made.
    pub(super) fn of_now() -> Self {
        Self {
            made: Instant::now(),
            stand: STANDING.0,
        }
    }

    /// Forgets them if they have stood for long enough.
    pub(super) fn renew(&mut self, connection: &mut Connection) -> QueryResult<()> {
        if self.made.elapsed() < self.stand {
            return Ok(());
        }
        if let Some(forget) = FORGET_PLANS {
            connection.batch_execute(forget)?;
        }
        self.made = Instant::now();
        self.stand = (self.stand * 2).min(STANDING.1);
        Ok(())
    }
}

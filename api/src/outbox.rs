//! Throwing away what happened too long ago for anybody to come back for.

use std::num::NonZeroU16;
use std::time::Duration;

use chrono::TimeDelta;

use crate::desk::Desk;
use crate::problem::Problem;

/// How often it is looked for.
const EVERY: Duration = Duration::from_hours(1);

/// Throws it away every hour, until the service ends. Any number of replicas may do so.
pub async fn for_ever(desk: Desk, days: NonZeroU16) {
    loop {
        if let Err(problem) = prune(&desk, days).await {
            tracing::warn!(problem = ?problem, "the outbox could not be pruned");
        }
        actix_web::rt::time::sleep(EVERY).await;
    }
}

/// Throws away what was recorded more than so many days ago, some thousand rows in each transaction; answers how many.
///
/// # Errors
/// Whatever the archive answers.
pub async fn prune(desk: &Desk, days: NonZeroU16) -> Result<usize, Problem> {
    let before = desk.now() - TimeDelta::days(i64::from(days.get()));
    let mut all = 0;
    loop {
        let pruned = desk.blocking(move |archive| archive.prune_outbox(before)).await?;
        if pruned == 0 {
            return Ok(all);
        }
        all += pruned;
    }
}

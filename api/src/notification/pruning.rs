//! Throwing away what was told and read long ago.

use std::num::NonZeroU16;
use std::time::Duration;

use chrono::TimeDelta;

use crate::desk::Desk;
use crate::problem::Problem;

/// How often it is looked for.
const EVERY: Duration = Duration::from_hours(1);

/// Throws it away every hour, until the service ends. Any number of replicas may do so.
pub(crate) async fn for_ever(desk: Desk, days: NonZeroU16) {
    loop {
        if let Err(problem) = prune(&desk, days).await {
            tracing::warn!(problem = ?problem, "notifications could not be pruned");
        }
        actix_web::rt::time::sleep(EVERY).await;
    }
}

/// Throws away what its addressee read more than so many days ago, person by person and a few hundred rows in each
/// transaction; answers how many. What nobody has read is kept: somebody may still have to know of it.
///
/// # Errors
/// Whatever the archive answers.
pub(crate) async fn prune(desk: &Desk, days: NonZeroU16) -> Result<usize, Problem> {
    let before = desk.now() - TimeDelta::days(i64::from(days.get()));
    let (mut all, mut behind) = (0, None);
    loop {
        let (pruned, end) = desk
            .blocking(move |archive| archive.prune_notifications(before, behind))
            .await?;
        all += pruned;
        match end {
            Some(end) => behind = Some(end),
            None => return Ok(all),
        }
    }
}

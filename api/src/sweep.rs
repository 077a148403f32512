//! The periodic look at what is due: an open case is looked at when something on it became due, whoever sleeps.
//!
//! What happens then is the core's to say; here only the clock speaks. A case that fails holds up no other: it is
//! logged and met again at the next look. Two replicas that look at the same case do no harm, since each step fires
//! once.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use domain::case::Command;
use domain::case::decide::Actor;
use domain::ids::{CaseId, OfficeId};
use persistence::case::Submission;

use crate::desk::Desk;
use crate::problem::Problem;

/// How many cases one look takes on.
const CASES_AT_ONCE: u32 = 100;
/// How long it rests between two looks.
const REST: Duration = Duration::from_secs(5);
/// How long indexing rests when nothing waits for it.
const IDLE: Duration = Duration::from_secs(1);
/// How many looks follow one another when the clock was set far ahead; a case may become due again on the way.
const LOOKS_MAX: usize = 1000;

/// What came of one look.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Looked {
    /// The cases that were looked at.
    pub at: BTreeSet<(OfficeId, CaseId)>,
    /// How many of them failed.
    pub failed: usize,
}

/// After how many looks the sessions are forgotten whose time is over: every hour.
const FORGETTING: u32 = 720;

/// Looks every few seconds, until the service ends.
pub async fn for_ever(desk: Desk) {
    for look in (0..FORGETTING).cycle() {
        actix_web::rt::time::sleep(REST).await;
        if let Err(problem) = once(&desk).await {
            tracing::warn!(problem = ?problem, "the sweep could not read what is due");
        }
        if look == 0
            && let Err(problem) = forget_sessions(&desk).await
        {
            tracing::warn!(problem = ?problem, "the sweep could not forget sessions that are over");
        }
    }
}

/// Forgets the sessions whose time is over; answers how many.
///
/// # Errors
/// Whatever the archive answers.
pub async fn forget_sessions(desk: &Desk) -> Result<usize, Problem> {
    let now = desk.now();
    desk.blocking(move |archive| archive.forget_sessions(now)).await
}

/// Indexes what cases say, for words to be found faster, until the service ends. It takes a fifth of one thread's
/// time at most, so that commands come first; what waits is found meanwhile, too.
pub async fn index_for_ever(desk: Desk) {
    loop {
        let begun = Instant::now();
        let more = match desk.blocking(|archive| archive.tend_search()).await {
            Ok(more) => more,
            Err(problem) => {
                tracing::warn!(problem = ?problem, "what cases say could not be indexed");
                false
            }
        };
        let rest = if more { 4 * begun.elapsed() } else { IDLE };
        actix_web::rt::time::sleep(rest).await;
    }
}

/// Looks once at what is due now.
///
/// # Errors
/// When the cases that are due cannot be read; a case that fails is only counted.
pub async fn once(desk: &Desk) -> Result<Looked, Problem> {
    let now = desk.now();
    let due = desk
        .asking_for_cases(move |cases| cases.cases_to_look_at(now, CASES_AT_ONCE))
        .await?;
    let mut looked = Looked::default();
    for (office, case) in due {
        let submission = Submission {
            office,
            case,
            actor: Actor::Clock,
            command: Command::LookAtTime,
            texts: Vec::new(),
            expected_version: None,
            key: None,
            now,
        };
        if let Err(problem) = desk.submit(submission).await {
            looked.failed += 1;
            tracing::warn!(%office, %case, problem = ?problem, "a case that is due could not be looked at");
        }
        looked.at.insert((office, case));
    }
    Ok(looked)
}

/// Looks until nothing new is due, as after the clock was set far ahead.
///
/// # Errors
/// As [`once`].
pub async fn until_nothing_is_due(desk: &Desk) -> Result<(), Problem> {
    let mut before = Looked::default();
    for _ in 0..LOOKS_MAX {
        let looked = once(desk).await?;
        // Nothing is due, or the same cases are still due after they were looked at.
        if looked.at.is_empty() || looked == before {
            break;
        }
        before = looked;
    }
    Ok(())
}

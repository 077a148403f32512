//! The periodic look at what is due: an open case is looked at when something on it became due, whoever sleeps.
//!
//! What happens then is the core's to say; here only the clock speaks. A look goes through all that is due, a page at a
//! time. A case that fails holds up no other: it is logged and met again at the next look. Only where nothing at all is
//! done, because commands are not taken, the look ends and the next one begins anew. Two replicas that look at the same
//! case do no harm, since each step fires once.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use chrono::{DateTime, Utc};
use domain::case::Command;
use domain::case::decide::Actor;
use domain::ids::{CaseId, OfficeId};
use persistence::case::{LookDue, Submission};
use persistence::measure::Counter;

use crate::desk::Desk;
use crate::guard::REMEMBERED;
use crate::problem::{Kind, Problem};

/// How many cases are looked at together: so many commands of its own the sweep may have in the queue.
pub const LOOKS_AT_ONCE: u32 = 32;
/// How long it rests between two looks.
const REST: Duration = Duration::from_secs(5);
/// How many pages one look reads: a case may become due again on the way.
const PAGES_MAX: usize = 10_000;
/// After how many looks the sessions are forgotten whose time is over: every hour.
const FORGETTING: u32 = 720;
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

/// What the sweep counts of itself.
#[derive(Debug, Default)]
pub struct Sweeps {
    /// Looks at a case that were done.
    pub done: Counter,
    /// Looks at a case that failed.
    pub failed: Counter,
    last: AtomicU64,
}

impl Sweeps {
    /// When all that was due had last been looked at, in seconds since 1970; 0 before the first time.
    pub fn last(&self) -> u64 {
        self.last.load(Ordering::Relaxed)
    }
}

/// Looks every few seconds, until the service ends. A look that panics ends alone.
pub async fn for_ever(desk: Desk) {
    for look in (0..FORGETTING).cycle() {
        actix_web::rt::time::sleep(REST).await;
        let here = desk.clone();
        let ended = actix_web::rt::spawn(async move {
            if let Err(problem) = once(&here).await {
                tracing::warn!(problem = ?problem, "the sweep did not look at all that is due");
            }
            if look == 0
                && let Err(problem) = forget_sessions(&here).await
            {
                tracing::warn!(problem = ?problem, "the sweep could not forget sessions that are over");
            }
        });
        if let Err(panic) = ended.await {
            tracing::error!(%panic, "a sweep ended early");
        }
    }
}

/// Forgets the sessions whose time is over, and tries to log in that are long past; answers how many sessions.
///
/// # Errors
/// Whatever the archive answers.
pub async fn forget_sessions(desk: &Desk) -> Result<usize, Problem> {
    let now = desk.watch.now();
    desk.blocking(move |archive| archive.forget_old_tries(now - REMEMBERED))
        .await?;
    desk.blocking(move |archive| archive.forget_sessions(now)).await
}

/// Looks once at all that is due now, page by page.
///
/// # Errors
/// When the cases that are due cannot be read, and `overloaded` when no look of a page was taken: then the database is
/// gone for commands, or the queue full, and so it would be for all that is left. A case that fails otherwise, or
/// panics, is only counted.
pub async fn once(desk: &Desk) -> Result<Looked, Problem> {
    let now = desk.now();
    // What an office takes as its own from today on holds for whatever is looked at.
    desk.blocking(move |archive| archive.begin_rulebooks(now)).await?;
    let mut looked = Looked::default();
    let mut last = None;
    for _ in 0..PAGES_MAX {
        let page = desk
            .asking_for_cases(move |cases| cases.cases_to_look_at(now, last.as_ref(), LOOKS_AT_ONCE))
            .await?;
        last = page.last().copied();
        if last.is_none() {
            desk.sweeps
                .last
                .store(now.timestamp().unsigned_abs(), Ordering::Relaxed);
            break;
        }
        look_at_all(desk, &page, now, &mut looked).await?;
    }
    Ok(looked)
}

/// Looks at the cases of a page, side by side.
async fn look_at_all(
    desk: &Desk,
    page: &[LookDue],
    now: DateTime<Utc>,
    looked: &mut Looked,
) -> Result<(), Problem> {
    let looks: Vec<_> = page
        .iter()
        .map(|due| (due, actix_web::rt::spawn(look_at(desk.clone(), *due, now))))
        .collect();
    let mut not_taken = Vec::new();
    for (LookDue { office, case, .. }, look) in looks {
        looked.at.insert((*office, *case));
        let done = look
            .await
            .unwrap_or_else(|panic| Err(Problem::internal(panic.to_string())));
        let Err(problem) = done else {
            desk.sweeps.done.increase();
            continue;
        };
        desk.sweeps.failed.increase();
        looked.failed += 1;
        if problem.kind() == Kind::Overloaded {
            not_taken.push(problem);
        } else {
            tracing::warn!(%office, %case, problem = ?problem, "a case that is due could not be looked at");
        }
    }
    let count = not_taken.len();
    match not_taken.pop() {
        Some(problem) if count == page.len() => Err(problem),
        Some(problem) => {
            tracing::warn!(count, problem = ?problem, "cases that are due were not looked at");
            Ok(())
        }
        None => Ok(()),
    }
}

async fn look_at(desk: Desk, due: LookDue, now: DateTime<Utc>) -> Result<(), Problem> {
    let submission = Submission {
        office: due.office,
        case: due.case,
        actor: Actor::Clock,
        command: Command::LookAtTime,
        texts: Vec::new(),
        expected_version: None,
        key: None,
        now,
    };
    desk.submit(submission).await.map(|_| ())
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

//! The run of an import, in the background: its trial, and its application.
//!
//! An import waits in the database. Whichever replica finds it first holds it for some seconds, and again with each page
//! of duties that it has done; where one dies, another one goes on behind the last page written down. A page that is done
//! twice finds nothing to do the second time, so that an application that was interrupted ends as any other. Only a page
//! of duties is in memory at a time.
//!
//! The application puts no due date anywhere. It finds the cases on which something moves and lets the clock look at each,
//! by the way that every command takes: there the duties are counted again before anything is decided, as they are when
//! somebody else's command comes first.

use std::collections::BTreeSet;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use domain::calendar::{ChangedDay, Difference};
use domain::case::Command;
use domain::case::decide::Actor;
use domain::duty::{Terms, recounted};
use domain::ids::{CaseId, OfficeId};
use persistence::calendar_import::{ImportRecord, ImportState, MoveRecord, OpenDuty, Progress, Recounting};
use persistence::case::{Accepted, Submission};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::desk::{Desk, apart};
use crate::problem::{Kind, Problem};

/// How often a replica asks whether an import waits.
const REST: Duration = Duration::from_secs(1);

/// How long an import is held without a sign of life; the time is the database's.
const HOLD: TimeDelta = TimeDelta::seconds(10);

/// How many duties one page has.
const PAGE: u32 = 500;

/// How many cases are looked at together: so many commands of its own the run may have in the queue.
pub const RECOUNTS_AT_ONCE: usize = 32;

/// How many changed days are written down for one duty.
const DAYS_TOLD: usize = 20;

/// Why a duty moves, as it is kept.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Why {
    /// The days that are of another kind.
    pub(super) days: Vec<ChangedDay>,
    /// Whether the business hours are others.
    pub(super) hours: bool,
}

/// Runs what waits, until the service ends. A run that fails or panics ends alone, and is taken up again.
pub async fn for_ever(desk: Desk) {
    loop {
        actix_web::rt::time::sleep(REST).await;
        let here = desk.clone();
        let ended = actix_web::rt::spawn(async move {
            if let Err(problem) = once(&here).await {
                tracing::warn!(problem = ?problem, "an import of a calendar stopped on its way; it will go on");
            }
        });
        if let Err(panic) = ended.await {
            tracing::error!(%panic, "an import of a calendar stopped on its way; it will go on");
        }
    }
}

/// Runs the import that waits longest, if one waits.
///
/// # Errors
/// Whatever the archive answers.
pub async fn once(desk: &Desk) -> Result<(), Problem> {
    let holder = Uuid::now_v7();
    let import = desk
        .blocking(move |archive| archive.take_import(holder, HOLD))
        .await?;
    match import {
        Some(import) => Run { desk, holder, import }.go().await,
        None => Ok(()),
    }
}

/// A run of one import.
struct Run<'d> {
    desk: &'d Desk,
    /// Who holds the import.
    holder: Uuid,
    import: ImportRecord,
}

/// Behind which due time and duty a run goes on in an office.
type Behind = (DateTime<Utc>, Uuid);

impl Run<'_> {
    async fn go(&self) -> Result<(), Problem> {
        let import = self.import.clone();
        let recountings = self
            .desk
            .blocking(move |archive| archive.recountings(&import))
            .await?;
        let since = self.import.since;
        let begun = self.import.at_office_id.map(OfficeId);
        if self.import.total.is_none() {
            self.count(&recountings).await?;
        }
        for recounting in recountings.iter().filter(|it| Some(it.office) >= begun) {
            let mut behind = match (begun, self.import.at_due_at, self.import.at_duty_id) {
                (Some(office), Some(at), Some(duty)) if office == recounting.office => (at, duty),
                _ => (since, Uuid::max()),
            };
            let difference = Difference::between(&recounting.before, &recounting.after);
            while let Some(end) = self.page(recounting, &difference, behind).await? {
                behind = end;
            }
        }
        let done = Progress {
            at: None,
            done_at: Some(self.desk.now()),
            ..Progress::default()
        };
        self.advance(done, Vec::new()).await
    }

    /// Counts what there is to be looked at.
    async fn count(&self, recountings: &[Recounting]) -> Result<(), Problem> {
        let since = self.import.since;
        let offices: Vec<_> = recountings
            .iter()
            .map(|it| (it.office, it.after.version()))
            .collect();
        let total = self
            .desk
            .blocking(move |archive| {
                offices.iter().try_fold(0, |total, (office, version)| {
                    Ok(total + archive.count_duties_to_recount(*office, *version, since)?)
                })
            })
            .await?;
        let counted = Progress {
            total: Some(total),
            ..Progress::default()
        };
        self.advance(counted, Vec::new()).await
    }

    /// Does the page behind this place; where it ends, or nothing when there was none.
    async fn page(
        &self,
        recounting: &Recounting,
        difference: &Difference,
        behind: Behind,
    ) -> Result<Option<Behind>, Problem> {
        let (office, version) = (recounting.office, recounting.after.version());
        let page = self
            .desk
            .blocking(move |archive| archive.duties_to_recount(office, version, behind, PAGE))
            .await?;
        let Some(last) = page.last() else { return Ok(None) };
        let end = (last.due_at, last.id);
        let mut progress = Progress {
            at: Some((office, Some(end))),
            checked: i64::try_from(page.len()).unwrap_or(i64::MAX),
            ..Progress::default()
        };
        let (moves, by_case, unreadable) = self.moves(recounting, difference, page).await?;
        progress.failed = unreadable;
        if self.import.state == ImportState::Trying.as_str() {
            progress.moved = i64::try_from(moves.len()).unwrap_or(i64::MAX);
            self.advance(progress, moves).await?;
        } else {
            self.apply(office, by_case, &mut progress).await?;
            self.advance(progress, Vec::new()).await?;
        }
        Ok(Some(end))
    }

    /// What of a page moves, the cases it moves on, and how many duties cannot be read.
    async fn moves(
        &self,
        recounting: &Recounting,
        difference: &Difference,
        page: Vec<OpenDuty>,
    ) -> Result<(Vec<MoveRecord>, Vec<CaseId>, i64), Problem> {
        let (import, since) = (self.import.id, self.import.since);
        let (recounting, difference) = (recounting.clone(), difference.clone());
        apart(move || {
            let (mut moves, mut cases, mut unreadable) = (Vec::new(), BTreeSet::new(), 0);
            for open in page {
                let Some(duty) = &open.duty else {
                    tracing::warn!(duty = %open.id, "a duty cannot be read, and was not counted again");
                    unreadable += 1;
                    continue;
                };
                if let Some(terms) = recounted(&duty.terms, &recounting.after, since) {
                    cases.insert(open.case);
                    moves.extend(moved(import, &recounting, &difference, &open, &terms)?);
                }
            }
            Ok((moves, cases.into_iter().collect(), unreadable))
        })
        .await?
    }

    /// Lets the clock look at these cases, side by side.
    async fn apply(
        &self,
        office: OfficeId,
        cases: Vec<CaseId>,
        progress: &mut Progress,
    ) -> Result<(), Problem> {
        for some in cases.chunks(RECOUNTS_AT_ONCE) {
            let looks: Vec<_> = some
                .iter()
                .map(|case| {
                    (
                        case,
                        actix_web::rt::spawn(look_at(self.desk.clone(), office, *case)),
                    )
                })
                .collect();
            for (case, look) in looks {
                let done = look
                    .await
                    .unwrap_or_else(|panic| Err(Problem::internal(panic.to_string())));
                match done {
                    Ok(moved) => progress.moved += moved,
                    // Then others would not be taken, either: it goes on here once they are.
                    Err(problem) if problem.kind() == Kind::Overloaded => return Err(problem),
                    Err(problem) => {
                        tracing::warn!(%office, %case, problem = ?problem, "a case was not counted again");
                        progress.failed += 1;
                    }
                }
            }
        }
        Ok(())
    }

    /// Writes down how far it has come.
    async fn advance(&self, progress: Progress, moves: Vec<MoveRecord>) -> Result<(), Problem> {
        let (import, holder) = (self.import.clone(), self.holder);
        let held = self
            .desk
            .blocking(move |archive| archive.advance_import(&import, holder, HOLD, &progress, &moves))
            .await?;
        if held {
            Ok(())
        } else {
            Err(Problem::from(Kind::AlreadyRunning))
        }
    }
}

/// A duty that moves, for the list.
fn moved(
    import: Uuid,
    recounting: &Recounting,
    difference: &Difference,
    open: &OpenDuty,
    terms: &Terms,
) -> Result<Option<MoveRecord>, Problem> {
    let Some(duty) = &open.duty else { return Ok(None) };
    let (Some(from), Some(start)) = (&duty.terms.due, &duty.terms.start) else {
        return Ok(None);
    };
    let to = terms.due.as_ref();
    let last = to.map_or(from.on, |to| to.on.max(from.on));
    let changed = difference.days(recounting.after.date_of(start.at), last);
    let why = Why {
        days: changed.iter().take(DAYS_TOLD).cloned().collect(),
        hours: difference.hours,
    };
    Ok(Some(MoveRecord {
        import_id: import,
        office_id: recounting.office.0,
        duty_id: open.id,
        case_id: open.case.0,
        case_no: open.case_no.clone(),
        rule: duty.key.name.clone(),
        clause: duty.clause.to_string(),
        from_on: from.on,
        from_at: from.at,
        from_provisional: from.provisional,
        to_on: to.map(|to| to.on),
        to_at: to.map(|to| to.at),
        to_provisional: to.is_some_and(|to| to.provisional),
        why: serde_json::to_string(&why).map_err(Problem::internal)?,
    }))
}

/// Lets the clock look at a case; how many of its duties moved.
async fn look_at(desk: Desk, office: OfficeId, case: CaseId) -> Result<i64, Problem> {
    let submission = Submission {
        office,
        case,
        actor: Actor::Clock,
        command: Command::LookAtTime,
        texts: Vec::new(),
        expected_version: None,
        key: None,
        now: desk.now(),
    };
    let moved = match desk.submit(submission).await? {
        Accepted::Done { remembered, .. } => {
            let moves = remembered.entries.iter().filter(|(_, kind)| kind == "DutyMoved");
            moves.count()
        }
        Accepted::Replayed { .. } => 0,
    };
    Ok(i64::try_from(moved).unwrap_or(i64::MAX))
}

//! What the checker finds in a text: this is the one place that examines what somebody wrote.
//!
//! The text itself is examined wherever it is shown. Whether every case can be lived through under it takes longer: it is
//! played when somebody asks for the check or submits a draft, one text at a time on each replica, apart from what answers
//! requests, and for no more than [`PLAYED_MAX`] states. `huiyin rulebook check` plays all of them.

use std::time::Duration;

use actix_web::rt::time::timeout;
use domain::rulebook::{Checked, Flaw, Severity, ancestry, examine, explore_up_to, read, warnings};
use serde::Serialize;
use tokio::sync::Semaphore;
use utoipa::ToSchema;

use crate::desk::apart;
use crate::problem::{FieldError, FieldFault, Kind, Problem};

/// How many findings are told; who has more has enough to do.
const FINDINGS_MAX: usize = 1000;

/// How many states of a case are played. They come in the order of their distance from the receipt, so that a fault
/// somebody stumbles over early is among them; the largest shipped rulebook has some times as many.
pub(super) const PLAYED_MAX: usize = 2_000;

/// How many texts are played at once, and how long another one waits for its turn.
static PLAYED_AT_ONCE: Semaphore = Semaphore::const_new(1);
const PATIENCE: Duration = Duration::from_mins(1);

/// After how many seconds somebody who waited in vain may come again.
const RETRY_AFTER: u32 = 20;

/// The longest reason that a refusal's words have room for, in characters.
const REASON_MAX: usize = 800;

/// Something in a rulebook that cannot stand, or that somebody should look at.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RulebookFinding)]
pub(crate) struct Finding {
    /// Which kind of flaw it is: `unknown_word`, `nobody_can_act`, `no_closing` …
    #[schema(max_length = 64, example = "nobody_can_act")]
    code: &'static str,
    /// `error` if the rulebook cannot be used with it, `warning` if somebody should look at it.
    #[schema(max_length = 20, example = "error")]
    severity: &'static str,
    /// In whose text: this rulebook's, or that of one it inherits. Absent where the code cannot be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 80)]
    rulebook_code: Option<String>,
    /// The line, from 1; 0 if the whole text is meant.
    #[schema(minimum = 0, maximum = 524_288)]
    line: usize,
    /// The section, and what in it.
    #[schema(max_length = 1000, example = "duty under R03-2.2.1a")]
    what: String,
    /// Why it cannot stand.
    #[schema(max_length = 4000)]
    reason: String,
    /// What was probably meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200)]
    closest: Option<String>,
    /// The shortest way of a case to where it shows, deed by deed; empty where it shows in the text alone.
    #[schema(max_items = 200)]
    path: Vec<FindingStep>,
}

/// A step of the way of a case.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FindingStep {
    /// What was done, with its outcome in brackets where it has several.
    #[schema(max_length = 200, example = "follow_up (dissatisfied)")]
    deed: String,
    /// The position that did it; `a rule` or `the clock` where nobody did.
    #[schema(max_length = 64, example = "intake_officer")]
    by: String,
}

impl From<Flaw> for Finding {
    fn from(flaw: Flaw) -> Self {
        let step = |step: domain::rulebook::Step| FindingStep {
            deed: step.deed,
            by: step.by,
        };
        Self {
            code: flaw.code.as_str(),
            severity: flaw.severity.as_str(),
            rulebook_code: flaw.rulebook.map(|code| code.to_string()),
            line: flaw.line,
            what: flaw.what,
            reason: flaw.reason,
            closest: flaw.closest,
            path: flaw.path.into_iter().map(step).collect(),
        }
    }
}

/// What cannot stand in a text, as far as it shows without playing it.
///
/// # Errors
/// `internal_error`.
pub(super) async fn findings(text: String, ancestors: Option<Vec<String>>) -> Result<Vec<Flaw>, Problem> {
    apart(move || examined(&text, ancestors.as_deref()).err().unwrap_or_default()).await
}

/// Everything that is found in a text and by playing it: what cannot stand, and what somebody should look at.
///
/// # Errors
/// `overloaded` where others have theirs played.
pub(super) async fn findings_of_play(
    text: String,
    ancestors: Option<Vec<String>>,
) -> Result<Vec<Flaw>, Problem> {
    let Ok(turn) = timeout(PATIENCE, PLAYED_AT_ONCE.acquire()).await else {
        return Err(Problem::from(Kind::Overloaded).retry_after(RETRY_AFTER));
    };
    apart(move || {
        // Held to the end of the play, also where whoever asked has gone meanwhile.
        let _turn = turn;
        match examined(&text, ancestors.as_deref()) {
            Err(flaws) => flaws,
            Ok(rulebook) => {
                let mut found = warnings(&rulebook);
                found.extend(explore_up_to(&rulebook, PLAYED_MAX).findings);
                found.sort_by_key(|flaw| (flaw.severity, flaw.line));
                found.truncate(FINDINGS_MAX);
                found
            }
        }
    })
    .await
}

fn examined(text: &str, ancestors: Option<&[String]>) -> Result<Checked, Vec<Flaw>> {
    let rulebook = read(text)?;
    let examined = match ancestors {
        Some(ancestors) => examine(text, ancestors),
        None => examine(text, &ancestry(&rulebook)),
    };
    examined.map_err(|mut flaws| {
        flaws.truncate(FINDINGS_MAX);
        flaws
    })
}

/// Whether a rulebook cannot be used with this.
pub(super) fn is_error(flaw: &Flaw) -> bool {
    flaw.severity == Severity::Error
}

/// The flaws as the faulty lines of a body's text.
pub(super) fn faulty(kind: Kind, flaws: Vec<Flaw>) -> Problem {
    let errors = flaws.into_iter().map(|flaw| {
        let error = FieldError::new("/text", FieldFault::LineFaulty)
            .with("line", flaw.line)
            .with("what", &flaw.what)
            .with("reason", shortened(&flaw.reason))
            .with("flaw", flaw.code);
        let error = match flaw.closest {
            Some(closest) => error.with("closest", closest),
            None => error,
        };
        if flaw.path.is_empty() {
            return error;
        }
        let steps: Vec<String> = flaw.path.iter().map(ToString::to_string).collect();
        error.with("path", shortened(&steps.join(" → ")))
    });
    Problem::from(kind).with_errors(errors.collect())
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(REASON_MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

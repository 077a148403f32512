//! What became of a script.

use chrono::{DateTime, FixedOffset, NaiveDate};
use domain::case::event::Event;
use domain::case::{Case, Entry};
use domain::duty::Duty;
use domain::time_limit::count;
use serde::Serialize;
use utoipa::ToSchema;

use crate::case::codes;
use crate::case::view::{Holder, Teller};
use crate::duty::explanation::sentence;
use crate::duty::view::{DutyView, in_order};
use crate::event::summary;
use crate::problem::{ClauseView, ProblemView};

/// What became of a script. Nothing of it is stored.
#[derive(Serialize, ToSchema)]
pub(crate) struct DryRun {
    /// The rulebook it was played under.
    #[schema(max_length = 80)]
    pub(crate) rulebook_code: String,
    /// Its version.
    #[schema(max_length = 20)]
    pub(crate) rulebook_version: String,
    /// Step by step.
    #[schema(max_items = 2000)]
    pub(crate) steps: Vec<Played>,
    /// The cases as the script left them.
    #[schema(max_items = 2000)]
    pub(crate) cases: Vec<PlayedCase>,
}

/// What became of a step.
#[derive(Serialize, ToSchema)]
#[schema(as = DryRunStepResult)]
pub(crate) struct Played {
    /// Its number in the script, from 1.
    #[schema(minimum = 1, maximum = 2000)]
    pub(crate) number: usize,
    /// When.
    pub(crate) at: DateTime<FixedOffset>,
    /// On which case, by the script's name for it; absent where only time passes.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 64)]
    pub(crate) case: Option<String>,
    /// Where it left the case; absent for a case that was never opened.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = codes::status)]
    pub(crate) status: Option<&'static str>,
    /// Why it was refused, as the operation would say it; absent where it was taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) refusal: Option<ProblemView>,
    /// What happened on any case, in order: what became due since the step before, then what the step itself brought.
    #[schema(max_items = 10_000)]
    pub(crate) events: Vec<PlayedEvent>,
}

/// An event of a dry run.
#[derive(Serialize, ToSchema)]
#[schema(as = DryRunEvent)]
pub(crate) struct PlayedEvent {
    /// On which case, by the script's name for it.
    #[schema(max_length = 64)]
    case: String,
    /// Its number on that case.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    sequence: u64,
    /// Its kind.
    #[schema(max_length = 64, example = "CaseAccepted")]
    event_type: &'static str,
    /// What happened, in a few words.
    #[schema(max_length = 200)]
    summary: String,
    /// When it took effect.
    occurred_at: DateTime<FixedOffset>,
    /// The clause it rests on.
    #[serde(skip_serializing_if = "Option::is_none")]
    clause: Option<ClauseView>,
    /// The duty that it opened, moved or ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    duty: Option<PlayedDuty>,
}

/// A duty that opened, moved or ended.
#[derive(Serialize, ToSchema)]
#[schema(as = DryRunDuty)]
pub(crate) struct PlayedDuty {
    /// The rulebook's name for it, or the deed that is owed on the way to another duty.
    #[schema(max_length = 64)]
    kind: String,
    /// The deed that is owed.
    #[schema(max_length = 64)]
    owes: String,
    /// Who owes it.
    holder: Holder,
    /// The last day that is in time.
    #[serde(skip_serializing_if = "Option::is_none")]
    due_on: Option<NaiveDate>,
    /// The first instant that is too late.
    #[serde(skip_serializing_if = "Option::is_none")]
    due_at: Option<DateTime<FixedOffset>>,
    /// How the due time was counted, read aloud; absent once the duty has ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 4000)]
    explanation: Option<String>,
    /// The judgement on its limit, once it has ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = verdict)]
    verdict: Option<&'static str>,
}

/// A case as the script left it.
#[derive(Serialize, ToSchema)]
#[schema(as = DryRunCase)]
pub(crate) struct PlayedCase {
    /// The script's name for it.
    #[schema(max_length = 64)]
    case: String,
    /// Where it stands.
    #[schema(schema_with = codes::status)]
    status: &'static str,
    /// What is still owed, due earliest first.
    #[schema(max_items = 200)]
    duties: Vec<DutyView>,
}

impl PlayedCase {
    pub(super) fn new(name: &str, case: &Case, teller: &Teller) -> Self {
        let duties = in_order(&case.duties).into_iter();
        Self {
            case: name.to_owned(),
            status: case.status.as_str(),
            duties: duties.map(|duty| DutyView::of_open(duty, case, teller)).collect(),
        }
    }
}

impl PlayedEvent {
    /// The entry on the case of this name, which stood so `before` it.
    pub(super) fn new(name: &str, entry: &Entry, before: Option<&Case>, teller: &Teller) -> Self {
        let (zh, en) = summary::of(&entry.event);
        let ended = |id, verdict: Option<&'static str>| {
            let duty = before?.duties.iter().find(|duty| duty.id == id)?;
            Some(PlayedDuty {
                verdict,
                ..PlayedDuty::new(duty, None, teller)
            })
        };
        let duty = match &entry.event {
            Event::DutyOpened(duty) | Event::DutyMoved(duty) => {
                Some(PlayedDuty::new(duty, Some(explained(duty, teller)), teller))
            }
            Event::DutyDischarged { duty, verdict } => ended(*duty, verdict.map(Into::into)),
            Event::DutyLapsed { duty } => ended(*duty, None),
            _ => None,
        };
        Self {
            case: name.to_owned(),
            sequence: entry.sequence,
            event_type: (&entry.event).into(),
            summary: teller.say(zh, en),
            occurred_at: teller.instant(entry.occurred_at),
            clause: entry.clause.as_ref().map(|clause| teller.clause(clause)),
            duty,
        }
    }
}

impl PlayedDuty {
    fn new(duty: &Duty, explanation: Option<String>, teller: &Teller) -> Self {
        let due = duty.terms.due.as_ref();
        Self {
            kind: duty.key.name.clone(),
            owes: duty.terms.owes.to_string(),
            holder: teller.holder(&duty.terms.holder),
            due_on: due.map(|due| due.on),
            due_at: due.map(|due| teller.instant(due.at)),
            explanation,
            verdict: None,
        }
    }
}

/// The count of a duty, read aloud.
fn explained(duty: &Duty, teller: &Teller) -> String {
    let terms = &duty.terms;
    let counted = match (&terms.start, &terms.limit) {
        (Some(start), Some(limit)) => count(start.at, limit, &terms.counting, &[], &teller.law.calendar),
        _ => None,
    };
    sentence(duty, counted.as_ref(), teller)
}

fn verdict() -> utoipa::openapi::schema::Object {
    codes::closed(&["on_time", "late"])
}

//! The lines of a comparison.

use chrono::{DateTime, FixedOffset, NaiveDate};
use domain::case::comparison::{Difference, Standing};
use domain::words::ClauseId;
use persistence::case::RecordedCase;
use persistence::law::Law;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;
use utoipa::openapi::schema::{Array, ArrayBuilder, ObjectBuilder, SchemaType, Type};
use uuid::Uuid;

use crate::language::Language;
use crate::problem::{ClauseView, Kind, cited};

/// One line of a comparison: it has exactly one of the four members.
#[derive(Default, Serialize, ToSchema)]
#[schema(example = json!({"progress": {"looked_at": 500, "differ": 12}}))]
pub(crate) struct ComparisonLine {
    /// How far the comparison has come.
    #[serde(skip_serializing_if = "Option::is_none")]
    progress: Option<Progress>,
    /// A case in which something would differ.
    #[serde(skip_serializing_if = "Option::is_none")]
    case: Option<ComparedCase>,
    /// The last line: what came of all.
    #[serde(skip_serializing_if = "Option::is_none")]
    totals: Option<Totals>,
    /// Instead of the totals, the last line of a comparison that could not go on: the code of the problem.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 64, example = "overloaded")]
    broken_off: Option<&'static str>,
}

/// How far a comparison has come.
#[derive(Clone, Copy, Default, Serialize, ToSchema)]
#[schema(as = ComparisonProgress)]
pub(super) struct Progress {
    /// How many cases were looked at.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub(super) looked_at: u64,
    /// In how many of them something would differ.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub(super) differ: u64,
}

/// What came of a comparison.
#[derive(Clone, Copy, Default, Serialize, ToSchema)]
#[schema(as = ComparisonTotals)]
pub(super) struct Totals {
    /// How many cases were looked at, and in how many of them something would differ.
    #[serde(flatten)]
    pub(super) progress: Progress,
    /// How many cases were left out, because their history is too long or cannot be read.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub(super) left_out: u64,
    /// How many duties would be due at another time.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub(super) due_dates: u64,
    /// How many duties would be judged otherwise.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub(super) verdicts: u64,
    /// How many duties would be escalated otherwise, and how many effects of deeds would differ.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub(super) escalations: u64,
    /// How many duties would be owed only now or only then.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub(super) duties: u64,
}

/// A case in which something would differ.
#[derive(Serialize, ToSchema)]
pub(super) struct ComparedCase {
    /// Which.
    case_id: Uuid,
    /// Its number; absent where it has none, and of a confidential case.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40, example = "2026-000123")]
    case_no: Option<String>,
    /// When it was received.
    received_at: DateTime<FixedOffset>,
    /// What would differ: at most 200.
    #[schema(max_items = 200)]
    differences: Vec<DifferenceView>,
}

/// Something that would differ.
#[derive(Serialize, ToSchema)]
#[schema(as = CaseDifference)]
struct DifferenceView {
    /// What: `duty`; `effect`, which a rule brings about after a deed; `lack`, something that was recorded and for
    /// which the draft has no place.
    #[schema(max_length = 20, example = "duty")]
    kind: &'static str,
    /// Its name: of the duty; of the event that is brought about; of what the draft lacks.
    #[schema(max_length = 200, example = "finish_and_tell")]
    name: String,
    /// Of a duty: in which round; 0 for what is owed once.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 255)]
    round: Option<u8>,
    /// Of a duty: the dispatch, order or request it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    thing_id: Option<Uuid>,
    /// Of a duty: how it stands; absent if it is not owed.
    #[serde(skip_serializing_if = "Option::is_none")]
    now: Option<StandingView>,
    /// Of a duty: how it would stand under the draft; absent if it would not be owed.
    #[serde(skip_serializing_if = "Option::is_none")]
    then: Option<StandingView>,
    /// Of an effect: the clause.
    #[serde(skip_serializing_if = "Option::is_none")]
    clause: Option<ClauseView>,
    /// Of an effect: how often it happens as it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 4_294_967_295_i64)]
    times_now: Option<u32>,
    /// Of an effect: how often it would happen under the draft.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 4_294_967_295_i64)]
    times_then: Option<u32>,
    /// Of a lack: what kind of thing, such as `position` or `axis_word`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40, example = "axis_word")]
    lacks: Option<&'static str>,
    /// Of a lack: the first event that needs it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    sequence: Option<u64>,
}

/// How a duty stands or ended.
#[derive(Serialize, ToSchema)]
#[schema(as = ComparedDuty)]
struct StandingView {
    /// The clause it rests on.
    clause: ClauseView,
    /// The last day that is in time.
    #[serde(skip_serializing_if = "Option::is_none")]
    due_on: Option<NaiveDate>,
    /// The first instant that is too late.
    #[serde(skip_serializing_if = "Option::is_none")]
    due_at: Option<DateTime<FixedOffset>>,
    /// `open`, `overdue`, `on_time`, `late`, `done` (it had no limit) or `lapsed`.
    #[schema(max_length = 20, example = "on_time")]
    verdict: &'static str,
    /// The steps of its escalation that were taken: the clause, and when.
    #[schema(schema_with = steps)]
    escalation_steps: Vec<String>,
}

fn steps() -> Array {
    ArrayBuilder::new()
        .items(
            ObjectBuilder::new()
                .schema_type(SchemaType::Type(Type::String))
                .max_length(Some(200))
                .examples([json!("R04-11 when due")]),
        )
        .max_items(Some(DIFFERENCES_MAX))
        .build()
}

/// How many differences of one case are told.
const DIFFERENCES_MAX: usize = 200;

/// The two laws between which is compared, and the language in which it is told.
pub(super) struct Teller<'l> {
    pub(super) now: &'l Law,
    pub(super) then: &'l Law,
    pub(super) language: Language,
}

impl ComparisonLine {
    pub(super) fn progress(progress: Progress) -> Self {
        Self {
            progress: Some(progress),
            ..Self::default()
        }
    }

    pub(super) fn totals(totals: Totals) -> Self {
        Self {
            totals: Some(totals),
            ..Self::default()
        }
    }

    pub(super) fn broken_off(kind: Kind) -> Self {
        Self {
            broken_off: Some(kind.code()),
            ..Self::default()
        }
    }

    /// Appends the line.
    pub(super) fn write(&self, lines: &mut Vec<u8>) {
        serde_json::to_writer(&mut *lines, self).expect("a line of texts and numbers is JSON");
        lines.push(b'\n');
    }
}

impl Totals {
    /// Counts a case that was looked at.
    pub(super) fn count(&mut self, differences: &[Difference]) {
        self.progress.looked_at += 1;
        self.progress.differ += u64::from(!differences.is_empty());
        for difference in differences {
            match difference {
                Difference::Duty(duty) => match (&duty.now, &duty.then) {
                    (Some(now), Some(then)) => {
                        let at = |standing: &Standing| standing.due.as_ref().map(|due| due.at);
                        self.due_dates += u64::from(at(now) != at(then));
                        self.verdicts += u64::from(now.verdict != then.verdict);
                        self.escalations += u64::from(now.steps != then.steps);
                    }
                    (Some(_), None) | (None, _) => self.duties += 1,
                },
                Difference::Effect(_) => self.escalations += 1,
                Difference::Lack(_) => {}
            }
        }
    }
}

impl Teller<'_> {
    /// The line of a case.
    pub(super) fn case(&self, case: &RecordedCase, differences: Vec<Difference>) -> ComparisonLine {
        let compared = ComparedCase {
            case_id: case.id.0,
            case_no: case.case_no.clone().filter(|_| !case.confidential),
            received_at: self.now.calendar.local(case.received_at),
            differences: differences
                .into_iter()
                .take(DIFFERENCES_MAX)
                .map(|difference| self.difference(difference))
                .collect(),
        };
        ComparisonLine {
            case: Some(compared),
            ..ComparisonLine::default()
        }
    }

    fn difference(&self, difference: Difference) -> DifferenceView {
        match difference {
            Difference::Duty(duty) => DifferenceView {
                round: Some(duty.key.round),
                thing_id: duty.key.thing.map(|thing| thing.0),
                now: duty.now.map(|standing| self.standing(standing, self.now)),
                then: duty.then.map(|standing| self.standing(standing, self.then)),
                ..plain("duty", duty.key.name)
            },
            Difference::Effect(effect) => {
                let law = if effect.then > 0 { self.then } else { self.now };
                DifferenceView {
                    clause: Some(self.clause(&effect.clause, law)),
                    times_now: Some(effect.now),
                    times_then: Some(effect.then),
                    ..plain("effect", effect.effect.to_owned())
                }
            }
            Difference::Lack(lack) => DifferenceView {
                lacks: Some(lack.what.into()),
                sequence: Some(lack.sequence),
                ..plain("lack", lack.name)
            },
        }
    }

    fn standing(&self, standing: Standing, law: &Law) -> StandingView {
        StandingView {
            clause: self.clause(&standing.clause, law),
            due_on: standing.due.as_ref().map(|due| due.on),
            due_at: standing.due.as_ref().map(|due| law.calendar.local(due.at)),
            verdict: standing.verdict.into(),
            escalation_steps: standing.steps.into_iter().take(DIFFERENCES_MAX).collect(),
        }
    }

    fn clause(&self, clause: &ClauseId, law: &Law) -> ClauseView {
        ClauseView::new(&cited(clause, Some(&law.rulebook)), self.language)
    }
}

fn plain(kind: &'static str, name: String) -> DifferenceView {
    DifferenceView {
        kind,
        name,
        round: None,
        thing_id: None,
        now: None,
        then: None,
        clause: None,
        times_now: None,
        times_then: None,
        lacks: None,
        sequence: None,
    }
}

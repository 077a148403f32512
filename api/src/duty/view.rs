//! A duty as it is answered: who owes what, by when, under which clause, and what the holder can do about it.

use chrono::{DateTime, FixedOffset, NaiveDate};
use domain::case::Case;
use domain::duty::{Duty, DutySource, Verdict};
use domain::ids::CaseId;
use domain::rulebook::Force;
use persistence::case::{DutyItem, DutyState};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::case::codes;
use crate::case::view::{Amount, CappedCount, Holder, Teller, operations_that_discharge};
use crate::problem::ClauseView;

/// Who owes what on a case, by when, under which clause.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Duty)]
pub(crate) struct DutyView {
    /// Its id.
    id: Uuid,
    /// The case.
    case_id: Uuid,
    /// The case's number.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40)]
    case_no: Option<String>,
    /// The rulebook's name for it, or the deed that is owed on the way to another duty.
    #[schema(max_length = 64, example = "unit_handling")]
    kind: String,
    /// The deed that is owed.
    #[schema(max_length = 64, example = "report_back")]
    owes: String,
    /// What a person would call it.
    #[schema(max_length = 1200)]
    title: String,
    /// The clause it rests on.
    clause: ClauseView,
    /// Where its number comes from.
    #[schema(schema_with = source)]
    source: &'static str,
    /// Who owes it.
    holder: Holder,
    /// Whether it is still owed. `lapsed`: it fell away, by a withdrawal or a new round.
    #[schema(schema_with = state)]
    state: &'static str,
    /// The operations by which the holder discharges it.
    #[schema(schema_with = codes::names)]
    discharged_by: Vec<&'static str>,
    /// The round; absent for what is owed once in the life of the case.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 255)]
    round: Option<i32>,
    /// The dispatch, order, report or extension it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    target_id: Option<Uuid>,
    /// Day zero of the count.
    #[serde(skip_serializing_if = "Option::is_none")]
    start_on: Option<NaiveDate>,
    /// How long it runs; absent where no number is set.
    #[serde(skip_serializing_if = "Option::is_none")]
    limit: Option<Amount>,
    /// By how much it was extended in all.
    #[serde(skip_serializing_if = "Option::is_none")]
    extended_by: Option<Amount>,
    /// Since when its limit stands still; then nobody can say yet when it is due.
    #[serde(skip_serializing_if = "Option::is_none")]
    paused_since: Option<DateTime<FixedOffset>>,
    /// The clauses of the other limits that run for the same deed.
    #[schema(max_items = 20)]
    beside: Vec<ClauseView>,
    /// The last day that is in time.
    #[serde(skip_serializing_if = "Option::is_none")]
    due_on: Option<NaiveDate>,
    /// The first instant that is too late.
    #[serde(skip_serializing_if = "Option::is_none")]
    due_at: Option<DateTime<FixedOffset>>,
    /// Whether it must be kept; false: "normally".
    hard: bool,
    /// Whether it reaches a year whose days off are not published.
    provisional: bool,
    /// How late an open duty is now: `warning` on its last day, `overdue` after it.
    #[schema(schema_with = lateness)]
    lateness: &'static str,
    /// The calendar it was counted with.
    #[schema(minimum = 0, maximum = 2_147_483_647)]
    calendar_version: u32,
    /// When it was opened.
    opened_at: DateTime<FixedOffset>,
    /// When it ended, however it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    ended_at: Option<DateTime<FixedOffset>>,
    /// The judgement on its limit, formed once, at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = verdict)]
    verdict: Option<&'static str>,
}

/// A page of duties.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct DutyPage {
    /// The duties: what is due earliest first, what has no due time last.
    #[schema(max_items = 100)]
    pub(crate) items: Vec<DutyView>,
    /// Where the next page begins; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 1000)]
    pub(crate) next_cursor: Option<String>,
    /// How many match in all, if it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) count: Option<CappedCount>,
}

/// How a duty ended, if it has.
struct End {
    state: DutyState,
    at: Option<DateTime<chrono::Utc>>,
    verdict: Option<Verdict>,
}

impl DutyView {
    /// An open duty of a case.
    pub(crate) fn of_open(duty: &Duty, case: &Case, teller: &Teller) -> Self {
        let end = End {
            state: DutyState::Open,
            at: None,
            verdict: None,
        };
        Self::new(duty, case.id, case.case_no.clone(), &end, teller)
    }

    /// A duty as it is kept.
    pub(crate) fn of_kept(item: &DutyItem, teller: &Teller) -> Self {
        let end = End {
            state: item.state,
            at: item.ended_at,
            verdict: item.verdict,
        };
        Self::new(&item.duty, item.case, item.case_no.clone(), &end, teller)
    }

    fn new(duty: &Duty, case: CaseId, case_no: Option<String>, end: &End, teller: &Teller) -> Self {
        let terms = &duty.terms;
        let clause = teller.clause(&duty.clause);
        let limit = terms.limit.as_ref();
        Self {
            id: duty.id.0,
            case_id: case.0,
            case_no,
            kind: duty.key.name.clone(),
            owes: terms.owes.to_string(),
            title: title(duty, teller),
            clause,
            source: match terms.source {
                DutySource::Rulebook => "rulebook",
                DutySource::Order => "order",
            },
            holder: teller.holder(&terms.holder),
            state: match end.state {
                DutyState::Open => "open",
                DutyState::Discharged => "discharged",
                DutyState::Lapsed => "lapsed",
            },
            discharged_by: operations_that_discharge(terms.owes),
            round: (duty.key.round > 0).then(|| i32::from(duty.key.round)),
            target_id: duty.key.thing.map(|thing| thing.0),
            start_on: terms.start.as_ref().map(|start| teller.date(start.at)),
            limit: limit.and_then(|limit| Amount::of_limit(limit.within)),
            extended_by: limit.and_then(|limit| Amount::of_all(&limit.extensions)),
            paused_since: terms.paused_since().map(|at| teller.instant(at)),
            beside: terms.beside.iter().map(|clause| teller.clause(clause)).collect(),
            due_on: terms.due.as_ref().map(|due| due.on),
            due_at: terms.due.as_ref().map(|due| teller.instant(due.at)),
            hard: terms.force == Force::Must,
            provisional: terms.due.as_ref().is_some_and(|due| due.provisional),
            lateness: lateness_of(duty, end, teller),
            calendar_version: terms.calendar_version,
            opened_at: teller.instant(duty.opened_at),
            ended_at: end.at.map(|at| teller.instant(at)),
            verdict: end.verdict.map(Into::into),
        }
    }
}

/// Duties in the order in which a person looks at them: due earliest first, what has no due time last.
pub(crate) fn in_order(duties: &[Duty]) -> Vec<&Duty> {
    let mut ordered: Vec<&Duty> = duties.iter().collect();
    ordered.sort_by_key(|duty| {
        let due = duty.terms.due.as_ref().map(|due| due.at);
        (due.is_none(), due, duty.opened_at, duty.id)
    });
    ordered
}

/// What is owed, in the answer's language: the deed and what the clause says of it.
fn title(duty: &Duty, teller: &Teller) -> String {
    let owes = duty.terms.owes;
    let said = teller.law.rulebook.clause(&duty.clause);
    let zh = said.map_or(String::new(), |clause| format!("：{}", clause.zh));
    let en = said.map_or(String::new(), |clause| format!(": {}", clause.en));
    teller.say(owes.zh() + &zh, owes.en() + &en)
}

fn lateness_of(duty: &Duty, end: &End, teller: &Teller) -> &'static str {
    match (&duty.terms.due, end.state) {
        (Some(due), DutyState::Open) if due.at <= teller.now => "overdue",
        (Some(due), DutyState::Open) if due.on <= teller.date(teller.now) => "warning",
        (Some(_) | None, DutyState::Open | DutyState::Discharged | DutyState::Lapsed) => "none",
    }
}

fn source() -> utoipa::openapi::schema::Object {
    codes::closed(&["rulebook", "order"])
}

fn state() -> utoipa::openapi::schema::Object {
    codes::closed(&["open", "discharged", "lapsed"])
}

fn lateness() -> utoipa::openapi::schema::Object {
    codes::closed(&["none", "warning", "overdue"])
}

fn verdict() -> utoipa::openapi::schema::Object {
    codes::closed(&["on_time", "late"])
}

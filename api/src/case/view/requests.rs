//! What was asked for, ordered, reported, found and planned on a case.

use chrono::{DateTime, FixedOffset, NaiveDate};
use domain::case::command::{HandedTo, Investigation, Plan};
use domain::case::{Case, Done};
use domain::ids::CaseId;
use domain::words::{Deed, Field};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Amount, Holder, StaffName, Teller};
use crate::case::codes;
use crate::problem::ClauseView;

/// How far something is that was asked for.
fn request_state() -> utoipa::openapi::schema::Object {
    codes::closed(&["requested", "granted", "refused"])
}

/// How far an order or a record is.
fn order_state() -> utoipa::openapi::schema::Object {
    codes::closed(&["open", "answered", "lifted"])
}

/// Whether a report was read, or a record closed.
fn open_or_done() -> utoipa::openapi::schema::Object {
    codes::closed(&["open", "done"])
}

/// An amendment; the original stays.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Correction)]
pub(crate) struct CorrectionView {
    /// What is amended.
    #[schema(max_length = 64, example = "content")]
    field: &'static str,
    /// The new words; left out where they are about the person who complains.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 20_000)]
    text: Option<String>,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2000)]
    reason: Option<String>,
}

pub(super) fn corrections(case: &Case, teller: &Teller) -> Vec<CorrectionView> {
    case.corrections
        .iter()
        .map(|it| CorrectionView {
            field: it.field.as_str(),
            text: (!is_personal(it.field)).then(|| teller.words(&it.text)).flatten(),
            reason: teller.words(&it.reason),
        })
        .collect()
}

/// Whether a fact tells who complains.
pub(crate) fn is_personal(field: Field) -> bool {
    matches!(
        field,
        Field::ComplainantName
            | Field::ComplainantContact
            | Field::ComplainantAddress
            | Field::ComplainantWorkplace
            | Field::ComplainantSex
            | Field::ComplainantAge
    )
}

/// More time, asked for.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Extension)]
pub(crate) struct ExtensionView {
    /// Its id.
    id: Uuid,
    /// The kind of the duty.
    #[schema(max_length = 64)]
    kind: String,
    /// The clause of the duty.
    clause: ClauseView,
    /// How far it is.
    #[schema(schema_with = request_state)]
    state: &'static str,
    /// How much was asked.
    amount: Amount,
    /// How much was granted.
    #[serde(skip_serializing_if = "Option::is_none")]
    granted: Option<Amount>,
    /// Why it was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2000)]
    reason: Option<String>,
    /// When it was asked.
    asked_at: DateTime<FixedOffset>,
    /// By whom.
    #[serde(skip_serializing_if = "Option::is_none")]
    asked_by: Option<StaffName>,
    /// When it was decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    decided_at: Option<DateTime<FixedOffset>>,
    /// While it waits: the last day in time if it is granted whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    would_be_due_on: Option<NaiveDate>,
}

pub(super) fn extensions(case: &Case, teller: &Teller) -> Vec<ExtensionView> {
    case.extensions
        .iter()
        .map(|it| {
            let state = match it.decided {
                None => "requested",
                Some((_, Some(_))) => "granted",
                Some((_, None)) => "refused",
            };
            let waiting = it.decided.is_none();
            let duty = case.duties.iter().find(|duty| waiting && duty.key == it.duty);
            let would_be = duty.and_then(|duty| {
                let mut limit = duty.terms.limit.clone()?;
                limit.extensions.push(it.asked);
                let start = duty.terms.start.as_ref()?.at;
                domain::duty::due(
                    start,
                    &limit,
                    &duty.terms.counting,
                    &duty.terms.pauses,
                    &teller.context(),
                )
            });
            ExtensionView {
                id: it.id.0,
                kind: it.duty.name.clone(),
                clause: teller.clause(&it.clause),
                state,
                amount: it.asked.into(),
                granted: it.decided.and_then(|(_, granted)| granted).map(Amount::from),
                reason: teller.words_of(it.reason.as_ref()),
                asked_at: teller.instant(it.asked_at),
                asked_by: it.asked_by.map(|staff| teller.staff_name(staff)),
                decided_at: it.decided.map(|(at, _)| teller.instant(at)),
                would_be_due_on: would_be.map(|due| due.on),
            }
        })
        .collect()
}

/// Raised scrutiny (督办).
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = SupervisionOrder)]
pub(crate) struct SupervisionOrderView {
    /// Its id.
    id: Uuid,
    /// How far it is.
    #[schema(schema_with = order_state)]
    state: &'static str,
    /// Who supervises.
    supervisor: Holder,
    /// Which unit must answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    unit: Option<super::UnitName>,
    /// The clause it rests on.
    #[serde(skip_serializing_if = "Option::is_none")]
    clause: Option<ClauseView>,
    /// What is demanded.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2000)]
    demand: Option<String>,
    /// Its own limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    within: Option<Amount>,
    /// When it was ordered.
    ordered_at: DateTime<FixedOffset>,
    /// When it was answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    answered_at: Option<DateTime<FixedOffset>>,
    /// When it was lifted.
    #[serde(skip_serializing_if = "Option::is_none")]
    lifted_at: Option<DateTime<FixedOffset>>,
}

pub(super) fn supervision_orders(case: &Case, teller: &Teller) -> Vec<SupervisionOrderView> {
    case.supervision_orders
        .iter()
        .map(|it| SupervisionOrderView {
            id: it.id.0,
            state: match (it.lifted_at, it.answered_at) {
                (Some(_), _) => "lifted",
                (None, Some(_)) => "answered",
                (None, None) => "open",
            },
            supervisor: teller.holder(&it.supervisor),
            unit: it.unit.map(|unit| teller.unit_name(unit)),
            clause: it.clause.as_ref().map(|clause| teller.clause(clause)),
            demand: teller.words_of(it.demand.as_ref()),
            within: it.within.map(Amount::from),
            ordered_at: teller.instant(it.ordered_at),
            answered_at: it.answered_at.map(|at| teller.instant(at)),
            lifted_at: it.lifted_at.map(|at| teller.instant(at)),
        })
        .collect()
}

/// A report to a leader.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = LeaderReport)]
pub(crate) struct LeaderReportView {
    /// Its id.
    id: Uuid,
    /// `open` until the leader acknowledged it.
    #[schema(schema_with = open_or_done)]
    state: &'static str,
    /// To whom.
    to: Holder,
    /// The clause it rests on.
    #[serde(skip_serializing_if = "Option::is_none")]
    clause: Option<ClauseView>,
    /// What is reported.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 20_000)]
    text: Option<String>,
    /// When.
    reported_at: DateTime<FixedOffset>,
    /// When the leader acknowledged it.
    #[serde(skip_serializing_if = "Option::is_none")]
    acknowledged_at: Option<DateTime<FixedOffset>>,
}

pub(super) fn leader_reports(case: &Case, teller: &Teller) -> Vec<LeaderReportView> {
    case.leader_reports
        .iter()
        .map(|it| LeaderReportView {
            id: it.id.0,
            state: state_of(it.acknowledged_at.is_some()),
            to: teller.holder(&it.to),
            clause: it.clause.as_ref().map(|clause| teller.clause(clause)),
            text: teller.words_of(it.text.as_ref()),
            reported_at: teller.instant(it.at),
            acknowledged_at: it.acknowledged_at.map(|at| teller.instant(at)),
        })
        .collect()
}

fn state_of(done: bool) -> &'static str {
    if done { "done" } else { "open" }
}

/// Somebody is to answer for how the matter was handled.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = AccountabilityRecord)]
pub(crate) struct AccountabilityRecordView {
    /// Its id.
    id: Uuid,
    /// `open` until it is closed.
    #[schema(schema_with = open_or_done)]
    state: &'static str,
    /// Who is to answer.
    on: Holder,
    /// The clause it rests on.
    #[serde(skip_serializing_if = "Option::is_none")]
    clause: Option<ClauseView>,
    /// When it was opened.
    opened_at: DateTime<FixedOffset>,
    /// By whom, if by somebody.
    #[serde(skip_serializing_if = "Option::is_none")]
    opened_by: Option<StaffName>,
    /// When it was closed.
    #[serde(skip_serializing_if = "Option::is_none")]
    closed_at: Option<DateTime<FixedOffset>>,
}

pub(super) fn accountability_records(case: &Case, teller: &Teller) -> Vec<AccountabilityRecordView> {
    case.accountability_records
        .iter()
        .map(|it| AccountabilityRecordView {
            id: it.id.0,
            state: state_of(it.closed_at.is_some()),
            on: teller.holder(&it.on),
            clause: it.clause.as_ref().map(|clause| teller.clause(clause)),
            opened_at: teller.instant(it.opened_at),
            opened_by: it.opened_by.map(|staff| teller.staff_name(staff)),
            closed_at: it.closed_at.map(|at| teller.instant(at)),
        })
        .collect()
}

/// A request to lend or copy the records.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = RecordAccessRequest)]
pub(crate) struct RecordAccessRequestView {
    /// Its id: the approval is decided under it.
    id: Uuid,
    /// How far it is.
    #[schema(schema_with = request_state)]
    state: &'static str,
    /// Why it was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2000)]
    reason: Option<String>,
    /// When it was asked.
    asked_at: DateTime<FixedOffset>,
    /// By whom.
    #[serde(skip_serializing_if = "Option::is_none")]
    asked_by: Option<StaffName>,
    /// When it was decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    decided_at: Option<DateTime<FixedOffset>>,
}

pub(super) fn record_access_requests(case: &Case, teller: &Teller) -> Vec<RecordAccessRequestView> {
    case.lending_requests
        .iter()
        .map(|it| RecordAccessRequestView {
            id: it.id.0,
            state: match it.decided {
                None => "requested",
                Some((_, true)) => "granted",
                Some((_, false)) => "refused",
            },
            reason: teller.words_of(it.text.as_ref()),
            asked_at: teller.instant(it.at),
            asked_by: it.by.map(|staff| teller.staff_name(staff)),
            decided_at: it.decided.map(|(at, _)| teller.instant(at)),
        })
        .collect()
}

/// What the investigation found.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Investigation)]
pub(crate) struct InvestigationView {
    /// True or not.
    #[schema(schema_with = codes::finding)]
    finding: &'static str,
    /// Why it happened.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 20_000)]
    cause: Option<String>,
    /// Who answers for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200)]
    responsible_person: Option<String>,
    /// What part is true.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 20_000)]
    substantiated_part: Option<String>,
    /// On what it rests.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2000)]
    legal_basis: Option<String>,
    /// The course of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 20_000)]
    report: Option<String>,
}

impl InvestigationView {
    pub(super) fn new(it: &Investigation, teller: &Teller) -> Self {
        Self {
            finding: it.finding.as_str(),
            cause: teller.words_of(it.cause.as_ref()),
            responsible_person: teller.words_of(it.responsible_person.as_ref()),
            substantiated_part: teller.words_of(it.substantiated_part.as_ref()),
            legal_basis: teller.words_of(it.legal_basis.as_ref()),
            report: teller.words_of(it.report.as_ref()),
        }
    }
}

/// What is to be done about it.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = DispositionPlan)]
pub(crate) struct PlanView {
    /// Its id: the approval is decided under it. Absent once the plan was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<Uuid>,
    /// The measures.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 20_000)]
    measures: Option<String>,
    /// Who carries them out.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200)]
    person: Option<String>,
    /// By when.
    finish_on: NaiveDate,
}

impl PlanView {
    pub(super) fn new(plan: &Plan, done: Option<&Done>, teller: &Teller) -> Self {
        Self {
            id: done.map(|done| done.id.0),
            measures: teller.words(&plan.measures),
            person: teller.words(&plan.person),
            finish_on: plan.finish_on,
        }
    }
}

/// Another case that belongs to this one.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct LinkedCase {
    /// How they belong together.
    #[schema(schema_with = relation)]
    relation: &'static str,
    /// The other case.
    case_id: Uuid,
}

fn relation() -> utoipa::openapi::schema::Object {
    codes::open(&["duplicate_of"])
}

impl LinkedCase {
    pub(super) fn duplicate_of(other: CaseId) -> Self {
        Self {
            relation: "duplicate_of",
            case_id: other.0,
        }
    }
}

/// A hand-over that was made (移交).
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = HandOver)]
pub(crate) struct HandOverView {
    /// When.
    at: DateTime<FixedOffset>,
    /// By whom.
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<StaffName>,
    /// The ground, as a word.
    #[schema(max_length = 40, example = "outside_the_window")]
    ground: String,
    /// Who takes it in from now on; absent where it left the office.
    #[serde(skip_serializing_if = "Option::is_none")]
    receiver: Option<Holder>,
    /// The body outside that took it over.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200)]
    outside_body: Option<String>,
    /// Why, for the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2000)]
    reason: Option<String>,
}

pub(super) fn hand_overs(case: &Case, teller: &Teller) -> Vec<HandOverView> {
    case.hand_overs
        .iter()
        .map(|made| HandOverView {
            at: teller.instant(made.at),
            by: made.by.map(|staff| teller.staff_name(staff)),
            ground: made.hand_over.on.ground.to_string(),
            receiver: made.receiver.as_ref().map(|held| teller.holder(held)),
            outside_body: match &made.hand_over.to {
                HandedTo::Outside { body } => teller.words(body),
                HandedTo::Unit { .. } | HandedTo::Position { .. } => None,
            },
            reason: teller.words_of(made.hand_over.on.reason.as_ref()),
        })
        .collect()
}

/// The outcome of one check of the screening (初审).
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ScreeningOutcome)]
pub(crate) struct ScreeningOutcomeView {
    /// The rulebook's word for the check.
    #[schema(max_length = 40, example = "in_scope")]
    check: String,
    /// Whether it was passed.
    passed: bool,
}

pub(super) fn screening(case: &Case) -> Vec<ScreeningOutcomeView> {
    let checks = case.screening.iter().flat_map(|screening| &screening.checks);
    checks
        .map(|(check, passed)| ScreeningOutcomeView {
            check: check.to_string(),
            passed: *passed,
        })
        .collect()
}

/// How a case ended.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Ending)]
pub(crate) struct EndingView {
    /// `decline`, `withdrawal`, `hand_over`, `cancellation`, `closing` or `early_closing`.
    #[schema(max_length = 64, example = "closing")]
    deed: String,
    /// The ground or reason, as a word.
    #[schema(max_length = 40, example = "answered")]
    reason: String,
    /// What the complainant was told.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 20_000)]
    explanation: Option<String>,
    /// The right channel that the complainant was shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2000)]
    guidance: Option<String>,
}

impl EndingView {
    pub(super) fn of(case: &Case, teller: &Teller) -> Option<Self> {
        if let Some(closing) = &case.closing {
            return Some(Self {
                deed: if case.in_force(Deed::EarlyClosing, None).is_some() {
                    Deed::EarlyClosing.to_string()
                } else {
                    Deed::Closing.to_string()
                },
                reason: closing.reason.to_string(),
                explanation: teller.words_of(closing.explanation.as_ref()),
                guidance: None,
            });
        }
        let ending = case.ending.as_ref()?;
        let ended_by = |deed: &Deed| case.in_force(*deed, None).is_some();
        let deed = [Deed::Withdrawal, Deed::Cancellation, Deed::Decline]
            .into_iter()
            .find(ended_by)
            .unwrap_or(Deed::HandOver);
        Some(Self {
            deed: deed.to_string(),
            reason: ending.ground.to_string(),
            explanation: teller.words_of(ending.explanation.as_ref()),
            guidance: teller.words_of(ending.guidance.as_ref()),
        })
    }
}

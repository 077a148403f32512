//! What lies over the status of a case: pauses, appeals, approvals asked for, holds, and how long it is kept.

use chrono::{DateTime, FixedOffset, NaiveDate};
use domain::case::Case;
use domain::rulebook::Then;
use domain::words::ClauseId;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{StaffName, Teller};
use crate::case::codes;
use crate::problem::ClauseView;

/// Limits that stand still (中止).
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Suspension)]
pub(crate) struct SuspensionView {
    /// Its id.
    id: Uuid,
    /// `open` until the limits run on.
    #[schema(schema_with = open_or_done)]
    state: &'static str,
    /// The rulebook's ground.
    #[schema(max_length = 40, example = "awaiting_material")]
    ground: String,
    /// The clause it rests on.
    #[serde(skip_serializing_if = "Option::is_none")]
    clause: Option<ClauseView>,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2000)]
    reason: Option<String>,
    /// Since when.
    suspended_at: DateTime<FixedOffset>,
    /// By whom.
    #[serde(skip_serializing_if = "Option::is_none")]
    suspended_by: Option<StaffName>,
    /// When the clock ends it, if nobody does before.
    #[serde(skip_serializing_if = "Option::is_none")]
    ends_at: Option<DateTime<FixedOffset>>,
    /// When it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    resumed_at: Option<DateTime<FixedOffset>>,
}

pub(super) fn suspensions(case: &Case, teller: &Teller) -> Vec<SuspensionView> {
    case.suspensions
        .iter()
        .map(|it| SuspensionView {
            id: it.id.0,
            state: if it.ended_at.is_some() { "done" } else { "open" },
            ground: it.ground.to_string(),
            clause: it.clause.as_ref().map(|clause| teller.clause(clause)),
            reason: teller.words_of(it.reason.as_ref()),
            suspended_at: teller.instant(it.from),
            suspended_by: it.by.map(|staff| teller.staff_name(staff)),
            ends_at: it.ends_at.map(|at| teller.instant(at)),
            resumed_at: it.ended_at.map(|at| teller.instant(at)),
        })
        .collect()
}

/// What a party does not accept (申诉、复查).
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Appeal)]
pub(crate) struct AppealView {
    /// Its id.
    id: Uuid,
    /// How far it is.
    #[schema(schema_with = appeal_state)]
    state: &'static str,
    /// The rulebook's name for this way.
    #[schema(max_length = 40, example = "review")]
    name: String,
    /// The deed appealed against.
    #[schema(max_length = 64, example = "reply")]
    against: String,
    /// The clause it rests on.
    #[serde(skip_serializing_if = "Option::is_none")]
    clause: Option<ClauseView>,
    /// What the party says.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 20_000)]
    text: Option<String>,
    /// When the party said it.
    filed_at: DateTime<FixedOffset>,
    /// Who recorded it.
    #[serde(skip_serializing_if = "Option::is_none")]
    filed_by: Option<StaffName>,
    /// When it was decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    decided_at: Option<DateTime<FixedOffset>>,
}

pub(super) fn appeals(case: &Case, teller: &Teller) -> Vec<AppealView> {
    case.appeals
        .iter()
        .map(|it| AppealView {
            id: it.id.0,
            state: it.decided.map_or("filed", |decided| decided.outcome.into()),
            name: it.name.to_string(),
            against: it.against.to_string(),
            clause: it.clause.as_ref().map(|clause| teller.clause(clause)),
            text: teller.words(&it.text),
            filed_at: teller.instant(it.filed_at),
            filed_by: it.filed_by.map(|staff| teller.staff_name(staff)),
            decided_at: it.decided.map(|decided| teller.instant(decided.at)),
        })
        .collect()
}

/// A yes that somebody asked for (报批).
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ApprovalRequest)]
pub(crate) struct ApprovalRequestView {
    /// Its id: the approval is decided under it.
    id: Uuid,
    /// How far it is.
    #[schema(schema_with = request_state)]
    state: &'static str,
    /// What is to be approved.
    #[schema(max_length = 64, example = "finding")]
    subject: String,
    /// What exactly; of a publication the text for the public.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 20_000)]
    text: Option<String>,
    /// When it was asked.
    asked_at: DateTime<FixedOffset>,
    /// By whom.
    #[serde(skip_serializing_if = "Option::is_none")]
    asked_by: Option<StaffName>,
    /// When it was decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    decided_at: Option<DateTime<FixedOffset>>,
}

pub(super) fn approval_requests(case: &Case, teller: &Teller) -> Vec<ApprovalRequestView> {
    case.approval_requests
        .iter()
        .map(|it| ApprovalRequestView {
            id: it.id.0,
            state: match it.decided {
                None => "requested",
                Some((_, true)) => "granted",
                Some((_, false)) => "refused",
            },
            subject: it.subject.to_string(),
            text: teller.words(&it.text),
            asked_at: teller.instant(it.at),
            asked_by: it.by.map(|staff| teller.staff_name(staff)),
            decided_at: it.decided.map(|(at, _)| teller.instant(at)),
        })
        .collect()
}

/// Nothing of the case may be erased (保全).
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = LegalHold)]
pub(crate) struct LegalHoldView {
    /// Its id.
    id: Uuid,
    /// `open` until it is lifted.
    #[schema(schema_with = open_or_done)]
    state: &'static str,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2000)]
    reason: Option<String>,
    /// Since when.
    placed_at: DateTime<FixedOffset>,
    /// By whom.
    #[serde(skip_serializing_if = "Option::is_none")]
    placed_by: Option<StaffName>,
    /// When it was lifted.
    #[serde(skip_serializing_if = "Option::is_none")]
    lifted_at: Option<DateTime<FixedOffset>>,
}

pub(super) fn legal_holds(case: &Case, teller: &Teller) -> Vec<LegalHoldView> {
    case.legal_holds
        .iter()
        .map(|it| LegalHoldView {
            id: it.id.0,
            state: if it.lifted_at.is_some() { "done" } else { "open" },
            reason: teller.words(&it.reason),
            placed_at: teller.instant(it.placed_at),
            placed_by: it.placed_by.map(|staff| teller.staff_name(staff)),
            lifted_at: it.lifted_at.map(|at| teller.instant(at)),
        })
        .collect()
}

/// How long a case is kept.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Retention)]
pub(crate) struct RetentionView {
    /// The last day on which it must be there.
    #[serde(skip_serializing_if = "Option::is_none")]
    at_least_until: Option<NaiveDate>,
    /// The last day on which it may be there.
    #[serde(skip_serializing_if = "Option::is_none")]
    at_most_until: Option<NaiveDate>,
    /// What happens then.
    #[schema(schema_with = then)]
    then: &'static str,
    /// Whether a hold keeps it whatever day it is.
    held: bool,
    /// The clauses that say so.
    #[schema(max_items = 2)]
    clauses: Vec<ClauseView>,
}

impl RetentionView {
    pub(super) fn of(case: &Case, teller: &Teller) -> Option<Self> {
        let kept = domain::retention::kept(case, &teller.context()).filter(|_| !case.status.is_open())?;
        let mut clauses: Vec<&ClauseId> = [&kept.at_least_until, &kept.at_most_until]
            .into_iter()
            .flatten()
            .map(|(_, clause)| clause)
            .collect();
        clauses.dedup();
        Some(Self {
            clauses: clauses.into_iter().map(|clause| teller.clause(clause)).collect(),
            at_least_until: kept.at_least_until.as_ref().map(|(day, _)| *day),
            at_most_until: kept.at_most_until.as_ref().map(|(day, _)| *day),
            then: match kept.then {
                Then::Review => "review",
                Then::Erase => "erase",
            },
            held: kept.held,
        })
    }
}

fn open_or_done() -> utoipa::openapi::schema::Object {
    codes::closed(&["open", "done"])
}

fn request_state() -> utoipa::openapi::schema::Object {
    codes::closed(&["requested", "granted", "refused"])
}

fn appeal_state() -> utoipa::openapi::schema::Object {
    codes::closed(&["filed", "upheld", "changed"])
}

fn then() -> utoipa::openapi::schema::Object {
    codes::closed(&["review", "erase"])
}

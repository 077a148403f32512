//! What a command on a case is answered with.

use chrono::{DateTime, FixedOffset, NaiveDate};
use domain::case::Case;
use domain::words::Deed;
use persistence::case::Remembered;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::case::codes;
use crate::case::view::{CaseView, Teller};
use crate::problem::ClauseView;

/// What a command led to. On a replay `status`, `version`, `made` and `events` are as they were then; `case` is as
/// it is now, so that its actions are true.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Outcome {
    /// The case.
    case_id: Uuid,
    /// Its number.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40, example = "2026-000123")]
    case_no: Option<String>,
    /// Where this command left it.
    #[schema(schema_with = codes::status)]
    status: &'static str,
    /// The version this command left it in.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    pub(crate) version: u64,
    /// The thing it made, if it made one that has an id of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    made: Option<Made>,
    /// The events it wrote.
    #[schema(max_items = 1000)]
    events: Vec<WrittenEvent>,
    /// What the complainant can be told; only when a matter is taken in.
    #[serde(skip_serializing_if = "Option::is_none")]
    receipt: Option<Receipt>,
    /// The case; absent with `Prefer: return=minimal`, and when the command took the caller's sight of it away.
    #[serde(skip_serializing_if = "Option::is_none")]
    case: Option<CaseView>,
}

/// A thing that a command made.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Made {
    /// What it is.
    #[schema(max_length = 64, example = "extension")]
    kind: &'static str,
    /// Its id.
    id: Uuid,
}

/// An event that a command wrote.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct WrittenEvent {
    /// Its number.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    sequence: u64,
    /// Its kind.
    #[schema(max_length = 64, example = "CaseAccepted")]
    event_type: String,
}

/// What the complainant can be told when a matter is taken in.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Receipt {
    /// The number of the case.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40)]
    case_no: Option<String>,
    /// When the office got it.
    received_at: DateTime<FixedOffset>,
    /// The office.
    #[schema(max_length = 200)]
    office_name: String,
    /// Who took it in.
    #[schema(max_length = 100)]
    first_receiver_name: String,
    /// What the complainant may expect, and by when.
    #[schema(max_items = 100)]
    promises: Vec<Promise>,
}

/// Something the complainant may expect.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Promise {
    /// What.
    #[schema(max_length = 200)]
    what: String,
    /// The last day that is in time.
    due_on: NaiveDate,
    /// The clause that promises it.
    clause: ClauseView,
    /// Whether it reaches a year whose days off are not published.
    provisional: bool,
}

impl Outcome {
    /// What a command led to.
    pub(crate) fn new(remembered: &Remembered, receipt: Option<Receipt>, case: Option<CaseView>) -> Self {
        Self {
            case_id: remembered.case.0,
            case_no: remembered.case_no.clone(),
            status: remembered.status.as_str(),
            version: remembered.version,
            made: made(remembered),
            events: remembered
                .entries
                .iter()
                .map(|(sequence, event_type)| WrittenEvent {
                    sequence: *sequence,
                    event_type: event_type.clone(),
                })
                .collect(),
            receipt,
            case,
        }
    }
}

/// The thing that a command's own event made: it is named after that event.
fn made(remembered: &Remembered) -> Option<Made> {
    remembered.entries.iter().find_map(|(sequence, event_type)| {
        Some(Made {
            kind: kind_of_thing(event_type)?,
            id: remembered.case.thing(*sequence).0,
        })
    })
}

/// What an event makes, if the thing has an id that other operations name.
pub(crate) fn kind_of_thing(event_type: &str) -> Option<&'static str> {
    Some(match event_type {
        "UnitDispatched" | "UnitAdded" => "dispatch",
        "WorkRecorded" => "activity",
        "PlanDrafted" => "disposition_plan",
        "LendingRequested" => "record_access_request",
        "MeasureTaken" => "measure",
        "RectificationOrdered" => "rectification",
        "Replied" => "reply",
        "NoticeServed" => "notice",
        "FollowedUp" => "follow_up",
        "SupervisionDemanded" => "supervision_order",
        "ReportedToLeader" => "leader_report",
        "ExtensionRequested" => "extension",
        "LimitsSuspended" => "suspension",
        "AppealFiled" => "appeal",
        "ApprovalAsked" => "approval_request",
        "LegalHoldPlaced" => "legal_hold",
        "ParticipantNamed" => "participant",
        "EmergencyOpened" => "emergency_reading",
        "IdentityRequested" => "identity_request",
        "AccountabilityOpened" => "accountability_record",
        _ => return None,
    })
}

impl Receipt {
    /// The receipt for a case that was just taken in.
    pub(crate) fn new(case: &Case, teller: &Teller) -> Self {
        let is_promise = |deed: Deed| {
            matches!(
                deed,
                Deed::Acceptance | Deed::Screening | Deed::Progress | Deed::Reply | Deed::Notice(_)
            )
        };
        let promises = case.duties.iter().filter(|duty| is_promise(duty.terms.owes));
        Self {
            case_no: case.case_no.clone(),
            received_at: teller.instant(case.received_at),
            office_name: teller.office_name().to_owned(),
            first_receiver_name: teller.staff_name(case.first_receiver.staff).name,
            promises: promises
                .filter_map(|duty| {
                    let due = duty.terms.due.as_ref()?;
                    let owes = duty.terms.owes;
                    Some(Promise {
                        what: teller.say(owes.zh(), owes.en()),
                        due_on: due.on,
                        clause: teller.clause(&duty.clause),
                        provisional: due.provisional,
                    })
                })
                .collect(),
        }
    }
}

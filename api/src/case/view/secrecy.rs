//! Who may know of the case.

use chrono::{DateTime, FixedOffset};
use domain::case::Case;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa::openapi::schema::Object;
use uuid::Uuid;

use super::{StaffName, Teller};
use crate::case::codes;

/// Who may know of the case, besides whom the rulebook means.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Secrecy)]
pub(crate) struct SecrecyView {
    /// Whether somebody shut it by hand.
    restricted: bool,
    /// Who is named on it.
    #[schema(max_items = 100)]
    participants: Vec<ParticipantView>,
    /// Who opened it in an emergency.
    #[schema(max_items = 100)]
    emergency_readings: Vec<EmergencyReadingView>,
    /// Who asked to learn who reports.
    #[schema(max_items = 100)]
    identity_requests: Vec<IdentityRequestView>,
    /// Which texts have a version in which nobody can be recognised.
    #[schema(max_items = 100)]
    redactions: Vec<RedactionView>,
}

/// A version of a text in which nobody can be recognised.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Redaction)]
pub(crate) struct RedactionView {
    /// Which fact's.
    #[schema(max_length = 64, example = "content")]
    field: &'static str,
    /// The version: what those read in the fact's place who may not know who complains.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 20_000)]
    text: Option<String>,
    /// When it was made.
    at: DateTime<FixedOffset>,
    /// By whom.
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<StaffName>,
}

/// Somebody who is named on the case.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Participant)]
pub(crate) struct ParticipantView {
    /// Under what it is taken off again.
    id: Uuid,
    /// Who.
    staff: StaffName,
    /// As what, or why.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2000)]
    reason: Option<String>,
    /// Since when.
    since: DateTime<FixedOffset>,
}

/// Somebody opened the case in an emergency.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = EmergencyReading)]
pub(crate) struct EmergencyReadingView {
    /// Its id.
    id: Uuid,
    /// Who.
    staff: StaffName,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2000)]
    reason: Option<String>,
    /// Since when.
    at: DateTime<FixedOffset>,
    /// Until when.
    until: DateTime<FixedOffset>,
    /// Whether it was justified; absent until oversight has said so.
    #[serde(skip_serializing_if = "Option::is_none")]
    justified: Option<bool>,
}

/// Somebody asked to learn who reports.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = IdentityRequest)]
pub(crate) struct IdentityRequestView {
    /// Its id.
    id: Uuid,
    /// Who asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    asked_by: Option<StaffName>,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2000)]
    reason: Option<String>,
    /// When.
    asked_at: DateTime<FixedOffset>,
    /// What the custodian said.
    #[schema(schema_with = state)]
    state: &'static str,
    /// Until when it is open to who asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    open_until: Option<DateTime<FixedOffset>>,
}

fn state() -> Object {
    codes::closed(&["requested", "granted", "refused"])
}

impl SecrecyView {
    pub(super) fn of(case: &Case, teller: &Teller) -> Self {
        let secrecy = &case.secrecy;
        Self {
            restricted: secrecy.restricted,
            participants: secrecy
                .participants
                .iter()
                .map(|known| ParticipantView {
                    id: known.id.0,
                    staff: teller.staff_name(known.staff),
                    reason: teller.words(&known.reason),
                    since: teller.instant(known.since),
                })
                .collect(),
            emergency_readings: secrecy
                .emergency_readings
                .iter()
                .map(|known| EmergencyReadingView {
                    id: known.id.0,
                    staff: teller.staff_name(known.staff),
                    reason: teller.words(&known.reason),
                    at: teller.instant(known.at),
                    until: teller.instant(known.until),
                    justified: known.reviewed.map(|(_, justified)| justified),
                })
                .collect(),
            identity_requests: secrecy
                .identity_requests
                .iter()
                .map(|known| IdentityRequestView {
                    id: known.id.0,
                    asked_by: known.by.map(|staff| teller.staff_name(staff)),
                    reason: teller.words(&known.reason),
                    asked_at: teller.instant(known.at),
                    state: match known.decided {
                        None => "requested",
                        Some((_, Some(_))) => "granted",
                        Some((_, None)) => "refused",
                    },
                    open_until: known
                        .decided
                        .and_then(|(_, until)| until)
                        .map(|until| teller.instant(until)),
                })
                .collect(),
            redactions: secrecy
                .redactions
                .iter()
                .map(|known| RedactionView {
                    field: known.field.as_str(),
                    text: teller.words(&known.text),
                    at: teller.instant(known.at),
                    by: known.by.map(|staff| teller.staff_name(staff)),
                })
                .collect(),
        }
    }
}

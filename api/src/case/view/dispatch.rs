//! One unit in one round.

use chrono::{DateTime, FixedOffset};
use domain::case::{Case, Dispatch};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{StaffName, Teller, UnitName};
use crate::case::codes;

/// A dispatch: one unit in one round.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Dispatch)]
pub(crate) struct DispatchView {
    /// Its id.
    id: Uuid,
    /// The round.
    #[schema(minimum = 1, maximum = 255)]
    round: i32,
    /// Lead, support or joint.
    #[schema(schema_with = codes::dispatch_role)]
    role: &'static str,
    /// The unit.
    unit: UnitName,
    /// How far it is.
    #[schema(schema_with = dispatch_state)]
    state: &'static str,
    /// What the unit is to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2000)]
    task: Option<String>,
    /// When it counts as done.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2000)]
    standard: Option<String>,
    /// When it was sent.
    sent_at: DateTime<FixedOffset>,
    /// By whom.
    #[serde(skip_serializing_if = "Option::is_none")]
    sent_by: Option<StaffName>,
    /// How the form went.
    #[schema(max_length = 40, example = "fax")]
    sent_through: String,
    /// When the unit had the form.
    #[serde(skip_serializing_if = "Option::is_none")]
    signed_at: Option<DateTime<FixedOffset>>,
    /// How that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = receipt)]
    receipt: Option<&'static str>,
    /// Who handles it in the unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    handler: Option<StaffName>,
    /// Who works with the handler.
    #[schema(max_items = 20)]
    team: Vec<StaffName>,
    /// When the unit reported back.
    #[serde(skip_serializing_if = "Option::is_none")]
    reported_back_at: Option<DateTime<FixedOffset>>,
}

impl DispatchView {
    pub(super) fn new(dispatch: &Dispatch, case: &Case, teller: &Teller) -> Self {
        let state = match (dispatch.reported_back_at, dispatch.signed) {
            (Some(_), _) => "reported_back",
            (None, _) if dispatch.round < case.round => "superseded",
            (None, Some(_)) => "signed",
            (None, None) => "sent",
        };
        Self {
            id: dispatch.id.0,
            round: i32::from(dispatch.round),
            role: dispatch.role.as_str(),
            unit: teller.unit_name(dispatch.unit),
            state,
            task: teller.words_of(dispatch.task.as_ref()),
            standard: teller.words_of(dispatch.standard.as_ref()),
            sent_at: teller.instant(dispatch.sent_at),
            sent_by: dispatch.sent_by.map(|staff| teller.staff_name(staff)),
            sent_through: dispatch.sent_through.to_string(),
            signed_at: dispatch.signed.map(|(at, _)| teller.instant(at)),
            receipt: dispatch.signed.map(|(_, receipt)| receipt.into()),
            handler: dispatch.handler.map(|staff| teller.staff_name(staff)),
            team: dispatch
                .team
                .iter()
                .map(|staff| teller.staff_name(*staff))
                .collect(),
            reported_back_at: dispatch.reported_back_at.map(|at| teller.instant(at)),
        }
    }
}

fn dispatch_state() -> utoipa::openapi::schema::Object {
    codes::closed(&["sent", "signed", "reported_back", "superseded"])
}

fn receipt() -> utoipa::openapi::schema::Object {
    codes::closed(&["by_unit", "by_sender", "deemed"])
}

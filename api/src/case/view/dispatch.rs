//! One unit in one round.

use chrono::{DateTime, FixedOffset, NaiveDate};
use domain::case::{Case, Dispatch, GivenBack};
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
    /// The round; 0 for a unit that joins the office's own handling.
    #[schema(minimum = 0, maximum = 255)]
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
    /// By when, if that was said.
    #[serde(skip_serializing_if = "Option::is_none")]
    due_on: Option<NaiveDate>,
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
    /// How often the unit gave it back, oldest first.
    #[schema(max_items = 20)]
    returns: Vec<ReturnView>,
    /// When it was undone: a return that was granted, or a recall.
    #[serde(skip_serializing_if = "Option::is_none")]
    taken_back_at: Option<DateTime<FixedOffset>>,
}

/// A dispatch given back by its unit (退单).
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Return)]
pub(crate) struct ReturnView {
    /// When.
    returned_at: DateTime<FixedOffset>,
    /// By whom.
    #[serde(skip_serializing_if = "Option::is_none")]
    returned_by: Option<StaffName>,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2000)]
    reason: Option<String>,
    /// When the arbiter decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    decided_at: Option<DateTime<FixedOffset>>,
    /// Whether it was granted.
    #[serde(skip_serializing_if = "Option::is_none")]
    granted: Option<bool>,
}

impl ReturnView {
    fn new(given: &GivenBack, teller: &Teller) -> Self {
        Self {
            returned_at: teller.instant(given.at),
            returned_by: given.by.map(|staff| teller.staff_name(staff)),
            reason: teller.words(&given.reason),
            decided_at: given.decided.map(|(at, _)| teller.instant(at)),
            granted: given.decided.map(|(_, granted)| granted),
        }
    }
}

impl DispatchView {
    pub(super) fn new(dispatch: &Dispatch, case: &Case, teller: &Teller) -> Self {
        let state = match (dispatch.reported_back_at, dispatch.signed) {
            _ if let Some((_, how)) = dispatch.taken_back => how.into(),
            (Some(_), _) => "reported_back",
            (None, _) if dispatch.awaits_decision_on_return() && dispatch.round == case.round => {
                "return_requested"
            }
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
            due_on: dispatch.due_on,
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
            returns: dispatch
                .given_back
                .iter()
                .map(|given| ReturnView::new(given, teller))
                .collect(),
            taken_back_at: dispatch.taken_back.map(|(at, _)| teller.instant(at)),
        }
    }
}

fn dispatch_state() -> utoipa::openapi::schema::Object {
    codes::closed(&[
        "sent",
        "signed",
        "return_requested",
        "returned",
        "recalled",
        "reported_back",
        "superseded",
    ])
}

fn receipt() -> utoipa::openapi::schema::Object {
    codes::closed(&["by_unit", "by_sender", "deemed"])
}

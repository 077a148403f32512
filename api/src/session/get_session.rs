//! `get_session`: who I am and what my positions permit.

use actix_web::{HttpResponse, get};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::caller::Caller;
use crate::rulebook::PositionView;
use crate::trail::Trail;

/// The caller, as read from the database at this request.
#[derive(Serialize, ToSchema)]
pub struct Session {
    /// The member of staff.
    staff_id: Uuid,
    /// The name they log in with.
    #[schema(max_length = 100, example = "tobacco_supervision.intake_officer")]
    user_name: String,
    /// Their name.
    #[schema(max_length = 100)]
    name: String,
    /// Their office.
    #[schema(max_length = 64, example = "tobacco_supervision")]
    office_code: String,
    /// The rulebook their office runs.
    #[schema(max_length = 80, example = "cn.tobacco_supervision")]
    rulebook_code: String,
    /// The unit they belong to.
    #[serde(skip_serializing_if = "Option::is_none")]
    unit_id: Option<Uuid>,
    /// The positions they hold, each with what it permits and how far it reaches.
    #[schema(max_items = 100)]
    positions: Vec<PositionView>,
    /// Whether they administer the office.
    administrator: bool,
    /// Whether they operate the installation: create offices.
    operator: bool,
    /// Whether they must choose a new password.
    password_must_change: bool,
}

/// Who am I
///
/// The caller with office, unit and positions; each position with its permissions and their reach. For any staff.
#[utoipa::path(tag = "sessions", responses((status = 200, description = "The caller.", body = Session)))]
#[get("/api/v1/session")]
pub(crate) async fn get_session(caller: Caller, trail: Trail) -> HttpResponse {
    let rulebook = &caller.law.rulebook;
    HttpResponse::Ok().json(Session {
        staff_id: caller.staff_id.0,
        rulebook_code: rulebook.head.code.to_string(),
        unit_id: caller.unit_id.map(|unit| unit.0),
        positions: caller
            .positions
            .iter()
            .filter_map(|name| rulebook.position(name))
            .map(|position| PositionView::new(position, rulebook, trail.language))
            .collect(),
        administrator: caller.administrator,
        operator: caller.operator,
        password_must_change: caller.password_must_change,
        user_name: caller.user_name,
        name: caller.name,
        office_code: caller.office_code,
    })
}

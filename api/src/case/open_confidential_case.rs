//! `open_confidential_case`: states why a case is read.

use actix_web::{HttpResponse, post};
use chrono::{DateTime, FixedOffset};
use domain::authority::reads;
use persistence::access_log::ReadingKind;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use crate::case::reader::{OPENED_FOR, Reader};
use crate::problem::{Kind, Problem};
use crate::request::{Json, Path};

/// Why.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "拟定调查方案"}))]
pub(crate) struct OpenConfidentialCase {
    /// Why the case is read.
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    reason: String,
}

/// For how long a case is open to who asked.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Reading {
    /// The case.
    case_id: Uuid,
    /// The first instant at which it is shut again.
    open_until: DateTime<FixedOffset>,
}

/// State the reason for reading a case
///
/// Where the rulebook wants each reading of a case to have a reason, this opens the file to me for 30 minutes; the reason
/// is entered in the access log. For whoever is named on the case.
#[utoipa::path(
    tag = "secrecy",
    extensions(("x-problem-codes" = json!(["not_provided"]))),
    responses((status = 200, description = "For how long.", body = Reading))
)]
#[post("/api/v1/cases/{case_id}/readings")]
pub(crate) async fn open_confidential_case(
    case: Path<Uuid>,
    body: Json<OpenConfidentialCase>,
    reader: Reader,
) -> Result<HttpResponse, Problem> {
    let case = reader.seen(case.0).await?;
    let teller = reader.teller_of(&case).await?;
    if reads(&case, &teller.context()).is_none() {
        return Err(Kind::NotProvided.into());
    }
    let reason = Some(body.0.reason);
    reader.enter_with(&case, ReadingKind::Opening, reason).await?;
    Ok(HttpResponse::Ok().json(Reading {
        case_id: case.id.0,
        open_until: teller.instant(reader.desk.now() + OPENED_FOR),
    }))
}

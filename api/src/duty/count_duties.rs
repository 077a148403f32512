//! `count_duties`: how much is owed, by kind and lateness.

use actix_web::{HttpResponse, get};
use chrono::{DateTime, Utc};
use domain::words::{CaseType, Word};
use persistence::case::DutyFilter;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use validator::Validate;

use super::query::{Scope, duty_query, names, scope};
use crate::case::filters;
use crate::case::reader::Reader;
use crate::case::view::{COUNT_MAX, CappedCount};
use crate::problem::Problem;
use crate::request::Query;

duty_query! {
    /// Which open duties.
    CountDuties {}
}

/// How many open duties there are.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct DutyCounts {
    /// The groups that are not empty.
    #[schema(max_items = 1000)]
    groups: Vec<DutyGroupCount>,
}

/// The duties of one kind that are overdue, or those that are not.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct DutyGroupCount {
    /// The kind.
    #[schema(max_length = 64)]
    kind: String,
    /// Whether they are overdue.
    overdue: bool,
    /// How many.
    count: CappedCount,
}

/// How many duties are owed now, by kind and whether they are overdue.
///
/// With the filters of `list_duties`, under the same visibility. Of more than 10,000 duties those due first are counted,
/// and every group says that there may be more.
#[utoipa::path(
    tag = "duties",
    params(CountDuties),
    responses((status = 200, description = "The counts.", body = DutyCounts))
)]
#[get("/api/v1/duty-counts")]
pub(crate) async fn count_duties(query: Query<CountDuties>, reader: Reader) -> Result<HttpResponse, Problem> {
    let (office, keys, now) = (
        reader.caller.office_id,
        reader.caller.keys.clone(),
        reader.desk.now(),
    );
    let filter = query.0.filter(&reader.caller);
    let groups = reader
        .desk
        .asking_for_cases(move |cases| cases.count_duties(office, &keys, &filter, COUNT_MAX, now))
        .await?;
    let all = groups.iter().map(|(_, _, count)| count).sum();
    Ok(HttpResponse::Ok().json(DutyCounts {
        groups: groups
            .into_iter()
            .map(|(kind, overdue, count)| DutyGroupCount {
                kind,
                overdue,
                count: CappedCount::in_all(count, all),
            })
            .collect(),
    }))
}

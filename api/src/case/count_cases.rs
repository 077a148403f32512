//! `count_cases`: how many cases there are, in groups.

use actix_web::{HttpResponse, get};
use chrono::{DateTime, Utc};
use domain::ids::{StaffId, UnitId};
use domain::search::Question;
use domain::words::{CaseType, Channel, Source, Status, Word};
use persistence::case::{CaseFilter, CaseGroup};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use validator::Validate;

use crate::case::filters::{self, GroupBy, case_query};
use crate::case::reader::Reader;
use crate::case::view::{COUNT_MAX, CappedCount};
use crate::problem::Problem;
use crate::request::Query;

case_query! {
    /// Which cases, and by what they are grouped.
    #[into_params(parameter_in = Query)]
    CountCases: IntoParams(param) {
        /// Words that all stand in what the case says: its number, subject, content, or what the complainant was
        /// told; white space divides them, at most eight. Of what is not confidential. A person's name does not
        /// belong here.
        #[validate(length(min = 1, max = 100), custom(function = filters::question))]
        #[param(min_length = 1, max_length = 100, nullable = false)]
        text: Option<String>,
        /// By what they are grouped: by status if it is not said.
        #[param(schema_with = filters::group_by)]
        group_by: Option<GroupBy>,
    }
}

/// How many cases there are in each group.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct CaseCounts {
    /// By what they are grouped.
    #[schema(schema_with = filters::group_by)]
    group_by: GroupBy,
    /// The groups that are not empty.
    #[schema(max_items = 1000)]
    groups: Vec<CaseGroupCount>,
}

/// One group of cases.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct CaseGroupCount {
    /// What they have in common; absent for those without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 64)]
    value: Option<String>,
    /// How many.
    count: CappedCount,
}

/// How many of the cases this caller may see, in groups.
///
/// With the filters of `list_cases`, under the same visibility. Of more than 10,000 cases the newest 10,000 are counted,
/// and every group says that there may be more.
#[utoipa::path(
    tag = "cases",
    params(CountCases),
    responses((status = 200, description = "The counts.", body = CaseCounts))
)]
#[get("/api/v1/case-counts")]
pub(crate) async fn count_cases(query: Query<CountCases>, reader: Reader) -> Result<HttpResponse, Problem> {
    let Query(query) = query;
    let group_by = query.group_by.unwrap_or(GroupBy::Status);
    let group = match group_by {
        GroupBy::Status => CaseGroup::Status,
        GroupBy::CaseType => CaseGroup::CaseType,
        GroupBy::Severity => CaseGroup::Severity,
        GroupBy::UnitId => CaseGroup::Unit,
        GroupBy::Overdue => CaseGroup::Overdue,
    };
    let (office, keys, now) = (
        reader.caller.office_id,
        reader.caller.keys.clone(),
        reader.desk.now(),
    );
    let filter = query.filter(query.text.as_deref());
    let groups = reader
        .desk
        .asking_for_cases(move |cases| cases.count_cases_by(office, &keys, &filter, group, COUNT_MAX, now))
        .await?;
    let all = groups.iter().map(|(_, count)| count).sum();
    Ok(HttpResponse::Ok().json(CaseCounts {
        group_by,
        groups: groups
            .into_iter()
            .map(|(value, count)| CaseGroupCount {
                value,
                count: CappedCount::in_all(count, all),
            })
            .collect(),
    }))
}

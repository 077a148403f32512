//! `list_identity_requests`: who waits to learn who reports.

use actix_web::{HttpResponse, get};
use chrono::{DateTime, FixedOffset};
use domain::ids::ThingId;
use domain::words::Deed;
use persistence::case::{DutyFilter, DutyItem, Place};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use validator::Validate;

use crate::caller::Caller;
use crate::case::reader::Reader;
use crate::case::view::StaffName;
use crate::page::{LIMIT, cut};
use crate::problem::{Kind, Problem};
use crate::request::Query;

/// Which page of them.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ListIdentityRequests {
    /// Where the page begins: `next_cursor` of the page before.
    #[serde(skip_serializing_if = "crate::case::filters::left_out")]
    #[validate(length(min = 1, max = 1000))]
    #[param(min_length = 1, max_length = 1000, nullable = false)]
    cursor: Option<String>,
    /// How many, 20 if it is not said.
    #[serde(skip_serializing_if = "crate::case::filters::left_out")]
    #[validate(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100, nullable = false)]
    limit: Option<u32>,
}

/// A request that waits for the custodian. Why it was asked stands on the case, where reading it leaves its trace.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct IdentityRequestItem {
    /// The request, for `decide_identity_request`.
    request_id: Uuid,
    /// The case.
    case_id: Uuid,
    /// Its number.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40)]
    case_no: Option<String>,
    /// Who asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    asked_by: Option<StaffName>,
    /// When.
    asked_at: DateTime<FixedOffset>,
}

/// A page of requests.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct IdentityRequestPage {
    /// They, in the order of the worklist.
    #[schema(max_items = 100)]
    items: Vec<IdentityRequestItem>,
    /// Where the next page begins; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 1000)]
    next_cursor: Option<String>,
}

/// The requests to learn who reports that nobody has decided.
///
/// For who holds a position that keeps identities. What was decided stands on each case, as its `identity_requests`.
#[utoipa::path(
    tag = "secrecy",
    params(ListIdentityRequests),
    extensions(("x-problem-codes" = json!(["cursor_invalid"]))),
    responses((status = 200, description = "A page of requests.", body = IdentityRequestPage))
)]
#[get("/api/v1/identity-requests")]
pub(crate) async fn list_identity_requests(
    query: Query<ListIdentityRequests>,
    reader: Reader,
) -> Result<HttpResponse, Problem> {
    let Query(query) = query;
    if !keeps_identities(&reader.caller) {
        return Err(Kind::NotPermitted.into());
    }
    let list = reader.list("list_identity_requests", &query);
    let after: Option<Place> = reader.desk.page_key.start(&list, query.cursor.as_deref())?;
    let (office, keys, now) = (
        reader.caller.office_id,
        reader.caller.keys.clone(),
        reader.desk.now(),
    );
    let filter = DutyFilter {
        name: vec![Deed::IdentityDecision.to_string()],
        ..DutyFilter::default()
    };
    let limit = query.limit.unwrap_or(LIMIT);
    let (rows, cases) = reader
        .desk
        .asking_for_cases(move |archive| {
            let rows = archive.list_duties(office, &keys, &filter, after.as_ref(), limit + 1, now)?;
            let mut ids: Vec<_> = rows.iter().map(|row| row.case).collect();
            ids.sort_unstable();
            ids.dedup();
            let cases = ids.into_iter().map(|case| archive.find_case(office, case, &keys));
            let cases: Vec<_> = cases.collect::<Result<_, _>>()?;
            Ok((rows, cases))
        })
        .await?;
    let (rows, more) = cut(rows, limit);
    let next_cursor = rows.last().filter(|_| more).map(|last| {
        let place = Place {
            at: last.duty.terms.due.as_ref().map(|due| due.at),
            id: last.duty.id.0,
        };
        reader.desk.page_key.cursor(&list, &place)
    });
    let teller = reader.teller();
    let item = |row: &DutyItem| {
        let mut cases = cases.iter().flatten();
        let case = cases.find(|case| case.id == row.case)?;
        let request: ThingId = row.duty.key.thing?;
        let mut requests = case.open_identity_requests();
        let asked = requests.find(|known| known.id == request)?;
        Some(IdentityRequestItem {
            request_id: request.0,
            case_id: case.id.0,
            case_no: row.case_no.clone(),
            asked_by: asked.by.map(|staff| teller.staff_name(staff)),
            asked_at: teller.instant(asked.at),
        })
    };
    Ok(HttpResponse::Ok().json(IdentityRequestPage {
        items: rows.iter().filter_map(item).collect(),
        next_cursor,
    }))
}

/// Whether a rule of secrecy names a position of this caller's as the keeper of identities.
fn keeps_identities(caller: &Caller) -> bool {
    let held = caller.positions_held();
    let rules = caller.law.rulebook.all_secrecy();
    rules
        .filter_map(|rule| rule.custodian.as_ref())
        .any(|keeper| held.contains(keeper))
}

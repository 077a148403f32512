//! `list_retention_reviews`: archived cases whose time is over, and what still keeps them.

use actix_web::{HttpResponse, get};
use chrono::NaiveDate;
use domain::authority::permitting;
use domain::case::Case;
use domain::retention;
use domain::rulebook::Then;
use domain::words::Deed;
use persistence::case::Place;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use validator::Validate;

use crate::case::codes;
use crate::case::reader::Reader;
use crate::case::view::Teller;
use crate::page::LIMIT;
use crate::problem::{ClauseView, Kind, Problem};
use crate::request::Query;

/// How many archived cases are read at once, and for one page at most.
const READ: (u32, u32) = (100, 1000);

/// Which page of them.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ListRetentionReviews {
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

/// An archived case whose time is over.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct RetentionReviewItem {
    /// The case.
    case_id: Uuid,
    /// Its number.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40)]
    case_no: Option<String>,
    /// Its version, for `erase_case`.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    version: u64,
    /// The last day on which it had to be kept.
    kept_until: NaiveDate,
    /// The clause that says so.
    clause: ClauseView,
    /// What the rulebook wants then: that somebody looks at it, or that it is erased. Somebody does it either way.
    #[schema(schema_with = then)]
    then: &'static str,
    /// Whether a hold keeps it.
    held: bool,
    /// Whether an appeal that nobody has decided keeps it.
    appeal_open: bool,
}

/// A page of cases to be looked at.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct RetentionReviewPage {
    /// They, those received first first.
    #[schema(max_items = 100)]
    items: Vec<RetentionReviewItem>,
    /// Where the next page begins; absent on the last one. A page may be shorter than asked for and not the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 1000)]
    next_cursor: Option<String>,
}

/// The archived cases whose time is over and that are not erased: what may be erased, and what a hold or an appeal keeps.
///
/// For positions that archive or erase.
#[utoipa::path(
    tag = "closing",
    params(ListRetentionReviews),
    extensions(("x-problem-codes" = json!(["cursor_invalid"]))),
    responses((status = 200, description = "A page of cases.", body = RetentionReviewPage))
)]
#[get("/api/v1/retention-reviews")]
pub(crate) async fn list_retention_reviews(
    query: Query<ListRetentionReviews>,
    reader: Reader,
) -> Result<HttpResponse, Problem> {
    let Query(query) = query;
    let teller = reader.teller();
    let (rulebook, directory) = (&teller.law.rulebook, &teller.law.directory);
    let may = |deed: &Deed| !permitting(teller.staff, *deed, None, rulebook, directory).is_empty();
    if ![Deed::Archiving, Deed::Erasure].iter().any(may) {
        return Err(Kind::NotPermitted.into());
    }
    let list = reader.list("list_retention_reviews", &query);
    let mut after: Option<Place> = reader.desk.page_key.start(&list, query.cursor.as_deref())?;
    let limit = query.limit.unwrap_or(LIMIT) as usize;
    let (mut items, mut read, mut more) = (Vec::new(), 0, true);
    while more && items.len() < limit && read < READ.1 {
        let (office, keys) = (reader.caller.office_id, reader.caller.keys.clone());
        let from = after.clone();
        let cases = reader
            .desk
            .asking_for_cases(move |cases| cases.archived_cases(office, &keys, from.as_ref(), READ.0))
            .await?;
        let found = u32::try_from(cases.len()).unwrap_or(u32::MAX);
        read += found;
        more = found == READ.0;
        for case in cases {
            if items.len() == limit {
                more = true;
                break;
            }
            after = Some(Place {
                at: Some(case.received_at),
                id: case.id.0,
            });
            let teller = reader.teller_of(&case).await?;
            items.extend(RetentionReviewItem::of(&case, &teller));
        }
    }
    let next_cursor = after
        .filter(|_| more)
        .map(|after| reader.desk.page_key.cursor(&list, &after));
    Ok(HttpResponse::Ok().json(RetentionReviewPage { items, next_cursor }))
}

impl RetentionReviewItem {
    /// The case, if its time is over.
    fn of(case: &Case, teller: &Teller) -> Option<Self> {
        let context = teller.context();
        let kept = retention::kept(case, &context)?;
        let (kept_until, clause) = retention::erasable_after(case, &context)?;
        (context.calendar.date_of(context.now) > kept_until).then(|| Self {
            case_id: case.id.0,
            case_no: case.case_no.clone(),
            version: case.version,
            kept_until,
            clause: teller.clause(&clause),
            then: match kept.then {
                Then::Review => "review",
                Then::Erase => "erase",
            },
            held: kept.held,
            appeal_open: case.open_appeals().next().is_some(),
        })
    }
}

fn then() -> utoipa::openapi::schema::Object {
    codes::closed(&["review", "erase"])
}

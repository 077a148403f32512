//! `search_cases`: the cases that say certain words, or in which a certain person complains.

use actix_web::{HttpResponse, post};
use chrono::{DateTime, Utc};
use domain::ids::{StaffId, UnitId};
use domain::person::Mark;
use domain::search::Question;
use domain::words::{CaseType, Channel, Source, Status, Word};
use persistence::case::{CaseFilter, CaseItem, CaseOrder, Place, RankedPlace};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use crate::case::codes;
use crate::case::filters::{self, case_query};
use crate::case::reader::Reader;
use crate::case::view::{COUNT_MAX, CasePage};
use crate::page::{LIMIT, cut};
use crate::problem::{FieldError, FieldFault, Kind, Problem};
use crate::request::Json;

/// In which order hits are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum SearchSort {
    /// Newest receipt first.
    Newest,
    /// Those first in whose subject most of the words stand, then the newest.
    Best,
}

/// The schema of [`SearchSort`].
fn search_sort() -> utoipa::openapi::schema::Object {
    codes::closed(&["newest", "best"])
}

case_query! {
    /// Which words, which cases, in which order, and which page of them.
    #[schema(example = json!({"text": "扣款", "sort": "best"}))]
    SearchCases: ToSchema(schema) {
        /// Words that all stand in what the case says: its number, subject, content, or what the complainant was
        /// told. White space divides them, at most eight; capitals and small letters, full and half width are alike.
        #[validate(length(min = 1, max = 100), custom(function = filters::question))]
        #[schema(min_length = 1, max_length = 100, nullable = false)]
        text: Option<String>,
        /// A telephone number of the complainant, however it is written. Found by a keyed hash, and only as a whole.
        #[validate(length(min = 1, max = 40))]
        #[schema(min_length = 1, max_length = 40, nullable = false)]
        phone: Option<String>,
        /// The number of the complainant's identity document, in the same way.
        #[validate(length(min = 4, max = 40))]
        #[schema(min_length = 4, max_length = 40, nullable = false)]
        identity_number: Option<String>,
        /// In which order: newest receipt first if it is not said. `best` puts those first in whose subject most of
        /// the words stand, among the 500 newest; there is nothing after them.
        #[schema(schema_with = search_sort)]
        sort: Option<SearchSort>,
        /// Whether to count them too, up to a cap.
        #[schema(nullable = false)]
        count: Option<bool>,
        /// Where the page begins: `next_cursor` of the page before.
        #[serde(skip_serializing_if = "crate::case::filters::left_out")]
        #[validate(length(min = 1, max = 1000))]
        #[schema(min_length = 1, max_length = 1000, nullable = false)]
        cursor: Option<String>,
        /// How many, 20 if it is not said.
        #[serde(skip_serializing_if = "crate::case::filters::left_out")]
        #[validate(range(min = 1, max = 100))]
        #[schema(minimum = 1, maximum = 100, nullable = false)]
        limit: Option<u32>,
    }
}

impl SearchCases {
    /// The numbers that are asked for.
    ///
    /// # Errors
    /// `body_invalid` for what is no number, and where nothing at all is asked for.
    fn marks(&self) -> Result<Vec<Mark>, Problem> {
        let invalid = |pointer: &str, fault| {
            Problem::from(Kind::BodyInvalid).with_errors(vec![FieldError::new(pointer, fault)])
        };
        let mut marks = Vec::new();
        if let Some(phone) = &self.phone {
            let mark = Mark::of_phone(phone);
            marks.push(mark.ok_or_else(|| invalid("/phone", FieldFault::WrongFormat))?);
        }
        if let Some(number) = &self.identity_number {
            let mark = Mark::of_identity_number(number);
            marks.push(mark.ok_or_else(|| invalid("/identity_number", FieldFault::WrongFormat))?);
        }
        if self.text.is_none() && marks.is_empty() {
            return Err(invalid("/text", FieldFault::Required));
        }
        Ok(marks)
    }
}

/// Where a page of hits ended.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(untagged)]
enum HitPlace {
    /// In the order of rank.
    Best(RankedPlace),
    /// In the order of receipt.
    Newest(Place),
}

/// The cases that say all these words, or in which this person complains, and that this caller may see.
///
/// Words in any script, and as part of longer words. What is confidential is found neither way. At least one of `text`,
/// `phone` and `identity_number` is needed; of several all must match. With the filters of `list_cases`:
/// several alternatives of one mean "or", different ones mean "and".
#[utoipa::path(
    tag = "cases",
    extensions(("x-problem-codes" = json!(["cursor_invalid"]))),
    responses((status = 200, description = "A page of hits.", body = CasePage))
)]
#[post("/api/v1/case-searches")]
pub(crate) async fn search_cases(search: Json<SearchCases>, reader: Reader) -> Result<HttpResponse, Problem> {
    let Json(search) = search;
    let marks = search.marks()?;
    let list = reader.list("search_cases", &search);
    let after: Option<HitPlace> = reader.desk.page_key.start(&list, search.cursor.as_deref())?;
    let (office, keys, now) = (
        reader.caller.office_id,
        reader.caller.keys.clone(),
        reader.desk.now(),
    );
    let filter = CaseFilter {
        marks,
        ..search.filter(search.text.as_deref())
    };
    let limit = search.limit.unwrap_or(LIMIT);
    let best = search.sort == Some(SearchSort::Best);
    let counted = search.count == Some(true);
    let (rows, count) = reader
        .desk
        .asking_for_cases(move |cases| {
            let rows: Vec<(HitPlace, CaseItem)> = if best {
                let after = match &after {
                    Some(HitPlace::Best(place)) => Some(place),
                    Some(HitPlace::Newest(_)) | None => None,
                };
                let ranked = cases.list_best_cases(office, &keys, &filter, after, limit + 1, now)?;
                let placed = ranked.into_iter();
                placed
                    .map(|(place, item)| (HitPlace::Best(place), item))
                    .collect()
            } else {
                let after = match &after {
                    Some(HitPlace::Newest(place)) => Some(place),
                    Some(HitPlace::Best(_)) | None => None,
                };
                let newest = CaseOrder::Newest;
                let listed = cases.list_cases(office, &keys, &filter, newest, after, limit + 1, now)?;
                let placed = listed.into_iter();
                placed
                    .map(|item| (HitPlace::Newest(Place::of(&item, newest)), item))
                    .collect()
            };
            let count = if counted {
                Some(cases.count_cases(office, &keys, &filter, COUNT_MAX, now)?)
            } else {
                None
            };
            Ok((rows, count))
        })
        .await?;
    let (rows, more) = cut(rows, limit);
    let next_cursor = rows
        .last()
        .filter(|_| more)
        .map(|(last, _)| reader.desk.page_key.cursor(&list, last));
    let teller = reader.teller();
    let items = rows.into_iter().map(|(_, item)| item);
    Ok(HttpResponse::Ok().json(CasePage::new(items, next_cursor, count, &teller)))
}

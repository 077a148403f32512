//! The query of a list that is read off a case's book, and where its pages end.

use serde::{Deserialize, Serialize};
use utoipa::IntoParams;
use validator::Validate;

use crate::case::reader::Reader;
use crate::page::LIMIT;
use crate::problem::Problem;

/// Which page of a case's book.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct BookQuery {
    /// Where the page begins: `next_cursor` of the page before.
    #[serde(skip_serializing)]
    #[validate(length(min = 1, max = 1000))]
    #[param(min_length = 1, max_length = 1000, nullable = false)]
    cursor: Option<String>,
    /// How many, 20 if it is not said.
    #[serde(skip_serializing)]
    #[validate(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100, nullable = false)]
    limit: Option<u32>,
}

impl BookQuery {
    /// How many entries a page has.
    pub(crate) fn limit(&self) -> u32 {
        self.limit.unwrap_or(LIMIT)
    }

    /// The number of the last entry of the page before; 0 for the first page.
    ///
    /// # Errors
    /// `cursor_invalid`.
    pub(crate) fn after(&self, list: &str, case: uuid::Uuid, reader: &Reader) -> Result<u64, Problem> {
        match &self.cursor {
            Some(cursor) => reader.desk.page_key.place(&reader.list(list, &case), cursor),
            None => Ok(0),
        }
    }

    /// The cursor for the page after this entry, if more follow.
    pub(crate) fn next(
        list: &str,
        case: uuid::Uuid,
        ended_at: Option<u64>,
        more: bool,
        reader: &Reader,
    ) -> Option<String> {
        ended_at
            .filter(|_| more)
            .map(|place| reader.desk.page_key.cursor(&reader.list(list, &case), &place))
    }
}

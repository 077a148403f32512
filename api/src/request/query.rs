//! The query of a request, read strictly.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use chrono::{DateTime, Datelike, Utc};
use serde::de::DeserializeOwned;
use validator::{Validate, ValidationError};

use super::shape;
use crate::problem::{FieldError, FieldFault, Problem};

/// The query parameters of a request. A parameter that is given several times fills a list; an unknown one, one
/// that cannot be read, or one outside its bounds is `malformed_request` with its pointer `/query/…`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned + Validate> FromRequest for Query<T> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(read(request.query_string()).map(Self))
    }
}

fn read<T: DeserializeOwned + Validate>(query: &str) -> Result<T, Problem> {
    // The decoded NUL would reach a database that cannot keep it.
    if query.contains("%00") {
        return Err(Problem::malformed(vec![FieldError::new(
            "/query",
            FieldFault::CharacterNotAllowed,
        )]));
    }
    let deserializer = serde_html_form::Deserializer::from_bytes(query.as_bytes());
    let parameters: T = serde_path_to_error::deserialize(deserializer)
        .map_err(|error| Problem::malformed(vec![of_parameter(shape::of_reading("/query", &error))]))?;
    parameters
        .validate()
        .map_err(|errors| Problem::malformed(shape::of_validation("/query", &errors)))?;
    Ok(parameters)
}

/// The fault of a whole parameter, though it may have been met in one of its repetitions.
fn of_parameter(mut error: FieldError) -> FieldError {
    let end = error
        .pointer
        .match_indices('/')
        .nth(2)
        .map_or(error.pointer.len(), |(at, _)| at);
    error.pointer.truncate(end);
    error
}

/// Bounds an instant of a query to the years that both databases know.
pub(crate) fn in_years(instant: &DateTime<Utc>) -> Result<(), ValidationError> {
    if (1..=9999).contains(&instant.year()) {
        Ok(())
    } else {
        Err(ValidationError::new("range"))
    }
}

#[cfg(test)]
mod tests {
    use serde::{Deserialize, Serialize};

    use super::*;
    use crate::language::Language;
    use crate::trail::Trail;

    #[derive(Debug, Deserialize, Validate, PartialEq)]
    #[serde(deny_unknown_fields)]
    struct Filters {
        #[validate(range(min = 1, max = 100))]
        limit: Option<u32>,
        #[serde(default)]
        #[validate(length(max = 3))]
        status: Vec<Status>,
        count: Option<bool>,
        text: Option<String>,
    }

    #[derive(Debug, Deserialize, Serialize, PartialEq)]
    #[serde(rename_all = "snake_case")]
    enum Status {
        Registered,
        Accepted,
    }

    #[track_caller]
    fn check(query: &str, expected: &str) {
        let problem = read::<Filters>(query).unwrap_err();
        let view = serde_json::to_value(problem.view(&Trail::unknown(Language::English))).unwrap();
        assert_eq!(view["status"], 400);
        let error = &view["errors"][0];
        assert_eq!(
            format!(
                "{} {}",
                error["pointer"].as_str().unwrap(),
                error["code"].as_str().unwrap()
            ),
            expected,
            "{query}"
        );
    }

    #[test]
    fn a_query_is_read_strictly() {
        let query =
            read::<Filters>("status=registered&limit=20&status=accepted&count=true&text=%E5%9B%9E").unwrap();
        assert_eq!(query.status, [Status::Registered, Status::Accepted]);
        assert_eq!(
            (query.limit, query.count, query.text.as_deref()),
            (Some(20), Some(true), Some("回"))
        );
        assert_eq!(read::<Filters>("").unwrap().status, []);
        check("order=newest", "/query/order unknown_field");
        check("limit=0", "/query/limit out_of_range");
        check("limit=many", "/query/limit wrong_format");
        check("limit=1&limit=2", "/query/limit wrong_format");
        check("status=lost", "/query/status not_a_code");
        check("text=a&text=b", "/query/text wrong_format");
        check("count=1", "/query/count wrong_format");
        check(
            "status=accepted&status=accepted&status=accepted&status=accepted",
            "/query/status too_long",
        );
        check("text=a%00b", "/query character_not_allowed");
    }
}

//! `If-Match`: which version of a case the caller has seen.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest};
use utoipa::openapi::Required;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Type};

use crate::problem::{FieldError, FieldFault, Kind, Problem};

/// The version that the caller has read, from `If-Match: "7"`. Missing, or `*`, is `version_required`; anything
/// else than one quoted version is `malformed_request`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IfMatch(pub i64);

/// The largest version: the largest integer that every client reads exactly.
const VERSION_MAX: i64 = (1 << 53) - 1;

impl FromRequest for IfMatch {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::of(request))
    }
}

impl IfMatch {
    /// Holds that a version, if one is given, can be read; for whoever looks at the request before a version is needed.
    ///
    /// # Errors
    /// `malformed_request`.
    pub(super) fn is_readable(request: &HttpRequest) -> Result<(), Problem> {
        match Self::of(request) {
            Err(problem) if problem.kind() == Kind::MalformedRequest => Err(problem),
            Ok(_) | Err(_) => Ok(()),
        }
    }

    fn of(request: &HttpRequest) -> Result<Self, Problem> {
        let mut values = request.headers().get_all(header::IF_MATCH);
        match (values.next(), values.next()) {
            (None, _) => Err(Kind::VersionRequired.into()),
            (Some(value), None) if value.as_bytes().trim_ascii() == b"*" => Err(Kind::VersionRequired.into()),
            (Some(value), None) => value
                .to_str()
                .ok()
                .and_then(version_of)
                .map(Self)
                .ok_or_else(unreadable),
            (Some(_), Some(_)) => Err(unreadable()),
        }
    }
}

fn unreadable() -> Problem {
    Problem::malformed(vec![FieldError::new("/header/If-Match", FieldFault::WrongFormat)])
}

fn version_of(value: &str) -> Option<i64> {
    let digits = value.trim().strip_prefix('"')?.strip_suffix('"')?;
    let canonical =
        digits.bytes().all(|byte| byte.is_ascii_digit()) && (digits == "0" || !digits.starts_with('0'));
    let version: i64 = digits.parse().ok()?;
    (canonical && version <= VERSION_MAX).then_some(version)
}

impl utoipa::IntoParams for IfMatch {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let schema = ObjectBuilder::new()
            .schema_type(Type::String)
            .pattern(Some("^\"(0|[1-9][0-9]{0,15})\"$"))
            .max_length(Some(18))
            .examples([serde_json::json!("\"1\"")]);
        let parameter = ParameterBuilder::new()
            .name("If-Match")
            .parameter_in(ParameterIn::Header)
            .required(Required::True)
            .description(Some(
                "The `version` of what you have read, in quotes, as `ETag` gives it. `*` is refused.",
            ))
            .schema(Some(schema));
        vec![parameter.build()]
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[actix_web::test]
    async fn a_version_is_one_quoted_integer() {
        async fn read(values: &[&str]) -> Result<i64, Kind> {
            let request = values.iter().fold(TestRequest::default(), |request, value| {
                request.append_header((header::IF_MATCH, *value))
            });
            IfMatch::extract(&request.to_http_request())
                .await
                .map(|it| it.0)
                .map_err(|problem| problem.kind())
        }
        assert_eq!(read(&["\"7\""]).await, Ok(7));
        assert_eq!(read(&[" \"0\" "]).await, Ok(0));
        assert_eq!(read(&["\"9007199254740991\""]).await, Ok(VERSION_MAX));
        assert_eq!(read(&[]).await, Err(Kind::VersionRequired));
        assert_eq!(read(&["*"]).await, Err(Kind::VersionRequired));
        for bad in [
            "7",
            "\"\"",
            "\"7",
            "W/\"7\"",
            "\"07\"",
            "\"-7\"",
            "\"+7\"",
            "\"7\", \"8\"",
            "\"seven\"",
            "\"9007199254740992\"",
            "\"99999999999999999999\"",
        ] {
            assert_eq!(read(&[bad]).await, Err(Kind::MalformedRequest), "{bad}");
        }
        assert_eq!(read(&["\"7\"", "\"7\""]).await, Err(Kind::MalformedRequest));
    }
}

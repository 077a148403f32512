//! A JSON body, read strictly.

use std::pin::Pin;
use std::time::Duration;

use actix_web::body::{BodyStream, to_bytes_limited};
use actix_web::dev::Payload;
use actix_web::http::{Method, header};
use actix_web::web::{Bytes, Data};
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use serde::de::DeserializeOwned;
use serde_json::Value;
use validator::Validate;

use super::{IfMatch, shape};
use crate::directory::Directory;
use crate::problem::{Kind, Problem};

/// The largest JSON body, in bytes.
pub const BODY_BYTES_MAX: usize = 1024 * 1024;

/// How long a body may take to arrive.
const ARRIVAL_MAX: Duration = Duration::from_secs(20);

/// The JSON body of a request: whole, of its media type, without unknown fields, within its bounds.
///
/// Refuses in this order, after whatever is wrong with path, query and headers: `body_too_large`, `media_type_not_supported`, `malformed_request` when it is not JSON,
/// `body_invalid` when it is JSON but not what the operation takes. The type must deny unknown fields. A null is
/// refused, since absent fields are left out, but for PATCH, where it clears.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Json<T>(pub T);

impl<T: DeserializeOwned + Validate> FromRequest for Json<T> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            // The framework asks all extractors in turn and takes the first refusal. Those of path, query and headers
            // answer at once; waiting one turn lets them speak first, whether or not the body is there already.
            actix_web::rt::task::yield_now().await;
            IfMatch::is_readable(&request)?;
            let bytes = arrived(&request, payload).await?;
            read(&bytes, request.method() == Method::PATCH)
                .map(Self)
                .map_err(|problem| match request.app_data::<Data<Directory>>() {
                    Some(directory) => problem.listing(|pointer| directory.words(&request, pointer)),
                    None => problem,
                })
        })
    }
}

/// The bytes of the body, bounded in number and in time.
async fn arrived(request: &HttpRequest, payload: Payload) -> Result<Bytes, Problem> {
    let too_large = || Problem::from(Kind::BodyTooLarge).with("limit_bytes", BODY_BYTES_MAX);
    let announced = request
        .headers()
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok());
    if announced
        .and_then(|length| length.parse::<usize>().ok())
        .is_some_and(|length| length > BODY_BYTES_MAX)
    {
        return Err(too_large());
    }
    if !is_json(request) {
        return Err(Problem::from(Kind::MediaTypeNotSupported).with("expected", "application/json"));
    }
    let reading = to_bytes_limited(BodyStream::new(payload), BODY_BYTES_MAX);
    match actix_web::rt::time::timeout(ARRIVAL_MAX, reading).await {
        Ok(Ok(Ok(bytes))) => Ok(bytes),
        Ok(Err(_)) => Err(too_large()),
        Ok(Ok(Err(cut_off))) => Err(Problem::from(Kind::MalformedRequest).caused_by(cut_off.to_string())),
        Err(_) => Err(Kind::MalformedRequest.into()),
    }
}

fn is_json(request: &HttpRequest) -> bool {
    let Ok(Some(media_type)) = request.mime_type() else {
        return false;
    };
    let known = match media_type.essence_str() {
        "application/json" => true,
        "application/merge-patch+json" => request.method() == Method::PATCH,
        _ => false,
    };
    known
        && media_type
            .get_param("charset")
            .is_none_or(|charset| charset == "utf-8")
}

/// Reads a body twice: once for what no JSON body of ours may hold, once for what this one must.
fn read<T: DeserializeOwned + Validate>(bytes: &[u8], null_clears: bool) -> Result<T, Problem> {
    let value: Value = serde_json::from_slice(bytes).map_err(|error| {
        Problem::malformed(Vec::new())
            .with("line", error.line())
            .with("column", error.column())
    })?;
    let errors = shape::of_contents(&value, null_clears);
    if !errors.is_empty() {
        return Err(Problem::body_invalid(errors));
    }
    // From the bytes again, not from the value: in the value a repeated field has already lost its first half.
    let body: T = serde_path_to_error::deserialize(&mut serde_json::Deserializer::from_slice(bytes))
        .map_err(|error| Problem::body_invalid(vec![shape::of_reading("", &error)]))?;
    body.validate()
        .map_err(|errors| Problem::body_invalid(shape::of_validation("", &errors)))?;
    Ok(body)
}

/// Takes a body that stands inside another, as strictly as one that comes by itself.
///
/// # Errors
/// `body_invalid`, with pointers into this body.
pub(crate) fn taken<T: DeserializeOwned + Validate>(value: Value) -> Result<T, Problem> {
    let errors = shape::of_contents(&value, false);
    if !errors.is_empty() {
        return Err(Problem::body_invalid(errors));
    }
    let body: T = serde_path_to_error::deserialize(value)
        .map_err(|error| Problem::body_invalid(vec![shape::of_reading("", &error)]))?;
    body.validate()
        .map_err(|errors| Problem::body_invalid(shape::of_validation("", &errors)))?;
    Ok(body)
}

#[cfg(test)]
mod tests {
    use serde::{Deserialize, Serialize};
    use uuid::Uuid;

    use super::*;
    use crate::language::Language;
    use crate::trail::Trail;

    #[derive(Debug, Deserialize, Serialize, Validate)]
    #[serde(deny_unknown_fields)]
    struct Filing {
        #[validate(length(min = 1, max = 5))]
        title: String,
        urgency: Option<Urgency>,
        #[serde(default)]
        #[validate(length(max = 2), nested)]
        parts: Vec<Part>,
        #[validate(range(min = 1, max = 9))]
        count: Option<u8>,
        from: Option<Reporter>,
        case_id: Option<Uuid>,
    }

    #[derive(Debug, Deserialize, Serialize)]
    #[serde(rename_all = "snake_case")]
    enum Urgency {
        Normal,
        Urgent,
    }

    #[derive(Debug, Deserialize, Serialize, Validate)]
    #[serde(deny_unknown_fields)]
    struct Part {
        #[serde(rename = "a/b~c")]
        #[validate(length(max = 3))]
        odd: String,
    }

    #[derive(Debug, Deserialize, Serialize)]
    #[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
    enum Reporter {
        Named { name: String },
        Anonymous,
    }

    /// What a body is answered with: `ok`, or the code with pointer and fault of each field.
    #[track_caller]
    fn check(body: &str, expected: &str) {
        let answer = match read::<Filing>(body.as_bytes(), false) {
            Ok(_) => "ok".to_owned(),
            Err(problem) => {
                let view = serde_json::to_value(problem.view(&Trail::unknown(Language::English))).unwrap();
                let errors = view["errors"].as_array().into_iter().flatten();
                errors.fold(view["code"].as_str().unwrap().to_owned(), |answer, error| {
                    format!(
                        "{answer} {} {}",
                        error["pointer"].as_str().unwrap(),
                        error["code"].as_str().unwrap()
                    )
                })
            }
        };
        assert_eq!(answer, expected, "{body}");
    }

    #[test]
    fn every_fault_is_named_by_its_pointer() {
        check(r#"{"title":"a"}"#, "ok");
        check(r#"{"title":"回音回音回"}"#, "ok");
        check(r#"{"title":"a","from":{"type":"anonymous"}}"#, "ok");
        check(
            r#"{"title":"a","from":{"type":"named","name":"n"},"urgency":"urgent"}"#,
            "ok",
        );
        check("", "malformed_request");
        check("{", "malformed_request");
        check(r#"{"title":"a"} x"#, "malformed_request");
        check(r#"{"extra":1,"#, "malformed_request");
        check("{\"title\":\"\u{1}\"}", "malformed_request");
        check(r#"{"title":"\ud800"}"#, "malformed_request");
        check(&"[".repeat(1000), "malformed_request");
        check("[]", "body_invalid  wrong_type");
        check("null", "body_invalid  null_not_allowed");
        check(r#"{"extra":1}"#, "body_invalid /extra unknown_field");
        check(r#"{"a/b":1}"#, "body_invalid /a~1b unknown_field");
        check("{}", "body_invalid /title required");
        check(r#"{"title":"a","title":"b"}"#, "body_invalid /title repeated");
        check(r#"{"title":7}"#, "body_invalid /title wrong_type");
        check(
            r#"{"title":null,"count":null}"#,
            "body_invalid /count null_not_allowed /title null_not_allowed",
        );
        check(
            r#"{"title":"\u0000"}"#,
            "body_invalid /title character_not_allowed",
        );
        check(r#"{"title":""}"#, "body_invalid /title too_short");
        check(r#"{"title":" \t\n"}"#, "body_invalid /title too_short");
        check(
            r#"{"title":"a","parts":[{"a/b~c":"　\u00a0"}]}"#,
            "body_invalid /parts/0/a~1b~0c too_short",
        );
        check(r#"{"title":"　a "}"#, "ok");
        check(r#"{"title":"六个字太长了"}"#, "body_invalid /title too_long");
        check(
            r#"{"title":"a","urgency":"soon"}"#,
            "body_invalid /urgency not_a_code",
        );
        check(r#"{"title":"a","count":300}"#, "body_invalid /count out_of_range");
        check(r#"{"title":"a","count":-1}"#, "body_invalid /count out_of_range");
        check(r#"{"title":"a","count":1.5}"#, "body_invalid /count wrong_type");
        check(r#"{"title":"a","count":10}"#, "body_invalid /count out_of_range");
        check(
            r#"{"title":"a","case_id":"7"}"#,
            "body_invalid /case_id wrong_format",
        );
        check(
            r#"{"title":"a","parts":[{"a/b~c":"x"},{}]}"#,
            "body_invalid /parts/1/a~1b~0c required",
        );
        check(
            r#"{"title":"a","parts":[{"a/b~c":"x"},{"b":1}]}"#,
            "body_invalid /parts/1/b unknown_field",
        );
        check(
            r#"{"title":"a","parts":[{"a/b~c":"x"},{"a/b~c":"x"},{"a/b~c":"x"}]}"#,
            "body_invalid /parts too_long",
        );
        check(
            r#"{"title":"a","from":{"type":"named","name":"n","age":7}}"#,
            "body_invalid /from/age unknown_field",
        );
        check(
            r#"{"title":"a","from":{"type":"named"}}"#,
            "body_invalid /from/name required",
        );
        check(r#"{"title":"a","from":{}}"#, "body_invalid /from/type required");
        check(
            r#"{"title":"","count":0}"#,
            "body_invalid /count out_of_range /title too_short",
        );
    }

    #[test]
    fn a_fault_never_repeats_the_value() {
        let problem =
            read::<Filing>(r#"{"title":"a secret text","count":200}"#.as_bytes(), false).unwrap_err();
        let answer = serde_json::to_string(&problem.view(&Trail::unknown(Language::English))).unwrap();
        assert!(!answer.contains("secret") && !answer.contains("200"), "{answer}");
        assert!(answer.contains(r#""max":"5""#), "{answer}");
    }

    #[test]
    fn null_clears_in_a_patch() {
        assert!(read::<Filing>(br#"{"title":"a","urgency":null}"#, true).is_ok());
    }
}

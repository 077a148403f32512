//! `Idempotency-Key`: how a caller repeats a request without doing it twice.

use std::future::{Ready, ready};
use std::ops::RangeInclusive;

use actix_web::dev::Payload;
use actix_web::http::header::HeaderValue;
use actix_web::{FromRequest, HttpRequest};
use utoipa::openapi::Required;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Type};

use crate::problem::{FieldError, FieldFault, Problem};

/// The key of the request, when the caller gave one: 16 to 128 visible ASCII characters. Any other key, or two of
/// them, is `malformed_request`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey(pub Option<String>);

const NAME: &str = "Idempotency-Key";
const LENGTH: RangeInclusive<usize> = 16..=128;

impl FromRequest for IdempotencyKey {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let mut values = request.headers().get_all(NAME);
        let read = match (values.next().map(HeaderValue::as_bytes), values.next()) {
            (None, _) => Ok(Self(None)),
            (Some(key), None) if LENGTH.contains(&key.len()) && key.iter().all(u8::is_ascii_graphic) => {
                Ok(Self(Some(String::from_utf8_lossy(key).into_owned())))
            }
            (Some(_), Some(_) | None) => Err(Problem::malformed(vec![FieldError::new(
                "/header/Idempotency-Key",
                FieldFault::WrongFormat,
            )])),
        };
        ready(read)
    }
}

impl utoipa::IntoParams for IdempotencyKey {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let schema = ObjectBuilder::new()
            .schema_type(Type::String)
            .pattern(Some("^[!-~]{16,128}$"))
            .min_length(Some(*LENGTH.start()))
            .max_length(Some(*LENGTH.end()));
        let parameter = ParameterBuilder::new()
            .name(NAME)
            .parameter_in(ParameterIn::Header)
            .required(Required::False)
            .description(Some(
                "Drawn anew for each new request and sent again with each repetition: however often it arrives, it \
                 is done once.",
            ))
            .schema(Some(schema));
        vec![parameter.build()]
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;
    use crate::problem::Kind;

    #[actix_web::test]
    async fn a_key_is_optional_but_never_short() {
        async fn read(values: &[&[u8]]) -> Result<Option<String>, Kind> {
            let request = values.iter().fold(TestRequest::default(), |request, value| {
                request.append_header((NAME, *value))
            });
            IdempotencyKey::extract(&request.to_http_request())
                .await
                .map(|it| it.0)
                .map_err(|it| it.kind())
        }
        assert_eq!(read(&[]).await, Ok(None));
        assert_eq!(
            read(&[b"0123456789abcdef"]).await,
            Ok(Some("0123456789abcdef".to_owned()))
        );
        assert!(read(&[&[b'x'; 128]]).await.is_ok());
        for bad in [
            &b""[..],
            b"0123456789abcde",
            &[b'x'; 129],
            b"0123456789 abcdef",
            "回音回音回音回音".as_bytes(),
        ] {
            assert_eq!(read(&[bad]).await, Err(Kind::MalformedRequest));
        }
        assert_eq!(
            read(&[&[b'x'; 20], &[b'x'; 20]]).await,
            Err(Kind::MalformedRequest)
        );
    }
}

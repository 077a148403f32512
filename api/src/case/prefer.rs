//! `Prefer: return=minimal`: whether the answer carries the whole case.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use utoipa::openapi::Required;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Type};

use crate::problem::Problem;

/// Whether the caller wants the outcome without the case. A preference that is not understood is passed over, as
/// RFC 7240 has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Prefer {
    /// The case is left out.
    pub(crate) minimal: bool,
}

const NAME: &str = "Prefer";

impl FromRequest for Prefer {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let minimal = request
            .headers()
            .get_all(NAME)
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split([',', ';']))
            .any(|preference| preference.trim().eq_ignore_ascii_case("return=minimal"));
        ready(Ok(Self { minimal }))
    }
}

impl utoipa::IntoParams for Prefer {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let schema = ObjectBuilder::new()
            .schema_type(Type::String)
            .max_length(Some(100))
            .examples([serde_json::json!("return=minimal")]);
        let parameter = ParameterBuilder::new()
            .name(NAME)
            .parameter_in(ParameterIn::Header)
            .required(Required::False)
            .description(Some("`return=minimal` leaves the case out of the outcome."))
            .schema(Some(schema));
        vec![parameter.build()]
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[actix_web::test]
    async fn only_the_known_preference_counts() {
        for (value, minimal) in [
            ("return=minimal", true),
            ("respond-async, Return=Minimal; x=1", true),
            ("return=representation", false),
            ("", false),
        ] {
            let request = TestRequest::default()
                .append_header((NAME, value))
                .to_http_request();
            assert_eq!(
                Prefer::extract(&request).await.unwrap().minimal,
                minimal,
                "{value}"
            );
        }
    }
}

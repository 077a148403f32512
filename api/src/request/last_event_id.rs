//! `Last-Event-ID`: where somebody who listened before goes on.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use utoipa::openapi::Required;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Type};

use crate::page::CURSOR_CHARACTERS_MAX;
use crate::problem::{FieldError, FieldFault, Problem};

/// The `id` that the caller read last, if he listened before. An empty one counts as none, as event sources have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastEventId(pub Option<String>);

const NAME: &str = "Last-Event-ID";

impl FromRequest for LastEventId {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let mut values = request.headers().get_all(NAME);
        let fault = |fault| Problem::malformed(vec![FieldError::new("/header/Last-Event-ID", fault)]);
        let read = match (values.next(), values.next()) {
            (None, _) => Ok(Self(None)),
            (Some(id), None) if id.len() <= CURSOR_CHARACTERS_MAX => match id.to_str() {
                Ok(id) => Ok(Self(Some(id.to_owned()).filter(|id| !id.is_empty()))),
                Err(_) => Err(fault(FieldFault::WrongFormat)),
            },
            (Some(_), None) => Err(fault(FieldFault::WrongFormat)),
            (Some(_), Some(_)) => Err(fault(FieldFault::Repeated)),
        };
        ready(read)
    }
}

impl utoipa::IntoParams for LastEventId {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let schema = ObjectBuilder::new()
            .schema_type(Type::String)
            .max_length(Some(CURSOR_CHARACTERS_MAX));
        let parameter = ParameterBuilder::new()
            .name(NAME)
            .parameter_in(ParameterIn::Header)
            .required(Required::False)
            .description(Some(
                "The `id` that was read last, to go on after it. Without it the stream begins now.",
            ))
            .schema(Some(schema));
        vec![parameter.build()]
    }
}

//! What accompanies a request from its arrival to the answer: its id, its trace, its language.
//!
//! [`accompany`] wraps the whole service. It gives every answer its `Request-Id`, tells every problem in the
//! caller's language, turns a panic into one, and lets no other form of error out.

use std::future::{Ready, poll_fn, ready};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::Poll;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, FromRequest, HttpMessage, HttpRequest, HttpResponse, ResponseError};
use uuid::Uuid;

use crate::directory::Directory;
use crate::language::{Language, negotiate};
use crate::outside::head_is_too_large;
use crate::password::{hexadecimal, random};
use crate::problem::{Kind, Problem};

/// What accompanies one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trail {
    /// The id of this request, in `Request-Id` and in a problem's `instance`.
    pub request_id: Uuid,
    /// The trace it belongs to: 32 hexadecimal digits, the caller's where `traceparent` gives one.
    pub trace_id: String,
    /// The language of the answer.
    pub language: Language,
}

impl Trail {
    /// The trail of a request of which only the language is known.
    pub(crate) fn unknown(language: Language) -> Self {
        let request_id = uuid::Builder::from_random_bytes(random()).into_uuid();
        Self {
            request_id,
            trace_id: hexadecimal(&random::<16>()),
            language,
        }
    }

    fn of(headers: &HeaderMap) -> Self {
        let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
        let mut trail = Self::unknown(negotiate(text(header::ACCEPT_LANGUAGE)));
        if let Some(trace_id) = text(HeaderName::from_static("traceparent")).and_then(trace_id_of) {
            trace_id.clone_into(&mut trail.trace_id);
        }
        trail
    }
}

impl FromRequest for Trail {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let kept = request.extensions().get::<Self>().cloned();
        ready(Ok(kept.unwrap_or_else(|| Self::of(request.headers()))))
    }
}

/// The middleware around everything; see the module.
///
/// # Errors
/// A problem that is already told, when the request itself is lost and no answer can be made for it here: after
/// a panic, or when another middleware fails.
pub async fn accompany<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let trail = Trail::of(request.headers());
    request.extensions_mut().insert(trail.clone());
    let objection = if head_is_too_large(request.uri(), request.headers()) {
        Some(Problem::malformed(Vec::new()))
    } else {
        request
            .app_data::<Data<Directory>>()
            .and_then(|it| it.objection(&request))
    };
    if let Some(problem) = objection {
        return Ok(request.into_response(finished(problem.response(&trail), &trail)));
    }
    let outcome = match unless_it_panics(next.call(request)).await {
        Ok(outcome) => outcome,
        Err(panic) => Err(Problem::internal(panic).into()),
    };
    match outcome {
        Ok(response) => {
            let (request, response) = response.into_parts();
            let response = told_instead(&response, &trail).unwrap_or_else(|| response.map_into_boxed_body());
            let mut response = finished(response, &trail);
            if request.path().starts_with("/docs") {
                let policy = HeaderValue::from_static(DOCUMENTATION_POLICY);
                response
                    .headers_mut()
                    .insert(header::CONTENT_SECURITY_POLICY, policy);
            }
            Ok(ServiceResponse::new(request, response))
        }
        Err(error) => Err(Told { error, trail }.into()),
    }
}

/// The middleware around what answers browsers' questions about other sites: its answers never came as far as
/// [`accompany`], and are told like all others here.
///
/// # Errors
/// Whatever the operation itself fails with.
pub async fn complete<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let answer = next.call(request).await?;
    if answer.headers().contains_key(&REQUEST_ID) {
        return Ok(answer.map_into_boxed_body());
    }
    let trail = Trail::of(answer.request().headers());
    let (request, response) = answer.into_parts();
    let response = told_instead(&response, &trail).unwrap_or_else(|| response.map_into_boxed_body());
    Ok(ServiceResponse::new(request, finished(response, &trail)))
}

/// A failure with its trail, for the way out that has no request any more.
#[derive(Debug)]
struct Told {
    error: Error,
    trail: Trail,
}

impl std::fmt::Display for Told {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.error.fmt(formatter)
    }
}

impl ResponseError for Told {
    fn status_code(&self) -> StatusCode {
        self.error.as_response_error().status_code()
    }

    fn error_response(&self) -> HttpResponse {
        finished(told(&self.error, &self.trail), &self.trail)
    }
}

/// The problem to answer in place of `response`, when that is a failure that is not told yet.
fn told_instead<B>(response: &HttpResponse<B>, trail: &Trail) -> Option<HttpResponse> {
    if let Some(error) = response.error() {
        return Some(told(error, trail));
    }
    let status = response.status();
    let failed = status.is_client_error() || status.is_server_error();
    failed.then(|| Problem::from(Kind::of_status(status)).response(trail))
}

/// A failure as a problem in the caller's language; what is not ours is told by its status alone.
fn told(error: &Error, trail: &Trail) -> HttpResponse {
    if let Some(problem) = error.as_error::<Problem>() {
        problem.log(trail);
        return problem.response(trail);
    }
    let kind = Kind::of_status(error.as_response_error().status_code());
    let problem = Problem::from(kind).caused_by(error.to_string());
    problem.log(trail);
    problem.response(trail)
}

/// What a browser may do with an answer: show it, in no frame, and load nothing for it.
const ANSWER_POLICY: &str = "default-src 'none'; frame-ancestors 'none'";

/// What a browser may do with the documentation: it has scripts and styles of its own, and asks this service.
const DOCUMENTATION_POLICY: &str = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
                                    frame-ancestors 'none'; base-uri 'none'; form-action 'none'; object-src 'none'";

/// What names a request, in every answer to one.
const REQUEST_ID: HeaderName = HeaderName::from_static("request-id");

/// The headers that every answer has.
fn finished(mut response: HttpResponse, trail: &Trail) -> HttpResponse {
    let headers = response.headers_mut();
    let request_id = HeaderValue::from_str(&trail.request_id.to_string()).expect("an id is visible ASCII");
    headers.insert(REQUEST_ID, request_id);
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    // Beside what else the answer may depend on, such as whose front end asks.
    headers.append(header::VARY, HeaderValue::from_static("Accept-Language"));
    for (name, value) in [
        (header::CONTENT_LANGUAGE, trail.language.tag()),
        (header::CACHE_CONTROL, "no-store"),
        (header::CONTENT_SECURITY_POLICY, ANSWER_POLICY),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_FRAME_OPTIONS, "DENY"),
    ] {
        if !headers.contains_key(&name) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    }
    response
}

/// Runs a future to its end, and a panic in it to ours.
async fn unless_it_panics<F: Future>(future: F) -> Result<F::Output, String> {
    let mut future = pin!(future);
    poll_fn(
        |context| match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context))) {
            Ok(poll) => poll.map(Ok),
            // What is left of the future is dropped and never polled again.
            Err(payload) => Poll::Ready(Err(words_of(&*payload))),
        },
    )
    .await
}

fn words_of(payload: &(dyn std::any::Any + Send)) -> String {
    let words = payload.downcast_ref::<&str>().map(|words| (*words).to_owned());
    format!(
        "panic: {}",
        words
            .or_else(|| payload.downcast_ref::<String>().cloned())
            .unwrap_or_default()
    )
}

/// The trace id in a `traceparent` header (W3C Trace Context), when it is well formed.
fn trace_id_of(traceparent: &str) -> Option<&str> {
    let lower_hexadecimal = |text: &str, length: usize| {
        text.len() == length && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    };
    let not_all_zero = |text: &str| text.bytes().any(|byte| byte != b'0');
    let mut parts = traceparent.trim().split('-');
    let (version, trace_id, parent_id, flags) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let well_formed = lower_hexadecimal(version, 2)
        && version != "ff"
        && (version != "00" || parts.next().is_none())
        && lower_hexadecimal(trace_id, 32)
        && not_all_zero(trace_id)
        && lower_hexadecimal(parent_id, 16)
        && not_all_zero(parent_id)
        && lower_hexadecimal(flags, 2);
    well_formed.then_some(trace_id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trace_is_continued_only_when_it_is_well_formed() {
        let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
        assert_eq!(
            trace_id_of(&format!("00-{trace}-00f067aa0ba902b7-01")),
            Some(trace)
        );
        assert_eq!(
            trace_id_of(&format!("cc-{trace}-00f067aa0ba902b7-01-more")),
            Some(trace)
        );
        for bad in [
            "",
            "00",
            &format!("00-{trace}-00f067aa0ba902b7"),
            &format!("00-{trace}-00f067aa0ba902b7-01-more"),
            &format!("ff-{trace}-00f067aa0ba902b7-01"),
            &format!("00-{}-00f067aa0ba902b7-01", "0".repeat(32)),
            &format!("00-{trace}-0000000000000000-01"),
            &format!("00-{}-00f067aa0ba902b7-01", trace.to_uppercase()),
        ] {
            assert_eq!(trace_id_of(bad), None, "{bad}");
        }
    }
}

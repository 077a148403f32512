//! The one way to say no, and the only place where a failure gets a status (RFC 9457).
//!
//! A [`Problem`] speaks no language: it carries its [`Kind`] and the facts of this occurrence. Only when the answer
//! leaves, [`crate::trail`] gives it the caller's language and the request's identity, and it becomes a
//! [`ProblemView`]. What went wrong inside is logged beside the trace id and never answered.

mod catalogue;
mod field_fault;
mod from;
mod pointer;
mod view;
mod words;

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpResponse, ResponseError};
use uuid::Uuid;

pub use catalogue::{Entry, Kind};
pub use field_fault::FieldFault;
pub(crate) use from::label_of;
pub use from::{cited, missing_facts};
pub use view::{ClauseView, FieldErrorView, HolderView, MissingFactView, ProblemView};

use crate::language::{Language, Text};
use crate::trail::Trail;

/// The media type of every problem.
pub const MEDIA_TYPE: &str = "application/problem+json";

/// How many faulty fields one answer names at most.
pub const ERRORS_MAX: usize = 100;

/// How long a list of words may be that one answer names.
const WORDS_MAX: usize = 20;

/// A request that was not done, with the facts of the occurrence.
pub struct Problem(Box<Occurrence>);

struct Occurrence {
    kind: Kind,
    detail: Option<Text>,
    params: BTreeMap<&'static str, String>,
    clause: Option<Clause>,
    missing: Vec<MissingFact>,
    errors: Vec<FieldError>,
    current_version: Option<i64>,
    retry_after_seconds: Option<u32>,
    allow: Option<String>,
    cause: Option<Box<dyn Error + Send + Sync>>,
}

/// A clause of a rulebook, in both languages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clause {
    /// The rulebook.
    pub rulebook_code: String,
    /// The clause's number in it, such as `R03-2.2.1a`.
    pub number: String,
    /// What it says, in our words.
    pub paraphrase: Text,
}

/// A fact that a gate of the rulebook waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingFact {
    /// The code of the fact, such as `instruction`.
    pub fact: String,
    /// What people call it.
    pub label: Text,
    /// The clause that demands it.
    pub clause: Option<Clause>,
    /// The operation that would bring it.
    pub operation_id: Option<&'static str>,
    /// Who has to bring it, where that is said.
    pub holder: Option<HolderFact>,
}

/// Who has to bring a missing fact: a person, a unit, or whoever holds a position.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HolderFact {
    /// A member of staff.
    pub staff_id: Option<Uuid>,
    /// A unit.
    pub unit_id: Option<Uuid>,
    /// A position, by the rulebook's name.
    pub position: Option<String>,
    /// What the regulation calls that position.
    pub title: Option<String>,
}

/// A field of the request that cannot be taken as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// Where it stands: a JSON pointer (RFC 6901) into the body, or `/query/…`, `/header/…` or `/path/…`.
    pub pointer: String,
    /// What is wrong with it.
    pub fault: FieldFault,
    /// The bounds or codes that were expected. Never the value itself, which may be personal.
    pub params: BTreeMap<&'static str, String>,
    /// The clause that demands the field, where a rulebook does.
    pub clause: Option<Clause>,
}

impl FieldError {
    /// A fault at `pointer`.
    pub fn new(pointer: impl Into<String>, fault: FieldFault) -> Self {
        Self {
            pointer: pointer.into(),
            fault,
            params: BTreeMap::new(),
            clause: None,
        }
    }

    /// The same, with something that was expected.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl fmt::Display) -> Self {
        self.params.insert(name, value.to_string());
        self
    }

    /// The same, citing the clause that demands the field.
    #[must_use]
    pub fn under(mut self, clause: Clause) -> Self {
        self.clause = Some(clause);
        self
    }
}

impl From<Kind> for Problem {
    fn from(kind: Kind) -> Self {
        Self(Box::new(Occurrence {
            kind,
            detail: None,
            params: BTreeMap::new(),
            clause: None,
            missing: Vec::new(),
            errors: Vec::new(),
            current_version: None,
            retry_after_seconds: None,
            allow: None,
            cause: None,
        }))
    }
}

impl Problem {
    /// A failure of ours: answered as `internal_error`, with `cause` in the log only.
    pub fn internal(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::from(Kind::InternalError).caused_by(cause)
    }

    /// The request cannot be read; `errors` say where.
    pub fn malformed(errors: Vec<FieldError>) -> Self {
        Self::from(Kind::MalformedRequest).with_errors(errors)
    }

    /// The body can be read but not taken; `errors` say why, field by field.
    pub fn body_invalid(errors: Vec<FieldError>) -> Self {
        Self::from(Kind::BodyInvalid).with_errors(errors)
    }

    /// Somebody changed the case since; it is now at `current_version`.
    pub fn version_stale(current_version: i64) -> Self {
        let mut problem = Self::from(Kind::VersionStale).with("current_version", current_version);
        problem.0.current_version = Some(current_version);
        problem
    }

    /// The path exists, but not with this method; `allow` lists those it has.
    pub fn method_not_allowed(allow: String) -> Self {
        let mut problem = Self::from(Kind::MethodNotAllowed).with("allow", &allow);
        problem.0.allow = Some(allow);
        problem
    }

    /// The same, with a fact that the text is made of.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl fmt::Display) -> Self {
        self.0.params.insert(name, value.to_string());
        self
    }

    /// The same, with a text of its own instead of the catalogue's.
    #[must_use]
    pub fn saying(mut self, detail: Text) -> Self {
        self.0.detail = Some(detail);
        self
    }

    /// The same, citing the clause that refused.
    #[must_use]
    pub fn under(mut self, clause: Clause) -> Self {
        self.0.clause = Some(clause);
        self
    }

    /// The same, with what a gate misses.
    #[must_use]
    pub fn missing(mut self, facts: Vec<MissingFact>) -> Self {
        self.0.missing = facts;
        self
    }

    /// What is wrong with which field.
    pub fn errors(&self) -> &[FieldError] {
        &self.0.errors
    }

    /// The same, with faulty fields, of which [`ERRORS_MAX`] are kept.
    #[must_use]
    pub fn with_errors(mut self, mut errors: Vec<FieldError>) -> Self {
        errors.truncate(ERRORS_MAX);
        self.0.errors = errors;
        self
    }

    /// The same, naming the words that a field may be, for each that is none of a closed list's, where `words` knows
    /// them by its pointer and they are few.
    #[must_use]
    pub(crate) fn listing<'w>(mut self, words: impl Fn(&str) -> Option<&'w [String]>) -> Self {
        for error in &mut self.0.errors {
            if error.fault == FieldFault::NotACode
                && let Some(words) = words(&error.pointer)
                && words.len() <= WORDS_MAX
            {
                error.params.insert("allowed", words.join(" "));
            }
        }
        self
    }

    /// The same, saying after how many seconds another try makes sense.
    #[must_use]
    pub fn retry_after(mut self, seconds: u32) -> Self {
        self.0.retry_after_seconds = Some(seconds);
        self
    }

    /// The same, with the reason for the log.
    #[must_use]
    pub fn caused_by(mut self, cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.0.cause = Some(cause.into());
        self
    }

    /// What kind of problem it is.
    pub fn kind(&self) -> Kind {
        self.0.kind
    }

    /// Writes the failures of ours to the log, with the whole chain of causes; refusals are no news.
    pub(crate) fn log(&self, trail: &Trail) {
        static OVERLOADED: Seldom = Seldom(AtomicU64::new(0));
        if !self.0.kind.entry().status.is_server_error() {
            return;
        }
        // That the house is full is counted; a line for each who was turned away would be the next burden. One in a
        // second tells why those inside were not served.
        let overloaded = self.0.kind == Kind::Overloaded;
        if overloaded && (self.0.cause.is_none() || !OVERLOADED.again(since_start())) {
            return;
        }
        let mut chain = String::new();
        let mut cause: Option<&(dyn Error + 'static)> = self.0.cause.as_ref().map(|cause| &**cause as _);
        while let Some(error) = cause {
            chain.push_str(if chain.is_empty() { "" } else { ": " });
            chain.push_str(&error.to_string());
            cause = error.source();
        }
        tracing::error!(trace_id = %trail.trace_id, request_id = %trail.request_id, code = self.0.kind.code(), cause = %chain);
    }

    /// The answer to the request.
    pub(crate) fn response(&self, trail: &Trail) -> HttpResponse {
        let mut response = HttpResponse::build(self.0.kind.entry().status);
        response.insert_header((header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE)));
        if self.0.kind.entry().status == StatusCode::UNAUTHORIZED {
            response.insert_header((
                header::WWW_AUTHENTICATE,
                HeaderValue::from_static("Bearer realm=\"huiyin\""),
            ));
        }
        if let Some(seconds) = self.0.retry_after_seconds {
            response.insert_header((header::RETRY_AFTER, seconds));
        }
        if let Some(allow) = &self.0.allow {
            response.insert_header((header::ALLOW, allow.as_str()));
        }
        response.json(self.view(trail))
    }
}

/// What happens once in a second at most.
struct Seldom(AtomicU64);

impl Seldom {
    /// Whether it is time again, `second` seconds after the start of the process.
    fn again(&self, second: u64) -> bool {
        self.0.fetch_max(second + 1, Ordering::Relaxed) <= second
    }
}

/// Whole seconds since this was asked for the first time.
fn since_start() -> u64 {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    START.elapsed().as_secs()
}

impl fmt::Debug for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let occurrence = &*self.0;
        formatter
            .debug_struct("Problem")
            .field("code", &occurrence.kind.code())
            .field("params", &occurrence.params)
            .field("errors", &occurrence.errors)
            .field("missing", &occurrence.missing)
            .field("cause", &occurrence.cause)
            .finish_non_exhaustive()
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.0.kind.code())
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.0.kind.entry().status
    }

    fn error_response(&self) -> HttpResponse {
        self.response(&Trail::unknown(Language::default()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_happens_seldom_happens_once_in_a_second() {
        let seldom = Seldom(AtomicU64::new(0));
        let again = [0, 0, 1, 1, 0, 7, 7].map(|second| seldom.again(second));
        assert_eq!(again, [true, false, true, false, false, true, false]);
    }

    #[test]
    fn a_problem_is_told_in_the_callers_language_and_leaves_out_what_does_not_apply() {
        let problem = Problem::version_stale(7);
        let english = serde_json::to_value(problem.view(&Trail::unknown(Language::English))).unwrap();
        assert_eq!(english["type"], "/problems/version_stale");
        assert_eq!(english["status"], 412);
        assert_eq!(english["current_version"], 7);
        assert!(english["detail"].as_str().unwrap().contains('7'));
        assert!(english["instance"].as_str().unwrap().starts_with("/requests/"));
        let keys: Vec<&String> = english.as_object().unwrap().keys().collect();
        assert_eq!(
            keys,
            [
                "code",
                "current_version",
                "detail",
                "instance",
                "params",
                "retryable",
                "status",
                "title",
                "trace_id",
                "type"
            ]
        );
        let chinese = serde_json::to_value(problem.view(&Trail::unknown(Language::Chinese))).unwrap();
        assert!(!chinese["title"].as_str().unwrap().is_ascii());
    }

    #[test]
    fn the_cause_of_a_failure_stays_inside() {
        let problem = Problem::internal("password of the database: hush");
        let answer = serde_json::to_string(&problem.view(&Trail::unknown(Language::English))).unwrap();
        assert!(!answer.contains("hush"), "{answer}");
    }
}

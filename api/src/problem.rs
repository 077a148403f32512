//! The one way to say no, and the only place where a failure gets a status (RFC 9457).
//!
//! A [`Problem`] speaks no language: it carries its [`Kind`] and the facts of this occurrence. Only when the answer
//! leaves, [`crate::trail`] gives it the caller's language and the request's identity, and it becomes a
//! [`ProblemView`]. What went wrong inside is logged beside the trace id and never answered.

mod catalogue;
mod field_fault;

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt;

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;
use utoipa::ToSchema;

pub use catalogue::{Entry, Kind};
pub use field_fault::FieldFault;

use crate::language::{Language, Text};
use crate::trail::Trail;

/// The media type of every problem.
pub const MEDIA_TYPE: &str = "application/problem+json";

/// How many faulty fields one answer names at most.
pub const ERRORS_MAX: usize = 100;

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
    /// The clause that demands it.
    pub clause: Option<Clause>,
}

/// A field of the request that cannot be taken as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// Where it stands: a JSON pointer (RFC 6901) into the body, or `/query/…` or `/header/…`.
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

    /// The same, with faulty fields, of which [`ERRORS_MAX`] are kept.
    #[must_use]
    pub fn with_errors(mut self, mut errors: Vec<FieldError>) -> Self {
        errors.truncate(ERRORS_MAX);
        self.0.errors = errors;
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
        if !self.0.kind.entry().status.is_server_error() {
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

    /// The body of the answer, in the language and with the identity of the request.
    pub fn view(&self, trail: &Trail) -> ProblemView {
        let occurrence = &*self.0;
        let kind = occurrence.kind;
        let entry = kind.entry();
        let language = trail.language;
        let detail = occurrence
            .detail
            .as_ref()
            .unwrap_or(&entry.detail)
            .in_language(language);
        ProblemView {
            problem_type: kind.type_uri(),
            title: entry.title.in_language(language).to_owned(),
            status: entry.status.as_u16(),
            detail: filled(detail, &occurrence.params),
            instance: format!("/requests/{}", trail.request_id),
            code: kind.code().to_owned(),
            trace_id: trail.trace_id.clone(),
            retryable: entry.retryable,
            clause: occurrence
                .clause
                .as_ref()
                .map(|clause| ClauseView::new(clause, language)),
            missing: some_if_any(occurrence.missing.iter().map(|fact| {
                MissingFactView {
                    fact: fact.fact.clone(),
                    clause: fact
                        .clause
                        .as_ref()
                        .map(|clause| ClauseView::new(clause, language)),
                }
            })),
            errors: some_if_any(occurrence.errors.iter().map(|error| {
                FieldErrorView {
                    pointer: error.pointer.clone(),
                    code: error.fault.code().to_owned(),
                    detail: filled(error.fault.text().in_language(language), &error.params),
                    clause: error
                        .clause
                        .as_ref()
                        .map(|clause| ClauseView::new(clause, language)),
                    params: owned(&error.params),
                }
            })),
            params: owned(&occurrence.params),
            current_version: occurrence.current_version,
        }
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

/// A refusal or failure, as RFC 9457 describes it. `code` is stable and for programs; `title` and `detail` are for
/// people, in the language of `Content-Language`.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemView {
    /// Which kind of problem it is: `/problems/` and the code.
    #[serde(rename = "type")]
    #[schema(
        format = "uri-reference",
        max_length = 100,
        example = "/problems/version_stale"
    )]
    problem_type: String,
    /// What this kind of problem is called.
    #[schema(max_length = 200)]
    title: String,
    /// The status of the answer.
    #[schema(minimum = 400, maximum = 599, example = 412)]
    status: u16,
    /// What happened this time.
    #[schema(max_length = 2000)]
    detail: String,
    /// This request.
    #[schema(format = "uri-reference", max_length = 100)]
    instance: String,
    /// The code of the kind of problem.
    #[schema(max_length = 64, example = "version_stale")]
    code: String,
    /// What our log calls this request.
    #[schema(max_length = 32, pattern = "^[0-9a-f]{32}$")]
    trace_id: String,
    /// Whether the very same request may succeed later.
    retryable: bool,
    /// The clause that refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    clause: Option<ClauseView>,
    /// What a gate of the rulebook waits for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_items = 100)]
    missing: Option<Vec<MissingFactView>>,
    /// The fields that cannot be taken as they are.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_items = 100)]
    errors: Option<Vec<FieldErrorView>>,
    /// The numbers, days and names that `detail` is made of.
    #[serde(skip_serializing_if = "Option::is_none")]
    params: Option<BTreeMap<String, String>>,
    /// The version the case has now.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    current_version: Option<i64>,
}

/// A clause of the rulebook.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Clause)]
pub struct ClauseView {
    /// The rulebook.
    #[schema(max_length = 64, example = "cn.tobacco_supervision")]
    rulebook_code: String,
    /// The clause's number.
    #[schema(max_length = 64, example = "R03-2.2.1a")]
    number: String,
    /// What it says, in our words.
    #[schema(max_length = 1000)]
    paraphrase: String,
}

impl ClauseView {
    /// The clause in one language.
    pub fn new(clause: &Clause, language: Language) -> Self {
        Self {
            rulebook_code: clause.rulebook_code.clone(),
            number: clause.number.clone(),
            paraphrase: clause.paraphrase.in_language(language).to_owned(),
        }
    }
}

/// A fact that a gate waits for.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = MissingFact)]
pub struct MissingFactView {
    /// The code of the fact.
    #[schema(max_length = 64, example = "instruction")]
    fact: String,
    /// The clause that demands it.
    #[serde(skip_serializing_if = "Option::is_none")]
    clause: Option<ClauseView>,
}

/// A field that cannot be taken as it is.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = FieldError)]
pub struct FieldErrorView {
    /// Where it stands: a JSON pointer into the body, or `/query/…` or `/header/…`.
    #[schema(max_length = 1000, example = "/complainant/phone")]
    pointer: String,
    /// What is wrong with it.
    #[schema(max_length = 64, example = "too_long")]
    code: String,
    /// The same, for people.
    #[schema(max_length = 1000)]
    detail: String,
    /// The clause that demands the field.
    #[serde(skip_serializing_if = "Option::is_none")]
    clause: Option<ClauseView>,
    /// What was expected.
    #[serde(skip_serializing_if = "Option::is_none")]
    params: Option<BTreeMap<String, String>>,
}

fn some_if_any<T>(items: impl Iterator<Item = T>) -> Option<Vec<T>> {
    let items: Vec<T> = items.collect();
    (!items.is_empty()).then_some(items)
}

fn owned(params: &BTreeMap<&'static str, String>) -> Option<BTreeMap<String, String>> {
    (!params.is_empty()).then(|| {
        params
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.clone()))
            .collect()
    })
}

/// A text with its `{names}` replaced by the facts; a name without a fact becomes an ellipsis.
fn filled(text: &str, params: &BTreeMap<&'static str, String>) -> String {
    let mut parts = text.split('{');
    let beginning = parts.next().unwrap_or_default().to_owned();
    parts.fold(beginning, |filled, part| match part.split_once('}') {
        Some((name, following)) => filled + params.get(name).map_or("…", String::as_str) + following,
        None => filled + part,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

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
        let chinese = problem.view(&Trail::unknown(Language::Chinese));
        assert!(!chinese.title.is_ascii());
    }

    #[test]
    fn the_cause_of_a_failure_stays_inside() {
        let problem = Problem::internal("password of the database: hush");
        let answer = serde_json::to_string(&problem.view(&Trail::unknown(Language::English))).unwrap();
        assert!(!answer.contains("hush"), "{answer}");
    }

    #[test]
    fn texts_are_filled_with_facts() {
        let params = BTreeMap::from([("days", "5".to_owned())]);
        assert_eq!(
            filled("at most {days} days, {nobody} knows", &params),
            "at most 5 days, … knows"
        );
        assert_eq!(filled("open {brace", &params), "open brace");
    }
}

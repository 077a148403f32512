//! What the house answered, and what a test holds against it.

use std::fmt;
use std::ops::Index;

use serde_json::Value;
use ureq::http::HeaderMap;

/// An answer as it came: status, headers, body.
#[derive(Clone)]
pub struct Answer {
    /// What was asked, for messages.
    pub asked: String,
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body's bytes.
    pub bytes: Vec<u8>,
    body: Value,
}

impl Answer {
    pub(crate) fn new(asked: String, status: u16, headers: HeaderMap, bytes: Vec<u8>) -> Self {
        let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Self {
            asked,
            status,
            headers,
            bytes,
            body,
        }
    }

    /// The body; null if it is not JSON.
    pub fn body(&self) -> &Value {
        &self.body
    }

    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The version that `ETag` names.
    pub fn version(&self) -> Option<i64> {
        self.header("etag")?.trim_matches('"').parse().ok()
    }

    /// A text of the body by its pointer.
    #[track_caller]
    pub fn text(&self, pointer: &str) -> &str {
        self.body
            .pointer(pointer)
            .and_then(Value::as_str)
            .unwrap_or_else(|| panic!("no text at {pointer}: {self}"))
    }

    /// An array of the body by its pointer; the body itself where the pointer is empty.
    #[track_caller]
    pub fn list(&self, pointer: &str) -> &[Value] {
        self.body
            .pointer(pointer)
            .and_then(Value::as_array)
            .unwrap_or_else(|| panic!("no list at {pointer}: {self}"))
    }

    /// Holds the status against what was expected.
    #[track_caller]
    #[expect(
        clippy::must_use_candidate,
        clippy::return_self_not_must_use,
        reason = "often the status is all that matters"
    )]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{self}");
        self
    }
}

impl Index<&str> for Answer {
    type Output = Value;

    fn index(&self, field: &str) -> &Value {
        &self.body[field]
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} -> {}", self.asked, self.status)?;
        if self.body.is_null() {
            write!(f, "\n{}", String::from_utf8_lossy(&self.bytes))
        } else {
            write!(f, "\n{:#}", self.body)
        }
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A refusal, told in both languages.
#[derive(Debug, Clone)]
pub struct Refusal {
    /// As zh-CN has it.
    pub zh: Answer,
    /// As en has it.
    pub en: Answer,
}

impl Refusal {
    /// Takes two tellings of one refusal and holds them to RFC 9457 and to one another.
    #[track_caller]
    pub(crate) fn told_twice(zh: Answer, en: Answer, status: u16, code: &str) -> Self {
        for (answer, language) in [(&zh, "zh-CN"), (&en, "en")] {
            assert_eq!(
                (answer.status, answer["code"].as_str()),
                (status, Some(code)),
                "{answer}"
            );
            assert_eq!(
                answer.header("content-type"),
                Some("application/problem+json"),
                "{answer}"
            );
            assert_eq!(answer.header("content-language"), Some(language), "{answer}");
            assert_eq!(answer["status"], status, "{answer}");
            assert_eq!(answer["type"], format!("/problems/{code}"), "{answer}");
            assert!(answer["retryable"].is_boolean(), "{answer}");
            assert!(answer.text("/instance").starts_with("/requests/"), "{answer}");
            for text in ["/title", "/detail", "/trace_id"] {
                assert!(!answer.text(text).trim().is_empty(), "{text} is empty: {answer}");
            }
        }
        assert!(!zh.text("/title").is_ascii(), "not Chinese: {zh}");
        assert!(!zh.text("/detail").is_ascii(), "not Chinese: {zh}");
        assert!(en.text("/title").is_ascii(), "not English: {en}");
        assert_eq!(zh["clause"]["number"], en["clause"]["number"], "{zh}\n{en}");
        Self { zh, en }
    }

    /// The clause that it rests on, whose words must be told too.
    #[track_caller]
    pub fn under(&self, clause: &str) -> &Self {
        for answer in [&self.zh, &self.en] {
            assert_eq!(answer["clause"]["number"], clause, "{answer}");
            assert!(!answer.text("/clause/paraphrase").is_empty(), "{answer}");
            assert!(!answer.text("/clause/rulebook_code").is_empty(), "{answer}");
        }
        self
    }

    /// A fact that is missing, with the clause that demands it.
    #[track_caller]
    pub fn misses(&self, fact: &str, clause: &str) -> &Self {
        let found = self
            .zh
            .list("/missing")
            .iter()
            .any(|missing| missing["fact"] == fact && missing["clause"]["number"] == clause);
        assert!(found, "{fact} ({clause}) is not named: {}", self.zh);
        self
    }

    /// A field of the body that it points at, and what is wrong with it.
    #[track_caller]
    pub fn points_at(&self, pointer: &str, code: &str) -> &Self {
        for answer in [&self.zh, &self.en] {
            let found = answer.list("/errors").iter().any(|error| {
                error["pointer"] == pointer && error["code"] == code && error["detail"].is_string()
            });
            assert!(found, "nothing points at {pointer} ({code}): {answer}");
        }
        self
    }
}

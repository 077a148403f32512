//! A request in the making.

use std::fmt::Write;

use serde_json::Value;
use ureq::http::Request;

use crate::answer::{Answer, Refusal};
use crate::open_house::House;

/// A request that is not sent yet. It is sent by what is expected of its answer.
#[derive(Clone)]
#[must_use = "a request is sent by what is expected of its answer"]
pub struct Ask<'h> {
    house: &'h House,
    method: String,
    path: String,
    headers: Vec<(&'static str, String)>,
    body: Option<Vec<u8>>,
}

impl<'h> Ask<'h> {
    pub(crate) fn new(house: &'h House, method: &str, path: &str, token: Option<&str>) -> Self {
        let ask = Self {
            house,
            method: method.to_owned(),
            path: if path.starts_with('/') && !is_root(path) {
                format!("/api/v1{path}")
            } else {
                path.to_owned()
            },
            headers: Vec::new(),
            body: None,
        };
        match token {
            Some(token) => ask.header("Authorization", format!("Bearer {token}")),
            None => ask,
        }
    }

    /// With this JSON body.
    pub fn json(self, body: &Value) -> Self {
        let bytes = serde_json::to_vec(body).expect("a JSON value can be written");
        self.bytes("application/json", bytes)
    }

    /// With these bytes, called by this media type.
    pub fn bytes(self, media_type: &str, bytes: impl Into<Vec<u8>>) -> Self {
        let mut ask = self.without("Content-Type").header("Content-Type", media_type);
        ask.body = Some(bytes.into());
        ask
    }

    /// With one more header.
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// Without a header.
    pub fn without(mut self, name: &'static str) -> Self {
        self.headers
            .retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        self
    }

    /// Having read this version.
    pub fn if_match(self, version: i64) -> Self {
        self.without("If-Match")
            .header("If-Match", format!("\"{version}\""))
    }

    /// Under this idempotency key.
    pub fn key(self, key: &str) -> Self {
        self.without("Idempotency-Key").header("Idempotency-Key", key)
    }

    /// In this language.
    pub fn language(self, language: &str) -> Self {
        self.without("Accept-Language")
            .header("Accept-Language", language)
    }

    /// Sends it.
    ///
    /// # Panics
    ///
    /// When there is no answer, or one with a status that the contract does not list for the operation.
    #[track_caller]
    pub fn send(self) -> Answer {
        let mut request = Request::builder()
            .method(self.method.as_str())
            .uri(self.house.url(&self.path));
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        let asked = format!("{} {}", self.method, self.path);
        let agent = self.house.agent();
        let sent = match self.body {
            Some(body) => agent.run(request.body(body).expect("the request is well formed")),
            None => agent.run(request.body(()).expect("the request is well formed")),
        };
        let mut response = sent.unwrap_or_else(|error| panic!("{asked}: no answer: {error}"));
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let bytes = response
            .body_mut()
            .read_to_vec()
            .unwrap_or_else(|error| panic!("{asked}: the body breaks off: {error}"));
        let answer = Answer::new(asked, status, headers, bytes);
        self.house.promised().holds(&self.method, &self.path, &answer);
        answer
    }

    /// Sends it and holds the status against what was expected.
    #[track_caller]
    pub fn expect(self, status: u16) -> Answer {
        self.send().expect(status)
    }

    /// Sends it twice, once in each language: both times it must be refused, for the same reason.
    #[track_caller]
    pub fn is_problem(self, status: u16, code: &str) -> Refusal {
        let zh = self.clone().language("zh-CN").send();
        let en = self.language("en").send();
        Refusal::told_twice(zh, en, status, code)
    }
}

/// Whether a path stands outside `/api/v1`.
fn is_root(path: &str) -> bool {
    ["/api/", "/health/", "/openapi.json", "/metrics", "/docs"]
        .iter()
        .any(|root| path.starts_with(root))
}

/// Letters as a query carries them.
pub fn percent(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        write!(out, "%{byte:02X}").expect("a string takes what is written");
        out
    })
}

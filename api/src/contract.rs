//! The contract: one `OpenAPI` 3.1 document, made from the code and checked in.
//!
//! Handlers say what is theirs: path, parameters, body, the answer when all goes well, and by the extension
//! [`PROBLEM_CODES`] the refusals that only they have. What follows from that is not written by hand but put in by
//! two passes: `shape` brings every schema into the form that all client generators take, and `refusals` lists
//! for each operation exactly the statuses it can give. [`lint`] holds the rules that the result must keep.

mod examples;
pub mod lint;
mod refusals;
mod shape;

use serde_json::Value;
use utoipa::openapi::OpenApi as Document;
use utoipa::openapi::extensions::ExtensionsBuilder;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::tag::TagBuilder;
use utoipa::{Modify, OpenApi};

use crate::duty::stream_duties::DutyChangeView;
use crate::problem::{ClauseView, FieldErrorView, HolderView, MissingFactView, ProblemView};

pub use refusals::PROBLEM_CODES;

/// The contract as it is checked in and served. Made at the start it would cost more memory than all the rest of the
/// service; a test holds it against the code.
pub const CHECKED_IN: &str = include_str!("../../openapi/openapi.json");

/// The tags in reading order: name, title in Chinese, description.
const TAGS: [(&str, &str, &str); 21] = [
    (
        "sessions",
        "登录",
        "Logging in, who I am, where I am logged in; signing in at a provider; machine clients.",
    ),
    (
        "offices",
        "机构",
        "Offices and the positions their rulebooks name.",
    ),
    ("units", "单位、窗口", "Units and service windows of an office."),
    (
        "staff",
        "人员",
        "Staff, their positions, and what happens to their duties when they leave.",
    ),
    ("rulebooks", "规则手册", "The regulations as data."),
    ("calendars", "工作日历", "Which days are working days."),
    ("cases", "案件", "Finding and reading cases."),
    ("intake", "接收、登记、受理", "Taking a matter in."),
    (
        "dispatch",
        "批示、派单、签收、退单",
        "Instruction, dispatch, signing, returning.",
    ),
    ("investigation", "调查、取证", "Investigation and evidence."),
    (
        "disposition",
        "处理、审批、整改、反馈",
        "Plans, approvals, measures, rectification, reporting back.",
    ),
    (
        "answer",
        "答复、告知、回访、再派单",
        "Replies, notices, follow-up, the next round.",
    ),
    (
        "pressure",
        "催办、督办、报告",
        "Urging, supervision, reports to leaders.",
    ),
    ("time", "延期、中止", "Extensions."),
    ("review", "责任追究、查阅", "Accountability, access to records."),
    ("closing", "结案、归档", "Closing, reopening, archiving."),
    (
        "secrecy",
        "保密、身份保管",
        "Who reads what is kept secret, and why.",
    ),
    ("events", "经过", "The history of a case."),
    (
        "duties",
        "职责、待办",
        "Who owes what, by when, under which clause: the worklist.",
    ),
    (
        "notifications",
        "提醒",
        "What one was told: urges, reports, supervision, new duties.",
    ),
    (
        "audit",
        "审计",
        "Proof of what was done: signed checkpoints and the keys that sign them.",
    ),
];

/// The tag of what the service says of itself; it stands last.
const SYSTEM_TAG: (&str, &str, &str) = ("system", "系统", "The service itself.");

/// The document without any operation: title, tags, how to prove who one is, what every problem looks like.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Huiyin (回音)",
        description = "The service behind a public office's complaint desk. Every case answer says which actions the \
            caller may take now and which are blocked by which clause, so that a front end draws its buttons from \
            it and knows no rules. Errors are `application/problem+json` in the language of `Accept-Language` \
            (zh-CN or en). Writes on a case need `If-Match`; a POST may carry an `Idempotency-Key`.",
        contact(name = "The people who make Huiyin"),
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0")
    ),
    servers((url = "/", description = "The service that serves this document, in production or in test")),
    components(schemas(ProblemView, ClauseView, MissingFactView, HolderView, FieldErrorView, DutyChangeView)),
    security(("bearer" = [])),
    modifiers(&Additions)
)]
struct Base;

struct Additions;

impl Modify for Additions {
    fn modify(&self, document: &mut Document) {
        let bearer = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .bearer_format("JWT")
            .description(Some("The access token of `log_in`, a JWT that is checked as RFC 8725 asks. It proves who asks; what that person may do is read at each request."));
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("bearer", SecurityScheme::Http(bearer.build()));
        document.tags = Some(
            TAGS.into_iter()
                .chain([SYSTEM_TAG])
                .map(|(name, title, description)| {
                    let extensions = ExtensionsBuilder::new().add("x-tag-title", title).build();
                    TagBuilder::new()
                        .name(name)
                        .description(Some(description))
                        .extensions(Some(extensions))
                        .build()
                })
                .collect(),
        );
    }
}

/// The document before any operation is registered.
pub(crate) fn base() -> Document {
    Base::openapi()
}

/// The finished contract of the operations in `registered`.
pub(crate) fn finish(registered: &Document) -> Value {
    let mut document = serde_json::to_value(registered).expect("a document of texts and numbers is JSON");
    // Whoever can reach the service may read how to use it.
    document["servers"][0]["x-internal"] = Value::Bool(false);
    shape::hoist_variants(&mut document);
    shape::close_variants(&mut document);
    shape::leave_out_nulls(&mut document);
    shape::state_bounds(&mut document);
    shape::state_widths(&mut document);
    shape::leave_out_null_lists(&mut document);
    examples::put(&mut document);
    refusals::list(&mut document);
    refusals::share(&mut document);
    shape::leave_out_unused(&mut document);
    document
}

/// The contract as it is checked in and served: the same bytes at every build, since its members are sorted.
pub fn text(document: &Value) -> String {
    format!("{document:#}\n")
}

/// One line for each operation, to read in a review: id, method, path, tag.
pub fn operations(document: &Value) -> String {
    let mut lines: Vec<String> = lint::operations(document)
        .map(|(method, path, operation)| {
            let word = |value: &Value| value.as_str().unwrap_or("-").to_owned();
            format!(
                "{} {} {path} {}\n",
                word(&operation["operationId"]),
                method.to_uppercase(),
                word(&operation["tags"][0])
            )
        })
        .collect();
    lines.sort_unstable();
    lines.concat()
}

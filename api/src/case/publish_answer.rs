//! `publish_answer`: puts a redacted text up to be public.

use actix_web::{HttpResponse, post};
use domain::case::Command;
use domain::case::command::Publication;
use domain::ids::CaseId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use crate::case::order::Order;
use crate::case::outcome::Outcome;
use crate::case::prefer::Prefer;
use crate::case::texts::{Person, Texts};
use crate::case::view::Teller;
use crate::problem::{FieldError, FieldFault, Kind, Problem};
use crate::request::{IdempotencyKey, IfMatch, Json, Path};

/// What is to be public.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"text": "一名群众反映窗口午间无人值守，经查属实，已调整值班安排。"}))]
pub(crate) struct PublishAnswer {
    /// A text made for the public, without the people of the case.
    #[validate(length(min = 1, max = 20000))]
    #[schema(min_length = 1, max_length = 20_000)]
    text: String,
}

/// Puts a redacted text up to be public.
///
/// Never the answer itself, but a text made for it; one that names who complained is refused. Where the rulebook asks for
/// an approval, `decide_approval` decides it, and only then it is public.
#[utoipa::path(
    tag = "closing",
    params(IfMatch, IdempotencyKey, Prefer),
    extensions(("x-problem-codes" = json!(["not_provided", "personal_data_found", "already_done", "gate_closed"]))),
    responses((status = 200, description = "What it led to.", body = Outcome))
)]
#[post("/api/v1/cases/{case_id}/publications")]
pub(crate) async fn publish_answer(
    case: Path<Uuid>,
    body: Json<PublishAnswer>,
    order: Order,
) -> Result<HttpResponse, Problem> {
    let Path(case) = case;
    let Json(body) = body;
    let fingerprint = order.fingerprint(&body);
    let (known, teller) = Teller::find(&order.desk, &order.caller, order.language(), CaseId(case)).await?;
    if names(&teller.person(&known), &body.text) {
        return Err(Problem::from(Kind::PersonalDataFound)
            .with_errors(vec![FieldError::new("/text", FieldFault::Inconsistent)]));
    }
    let mut texts = order.texts();
    let command = command(body, &mut texts);
    order
        .carry_out("publish_answer", fingerprint, case, command, texts)
        .await
}

/// The command that a body asks for.
fn command(body: PublishAnswer, texts: &mut Texts) -> Command {
    Command::Publish(Publication {
        text: texts.keep("publication", body.text),
    })
}

/// Whether a text tells who complained.
fn names(person: &Person, text: &str) -> bool {
    [
        &person.name,
        &person.phone,
        &person.email,
        &person.address,
        &person.workplace,
    ]
    .into_iter()
    .flatten()
    .any(|known| !known.trim().is_empty() && text.contains(known.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_tells_who_complained_is_found() {
        let person = Person {
            name: Some("张三".to_owned()),
            phone: Some("13800000000".to_owned()),
            ..Person::default()
        };
        assert!(names(&person, "群众张三反映"));
        assert!(names(&person, "电话13800000000"));
        assert!(!names(&person, "一名群众反映"));
        assert!(!names(&Person::default(), "一名群众反映"));
    }
}

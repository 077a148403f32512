//! A problem as it is answered: in one language, with the identity of the request.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Clause, MissingFact, Problem};
use crate::language::Language;
use crate::trail::Trail;

impl Problem {
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
            missing: some_if_any(
                occurrence
                    .missing
                    .iter()
                    .map(|fact| MissingFactView::new(fact, language)),
            ),
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
    #[schema(schema_with = facts_schema)]
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
    /// What people call it.
    #[schema(max_length = 400, example = "leader's instruction")]
    label: String,
    /// The clause that demands it.
    #[serde(skip_serializing_if = "Option::is_none")]
    clause: Option<ClauseView>,
    /// The operation that would bring it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 64, example = "give_instruction")]
    operation_id: Option<String>,
    /// Who has to bring it, where that is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    holder: Option<HolderView>,
}

impl MissingFactView {
    /// The fact in one language.
    pub fn new(fact: &MissingFact, language: Language) -> Self {
        Self {
            fact: fact.fact.clone(),
            label: fact.label.in_language(language).to_owned(),
            clause: fact
                .clause
                .as_ref()
                .map(|clause| ClauseView::new(clause, language)),
            operation_id: fact.operation_id.map(str::to_owned),
            holder: fact.holder.as_ref().map(|holder| HolderView {
                staff_id: holder.staff_id,
                unit_id: holder.unit_id,
                position: holder.position.clone(),
                title: holder.title.clone(),
            }),
        }
    }
}

/// Who holds something: a person, a unit, or whoever is in a position. At least one of the three is there.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = MissingFactHolder)]
pub struct HolderView {
    /// A member of staff.
    #[serde(skip_serializing_if = "Option::is_none")]
    staff_id: Option<Uuid>,
    /// A unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    unit_id: Option<Uuid>,
    /// A position, by the rulebook's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40, example = "supervising_leader")]
    position: Option<String>,
    /// What the regulation calls that position.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200)]
    title: Option<String>,
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
    #[schema(schema_with = facts_schema)]
    params: Option<BTreeMap<String, String>>,
}

/// A map of short texts.
fn facts_schema() -> utoipa::openapi::schema::Object {
    use utoipa::openapi::schema::{ObjectBuilder, Type};
    let fact = ObjectBuilder::new()
        .schema_type(Type::String)
        .max_length(Some(1000));
    ObjectBuilder::new()
        .schema_type(Type::Object)
        .additional_properties(Some(fact))
        .max_properties(Some(50))
        .build()
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
    fn texts_are_filled_with_facts() {
        let params = BTreeMap::from([("days", "5".to_owned())]);
        assert_eq!(
            filled("at most {days} days, {nobody} knows", &params),
            "at most 5 days, … knows"
        );
        assert_eq!(filled("open {brace", &params), "open brace");
    }
}

//! What came, in the words of a script: so that who reads a failure can write it down.

use std::iter;

use serde_json::Value;

use super::cast::Cast;
use crate::answer::Answer;

/// All that the holder of a duty may be called; the most telling first.
pub(super) fn names_of(holder: &Value, cast: &Cast) -> Vec<String> {
    let text = |field: &str| holder[field].as_str();
    let person = text("staff_id").and_then(|id| cast.name_of_staff(id));
    let unit = text("unit_id").and_then(|id| cast.name_of_unit(id));
    [person, unit, text("position")]
        .into_iter()
        .flatten()
        .map(str::to_owned)
        .collect()
}

/// The open duties, one in a line, as `owed` would say them.
pub(super) fn duties<'v>(duties: impl IntoIterator<Item = &'v Value>, cast: &Cast) -> String {
    let told = duties.into_iter().map(|duty| {
        let by = names_of(&duty["holder"], cast).into_iter().next();
        let mut parts = vec![
            part("owes", duty["owes"].as_str()),
            part("duty", duty["kind"].as_str()),
            part("by", by.as_deref()),
        ];
        if duty["state"] == "open" {
            parts.push(part("due", Some(duty["due_on"].as_str().unwrap_or("none"))));
        } else {
            parts.push(part("verdict", Some(duty["verdict"].as_str().unwrap_or("none"))));
        }
        parts.push(part("clause", duty["clause"]["number"].as_str()));
        parts.concat()
    });
    lines(told)
}

/// Events, one in a line, as `happened` would say them.
pub(super) fn events<'v>(events: impl IntoIterator<Item = &'v Value>) -> String {
    let told = events.into_iter().map(|event| {
        let at = event["occurred_at"]
            .as_str()
            .unwrap_or_default()
            .replacen('T', " ", 1);
        let at = at.get(..16).unwrap_or(&at);
        [
            part("event", event["event_type"].as_str()),
            part("clause", event["clause"]["number"].as_str()),
            part("at", Some(at)),
        ]
        .concat()
    });
    lines(told)
}

fn part(name: &str, value: Option<&str>) -> String {
    value.map_or(String::new(), |value| format!("{name} = \"{value}\", "))
}

fn lines(told: impl Iterator<Item = String>) -> String {
    let told: Vec<String> = told
        .map(|line| format!("  {{ {} }}", line.trim_end_matches(", ")))
        .collect();
    if told.is_empty() {
        "  (none)".to_owned()
    } else {
        told.join("\n")
    }
}

/// What a refusal cites, wherever it does.
pub(super) fn cited(problem: &Value) -> Vec<&str> {
    let own = problem["clause"]["number"].as_str();
    let parts = ["missing", "errors"]
        .into_iter()
        .filter_map(|list| problem[list].as_array())
        .flatten()
        .filter_map(|part| part["clause"]["number"].as_str());
    own.into_iter().chain(parts).collect()
}

/// A refusal, with all that it says of its reasons.
pub(super) fn refusal(answer: &Answer) -> String {
    let problem = answer.body();
    let Some(code) = problem["code"].as_str() else {
        return answer.to_string();
    };
    let clause_of = |part: &Value| {
        part["clause"]["number"]
            .as_str()
            .map_or(String::new(), |clause| format!(" ({clause})"))
    };
    let first = format!(
        "{} {code}{}: {}",
        answer.status,
        clause_of(problem),
        problem["detail"].as_str().unwrap_or_default()
    );
    let parts = |list: &str| problem[list].as_array().into_iter().flatten();
    let missing = parts("missing").map(|part| {
        let fact = part["fact"].as_str().unwrap_or_default();
        format!("  missing: {fact}{}", clause_of(part))
    });
    let fields = parts("errors").map(|part| {
        let [pointer, code, detail] =
            ["pointer", "code", "detail"].map(|field| part[field].as_str().unwrap_or_default());
        format!("  field {pointer}: {code}{}: {detail}", clause_of(part))
    });
    let lines: Vec<String> = iter::once(first).chain(missing).chain(fields).collect();
    lines.join("\n")
}

/// What somebody may do with a case, and what only a rule forbids.
pub(super) fn actions(case: &Value) -> String {
    let named = |list: &str| {
        let actions = case[list].as_array().into_iter().flatten();
        let names: Vec<&str> = actions
            .filter_map(|action| action["operation_id"].as_str())
            .collect();
        names.join(", ")
    };
    format!(
        "allowed: {}\nblocked: {}",
        named("allowed_actions"),
        named("blocked_actions")
    )
}

/// What a script wants, as it wrote it: the parts that it gave.
pub(super) fn wanted(parts: &[(&str, Option<&str>)]) -> String {
    let told: Vec<String> = parts.iter().map(|(name, value)| part(name, *value)).collect();
    format!("{{ {} }}", told.concat().trim_end_matches(", "))
}

//! What a script leaves to be found out: the ids of an address, and the references in a body.

use serde_json::Value;

use super::Stage;
use crate::promised::Operation;
use crate::scenario::script::Step;
use crate::scenario::told;

impl Stage<'_> {
    /// The ids of an address, in the order of its path.
    pub(super) fn ids(
        &self,
        step: &Step,
        operation: &Operation,
        act: &str,
        seen: Option<&Value>,
    ) -> Result<Vec<String>, String> {
        let parts: Vec<&str> = operation.path.split('/').collect();
        let places = parts.iter().enumerate().filter(|(_, part)| part.starts_with('{'));
        places
            .map(|(at, part)| match (*part, &step.on) {
                ("{case_id}", _) => self.case(step).map(|case| case.id.clone()),
                (_, Some(on)) => self.reference(on, step),
                (part, None) => self.usual_thing(step, act, parts[at - 1], seen).ok_or_else(|| {
                    format!("on what? nothing on the case is an obvious {part}; say it with `on`")
                }),
            })
            .collect()
    }

    /// The thing on which the person may do it, or could but for a rule; else the last one of that list of the case.
    fn usual_thing(&self, step: &Step, act: &str, collection: &str, seen: Option<&Value>) -> Option<String> {
        let offered = seen.and_then(|case| {
            let actions = ["allowed_actions", "blocked_actions"]
                .into_iter()
                .filter_map(|list| {
                    let mut actions = case[list].as_array()?.iter().rev();
                    actions.find(|action| action["operation_id"] == act)
                });
            actions
                .filter_map(|action| action["target_id"].as_str())
                .map(str::to_owned)
                .next()
        });
        offered.or_else(|| {
            let case = self.read(step).ok()?.case;
            last_of(&case, &collection.replace('-', "_"))
        })
    }

    /// A body with its references resolved.
    pub(super) fn resolve(&self, value: &Value, step: &Step) -> Result<Value, String> {
        Ok(match value {
            Value::String(text) if text.starts_with('@') => self.reference(text, step)?.into(),
            Value::Array(items) => items
                .iter()
                .map(|item| self.resolve(item, step))
                .collect::<Result<_, _>>()?,
            Value::Object(members) => members
                .iter()
                .map(|(name, member)| Ok((name.clone(), self.resolve(member, step)?)))
                .collect::<Result<_, String>>()?,
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
        })
    }

    /// What a reference stands for; what is none stands for itself.
    fn reference(&self, text: &str, step: &Step) -> Result<String, String> {
        let Some(reference) = text.strip_prefix('@') else {
            return Ok(text.to_owned());
        };
        let (kind, name) = reference.split_once('.').unwrap_or((reference, ""));
        match (kind, name) {
            ("window", "") => Ok(self.cast().window_id()),
            ("staff", name) => self.cast().staff_id(name),
            ("unit", name) => self.cast().unit_id(name),
            ("case", "") => self.case(step).map(|case| case.id.clone()),
            ("case", name) => {
                let case = self.cases.get(name);
                case.map(|case| case.id.clone())
                    .ok_or_else(|| format!("{text}: no case is called so by now"))
            }
            ("duty", name) => self.duty(name, step),
            ("last", name) => self.last(name, step),
            (_, _) => Err(format!(
                "{text}: no such reference; there are @staff.<name>, @unit.<name>, @window, @case, @duty.<name> and @last.<kind>"
            )),
        }
    }

    fn duty(&self, name: &str, step: &Step) -> Result<String, String> {
        let case = self.read(step)?.case;
        let duties = case["duties"].as_array().into_iter().flatten();
        let known = duties.clone().rfind(|duty| duty["kind"] == name);
        known
            .and_then(|duty| duty["id"].as_str())
            .map(str::to_owned)
            .ok_or_else(|| {
                format!(
                    "@duty.{name}: no such duty is open; open are:\n{}",
                    told::duties(duties, self.cast())
                )
            })
    }

    fn last(&self, kind: &str, step: &Step) -> Result<String, String> {
        let on_case = self.cases.get(&step.case).and_then(|case| case.made.get(kind));
        if let Some(id) = on_case.or_else(|| self.made.get(kind)) {
            return Ok(id.clone());
        }
        let case = self.case(step)?;
        last_of(&self.read(step)?.case, &format!("{kind}s")).ok_or_else(|| {
            let known: Vec<&String> = self.made.keys().chain(case.made.keys()).collect();
            format!("@last.{kind}: none was made; made were: {known:?}")
        })
    }
}

/// The id of the last thing in a list of a case.
fn last_of(case: &Value, list: &str) -> Option<String> {
    let thing = case[list].as_array()?.last()?;
    thing["id"].as_str().map(str::to_owned)
}

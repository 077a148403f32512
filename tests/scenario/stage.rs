//! One scenario as it is played: each step an HTTP request of its person, and what follows from it read back.

use std::collections::BTreeMap;

use serde_json::Value;

use super::Failure;
use super::cast::{Cast, Who};
use super::expected::{Expected, Refused};
use super::script::{Scenario, Step, json};
use super::told;
use crate::answer::Answer;
use crate::open_house::House;
use crate::person::{Person, new_key};
use crate::promised::Operation;
use crate::reading::all_of;

/// A scenario on its way: the next step, and what it has made so far.
pub(super) struct Stage<'h> {
    house: &'h House,
    scenario: &'h Scenario,
    at: usize,
    cases: BTreeMap<String, OnStage>,
    /// What was made outside any case, by its kind: `unit`.
    made: BTreeMap<String, String>,
    failure: Option<Failure>,
}

/// A case of the scenario.
struct OnStage {
    id: String,
    /// The version last seen by anybody.
    version: i64,
    /// The number of the last event up to the step before.
    sequence: u64,
    /// What was made last on it, by its kind: `extension`.
    made: BTreeMap<String, String>,
    /// The user names of those who acted on it, the latest last.
    hands: Vec<String>,
}

/// A case as somebody read it.
struct Reading<'h> {
    case: Value,
    reader: Person<'h>,
}

impl<'h> Stage<'h> {
    pub(super) fn new(house: &'h House, scenario: &'h Scenario) -> Self {
        Self {
            house,
            scenario,
            at: 0,
            cases: BTreeMap::new(),
            made: BTreeMap::new(),
            failure: None,
        }
    }

    /// The step that comes next; none after the last one, or a failure.
    pub(super) fn next(&self) -> Option<&'h Step> {
        let next = self.scenario.steps.get(self.at);
        next.filter(|_| self.failure.is_none())
    }

    pub(super) fn fail(&mut self, difference: String) {
        let step = &self.scenario.steps[self.at];
        let deed = step.act.as_ref().map_or("(time passes)".to_owned(), |act| {
            format!("{} does {act}", step.by)
        });
        self.failure = Some(Failure {
            place: step.place.clone(),
            step: format!(
                "{} ({}), step {}: {} {deed}",
                self.scenario.name,
                self.scenario.title.zh,
                step.number,
                step.at.format("%Y-%m-%d %H:%M")
            ),
            difference,
        });
    }

    pub(super) fn into_failure(self) -> Option<Failure> {
        self.failure
    }

    /// Takes the next step and holds what follows against what is expected.
    pub(super) fn play_next(&mut self) -> Result<(), String> {
        let Some(step) = self.next() else { return Ok(()) };
        let answer = match (&step.who, &step.act) {
            (Who::Person(user_name), Some(act)) => Some(self.take(step, user_name, act)?),
            (Who::Clock, _) | (Who::Person(_), None) => None,
        };
        self.compare(step, answer.as_ref())?;
        self.at += 1;
        Ok(())
    }

    /// Sends the request of a step and keeps what it made.
    fn take(&mut self, step: &Step, user_name: &str, act: &str) -> Result<Answer, String> {
        let promised = self.house.promised();
        let operation = promised
            .find(act)
            .ok_or_else(|| format!("the API has no operation {act}; openapi/operations.txt lists them"))?;
        let person = self.house.person(user_name);
        let seen = self.look(step, operation, &person)?;
        let body = self.resolve(&step.with, step)?;
        let ids = self.ids(step, operation, act, seen.as_ref())?;
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        let address = operation.address(&ids);
        let mut ask = person.ask(&operation.method, &address);
        if operation.method != "GET" {
            ask = ask.json(&body);
        }
        if operation.takes_version {
            ask = ask.if_match(self.version(step, operation, &address, &person)?);
        }
        if operation.takes_key {
            ask = ask.key(&new_key());
        }
        let answer = ask.send();
        match &step.then.refused {
            Some(refused) => check_refusal(refused, &step.shows, &answer)?,
            None if answer.status >= 400 => {
                let actions = seen.as_ref().map_or(String::new(), told::actions);
                return Err(format!("it was refused: {}\n{actions}", told::refusal(&answer)));
            }
            None => self.keep(step, operation, user_name, &answer),
        }
        Ok(answer)
    }

    /// The case of a step as its person sees it; none where it is about no case, or one out of sight.
    fn look(&mut self, step: &Step, operation: &Operation, person: &Person) -> Result<Option<Value>, String> {
        if !operation.path.contains("{case_id}") {
            return Ok(None);
        }
        let case = self.cases.get_mut(&step.case).ok_or_else(|| no_case(step))?;
        let answer = person.get(&format!("/cases/{}", case.id)).send();
        if let Some(version) = answer.version() {
            case.version = version;
        }
        Ok((answer.status == 200).then(|| answer.body().clone()))
    }

    /// The version that a request names.
    fn version(
        &self,
        step: &Step,
        operation: &Operation,
        address: &str,
        person: &Person,
    ) -> Result<i64, String> {
        if operation.path.contains("{case_id}") {
            return self.case(step).map(|case| case.version);
        }
        // Of the thing itself, which stands at the beginning of the address: /api/v1/units/{unit_id}/…
        let thing: Vec<&str> = address.split('/').take(5).collect();
        let answer = person.get(&thing.join("/")).send();
        answer
            .version()
            .ok_or_else(|| format!("its version could not be read: {answer}"))
    }

    /// The ids of an address, in the order of its path.
    fn ids(
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
    fn resolve(&self, value: &Value, step: &Step) -> Result<Value, String> {
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
        let cast = self.cast();
        match (kind, name) {
            ("window", "") => Ok(cast.window_id()),
            ("staff", name) => cast.staff_id(name),
            ("unit", name) => cast.unit_id(name),
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
        if let Some(id) = self.made.get(kind) {
            return Ok(id.clone());
        }
        let case = self.case(step)?;
        if let Some(id) = case.made.get(kind) {
            return Ok(id.clone());
        }
        last_of(&self.read(step)?.case, &format!("{kind}s")).ok_or_else(|| {
            let known: Vec<&String> = self.made.keys().chain(case.made.keys()).collect();
            format!("@last.{kind}: none was made; made were: {known:?}")
        })
    }

    /// Keeps what an act has made.
    fn keep(&mut self, step: &Step, operation: &Operation, user_name: &str, answer: &Answer) {
        let Some(id) = answer["case_id"].as_str().filter(|_| operation.method != "GET") else {
            if answer.status == 201
                && let Some(id) = answer["id"].as_str()
                && let Some(collection) = operation.path.rsplit('/').next()
            {
                let kind = collection
                    .strip_suffix('s')
                    .unwrap_or(collection)
                    .replace('-', "_");
                self.made.insert(kind, id.to_owned());
            }
            return;
        };
        let case = self.cases.entry(step.case.clone()).or_insert_with(|| OnStage {
            id: id.to_owned(),
            version: 0,
            sequence: 0,
            made: BTreeMap::new(),
            hands: Vec::new(),
        });
        // A step that begins another case under the same name goes on with that one.
        id.clone_into(&mut case.id);
        case.version = answer.version().unwrap_or(case.version);
        if let (Some(kind), Some(id)) = (answer["made"]["kind"].as_str(), answer["made"]["id"].as_str()) {
            case.made.insert(kind.to_owned(), id.to_owned());
        }
        case.hands.retain(|known| known != user_name);
        case.hands.push(user_name.to_owned());
    }

    /// Holds what is there now against what is expected.
    fn compare(&mut self, step: &Step, answer: Option<&Answer>) -> Result<(), String> {
        let expected = &step.then;
        let about_case = self.cases.contains_key(&step.case);
        let needs_case = expected.status.is_some()
            || !expected.owed.is_empty()
            || !expected.not_owed.is_empty()
            || !expected.settled.is_empty()
            || !expected.happened.is_empty();
        if needs_case && !about_case {
            return Err(no_case(step));
        }
        if about_case && (needs_case || !expected.reads.is_empty() || step.who == Who::Clock) {
            let reading = self.after(step, answer)?;
            self.compare_case(step, &reading)?;
            let own = answer.filter(|answer| answer["case_id"].is_null());
            compare_facts(expected, own.map_or(&reading.case, Answer::body))?;
            let sequence = reading.case["sequence"].as_u64();
            if let (Some(case), Some(sequence)) = (self.cases.get_mut(&step.case), sequence) {
                case.sequence = sequence;
            }
        } else if let Some(answer) = answer {
            compare_facts(expected, answer.body())?;
            let events = answer["events"].as_array();
            let last = events
                .and_then(|events| events.last())
                .and_then(|event| event["sequence"].as_u64());
            if let (Some(case), Some(last)) = (self.cases.get_mut(&step.case), last) {
                case.sequence = last;
            }
        }
        Ok(())
    }

    /// The case as the step left it.
    fn after(&self, step: &Step, answer: Option<&Answer>) -> Result<Reading<'h>, String> {
        if let (Some(answer), Who::Person(user_name)) = (answer, &step.who)
            && answer["case"].is_object()
        {
            let case = answer["case"].clone();
            let reader = self.house.person(user_name);
            return Ok(Reading { case, reader });
        }
        self.read(step)
    }

    fn compare_case(&self, step: &Step, reading: &Reading) -> Result<(), String> {
        let expected = &step.then;
        let (case, cast) = (&reading.case, self.cast());
        if let Some(status) = &expected.status
            && case["status"] != **status
        {
            return Err(format!("the status is {}, not {status:?}", case["status"]));
        }
        let open: Vec<&Value> = case["duties"].as_array().into_iter().flatten().collect();
        for owed in &expected.owed {
            let fits = |duty: &&Value| owed.fits(duty, &told::names_of(&duty["holder"], cast));
            if !open.iter().any(fits) {
                let open = told::duties(open, cast);
                return Err(format!("no open duty is {owed}\nopen are:\n{open}"));
            }
        }
        for name in &expected.not_owed {
            if open.iter().any(|duty| duty["kind"] == **name) {
                let open = told::duties(open, cast);
                return Err(format!("{name} is still owed\nopen are:\n{open}"));
            }
        }
        self.compare_history(step, reading)
    }

    fn compare_history(&self, step: &Step, reading: &Reading) -> Result<(), String> {
        let expected = &step.then;
        let case = self.case(step)?;
        if !expected.settled.is_empty() {
            let mut duties = all_of(&reading.reader, &format!("/cases/{}/duties", case.id));
            duties.retain(|duty| duty["state"] != "open");
            for settled in &expected.settled {
                if !duties.iter().any(|duty| settled.fits(duty)) {
                    let over = told::duties(&duties, self.cast());
                    return Err(format!("no duty that is over is {settled}\nover are:\n{over}"));
                }
            }
        }
        if !expected.happened.is_empty() {
            let mut events = all_of(&reading.reader, &format!("/cases/{}/events", case.id));
            events.retain(|event| event["sequence"].as_u64() > Some(case.sequence));
            for happened in &expected.happened {
                if !events.iter().any(|event| happened.fits(event)) {
                    let came = told::events(&events);
                    return Err(format!(
                        "{happened} did not happen; since the step before there are:\n{came}"
                    ));
                }
            }
        }
        Ok(())
    }

    /// The case of a step as the latest of those reads it who acted on it and still may.
    fn read(&self, step: &Step) -> Result<Reading<'h>, String> {
        let case = self.case(step)?;
        for user_name in case.hands.iter().rev() {
            let reader = self.house.person(user_name);
            let answer = reader.get(&format!("/cases/{}", case.id)).send();
            if answer.status == 200 {
                let case = answer.body().clone();
                return Ok(Reading { case, reader });
            }
        }
        Err(format!(
            "nobody who acted on it can read the case: {:?}",
            case.hands
        ))
    }

    fn case(&self, step: &Step) -> Result<&OnStage, String> {
        self.cases.get(&step.case).ok_or_else(|| no_case(step))
    }

    fn cast(&self) -> &'h Cast {
        &self.scenario.cast
    }
}

fn no_case(step: &Step) -> String {
    format!("there is no case yet that is called {:?}", step.case)
}

/// The id of the last thing in a list of a case.
fn last_of(case: &Value, list: &str) -> Option<String> {
    let last = case[list].as_array()?.last()?;
    last["id"].as_str().map(str::to_owned)
}

fn check_refusal(expected: &Refused, shows: &[String], answer: &Answer) -> Result<(), String> {
    let problem = answer.body();
    if answer.status < 400 {
        return Err(format!(
            "it was not refused ({} was expected): {}",
            expected.code, answer.status
        ));
    }
    let wrong = |what: String| Err(format!("{what}\nit was refused: {}", told::refusal(answer)));
    if problem["code"] != *expected.code {
        return wrong(format!(
            "the refusal is {}, not {:?}",
            problem["code"], expected.code
        ));
    }
    let any = |list: &str, field: &str, wanted: &str| {
        let mut parts = problem[list].as_array().into_iter().flatten();
        parts.any(|part| part[field] == wanted)
    };
    for fact in &expected.missing {
        if !any("missing", "fact", fact) {
            return wrong(format!("it does not miss {fact}"));
        }
    }
    for field in &expected.fields {
        if !any("errors", "pointer", field) {
            return wrong(format!("it does not point at {field}"));
        }
    }
    let cited = told::cited(problem);
    if let Some(clause) = &expected.clause
        && !cited.contains(&clause.as_str())
    {
        return wrong(format!("it does not cite {clause}"));
    }
    // What is out of sight, or not in the regulation at all, cites nothing: there `shows` is the script's word.
    for clause in shows {
        if !cited.is_empty() && !cited.contains(&clause.as_str()) {
            return wrong(format!(
                "the step shows {clause}, and the refusal rests on {cited:?}"
            ));
        }
    }
    Ok(())
}

fn compare_facts(expected: &Expected, answer: &Value) -> Result<(), String> {
    for (pointer, wanted) in &expected.reads {
        let wanted = json(wanted.clone());
        let found = answer.pointer(pointer).unwrap_or(&Value::Null);
        if *found != wanted {
            return Err(format!("{pointer} reads {found}, not {wanted}"));
        }
    }
    Ok(())
}

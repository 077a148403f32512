//! One scenario as it is played: each step an HTTP request of its person, and what follows from it read back.

mod compare;
mod reference;

use std::collections::BTreeMap;

use serde_json::Value;

use super::Failure;
use super::cast::{Cast, Who};
use super::script::{Scenario, Step};
use super::told;
use crate::answer::Answer;
use crate::open_house::House;
use crate::person::{Person, new_key};
use crate::promised::Operation;
use compare::check_refusal;

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
        // A step that begins another case under the same name goes on with that one.
        self.cases
            .retain(|name, case| *name != step.case || case.id == id);
        let case = self.cases.entry(step.case.clone()).or_insert_with(|| OnStage {
            id: id.to_owned(),
            version: 0,
            sequence: 0,
            made: BTreeMap::new(),
            hands: Vec::new(),
        });
        case.version = answer.version().unwrap_or(case.version);
        if let (Some(kind), Some(id)) = (answer["made"]["kind"].as_str(), answer["made"]["id"].as_str()) {
            case.made.insert(kind.to_owned(), id.to_owned());
        }
        case.hands.retain(|known| known != user_name);
        case.hands.push(user_name.to_owned());
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

//! What came, held against what a script expects.

use serde_json::Value;

use super::{Reading, Stage, no_case};
use crate::answer::Answer;
use crate::reading::all_of;
use crate::scenario::cast::Who;
use crate::scenario::expected::{Expected, Refused};
use crate::scenario::script::{Step, json};
use crate::scenario::told;

impl<'h> Stage<'h> {
    /// Holds what is there now against what is expected.
    pub(super) fn compare(&mut self, step: &Step, answer: Option<&Answer>) -> Result<(), String> {
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
        let case = &reading.case;
        if let Some(status) = &expected.status
            && case["status"] != **status
        {
            return Err(format!("the status is {}, not {status:?}", case["status"]));
        }
        let open: Vec<&Value> = case["duties"].as_array().into_iter().flatten().collect();
        for owed in &expected.owed {
            let fits = |duty: &&Value| owed.fits(duty, &told::names_of(&duty["holder"], self.cast()));
            if !open.iter().any(fits) {
                let open = told::duties(open, self.cast());
                return Err(format!("no open duty is {owed}\nopen are:\n{open}"));
            }
        }
        for name in &expected.not_owed {
            if open.iter().any(|duty| duty["kind"] == **name) {
                let open = told::duties(open, self.cast());
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
                    let since = told::events(&events);
                    return Err(format!(
                        "{happened} did not happen; since the step before there are:\n{since}"
                    ));
                }
            }
        }
        Ok(())
    }
}

pub(super) fn check_refusal(expected: &Refused, shows: &[String], answer: &Answer) -> Result<(), String> {
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

//! Gives the parameters in paths the ids of the demonstration as examples, so that every operation can be tried.

use domain::ids::CaseId;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::demo::id_of;
use crate::directory::METHODS;

/// Puts the examples in place. The bodies have theirs in the code, and a test holds that they name the same things.
pub(super) fn put(document: &mut Value) {
    let paths = document["paths"].as_object_mut().into_iter().flatten();
    for (_, item) in paths {
        let operations = item.as_object_mut().into_iter().flatten();
        for (_, operation) in operations.filter(|(method, _)| METHODS.contains(&method.as_str())) {
            // Looked up by index, what is not there would be put in as null.
            let parameters = operation.get_mut("parameters").and_then(Value::as_array_mut);
            for parameter in parameters.into_iter().flatten() {
                if parameter["in"] == "path"
                    && let Some(id) = parameter["name"].as_str().and_then(thing)
                {
                    parameter["example"] = json!(id);
                }
            }
        }
    }
}

/// Which event of the sample case opens the first receiver's duty, which stays open until the end.
const FIRST_RECEIVERS: u64 = 3;

fn case() -> CaseId {
    CaseId(id_of("tobacco_supervision/case/1"))
}

/// The thing of the demonstration that a parameter names; none for what only comes to be in the course of a case.
fn thing(parameter: &str) -> Option<Uuid> {
    Some(match parameter {
        "case_id" => case().0,
        "duty_id" => case().duty(FIRST_RECEIVERS).0,
        "unit_id" => id_of("tobacco_supervision/county_bureau_1"),
        "window_id" => id_of("tobacco_supervision/window_1"),
        "staff_id" => id_of("tobacco_supervision.intake_officer"),
        _ => return None,
    })
}

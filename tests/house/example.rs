//! The example that the README shows.

use people::matter::{INTAKE, tobacco_complaint};
use people::{Database, House, nothing, on_both};
use serde_json::json;

on_both!(nobody_dispatches_before_the_instruction);

fn nobody_dispatches_before_the_instruction(database: &Database) {
    let house = House::open(database); // the real service, with the demo's offices
    house.set_clock("2026-09-17T09:12");
    let clerk = house.person(INTAKE);
    let case = clerk.registers(&tobacco_complaint());
    clerk.does("accept_case", &case, &nothing());
    clerk
        .tries("dispatch_case", &case, &json!({"units": []}))
        .is_problem(422, "body_invalid");
    assert_eq!(
        clerk.is_blocked("dispatch_case", &case)["clause"]["number"],
        "R03-2.1.2b"
    );
}

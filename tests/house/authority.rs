//! Who may what: one reviewed table (`who_may.toml`) held against the contract and against the running service; and two
//! offices in one database of which neither tells anything of the other.

mod offices_apart;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use api::desk::shipped_rulebooks;
use domain::rulebook::{Checked, Reach};
use domain::words::Deed;
use people::matter::{HALL, INTAKE, hall_complaint, tobacco_complaint, tobacco_report};
use people::{Case, Database, House, Person, new_key, on_both};
use serde::Deserialize;
use serde_json::{Value, json};

on_both!(the_table_is_what_the_house_answers);

/// The id of a case that there is not.
const NOWHERE: &str = "0198f2a4-0000-7000-8000-0000000000ff";

/// The table.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    open: Vec<String>,
    staff: Vec<String>,
    administrator: Vec<String>,
    whole_office: Vec<String>,
    case: Vec<String>,
    oversight: Vec<String>,
    deeds: BTreeMap<String, Vec<String>>,
}

impl Table {
    fn read() -> Self {
        toml::from_str(include_str!("authority/who_may.toml")).expect("the table can be read")
    }

    fn all(&self) -> Vec<&str> {
        let lists = [
            &self.open,
            &self.staff,
            &self.administrator,
            &self.whole_office,
            &self.case,
            &self.oversight,
        ];
        let lists = lists.into_iter().chain(self.deeds.values());
        lists.flatten().map(String::as_str).collect()
    }

    /// The deeds of which one lets somebody call an operation; none where another rule of the table speaks of it.
    fn needed(&self, operation: &str) -> Option<Vec<Deed>> {
        let (deeds, _) = self
            .deeds
            .iter()
            .find(|(_, operations)| operations.iter().any(|known| known == operation))?;
        let deeds = deeds.split('|').map(|deed| deed.trim().parse());
        Some(deeds.collect::<Result<_, _>>().expect("the table names deeds"))
    }
}

/// An operation as the contract has it: its address, and an example of its body.
struct Operation {
    id: String,
    method: String,
    path: String,
    body: Value,
    open: bool,
}

fn contract() -> Vec<Operation> {
    let document: Value =
        serde_json::from_str(include_str!("../../openapi/openapi.json")).expect("the contract is JSON");
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().expect("it has paths") {
        for (method, operation) in item.as_object().expect("a path has methods") {
            let Some(id) = operation["operationId"].as_str() else {
                continue;
            };
            let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
            let named = schema["$ref"].as_str().map(|name| name.trim_start_matches('#'));
            let schema = named.and_then(|name| document.pointer(name)).unwrap_or(schema);
            operations.push(Operation {
                id: id.to_owned(),
                method: method.to_uppercase(),
                path: path.clone(),
                body: match &schema["example"] {
                    Value::Null => json!({}),
                    example => example.clone(),
                },
                open: operation["security"].as_array().is_some_and(Vec::is_empty),
            });
        }
    }
    operations
}

impl Operation {
    /// Puts it to a case, as of this version, for this person.
    fn put(&self, person: &Person, case: &str, version: i64) -> people::Answer {
        let thing = "0198f2a4-0000-7000-8000-00000000000f";
        let parts = self.path.split('/').map(|part| match part {
            "{case_id}" => case,
            "{office_code}" => "tobacco_supervision",
            "{rulebook_code}" => "cn.tobacco_supervision",
            "{version}" => "1.0.0",
            "{calendar_code}" => "cn",
            "{list_code}" => "status",
            "{sequence}" | "{checkpoint_no}" => "1",
            part if part.starts_with('{') => thing,
            part => part,
        });
        let address = parts.collect::<Vec<_>>().join("/");
        let ask = person.ask(&self.method, &address).if_match(version);
        let ask = if self.method == "GET" || self.method == "DELETE" {
            ask
        } else {
            ask.json(&self.body).key(&new_key())
        };
        ask.send()
    }

    fn is_on_a_case(&self) -> bool {
        self.path.contains("{case_id}")
    }
}

#[test]
fn every_operation_stands_in_the_table_once() {
    let contract = contract();
    let promised: BTreeSet<&str> = contract.iter().map(|it| it.id.as_str()).collect();
    let table = Table::read();
    let listed: BTreeSet<&str> = table.all().into_iter().collect();
    assert_eq!(table.all().len(), listed.len(), "an operation stands there twice");
    let missing: Vec<_> = promised.difference(&listed).collect();
    let unknown: Vec<_> = listed.difference(&promised).collect();
    assert!(
        missing.is_empty() && unknown.is_empty(),
        "missing in the table: {missing:?}; not in the contract: {unknown:?}"
    );
    for operation in contract {
        let open = table.open.contains(&operation.id);
        assert_eq!(open, operation.open, "{} is open to anyone or not", operation.id);
    }
}

/// Somebody of a demonstration office: the user name, and the deeds of the position.
struct Somebody {
    user_name: String,
    deeds: BTreeSet<Deed>,
    supervises: bool,
    reaches_all: bool,
}

impl Somebody {
    fn may(&self, needed: &[Deed]) -> bool {
        let mut held = self.deeds.iter();
        held.any(|deed| needed.iter().any(|needed| needed.meets(*deed)))
    }
}

fn everybody(code: &str, rulebook: &Checked) -> Vec<Somebody> {
    let positions = rulebook.positions.iter();
    positions
        .map(|position| Somebody {
            user_name: format!("{code}.{}", position.name),
            deeds: position.may.deeds().clone(),
            supervises: position.may_do(Deed::SupervisionOrder),
            reaches_all: position.reach == Reach::Office,
        })
        .collect()
}

fn the_table_is_what_the_house_answers(database: &Database) {
    let house = House::open(database);
    let (table, contract) = (Table::read(), contract());
    let stranger = house.stranger();
    for operation in contract.iter().filter(|it| !it.open) {
        let answer = operation.put(&stranger, NOWHERE, 1);
        assert_eq!(answer.status, 401, "{answer}");
    }
    let clerk = house.person(INTAKE);
    let cases = [
        ("service_hall", house.person(HALL).registers(&hall_complaint())),
        ("tobacco_supervision", clerk.registers(&tobacco_report())),
        ("tobacco_supervision", clerk.registers(&tobacco_complaint())),
    ];
    let rulebooks = shipped_rulebooks();
    let mut flaws = Vec::new();
    for code in ["tobacco_supervision", "service_hall", "report_disposal"] {
        let rulebook = &rulebooks[format!("cn.{code}").as_str()];
        for somebody in everybody(code, rulebook) {
            let person = house.person(&somebody.user_name);
            outside_cases(&somebody, &person, &table, &contract);
            let absent = Absent::default();
            // All of the own office's, and one of another's: of those nobody sees any.
            let own = cases.iter().filter(|(office, _)| *office == code);
            let foreign = cases.iter().filter(|(office, _)| *office != code).take(1);
            for (_, case) in own.chain(foreign) {
                on_a_case(&somebody, &person, case, (&table, &contract, &absent), &mut flaws);
            }
            // What he sees he steps aside from, and then it is gone.
            let aside = clerk.registers(&tobacco_complaint());
            if somebody.user_name != INTAKE && steps_aside(&person, &aside) {
                on_a_case(
                    &somebody,
                    &person,
                    &aside,
                    (&table, &contract, &absent),
                    &mut flaws,
                );
            }
        }
    }
    assert!(flaws.is_empty(), "{}", flaws.join("\n"));
}

/// Whether the person saw the case and no longer does.
fn steps_aside(person: &Person, case: &Case) -> bool {
    let seen = person.get(&format!("/cases/{}", case.id)).send();
    let Some(version) = seen.version() else {
        return false;
    };
    let staff_id = person.get("/session").expect(200).text("/staff_id").to_owned();
    let body = json!({"staff_id": staff_id, "reason": "亲属"});
    let recused = person
        .post(&format!("/cases/{}/recusals", case.id), &body)
        .if_match(version)
        .key(&new_key())
        .send();
    if recused.status == 200 {
        person.get(&format!("/cases/{}", case.id)).expect(404);
    }
    recused.status == 200
}

/// Nobody changes by it what only an administrator may; lists that are for some are for them and for nobody else.
fn outside_cases(somebody: &Somebody, person: &Person, table: &Table, contract: &[Operation]) {
    for operation in contract.iter().filter(|it| !it.is_on_a_case()) {
        let known = |list: &[String]| list.contains(&operation.id);
        if known(&table.administrator) && !writes_drafts(operation) {
            let answer = operation.put(person, "", 1);
            assert!(answer.status >= 400, "{}: {answer}", somebody.user_name);
        }
        let for_some = if known(&table.oversight) {
            Some(somebody.supervises)
        } else if known(&table.whole_office) {
            Some(somebody.reaches_all)
        } else {
            table.needed(&operation.id).map(|needed| somebody.may(&needed))
        };
        if let Some(may) = for_some {
            let answer = operation.put(person, "", 1);
            // A single thing that there is not is not found by who might have read it.
            let expected: &[u16] = if may { &[200, 404] } else { &[403] };
            assert!(
                expected.contains(&answer.status),
                "{}: {answer}",
                somebody.user_name
            );
        }
    }
}

/// What only looks at a text that is handed in changes nothing.
fn writes_drafts(operation: &Operation) -> bool {
    ["dry_run_rulebook", "compare_rulebook"].contains(&operation.id.as_str())
}

fn on_a_case(
    somebody: &Somebody,
    person: &Person,
    case: &Case,
    (table, contract, absent): (&Table, &[Operation], &Absent),
    flaws: &mut Vec<String>,
) {
    let seen = person.get(&format!("/cases/{}", case.id)).send();
    let Some(version) = seen.version() else {
        assert_eq!(seen.status, 404, "{seen}");
        for operation in contract.iter().filter(|it| it.is_on_a_case()) {
            // Somebody else's case is left alone even by who may open one in an emergency.
            if operation.id == "break_glass" {
                continue;
            }
            let hidden = operation.put(person, &case.id, 1);
            let one = (hidden.status, told(&hidden, &case.id));
            let other = absent.answer(operation, person);
            if hidden.status < 400 || one != other {
                let (who, what) = (&somebody.user_name, &operation.id);
                flaws.push(format!(
                    "{who} learns from {what} that there is a case: {one:?} {other:?}"
                ));
            }
        }
        return;
    };
    let offered = ["/allowed_actions", "/blocked_actions"];
    for action in offered.iter().flat_map(|list| seen.list(list)) {
        let operation = action["operation_id"]
            .as_str()
            .expect("an action is an operation");
        if table
            .needed(operation)
            .is_some_and(|needed| !somebody.may(&needed))
        {
            flaws.push(format!("{} is offered {operation}", somebody.user_name));
        }
    }
    for operation in contract.iter().filter(|it| it.is_on_a_case()) {
        let Some(needed) = table.needed(&operation.id) else {
            continue;
        };
        if somebody.may(&needed) {
            continue;
        }
        let answer = operation.put(person, &case.id, version);
        // What the body names is looked up before anybody asks who may.
        let unreadable = [400, 422].contains(&answer.status) || answer["code"] == "reference_unknown";
        if answer.status != 403 && !unreadable {
            let (who, what) = (&somebody.user_name, &operation.id);
            flaws.push(format!(
                "{who} may not {what}: {} {}",
                answer.status, answer["code"]
            ));
        }
    }
}

/// What somebody is answered where there is no case, each operation asked once.
#[derive(Default)]
struct Absent(RefCell<BTreeMap<String, (u16, String)>>);

impl Absent {
    fn answer(&self, operation: &Operation, person: &Person) -> (u16, String) {
        let mut known = self.0.borrow_mut();
        let answer = known.entry(operation.id.clone()).or_insert_with(|| {
            let answer = operation.put(person, NOWHERE, 1);
            (answer.status, told(&answer, NOWHERE))
        });
        answer.clone()
    }
}

/// What an answer says, but for the id that was asked for and what names this one request.
fn told(answer: &people::Answer, id: &str) -> String {
    let mut body = answer.body().clone();
    if let Some(body) = body.as_object_mut() {
        for own in ["instance", "request_id", "trace_id"] {
            body.remove(own);
        }
    }
    body.to_string().replace(id, "…")
}

//! Who may what: one reviewed table (`who_may.toml`) held against the contract and against the running service; and two
//! offices in one database of which neither tells anything of the other.

mod offices_apart;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use api::desk::shipped_rulebooks;
use domain::rulebook::{Checked, Position, Reach, Seat};
use domain::words::Deed;
use people::matter::{HALL, INTAKE, hall_complaint, tobacco_complaint, tobacco_report};
use people::{Case, Database, House, Person, new_key, on_both};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::measured::figures;

on_both!(
    the_table_is_what_the_house_answers,
    what_is_hidden_costs_what_is_absent_costs,
);

/// The id of a case that there is not.
const NOWHERE: &str = "0198f2a4-0000-7000-8000-0000000000ff";

/// The id of a thing that there is not.
const NOTHING: &str = "0198f2a4-0000-7000-8000-00000000000f";

/// The table.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    open: Vec<String>,
    staff: Vec<String>,
    administrator: Vec<String>,
    whole_office: Vec<String>,
    case: Vec<String>,
    meant: Vec<String>,
    oversight: Vec<String>,
    custodian: Vec<String>,
    reaches: BTreeMap<String, Vec<String>>,
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
            &self.meant,
            &self.oversight,
            &self.custodian,
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
    /// Whether it gives a page, of which one may say how long it is.
    gives_pages: bool,
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
                gives_pages: operation["parameters"]
                    .as_array()
                    .is_some_and(|all| all.iter().any(|one| one["name"] == "limit")),
            });
        }
    }
    operations
}

impl Operation {
    /// Puts it to a case, as of this version, for this person.
    fn put(&self, person: &Person, case: &str, version: i64) -> people::Answer {
        let address = self.address(case, NOTHING);
        let ask = person.ask(&self.method, &address).if_match(version);
        let ask = if self.only_asks() {
            ask
        } else {
            ask.json(&self.body).key(&new_key())
        };
        ask.send()
    }

    /// Where it is asked about a case, and about a thing of whatever kind.
    fn address(&self, case: &str, thing: &str) -> String {
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
        parts.collect::<Vec<_>>().join("/")
    }

    /// Whether it takes no body.
    fn only_asks(&self) -> bool {
        self.method == "GET" || self.method == "DELETE"
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
    keeps_identities: bool,
    reach: Reach,
}

/// What a case is to somebody, in the words of the table.
const OWN: &str = "own office's";
const OWN_UNITS: &str = "own unit's";
const ANOTHER_UNITS: &str = "another unit's";
const CONFIDENTIAL: &str = "confidential";
const ASIDE: &str = "stepped aside";
const OTHER: &str = "other office's";

impl Somebody {
    fn may(&self, needed: &[Deed]) -> bool {
        let mut held = self.deeds.iter();
        held.any(|deed| needed.iter().any(|needed| needed.meets(*deed)))
    }
}

/// One of each position, and of those that sit in units one of another unit, too.
fn everybody(code: &str, rulebook: &Checked) -> Vec<Somebody> {
    let one = |position: &Position, number: &str| Somebody {
        user_name: format!("{code}.{}{number}", position.name),
        deeds: position.may.deeds().clone(),
        supervises: position.may_do(Deed::SupervisionOrder),
        keeps_identities: rulebook
            .all_secrecy()
            .any(|rule| rule.custodian.as_ref() == Some(&position.name)),
        reach: position.reach,
    };
    let mut all = Vec::new();
    for position in &rulebook.positions {
        all.push(one(position, ""));
        if position.sits == Seat::Unit {
            all.push(one(position, ".2"));
        }
    }
    all
}

fn the_table_is_what_the_house_answers(database: &Database) {
    let house = House::open(database);
    let (table, contract) = (Table::read(), contract());
    let stranger = house.stranger();
    for operation in contract.iter().filter(|it| !it.open) {
        let answer = operation.put(&stranger, NOWHERE, 1);
        assert_eq!(answer.status, 401, "{answer}");
    }
    let cases = Cases::of(&house);
    let rulebooks = shipped_rulebooks();
    let mut flaws = Vec::new();
    for code in ["tobacco_supervision", "service_hall", "report_disposal"] {
        let rulebook = &rulebooks[format!("cn.{code}").as_str()];
        for somebody in everybody(code, rulebook) {
            let person = house.person(&somebody.user_name);
            outside_cases(&somebody, &person, &table, &contract);
            let mut asked = Asked {
                somebody: &somebody,
                person: &person,
                table: &table,
                contract: &contract,
                absent: Absent::default(),
                flaws: &mut flaws,
            };
            for (relation, case) in cases.to(code, &person) {
                asked.about(relation, case);
            }
            // What he sees he steps aside from, and then it is gone.
            let aside = taken_in(&house, code, false);
            if somebody.user_name != receiver(code) && steps_aside(&person, &aside) {
                asked.about(ASIDE, &aside);
            }
            // What he may he does, each time on a case that is as it came in.
            let kinds: &[bool] = match code {
                "tobacco_supervision" => &[false, true],
                _ => &[false],
            };
            for &confidential in kinds {
                asked.acts(&|| taken_in(&house, code, confidential));
            }
        }
    }
    assert!(flaws.is_empty(), "{}", flaws.join("\n"));
}

/// Who takes matters in at an office.
fn receiver(code: &str) -> &'static str {
    match code {
        "tobacco_supervision" => INTAKE,
        "service_hall" => HALL,
        _ => "report_disposal.report_officer",
    }
}

/// A matter that was just taken in at an office, a report where it is to be confidential and the rulebook knows any.
fn taken_in(house: &House, code: &str, confidential: bool) -> Case {
    let matter = match (code, confidential) {
        ("tobacco_supervision", true) => tobacco_report(),
        ("report_disposal", _) => {
            let mut matter = tobacco_report();
            matter["incident"] = json!({"time": "上周五下午", "place": "三楼会议室"});
            matter["complainant"] = json!({"role": "reporter", "identity_mode": "anonymous"});
            matter
        }
        ("tobacco_supervision", false) => tobacco_complaint(),
        _ => hall_complaint(),
    };
    house.person(receiver(code)).registers(&matter)
}

/// The cases that everybody is asked about.
struct Cases {
    of_the_hall: Case,
    of_the_company: Case,
    /// One that was sent to a unit, with the unit.
    dispatched: (Case, String),
    report: Case,
    disposal: Case,
}

impl Cases {
    fn of(house: &House) -> Self {
        let (intake, leader) = (
            house.person(INTAKE),
            house.person("tobacco_supervision.supervising_leader"),
        );
        let officer = house.person("tobacco_supervision.first_responsible_person");
        let unit = officer.get("/session").expect(200).text("/unit_id").to_owned();
        let dispatched = intake.registers(&tobacco_complaint());
        intake.does("accept_case", &dispatched, &json!({}));
        intake.does("request_instruction", &dispatched, &json!({}));
        leader.does("give_instruction", &dispatched, &json!({"text": "请县局查清。"}));
        let task = json!({"unit_id": unit, "role": "lead", "task": "查明原因", "standard": "客户确认"});
        let form = json!({"units": [task], "sent_through": "in_system"});
        intake.does("dispatch_case", &dispatched, &form);
        Self {
            of_the_hall: taken_in(house, "service_hall", false),
            of_the_company: taken_in(house, "tobacco_supervision", false),
            dispatched: (dispatched, unit),
            report: taken_in(house, "tobacco_supervision", true),
            disposal: taken_in(house, "report_disposal", true),
        }
    }

    /// What each is to somebody of this office.
    fn to(&self, code: &str, person: &Person) -> Vec<(&'static str, &Case)> {
        let me = person.get("/session").expect(200);
        let unit = me.body().get("unit_id").and_then(Value::as_str);
        match code {
            "tobacco_supervision" => {
                let (dispatched, of) = &self.dispatched;
                let to_unit = match unit {
                    Some(unit) if unit == of => OWN_UNITS,
                    Some(_) => ANOTHER_UNITS,
                    None => OWN,
                };
                vec![
                    (OWN, &self.of_the_company),
                    (to_unit, dispatched),
                    (CONFIDENTIAL, &self.report),
                    (OTHER, &self.of_the_hall),
                ]
            }
            "service_hall" => vec![(OWN, &self.of_the_hall), (OTHER, &self.of_the_company)],
            _ => vec![(CONFIDENTIAL, &self.disposal), (OTHER, &self.of_the_hall)],
        }
    }
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
        } else if known(&table.custodian) {
            Some(somebody.keeps_identities)
        } else if known(&table.whole_office) {
            Some(somebody.reach == Reach::Office)
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

/// Somebody who is asked about, and what comes of it.
struct Asked<'a, 'h> {
    somebody: &'a Somebody,
    person: &'a Person<'h>,
    table: &'a Table,
    contract: &'a [Operation],
    absent: Absent,
    flaws: &'a mut Vec<String>,
}

impl Asked<'_, '_> {
    /// Holds every operation on a case that is this to him against the table.
    fn about(&mut self, relation: &str, case: &Case) {
        let seen = self.person.get(&format!("/cases/{}", case.id)).send();
        let by = &self.table.reaches[relation];
        let reached = by.iter().any(|reach| reach == self.somebody.reach.as_str());
        if let Some(version) = seen.version() {
            if !reached && relation != CONFIDENTIAL {
                self.flaw(&format!("sees a case that is {relation}"));
            }
            self.offered(&seen);
            self.not_permitted(&case.id, version);
        } else {
            assert_eq!(seen.status, 404, "{seen}");
            if reached {
                self.flaw(&format!("does not see a case that is {relation}"));
            }
            self.not_there(&case.id);
        }
    }

    fn flaw(&mut self, what: &str) {
        self.flaws.push(format!("{} {what}", self.somebody.user_name));
    }

    /// What he does not see answers as if it did not exist.
    fn not_there(&mut self, case: &str) {
        for operation in self.contract.iter().filter(|it| it.is_on_a_case()) {
            // Somebody else's case is left alone even by who may open one in an emergency.
            if operation.id == "break_glass" {
                continue;
            }
            let hidden = operation.put(self.person, case, 1);
            let one = (hidden.status, told(&hidden, case));
            let other = self.absent.answer(operation, self.person);
            if hidden.status < 400 || one != other {
                let what = &operation.id;
                self.flaw(&format!(
                    "learns from {what} that there is a case: {one:?} {other:?}"
                ));
            }
        }
    }

    /// He is offered nothing that he may not.
    fn offered(&mut self, seen: &people::Answer) {
        let lists = ["/allowed_actions", "/blocked_actions"];
        for action in lists.iter().flat_map(|list| seen.list(list)) {
            let operation = action["operation_id"]
                .as_str()
                .expect("an action is an operation");
            let needed = self.table.needed(operation);
            if needed.is_some_and(|needed| !self.somebody.may(&needed)) {
                self.flaw(&format!("is offered {operation}"));
            }
        }
    }

    /// What he may not he is refused.
    fn not_permitted(&mut self, case: &str, version: i64) {
        for operation in self.contract.iter().filter(|it| it.is_on_a_case()) {
            let Some(needed) = self.table.needed(&operation.id) else {
                continue;
            };
            if self.somebody.may(&needed) {
                continue;
            }
            let answer = operation.put(self.person, case, version);
            // What the body names is looked up before anybody asks who may.
            let unreadable = [400, 422].contains(&answer.status) || answer["code"] == "reference_unknown";
            if answer.status != 403 && !unreadable {
                let (what, status, code) = (&operation.id, answer.status, &answer["code"]);
                self.flaw(&format!("may not {what}: {status} {code}"));
            }
        }
    }

    /// What he may, on a case that he sees, he is not refused for want of power: it is done, or the case stands against it.
    /// So is what whoever sees the case may.
    fn acts(&mut self, fresh: &dyn Fn() -> Case) {
        let mut case = fresh();
        for operation in self.contract.iter().filter(|it| it.is_on_a_case()) {
            let needed = self.table.needed(&operation.id);
            if needed.is_none() && !self.table.case.contains(&operation.id) {
                continue;
            }
            if needed.is_some_and(|needed| !self.somebody.may(&needed)) {
                continue;
            }
            let sees = |case: &Case| self.person.get(&format!("/cases/{}", case.id)).send().version();
            let mut version = sees(&case);
            if version.is_none() {
                // The last act has taken it from him, or he never saw such a case.
                case = fresh();
                version = sees(&case);
            }
            let Some(version) = version else { return };
            let answer = operation.put(self.person, &case.id, version);
            let sealed = answer["code"] == "identity_sealed";
            let only_oversight = operation.id == "list_case_accesses" && !self.somebody.supervises;
            if answer.status >= 500 || (answer.status == 403 && !sealed && !only_oversight) {
                let (what, status, code) = (&operation.id, answer.status, &answer["code"]);
                self.flaw(&format!("may {what}: {status} {code}"));
            }
        }
    }
}

/// The stopwatch would tell more of the machine than of us: what is counted is every question to the database, by its
/// table, and every command.
fn what_is_hidden_costs_what_is_absent_costs(database: &Database) {
    let house = House::open(database);
    let report = house.person(INTAKE).registers(&tobacco_report());
    let foreign = house.person(HALL).registers(&hall_complaint());
    // Who may do much and sees neither.
    let person = house.person("tobacco_supervision.first_responsible_person");
    person.get(&format!("/cases/{}", report.id)).expect(404);
    let cost = |operation: &Operation, case: &str| {
        let before = figures(&house);
        operation.put(&person, case, 1);
        let mut after = figures(&house);
        after.retain(|name, _| is_a_cost(name));
        for (name, count) in &mut after {
            *count -= before.get(name).copied().unwrap_or_default();
        }
        after.retain(|_, count| *count > 0.0);
        after
    };
    for operation in contract().iter().filter(|it| it.is_on_a_case()) {
        // Once before, so that nothing is learnt on the way.
        operation.put(&person, NOWHERE, 1);
        let absent = cost(operation, NOWHERE);
        for hidden in [&report.id, &foreign.id] {
            assert_eq!(cost(operation, hidden), absent, "{}", operation.id);
        }
    }
}

/// Whether a figure counts what a request costs, and is not the request itself, nor how long something took.
fn is_a_cost(name: &str) -> bool {
    let counted = [
        "huiyin_question_seconds_count",
        "huiyin_act_seconds_count",
        "huiyin_commands_total",
    ];
    // What the house asks by itself, now and then, is about no table of its own.
    counted.iter().any(|known| name.starts_with(known)) && !name.contains("\"other\"")
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

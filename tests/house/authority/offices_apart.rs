//! Two offices in one database: whatever one's staff ask, they learn nothing of the other, not even whether it has
//! any case. The same requests are put to two houses: in one the other office has cases, in the other it has none.
//!
//! Half of them are drawn from what staff ask all day; half are any operation of the contract, about a case and a thing of
//! the own office, of the other one, or of nobody.

use people::matter::{HALL, INTAKE, hall_complaint, tobacco_complaint, tobacco_report};
use people::{Answer, Database, House, new_key, on_both};
use serde_json::{Value, json};

use super::{NOTHING, NOWHERE, Operation, contract};

on_both!(nothing_of_the_other_office_shows);

/// How many requests; `HOUSE_REQUESTS` asks for more.
fn requests() -> u64 {
    let asked = std::env::var("HOUSE_REQUESTS").ok();
    asked.and_then(|asked| asked.parse().ok()).unwrap_or(1_000)
}

fn nothing_of_the_other_office_shows(database: &Database) {
    let other_database = Database::fresh(database.engine());
    let (full, empty) = (House::open(database), House::open(&other_database));
    let mut others: Vec<String> = Vec::new();
    let clerk = full.person(INTAKE);
    for at in 0..24 {
        let matter = if at % 4 == 0 {
            tobacco_report()
        } else {
            tobacco_complaint()
        };
        others.push(clerk.registers(&matter).id);
    }
    let own: Vec<(String, String)> = (0..6)
        .map(|at| {
            // Each at a minute of its own, so that both houses list them in one order.
            for house in [&full, &empty] {
                house.set_clock(&format!("2026-09-17T09:1{at}"));
            }
            let [one, two] = [&full, &empty].map(|house| house.person(HALL).registers(&hall_complaint()).id);
            (one, two)
        })
        .collect();
    let world = World {
        things: things(&full, &empty, &others),
        cursors: cursors(&full),
        operations: operations(),
        others,
        own,
    };
    let (others, own) = (&world.others, &world.own);
    let mut dice = Dice(0x5eed);
    for turn in 0..requests() {
        let asked = if dice.below(2) == 0 {
            dice.question(others, own)
        } else {
            dice.any_operation(&world)
        };
        let one = asked.put(&full, 0);
        let two = asked.put(&empty, 1);
        let hidden = &asked.path[0];
        for id in others {
            let shown = String::from_utf8_lossy(&one.bytes).contains(id.as_str());
            assert!(!shown || hidden.contains(id.as_str()), "turn {turn}: {one}");
        }
        let about = format!("turn {turn}: {} {hidden}", asked.method);
        assert_eq!(one.status, two.status, "{about}: {one} {two}");
        assert_eq!(plain(&one, own, 0), plain(&two, own, 1), "{about}");
        for header in ["etag", "retry-after", "content-type"] {
            assert_eq!(one.header(header), two.header(header), "{about}: {header}");
        }
    }
}

/// What the requests are drawn from.
struct World {
    /// The other office's cases, which only the full house has.
    others: Vec<String>,
    /// The own office's, in either house.
    own: Vec<(String, String)>,
    /// Ids of other things, in either house.
    things: Vec<[String; 2]>,
    /// Cursors of the other office's people, and of nobody.
    cursors: Vec<[String; 2]>,
    operations: Vec<Operation>,
}

/// What is not asked by chance: it ends the session of all that follow or locks a name, moves the clock, never ends, or
/// tells of the whole installation and not of an office.
const LEFT_OUT: [&str; 14] = [
    "log_out",
    "revoke_session",
    "change_password",
    "log_in",
    "refresh_session",
    "issue_client_token",
    "start_sign_in",
    "finish_sign_in",
    "set_demo_clock",
    "stream_duties",
    "get_metrics",
    "get_openapi_document",
    // Cases that are born at one moment stand in the order of chance.
    "register_case",
    "receive_case",
];

fn operations() -> Vec<Operation> {
    let left_out = |operation: &Operation| LEFT_OUT.contains(&operation.id.as_str());
    let mut all = contract();
    all.retain(|operation| !left_out(operation));
    all
}

/// People and units of the other office, which both houses have; its dispatches, events and duties, which one has; and
/// a thing that nobody has.
fn things(full: &House, empty: &House, others: &[String]) -> Vec<[String; 2]> {
    let ids = |house: &House, path: &str, pointer: &str| -> Vec<String> {
        let answer = house.person(INTAKE).get(path).expect(200);
        let items = answer.list(pointer).iter();
        let ids = items.filter_map(|item| item["id"].as_str().map(str::to_owned));
        ids.collect()
    };
    let mut things = vec![[NOTHING, NOTHING].map(str::to_owned)];
    for list in ["/staff?limit=100", "/units?limit=100"] {
        let both = ids(full, list, "/items")
            .into_iter()
            .zip(ids(empty, list, "/items"));
        things.extend(both.map(|(one, two)| [one, two]));
    }
    for case in others.iter().filter(|case| {
        // A report says who handles it to few; these are complaints.
        full.person(INTAKE).get(&format!("/cases/{case}")).send().status == 200
    }) {
        let duties = ids(full, &format!("/cases/{case}/duties"), "/items");
        things.extend(duties.into_iter().map(|id| [id, NOTHING.to_owned()]));
    }
    things
}

/// Cursors that were given to the other office's people; in the empty house, where nobody was given any, garbage.
fn cursors(full: &House) -> Vec<[String; 2]> {
    let lists = ["/cases?limit=2", "/duties?limit=2", "/cases?limit=2&sort=oldest"];
    let given = lists.iter().filter_map(|list| {
        let answer = full.person(INTAKE).get(list).expect(200);
        answer["next_cursor"].as_str().map(str::to_owned)
    });
    given.map(|cursor| [cursor, "A".repeat(80)]).collect()
}

/// A request as it is put to either house.
struct Question {
    method: String,
    path: [String; 2],
    body: Option<Value>,
    version: Option<i64>,
}

impl Question {
    fn put(&self, house: &House, which: usize) -> Answer {
        let ask = house.person(HALL).ask(&self.method, &self.path[which]);
        let ask = match self.version {
            Some(version) => ask.if_match(version),
            None => ask,
        };
        match &self.body {
            Some(body) => ask.json(body).key(&new_key()).send(),
            None => ask.send(),
        }
    }
}

/// The body, with the ids of the office's own cases named by their order, and without what differs from run to run.
fn plain(answer: &Answer, own: &[(String, String)], which: usize) -> String {
    let mut text = String::from_utf8_lossy(&answer.bytes).into_owned();
    for (at, ids) in own.iter().enumerate() {
        let id = if which == 0 { &ids.0 } else { &ids.1 };
        text = text.replace(id.as_str(), &format!("case {at}"));
    }
    let mut body: Value = serde_json::from_str(&text).unwrap_or(Value::Null);
    forget(&mut body);
    body.to_string()
}

/// What is made anew at each run: ids, hashes, cursors, and the instants of a clock that two houses read one after the
/// other. That there is one stays.
fn forget(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                let anew = name.ends_with("_at") || name.ends_with("id") || name.ends_with("_on");
                let anew = anew
                    // The bytes of an event hold its ids.
                    || name == "body"
                    || name == "commitment"
                    || name.ends_with("hash")
                    || name.ends_with("cursor")
                    || name == "instance";
                // Of several that are due at the same time, ids say which is named first.
                let by_chance = ["awaiting", "next_due"].contains(&name.as_str());
                match member {
                    Value::Object(one) if by_chance => one.clear(),
                    Value::String(text) if anew => text.clear(),
                    member => forget(member),
                }
            }
        }
        // What is due at the same time stands in the order of ids, which are made anew.
        Value::Array(items) => {
            items.iter_mut().for_each(forget);
            items.sort_by_cached_key(Value::to_string);
        }
        Value::String(text) if is_an_id(text) => text.clear(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn is_an_id(text: &str) -> bool {
    text.len() == 36 && text.bytes().filter(|byte| *byte == b'-').count() == 4
}

/// Chance that is the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        // The generator of Steele, Lea and Flood.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let bound = u64::try_from(bound).expect("few");
        usize::try_from((mixed ^ (mixed >> 31)) % bound).expect("few")
    }

    fn pick<'t>(&mut self, these: &[&'t str]) -> &'t str {
        these[self.below(these.len())]
    }

    /// Any operation, about a case and a thing of anybody's.
    fn any_operation(&mut self, world: &World) -> Question {
        let operation = &world.operations[self.below(world.operations.len())];
        let (one, two) = &world.own[self.below(world.own.len())];
        let other = world.others[self.below(world.others.len())].as_str();
        let case = match self.below(4) {
            0 => [one.as_str(), two.as_str()],
            1 => [NOWHERE, NOWHERE],
            _ => [other, NOWHERE],
        };
        let thing = &world.things[self.below(world.things.len())];
        let mut path = [0, 1].map(|which| operation.address(case[which], &thing[which]));
        if operation.gives_pages {
            let cursor = self.below(4 * world.cursors.len());
            for (which, path) in path.iter_mut().enumerate() {
                path.push_str("?limit=100");
                if let Some(cursor) = world.cursors.get(cursor) {
                    path.push_str("&cursor=");
                    path.push_str(&cursor[which]);
                }
            }
        }
        Question {
            method: operation.method.clone(),
            path,
            body: (!operation.only_asks()).then(|| operation.body.clone()),
            version: [None, Some(1), Some(2), Some(3)][self.below(4)],
        }
    }

    fn question(&mut self, others: &[String], own: &[(String, String)]) -> Question {
        let same = |path: String| [path.clone(), path];
        match self.below(8) {
            0 => {
                let sort = self.pick(&["newest", "oldest", "due"]);
                let limit = if sort == "due" { 100 } else { 1 + self.below(100) };
                let filter = self.pick(&[
                    "",
                    "&confidential=true",
                    "&status=registered",
                    "&case_type=report",
                ]);
                question("GET", same(format!("/cases?sort={sort}&limit={limit}{filter}")))
            }
            1 => {
                let by = self.pick(&["status", "case_type", "channel", "source"]);
                question("GET", same(format!("/case-counts?group_by={by}")))
            }
            2 => {
                let scope = self.pick(&["mine", "unit", "office"]);
                question("GET", same(format!("/duties?scope={scope}&limit=100")))
            }
            3 => {
                let scope = self.pick(&["mine", "unit", "office"]);
                question("GET", same(format!("/duty-counts?scope={scope}")))
            }
            4 => Question {
                body: Some(json!({"text": self.pick(&["重复扣款", "礼品", "窗口", "客户经理"])})),
                ..question("POST", same("/case-searches".to_owned()))
            },
            5 => {
                // In the full house somebody else's case, in the other one that nobody has.
                let other = &others[self.below(others.len())];
                let part = self.pick(&[
                    "",
                    "/events",
                    "/duties",
                    "/activities",
                    "/evidence",
                    "/notices",
                    "/accesses",
                ]);
                question(
                    "GET",
                    [other.as_str(), NOWHERE].map(|id| format!("/cases/{id}{part}")),
                )
            }
            6 => {
                let other = &others[self.below(others.len())];
                let (act, body) = match self.below(4) {
                    0 => ("acceptance", json!({})),
                    1 => ("urges", json!({"text": "请尽快办理"})),
                    2 => ("emergency-readings", json!({"reason": "紧急"})),
                    _ => ("complainant-reveals", json!({})),
                };
                Question {
                    body: Some(body),
                    ..question(
                        "POST",
                        [other.as_str(), NOWHERE].map(|id| format!("/cases/{id}/{act}")),
                    )
                }
            }
            _ => {
                let (one, two) = &own[self.below(own.len())];
                let part = self.pick(&["", "/events", "/duties", "/activities"]);
                question("GET", [one, two].map(|id| format!("/cases/{id}{part}")))
            }
        }
    }
}

fn question(method: &str, path: [String; 2]) -> Question {
    Question {
        method: method.to_owned(),
        path,
        body: None,
        version: Some(1),
    }
}

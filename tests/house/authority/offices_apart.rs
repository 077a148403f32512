//! Two offices in one database: whatever one's staff ask, they learn nothing of the other, not even whether it has
//! any case. The same requests are put to two houses: in one the other office has cases, in the other it has none.

use people::matter::{HALL, INTAKE, hall_complaint, tobacco_complaint, tobacco_report};
use people::{Answer, Database, House, new_key, on_both};
use serde_json::{Value, json};

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
    let mut dice = Dice(0x5eed);
    for turn in 0..requests() {
        let asked = dice.question(&others, &own);
        let one = asked.put(&full, 0);
        let two = asked.put(&empty, 1);
        let hidden = &asked.path[0];
        for id in &others {
            let shown = String::from_utf8_lossy(&one.bytes).contains(id.as_str());
            assert!(!shown || hidden.contains(id.as_str()), "turn {turn}: {one}");
        }
        assert_eq!(
            plain(&one, &own, 0),
            plain(&two, &own, 1),
            "turn {turn}: {hidden}"
        );
        assert_eq!(one.status, two.status, "turn {turn}: {hidden}");
    }
}

/// A request as it is put to either house.
struct Question {
    method: &'static str,
    path: [String; 2],
    body: Option<Value>,
}

impl Question {
    fn put(&self, house: &House, which: usize) -> Answer {
        let ask = house.person(HALL).ask(self.method, &self.path[which]);
        match &self.body {
            Some(body) => ask.json(body).if_match(1).key(&new_key()).send(),
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
                let nobodys = "0198f2a4-0000-7000-8000-0000000000ff";
                question(
                    "GET",
                    [other.as_str(), nobodys].map(|id| format!("/cases/{id}{part}")),
                )
            }
            6 => {
                let other = &others[self.below(others.len())];
                let nobodys = "0198f2a4-0000-7000-8000-0000000000ff";
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
                        [other.as_str(), nobodys].map(|id| format!("/cases/{id}/{act}")),
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

fn question(method: &'static str, path: [String; 2]) -> Question {
    Question {
        method,
        path,
        body: None,
    }
}

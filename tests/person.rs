//! People who ask the house for something, and the cases that pass through their hands.

use std::cell::Cell;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};

use crate::answer::Answer;
use crate::open_house::House;
use crate::request::Ask;

/// Somebody who asks: a member of staff, or a stranger.
#[derive(Clone)]
pub struct Person<'h> {
    house: &'h House,
    user_name: Option<String>,
}

impl<'h> Person<'h> {
    pub(crate) fn new(house: &'h House, user_name: Option<&str>) -> Self {
        Self {
            house,
            user_name: user_name.map(str::to_owned),
        }
    }

    /// Asks by `GET`.
    pub fn get(&self, path: &str) -> Ask<'h> {
        self.ask("GET", path)
    }

    /// Asks by `POST`, with this body.
    pub fn post(&self, path: &str, body: &Value) -> Ask<'h> {
        self.ask("POST", path).json(body)
    }

    /// Asks by any method, without a body.
    pub fn ask(&self, method: &str, path: &str) -> Ask<'h> {
        let token = self.user_name.as_deref().map(|name| self.house.token_of(name));
        Ask::new(self.house, method, path, token.as_deref())
    }

    /// Takes a matter in and registers it.
    #[track_caller]
    pub fn registers(&self, matter: &Value) -> Case {
        let answer = self.post("/cases", matter).key(&new_key()).expect(201);
        let case = Case::known(answer.text("/case_id"));
        assert_eq!(
            answer.header("location"),
            Some(format!("/api/v1/cases/{}", case.id).as_str()),
            "{answer}"
        );
        self.check(&case, &answer);
        case
    }

    /// Reads a case, and remembers the version.
    #[track_caller]
    pub fn sees(&self, case: &Case) -> Answer {
        let answer = self.get(&format!("/cases/{}", case.id)).expect(200);
        let version = answer.version();
        assert!(
            version.is_some() && version == answer["version"].as_i64(),
            "{answer}"
        );
        case.version.set(version.expect("it was looked at"));
        answer
    }

    /// Does something that the case says this person may do now, and holds the outcome against what is then read.
    #[track_caller]
    pub fn does(&self, operation: &str, case: &Case, body: &Value) -> Answer {
        let seen = self.sees(case);
        let allowed: Vec<&Value> = seen
            .list("/allowed_actions")
            .iter()
            .filter(|action| action["operation_id"] == operation)
            .collect();
        let [action] = allowed[..] else {
            panic!("{operation} is allowed {} times: {seen}", allowed.len())
        };
        let target = action["target_id"].as_str();
        let answer = self.tries_on(operation, case, target, body).send();
        assert!([200, 201].contains(&answer.status), "{answer}");
        self.check(case, &answer);
        answer
    }

    /// What stands between this person and an act, as the case itself says.
    #[track_caller]
    pub fn is_blocked(&self, operation: &str, case: &Case) -> Value {
        let seen = self.sees(case);
        let actions = seen.list("/blocked_actions").iter();
        let mut blocked = actions.filter(|action| action["operation_id"] == operation);
        blocked
            .next()
            .unwrap_or_else(|| panic!("{operation} is not blocked: {seen}"))
            .clone()
    }

    /// Whether the case offers this person an act.
    #[track_caller]
    pub fn may(&self, operation: &str, case: &Case) -> bool {
        let seen = self.sees(case);
        let mut actions = seen.list("/allowed_actions").iter();
        actions.any(|action| action["operation_id"] == operation)
    }

    /// Asks for an act, whether or not it is allowed.
    #[track_caller]
    pub fn tries(&self, operation: &str, case: &Case, body: &Value) -> Ask<'h> {
        self.tries_on(operation, case, None, body)
    }

    /// Asks for an act on a thing of the case, whether or not it is allowed.
    #[track_caller]
    pub fn tries_on(&self, operation: &str, case: &Case, target: Option<&str>, body: &Value) -> Ask<'h> {
        let operation = self.house.promised().operation(operation);
        let ids: Vec<&str> = std::iter::once(case.id.as_str()).chain(target).collect();
        let mut ask = self.ask(&operation.method, &operation.address(&ids)).json(body);
        if operation.takes_version {
            ask = ask.if_match(case.version.get());
        }
        if operation.takes_key {
            ask = ask.key(&new_key());
        }
        ask
    }

    /// Holds the outcome of an act against what everybody may rely on, and against the case as it then reads.
    #[track_caller]
    fn check(&self, case: &Case, answer: &Answer) {
        assert_eq!(answer["case_id"], case.id, "{answer}");
        let version = answer.version();
        assert!(
            version.is_some() && version == answer["version"].as_i64(),
            "ETag and version differ: {answer}"
        );
        assert!(
            version >= Some(case.version.get()),
            "the version went back: {answer}"
        );
        assert!(!answer.list("/events").is_empty(), "nothing happened: {answer}");
        case.version.set(version.expect("it was looked at"));
        if let Some(left) = answer.body().get("case") {
            assert_eq!(left["status"], answer["status"], "{answer}");
            let read = self.sees(case);
            assert_eq!(read.body(), left, "the case reads otherwise than the act left it");
        }
    }
}

/// A case as it goes from hand to hand: its id, and the version last seen.
#[derive(Debug)]
pub struct Case {
    /// Its id.
    pub id: String,
    version: Cell<i64>,
}

impl Case {
    /// A case that was found, not taken in.
    pub fn known(id: &str) -> Self {
        Self {
            id: id.to_owned(),
            version: Cell::new(0),
        }
    }

    /// The version last seen.
    pub fn version(&self) -> i64 {
        self.version.get()
    }
}

/// A key that no other request has.
pub fn new_key() -> String {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    format!("tests-{:016}", COUNT.fetch_add(1, Ordering::Relaxed))
}

/// A body without fields.
pub fn nothing() -> Value {
    json!({})
}

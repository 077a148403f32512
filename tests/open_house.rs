//! The real service, running in this process on a database of its own.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

use serde_json::json;

use crate::database::{Database, Engine};
use crate::person::Person;
use crate::promised::Promised;
use crate::request::Ask;
use crate::running::{Front, Running};

/// The password of everybody in the house.
pub const PASSWORD: &str = "the-password-of-all-tests";

/// When the houses of the tests open: the Thursday before a make-up Sunday, with the autumn holidays ahead.
pub const OPENING: &str = "2026-09-17T09:00:00+08:00";

/// How long an answer may take. Far longer than any does, so that a loaded machine fails no test.
const PATIENCE: Duration = Duration::from_mins(2);

/// A running service with its demonstration offices and a clock that is set by hand.
pub struct House {
    address: SocketAddr,
    agent: ureq::Agent,
    promised: OnceLock<Promised>,
    tokens: Mutex<BTreeMap<String, String>>,
    /// Stops the service when dropped.
    _running: Running,
}

impl House {
    /// Opens a house on a database, at the usual time.
    pub fn open(database: &Database) -> Self {
        Self::open_at(database, OPENING)
    }

    /// Opens a house on a database, at another time.
    pub fn open_at(database: &Database, opening: &str) -> Self {
        Self::started(Running::start(
            database.url(),
            PASSWORD,
            opening,
            &[],
            Front::default(),
        ))
    }

    /// Opens a house with an office more, that goes by a rulebook which was made up for a test.
    pub fn open_under(database: &Database, made_up: &str) -> Self {
        Self::started(Running::start(
            database.url(),
            PASSWORD,
            OPENING,
            &[made_up],
            Front::default(),
        ))
    }

    /// Opens a house at another time, with an office more for each of these rulebooks.
    pub fn open_under_at(database: &Database, made_up: &[String], opening: &str) -> Self {
        let made_up: Vec<&str> = made_up.iter().map(String::as_str).collect();
        Self::started(Running::start(
            database.url(),
            PASSWORD,
            opening,
            &made_up,
            Front::default(),
        ))
    }

    /// Opens a house at the usual time with something else standing before its desk.
    pub fn open_behind(database: &Database, front: Front) -> Self {
        Self::started(Running::start(database.url(), PASSWORD, OPENING, &[], front))
    }

    fn started(running: Running) -> Self {
        let agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .allow_non_standard_methods(true)
            .max_redirects(0)
            .proxy(None)
            .timeout_global(Some(PATIENCE))
            .build()
            .into();
        Self {
            address: running.address(),
            agent,
            promised: OnceLock::new(),
            tokens: Mutex::default(),
            _running: running,
        }
    }

    /// The one house of this engine that tests share which set no clock and leave what they find as it is.
    pub fn shared(engine: Engine) -> &'static Self {
        static HOUSES: [OnceLock<(House, Database)>; 2] = [OnceLock::new(), OnceLock::new()];
        let place = match engine {
            Engine::Sqlite => 0,
            Engine::Postgres => 1,
        };
        let (house, _) = HOUSES[place].get_or_init(|| {
            let database = Database::fresh(engine);
            (Self::open(&database), database)
        });
        house
    }

    /// A member of staff, by user name; logs in when first needed.
    pub fn person(&self, user_name: &str) -> Person<'_> {
        Person::new(self, Some(user_name))
    }

    /// Somebody who has not logged in.
    pub fn stranger(&self) -> Person<'_> {
        Person::new(self, None)
    }

    /// Sets the clock of the cases forward, to a time of day in China. Sessions run by another and go on.
    #[track_caller]
    pub fn set_clock(&self, time: &str) {
        let operation = self.promised().operation("set_demo_clock");
        let (method, path) = (operation.method.clone(), operation.path.clone());
        self.stranger()
            .ask(&method, &path)
            .json(&json!({"now": format!("{time}:00+08:00")}))
            .expect(200);
    }

    /// What the house has promised.
    pub fn promised(&self) -> &Promised {
        // Asked for without its own check, which needs what is asked for.
        self.promised.get_or_init(|| {
            let mut answer = self
                .agent
                .get(self.url("/openapi.json"))
                .call()
                .expect("the contract is served");
            let text = answer.body_mut().with_config().limit(64 << 20).read_to_vec();
            let text = text.expect("the contract is served whole");
            Promised::read(&serde_json::from_slice(&text).expect("the contract is JSON"))
        })
    }

    /// Where a path of the house is.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Where the house listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The access token of a person; logs in when there is none.
    #[track_caller]
    pub fn token_of(&self, user_name: &str) -> String {
        // Held meanwhile: of tries to log in side by side, those after the fifth wait until the first has succeeded.
        let mut tokens = self.lock_tokens();
        if let Some(token) = tokens.get(user_name) {
            return token.clone();
        }
        let answer = self.log_in(user_name, PASSWORD).expect(200);
        let token = answer.text("/access_token").to_owned();
        tokens.insert(user_name.to_owned(), token.clone());
        token
    }

    /// A try to log in.
    pub fn log_in(&self, user_name: &str, password: &str) -> Ask<'_> {
        self.stranger().post(
            "/sessions",
            &json!({"user_name": user_name, "password": password}),
        )
    }

    /// Forgets who has logged in, as after their sessions have ended by time.
    pub fn forget_tokens(&self) {
        self.lock_tokens().clear();
    }

    pub(crate) fn agent(&self) -> &ureq::Agent {
        &self.agent
    }

    fn lock_tokens(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, String>> {
        self.tokens.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Makes two tests of each function named, `name::sqlite` and `name::postgres`, both in the house that tests of that
/// engine share.
#[macro_export]
macro_rules! in_both {
    ($($test:ident),+ $(,)?) => {$(
        mod $test {
            #[test]
            fn sqlite() {
                super::$test($crate::House::shared($crate::Engine::Sqlite));
            }

            #[test]
            fn postgres() {
                super::$test($crate::House::shared($crate::Engine::Postgres));
            }
        }
    )+};
}

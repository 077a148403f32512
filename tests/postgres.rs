//! One PostgreSQL server for all tests of a run: found, or started and stopped again.
//!
//! Looked for in this order; the first that works is taken:
//!
//! 1. `HUIYIN_TEST_POSTGRES`: the URL of a role that may create databases. If it is set, nothing else is tried.
//! 2. Installed binaries, 15 or newer: a throw-away server in a temporary directory, on a loopback port.
//! 3. The `postgres` service of `docker-compose.yml`, if a container engine answers.
//! 4. The distribution's package, where we are root and may install it; then as 2.
//!
//! The server stops when the test process ends, even when it is killed.

mod binaries;
mod supervisor;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock, PoisonError};

use diesel::{Connection, PgConnection, RunQueryDsl, sql_query, sql_types};

use crate::run_directory::unique_word;
use binaries::{Binaries, OLDEST};
use supervisor::Supervised;

/// The start of every test database's name; what follows is the run, and the database's number in it.
const DATABASE: &str = "huiyin_test_";

/// A server that the tests may fill with databases.
pub struct Server {
    /// The server's URL in two halves: the name of a database goes between them.
    url: (String, String),
    run: String,
    administrator: Mutex<PgConnection>,
    _supervised: Option<Supervised>,
}

/// The server of this run; the first call finds or starts it.
///
/// # Panics
///
/// When there is none to be had, with everything that was tried.
#[track_caller]
pub fn server() -> &'static Server {
    static SERVER: OnceLock<Result<Server, String>> = OnceLock::new();
    match SERVER.get_or_init(find_or_start) {
        Ok(server) => server,
        Err(tried) => panic!("{tried}"),
    }
}

/// A way to come by a server.
type Way = fn() -> Result<Server, String>;

fn find_or_start() -> Result<Server, String> {
    if let Ok(url) = std::env::var("HUIYIN_TEST_POSTGRES") {
        return Server::at(&url, None).map_err(|reason| format!("HUIYIN_TEST_POSTGRES: {reason}"));
    }
    let ways: [(&str, Way); 3] = [
        ("installed binaries", installed),
        ("docker-compose.yml", composed),
        ("the distribution's package", packaged),
    ];
    let mut tried = format!(
        "The tests need PostgreSQL {OLDEST} or newer and could not have one. Install it, or set \
         HUIYIN_TEST_POSTGRES to the URL of a role that may create databases.\nTried:\n"
    );
    for (way, start) in ways {
        match start() {
            Ok(server) => return Ok(server),
            Err(reason) => writeln!(tried, "- {way}: {reason}").expect("a string takes what is written"),
        }
    }
    Err(tried)
}

/// Where the newest installed programs of PostgreSQL are, for whoever runs a server of another kind than ours.
///
/// # Errors
///
/// When there are none, or none that are new enough.
pub fn installed_programs() -> Result<PathBuf, String> {
    Ok(Binaries::newest()?.directory)
}

/// The user and the group that a server must run as: nobody else than us, unless we are root, whom it refuses.
///
/// # Errors
///
/// When we are root and there is nobody to be instead.
pub fn server_user() -> Result<Option<(u32, u32)>, String> {
    if supervisor::effective_user()? == 0 {
        supervisor::unprivileged_user().map(Some)
    } else {
        Ok(None)
    }
}

fn installed() -> Result<Server, String> {
    let (supervised, url) = supervisor::run_installed(&Binaries::newest()?)?;
    Server::at(&url, Some(supervised))
}

fn composed() -> Result<Server, String> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docker-compose.yml");
    let (supervised, url) = supervisor::run_composed(&file)?;
    Server::at(&url, Some(supervised))
}

fn packaged() -> Result<Server, String> {
    binaries::install_package()?;
    installed()
}

impl Server {
    /// Takes the server at `url` into use and removes what killed runs have left on it.
    fn at(url: &str, supervised: Option<Supervised>) -> Result<Self, String> {
        let mut administrator = PgConnection::establish(url).map_err(|error| error.to_string())?;
        let version = setting(&mut administrator, "server_version_num")?;
        if version
            .parse::<u32>()
            .is_ok_and(|number| number < OLDEST * 10_000)
        {
            return Err(format!(
                "the server's version number is {version}, older than {OLDEST}"
            ));
        }
        let run = unique_word();
        // The name of this connection is what tells other runs that our databases are in use.
        sql_query("SELECT set_config('application_name', $1, false)")
            .bind::<sql_types::Text, _>(format!("{DATABASE}{run}"))
            .execute(&mut administrator)
            .map_err(|error| error.to_string())?;
        sweep(&mut administrator).map_err(|error| error.to_string())?;
        let url = halves(url);
        Ok(Self {
            url,
            run,
            administrator: Mutex::new(administrator),
            _supervised: supervised,
        })
    }

    /// Makes an empty database and gives its name and its URL.
    ///
    /// # Panics
    ///
    /// When the server refuses.
    #[track_caller]
    pub fn create_database(&self) -> (String, String) {
        let name = format!("{DATABASE}{}_{}", self.run, unique_word());
        self.administer(&format!(r#"CREATE DATABASE "{name}" TEMPLATE template0"#))
            .unwrap_or_else(|error| panic!("no database for this test: {error}"));
        let (before, after) = &self.url;
        let url = format!("{before}{name}{after}");
        (name, url)
    }

    /// Removes a database, whoever is still connected to it.
    pub fn drop_database(&self, name: &str) {
        // If the server is gone, so is the database; a later run removes it otherwise.
        drop(self.administer(&format!(r#"DROP DATABASE IF EXISTS "{name}" WITH (FORCE)"#)));
    }

    fn administer(&self, statement: &str) -> diesel::QueryResult<usize> {
        let mut administrator = self.administrator.lock().unwrap_or_else(PoisonError::into_inner);
        sql_query(statement).execute(&mut *administrator)
    }
}

#[derive(diesel::QueryableByName)]
struct Name {
    #[diesel(sql_type = sql_types::Text)]
    name: String,
}

/// What a server says about one of its settings.
///
/// # Errors
///
/// When it knows no such setting, or does not answer.
pub fn setting(connection: &mut PgConnection, name: &str) -> Result<String, String> {
    sql_query("SELECT current_setting($1) AS name")
        .bind::<sql_types::Text, _>(name)
        .get_result::<Name>(connection)
        .map(|setting| setting.name)
        .map_err(|error| error.to_string())
}

/// Drops the databases of runs that are no longer connected.
fn sweep(administrator: &mut PgConnection) -> diesel::QueryResult<()> {
    let left = sql_query(
        "SELECT datname::text AS name FROM pg_database WHERE starts_with(datname, $1) AND NOT EXISTS \
         (SELECT FROM pg_stat_activity WHERE starts_with(application_name, $1) \
          AND starts_with(datname, application_name || '_'))",
    )
    .bind::<sql_types::Text, _>(DATABASE)
    .load::<Name>(administrator)?;
    for Name { name } in left {
        // Another run may sweep at the same moment; one of us is enough.
        drop(sql_query(format!(r#"DROP DATABASE IF EXISTS "{name}" WITH (FORCE)"#)).execute(administrator));
    }
    Ok(())
}

/// Splits a URL where the name of the database goes: `postgres://host:port/` and `?parameters`.
fn halves(url: &str) -> (String, String) {
    let (place, parameters) = url.find('?').map_or((url, ""), |at| url.split_at(at));
    let authority = place.find("://").map_or(0, |at| at + 3);
    let end = place[authority..]
        .find('/')
        .map_or(place.len(), |at| authority + at);
    (format!("{}/", &place[..end]), parameters.to_owned())
}

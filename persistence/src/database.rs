//! Where the archive stands, and opening it.

use std::fmt;
use std::num::NonZeroU8;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;

use thiserror::Error;

use crate::archive::Archive;
use crate::audit::Chains;
use crate::law::{Laws, Rulebooks};
use crate::store_error::Cause;
use crate::vault::MasterKeys;
use crate::{postgres, sqlite};

/// The address of a database. Neither `Display` nor `Debug` shows a password.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseUrl(Place);

#[derive(Clone, PartialEq, Eq)]
enum Place {
    /// A file.
    Sqlite(PathBuf),
    /// The whole URL, as the client library reads it.
    Postgres(String),
}

/// Why a text is not the address of a database. Never repeats the text, which may hold a password.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DatabaseUrlError {
    /// Nothing was given.
    #[error("the database URL is empty")]
    Empty,
    /// There is no `scheme://`. A path without a scheme is not guessed at: a typo would create a file of that name.
    #[error("the database URL has no scheme: write sqlite://PATH or postgres://USER:PASSWORD@HOST:PORT/NAME")]
    NoScheme,
    /// A known scheme, followed by a colon alone.
    #[error("the database URL needs two slashes after the colon: {0}://")]
    NoSlashes(&'static str),
    /// Another kind of database.
    #[error("the database URL's scheme is neither sqlite nor postgres")]
    UnknownScheme,
    /// `sqlite://` without a path.
    #[error("the database URL names no file: write sqlite://PATH, for example sqlite://data/huiyin.db")]
    NoPath,
    /// `:memory:` or a `file:` URI: each connection would see a database of its own.
    #[error("the database must be a file: a database in memory is not shared between connections")]
    NotAFile,
    /// Options on a SQLite path.
    #[error("the database URL takes no options after a SQLite path")]
    NoOptions,
    /// The part between the host and the path is no port number.
    #[error(
        "the database URL's port is not a number; special characters in a password are written %2F, %40, %3A …"
    )]
    Port,
    /// More than one `@` before the path.
    #[error("the database URL has more than one @: write the one in a password as %40")]
    At,
    /// `postgres://` without a database's name.
    #[error("the database URL names no database: write postgres://USER:PASSWORD@HOST:PORT/NAME")]
    NoName,
    /// Longer than any address.
    #[error("the database URL is longer than 2000 characters")]
    TooLong,
}

impl FromStr for DatabaseUrl {
    type Err = DatabaseUrlError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        if text.is_empty() {
            return Err(DatabaseUrlError::Empty);
        }
        if text.len() > 2000 {
            return Err(DatabaseUrlError::TooLong);
        }
        match text.split_once("://") {
            Some(("sqlite", path)) => sqlite_place(path).map(Self),
            Some(("postgres" | "postgresql", rest)) => {
                check_postgres(rest)?;
                Ok(Self(Place::Postgres(text.to_owned())))
            }
            Some(_) => Err(DatabaseUrlError::UnknownScheme),
            None if text.starts_with("sqlite:") => Err(DatabaseUrlError::NoSlashes("sqlite")),
            None if text.starts_with("postgres:") || text.starts_with("postgresql:") => {
                Err(DatabaseUrlError::NoSlashes("postgres"))
            }
            None => Err(DatabaseUrlError::NoScheme),
        }
    }
}

fn sqlite_place(path: &str) -> Result<Place, DatabaseUrlError> {
    if path.is_empty() || path.ends_with('/') {
        Err(DatabaseUrlError::NoPath)
    } else if path.starts_with(':') || path.starts_with("file:") {
        Err(DatabaseUrlError::NotAFile)
    } else if path.contains('?') {
        Err(DatabaseUrlError::NoOptions)
    } else {
        Ok(Place::Sqlite(PathBuf::from(path)))
    }
}

/// Refuses what the client library would misread, because its complaint would quote a piece of the password.
fn check_postgres(rest: &str) -> Result<(), DatabaseUrlError> {
    let before_options = rest.split('?').next().unwrap_or_default();
    let (authority, name) = before_options.split_once('/').unwrap_or((before_options, ""));
    if authority.matches('@').count() > 1 {
        return Err(DatabaseUrlError::At);
    }
    let hosts = authority.split_once('@').map_or(authority, |(_, hosts)| hosts);
    for host in hosts.split(',') {
        // An IPv6 address stands in brackets and has colons of its own.
        let after_address = host.rsplit_once(']').map_or(host, |(_, rest)| rest);
        if let Some((_, port)) = after_address.split_once(':')
            && port.parse::<u16>().is_err()
        {
            return Err(DatabaseUrlError::Port);
        }
    }
    if name.contains('@') {
        return Err(DatabaseUrlError::At);
    }
    if name.is_empty() {
        Err(DatabaseUrlError::NoName)
    } else {
        Ok(())
    }
}

/// What a PostgreSQL connection is told unless the URL says otherwise: to give up on a server that does not answer, at
/// the start after five seconds, and later after about a minute of silence, so that nobody waits for a machine that is
/// gone. `tcp_user_timeout` is in milliseconds, the others in seconds.
const CONNECTION_DEFAULTS: [(&str, &str); 5] = [
    ("connect_timeout", "5"),
    ("keepalives_idle", "30"),
    ("keepalives_interval", "10"),
    ("keepalives_count", "3"),
    ("tcp_user_timeout", "30000"),
];

/// The URL with these defaults.
fn with_defaults(url: &str) -> String {
    let (place, query) = url.split_once('?').unwrap_or((url, ""));
    let said = |name: &str| query.split('&').any(|pair| pair.split('=').next() == Some(name));
    let defaults = CONNECTION_DEFAULTS
        .iter()
        .filter(|(name, _)| !said(name))
        .map(|(name, value)| format!("{name}={value}"));
    let pairs: Vec<String> = Some(query.to_owned())
        .filter(|query| !query.is_empty())
        .into_iter()
        .chain(defaults)
        .collect();
    format!("{place}?{}", pairs.join("&"))
}

impl DatabaseUrl {
    /// The engine's name, for people.
    #[must_use]
    pub fn engine(&self) -> &'static str {
        match self.0 {
            Place::Sqlite(_) => "SQLite",
            Place::Postgres(_) => "PostgreSQL",
        }
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Place::Sqlite(path) => write!(f, "sqlite://{}", path.display()),
            Place::Postgres(url) => {
                let rest = url.split_once("://").map_or("", |(_, rest)| rest);
                let place = rest.split('?').next().unwrap_or_default();
                let place = place.split_once('@').map_or(place, |(_, place)| place);
                write!(f, "postgres://{place}")
            }
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DatabaseUrl({self})")
    }
}

/// The most commands that may share a transaction. More gained nothing, and the last one waits for all.
pub const BATCH_MAX: NonZeroU8 = NonZeroU8::new(64).expect("64 is not 0");

/// How much the archive takes on at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// Connections that read, and on PostgreSQL also change the register.
    pub readers: u32,
    /// How many commands share a transaction at most: 1 to [`BATCH_MAX`], and more counts as that.
    pub batch: NonZeroU8,
    /// How many commands may wait; one more is refused.
    pub queue: usize,
}

impl Default for Options {
    /// Eight connections, which was enough on two cores: more only wait for the same disk. Batches as large as they may
    /// be, and a queue that is worked off in three of them.
    fn default() -> Self {
        Self {
            readers: 8,
            batch: BATCH_MAX,
            queue: 3 * usize::from(BATCH_MAX.get()),
        }
    }
}

/// Why the archive could not be opened.
#[derive(Debug, Error)]
pub enum OpenError {
    /// The folder of the database file could not be made.
    #[error("the folder {} cannot be created", folder.display())]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// The database cannot be reached.
    #[error("the database {url} cannot be opened")]
    Unreachable {
        /// Its address, without user and password.
        url: String,
        /// What its client library said.
        source: Cause,
    },
    /// The server is not one that the archive can stand on.
    #[error("the database {url} is unsuitable: {reason}")]
    Unsuitable {
        /// Its address, without user and password.
        url: String,
        /// What it lacks.
        reason: String,
    },
    /// The database could not be brought to this program's tables.
    #[error("the database {url} cannot be migrated")]
    Migration {
        /// Its address, without user and password.
        url: String,
        /// What went wrong.
        source: Cause,
    },
    /// The vault does not open: a master key is missing. Nothing is served without it.
    #[error("the vault of the database {url} does not open with the master keys at hand")]
    Vault {
        /// Its address, without user and password.
        url: String,
        /// Which is missing, by name.
        source: Cause,
    },
}

/// Opens the archive, with the master keys under which what people wrote is sealed, for offices that run one of these rulebooks, after bringing its tables to where this program expects them. Replicas that start together
/// migrate once: the others wait.
///
/// # Errors
/// See [`OpenError`]; its sources tell the true reason and hold no password.
pub fn open(
    url: &DatabaseUrl,
    options: Options,
    rulebooks: Rulebooks,
    masters: MasterKeys,
) -> Result<Arc<dyn Archive>, OpenError> {
    let options = Options {
        batch: options.batch.min(BATCH_MAX),
        ..options
    };
    let laws = Arc::new(Laws::new(rulebooks));
    match &url.0 {
        Place::Sqlite(path) => sqlite::open(url, path, options, laws, masters),
        Place::Postgres(secret_url) => {
            postgres::open(url, &with_defaults(secret_url), options, laws, masters)
        }
    }
}

/// Opens a database to read its chains, and changes nothing in it: no table is brought anywhere, nothing is written.
///
/// # Errors
/// [`OpenError::Unreachable`].
pub fn open_chains(url: &DatabaseUrl) -> Result<Box<dyn Chains>, OpenError> {
    let opened = match &url.0 {
        Place::Sqlite(path) => sqlite::chains(path),
        Place::Postgres(secret_url) => postgres::chains(&with_defaults(secret_url)),
    };
    opened.map_err(|source| OpenError::Unreachable {
        url: url.to_string(),
        source,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Result<&str, DatabaseUrlError>) {
        let url = text.parse::<DatabaseUrl>();
        assert_eq!(url.map(|url| url.to_string()), expected.map(str::to_owned));
    }

    #[test]
    fn an_address_names_its_engine_and_hides_its_password() {
        check("sqlite://data/huiyin.db", Ok("sqlite://data/huiyin.db"));
        check(
            " sqlite:///var/lib/huiyin.db\n",
            Ok("sqlite:///var/lib/huiyin.db"),
        );
        check(
            "postgres://desk:hunter2@db:5432/huiyin?options=x",
            Ok("postgres://db:5432/huiyin"),
        );
        check("postgresql://db/huiyin", Ok("postgres://db/huiyin"));
        check(
            "postgres://desk:hunter2@[::1]:5432/huiyin",
            Ok("postgres://[::1]:5432/huiyin"),
        );
        check(
            "postgres:///huiyin?host=/run/postgresql",
            Ok("postgres:///huiyin"),
        );
        let url: DatabaseUrl = "postgres://desk:hunter2@db/huiyin".parse().expect("well formed");
        assert_eq!(format!("{url:?}"), "DatabaseUrl(postgres://db/huiyin)");
        assert_eq!(url.engine(), "PostgreSQL");
    }

    #[test]
    fn a_connection_gives_up_on_a_server_that_is_silent() {
        const REST: &str = "keepalives_interval=10&keepalives_count=3&tcp_user_timeout=30000";
        for (url, expected) in [
            (
                "postgres://db/huiyin",
                format!("postgres://db/huiyin?connect_timeout=5&keepalives_idle=30&{REST}"),
            ),
            (
                "postgres://db/huiyin?",
                format!("postgres://db/huiyin?connect_timeout=5&keepalives_idle=30&{REST}"),
            ),
            (
                "postgres:///huiyin?host=/run&connect_timeout=60",
                format!("postgres:///huiyin?host=/run&connect_timeout=60&keepalives_idle=30&{REST}"),
            ),
            (
                "postgres://db/huiyin?application_name=connect_timeout",
                format!(
                    "postgres://db/huiyin?application_name=connect_timeout&connect_timeout=5&keepalives_idle=30&{REST}"
                ),
            ),
        ] {
            assert_eq!(with_defaults(url), expected);
        }
    }

    #[test]
    fn a_typo_is_refused_with_its_reason() {
        check("", Err(DatabaseUrlError::Empty));
        check("data/huiyin.db", Err(DatabaseUrlError::NoScheme));
        check("desk:hunter2@db/huiyin", Err(DatabaseUrlError::NoScheme));
        check("sqlite:app.db", Err(DatabaseUrlError::NoSlashes("sqlite")));
        check("postgres:mydb", Err(DatabaseUrlError::NoSlashes("postgres")));
        check(
            "mysql://desk:hunter2@db/huiyin",
            Err(DatabaseUrlError::UnknownScheme),
        );
        check("Postgres://db/huiyin", Err(DatabaseUrlError::UnknownScheme));
        check("sqlite://", Err(DatabaseUrlError::NoPath));
        check("sqlite://data/", Err(DatabaseUrlError::NoPath));
        check("sqlite://:memory:", Err(DatabaseUrlError::NotAFile));
        check("sqlite://file:x", Err(DatabaseUrlError::NotAFile));
        check("sqlite://x.db?mode=ro", Err(DatabaseUrlError::NoOptions));
        check("postgres://db", Err(DatabaseUrlError::NoName));
        check("postgres://desk:hunter2@db:/huiyin", Err(DatabaseUrlError::Port));
        check("postgres://desk:pa/ss@db/huiyin", Err(DatabaseUrlError::Port));
        check("postgres://desk:p@ss@db/huiyin", Err(DatabaseUrlError::At));
        check(
            &format!("sqlite://{}", "x".repeat(2000)),
            Err(DatabaseUrlError::TooLong),
        );
    }
}

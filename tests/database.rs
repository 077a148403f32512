//! An empty database for one test, on either engine.

use std::fmt;

use crate::postgres;
use crate::run_directory::RunDirectory;

/// The two engines that keep our cases; what holds on one holds on the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// SQLite, built in: the default.
    Sqlite,
    /// PostgreSQL 15 or newer.
    Postgres,
}

/// An empty database of one test's own, gone when dropped.
#[derive(Debug)]
pub struct Database {
    url: String,
    place: Place,
}

/// What has to be removed once the test is over.
#[derive(Debug)]
enum Place {
    File(#[expect(dead_code, reason = "held for its end, which removes the file")] RunDirectory),
    Server { name: String },
}

impl Database {
    /// Makes an empty database: no table in it, nobody else at it.
    ///
    /// # Panics
    ///
    /// When there is no database to be had; a test without its database has failed.
    #[track_caller]
    pub fn fresh(engine: Engine) -> Self {
        match engine {
            Engine::Sqlite => {
                let directory = RunDirectory::create().expect("a temporary directory can be made");
                let url = format!("sqlite://{}", directory.path().join("huiyin.db").display());
                Self {
                    url,
                    place: Place::File(directory),
                }
            }
            Engine::Postgres => {
                let (name, url) = postgres::server().create_database();
                Self {
                    url,
                    place: Place::Server { name },
                }
            }
        }
    }

    /// Where it is, in the form of the setting `HUIYIN_DATABASE_URL`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Which engine keeps it.
    pub fn engine(&self) -> Engine {
        match self.place {
            Place::File(_) => Engine::Sqlite,
            Place::Server { .. } => Engine::Postgres,
        }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        match &self.place {
            Place::File(_) => {}
            Place::Server { name } => postgres::server().drop_database(name),
        }
    }
}

impl fmt::Display for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        })
    }
}

/// Makes two tests of each function named, `name::sqlite` and `name::postgres`, both with the same body.
#[macro_export]
macro_rules! on_both {
    ($($test:ident),+ $(,)?) => {$(
        mod $test {
            #[test]
            fn sqlite() {
                super::$test(&$crate::Database::fresh($crate::Engine::Sqlite));
            }

            #[test]
            fn postgres() {
                super::$test(&$crate::Database::fresh($crate::Engine::Postgres));
            }
        }
    )+};
}

//! Each test has a database of its own, on either engine.

use diesel::{Connection, PgConnection, RunQueryDsl, SqliteConnection, sql_query};

use people::{Database, Engine, on_both};

on_both!(a_test_has_an_empty_database_of_its_own);

fn a_test_has_an_empty_database_of_its_own(database: &Database) {
    let neighbour = Database::fresh(database.engine());
    for own in [database, &neighbour] {
        run(own, "CREATE TABLE slip (text TEXT NOT NULL)").expect("nothing is in an empty database");
    }
}

#[test]
fn a_database_ends_with_its_test() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let database = Database::fresh(engine);
        run(&database, "CREATE TABLE slip (text TEXT NOT NULL)").expect("a fresh database takes a table");
        let url = database.url().to_owned();
        drop(database);
        let gone = match engine {
            Engine::Sqlite => SqliteConnection::establish(path(&url)).is_err(),
            Engine::Postgres => PgConnection::establish(&url).is_err(),
        };
        assert!(gone, "{engine}: {url} is still there");
    }
}

fn run(database: &Database, statement: &str) -> diesel::QueryResult<usize> {
    let url = database.url();
    match database.engine() {
        Engine::Sqlite => {
            let mut connection = SqliteConnection::establish(path(url)).expect("the file can be opened");
            sql_query(statement).execute(&mut connection)
        }
        Engine::Postgres => {
            let mut connection = PgConnection::establish(url).expect("the server lets us in");
            sql_query(statement).execute(&mut connection)
        }
    }
}

fn path(url: &str) -> &str {
    url.strip_prefix("sqlite://").expect("the URL of a file")
}

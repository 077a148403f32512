//! The tables of the two engines, held against each other.

use std::collections::BTreeSet;
use std::fs;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};
use diesel::{PgConnection, SqliteConnection, sql_query};

use people::{Database, Engine};

use super::place::opened;

#[derive(QueryableByName, PartialEq, Eq, PartialOrd, Ord, Debug)]
struct Cell {
    #[diesel(sql_type = Text)]
    table_name: String,
    #[diesel(sql_type = Text)]
    column_name: String,
    #[diesel(sql_type = Bool)]
    nullable: bool,
    #[diesel(sql_type = Text)]
    data_type: String,
}

/// But for the index of pieces, which each engine has in its own way, and what waits for its position, which only one
/// has.
const OF_POSTGRES: &str = "SELECT table_name::text, column_name::text, is_nullable = 'YES' AS nullable, \
    data_type::text FROM information_schema.columns \
    WHERE table_schema = 'public' AND table_name <> '__diesel_schema_migrations' \
    AND table_name NOT LIKE 'case_search_pieces%' AND table_name <> 'outbox_waiting'";

const OF_SQLITE: &str = "SELECT m.name AS table_name, c.name AS column_name, c.\"notnull\" = 0 AS nullable, \
    c.type AS data_type FROM sqlite_master m, pragma_table_info(m.name) c \
    WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND m.name <> '__diesel_schema_migrations' \
    AND m.name NOT LIKE 'case_search_pieces%'";

/// How SQLite holds what PostgreSQL calls by this name.
fn on_sqlite(data_type: &str) -> &'static str {
    match data_type {
        "uuid" | "bytea" => "BLOB",
        "text" | "timestamp with time zone" | "date" => "TEXT",
        "bigint" | "integer" | "smallint" | "boolean" => "INTEGER",
        other => panic!("{other} has no place in these tables"),
    }
}

fn sqlite(database: &Database) -> SqliteConnection {
    let url = database.url();
    SqliteConnection::establish(url.strip_prefix("sqlite://").expect("a path")).expect("opened")
}

fn postgres(database: &Database) -> PgConnection {
    PgConnection::establish(database.url()).expect("reached")
}

#[test]
fn both_engines_have_the_same_tables_columns_and_absences() {
    let (here, there) = (Database::fresh(Engine::Sqlite), Database::fresh(Engine::Postgres));
    drop((opened(&here), opened(&there)));
    let wanted: Vec<Cell> = sql_query(OF_POSTGRES).load(&mut postgres(&there)).expect("read");
    for column in &wanted {
        if column.column_name.ends_with("_at") {
            assert_eq!(column.data_type, "timestamp with time zone", "{column:?}");
        }
        if column.column_name.ends_with("_on") {
            assert_eq!(column.data_type, "date", "{column:?}");
        }
        if column.column_name == "id" || column.column_name.ends_with("_id") {
            assert_eq!(column.data_type, "uuid", "{column:?}");
        }
    }
    let translated: BTreeSet<Cell> = wanted
        .into_iter()
        .map(|column| Cell {
            data_type: on_sqlite(&column.data_type).to_owned(),
            ..column
        })
        .collect();
    let found: Vec<Cell> = sql_query(OF_SQLITE).load(&mut sqlite(&here)).expect("read");
    assert!(found.len() > 100, "the tables were read");
    assert_eq!(BTreeSet::from_iter(found), translated);
}

#[derive(QueryableByName)]
struct Name {
    #[diesel(sql_type = Text)]
    name: String,
}

#[test]
fn every_foreign_key_has_an_index() {
    let place = Database::fresh(Engine::Postgres);
    drop(opened(&place));
    let without: Vec<Name> = sql_query(
        "SELECT c.conrelid::regclass || '.' || c.conname AS name FROM pg_constraint c WHERE c.contype = 'f' \
         AND NOT EXISTS (SELECT 1 FROM pg_index i WHERE i.indrelid = c.conrelid AND i.indpred IS NULL \
         AND (i.indkey::int2[])[0:cardinality(c.conkey) - 1] @> c.conkey)",
    )
    .load(&mut postgres(&place))
    .expect("read");
    let without: Vec<String> = without.into_iter().map(|key| key.name).collect();
    assert_eq!(without, [""; 0]);
}

fn steps(engine: &str) -> Vec<String> {
    let folder = format!("{}/../migrations/{engine}", env!("CARGO_MANIFEST_DIR"));
    let mut names: Vec<String> = fs::read_dir(folder)
        .expect("the folder is there")
        .map(|entry| {
            entry
                .expect("an entry")
                .file_name()
                .into_string()
                .expect("a name")
        })
        .collect();
    names.sort();
    names
}

#[test]
fn both_histories_have_the_same_steps_and_each_goes_back() {
    assert_eq!(steps("sqlite"), steps("postgres"));
    let (here, there) = (Database::fresh(Engine::Sqlite), Database::fresh(Engine::Postgres));
    drop((opened(&here), opened(&there)));
    let (mut here, mut there) = (sqlite(&here), postgres(&there));
    here.batch_execute("PRAGMA foreign_keys = ON").expect("set");
    for step in steps("sqlite").iter().rev() {
        let down = |engine: &str| {
            let file = format!(
                "{}/../migrations/{engine}/{step}/down.sql",
                env!("CARGO_MANIFEST_DIR")
            );
            fs::read_to_string(file).expect("a way back")
        };
        here.batch_execute(&down("sqlite")).expect("it goes back");
        there.batch_execute(&down("postgres")).expect("it goes back");
    }
    let left: Vec<Cell> = sql_query(OF_SQLITE).load(&mut here).expect("read");
    assert_eq!(left, []);
    let left: Vec<Cell> = sql_query(OF_POSTGRES).load(&mut there).expect("read");
    assert_eq!(left, []);
}

/// A line of a plan, as either engine calls it.
#[derive(QueryableByName)]
struct OfPostgres {
    #[diesel(sql_type = Text, column_name = "QUERY PLAN")]
    line: String,
}

#[derive(QueryableByName)]
struct OfSqlite {
    #[diesel(sql_type = Text, column_name = "detail")]
    line: String,
}

/// The statement by which the sweep claims what is due.
const DUE: &str = "SELECT c.office_id, c.id, c.next_look_at FROM cases c \
    JOIN case_states s ON s.office_id = c.office_id AND s.case_id = c.id \
    WHERE c.next_look_at <= $1 ORDER BY c.next_look_at, c.id LIMIT $2 FOR NO KEY UPDATE OF s, c SKIP LOCKED";

/// The same where nobody else can hold a case.
const DUE_ALONE: &str = "SELECT office_id, id, next_look_at FROM cases WHERE next_look_at <= $1 ORDER BY next_look_at, id LIMIT $2";

#[test]
fn what_is_due_is_found_by_its_index() {
    let (here, there) = (Database::fresh(Engine::Sqlite), Database::fresh(Engine::Postgres));
    drop((opened(&here), opened(&there)));
    let plan: Vec<OfSqlite> = sql_query(format!("EXPLAIN QUERY PLAN {DUE_ALONE}"))
        .load(&mut sqlite(&here))
        .expect("planned");
    let plan: String = plan.into_iter().map(|row| row.line).collect();
    assert!(
        plan.contains("SEARCH cases USING INDEX cases_by_next_look (next_look_at")
            && !plan.contains("ORDER BY"),
        "{plan}"
    );
    let mut server = postgres(&there);
    // As on the archive's own connections; an empty table alone would be read whole.
    server
        .batch_execute(&format!(
            "SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off; SET enable_bitmapscan = off; \
             SET enable_hashjoin = off; SET enable_mergejoin = off; \
             PREPARE due (timestamptz, bigint) AS {DUE}"
        ))
        .expect("prepared");
    let plan: Vec<OfPostgres> = sql_query("EXPLAIN EXECUTE due (now(), 64)")
        .load(&mut server)
        .expect("planned");
    let plan: Vec<String> = plan.into_iter().map(|row| row.line).collect();
    let plan = plan.join("\n");
    assert!(
        plan.contains("using cases_by_next_look")
            && plan.contains("Index Cond: (next_look_at <= $1)")
            && plan.contains("using case_states_pkey")
            && !plan.contains("Sort"),
        "{plan}"
    );
}

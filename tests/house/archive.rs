//! The archive seen from outside: each test runs on SQLite and on PostgreSQL, on a database of its own.

mod calendars_and_numbers;
mod case_life;
mod case_lists;
mod connections;
mod hall;
mod log_in;
pub(crate) mod place;
mod register;
mod search;
mod storage;
mod together;
mod vault;

//! The archive seen from outside: each test runs on SQLite and on PostgreSQL, on a database of its own.

mod audit;
mod calendars_and_numbers;
mod case_life;
mod case_lists;
mod connections;
mod hall;
pub(crate) mod hand;
mod log_in;
mod outbox;
pub(crate) mod place;
mod register;
mod search;
mod storage;
mod sweeping;
mod together;
mod vault;

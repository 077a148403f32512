//! THE ARCHIVE. Keeps cases exactly, on two engines, and tells nobody which.
//!
//! [`open`] gives an [`Archive`]: one object-safe trait, every question and every act in reading order. Start there.
//! The records it speaks in are plain structs, one file per thing, under the same word as in the other rooms.
//!
//! A command on a case goes through the write path ([`CaseArchive::submit`]): a queue, a few writers, one transaction
//! for all that waits. The register of offices and staff is changed one act at a time.
//!
//! One source is compiled twice: `postgres.rs` and `sqlite.rs` each name their `Connection` and include `engine/`,
//! which holds the queries, and add what only that engine can say. Diesel's `MultiConnection` was not taken because it
//! lacks what the write path is made of (`ON CONFLICT`, inserts of many rows, `SKIP LOCKED`, `as_returning`), and
//! generics over `Connection` because each query would drag a page of bounds along. Two own SQL types
//! (`sql_types.rs`) are all that it takes to let one `schema.rs` serve both.
//!
//! Deliberately absent: rules (nothing here decides anything about a case), the clock (instants are handed in), HTTP,
//! and passwords or tokens (only their hashes come this far).

#![expect(
    clippy::duplicate_mod,
    reason = "engine/ is compiled once for each connection; see above"
)]

pub mod access_log;
pub mod archive;
pub mod audit;
pub mod calendar;
pub mod calendar_import;
pub mod case;
pub mod chain;
pub mod checkpoint;
pub mod client;
pub mod database;
pub mod delegation;
pub mod guard;
pub mod identity;
pub mod law;
pub mod measure;
pub mod notification;
pub mod office;
pub mod outbox;
mod postgres;
pub mod remembered_answer;
pub mod rulebook_version;
mod schema;
mod search;
pub mod session;
pub mod sign_in_link;
mod sql_types;
mod sqlite;
pub mod staff;
mod statement;
mod store_error;
pub mod sweep;
pub mod unit;
pub mod vault;
pub mod window;
mod write_path;

pub use archive::{Answer, Archive};
pub use calendar_import::ImportArchive;
pub use case::CaseArchive;
pub use database::{BATCH_MAX, DatabaseUrl, DatabaseUrlError, OpenError, Options, open, open_chains};
pub use law::{Law, Rulebooks};
pub use notification::Notifications;
pub use outbox::Outbox;
pub use store_error::{Cause, Conflict, StoreError, Thing};
pub use vault::{MasterKeys, MasterKeysError};

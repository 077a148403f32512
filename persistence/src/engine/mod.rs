//! The queries, compiled once for each connection: `super` is `postgres` or `sqlite`, and says which.
//!
//! Each room is a file of functions over a connection. [`Store`] lends them one, and is the [`Archive`] outside.

mod access_log;
mod archive;
mod audit;
mod calendar;
mod calendar_import;
mod case;
mod case_archive;
mod case_filter;
mod case_list;
mod case_number;
mod checkpoint;
mod client;
mod count;
mod delegation;
mod duty;
mod duty_list;
mod erasure;
mod fragment;
mod guard;
mod identity;
mod import_archive;
mod keyset;
mod law;
mod marks;
mod notification;
mod office;
mod outbox;
mod plans;
mod pool;
mod remembered_answer;
mod rulebook_version;
mod says;
mod search;
mod session;
mod sight;
mod sign_in_link;
mod staff;
mod sweep;
mod unit;
mod vault;
mod window;
mod writer;

use super::{
    Connection, ERASING, FORGET_PLANS, FORGET_UNSEALED, LEAD_UNIT, POSITION, PRESENT, TIME, Turns, Words,
    backlog, batch, index, numbering, snapshot, write,
};
pub(super) use audit::chains;
pub(super) use pool::{Store, pool};
pub(super) use rulebook_version::keep_shipped;
pub(super) use vault::unlocked;
pub(super) use writer::{sweeper, write_path};

/// The engine, as diesel's types name it.
type Backend = <Connection as diesel::Connection>::Backend;

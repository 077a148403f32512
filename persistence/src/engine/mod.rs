//! The queries, compiled once for each connection: `super` is `postgres` or `sqlite`, and says which.
//!
//! Each room is a file of functions over a connection. [`Store`] lends them one, and is the [`Archive`] outside.

mod archive;
mod calendar;
mod case;
mod case_archive;
mod case_filter;
mod case_list;
mod case_number;
mod client;
mod count;
mod duty;
mod duty_list;
mod fragment;
mod guard;
mod identity;
mod keyset;
mod law;
mod office;
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
mod unit;
mod window;
mod writer;

use super::{Connection, FORGET_PLANS, LEAD_UNIT, POSITION, Turns, Words, batch, index, snapshot, write};
pub(super) use pool::{Store, pool};
pub(super) use rulebook_version::keep_shipped;
pub(super) use writer::write_path;

/// The engine, as diesel's types name it.
type Backend = <Connection as diesel::Connection>::Backend;

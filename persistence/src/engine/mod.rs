//! The queries, compiled once for each connection: `super` is `postgres` or `sqlite`, and says which.
//!
//! Each room is a file of functions over a connection. [`Store`] lends them one, and is the [`Archive`] outside.

mod archive;
mod calendar;
mod case_number;
mod duty;
mod keyset;
mod office;
mod pool;
mod remembered_answer;
mod session;
mod staff;
mod unit;
mod window;

use super::{Connection, snapshot, write};
pub(super) use pool::{Store, pool};

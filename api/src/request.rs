//! What is asked of every request before a handler sees it: strict reading, and a problem for each fault.
//!
//! The extractors have the names of the framework's own, [`Json`], [`Query`], [`Path`], because the contract is
//! derived from a handler's arguments by these names.

mod body;
mod change;
mod idempotency_key;
mod if_match;
mod last_event_id;
mod path;
mod query;
mod shape;

pub(crate) use body::taken;
pub use body::{BODY_BYTES_MAX, Json};
pub(crate) use change::{cleared_or_set, given};
pub use idempotency_key::IdempotencyKey;
pub use if_match::IfMatch;
pub use last_event_id::LastEventId;
pub use path::Path;
pub use query::Query;
pub(crate) use query::in_years;
pub(crate) use shape::escaped;

//! Duties: the worklist, every duty of a case, and why one is due when it is.

pub(crate) mod count_duties;
pub(crate) mod explain_duty;
pub(crate) mod explanation;
pub(crate) mod get_duty;
pub(crate) mod list_case_duties;
pub(crate) mod list_duties;
mod query;
pub(crate) mod stream_duties;
pub(crate) mod view;

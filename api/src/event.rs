//! Events: the history of a case.

pub(crate) mod get_event;
pub(crate) mod list_events;
pub(crate) mod paging;
pub(crate) mod summary;
pub(crate) mod view;

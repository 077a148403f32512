//! THE RULES.

pub mod rulebook;
pub mod time_limit;
pub mod words;

//! THE RULES.

pub mod time_limit;
pub mod words;

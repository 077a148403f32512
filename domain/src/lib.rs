//! THE RULES.

pub mod calendar;
pub mod time_limit;

//! THE RULES. Given a case, a command and a moment: what happens, or why not.
//!
//! Deliberately absent: a clock, files, the network, a database, HTTP, and the name of any rulebook.
//! The moment, the ids, the calendar, the rulebook and the office's directory are passed in.
//!
//! Where to start reading: [`case::decide()`], then [`case::Case::after`]; what is owed then is derived
//! in [`duty`], how a due date is counted is in [`time_limit`], what a regulation can say is in
//! [`rulebook`], and what was meant by a word in [`words`].

pub mod approval;
pub mod authority;
pub mod calendar;
pub mod case;
pub mod delegation;
pub mod directory;
pub mod duty;
pub mod escalation;
pub mod gate;
pub mod ids;
pub mod notification;
pub mod person;
pub mod responsibility;
pub mod retention;
pub mod rulebook;
pub mod search;
pub mod text;
pub mod time_limit;
pub mod words;

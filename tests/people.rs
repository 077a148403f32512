//! THE HOUSE SEEN FROM OUTSIDE. What the tests share.
//!
//! A test that needs a database takes a [`Database`] and is listed in [`on_both!`], which makes two tests
//! of it, one for each engine:
//!
//! ```ignore
//! use people::{Database, on_both};
//!
//! on_both!(a_case_is_kept);
//!
//! fn a_case_is_kept(database: &Database) {
//!     let url = database.url(); // an empty database of this test's own
//! }
//! ```
//!
//! The names are then `a_case_is_kept::sqlite` and `a_case_is_kept::postgres`. A PostgreSQL server is found
//! or started when the first test asks for it ([`postgres`]); where none can be had, the tests that need
//! one fail and say what was tried. There is no way to leave them out.

#![expect(
    clippy::missing_panics_doc,
    reason = "what does not hold is a panic: that is how a test fails"
)]

mod answer;
mod database;
mod listener;
pub mod matter;
mod open_house;
mod person;
pub mod postgres;
mod promised;
pub mod provider;
mod reading;
mod request;
mod run_directory;
mod running;
pub mod scenario;

pub use answer::{Answer, Refusal};
pub use database::{Database, Engine};
pub use listener::{Heard, Listener};
pub use open_house::{House, OPENING, PASSWORD};
pub use person::{Case, Person, new_key, nothing};
pub use promised::Promised;
pub use reading::{Explanation, all_of, duty, find_duty};
pub use request::{Ask, percent};
pub use running::{Front, TOKEN_KEY, archive_of};

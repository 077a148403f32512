//! Stories through the core, by the people the rulebooks name.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on says where")]

mod stories;
mod world;

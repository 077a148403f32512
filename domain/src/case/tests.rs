//! Stories through the core, by the people the rulebooks name.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on says where")]
#![expect(
    clippy::needless_pass_by_value,
    reason = "a story hands its commands over as people hand over forms"
)]

mod clauses;
mod decision_table;
mod dice;
mod forms;
mod orders;
mod properties;
mod stories;
mod world;

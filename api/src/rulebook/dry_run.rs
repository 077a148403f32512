//! A dry run: a case script played under a rulebook, in memory, in an office made up for it.
//!
//! The script has the form of the conformance scenarios, and calls people and units as they do: each position is held
//! by two (`intake_officer`, `intake_officer.2`), each kind of unit has two (`county_bureau`, `county_bureau.2`), and a
//! position that sits in a unit is held once in each (`unit_handler@county_bureau`, `unit_handler@county_bureau.2`).
//! The bodies of its steps are those of the operations, turned into commands by the operations' own code.

mod cast;
mod playable;
mod script;
mod stage;
mod told;

pub(super) use cast::Cast;
pub(super) use script::{STEPS_MAX, Step};
pub(super) use stage::Stage;
pub(super) use told::DryRun;

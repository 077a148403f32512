//! Each kind of flaw has a rulebook that shows it, and the shipped ones have none.

use std::time::Instant;

use crate::rulebook::{explore, shipped, warnings};

#[test]
fn shipped_rulebooks_can_be_lived_under() {
    for (code, rulebook) in shipped().unwrap() {
        let from = Instant::now();
        let found = explore(&rulebook);
        eprintln!("{code}: {} states in {:?}, complete {}", found.states, from.elapsed(), found.complete);
        for flaw in found.findings.iter().chain(&warnings(&rulebook)) {
            eprintln!("  {flaw}");
        }
    }
}

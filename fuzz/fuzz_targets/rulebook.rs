//! Whatever bytes are handed in as a rulebook: an answer, with lines and reasons, never a panic and never long. What can
//! be read is checked among the shipped texts, and what fits together is played for its first states.
#![no_main]

use std::collections::BTreeMap;
use std::sync::LazyLock;

use domain::rulebook::{Flaw, Rulebook, check, explore_up_to, library, read, read_bytes, warnings};
use domain::words::RulebookCode;
use libfuzzer_sys::fuzz_target;

/// How many states are played: enough to take a case in and some steps on, in a fraction of a second.
const STATES: usize = 40;

/// The texts that others inherit and stand beside.
static SHIPPED: LazyLock<BTreeMap<RulebookCode, Rulebook>> = LazyLock::new(|| {
    let texts = library()
        .iter()
        .map(|text| read(text).expect("a shipped text can be read"));
    texts
        .map(|rulebook| (rulebook.head.code.clone(), rulebook))
        .collect()
});

fuzz_target!(|bytes: &[u8]| {
    let lines = bytes.split(|byte| *byte == b'\n').count();
    match read_bytes(bytes) {
        Err(flaws) => tells(&flaws, lines),
        Ok(rulebook) => {
            let mut library = SHIPPED.clone();
            library.insert(rulebook.head.code.clone(), rulebook.clone());
            match check(&rulebook, &library) {
                Err(flaws) => tells(&flaws, usize::MAX),
                Ok(checked) => {
                    let findings = explore_up_to(&checked, STATES).findings;
                    for flaw in warnings(&checked).iter().chain(&findings) {
                        assert!(!flaw.to_string().is_empty());
                    }
                }
            }
        }
    }
});

/// A refusal says something, of a line that there is, and no more than somebody reads.
fn tells(flaws: &[Flaw], lines: usize) {
    assert!(!flaws.is_empty(), "refused, and nothing said");
    for flaw in flaws {
        assert!(!flaw.reason.is_empty(), "{flaw:?}");
        assert!(flaw.line <= lines, "{flaw} is not among {lines} lines");
        assert!(
            flaw.to_string().len() < 10_000,
            "{} bytes said of a line",
            flaw.to_string().len()
        );
    }
}

//! Each kind of flaw has a rulebook that shows it, and the shipped ones have none.

use std::collections::BTreeMap;

use crate::rulebook::check::exploration::explore_up_to;
use crate::rulebook::{
    Checked, Exploration, Flaw, FlawCode, Severity, check, explore, read, shipped, warnings,
};

mod reading;

/// A small office in which a case can be lived through, to be spoilt in one place at a time.
const SOUND: &str = include_str!("tests/sound.toml");

/// A statute above it.
const STATUTE: &str = include_str!("tests/statute.toml");

const FLOOR: &str = include_str!("../../../rulebooks/huiyin.floor.toml");

fn checked(text: &str) -> Result<Checked, Vec<Flaw>> {
    let rulebook = read(text)?;
    let mut library = BTreeMap::new();
    for known in [FLOOR, STATUTE] {
        let known = read(known)?;
        library.insert(known.head.code.clone(), known);
    }
    library.insert(rulebook.head.code.clone(), rulebook.clone());
    check(&rulebook, &library)
}

/// Everything the checker says of a text.
fn examined(text: &str) -> Vec<Flaw> {
    match checked(text) {
        Ok(rulebook) => [warnings(&rulebook), explore(&rulebook).findings].concat(),
        Err(flaws) => flaws,
    }
}

/// How much of a shipped rulebook is played in each run of the tests; `.ci/run` plays all of it, optimised.
const PLAYED: usize = 1_500;

#[test]
fn shipped_rulebooks_can_be_lived_under() {
    let mut errors: Vec<String> = Vec::new();
    for (code, rulebook) in shipped().unwrap() {
        let Exploration {
            findings,
            states,
            complete,
        } = explore_up_to(&rulebook, PLAYED);
        assert!(complete || states >= PLAYED, "{code}");
        errors.extend(
            findings
                .iter()
                .filter(|flaw| flaw.severity == Severity::Error)
                .map(ToString::to_string),
        );
    }
    assert!(errors.is_empty(), "{}", errors.join("\n"));
}

#[test]
fn the_sound_office_has_nothing_but_open_numbers() {
    let found = examined(SOUND);
    let others: Vec<&Flaw> = found
        .iter()
        .filter(|flaw| flaw.code != FlawCode::NumberLeftOpen)
        .collect();
    assert!(others.is_empty(), "{others:#?}");
}

#[test]
fn what_was_not_seen_is_not_praised() {
    let found = explore_up_to(&checked(SOUND).unwrap(), 5);
    assert!(!found.complete);
    assert!(
        found
            .findings
            .iter()
            .any(|flaw| flaw.code == FlawCode::OutOfBounds && flaw.reason.contains("stopped after 5 states"))
    );
}

/// A planted fault: what is spoilt in the sound text, on which line it must be found (as that line reads), as what, and
/// by which path.
struct Planted {
    name: &'static str,
    from: &'static str,
    to: &'static str,
    code: FlawCode,
    line: &'static str,
    path: &'static [&'static str],
}

/// The path of what shows in the text alone: no case comes to it, so that there is no way to tell. So it is, too, with
/// what never happens: a limit that no case starts, a rule or a step of a ladder that none meets.
const IN_THE_TEXT: &[&str] = &[];

const TAKEN: &[&str] = &["receipt by clerk", "registration (complaint) by clerk"];

#[rustfmt::skip]
const PLANTED: &[Planted] = &[
    Planted { name: "1 a word nobody knows", from: "owes = \"reply\"", to: "owes = \"answer\"", code: FlawCode::UnknownWord, line: "owes = \"answer\"", path: IN_THE_TEXT },
    Planted { name: "2 a clause not listed", from: "clause = \"T-2\"", to: "clause = \"T-9\"", code: FlawCode::UnlistedClause, line: "[[gate]]", path: IN_THE_TEXT },
    Planted { name: "2 a clause not cited", from: "class = \"D\"", to: "class = \"E\"", code: FlawCode::UncitedClause, line: "\"T-5\" = { class = \"E\", at = \"5\", zh = \"态度\", en = \"Kindness\" }", path: IN_THE_TEXT },
    Planted { name: "3 a deed its holder may not do", from: "who = \"clerk\"\nowes = \"reply\"", to: "who = \"director\"\nowes = \"reply\"", code: FlawCode::NoPower, line: "[[duty]]", path: IN_THE_TEXT },
    Planted { name: "4 a limit that cannot start", from: "# planted duty", to: "[[duty]]\nname = \"tell\"\nclause = \"T-2\"\nwho = \"clerk\"\nowes = \"progress\"\nfrom = \"report_back\"\nwhen = { route = [\"own_office\"] }\nwithin = \"3 days\"", code: FlawCode::LimitNeverStarts, line: "[[duty]]", path: IN_THE_TEXT },
    Planted { name: "4 a limit that cannot stop", from: "# planted duty", to: "[[gate]]\nbefore = \"measure\"\nneeds = [\"closing\"]\nclause = \"T-2\"\n[[duty]]\nname = \"mend\"\nclause = \"T-2\"\nwho = \"clerk\"\nowes = \"measure\"\nfrom = \"acceptance\"\nwithin = \"3 days\"", code: FlawCode::LimitNeverStops, line: "[[duty]]", path: &["receipt by clerk", "registration (complaint) by clerk", "acceptance by clerk"] },
    Planted { name: "5 an axis that evades", from: "unset = \"minor\"", to: "", code: FlawCode::EvadingAxis, line: "[[gate]]", path: IN_THE_TEXT },
    Planted { name: "6 a shadowed route", from: "# planted route", to: "[[route]]\nwhen = { case_type = [\"complaint\", \"inquiry\"] }\nto = [\"own_office\"]\nclause = \"T-1\"\n[[route]]\nwhen = { case_type = [\"inquiry\"] }\nto = [\"own_office\"]\nclause = \"T-1\"", code: FlawCode::NeverMatches, line: "[[route]]", path: IN_THE_TEXT },
    Planted { name: "6 a rule that never matches", from: "# planted gate", to: "[[gate]]\nbefore = \"closing\"\nwhen = { route = [\"unit\"] }\nneeds = [\"reply\"]\nclause = \"T-2\"", code: FlawCode::NeverMatches, line: "[[gate]]", path: IN_THE_TEXT },
    Planted { name: "6 at least more than at most", from: "# planted duty", to: "[[retention]]\nclause = \"T-2\"\nat_least = \"5 years\"\nat_most = \"3 years\"\nfrom = \"closing\"\nthen = \"erase\"", code: FlawCode::Contradiction, line: "[[retention]]", path: IN_THE_TEXT },
    Planted { name: "7 an extension that empties", from: "in_total = \"30 working days\"", to: "in_total = \"5 working days\"", code: FlawCode::EmptyLimit, line: "[[duty]]", path: IN_THE_TEXT },
    Planted { name: "8 a loosening", from: "# planted gate", to: "[[ground]]\nof = \"decline\"\nname = \"tiresome\"\ntitle = \"…\"\nclause = \"T-1\"", code: FlawCode::Loosening, line: "[[ground]]", path: IN_THE_TEXT },
    Planted { name: "8 a wish where the law demands", from: "# planted gate", to: "[[gate]]\nbefore = \"closing\"\nneeds = [\"reply\"]\nforce = \"normally\"\nclause = \"T-2\"", code: FlawCode::Loosening, line: "[[gate]]", path: IN_THE_TEXT },
    Planted { name: "8 an ancestor that is missing", from: "huiyin.floor", to: "huiyin.flor", code: FlawCode::Inheritance, line: "[rulebook]", path: IN_THE_TEXT },
    Planted { name: "8 an ancestor of itself", from: "huiyin.floor", to: "test.office", code: FlawCode::Inheritance, line: "[rulebook]", path: IN_THE_TEXT },
    Planted { name: "9 nobody can act", from: "# planted gate", to: "[[gate]]\nbefore = \"acceptance\"\nneeds = [\"opinion\"]\nclause = \"T-2\"", code: FlawCode::NobodyCanAct, line: "[[gate]]", path: TAKEN },
    Planted { name: "10 a ring of gates", from: "# planted gate", to: "[[gate]]\nbefore = \"instruction_request\"\nneeds = [\"instruction\"]\nclause = \"T-2\"\n[[gate]]\nbefore = \"instruction\"\nneeds = [\"instruction_request\"]\nclause = \"T-2\"\n[[gate]]\nbefore = \"acceptance\"\nneeds = [\"instruction\"]\nclause = \"T-2\"", code: FlawCode::RingOfGates, line: "[[gate]]", path: TAKEN },
    Planted { name: "11 no closing", from: "# planted gate", to: "[[gate]]\nbefore = \"closing\"\nwhen = { finding = [\"unsubstantiated\"] }\nneeds = [\"instruction_request\"]\nclause = \"T-2\"\n[[escalation]]\nclause = \"T-2\"\nafter = \"reply\"\nwhen = { finding = [\"unsubstantiated\"] }\nserve = \"receipt\"\n[[escalation]]\nclause = \"T-2\"\nafter = \"notice.receipt\"\nserve = \"progress_notice\"\n[[escalation]]\nclause = \"T-2\"\nafter = \"notice.progress_notice\"\nserve = \"receipt\"", code: FlawCode::NoClosing, line: "[[gate]]", path: &["receipt by clerk", "registration (complaint) by clerk", "acceptance by clerk", "assignment by clerk", "investigation_end (unsubstantiated) by clerk"] },
    Planted { name: "12 the wrong hand", from: "may = [\"taking_in\",", to: "may = [\"approval.plan\", \"taking_in\",", code: FlawCode::WrongHand, line: "[[gate]]", path: IN_THE_TEXT },
    Planted { name: "13 recusal leaves nobody", from: "# planted gate", to: "[[apart]]\ndeeds = [\"investigation_end\", \"reply\"]\nclause = \"T-2\"", code: FlawCode::RecusalLeavesNobody, line: "[[apart]]", path: &["receipt by clerk", "registration (complaint) by clerk", "acceptance by clerk", "assignment by clerk", "investigation_end (substantiated) by clerk"] },
    Planted { name: "14 an escalation that cannot fire", from: "late = [\"answer\"]\nat = \"2 working days after\"", to: "after = \"follow_up\"\nwhen = { route = [\"unit\"] }", code: FlawCode::EscalationNeverFires, line: "[[escalation]]", path: IN_THE_TEXT },
    Planted { name: "14 an escalation without end", from: "late = [\"answer\"]\nat = \"2 working days after\"", to: "after = \"acknowledgement\"", code: FlawCode::EscalationWithoutEnd, line: "[[escalation]]", path: IN_THE_TEXT },
    Planted { name: "14 a rung before the one below", from: "# planted duty", to: "[[escalation]]\nclause = \"T-2\"\nlate = [\"answer\"]\nat = \"1 working day after\"\nurge = \"holder\"", code: FlawCode::EscalationNeverFires, line: "[[escalation]]", path: IN_THE_TEXT },
    Planted { name: "15 a pause without an end", from: "# planted duty", to: "[[suspension]]\nclause = \"T-2\"\nground = \"material_missing\"\nstops = [\"answer\"]\nby = \"clerk\"\nuntil = \"supplement\"", code: FlawCode::PauseWithoutEnd, line: "[[suspension]]", path: IN_THE_TEXT },
    Planted { name: "16 a secret that is sent where it is kept from", from: "# planted route", to: "[[secrecy]]\nclause = \"T-2\"\nkeeps = [\"content\"]\nnever_to = [\"respondent_unit\"]\n[[route]]\nwhen = { case_type = [\"inquiry\"] }\nto = [\"respondent_unit\"]\nclause = \"T-1\"", code: FlawCode::BrokenSecret, line: "[[secrecy]]", path: IN_THE_TEXT },
    Planted { name: "17 a number left open", from: "within = \"15 working days\"\nextension = { in_total = \"30 working days\", by = \"director\" }", to: "within = \"as prescribed\"", code: FlawCode::NumberLeftOpen, line: "[[duty]]", path: IN_THE_TEXT },
    Planted { name: "18 a span of zero", from: "15 working days", to: "0 working days", code: FlawCode::Malformed, line: "within = \"0 working days\"", path: IN_THE_TEXT },
    Planted { name: "18 a span of a million years", from: "15 working days", to: "1000000 years", code: FlawCode::Malformed, line: "within = \"1000000 years\"", path: IN_THE_TEXT },
];

#[test]
fn each_planted_fault_is_found_where_it_is() {
    let mut missed = Vec::new();
    for planted in PLANTED {
        let text = SOUND.replacen(planted.from, planted.to, 1);
        assert_ne!(
            text, SOUND,
            "{}: `{}` stands in the sound text",
            planted.name, planted.from
        );
        let found = examined(&text);
        let hit = found.iter().find(|flaw| {
            let line = text.lines().nth(flaw.line.saturating_sub(1)).unwrap_or_default();
            let path: Vec<String> = flaw.path.iter().map(ToString::to_string).collect();
            flaw.code == planted.code && line == planted.line && path == planted.path
        });
        if hit.is_none() {
            let told: Vec<String> = found
                .iter()
                .filter(|flaw| flaw.code != FlawCode::NumberLeftOpen)
                .map(|flaw| format!("    {:?} {flaw}", flaw.code))
                .collect();
            missed.push(format!("{}:\n{}", planted.name, told.join("\n")));
        }
    }
    assert!(missed.is_empty(), "not found as planted:\n{}", missed.join("\n"));
}

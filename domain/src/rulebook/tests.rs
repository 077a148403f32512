use std::collections::BTreeMap;

use strum::IntoEnumIterator;

use super::*;
use crate::{
    time_limit::{RestDay, StartDay},
    words::{CaseType, Deed, Finding, MeasureKind, NoticeType, Subject, Word},
};

/// A small regulation in which everything fits; each test of a flaw spoils one line of it.
const SOUND: &str = r#"
[rulebook]
code = "test.office"
kind = "regulation"
title = { zh = "测试", en = "Test" }
version = "1.0.0"
effective_from = 2026-01-01
source = "test"
complete = true
inherits = [{ rulebook = "test.floor" }]

[clauses]
"T-1" = { class = "E", at = "1", zh = "登记", en = "Registration" }
"T-2" = { class = "E", at = "2", zh = "答复", en = "Reply" }
"T-3" = { class = "D", at = "3", zh = "态度", en = "Kindness" }

[[position]]
name = "clerk"
title = "经办人"
clause = "T-1"
sits = "own_office"
reach = "office"
may = ["taking_in", "directing", "handling", "reply", "record_keeping"]

[[position]]
name = "director"
title = "主任"
clause = "T-1"
sits = "own_office"
reach = "office"
may = ["approval.plan", "extension_decision", "acknowledgement"]

[[axis]]
name = "case_type"
clause = "T-1"
values = { complaint = "投诉", inquiry = "咨询" }

[[axis]]
name = "severity"
clause = "T-1"
values = { minor = "一般", major = "重大" }
unset = "minor"

[[gate]]
before = "registration"
needs = ["content", "case_type"]
clause = "T-1"

[[gate]]
before = "measure"
when = { severity = ["major"] }
needs = ["approval.plan"]
by = ["director"]
clause = "T-2"

[[route]]
to = ["own_office"]
clause = "T-1"

[[duty]]
name = "answer"
clause = "T-2"
who = "clerk"
owes = "reply"
from = "receipt"
within = "15 working days"
extension = { in_total = "30 working days", by = "director" }

[[escalation]]
clause = "T-2"
late = ["answer"]
at = "2 working days after"
report_to = "director"
"#;

const FLOOR: &str = r#"
[rulebook]
code = "test.floor"
kind = "floor"
title = { zh = "底线", en = "Floor" }
version = "1.0.0"
effective_from = 2026-01-01
source = "test"
complete = true

[clauses]
"F-1" = { class = "E", at = "1", zh = "必答", en = "An answer" }

[counting]
clause = "F-1"
start_day = "counted"
last_day_ends = "midnight"
on_rest_day = "stays"

[[duty]]
name = "floor_reply"
clause = "F-1"
who = "whoever_may"
owes = "reply"
from = "investigation_end"
within = "promptly"

[[duty]]
name = "floor_closing"
clause = "F-1"
who = "whoever_may"
owes = "closing"
from = "reply"
within = "promptly"

[[escalation]]
clause = "F-1"
late = ["any"]
at = "when due"
urge = "holder"
"#;

fn flaws_of(text: &str, floor: &str) -> Vec<Flaw> {
    let rulebook = match read(text) {
        Ok(rulebook) => rulebook,
        Err(flaws) => return flaws,
    };
    let library = BTreeMap::from([
        ("test.floor".parse().unwrap(), read(floor).unwrap()),
        ("test.office".parse().unwrap(), rulebook.clone()),
    ]);
    check(&rulebook, &library).err().unwrap_or_default()
}

fn sound() -> Checked {
    let library = BTreeMap::from([("test.floor".parse().unwrap(), read(FLOOR).unwrap())]);
    check(&read(SOUND).unwrap(), &library).unwrap()
}

fn word(written: &str) -> Word {
    written.parse().unwrap()
}

#[test]
fn shipped_rulebooks_fit_together() {
    let flaws = shipped().err().unwrap_or_default();
    let lines: Vec<String> = flaws.iter().map(ToString::to_string).collect();
    assert!(lines.is_empty(), "{}", lines.join("\n"));
    let above = library()
        .iter()
        .filter(|text| read(text).unwrap().head.kind != Kind::Regulation)
        .count();
    assert_eq!(
        library().len(),
        shipped().unwrap().len() + above,
        "no text stands for another"
    );
}

#[test]
fn sound_text_has_no_flaw() {
    assert_eq!(flaws_of(SOUND, FLOOR), []);
}

/// What is spoilt (`from` becomes `to`), on which line the flaw is found (the line that reads so, spoilt or not),
/// what its reason says, and what is proposed instead.
#[rustfmt::skip]
const SPOILT: &[(&str, &str, &str, &str, Option<&str>)] = &[
    // What is not in the vocabulary.
    ("owes = \"reply\"", "owes = \"answer\"", "owes = \"answer\"", "unknown word `answer`", Some("reply")),
    ("owes = \"reply\"", "owes = \"replay\"", "owes = \"replay\"", "unknown word `replay`", Some("reply")),
    ("within = \"15", "whithin = \"15", "whithin = \"15 working days\"", "unknown key `whithin`", Some("within")),
    ("[[escalation]]", "[[escalations]]", "[[escalations]]", "unknown section `escalations`", Some("escalation")),
    ("15 working days", "0 working days", "within = \"0 working days\"", "cannot be zero", None),
    ("15 working days", "15 workdays", "within = \"15 workdays\"", "is no time limit", None),
    ("\"taking_in\"", "\"takingin\"", "may = [\"takingin\", \"directing\", \"handling\", \"reply\", \"record_keeping\"]", "unknown word `takingin`", Some("taking_in")),
    ("[\"content\", \"case_type\"]", "[\"content\", \"complainant\"]", "needs = [\"content\", \"complainant\"]", "unknown word `complainant`", Some("complainant.kind")),
    ("sits = \"own_office\"", "sits = \"at_home\"", "sits = \"at_home\"", "unknown word `at_home`", None),
    ("class = \"D\"", "class = \"X\"", "\"T-3\" = { class = \"X\", at = \"3\", zh = \"态度\", en = \"Kindness\" }", "unknown word `X`", None),
    ("name = \"clerk\"", "name = \"The Clerk\"", "name = \"The Clerk\"", "is not a name of a position", None),
    ("when = { severity", "when = { gravity", "when = { gravity = [\"major\"] }", "unknown key `gravity`", None),
    ("version = \"1.0.0\"", "version = \"one\"", "version = \"one\"", "is not a version", None),
    ("2026-01-01", "2026-13-01", "effective_from = 2026-13-01", "", None),
    ("\"2 working days after\"", "\"2 working days after\"\nafter = \"reply\"", "[[escalation]]", "exactly one trigger", None),
    ("report_to = \"director\"", "", "[[escalation]]", "at least one effect", None),
    // Clauses.
    ("clause = \"T-2\"\nwho", "clause = \"T-22\"\nwho", "[[duty]]", "no clause listed `T-22`", Some("T-2")),
    ("class = \"D\"", "class = \"E\"", "\"T-3\" = { class = \"E\", at = \"3\", zh = \"态度\", en = \"Kindness\" }", "neither `always` nor `waits`", None),
    // Names.
    ("who = \"clerk\"", "who = \"clark\"", "[[duty]]", "no position `clark`", Some("clerk")),
    ("who = \"clerk\"", "who = \"superior\"", "[[duty]]", "among the effects of an escalation only", None),
    ("late = [\"answer\"]", "late = [\"anser\"]", "[[escalation]]", "no duty `anser`", Some("answer")),
    ("severity = [\"major\"]", "severity = [\"mayor\"]", "before = \"measure\"", "no value of the axis severity `mayor`", Some("major")),
    ("severity = [\"major\"]", "urgency = [\"major\"]", "before = \"measure\"", "no axis `urgency`", None),
    ("severity = [\"major\"]", "case_type = [\"report\"]", "before = \"measure\"", "no value of the axis case_type `report`", None),
    ("unset = \"minor\"", "unset = \"none\"", "name = \"severity\"", "no value `none`", None),
    ("to = [\"own_office\"]", "to = [\"department\"]", "[[route]]", "no kind of unit `department`", None),
    ("name = \"director\"", "name = \"clerk\"", "name = \"clerk\"", "`clerk` stands twice", None),
    ("name = \"director\"", "name = \"handler\"", "name = \"handler\"", "is a relation to the case", None),
    ("name = \"answer\"", "name = \"floor_closing\"", "", "`floor_closing` stands twice", None),
    // Powers.
    ("who = \"clerk\"", "who = \"director\"", "[[duty]]", "the position `director` may not do reply", None),
    ("by = [\"director\"]", "by = [\"clerk\"]", "before = \"measure\"", "the position `clerk` may not do approval.plan", None),
    ("by = \"director\"", "by = \"clerk\"", "[[duty]]", "may not do extension_decision", None),
    ("\"case_type\"]", "\"case_type\", \"opinion\", \"approval.mode\"]", "before = \"registration\"", "no position may do approval.mode", None),
    ("owes = \"reply\"", "owes = \"follow_up\"", "[[duty]]", "may not do follow_up", None),
    // Numbers.
    ("30 working days", "5 working days", "[[duty]]", "the extension reaches 5 working days in total, the limit itself 15", None),
    ("\"15 working days\"", "\"same day\"", "[[duty]]", "nobody can ask before the due time", None),
    ("15 working days", "200 years", "within = \"200 years\"", "more than 100 years", None),
    ("severity = [\"major\"]", "round = [2]", "before = \"measure\"", "there is no round 2", None),
    ("report_to = \"director\"", "new_round = \"next\"", "[[escalation]]", "it orders round 2, but [rounds] allows 1", None),
    // What never holds or is slipped past.
    ("unset = \"minor\"\n", "", "before = \"measure\"", "it asks for severity, which no gate demands", None),
    ("to = [\"own_office\"]", "to = [\"own_office\"]\nwhen = { case_type = [\"inquiry\"] }", "[[route]]", "the last route must take every case", None),
    ("from = \"receipt\"", "from = \"follow_up\"", "[[duty]]", "runs from follow_up, which no position may do", None),
    // Ancestors.
    ("test.floor", "test.flor", "[rulebook]", "no rulebook `test.flor` to inherit from", Some("test.floor")),
    ("{ rulebook = \"test.floor\" }", "{ rulebook = \"test.office\" }", "[rulebook]", "it inherits from itself: test.office from test.office", None),
];

#[test]
fn every_flaw_is_named_with_its_line() {
    for (from, to, line, reason, closest) in SPOILT {
        let text = SOUND.replacen(from, to, 1);
        assert_ne!(text, SOUND, "{from} occurs in the sound text");
        let flaws = flaws_of(&text, FLOOR);
        let flaw = flaws
            .iter()
            .find(|flaw| flaw.reason.contains(reason))
            .unwrap_or_else(|| panic!("{to}: expected `{reason}`, found {flaws:#?}"));
        assert_eq!(flaw.closest.as_deref(), *closest, "{to}: {flaw}");
        let begins = |text: &str, flaw: &Flaw| {
            // An entry is named by its [[…]] line, the line after which is its first key.
            let mut lines = text.lines().skip(flaw.line - 1);
            [lines.next(), lines.next()]
                .map(Option::unwrap_or_default)
                .map(str::to_owned)
        };
        if !line.is_empty() {
            assert!(
                begins(&text, flaw).iter().any(|read| read == line),
                "{to}: {flaw}"
            );
        }
    }
}

#[test]
fn all_flaws_of_a_text_are_told_at_once() {
    let text = SOUND
        .replace("owes = \"reply\"", "owes = \"answer\"")
        .replace("before = ", "bevor = ");
    let reasons: Vec<String> = flaws_of(&text, FLOOR)
        .into_iter()
        .map(|flaw| flaw.reason)
        .collect();
    assert_eq!(
        reasons,
        [
            "unknown key `bevor`",
            "unknown key `bevor`",
            "unknown word `answer`"
        ]
    );
}

#[test]
fn ancestors_may_not_stand_in_a_circle() {
    let circle = FLOOR.replace(
        "complete = true",
        "complete = true\ninherits = [{ rulebook = \"test.floor\" }]",
    );
    let flaws = flaws_of(SOUND, &circle);
    assert!(flaws[0].reason.contains("inherits from itself"), "{flaws:?}");
    assert_eq!(flaws[0].rulebook.as_ref().unwrap().as_str(), "test.floor");
}

#[test]
fn regulation_cannot_be_inherited() {
    let flaws = flaws_of(SOUND, &FLOOR.replace("kind = \"floor\"", "kind = \"regulation\""));
    assert!(
        flaws
            .iter()
            .any(|flaw| flaw.reason.contains("only a statute or a floor")),
        "{flaws:?}"
    );
}

#[test]
fn heir_may_not_loosen() {
    let ground = "\n[[ground]]\nof = \"decline\"\nname = \"NAME\"\ntitle = \"…\"\nclause = \"CLAUSE\"\n";
    let floor = format!(
        "{FLOOR}{}",
        ground.replace("NAME", "out_of_scope").replace("CLAUSE", "F-1")
    );
    let same = format!(
        "{SOUND}{}",
        ground.replace("NAME", "out_of_scope").replace("CLAUSE", "T-1")
    );
    assert_eq!(flaws_of(&same, &floor), []);
    let other = format!(
        "{SOUND}{}",
        ground.replace("NAME", "tiresome").replace("CLAUSE", "T-1")
    );
    let flaws = flaws_of(&other, &floor);
    assert!(
        flaws[0]
            .reason
            .contains("lists the grounds of decline and has no `tiresome`"),
        "{flaws:?}"
    );
    assert_eq!(other.lines().nth(flaws[0].line - 1), Some("[[ground]]"));
}

/// The reason for which an heir that says `own` is refused under a floor that says `above`, or nothing.
fn loosened(own: &str, above: &str) -> Option<String> {
    let heir = format!("{SOUND}{}", own.replace("CLAUSE", "T-1"));
    let floor = format!("{FLOOR}{}", above.replace("CLAUSE", "F-1"));
    flaws_of(&heir, &floor).into_iter().next().map(|flaw| flaw.reason)
}

#[test]
fn heir_may_only_tighten_each_section() {
    let gate = |force: &str| {
        format!(
            "\n[[gate]]\nbefore = \"closing\"\nneeds = [\"reply\"]\nforce = \"{force}\"\nclause = \"CLAUSE\"\n"
        )
    };
    assert_eq!(loosened(&gate("must"), &gate("normally")), None);
    let reason = loosened(&gate("normally"), &gate("must")).unwrap();
    assert!(reason.contains("only wished for"), "{reason}");

    let pause = |most: &str| {
        format!(
            "\n[[suspension]]\nground = \"waiting\"\nstops = [\"answer\"]\nby = \"whoever_may\"\nuntil = \"resumption\"\nat_most = \"{most}\"\nclause = \"CLAUSE\"\n"
        )
    };
    let reason = loosened(
        &pause("9 days"),
        &pause("8 days").replace("answer", "floor_closing"),
    )
    .unwrap();
    assert!(reason.contains("longer"), "{reason}");
    let reason = loosened(&pause("9 days").replace("answer", "floor_closing"), "").unwrap();
    assert!(reason.contains("cannot be paused"), "{reason}");

    let rounds = |most: &str| format!("\n[rounds]\n{most}\nhands = \"any\"\nclause = \"CLAUSE\"\n");
    assert_eq!(loosened(&rounds("at_most = 2"), &rounds("at_most = 3")), None);
    for more in ["at_most = 4", ""] {
        let reason = loosened(&rounds(more), &rounds("at_most = 3")).unwrap();
        assert!(reason.contains("more rounds"), "{reason}");
    }

    let appeal = |within: &str, decide: &str, last: bool| {
        format!(
            "\n[[appeal]]\nname = \"review\"\nby = \"complainant\"\nagainst = \"reply\"\nwithin = \"{within}\"\nfrom = \"reply\"\ndecided_by = \"director\"\ndecide_within = \"{decide}\"\nfinal = {last}\nclause = \"CLAUSE\"\n"
        )
    };
    let granted = appeal("30 days", "30 days", false).replace("director", "whoever_may");
    let decides = |own: &str| {
        let heir = SOUND.replace(
            "\"acknowledgement\"]",
            "\"acknowledgement\", \"appeal_decision\"]",
        );
        let own = format!("{heir}{}", own.replace("CLAUSE", "T-1"));
        let floor = format!("{FLOOR}{}", granted.replace("CLAUSE", "F-1"));
        flaws_of(&own, &floor).into_iter().next().map(|flaw| flaw.reason)
    };
    assert_eq!(decides(&appeal("60 days", "10 days", false)), None);
    for (own, how) in [
        (appeal("10 days", "30 days", false), "less time to file"),
        (appeal("30 days", "40 days", false), "more time to decide"),
        (appeal("30 days", "30 days", true), "ends the way sooner"),
    ] {
        let reason = decides(&own).unwrap();
        assert!(reason.contains(how), "{reason}");
    }

    let kept = |span: &str| {
        format!("\n[[retention]]\n{span}\nfrom = \"closing\"\nthen = \"review\"\nclause = \"CLAUSE\"\n")
    };
    assert_eq!(
        loosened(&kept("at_most = \"5 years\""), &kept("at_least = \"3 years\"")),
        None
    );
    let reason = loosened(&kept("at_most = \"2 years\""), &kept("at_least = \"3 years\"")).unwrap();
    assert!(reason.contains("longer than it may be"), "{reason}");

    let secrecy =
        |to: &str| format!("\n[[secrecy]]\nkeeps = [\"identity\"]\nopen_to = [{to}]\nclause = \"CLAUSE\"\n");
    let reason = loosened(
        &secrecy("\"first_receiver\", \"director\""),
        &secrecy("\"first_receiver\""),
    )
    .unwrap();
    assert!(reason.contains("opened"), "{reason}");
}

#[test]
fn inherited_duty_is_counted_by_its_own_rulebook() {
    let rulebook = sound();
    let counting = |name: &str| rulebook.counting_of(rulebook.duty(&name.parse().unwrap()).unwrap());
    assert_eq!(counting("floor_closing").on_rest_day, RestDay::Stays);
    assert_eq!(counting("floor_closing").start_day, StartDay::Counted);
    assert_eq!(counting("answer").on_rest_day, RestDay::NextWorkingDay);
}

#[test]
fn floor_duty_is_silent_beside_an_own_one() {
    let rulebook = sound();
    let facts = Facts::default();
    let silent =
        |name: &str| rulebook.is_silent(rulebook.duty(&name.parse().unwrap()).unwrap(), &facts, |_| true);
    assert!(silent("floor_reply"));
    assert!(!silent("floor_closing"));
    assert!(!silent("answer"));
}

#[test]
fn condition_on_inheritance_narrows_every_rule() {
    let text = SOUND.replace(
        "{ rulebook = \"test.floor\" }",
        "{ rulebook = \"test.floor\", when = { case_type = [\"complaint\"] } }",
    );
    let library = BTreeMap::from([("test.floor".parse().unwrap(), read(FLOOR).unwrap())]);
    let rulebook = check(&read(&text).unwrap(), &library).unwrap();
    let inherited = rulebook.duty(&"floor_closing".parse().unwrap()).unwrap();
    assert_eq!(inherited.when.case_type, [CaseType::Complaint]);
    assert_eq!(inherited.origin, Origin::Floor("test.floor".parse().unwrap()));
    assert!(
        rulebook
            .duty(&"answer".parse().unwrap())
            .unwrap()
            .when
            .is_always()
    );
}

#[test]
fn rungs_of_a_ladder_are_found_by_duty() {
    let rulebook = sound();
    let steps = |name: &str| rulebook.late_steps(name).count();
    assert_eq!(steps("answer"), 2, "its own rung and the floor's for any duty");
    assert_eq!(steps("floor_closing"), 1);
}

#[test]
fn unknown_fact_never_matches() {
    let when = When {
        case_type: vec![CaseType::Complaint, CaseType::Inquiry],
        finding: vec![Finding::Substantiated],
        ..When::default()
    };
    let mut facts = Facts {
        case_type: Some(CaseType::Inquiry),
        ..Facts::default()
    };
    assert!(!when.matches(&facts));
    facts.finding = Some(Finding::Substantiated);
    assert!(when.matches(&facts));
    facts.case_type = Some(CaseType::Report);
    assert!(!when.matches(&facts));
    assert!(When::default().matches(&Facts::default()));
}

#[test]
fn any_of_the_flags_matches() {
    let when = When {
        flag: vec![word("media"), word("repeat")],
        ..When::default()
    };
    let flags = [word("urgent"), word("repeat")].into();
    let facts = Facts {
        flags: Some(&flags),
        ..Facts::default()
    };
    assert!(when.matches(&facts));
    assert!(!when.matches(&Facts::default()));
}

#[test]
fn unclassified_case_counts_as_its_axis_says() {
    let (rulebook, stated) = (sound(), word("major"));
    let minor = rulebook.with_unset(Facts::default());
    assert_eq!(minor.severity, Some(&word("minor")));
    let major = rulebook.with_unset(Facts {
        severity: Some(&stated),
        ..Facts::default()
    });
    assert_eq!(major.severity, Some(&word("major")));
}

#[test]
fn values_keep_the_order_of_the_file() {
    let rulebook = sound();
    let words: Vec<&str> = rulebook
        .axis(crate::words::AxisName::Severity)
        .unwrap()
        .values
        .words()
        .map(Word::as_str)
        .collect();
    assert_eq!(words, ["minor", "major"], "as graded, not by the alphabet");
}

#[test]
fn bundles_are_expanded_and_hold_no_decision() {
    let rulebook = sound();
    let clerk = rulebook.position(&"clerk".parse().unwrap()).unwrap();
    assert!(
        clerk.may_do(Deed::Notice(Some(NoticeType::Receipt))),
        "the bare word gives every particular one"
    );
    assert!(clerk.may_do(Deed::Measure(Some(MeasureKind::Apology))));
    assert!(!clerk.may_do(Deed::Approval(Some(Subject::Plan))));
    let director = rulebook.position(&"director".parse().unwrap()).unwrap();
    assert!(director.may_do(Deed::Approval(Some(Subject::Plan))));
    assert!(
        !director.may_do(Deed::Approval(None)),
        "a particular one does not give them all"
    );
    for deed in crate::words::Bundle::iter().flat_map(crate::words::Bundle::deeds) {
        let decision = matches!(
            deed,
            Deed::Instruction
                | Deed::Approval(_)
                | Deed::ExtensionDecision
                | Deed::SecondDispatchDecision
                | Deed::FirstReceiverChange
                | Deed::AppealDecision
                | Deed::Erasure
        );
        assert!(!decision, "{deed} is given away by an abbreviation");
    }
}

#[test]
fn limits_of_the_shipped_regulations_are_the_texts() {
    let rulebooks = shipped().unwrap();
    let limit = |code: &str, duty: &str| {
        let duty = rulebooks[code].duty(&duty.parse().unwrap()).unwrap();
        (
            duty.within.to_string(),
            duty.extension
                .as_ref()
                .map(|e| e.in_total.map(|cap| cap.to_string())),
        )
    };
    let days = |written: &str| written.to_owned();
    assert_eq!(
        limit("cn.service_hall", "finish_and_tell"),
        (days("15 working days"), None)
    );
    assert_eq!(
        limit("cn.tobacco_supervision", "unit_handling"),
        (days("2 working days"), Some(Some(days("7 working days")))),
    );
    assert_eq!(
        limit("cn.tobacco_supervision", "provincial_form"),
        (days("3 working days"), Some(None))
    );
    assert_eq!(
        limit("cn.tobacco_supervision", "follow_up_on_the_day"),
        (days("same day"), None)
    );
    assert_eq!(
        limit("cn.drug_window", "hand_over_the_same_day"),
        (days("same day"), None)
    );
    assert_eq!(
        limit("cn.report_disposal", "first_reply"),
        (days("24 hours"), None)
    );
    assert_eq!(
        limit("cn.report_disposal", "result"),
        (days("7 working days"), None)
    );
    assert_eq!(
        limit("cn.edu_bureau_supervision", "answer"),
        (days("7 working days"), Some(None))
    );
    assert_eq!(
        limit("cn.consumer_and_petition", "consumer_told"),
        (days("7 working days"), None)
    );
    assert_eq!(
        limit("cn.consumer_and_petition", "petition_sorted"),
        (days("15 days"), None)
    );
    let end = rulebooks["cn.consumer_and_petition"]
        .duty(&"petition_end".parse().unwrap())
        .unwrap();
    let more = end.extension.as_ref().unwrap().at_most_more.unwrap();
    assert_eq!(
        (end.within.to_string(), more.to_string()),
        (days("60 days"), days("30 days"))
    );
}

#[test]
fn each_law_holds_for_the_matters_it_speaks_of() {
    let rulebooks = shipped().unwrap();
    let rulebook = &rulebooks["cn.consumer_and_petition"];
    let limits = |case_type: CaseType| {
        let facts = Facts {
            case_type: Some(case_type),
            identity: Some(crate::words::IdentityMode::RealName),
            reachable: Some(true),
            ..Facts::default()
        };
        let statutes = rulebook
            .duties()
            .iter()
            .filter(|duty| matches!(duty.origin, Origin::Statute(_)) && duty.when.matches(&facts));
        statutes.map(|duty| duty.clause.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(limits(CaseType::Complaint), ["CON-46"]);
    assert_eq!(limits(CaseType::Petition), ["PET-22", "PET-23a", "PET-34"]);
    let levels: Vec<_> = rulebook
        .appeals
        .iter()
        .map(|appeal| (appeal.name.as_str(), appeal.r#final))
        .collect();
    assert_eq!(levels, [("review", false), ("re_review", true)]);
    let identity = rulebook.identity.as_ref().unwrap();
    assert_eq!(identity.representatives_at_most, Some(5));
}

#[test]
fn a_text_that_breaks_off_is_said_to() {
    let rulebooks = shipped().unwrap();
    for (code, complete) in [
        ("cn.edu_bureau_supervision", true),
        ("cn.conduct_internal", true),
        ("cn.hospital_window", true),
        ("cn.consumer_and_petition", false),
        ("cn.complaints_office", false),
    ] {
        assert_eq!(rulebooks[code].head.complete, complete, "{code}");
    }
}

/// A limit without a number in the text gets none from us: what a house may run on is only suggested.
#[test]
fn no_number_is_put_into_a_clause_that_has_none() {
    let rulebooks = shipped().unwrap();
    for code in [
        "cn.conduct_internal",
        "cn.hospital_window",
        "cn.complaints_office",
    ] {
        let counted = rulebooks[code].duties().iter().filter(|duty| {
            duty.origin == Origin::Own && matches!(duty.within, crate::time_limit::Within::Span(_))
        });
        assert_eq!(counted.count(), 0, "{code}");
    }
}

#[test]
fn a_floor_owes_nothing_to_units_where_no_route_leads_to_one() {
    let floor = format!(
        "{FLOOR}\n[[duty]]\nname = \"floor_form\"\nclause = \"F-1\"\nwho = \"handling_unit\"\n\
         owes = \"receipt_of_form\"\nfrom = \"dispatch\"\nwithin = \"promptly\"\n"
    );
    let nobody_signs = SOUND.replace(
        "\"handling\", ",
        "\"investigation_end\", \"plan\", \"measure\", \"extension_request\", ",
    );
    assert_eq!(flaws_of(&nobody_signs, &floor), []);
    let sent_out = nobody_signs.replace("to = [\"own_office\"]", "to = [\"respondent_unit\"]");
    let reasons: Vec<String> = flaws_of(&sent_out, &floor)
        .into_iter()
        .map(|flaw| flaw.reason)
        .collect();
    assert_eq!(
        reasons,
        ["nobody who can be the handling_unit may do receipt_of_form"]
    );
}

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
    assert_eq!(
        library().len(),
        shipped().unwrap().len() + 1,
        "every text but the floor is a regulation"
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

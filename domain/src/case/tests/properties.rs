//! What must hold whatever anybody does: random people try random acts, possible and impossible.

use std::collections::BTreeMap;

use proptest::prelude::*;
use strum::IntoEnumIterator;

use super::dice::{Dice, sections};
use super::world::{World, id, regulations, text, word};
use crate::authority::{keys, permitting, sight};
use crate::case::command::{Complainant, Emergency, Respondent, Work, WorkKind};
use crate::case::comparison::{Judgement, Lacking};
use crate::case::decide::Actor;
use crate::case::decide::replay::replay;
use crate::case::permitted::{holds, targets};
use crate::case::{Act, By, Case, Command, Entry, Possible, Refusal, decide, possibilities};
use crate::duty::{Duty, is_tracking};
use crate::ids::{CaseId, StaffId, ThingId};
use crate::rulebook::Need;
use crate::time_limit::{Unit, Within};
use crate::words::{ActivityKind, CaseType, Deed, Field, IdentityMode, RulebookCode, Source, Status};

/// Rulebooks that ask for a deed which no act makes yet.
const WAITING: &[&str] = &[];

/// A world under any of the shipped rulebooks, with a matter just taken in.
fn opened(seed: u64) -> World {
    let mut dice = Dice::new(seed);
    let codes: Vec<&RulebookCode> = regulations()
        .keys()
        .filter(|code| !WAITING.contains(&code.as_str()))
        .collect();
    let code = dice.pick(&codes).as_str();
    opened_under(code, dice)
}

/// A world with a matter just taken in, of any kind that the rulebook knows.
fn opened_under(code: &str, mut dice: Dice) -> World {
    let mut world = World::of(code);
    let types: Vec<CaseType> = [
        CaseType::Complaint,
        CaseType::Inquiry,
        CaseType::Suggestion,
        CaseType::Report,
        CaseType::Petition,
    ]
    .into_iter()
    .filter(|case_type| {
        world
            .rulebook
            .axis(crate::words::AxisName::CaseType)
            .is_some_and(|axis| {
                axis.values
                    .words()
                    .any(|word| word.as_str() == case_type.as_str())
            })
    })
    .collect();
    let kinds: Vec<_> = world
        .rulebook
        .axis(crate::words::AxisName::Complainant)
        .map(|axis| axis.values.words().cloned().collect())
        .unwrap_or_default();
    let receivers: Vec<StaffId> = world
        .rulebook
        .positions_that_may(Deed::Receipt)
        .flat_map(|position| (1..=2).map(move |no| format!("{}.{no}", position.name)))
        .map(|name| World::staff(&name))
        .filter(|staff| world.directory.staff.contains_key(staff))
        .collect();
    let receiver = dice.pick(&receivers);
    if dice.one_in(3)
        && let Some(unit) = world.directory.units.values_mut().next()
    {
        unit.accountable_officer = None;
    }
    let mut matter = world.matter(dice.pick(&types), None);
    matter.source = dice.pick(&[Source::Public, Source::Superior]);
    matter.complainant = Complainant {
        identity: IdentityMode::RealName,
        kind: (!kinds.is_empty()).then(|| dice.pick(&kinds)),
        stated: [
            Field::ComplainantName,
            Field::ComplainantContact,
            Field::ComplainantSex,
            Field::ComplainantAge,
        ]
        .into(),
        person: Some(text("a person")),
        representatives: None,
    };
    let stated = [
        Field::RequestedRemedy,
        Field::IncidentTime,
        Field::IncidentPlace,
        Field::EvidenceOrWay,
    ];
    let texts = stated.map(|field| (field, text("as he says")));
    matter.completion.texts.extend(texts);
    if dice.one_in(2) {
        matter.completion.respondents.clear();
    }
    if dice.one_in(2) {
        let complained_of = dice.staff(&world);
        matter.completion.respondents.push(Respondent::Person {
            staff: (complained_of != receiver).then_some(complained_of),
            description: None,
        });
    }
    let asks_for_respondent = world
        .rulebook
        .gates_before(Deed::Registration)
        .any(|gate| gate.needs.contains(&Need::Field(Field::Respondent)));
    if asks_for_respondent && matter.completion.respondents.is_empty() {
        matter.completion.respondents.push(Respondent::Person {
            staff: None,
            description: Some(text("somebody at a window")),
        });
    }
    let case = CaseId(id("case"));
    let command = if dice.one_in(4) {
        Command::Receive { case, matter }
    } else {
        Command::Register {
            case,
            matter,
            case_no: "2026-000001".to_owned(),
        }
    };
    world.try_as(Actor::Staff(receiver), &command).unwrap();
    world
}

/// One step of somebody: mostly something he may do, sometimes anything at all.
fn step(world: &mut World, seed: u64) {
    let mut dice = Dice::new(seed);
    if dice.one_in(6) {
        let hours = i64::try_from(dice.below(60)).unwrap();
        world.now += chrono::TimeDelta::hours(hours);
        check(world, Actor::Clock, &Command::LookAtTime).unwrap();
        let before = world.book.len();
        check(world, Actor::Clock, &Command::LookAtTime).unwrap();
        assert_eq!(before, world.book.len(), "a second look decides nothing new");
    }
    let owed = if dice.one_in(2) { next_owed(world) } else { None };
    let staff = owed
        .as_ref()
        .map_or_else(|| dice.staff(world), |(staff, ..)| *staff);
    let shown = possibilities(world.case(), staff, &world.context(Actor::Staff(staff)));
    let open: Vec<&Possible> = shown.iter().filter(|it| it.blocked.is_none()).collect();
    let (act, target) = if let Some((_, act, target, _)) = owed {
        (act, target)
    } else if open.is_empty() || dice.one_in(4) {
        let acts: Vec<Act> = Act::iter()
            .filter(|act| !matches!(act, Act::Receive | Act::Register))
            .filter(|act| {
                !matches!(
                    act,
                    Act::TransferDuties
                        | Act::MoveToVersion
                        | Act::RecordHistory
                        | Act::LookAtTime
                        | Act::BreakGlass
                )
            })
            .collect();
        let act = dice.pick(&acts);
        let target = targets(world.case(), act).first().copied().flatten();
        (act, target)
    } else {
        let chosen = dice.below(open.len());
        (open[chosen].act, open[chosen].target)
    };
    let command = dice.command(act, target, staff, world);
    let answer = check(world, Actor::Staff(staff), &command);
    let one = shown.iter().find(|it| it.act == act && it.target == target);
    agree(one, &answer, &command, act);
}

/// What is shown and what is decided are one.
fn agree(shown: Option<&Possible>, answer: &Result<(), Refusal>, command: &Command, act: Act) {
    match (shown, answer) {
        (Some(Possible { blocked: None, .. }), Err(refusal)) => {
            // What a piece of work or a notice is exactly, and where a form goes, is content.
            let by_content = match refusal {
                Refusal::NotPermitted { .. } => {
                    matches!(
                        act,
                        Act::RecordWork | Act::ServeNotice | Act::TakeMeasure | Act::Recuse
                    ) || act == Act::RequestExtension
                }
                Refusal::GateClosed { missing } => missing
                    .iter()
                    .all(|missing| crate::gate::is_of_the_office(missing.need)),
                Refusal::NotVisible | Refusal::WrongStatus { .. } | Refusal::NotProvided { .. } => {
                    act == Act::RequestExtension
                }
                _ => true,
            };
            assert!(by_content, "shown as open, refused: {refusal:?} for {command:?}");
        }
        (None | Some(Possible { blocked: Some(_), .. }), Ok(())) => {
            panic!("shown as closed ({shown:?}), done: {command:?}");
        }
        (Some(_) | None, _) => {}
    }
}

/// Does it, and looks whether the house still stands.
fn check(world: &mut World, actor: Actor, command: &Command) -> Result<(), Refusal> {
    let before = world.case().clone();
    let first = decide(Some(&before), command, &world.context(actor));
    let again = decide(Some(&before), command, &world.context(actor));
    assert_eq!(first, again, "deciding is deterministic");
    let entries = first?;
    world.try_as(actor, command)?;
    numbered(&before, &entries, command);
    nobody_barred_has_a_hand_in_it(&before, &entries, world);
    for duty in &world.case().duties {
        falls_on_a_working_day(duty, world);
    }
    Ok(())
}

/// No gap in the numbers; one version more where something changed that others decide by.
fn numbered(before: &Case, entries: &[Entry], command: &Command) {
    let act = command.act();
    for (at, entry) in entries.iter().enumerate() {
        assert_eq!(entry.sequence, before.sequence + 1 + u64::try_from(at).unwrap());
        let raised = entry.version - before.version;
        match act {
            Act::LookAtTime => assert!(raised <= 1),
            act => assert_eq!(raised, u64::from(!act.only_adds()), "{act:?}"),
        }
        assert!(entry.occurred_at <= entry.recorded_at, "{entry:?}");
    }
}

fn nobody_barred_has_a_hand_in_it(before: &Case, entries: &[Entry], world: &World) {
    for entry in entries {
        if let By::Staff { staff, .. } = &entry.by {
            assert!(!before.bars(*staff), "{entry:?}");
        }
    }
    let case = world.case();
    let barred = world.directory.staff.keys().filter(|staff| case.bars(**staff));
    for staff in barred {
        let context = world.context(Actor::Staff(*staff));
        let keys = keys(*staff, world.rulebook, &world.directory, world.now);
        assert!(!sight(case, &context).admits(&keys));
        assert!(possibilities(case, *staff, &context).is_empty());
        let emergency = Command::BreakGlass(Emergency { reason: text("why") });
        assert_eq!(decide(Some(case), &emergency, &context), Err(Refusal::NotVisible));
        assert!(
            case.duties
                .iter()
                .all(|duty| duty.terms.holder.staff != Some(*staff))
        );
    }
}

fn falls_on_a_working_day(duty: &Duty, world: &World) {
    let (Some(due), Some(limit)) = (&duty.terms.due, &duty.terms.limit) else {
        return;
    };
    if let Within::Span(span) = limit.within
        && span.unit == Unit::WorkingDay
    {
        assert!(world.calendar.is_working(due.on), "{duty:?}");
    }
}

/// The case as its entries tell it, also after they were written down and read again.
fn replays(world: &World) {
    let written = serde_json::to_vec(&world.book).unwrap();
    let read: Vec<Entry> = serde_json::from_slice(&written).unwrap();
    assert_eq!(read, world.book);
    let mut entries = read.iter();
    let mut case = Case::opened_by(entries.next().unwrap()).unwrap();
    for entry in entries {
        case = case.after(entry);
    }
    assert_eq!(&case, world.case());
    let kept = serde_json::to_string(&case).unwrap();
    assert_eq!(serde_json::from_str::<Case>(&kept).unwrap(), case);
    what_people_did_leads_to_the_same_again(world);
}

/// Put once more under the same rulebook, what people did leaves the same owed, due at the same times. Which of several
/// reports that rules made was acknowledged is not always found again, so acknowledgements are left out.
fn what_people_did_leads_to_the_same_again(world: &World) {
    let acknowledges = |key: &crate::duty::DutyKey| key.name.contains("acknowledgement");
    let again = replay(&world.book, &world.context(Actor::Clock));
    let open: BTreeMap<_, _> = again
        .duties
        .iter()
        .filter(|(key, duty)| {
            matches!(duty.verdict, Judgement::Open | Judgement::Overdue) && !acknowledges(key)
        })
        .map(|(key, duty)| (key, &duty.due))
        .collect();
    let live: BTreeMap<_, _> = world
        .case()
        .duties
        .iter()
        .filter(|duty| !acknowledges(&duty.key))
        .map(|duty| (&duty.key, &duty.terms.due))
        .collect();
    assert_eq!(open, live);
    let mut lacks = again.lacks.keys();
    let lost = lacks.find(|(what, _)| matches!(what, Lacking::Duty | Lacking::Thing));
    assert_eq!(lost, None);
}

/// Something somebody owes and can do now: the earliest due first.
fn next_owed(world: &World) -> Option<(StaffId, Act, Option<ThingId>, Duty)> {
    let case = world.case();
    let mut duties: Vec<&Duty> = case.duties.iter().filter(|duty| !is_tracking(duty)).collect();
    duties.sort_by_key(|duty| duty.terms.due.as_ref().map(|due| due.at));
    for duty in duties {
        for staff in world.directory.staff.keys() {
            let context = world.context(Actor::Staff(*staff));
            if !holds(duty, *staff, &context) {
                continue;
            }
            for it in possibilities(case, *staff, &context) {
                let owes = duty.terms.owes;
                let may = |deed| {
                    let given = permitting(*staff, deed, Some(case), world.rulebook, &world.directory);
                    !given.is_empty()
                };
                // Whoever may add something to the file may not add everything.
                let does_it = it.act != Act::RecordWork || may(owes);
                if it.blocked.is_none() && it.discharges.contains(&duty.id) && does_it {
                    return Some((*staff, it.act, it.target, duty.clone()));
                }
            }
        }
    }
    None
}

/// A few dozen walks each time; `PROPTEST_CASES` asks for more.
fn chances() -> ProptestConfig {
    let usual = ProptestConfig::default();
    ProptestConfig {
        cases: usual.cases / 4,
        max_shrink_iters: 200,
        failure_persistence: None,
        ..usual
    }
}

/// The command, of exactly the kind that is owed.
fn meaning(owes: Deed, command: Command, world: &World) -> Command {
    match (owes, command) {
        (Deed::Notice(Some(kind)), Command::ServeNotice(notice)) => {
            Command::ServeNotice(crate::case::command::Notice { kind, ..notice })
        }
        (Deed::Opinion, Command::RecordWork(work)) => Command::RecordWork(Work {
            kind: WorkKind::Opinion,
            ..work
        }),
        (Deed::FeasibilityStudy, Command::RecordWork(work)) => Command::RecordWork(Work {
            kind: WorkKind::FeasibilityStudy,
            ..work
        }),
        (Deed::InvestigationPlan, Command::RecordWork(work)) => Command::RecordWork(Work {
            kind: WorkKind::InvestigationPlan,
            ..work
        }),
        (Deed::Screening, Command::Screen(mut screening)) => {
            screening.checks.values_mut().for_each(|passed| *passed = true);
            Command::Screen(screening)
        }
        (Deed::InvestigationReport, Command::RecordWork(work)) => Command::RecordWork(Work {
            kind: WorkKind::InvestigationReport,
            sections: sections(owes, world),
            ..work
        }),
        (Deed::Evidence, Command::RecordWork(work)) => Command::RecordWork(Work {
            kind: WorkKind::Evidence,
            ..work
        }),
        (Deed::Activity(kind), Command::RecordWork(work)) => {
            let kind = kind.unwrap_or(ActivityKind::Interview);
            Command::RecordWork(Work {
                kind: WorkKind::Activity(kind),
                sections: sections(Deed::Activity(Some(kind)), world),
                ..work
            })
        }
        (Deed::Measure(Some(kind)), Command::TakeMeasure(measure)) => {
            Command::TakeMeasure(crate::case::command::Measure { kind, ..measure })
        }
        (_, command) => command,
    }
}

proptest! {
    #![proptest_config(chances())]

    #[test]
    fn whatever_anybody_tries_the_house_stands(
        opening: u64,
        steps in proptest::collection::vec(any::<u64>(), 1..50),
    ) {
        let mut world = opened(opening);
        for seed in steps {
            step(&mut world, seed);
        }
        replays(&world);
    }

    #[test]
    fn a_newer_calendar_moves_by_its_count_alone_what_settling_would_move(
        opening: u64,
        steps in proptest::collection::vec(any::<u64>(), 1..20),
        first in 0..40_i64,
    ) {
        let mut world = opened(opening);
        for seed in steps {
            step(&mut world, seed);
        }
        let day = world.now.date_naive() + chrono::TimeDelta::days(first);
        let change = crate::calendar::Change {
            local_days: Some(vec![crate::calendar::LocalDay {
                days: day.to_string().parse().unwrap(),
                name: "停电".to_owned(),
                work: crate::calendar::LocalWork::Off,
            }]),
            ..crate::calendar::Change::default()
        };
        world.calendar = world.calendar.changed(&change, world.now).unwrap();
        check(&mut world, Actor::Clock, &Command::LookAtTime).unwrap();
        let context = world.context(Actor::Clock);
        let owed = crate::duty::owed(world.case(), &context);
        for duty in &world.case().duties {
            let left = duty.terms.due.as_ref().is_some_and(|due| due.at <= world.now);
            let would_be = |terms: &crate::duty::Terms| terms.due.as_ref().is_some_and(|due| due.at <= world.now);
            if let Some((_, terms)) = owed.get(&duty.key).filter(|(_, terms)| !left && !would_be(terms)) {
                assert_eq!(duty.terms.due, terms.due, "{:?}", duty.key);
            }
        }
    }

    #[test]
    fn who_does_what_he_owes_brings_every_case_home(opening: u64, luck: u64) {
        let mut world = opened(opening);
        let mut dice = Dice::new(luck);
        let mut tries = 0;
        while world.case().status.is_open() {
            let Some((staff, act, target, duty)) = next_owed(&world) else {
                panic!("nobody can act in {:?}: {:#?}", world.case().status, world.owed());
            };
            let before = world.owed();
            let command = meaning(duty.terms.owes, dice.command(act, target, staff, &world), &world);
            let answer = check(&mut world, Actor::Staff(staff), &command);
            if answer.is_ok() {
                let still = world.case().duties.iter().any(|open| open.id == duty.id);
                // What a check found undone is to be done and checked as before.
                let undone = matches!(&command, Command::CheckRectification(check) if !check.passed);
                prop_assert!(!still || undone || before != world.owed(), "{command:?} leaves {duty:?}");
            }
            tries += 1;
            prop_assert!(tries < 400, "no end to it in {:?}: {:#?} {command:?} {answer:?}", world.case().status, world.owed());
        }
        prop_assert_ne!(world.case().status, Status::Received);
        replays(&world);
    }
}

#[test]
fn a_word_that_nobody_knows_is_refused_and_named() {
    let mut world = opened(3);
    let flag = word("no_such_flag");
    let classify = Command::Classify(crate::case::command::Classification {
        flags: Some([flag].into()),
        ..Default::default()
    });
    let staff = world.case().first_receiver.staff;
    let refused = world.try_as(Actor::Staff(staff), &classify);
    assert!(
        matches!(refused, Err(Refusal::NotListed { field: "flags", .. })),
        "{refused:?}"
    );
}

/// One leader is complained of, the other stepped aside before anything was asked of him.
#[test]
fn a_walk_that_once_got_stuck() {
    let mut dice = Dice::new(16_531_894_754_718_064_030);
    let code = dice.pick(&["cn.service_hall", "cn.tobacco_supervision"]);
    let mut world = opened_under(code, dice);
    for seed in [
        11_465_214_146_464_271_362,
        11_106_077_744_010_214_505,
        952_085_565_696_100_092,
    ] {
        step(&mut world, seed);
    }
}

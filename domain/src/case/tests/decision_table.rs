//! The table of states and acts, one reviewed file per rulebook. Run with `UPDATE_SNAPSHOTS=1` to write
//! it anew, then read what changed.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use strum::IntoEnumIterator;

use super::forms::*;
use super::world::{World, id, task};
use crate::authority::{keys, sight};
use crate::case::command::{Completion, Remark, WorkKind};
use crate::case::decide::Actor;
use crate::case::permitted::{Permission, permitted, targets};
use crate::case::{Act, Command, Refusal};
use crate::ids::CaseId;
use crate::words::{AxisName, CaseType, Finding, MeasureKind, Satisfaction, Status};

/// One step of a walk: who, and with which form.
type Step = (&'static str, fn(&World) -> Command);

/// A walk: its title, where it is walked, what it is about, its steps.
struct Walk {
    title: &'static str,
    rulebook: &'static str,
    case_type: CaseType,
    steps: Vec<Step>,
}

#[test]
fn the_service_hall_decides_as_reviewed() {
    let complaint = walk("complaint", "cn.service_hall", CaseType::Complaint, hall());
    let declined = walk(
        "complaint out of scope",
        "cn.service_hall",
        CaseType::Complaint,
        vec![(HALL, |_| decline(true))],
    );
    reviewed(
        include_str!("service_hall.decisions.txt"),
        "service_hall.decisions.txt",
        &[complaint, declined],
    );
}

#[test]
fn the_tobacco_company_decides_as_reviewed() {
    let code = "cn.tobacco_supervision";
    let walks = [
        walk("complaint, general", code, CaseType::Complaint, complaint(false)),
        walk("complaint, major", code, CaseType::Complaint, complaint(true)),
        walk("inquiry", code, CaseType::Inquiry, inquiry()),
        walk("inquiry answered on the spot", code, CaseType::Inquiry, spot()),
        walk("suggestion", code, CaseType::Suggestion, suggestion()),
        walk("report", code, CaseType::Report, report()),
    ];
    reviewed(
        include_str!("tobacco_supervision.decisions.txt"),
        "tobacco_supervision.decisions.txt",
        &walks,
    );
}

fn walk(title: &'static str, rulebook: &'static str, case_type: CaseType, steps: Vec<Step>) -> Walk {
    Walk {
        title,
        rulebook,
        case_type,
        steps,
    }
}

fn hall() -> Vec<Step> {
    vec![
        (HALL, |_| process_notice()),
        (HALL, |_| classify(AxisName::Category, "facilities")),
        (HALL, |_| accept()),
        (HALL, |_| assign(HALL)),
        (HALL, |_| found(Finding::Substantiated)),
        (HALL, |_| measure(MeasureKind::Penalty, "2026-09-17")),
        (HALL, |_| reply()),
        (HALL, |_| close()),
        (HALL, |_| Command::Archive(Remark::default())),
    ]
}

fn ending() -> Vec<Step> {
    vec![
        (INTAKE, |_| reply()),
        (INTAKE, |_| follow_up(Satisfaction::Satisfied)),
        (LEADER, |_| needs_no_further_dispatch()),
        (INTAKE, |_| close()),
        (INTAKE, |_| Command::Archive(Remark::default())),
    ]
}

fn complaint(major: bool) -> Vec<Step> {
    let mut steps: Vec<Step> = vec![
        (INTAKE, |_| accept()),
        (INTAKE, |_| ask_for_instruction()),
        (LEADER, |_| instruct()),
        (INTAKE, |_| dispatch(task("county_bureau.1"))),
        (OFFICER, World::sign),
        (OFFICER, |_| found(Finding::Substantiated)),
        (OFFICER, |_| plan()),
    ];
    if major {
        steps.insert(1, (INTAKE, |_| classify(AxisName::Severity, "major")));
        steps.push((LEADER, |world| decide_plan(world, true)));
        steps.push((LEADER, |_| order_rectification("county_bureau.1")));
    }
    steps.extend([
        (
            OFFICER,
            (|_| measure(MeasureKind::CorrectError, "2026-09-17")) as fn(&World) -> Command,
        ),
        (OFFICER, |_| measured()),
        (OFFICER, |_| checked()),
        (OFFICER, report_back),
    ]);
    steps.extend(ending());
    steps
}

fn inquiry() -> Vec<Step> {
    let officer = "officer of department.1";
    let mut steps: Vec<Step> = vec![
        (INTAKE, |_| accept()),
        (INTAKE, |_| ask_for_instruction()),
        (HEAD, |_| instruct()),
        (INTAKE, |_| dispatch(task("department.1"))),
        (officer, World::sign),
        (officer, |_| reply()),
        (officer, report_back),
    ];
    steps.extend(ending().into_iter().skip(1));
    steps
}

fn spot() -> Vec<Step> {
    vec![
        (INTAKE, |_| on_the_spot()),
        (INTAKE, |_| follow_up(Satisfaction::Dissatisfied)),
    ]
}

fn suggestion() -> Vec<Step> {
    let mut steps: Vec<Step> = vec![
        (INTAKE, |_| accept()),
        (INTAKE, |_| ask_for_instruction()),
        (LEADER, |_| instruct()),
        (INTAKE, |_| dispatch(task("county_bureau.1"))),
        (OFFICER, World::sign),
        (OFFICER, |_| work(WorkKind::Opinion)),
        (OFFICER, |_| work(WorkKind::FeasibilityStudy)),
        (OFFICER, report_back),
    ];
    steps.extend(ending());
    steps
}

fn report() -> Vec<Step> {
    let mut steps: Vec<Step> = vec![
        (INTAKE, |_| accept()),
        (INTAKE, |_| ask_for_instruction()),
        (LEADER, |_| instruct()),
        (INTAKE, |_| dispatch(task("county_bureau.2"))),
        (OTHER_OFFICER, World::sign),
        (OTHER_OFFICER, report_back),
    ];
    steps.extend(ending());
    steps
}

/// Compares the table with the one that was reviewed.
fn reviewed(known: &str, file: &str, walks: &[Walk]) {
    let mut table = String::new();
    for walk in walks {
        shoot(walk, &mut table);
    }
    if option_env!("UPDATE_SNAPSHOTS").is_some() {
        rewrite(file, &table);
        return;
    }
    assert!(
        known == table,
        "the table differs: UPDATE_SNAPSHOTS=1 writes it, then read the difference"
    );
}

#[expect(clippy::disallowed_methods, reason = "a snapshot is written on request only")]
fn rewrite(file: &str, table: &str) {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/case/tests/");
    std::fs::write(format!("{folder}{file}"), table).unwrap();
}

/// The rows of one walk: one block for each status it comes to, and for the end.
fn shoot(walk: &Walk, table: &mut String) {
    let mut world = World::of(walk.rulebook);
    let receiver = if walk.rulebook == "cn.service_hall" {
        HALL
    } else {
        INTAKE
    };
    let case = CaseId(id("case"));
    let kind = (receiver == INTAKE).then_some("consumer");
    let matter = world.matter(walk.case_type, kind);
    world.does(receiver, Command::Receive { case, matter });
    block(walk.title, &world, table);
    world.does(
        receiver,
        Command::RegisterReceived {
            completion: Completion::default(),
            case_no: "2026-000001".to_owned(),
        },
    );
    block(walk.title, &world, table);
    let mut last = Status::Registered;
    for (at, (who, form)) in walk.steps.iter().enumerate() {
        let command = form(&world);
        world.does(who, command);
        if world.case().status != last || at + 1 == walk.steps.len() {
            last = world.case().status;
            block(walk.title, &world, table);
        }
    }
}

fn block(title: &str, world: &World, table: &mut String) {
    let mut allowed = Vec::new();
    let mut barred = Vec::new();
    let mut refused: BTreeMap<String, Vec<&'static str>> = BTreeMap::new();
    let opening = [Act::Receive, Act::Register, Act::RecordHistory];
    let of_others = [
        Act::LookAtTime,
        Act::TransferDuties,
        Act::MoveToVersion,
        Act::BreakGlass,
    ];
    for act in Act::iter().filter(|act| !opening.contains(act) && !of_others.contains(act)) {
        let name: &'static str = act.into();
        match answer(act, world) {
            (by, _) if !by.is_empty() => {
                let by: Vec<_> = by.into_iter().collect();
                allowed.push(format!("  {name:24} {}", by.join(", ")));
            }
            (_, Some(refusal @ Refusal::GateClosed { .. })) => {
                barred.push(format!("  {name:24} {}", needs(&refusal)));
            }
            (_, Some(refusal)) => refused.entry(code(&refusal)).or_default().push(name),
            (_, None) => refused
                .entry("nothing_to_act_on".to_owned())
                .or_default()
                .push(name),
        }
    }
    let status = world.case().status;
    writeln!(table, "== {title}: {status}").unwrap();
    writeln!(table, "seen by {}", join(&seen_by(world))).unwrap();
    writeln!(table, "allowed\n{}", allowed.join("\n")).unwrap();
    if !barred.is_empty() {
        writeln!(table, "barred by a gate\n{}", barred.join("\n")).unwrap();
    }
    for (code, acts) in refused {
        writeln!(table, "{code}\n  {}", acts.join(", ")).unwrap();
    }
    table.push('\n');
}

/// The positions by which the act is open, else the refusal that comes closest to it.
fn answer(act: Act, world: &World) -> (BTreeSet<String>, Option<Refusal>) {
    let mut by = BTreeSet::new();
    let mut closest: Option<Refusal> = None;
    for target in targets(world.case(), act) {
        for staff in world.directory.staff.keys().filter(|staff| sees(world, **staff)) {
            match permitted(
                act,
                target,
                world.case(),
                *staff,
                &world.context(Actor::Staff(*staff)),
            ) {
                Permission::Allowed(positions) => by.extend(positions.iter().map(ToString::to_string)),
                Permission::Blocked(refusal) | Permission::Unavailable(refusal) => {
                    closest = Some(match closest {
                        Some(known) if known.precedence() >= refusal.precedence() => known,
                        _ => refusal,
                    });
                }
            }
        }
    }
    (by, closest)
}

fn sees(world: &World, staff: crate::ids::StaffId) -> bool {
    let context = world.context(Actor::Staff(staff));
    sight(world.case(), &context).admits(&keys(staff, world.rulebook, &world.directory, world.now))
}

fn seen_by(world: &World) -> BTreeSet<String> {
    world
        .directory
        .staff
        .iter()
        .filter(|(staff, _)| sees(world, **staff))
        .flat_map(|(_, member)| member.positions.iter().map(ToString::to_string))
        .collect()
}

fn join(words: &BTreeSet<String>) -> String {
    words.iter().cloned().collect::<Vec<_>>().join(", ")
}

fn needs(refusal: &Refusal) -> String {
    let Refusal::GateClosed { missing } = refusal else {
        return String::new();
    };
    let each = missing.iter().map(|missing| {
        let need: Vec<String> = std::iter::once(&missing.need)
            .chain(&missing.or)
            .map(ToString::to_string)
            .collect();
        match &missing.clause {
            Some(clause) => format!("{} ({clause})", need.join(" or ")),
            None => need.join(" or "),
        }
    });
    format!("needs {}", each.collect::<Vec<_>>().join(", "))
}

/// The refusal's own word.
fn code(refusal: &Refusal) -> String {
    let shown = format!("{refusal:?}");
    let name = shown.split([' ', '{']).next().unwrap_or_default();
    let mut code = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !code.is_empty() {
            code.push('_');
        }
        code.extend(letter.to_lowercase());
    }
    code
}

//! The windows of a hospital (R06): the window writes it down and shows the way, the department does the rest.

use std::collections::BTreeMap;

use super::super::forms::*;
use super::super::world::{World, task, text, word};
use crate::case::command::{Notice, Remark, Reply, Task};
use crate::case::{Command, Refusal};
use crate::words::{AxisName, CaseType, Channel, DispatchRole, Fault, Finding, IdentityMode, MeasureKind};
use crate::words::{NoticeType, Status};

const WINDOW: &str = "window_clerk.1";
const WARD: &str = "department_officer of department.1";
const HOUSE: &str = "hospital_office.1";

/// A complaint that the department has in hand and found true.
fn found_true(category: &str) -> World {
    let mut world = World::of("cn.hospital_window");
    let register = world.register(CaseType::Complaint, None);
    world
        .does(WINDOW, register)
        .owes("guide_the_complainant")
        .does(WINDOW, shown_the_way())
        .does(WINDOW, accept())
        .does(WINDOW, dispatch(task("department.1")));
    let sign = world.sign();
    world
        .does(WARD, sign)
        .does(WARD, found(Finding::Substantiated))
        .does(WARD, classify(AxisName::Category, category));
    world
}

fn shown_the_way() -> Command {
    Command::ServeNotice(Notice {
        kind: NoticeType::TransferNotice,
        text: text("second floor, or by phone"),
        channel: Channel::Visit,
    })
}

fn answer(sections: &[&str]) -> Command {
    Command::Reply(Reply {
        text: text("answer"),
        channel: Channel::Phone,
        sections: sections
            .iter()
            .map(|section| (word(section), text(section)))
            .collect::<BTreeMap<_, _>>(),
    })
}

#[test]
fn rudeness_is_acted_on_before_it_is_answered() {
    let mut world = found_true("attitude_efficiency");
    world.owes("act_at_once");
    let whole = answer(&["course", "result", "improvement"]);
    assert!(matches!(
        world.refuses(WARD, whole.clone()),
        Refusal::GateClosed { .. }
    ));
    world.does(WARD, measure(MeasureKind::EducateCriticize, "2026-09-17"));
    let refused = world.refuses(WARD, answer(&["course", "result"]));
    assert!(
        matches!(&refused, Refusal::SectionsMissing { missing, .. } if *missing == [word("improvement")]),
        "{refused:?}"
    );
    let back = report_back(&world);
    world
        .does(WARD, back)
        .does(WARD, whole)
        .does(HOUSE, close())
        .does(HOUSE, Command::Archive(Remark::default()))
        .stands_at(Status::Archived);
}

#[test]
fn a_drug_of_poor_quality_concerns_another_department_too() {
    let mut world = found_true("drug_quality");
    let back = report_back(&world);
    assert!(matches!(
        world.refuses(WARD, back.clone()),
        Refusal::GateClosed { .. }
    ));
    world.does(
        WARD,
        Command::AddUnit(Task {
            role: DispatchRole::Joint,
            ..task("department.2")
        }),
    );
    world.does(WARD, back).stands_at(Status::Resolved);
}

#[test]
fn who_gives_no_name_is_heard_all_the_same() {
    let mut world = World::of("cn.hospital_window");
    let mut matter = world.matter(CaseType::Complaint, None);
    matter.complainant.identity = IdentityMode::Anonymous;
    matter.complainant.stated.clear();
    world
        .does(WINDOW, World::register_matter(matter))
        .does(WINDOW, accept())
        .owes("anonymous_to_the_department");
    assert!(!world.owed().iter().any(|line| line.starts_with("answer_in_time")));
}

#[test]
fn a_department_that_made_it_worse_is_held_liable() {
    let mut world = found_true("other_service");
    world.does(HOUSE, judge(Fault::Aggravated));
    let record = &world.case().accountability_records[0];
    assert_eq!(record.clause.as_ref().unwrap().as_str(), "R06-5.2");
}

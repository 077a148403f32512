//! The clauses of the service hall (R04).

use super::super::forms::*;
use super::super::world::World;
use super::{Shown, owed_under, refused_under};
use crate::case::{Command, Refusal};
use crate::words::{AxisName, CaseType, Channel, Field, Finding, MeasureKind, Status};

pub(super) const SERVICE_HALL: &[Shown] = &[
    ("R04-4", only_the_five_kinds_are_in_scope),
    ("R04-5", only_the_listed_channels_take_in),
    ("R04-6", name_contact_and_content_are_asked_for),
    ("R04-7", one_position_does_it_all),
    ("R04-8", it_is_registered_at_once_and_the_process_told),
    ("R04-10", what_is_true_gets_a_measure),
    ("R04-11", fifteen_working_days_and_no_extension),
];

fn hall() -> World {
    let mut world = World::of("cn.service_hall");
    let register = world.register(CaseType::Complaint, None);
    world.does(HALL, register);
    world
}

fn in_hand_at_the_hall() -> World {
    let mut world = hall();
    world
        .does(HALL, process_notice())
        .does(HALL, classify(AxisName::Category, "facilities"))
        .does(HALL, accept())
        .does(HALL, assign(HALL));
    world
}

fn only_the_five_kinds_are_in_scope() {
    let mut world = hall();
    refused_under("R04-4", &mut world, HALL, accept());
    refused_under("R04-4", &mut world, HALL, classify(AxisName::Category, "weather"));
}

fn only_the_listed_channels_take_in() {
    let mut world = World::of("cn.service_hall");
    let mut matter = world.matter(CaseType::Complaint, None);
    matter.channel = Channel::Fax;
    let refused = world.refuses(HALL, World::register_matter(matter));
    assert!(matches!(refused, Refusal::NotListed { field: "channel", .. }));
    for channel in [
        Channel::Visit,
        Channel::Phone,
        Channel::Web,
        Channel::Wechat,
        Channel::Letter,
    ] {
        assert_eq!(world.rulebook.channel(channel).unwrap().clause.as_str(), "R04-5");
    }
}

fn name_contact_and_content_are_asked_for() {
    let mut world = World::of("cn.service_hall");
    let mut matter = world.matter(CaseType::Complaint, None);
    matter.complainant.stated.remove(&Field::ComplainantContact);
    refused_under("R04-6", &mut world, HALL, World::register_matter(matter));
}

fn one_position_does_it_all() {
    let mut world = in_hand_at_the_hall();
    world
        .does(HALL, found(Finding::Unsubstantiated))
        .does(HALL, reply())
        .does(HALL, close())
        .stands_at(Status::Closed);
}

fn it_is_registered_at_once_and_the_process_told() {
    let mut world = World::of("cn.service_hall");
    let case = crate::ids::CaseId(super::super::world::id("case"));
    let matter = world.matter(CaseType::Complaint, None);
    world.does(HALL, Command::Receive { case, matter });
    owed_under("R04-8", &world, "register_at_once", None);
    let mut world = hall();
    owed_under("R04-8", &world, "tell_the_process", None);
    refused_under("R04-8", &mut world, HALL, accept());
}

fn what_is_true_gets_a_measure() {
    let mut world = in_hand_at_the_hall();
    world.does(HALL, found(Finding::Substantiated));
    refused_under("R04-10", &mut world, HALL, reply());
    world
        .does(HALL, measure(MeasureKind::Penalty, "2026-09-17"))
        .does(HALL, reply());
}

fn fifteen_working_days_and_no_extension() {
    let mut world = in_hand_at_the_hall();
    owed_under("R04-11", &world, "finish_and_tell", Some("2026-10-14"));
    let request = extension(&world, "finish_and_tell", "1 working day");
    assert!(matches!(
        world.refuses(HALL, request),
        Refusal::NotProvided { .. }
    ));
}

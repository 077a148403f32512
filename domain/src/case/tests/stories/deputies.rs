//! Who acts for another (R01-2.2i): what he may, for how long, and what binds the two of them.

use std::collections::BTreeSet;

use super::super::world::{World, at, id, text};
use crate::authority::{keys, sight};
use crate::case::command::{About, Accountability, Recusal};
use crate::case::decide::Actor;
use crate::case::{Act, By, Command, Refusal, possibilities};
use crate::delegation::{Delegation, stood_in_for};
use crate::ids::{DelegationId, StaffId};
use crate::words::{CaseType, Deed, Field};

const DIRECTOR: &str = "director.1";
const DEPUTY: &str = "deputy_director of investigation_group.1";
const INTAKE: &str = "intake_officer.1";

/// A registered complaint, and the director away until the first of October.
fn away(deeds: &[Deed]) -> World {
    let mut world = World::of("cn.complaints_office");
    let mut matter = world.matter(CaseType::Complaint, None);
    matter
        .complainant
        .stated
        .extend([Field::ComplainantSex, Field::ComplainantAge]);
    let remedy = (Field::RequestedRemedy, text("an apology"));
    matter.completion.texts.extend([remedy]);
    world.does(INTAKE, World::register_matter(matter));
    world.directory.delegations.push(Delegation {
        id: DelegationId(id("delegation")),
        from: World::staff(DIRECTOR),
        to: World::staff(DEPUTY),
        starts_at: world.now,
        ends_at: at("2026-10-01T00:00"),
        deeds: deeds.iter().copied().collect(),
    });
    world
}

fn hold_accountable(staff: &str) -> Command {
    Command::OpenAccountability(Accountability {
        unit: None,
        staff: Some(World::staff(staff)),
        reason: text("why"),
    })
}

fn sees(world: &World, who: &str) -> bool {
    let staff = World::staff(who);
    let context = world.context(Actor::Staff(staff));
    sight(world.case(), &context).admits(&keys(staff, world.rulebook, &world.directory, world.now))
}

/// For whom somebody could do it, if the case offers it to him for another.
fn offered_for(world: &World, who: &str, act: Act) -> Option<StaffId> {
    let staff = World::staff(who);
    possibilities(world.case(), staff, &world.context(Actor::Staff(staff)))
        .into_iter()
        .find(|possible| possible.act == act && possible.blocked.is_none())?
        .acting_for
}

#[test]
fn a_deputy_does_what_the_director_may_and_the_book_says_for_whom() {
    let mut world = away(&[]);
    assert!(sees(&world, DEPUTY), "he sees what the director sees");
    let director = World::staff(DIRECTOR);
    assert_eq!(
        offered_for(&world, DEPUTY, Act::OpenAccountability),
        Some(director)
    );
    world.does(DEPUTY, hold_accountable("investigator of investigation_group.1"));
    let by = world.book.iter().rev().find_map(|entry| match &entry.by {
        By::Staff {
            staff,
            acting_for,
            positions,
            ..
        } => Some((*staff, *acting_for, positions.clone())),
        _ => None,
    });
    let (staff, acting_for, positions) = by.unwrap();
    assert_eq!((staff, acting_for), (World::staff(DEPUTY), Some(director)));
    assert_eq!(positions, BTreeSet::from(["director".parse().unwrap()]));
}

#[test]
fn it_ends_when_it_ends() {
    let mut world = away(&[]);
    world.now = at("2026-10-01T00:00");
    assert!(!sees(&world, DEPUTY));
    let refusal = world.refuses(DEPUTY, hold_accountable(INTAKE));
    assert_eq!(refusal, Refusal::NotVisible);
}

#[test]
fn what_was_not_delegated_he_may_not() {
    let mut world = away(&[Deed::Instruction]);
    assert_eq!(offered_for(&world, DEPUTY, Act::OpenAccountability), None);
    let refusal = world.refuses(DEPUTY, hold_accountable(INTAKE));
    assert!(matches!(refusal, Refusal::NotPermitted { .. }), "{refusal:?}");
}

#[test]
fn two_hands_are_not_a_director_and_his_deputy() {
    let mut world = away(&[]);
    world.does(DEPUTY, hold_accountable("investigator of investigation_group.1"));
    let record = world.case().accountability_records[0].id;
    let close = || {
        Command::CloseAccountability(About {
            thing: record,
            text: None,
        })
    };
    for both in [DIRECTOR, DEPUTY] {
        let refusal = world.refuses(both, close());
        assert_eq!(refusal, Refusal::SeparationOfDuties { clause: None }, "{both}");
    }
    world.does("director.2", close());
}

#[test]
fn who_stands_in_for_somebody_barred_is_barred() {
    let mut world = away(&[]);
    world.does(
        DIRECTOR,
        Command::Recuse(Recusal {
            staff: World::staff(DIRECTOR),
            reason: text("a relative"),
        }),
    );
    assert!(!sees(&world, DIRECTOR) && !sees(&world, DEPUTY));
    assert_eq!(
        world.refuses(DEPUTY, hold_accountable(INTAKE)),
        Refusal::NotVisible
    );
}

#[test]
fn only_whom_the_rulebook_names_can_stand_in() {
    let world = away(&[]);
    let (rulebook, directory) = (world.rulebook, &world.directory);
    let stands_in = |deputy, principal| {
        !stood_in_for(World::staff(deputy), World::staff(principal), rulebook, directory).is_empty()
    };
    assert!(stands_in(DEPUTY, DIRECTOR));
    assert!(!stands_in(DIRECTOR, DEPUTY));
    assert!(!stands_in(INTAKE, DIRECTOR));
}

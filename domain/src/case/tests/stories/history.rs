//! Cases from before the service: what a ledger knows of them, and what that leaves owed.

use chrono::{DateTime, Utc};

use super::super::forms::*;
use super::super::world::{World, at, id};
use crate::case::command::{History, Milestone};
use crate::case::decide::Actor;
use crate::case::{Command, Event};
use crate::duty::Verdict;
use crate::ids::CaseId;
use crate::words::{CaseType, Deed, Status};

/// An office that takes over a ledger's row: received, and these milestones.
fn taken_over(received: &str, milestones: &[(Deed, &str)]) -> World {
    let mut world = World::of("cn.service_hall");
    let mut matter = world.matter(CaseType::Complaint, None);
    matter.received_at = at(received);
    matter.first_receiver = Some(World::staff(HALL));
    matter.complainant.stated.clear();
    let history = History {
        case_no: Some("ledger 7".to_owned()),
        matter,
        milestones: milestones
            .iter()
            .map(|(deed, when)| Milestone {
                deed: *deed,
                at: at(when),
            })
            .collect(),
        reply: Some(super::super::world::text("answer")),
    };
    let command = Command::RecordHistory {
        case: CaseId(id("case")),
        history: Box::new(history),
    };
    world.try_as(Actor::Import, &command).unwrap();
    world
}

fn verdicts(world: &World) -> Vec<Verdict> {
    world
        .book
        .iter()
        .filter_map(|entry| match &entry.event {
            Event::DutyDischarged { verdict, .. } => *verdict,
            _ => None,
        })
        .collect()
}

#[test]
fn what_was_answered_in_time_and_late_has_its_verdict() {
    let in_time = taken_over("2026-06-01T10:00", &[(Deed::Reply, "2026-06-22T23:59")]);
    assert_eq!(
        verdicts(&in_time),
        [Verdict::OnTime],
        "15 working days end at midnight"
    );
    let late = taken_over("2026-06-01T10:00", &[(Deed::Reply, "2026-06-24T00:00")]);
    assert_eq!(verdicts(&late), [Verdict::Late]);
}

#[test]
fn an_answered_row_owes_only_its_closing_and_a_closed_one_its_archiving() {
    let mut answered = taken_over("2026-06-01T10:00", &[(Deed::Reply, "2026-06-10T09:00")]);
    answered.stands_at(Status::Replied);
    assert_eq!(answered.owed(), ["floor_closing closing H-7 complaint_officer -"]);
    let unrecorded = answered.case().unrecorded.clone();
    for word in [
        "complainant.name",
        "complainant.contact",
        "registration",
        "notice.process_notice",
        "category",
        "acceptance",
        "investigation_end",
    ] {
        assert!(
            unrecorded.iter().any(|known| known == word),
            "{word} in {unrecorded:?}"
        );
    }
    answered.does(HALL, close());

    let both = [
        (Deed::Reply, "2026-06-10T09:00"),
        (Deed::Closing, "2026-06-11T09:00"),
    ];
    let mut closed = taken_over("2026-06-01T10:00", &both);
    closed.stands_at(Status::Closed);
    assert_eq!(
        closed.owed(),
        ["floor_archiving archiving H-7 complaint_officer -"]
    );
    assert_eq!(verdicts(&closed), [Verdict::OnTime]);
}

#[test]
fn nothing_escalates_that_fell_due_before_the_cut_over() {
    let mut world = taken_over("2026-06-01T10:00", &[]);
    world.cut_over = at("2026-09-01T00:00");
    let entries = world.book.len();
    world.looks("2026-09-20T00:00");
    assert_eq!(world.book.len(), entries);
    world.cut_over = DateTime::<Utc>::MIN_UTC;
    world.looks("2026-09-20T00:00");
    assert!(world.book.len() > entries, "without a cut-over it would");
}

//! Screened, handed over, ended before it had a number: the ways in which a matter leaves the desk that took it in.

use super::super::forms::*;
use super::super::world::{World, id, text, word};
use crate::authority::{keys, sight};
use crate::case::command::{
    Completion, Correction, Ending, HandOver, HandedTo, Remark, Screening, Team, WorkKind,
};
use crate::case::decide::Actor;
use crate::case::{Command, Refusal};
use crate::ids::CaseId;
use crate::rulebook::Need;
use crate::words::{CaseType, Channel, Deed, Field, Finding, NoticeType, Status};

const SECTION: &str = "section_officer of section.1";
const OVERSIGHT: &str = "oversight_officer.1";

pub(super) fn on(ground: &str) -> Ending {
    Ending {
        ground: word(ground),
        explanation: Some(text("explanation")),
        guidance: None,
        reason: Some(text("reason")),
    }
}

fn hand_over(ground: &str, to: HandedTo) -> Command {
    Command::HandOver(HandOver { on: on(ground), to })
}

fn to_position(ground: &str, position: &str) -> Command {
    let position = position.parse().unwrap();
    hand_over(ground, HandedTo::Position { position })
}

pub(super) fn screen(passed: bool) -> Command {
    let checks = ["in_scope", "definite_object", "concrete_content"];
    Command::Screen(Screening {
        checks: checks
            .map(|check| (word(check), passed || check != "in_scope"))
            .into(),
        note: None,
    })
}

/// A matter that is brought to somebody, without a number.
fn is_brought(world: &mut World, who: &str, case_type: CaseType) {
    let matter = world.matter(case_type, None);
    let case = CaseId(id("case"));
    world.does(who, Command::Receive { case, matter });
}

fn register() -> Command {
    Command::RegisterReceived {
        completion: Completion::default(),
        case_no: "2026-000001".to_owned(),
    }
}

fn sees(world: &World, who: &str) -> bool {
    let staff = World::staff(who);
    let context = world.context(Actor::Staff(staff));
    sight(world.case(), &context).admits(&keys(staff, world.rulebook, &world.directory, world.now))
}

#[test]
fn a_section_hands_over_the_same_day_and_the_office_takes_it_on() {
    let mut world = World::of("test.intake_desk");
    is_brought(&mut world, SECTION, CaseType::Complaint);
    world.stands_at(Status::Received).owes("hand_over_same_day");
    assert_eq!(world.due("hand_over_same_day"), "2026-09-17");
    let Refusal::GateClosed { missing } = world.refuses(INTAKE, register()) else {
        panic!("the office does not register what it has not been handed");
    };
    assert_eq!(missing[0].need.to_string(), "hand_over");
    let wrong = world.refuses(SECTION, to_position("to_the_office", "oversight_officer"));
    assert!(
        matches!(wrong, Refusal::NotListed { field: "to", .. }),
        "{wrong:?}"
    );
    world
        .does(SECTION, to_position("to_the_office", "intake_officer"))
        .stands_at(Status::Received);
    let again = world.refuses(INTAKE, to_position("to_the_office", "intake_officer"));
    assert!(matches!(again, Refusal::AlreadyDone { .. }), "{again:?}");
    let registration = world.duty("floor_registration").terms.holder.clone();
    assert_eq!(registration.position.unwrap().as_str(), "intake_officer");
    // Who took it in stays so on record, and goes on following it.
    assert_eq!(world.case().first_receiver.staff, World::staff(SECTION));
    assert_eq!(
        world.duty("tracking").terms.holder.staff,
        Some(World::staff(SECTION))
    );
    assert!(sees(&world, SECTION));
    world
        .does(INTAKE, register())
        .stands_at(Status::Registered)
        .looks("2026-09-19T09:00");
    assert_eq!(world.case().accountability_records, []);
}

#[test]
fn a_section_that_hands_over_late_makes_its_first_receiver_liable() {
    let mut world = World::of("test.intake_desk");
    is_brought(&mut world, SECTION, CaseType::Complaint);
    world.looks("2026-09-18T00:00");
    let record = world.case().accountability_records[0].clone();
    assert_eq!(record.on.staff, Some(World::staff(SECTION)));
    assert_eq!(record.clause.unwrap().as_str(), "T-1");
    world.does(SECTION, to_position("to_the_office", "intake_officer"));
    assert!(
        !world
            .owed()
            .iter()
            .any(|line| line.starts_with("hand_over_same_day"))
    );
}

#[test]
fn a_report_is_handed_to_oversight_and_a_unit_that_could_not_take_it_in_gets_nothing() {
    let mut world = World::of("test.intake_desk");
    is_brought(&mut world, INTAKE, CaseType::Report);
    world
        .does(INTAKE, to_position("to_oversight", "oversight_officer"))
        .does(OVERSIGHT, register());
    let holder = world.duty("screening").terms.holder.clone();
    assert_eq!(holder.position.unwrap().as_str(), "oversight_officer");
    let unit = World::unit("section.2");
    let nobody = world.refuses(
        OVERSIGHT,
        hand_over("to_another_section", HandedTo::Unit { unit }),
    );
    assert!(
        matches!(nobody, Refusal::NobodyLeft { field: "to" }),
        "{nobody:?}"
    );
    let unit = World::unit("county_bureau.2");
    let barred = world.refuses(
        OVERSIGHT,
        hand_over("to_another_section", HandedTo::Unit { unit }),
    );
    assert!(matches!(barred, Refusal::UnitBarred { .. }), "{barred:?}");
    world.does(OVERSIGHT, screen(true)).does(OVERSIGHT, accept());
}

#[test]
fn what_is_another_body_s_ends_here_and_the_complainant_is_told_where_it_went() {
    let mut world = World::of("test.intake_desk");
    is_brought(&mut world, INTAKE, CaseType::Complaint);
    let outside = || {
        let body = text("the court");
        HandedTo::Outside { body }
    };
    let silent = Command::HandOver(HandOver {
        on: Ending {
            explanation: None,
            ..on("not_ours")
        },
        to: outside(),
    });
    let Refusal::FactsMissing { missing } = world.refuses(INTAKE, silent) else {
        panic!("T-7 wants an explanation");
    };
    assert_eq!(missing[0].clause.as_ref().unwrap().as_str(), "T-7");
    world
        .does(INTAKE, hand_over("not_ours", outside()))
        .stands_at(Status::HandedOver)
        .owes("tell_where_it_went");
    assert_eq!(world.due("tell_where_it_went"), "2026-09-21");
    assert_eq!(world.case().case_no, None);
    assert!(!world.owed().iter().any(|line| line.starts_with("tracking")));
    let mut told = process_notice();
    if let Command::ServeNotice(notice) = &mut told {
        notice.kind = NoticeType::TransferNotice;
    }
    world
        .does(INTAKE, told)
        .does(INTAKE, Command::Archive(Remark::default()));
    assert!(world.case().duties.is_empty(), "{:?}", world.owed());
}

#[test]
fn what_ends_before_it_has_a_number_is_kept_with_its_reason() {
    for (command, status) in [
        (Command::Decline(on("invalid")), Status::Declined),
        (
            Command::Withdraw(on("withdrawn_after_explanation")),
            Status::Withdrawn,
        ),
        (Command::Cancel(on("ordered_from_above")), Status::Cancelled),
    ] {
        let mut world = World::of("test.intake_desk");
        is_brought(&mut world, INTAKE, CaseType::Complaint);
        world.does(INTAKE, command).stands_at(status);
        assert_eq!(world.case().case_no, None);
        assert!(world.case().ending.as_ref().unwrap().reason.is_some());
        assert!(matches!(
            world.refuses(INTAKE, register()),
            Refusal::WrongStatus { .. }
        ));
        if status == Status::Declined {
            world.owes("tell_it_was_declined");
        }
    }
}

#[test]
fn what_did_not_pass_the_screening_is_not_accepted() {
    let mut world = World::of("test.intake_desk");
    let register = world.register(CaseType::Complaint, None);
    world.does(INTAKE, register).owes("screening");
    assert!(matches!(
        world.refuses(INTAKE, accept()),
        Refusal::GateClosed { .. }
    ));
    let mut unknown = screen(true);
    if let Command::Screen(screening) = &mut unknown {
        screening.checks.insert(word("mood"), true);
    }
    let not_listed = world.refuses(INTAKE, unknown);
    assert!(
        matches!(&not_listed, Refusal::NotListed { field: "checks", word, .. } if word == "mood"),
        "{not_listed:?}"
    );
    world.does(INTAKE, screen(false));
    let failed = world.refuses(INTAKE, accept());
    assert!(
        matches!(&failed, Refusal::ScreeningFailed { checks } if *checks == ["in_scope"]),
        "{failed:?}"
    );
    assert_eq!(world.duty("decline").clause.as_str(), "T-2");
    // Looked at again, it is in scope after all.
    world
        .does(INTAKE, screen(true))
        .does(INTAKE, accept())
        .stands_at(Status::Accepted);
    assert_eq!(world.case().screening.as_ref().unwrap().failed().count(), 0);
}

#[test]
fn a_team_investigates_a_report_by_its_plan() {
    let mut world = World::of("test.intake_desk");
    let mut matter = world.matter(CaseType::Report, None);
    matter.channel = Channel::Letter;
    let other = World::staff("intake_officer.2");
    world
        .does(INTAKE, World::register_matter(matter))
        .does(INTAKE, screen(true))
        .does(INTAKE, accept())
        .owes("form_the_team");
    let team = |members: &[crate::ids::StaffId], recusal_asked| {
        Command::FormTeam(Team {
            dispatch: None,
            leader: other,
            members: members.iter().copied().collect(),
            recusal_asked,
            task: None,
        })
    };
    for alone in [team(&[], true), team(&[other], true)] {
        let Refusal::FactsMissing { missing } = world.refuses(INTAKE, alone) else {
            panic!("one is no team");
        };
        assert_eq!(missing[0].need.to_string(), "members_at_least_2");
    }
    let me = World::staff(INTAKE);
    let Refusal::FactsMissing { missing } = world.refuses(INTAKE, team(&[me], false)) else {
        panic!("nobody was asked");
    };
    assert_eq!(missing[0].need.to_string(), "recusal_asked");
    world
        .does(INTAKE, team(&[me], true))
        .stands_at(Status::Investigating)
        .owes("investigation_plan");
    assert_eq!(world.duty("find_out").terms.holder.staff, Some(other));
    assert!(world.case().in_force(Deed::Assignment, None).is_some());
    assert!(matches!(
        world.refuses(INTAKE, found(Finding::Unsubstantiated)),
        Refusal::GateClosed { .. }
    ));
    world
        .does("intake_officer.2", work(WorkKind::InvestigationPlan))
        .does("intake_officer.2", found(Finding::Unsubstantiated))
        .stands_at(Status::Disposing)
        .does(INTAKE, reply())
        .does(INTAKE, close());
}

#[test]
fn what_reception_did_not_ask_is_stated_before_the_registration() {
    let mut world = World::of("cn.service_hall");
    let mut matter = world.matter(CaseType::Complaint, None);
    matter.complainant.stated.remove(&Field::ComplainantContact);
    let case = CaseId(id("case"));
    world.does(HALL, Command::Receive { case, matter });
    let Refusal::FactsMissing { missing } = world.refuses(HALL, register()) else {
        panic!("nobody knows how to reach the complainant");
    };
    assert_eq!(missing[0].need, Need::Field(Field::ComplainantContact));
    world
        .does(
            HALL,
            Command::Correct(Correction {
                field: Field::ComplainantContact,
                text: text("her telephone number"),
                reason: text("she called again"),
            }),
        )
        .does(HALL, register())
        .stands_at(Status::Registered);
}

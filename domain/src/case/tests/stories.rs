//! The ways that the regulations describe, walked by their own people.

use std::collections::BTreeMap;

use super::world::{World, at, task, text, word};
use crate::case::Refusal;
use crate::case::command::{
    About, Acceptance, ApprovalDecision, Assignment, Classification, Closing, Command, ExtensionDecision,
    ExtensionRequest, FollowUp, Instruction, Investigation, Measure, Notice, Plan, RectificationCheck,
    Redispatch, Remark, Reply, ReportBack, SecondDispatchDecision, Work, WorkKind,
};
use crate::words::{
    ActivityKind, AxisName, CaseType, Channel, Finding, MeasureKind, NoticeType, Satisfaction, Status,
    Subject,
};

const INTAKE: &str = "intake_officer.1";
const LEADER: &str = "supervising_leader.1";
const OFFICER: &str = "officer of county_bureau.1";

fn accept() -> Command {
    Command::Accept(Acceptance::default())
}

fn found(finding: Finding) -> Command {
    Command::CompleteInvestigation(Investigation {
        finding,
        cause: Some(text("cause")),
        responsible_person: Some(text("person")),
        substantiated_part: None,
        legal_basis: None,
        report: Some(text("report")),
    })
}

fn plan() -> Command {
    Command::DraftPlan(Plan {
        measures: text("measures"),
        person: text("who"),
        finish_on: at("2026-09-24T00:00").date_naive(),
    })
}

fn measure(kind: MeasureKind, day: &str) -> Command {
    Command::TakeMeasure(Measure {
        kind,
        taken_on: at(&format!("{day}T12:00")).date_naive(),
        text: text("done"),
    })
}

fn checked() -> Command {
    Command::CheckRectification(RectificationCheck {
        passed: true,
        text: None,
    })
}

fn report_back(world: &World) -> Command {
    Command::ReportBack(ReportBack {
        dispatch: world.lead(),
        text: text("report"),
        contacted: true,
        solved: true,
    })
}

fn reply() -> Command {
    Command::Reply(Reply {
        text: text("answer"),
        channel: Channel::Phone,
        sections: BTreeMap::new(),
    })
}

fn follow_up(satisfaction: Satisfaction) -> Command {
    Command::FollowUp(FollowUp {
        satisfaction,
        solved: None,
        opinion: None,
    })
}

fn close() -> Command {
    Command::Close(Closing {
        reason: word("answered"),
        explanation: None,
    })
}

/// Cause, plan, measure, check (R03-2.2.1b, R03-2.2.1d).
fn puts_it_right(world: &mut World) {
    world
        .does(OFFICER, found(Finding::Substantiated))
        .does(OFFICER, plan())
        .does(OFFICER, measure(MeasureKind::CorrectError, "2026-09-23"))
        .does(OFFICER, Command::CompleteMeasures(Remark::default()))
        .does(OFFICER, checked());
}

#[test]
fn a_service_hall_complaint_goes_from_the_window_to_the_archive() {
    let mut world = World::of("cn.service_hall");
    let officer = "complaint_officer.1";
    let register = world.register(CaseType::Complaint, None);
    world.does(officer, register).stands_at(Status::Registered);
    let closed = world.refuses(officer, accept());
    assert!(matches!(closed, Refusal::GateClosed { missing } if missing.len() == 2));
    world
        .does(
            officer,
            Command::ServeNotice(Notice {
                kind: NoticeType::ProcessNotice,
                text: text("how it goes on"),
                channel: Channel::Phone,
            }),
        )
        .does(
            officer,
            Command::Classify(Classification {
                axes: BTreeMap::from([(AxisName::Category, word("conduct_service"))]),
                ..Classification::default()
            }),
        )
        .does(officer, accept())
        .stands_at(Status::Accepted);
    let due = world.duty("finish_and_tell").terms.due.clone().unwrap();
    assert_eq!(
        due.on.to_string(),
        "2026-10-14",
        "15 working days over the October holidays"
    );
    let handler = World::staff(officer);
    world
        .does(
            officer,
            Command::AssignHandler(Assignment {
                dispatch: None,
                handler,
                team: std::collections::BTreeSet::new(),
                task: None,
            }),
        )
        .stands_at(Status::Investigating)
        .does(
            officer,
            Command::RecordWork(Work {
                kind: WorkKind::Activity(ActivityKind::Interview),
                text: text("interview"),
                happened_at: None,
                sections: BTreeMap::new(),
            }),
        )
        .does(officer, found(Finding::Substantiated))
        .stands_at(Status::Disposing);
    assert!(
        matches!(world.refuses(officer, reply()), Refusal::GateClosed { .. }),
        "R04-10 wants a measure"
    );
    world
        .does(officer, measure(MeasureKind::CorrectError, "2026-09-17"))
        .does(officer, reply())
        .stands_at(Status::Replied)
        .does(officer, close())
        .stands_at(Status::Closed)
        .does(officer, Command::Archive(Remark::default()))
        .stands_at(Status::Archived);
    assert!(matches!(
        world.refuses(officer, close()),
        Refusal::WrongStatus { .. }
    ));
}

#[test]
fn a_tobacco_complaint_is_dispatched_twice_and_ends_satisfied() {
    let mut world = World::of("cn.tobacco_supervision");
    let register = world.register(CaseType::Complaint, Some("retail_customer"));
    world
        .does(INTAKE, register)
        .does(INTAKE, accept())
        .stands_at(Status::Accepted);
    let promise = world.duty("promise").terms.due.clone().unwrap();
    assert_eq!(promise.on.to_string(), "2026-09-21");
    let too_early = world.refuses(INTAKE, Command::Dispatch(vec![task("county_bureau.1")]));
    assert!(matches!(too_early, Refusal::GateClosed { .. }));
    world
        .does(INTAKE, Command::RequestInstruction(Remark::default()))
        .does(
            LEADER,
            Command::GiveInstruction(Instruction {
                text: text("look into it"),
                unit: None,
            }),
        )
        .does(INTAKE, Command::Dispatch(vec![task("county_bureau.1")]))
        .stands_at(Status::Dispatched);
    world.now = at("2026-09-18T10:05");
    let sign = world.sign();
    world.does(OFFICER, sign).stands_at(Status::Investigating);
    let handling = world.duty("unit_handling").clone();
    assert_eq!(handling.terms.due.as_ref().unwrap().on.to_string(), "2026-09-21");

    world.now = at("2026-09-21T09:00");
    let ask = |amount: &str| {
        Command::RequestExtension(ExtensionRequest {
            duty: handling.id,
            amount: amount.parse().unwrap(),
            reason: Some(text("bank statement")),
        })
    };
    world.does(OFFICER, ask("3 working days"));
    let extension = world.case().extensions[0].id;
    world.does(
        LEADER,
        Command::DecideExtension(ExtensionDecision {
            extension,
            granted: Some("3 working days".parse().unwrap()),
            reason: None,
        }),
    );
    assert_eq!(
        world
            .duty("unit_handling")
            .terms
            .due
            .as_ref()
            .unwrap()
            .on
            .to_string(),
        "2026-09-24"
    );
    let beyond = world.refuses(OFFICER, ask("3 working days"));
    let Refusal::ExtensionBeyondCap {
        clause,
        so_far,
        latest_due_on,
        ..
    } = beyond
    else {
        panic!("{beyond:?}");
    };
    assert_eq!((clause.as_str(), so_far), ("R03-2.2.1a", 5));
    assert_eq!(latest_due_on.unwrap().to_string(), "2026-09-29");

    world.now = at("2026-09-23T15:20");
    puts_it_right(&mut world);
    let back = report_back(&world);
    world
        .does(OFFICER, back)
        .stands_at(Status::Resolved)
        .does(INTAKE, reply())
        .stands_at(Status::Replied);
    world.does(INTAKE, follow_up(Satisfaction::Dissatisfied));
    let owed = world.owed();
    assert!(owed.iter().any(|line| line.contains("redispatch")), "{owed:#?}");
    assert!(matches!(
        world.refuses(INTAKE, close()),
        Refusal::GateClosed { .. }
    ));

    world
        .does(
            INTAKE,
            Command::Redispatch(Redispatch {
                tasks: vec![task("county_bureau.1")],
                reason: None,
            }),
        )
        .stands_at(Status::Dispatched);
    assert_eq!(world.case().round, 2);
    assert_eq!(world.case().supervision_orders.len(), 1);
    let sign = world.sign();
    world.does(OFFICER, sign);
    puts_it_right(&mut world);
    let order = world.case().supervision_orders[0].id;
    let about = About {
        thing: order,
        text: Some(text("done")),
    };
    let back = report_back(&world);
    world
        .does(OFFICER, Command::AnswerSupervision(about.clone()))
        .does("rectification_office_head.1", Command::LiftSupervision(about))
        .does(OFFICER, back)
        .does(INTAKE, reply())
        .does(INTAKE, follow_up(Satisfaction::Satisfied))
        .does(
            LEADER,
            Command::DecideSecondDispatch(SecondDispatchDecision {
                needed: false,
                reason: None,
            }),
        )
        .does(INTAKE, close())
        .does(INTAKE, Command::Archive(Remark::default()))
        .stands_at(Status::Archived);
}

#[test]
fn a_major_problem_waits_for_the_leader_before_anything_is_done() {
    let mut world = World::of("cn.tobacco_supervision");
    let register = world.register(CaseType::Complaint, Some("consumer"));
    world
        .does(INTAKE, register)
        .does(INTAKE, accept())
        .does(
            INTAKE,
            Command::Classify(Classification {
                axes: BTreeMap::from([(AxisName::Severity, word("major"))]),
                ..Classification::default()
            }),
        )
        .does(INTAKE, Command::RequestInstruction(Remark::default()))
        .does(
            LEADER,
            Command::GiveInstruction(Instruction {
                text: text("at once"),
                unit: None,
            }),
        )
        .does(INTAKE, Command::Dispatch(vec![task("county_bureau.1")]));
    let sign = world.sign();
    world
        .does(OFFICER, sign)
        .does(OFFICER, found(Finding::Substantiated))
        .does(OFFICER, plan());
    let barred = world.refuses(OFFICER, measure(MeasureKind::CorrectError, "2026-09-17"));
    assert!(matches!(barred, Refusal::GateClosed { .. }), "R03-2.2.1c");
    assert!(
        world.owed().iter().any(|line| line.starts_with("approval.plan")),
        "{:#?}",
        world.owed()
    );
    let about = world
        .case()
        .done
        .iter()
        .find(|done| done.deed == crate::words::Deed::Plan)
        .unwrap()
        .id;
    let decide = |granted| {
        Command::DecideApproval(ApprovalDecision {
            subject: Subject::Plan,
            about,
            granted,
            reason: Some(text("because")),
        })
    };
    world.does(LEADER, decide(false));
    assert!(
        world.owed().iter().any(|line| line.starts_with("plan ")),
        "{:#?}",
        world.owed()
    );
}

#[test]
fn a_form_nobody_signs_for_is_deemed_received() {
    let mut world = World::of("cn.tobacco_supervision");
    let register = world.register(CaseType::Complaint, Some("consumer"));
    world
        .does(INTAKE, register)
        .does(INTAKE, accept())
        .does(INTAKE, Command::RequestInstruction(Remark::default()))
        .does(
            LEADER,
            Command::GiveInstruction(Instruction {
                text: text("at once"),
                unit: None,
            }),
        )
        .does(INTAKE, Command::Dispatch(vec![task("county_bureau.1")]))
        .looks("2026-09-25T12:00")
        .stands_at(Status::Investigating);
    let entries = world.book.len();
    world.looks("2026-09-25T12:00");
    assert_eq!(
        world.book.len(),
        entries,
        "looking again at the same moment finds nothing"
    );
}

#[test]
fn an_inquiry_is_answered_on_the_spot_or_by_the_unit_on_the_same_day() {
    let mut world = World::of("cn.tobacco_supervision");
    let register = world.register(CaseType::Inquiry, Some("consumer"));
    world
        .does(INTAKE, register)
        .does(INTAKE, accept())
        .does(INTAKE, Command::RequestInstruction(Remark::default()))
        .does(
            "rectification_office_head.1",
            Command::GiveInstruction(Instruction {
                text: text("to logistics"),
                unit: None,
            }),
        )
        .does(INTAKE, Command::Dispatch(vec![task("department.1")]));
    let sign = world.sign();
    world.does("officer of department.1", sign);
    assert_eq!(
        world
            .duty("inquiry_answer")
            .terms
            .due
            .as_ref()
            .unwrap()
            .on
            .to_string(),
        "2026-09-17"
    );
    world
        .does("officer of department.1", reply())
        .stands_at(Status::Replied);
    let back = report_back(&world);
    world
        .does("officer of department.1", back)
        .does(INTAKE, follow_up(Satisfaction::Satisfied))
        .does(
            LEADER,
            Command::DecideSecondDispatch(SecondDispatchDecision {
                needed: false,
                reason: None,
            }),
        )
        .does(INTAKE, close());
}

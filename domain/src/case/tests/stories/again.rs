//! The second half of a case's life: pauses, appeals, approvals, early ends, and what is taken up again; in an office
//! that was made up for it.

use super::super::forms::*;
use super::super::world::{World, at, task, text, word};
use crate::case::command::{
    About, Appeal, AppealDecision, AppealOutcome, ApprovalAsked, ApprovalDecision, EarlyClosing, LegalHold,
    Notice, Publication, Remark, Reopening, SupervisionDemand, Supplement, Suspension, WorkKind,
};
use crate::case::decide::Actor;
use crate::case::permitted::targets;
use crate::case::{Act, Command, Refusal};
use crate::duty::Verdict;
use crate::escalation::next_round;
use crate::ids::ThingId;
use crate::rulebook::NewRound;
use crate::words::{AxisName, CaseType, Channel, Finding, NoticeType, Satisfaction, Status, Subject};

const CLERK: &str = "clerk.1";
const OTHER_CLERK: &str = "clerk.2";
const DIRECTOR: &str = "director.1";
const SUPERVISOR: &str = "supervisor.1";
const REVIEWER: &str = "reviewer.1";
const HEAD_OF_ONE: &str = "officer of section.1";
const HEAD_OF_TWO: &str = "officer of section.2";

fn office(case_type: CaseType) -> World {
    let mut world = World::of("test.review_office");
    let mut matter = world.matter(case_type, None);
    matter.completion.respondents.clear();
    world
        .does(CLERK, World::register_matter(matter))
        .does(CLERK, accept());
    world
}

fn investigated(world: &mut World, finding: Finding) {
    world.does(CLERK, assign(CLERK)).does(CLERK, found(finding));
}

fn pause() -> Command {
    Command::Suspend(Suspension {
        ground: word("waiting_for_material"),
        reason: Some(text("why")),
    })
}

fn supplement() -> Command {
    Command::RecordSupplement(Supplement {
        text: text("more"),
        received_at: None,
    })
}

fn appeal(name: &str) -> Command {
    Command::FileAppeal(Appeal {
        name: word(name),
        text: text("not so"),
        filed_at: None,
    })
}

fn decides(world: &World, outcome: AppealOutcome) -> Command {
    Command::DecideAppeal(AppealDecision {
        appeal: world.case().open_appeals().next().unwrap().id,
        outcome,
        reason: text("why"),
    })
}

fn asks(subject: Subject) -> Command {
    Command::RequestApproval(ApprovalAsked {
        subject,
        text: text("please"),
    })
}

/// The decision on the only approval that waits.
fn says(world: &World, subject: Subject, granted: bool) -> Command {
    let waiting: Vec<ThingId> = targets(world.case(), Act::DecideApproval)
        .into_iter()
        .flatten()
        .collect();
    let [about] = waiting[..] else {
        panic!("{waiting:?} wait in {:#?}", world.owed())
    };
    Command::DecideApproval(ApprovalDecision {
        subject,
        about,
        granted,
        reason: Some(text("why")),
    })
}

fn early() -> Command {
    Command::CloseEarly(EarlyClosing {
        ground: word("settled"),
        explanation: text("they agreed"),
    })
}

fn reopening() -> Command {
    Command::Reopen(Reopening {
        ground: word("new_facts"),
        reason: text("a witness"),
    })
}

fn clause(refusal: &Refusal) -> &str {
    match refusal {
        Refusal::WindowOver { clause, .. } | Refusal::BoundReached { clause, .. } => clause.as_str(),
        Refusal::NotProvided { clause, .. } | Refusal::NotPermitted { clause, .. } => {
            clause.as_ref().unwrap().as_str()
        }
        Refusal::GateClosed { missing } => missing[0].clause.as_ref().unwrap().as_str(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn only_the_listed_limit_stands_still_until_what_was_waited_for_comes() {
    let mut world = office(CaseType::Complaint);
    assert_eq!(world.due("finish"), "2026-10-14");
    let first = world.duty("first_answer").terms.due.clone();
    world.now = at("2026-09-18T10:00");
    world.does(CLERK, pause());
    let duty = world.duty("finish").clone();
    assert_eq!(duty.terms.due, None, "nobody can say when it ends");
    assert_eq!(duty.terms.paused_since(), Some(world.now));
    assert_eq!(world.duty("first_answer").terms.due, first, "T-4 stops one limit");
    world.owes("notice.suspension_notice").owes("floor_resumption");
    assert!(matches!(
        world.refuses(OTHER_CLERK, pause()),
        Refusal::AlreadyDone { .. }
    ));
    // The 18th, the 20th (a make-up day) and the 21st are not counted.
    world.now = at("2026-09-21T09:00");
    world.does(CLERK, supplement());
    assert_eq!(world.due("finish"), "2026-10-19");
    let terms = &world.duty("finish").terms;
    assert_eq!(terms.pauses.len(), 1, "its explanation names the pause");
    assert!(!world.owed().iter().any(|line| line.contains("resumption")));
}

#[test]
fn the_clock_ends_a_pause_at_its_longest_and_all_pauses_at_their_sum() {
    let mut world = office(CaseType::Complaint);
    world.now = at("2026-09-18T10:00");
    world.does(CLERK, pause());
    // Five working days from the 18th: 20, 21, 22, 23, 24.
    world.looks("2026-09-24T23:59");
    assert!(world.duty("finish").terms.due.is_none());
    world.looks("2026-09-28T09:00");
    let pause_of = |world: &World| world.case().suspensions.last().unwrap().clone();
    assert_eq!(pause_of(&world).ended_at, Some(at("2026-09-25T00:00")));
    assert!(world.duty("finish").terms.due.is_some());
    // Three of eight are left.
    world.does(CLERK, pause());
    assert_eq!(pause_of(&world).ends_at, Some(at("2026-10-09T00:00")));
    world.looks("2026-10-09T08:00");
    assert!(matches!(world.refuses(CLERK, pause()), refusal if clause(&refusal) == "T-4"));
}

#[test]
fn a_pause_is_ended_by_hand_and_what_is_done_meanwhile_is_in_time() {
    let mut world = office(CaseType::Complaint);
    investigated(&mut world, Finding::Substantiated);
    world.now = at("2026-09-18T10:00");
    world.does(CLERK, pause());
    let id = world.case().suspensions[0].id;
    world.now = at("2026-09-18T15:00");
    world.does(
        OTHER_CLERK,
        Command::Resume(About {
            thing: id,
            text: None,
        }),
    );
    assert_eq!(
        world.due("finish"),
        "2026-10-15",
        "the day of the pause is not counted"
    );
    world.does(CLERK, pause());
    let duty = world.duty("finish").clone();
    assert_eq!(duty.terms.verdict(at("2027-01-01T00:00")), Some(Verdict::OnTime));
    world.does(CLERK, reply()).stands_at(Status::Replied);
}

#[test]
fn a_review_and_a_re_review_and_then_no_more() {
    let mut world = office(CaseType::Complaint);
    investigated(&mut world, Finding::Substantiated);
    world.does(CLERK, reply()).does(CLERK, close());
    let early = world.refuses(CLERK, appeal("re_review"));
    assert!(
        matches!(early, Refusal::NotListed { .. }),
        "there is no decision yet"
    );
    world.does(OTHER_CLERK, appeal("review"));
    assert_eq!(
        world.due("appeal_decision"),
        "2026-10-19",
        "30 days end on a Saturday"
    );
    let barred = world.refuses(CLERK, Command::Archive(Remark::default()));
    assert!(matches!(barred, Refusal::GateClosed { .. }));
    let not_his = decides(&world, AppealOutcome::Upheld);
    assert!(matches!(
        world.refuses(DIRECTOR, not_his.clone()),
        Refusal::NotPermitted { .. }
    ));
    world.does(REVIEWER, not_his);
    assert!(matches!(
        world.refuses(CLERK, appeal("review")),
        Refusal::AlreadyDone { .. }
    ));
    world.does(CLERK, appeal("re_review"));
    let upheld = decides(&world, AppealOutcome::Upheld);
    assert!(
        matches!(
            world.refuses(REVIEWER, upheld.clone()),
            Refusal::SeparationOfDuties { .. }
        ),
        "never by who decided before"
    );
    world.does("reviewer.2", upheld);
    let over = world.refuses(CLERK, appeal("re_review"));
    assert_eq!(clause(&over), "T-5", "a final word is the last");
    world.does(CLERK, Command::Archive(Remark::default()));
}

#[test]
fn an_appeal_comes_in_time_or_not_at_all() {
    let mut world = office(CaseType::Complaint);
    investigated(&mut world, Finding::Substantiated);
    world.does(CLERK, reply());
    world.now = at("2026-10-21T09:00");
    let late = world.refuses(OTHER_CLERK, appeal("review"));
    assert_eq!(clause(&late), "T-5");
    let Command::FileAppeal(in_time) = appeal("review") else {
        unreachable!()
    };
    let in_time = Appeal {
        filed_at: Some(at("2026-10-19T09:00")),
        ..in_time
    };
    world.does(OTHER_CLERK, Command::FileAppeal(in_time));
}

#[test]
fn a_changed_answer_takes_a_closed_case_up_again_under_its_number() {
    let mut world = office(CaseType::Complaint);
    investigated(&mut world, Finding::Substantiated);
    world.does(CLERK, reply()).does(CLERK, close());
    let number = world.case().case_no.clone();
    world.does(CLERK, appeal("review"));
    world.now = at("2026-09-30T10:00");
    let changed = decides(&world, AppealOutcome::Changed);
    world.does(REVIEWER, changed).stands_at(Status::Accepted);
    assert_eq!(world.case().case_no, number);
    assert_eq!(world.case().round, 2);
    assert_eq!(
        world.due("finish"),
        "2026-10-27",
        "counted from the day it was taken up again"
    );
    world.owes("floor_assignment").owes("tracking");
    investigated(&mut world, Finding::Unsubstantiated);
    world.does(CLERK, reply()).does(CLERK, close());
}

#[test]
fn either_side_may_object_to_a_finding() {
    let mut world = office(CaseType::Complaint);
    investigated(&mut world, Finding::Substantiated);
    world.does(CLERK, appeal("objection"));
    assert_eq!(world.due("appeal_decision"), "2026-09-23");
    let changed = decides(&world, AppealOutcome::Changed);
    world.does(REVIEWER, changed).stands_at(Status::Accepted);
    assert_eq!(world.case().investigation, None);
}

#[test]
fn what_was_declined_and_appealed_against_is_registered_again() {
    let mut world = World::of("test.review_office");
    let mut matter = world.matter(CaseType::Complaint, None);
    matter.completion.respondents.clear();
    world.does(CLERK, World::register_matter(matter));
    world.does(CLERK, decline(true)).stands_at(Status::Declined);
    let none = world.refuses(CLERK, appeal("review"));
    assert!(
        matches!(none, Refusal::WrongStatus { .. }),
        "no way leads from here in this office"
    );
}

#[test]
fn malice_is_found_with_the_directors_word_only() {
    let mut world = office(CaseType::Complaint);
    world.does(CLERK, assign(CLERK));
    let barred = world.refuses(CLERK, found(Finding::Malicious));
    assert_eq!(clause(&barred), "T-6");
    world.does(CLERK, asks(Subject::Finding)).owes("approval.finding");
    let no = says(&world, Subject::Finding, false);
    world.does(DIRECTOR, no);
    assert!(matches!(
        world.refuses(CLERK, found(Finding::Malicious)),
        Refusal::GateClosed { .. }
    ));
    world.does(CLERK, asks(Subject::Finding));
    let yes = says(&world, Subject::Finding, true);
    world.does(DIRECTOR, yes).does(CLERK, found(Finding::Malicious));
}

#[test]
fn two_agree_on_the_mode_one_after_the_other() {
    let mut world = office(CaseType::Petition);
    let barred = world.refuses(CLERK, assign(CLERK));
    assert_eq!(clause(&barred), "T-7");
    world.does(CLERK, classify(AxisName::Mode, "self"));
    assert_eq!(
        world.duty("approval.mode").terms.holder.position,
        Some("director".parse().unwrap())
    );
    let yes = says(&world, Subject::Mode, true);
    world.does(DIRECTOR, yes);
    assert_eq!(
        world.duty("approval.mode").terms.holder.position,
        Some("supervisor".parse().unwrap())
    );
    let yes = says(&world, Subject::Mode, true);
    world.does(SUPERVISOR, yes).does(CLERK, assign(CLERK));
    world.does(CLERK, found(Finding::Substantiated));
    assert_eq!(clause(&world.refuses(CLERK, reply())), "T-7");
    world
        .does(CLERK, work(WorkKind::InvestigationReport))
        .owes("approval.report");
    let no = says(&world, Subject::Report, false);
    world.does(DIRECTOR, no);
    world.does(CLERK, work(WorkKind::InvestigationReport));
    let yes = says(&world, Subject::Report, true);
    world.does(DIRECTOR, yes).does(CLERK, reply());
}

#[test]
fn an_early_end_waits_for_a_yes_and_new_facts_undo_an_end() {
    let mut world = office(CaseType::Complaint);
    assert_eq!(clause(&world.refuses(CLERK, early())), "T-8");
    world.does(CLERK, asks(Subject::Closing));
    let yes = says(&world, Subject::Closing, true);
    world
        .does(DIRECTOR, yes)
        .does(CLERK, early())
        .stands_at(Status::Closed);
    world.does(CLERK, Command::Archive(Remark::default()));
    world.now = at("2026-09-21T09:00");
    world.does(CLERK, reopening()).stands_at(Status::Accepted);
    assert_eq!(world.due("finish"), "2026-10-19");
    // The number of the round goes on; of the rounds that there may be, the handling anew has used none.
    assert_eq!((world.case().round, world.case().round_of_handling()), (2, 1));
    world.directory.rounds = Some(2);
    let context = world.context(Actor::Clock);
    let next = |case| next_round(NewRound::Next, case, &context);
    assert_eq!(next(world.case()), Some(3));
    let facts = world.case().facts(world.rulebook, &world.directory);
    assert_eq!(facts.round, Some(1));
    assert!(
        matches!(world.refuses(CLERK, early()), Refusal::GateClosed { .. }),
        "a yes holds once"
    );
    investigated(&mut world, Finding::Substantiated);
    world.does(CLERK, reply()).does(CLERK, close());
}

#[test]
fn only_a_text_that_was_approved_is_public() {
    let mut world = office(CaseType::Complaint);
    investigated(&mut world, Finding::Substantiated);
    world.does(CLERK, reply()).does(CLERK, close());
    let publication = || {
        Command::Publish(Publication {
            text: text("redacted"),
        })
    };
    world.does(CLERK, publication()).owes("approval.publication");
    assert!(matches!(
        world.refuses(CLERK, publication()),
        Refusal::AlreadyDone { .. }
    ));
    let is_public = |world: &World| {
        world
            .case()
            .in_force(crate::words::Deed::Publication, None)
            .is_some()
    };
    assert!(!is_public(&world));
    let yes = says(&world, Subject::Publication, true);
    world.does(DIRECTOR, yes);
    assert!(is_public(&world), "T-9");
}

#[test]
fn a_case_is_kept_as_long_as_two_numbers_say_and_a_hold_keeps_it_longer() {
    let mut world = office(CaseType::Complaint);
    investigated(&mut world, Finding::Substantiated);
    world.does(CLERK, reply()).does(CLERK, close());
    let kept = |world: &World| {
        let context = world.context(crate::case::decide::Actor::Clock);
        crate::retention::kept(world.case(), &context).unwrap()
    };
    let days = kept(&world);
    assert_eq!(days.at_least_until.unwrap().0.to_string(), "2029-09-17");
    assert_eq!(days.at_most_until.unwrap().0.to_string(), "2036-09-17");
    assert!(!days.held);
    world.does(
        CLERK,
        Command::PlaceLegalHold(LegalHold {
            reason: text("a lawsuit"),
        }),
    );
    assert!(kept(&world).held);
    let lift = Command::LiftLegalHold(About {
        thing: world.case().legal_holds[0].id,
        text: None,
    });
    assert!(matches!(
        world.refuses(CLERK, lift.clone()),
        Refusal::SeparationOfDuties { .. }
    ));
    world.does(DIRECTOR, lift);
    assert!(!kept(&world).held);
}

#[test]
fn a_case_is_erased_once_its_time_is_over_and_nothing_holds_it() {
    let mut world = office(CaseType::Complaint);
    investigated(&mut world, Finding::Substantiated);
    world.does(CLERK, reply()).does(CLERK, close());
    assert!(matches!(
        world.refuses(DIRECTOR, Command::Erase),
        Refusal::WrongStatus { .. }
    ));
    world.does(CLERK, Command::Archive(Remark::default()));
    assert!(matches!(
        world.refuses(CLERK, Command::Erase),
        Refusal::NotPermitted { .. }
    ));
    let Refusal::RetentionRunning { clause, until } = world.refuses(DIRECTOR, Command::Erase) else {
        panic!("the time runs")
    };
    assert_eq!(
        (clause.to_string(), until.to_string()),
        ("T-10".to_owned(), "2029-09-17".to_owned())
    );
    world.now = at("2029-09-18T09:00");
    world.does(
        CLERK,
        Command::PlaceLegalHold(LegalHold {
            reason: text("a lawsuit"),
        }),
    );
    assert_eq!(world.refuses(DIRECTOR, Command::Erase), Refusal::OnHold);
    let lift = Command::LiftLegalHold(About {
        thing: world.case().legal_holds[0].id,
        text: None,
    });
    world.does(DIRECTOR, lift);
    world.does(DIRECTOR, Command::Erase);
    assert!(world.case().is_erased());
    assert!(matches!(
        world.refuses(DIRECTOR, Command::Erase),
        Refusal::AlreadyDone { .. }
    ));
    let hold = Command::PlaceLegalHold(LegalHold { reason: text("late") });
    assert_eq!(world.refuses(CLERK, hold), Refusal::Erased);
}

#[test]
fn the_dissatisfied_learn_of_further_ways_and_another_unit_tries_again() {
    let mut world = office(CaseType::Inquiry);
    world.directory.rounds = Some(3);
    world.does(CLERK, dispatch(task("section.1")));
    let sign = world.sign();
    world.does(HEAD_OF_ONE, sign);
    let back = report_back(&world);
    world
        .does(HEAD_OF_ONE, back)
        .does(CLERK, reply())
        .does(CLERK, follow_up(Satisfaction::Dissatisfied));
    world.owes("notice.appeal_rights_notice").owes("floor_redispatch");
    let same = world.refuses(CLERK, redispatch(task("section.1")));
    assert!(matches!(same, Refusal::UnitBarred { .. }), "T-11");
    world.does(CLERK, redispatch(task("section.2")));
    let sign = world.sign();
    world.does(HEAD_OF_TWO, sign);
    world.does(
        CLERK,
        Command::ServeNotice(Notice {
            kind: NoticeType::AppealRightsNotice,
            text: text("you may"),
            channel: Channel::Phone,
        }),
    );
}

#[test]
fn who_handles_a_matter_in_the_office_itself_answers_for_it() {
    let mut world = office(CaseType::Complaint);
    let demand = || {
        Command::OrderSupervision(SupervisionDemand {
            unit: None,
            demand: text("answer me"),
            within: None,
        })
    };
    let nobody = world.refuses(OTHER_CLERK, demand());
    assert!(
        matches!(nobody, Refusal::WrongStatus { .. }),
        "nobody has it in hand"
    );
    world.does(CLERK, assign(CLERK)).does(OTHER_CLERK, demand());
    let order = world.case().supervision_orders[0].id;
    assert_eq!(
        world.duty("floor_supervision_answer").terms.holder.staff,
        Some(World::staff(CLERK))
    );
    let about = || About {
        thing: order,
        text: Some(text("this is how it stands")),
    };
    world
        .does(CLERK, Command::AnswerSupervision(about()))
        .does(OTHER_CLERK, Command::LiftSupervision(about()));
}

#[test]
fn two_limits_on_one_deed_both_run_and_cite_each_other() {
    let mut world = office(CaseType::Complaint);
    investigated(&mut world, Finding::Substantiated);
    assert_eq!(world.due("finish"), "2026-10-14");
    assert_eq!(
        world.due("result"),
        "2026-09-28",
        "seven working days from the investigation's end"
    );
    let beside = |name: &str| {
        let terms = &world.duty(name).terms;
        terms.beside.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(beside("finish"), ["T-12"]);
    assert_eq!(beside("result"), ["T-2"]);
}

#[test]
fn a_first_word_is_due_after_twenty_four_hours_by_the_wall_clock() {
    let mut world = World::of("test.review_office");
    world.now = at("2026-10-01T15:30");
    let mut matter = world.matter(CaseType::Complaint, None);
    matter.completion.respondents.clear();
    world.does(CLERK, World::register_matter(matter));
    let due = world.duty("first_answer").terms.due.clone().unwrap();
    assert_eq!(due.at, at("2026-10-02T15:30"), "holidays or not (T-3)");
}

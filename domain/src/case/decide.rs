//! The heart: given a case, a command and a moment, what happens, or why not. Pure and deterministic.
//!
//! A command is judged (may he, does the act exist here, is what it names there, do the gates stand
//! open), its event is written, the rulebook's own effects follow, and the duties are brought in line
//! with what the case has become. Only then is there anything to store.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use super::command::{Act, Command};
use super::event::{By, Entry, Event};
use super::permitted::{
    Permission, clause_of, grounds, is_screening, may_state_checks, owed_in_a_place, permitted,
    permitted_in_place, positions_for, separate, targets,
};
use super::{Case, Refusal};
use crate::authority::{keys, permitting, sight};
use crate::calendar::Calendar;
use crate::delegation::{Place, places};
use crate::directory::Directory;
use crate::duty;
use crate::gate;
use crate::ids::{StaffId, ThingId};
use crate::rulebook::Checked;
use crate::words::{ClauseId, Deed, PositionName};

mod assignment;
mod book;
mod coming_in;
mod direction;
mod ending;
mod hand_over;
mod handling;
mod history;
mod keeping;
mod pause;
pub(super) mod replay;
mod returns;
mod review;
mod screening;
mod secrecy;
mod time;
mod version;
mod watching;

use book::Book;

/// Everything a decision rests on besides the case and the command.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// The rulebook that the case lives under; for a move to another version, that one.
    pub rulebook: &'a Checked,
    /// The office's calendar.
    pub calendar: &'a Calendar,
    /// The office as it is now.
    pub directory: &'a Directory,
    /// Before this instant nothing escalates on a case that was imported.
    pub cut_over: DateTime<Utc>,
    /// The moment, cut to microseconds.
    pub now: DateTime<Utc>,
    /// Who asks.
    pub actor: Actor,
}

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Actor {
    /// A member of staff.
    Staff(StaffId),
    /// The office's administrator: only he passes on what somebody who leaves answers for.
    Administrator(StaffId),
    /// The clock: only it looks at the time.
    Clock,
    /// The import of a ledger: only it records history.
    Import,
}

/// Decides a command: the entries that it adds to the book of the case, or the refusal.
///
/// Whatever is asked, what became due before is brought about first, each step with the time at which it was due: whoever
/// was late is on record, whether or not the clock had come by before him. The book goes forward, also under a clock that
/// was set back.
///
/// Where the calendar is newer than the one that the case's duties were counted with, they are counted again before
/// that: whatever is then found late, or asked, is judged by the calendar that is gone by.
///
/// # Errors
///
/// The first [`Refusal`] that applies, in their order of precedence. Nothing has changed then, nor has anything become
/// due for good.
pub fn decide(case: Option<&Case>, command: &Command, context: &Context) -> Result<Vec<Entry>, Refusal> {
    let Some(case) = case else {
        return judged(None, command, context);
    };
    let context = Context {
        now: context.now.max(case.recorded_at),
        ..*context
    };
    // The context of a move has the version that is moved to; what became due is the older one's to say, and
    // [`catch_up`] asks it.
    let moves = matches!(command, Command::MoveToVersion(_));
    match (!moves).then(|| catch_up(case, &context)).flatten() {
        None => judged(Some(case), command, &context),
        Some(caught_up) => caught_up.then(|after| judged(Some(after), command, &context)),
    }
}

/// What became due on a case, before anybody does anything on it.
#[derive(Debug)]
pub struct CaughtUp {
    case: Case,
    entries: Vec<Entry>,
    version: u64,
}

/// What became due on a case until the moment of the context; none where nothing did.
#[must_use]
pub fn catch_up(case: &Case, context: &Context) -> Option<CaughtUp> {
    let context = Context {
        now: context.now.max(case.recorded_at),
        ..*context
    };
    let book = time::look(case, &context)?;
    Some(CaughtUp {
        case: book.case().clone(),
        version: book.version,
        entries: book.close(),
    })
}

impl CaughtUp {
    /// The entries, with those of a command after them that is decided on the case as they left it. The version rises
    /// once for all of them together, if it does.
    ///
    /// # Errors
    /// The command's refusal.
    pub fn then(
        self,
        command: impl FnOnce(&Case) -> Result<Vec<Entry>, Refusal>,
    ) -> Result<Vec<Entry>, Refusal> {
        let Self {
            case,
            mut entries,
            version,
        } = self;
        entries.extend(command(&case)?);
        let last = entries.last().map_or(version, |entry| entry.version);
        for entry in &mut entries {
            entry.version = last.max(version);
        }
        Ok(entries)
    }
}

/// Decides a command on a case on which nothing is due.
fn judged(case: Option<&Case>, command: &Command, context: &Context) -> Result<Vec<Entry>, Refusal> {
    match (command, context.actor) {
        (Command::Receive { case, matter }, Actor::Staff(staff)) => {
            coming_in::receive(*case, matter, staff, context).map(Book::close)
        }
        (
            Command::Register {
                case,
                matter,
                case_no,
            },
            Actor::Staff(staff),
        ) => coming_in::register(*case, matter, case_no, staff, context).map(Book::close),
        (Command::RecordHistory { case, history }, Actor::Import) => {
            history::record(*case, history, context).map(Book::close)
        }
        // Looking is done before anything else.
        (Command::LookAtTime, Actor::Clock) => case.map(|_| Vec::new()).ok_or(Refusal::NotVisible),
        (Command::TransferDuties(transfer), Actor::Administrator(staff)) => {
            let case = case.ok_or(Refusal::NotVisible)?;
            direction::transfer(case, transfer, staff, context).map(Book::close)
        }
        (Command::MoveToVersion(to), Actor::Administrator(staff)) => {
            let case = case.ok_or(Refusal::NotVisible)?;
            version::move_to(case, to, staff, context).map(Book::close)
        }
        (Command::BreakGlass(emergency), Actor::Staff(staff)) => {
            let case = case.ok_or(Refusal::NotVisible)?;
            secrecy::break_glass(case, emergency, staff, context).map(Book::close)
        }
        (command, Actor::Staff(staff)) => {
            let case = case.ok_or(Refusal::NotVisible)?;
            as_himself_or_another(case, command, staff, context)
        }
        (_, Actor::Administrator(_) | Actor::Clock | Actor::Import) => Err(Refusal::NotPermitted {
            deed: command.act().deed(),
            clause: None,
        }),
    }
}

/// A command of a member of staff on a case that is there: by his own authority, or where that does not suffice, in
/// the place of somebody whose deputy he is.
fn as_himself_or_another(
    case: &Case,
    command: &Command,
    staff: StaffId,
    context: &Context,
) -> Result<Vec<Entry>, Refusal> {
    let his_keys = keys(staff, context.rulebook, context.directory, context.now);
    if !sight(case, context).admits(&his_keys) {
        return Err(Refusal::NotVisible);
    }
    let places: Vec<Place> = places(staff, context.rulebook, context.directory, context.now).collect();
    let for_another = owed_in_a_place(command.act(), target(command), case, staff, &places, context);
    // Whoever is not permitted leaves it to the next of his places; any other answer stands.
    let mut whose: Vec<Option<&Place>> = std::iter::once(None).chain(places.iter().map(Some)).collect();
    if for_another {
        whose.rotate_left(1);
    }
    let mut answers = whose
        .into_iter()
        .map(|place| act_on(case, command, staff, place, context).map(Book::close));
    let first = answers.next().unwrap_or(Err(Refusal::NotVisible));
    let leaves_it = |answer: &Result<_, _>| matches!(answer, Err(Refusal::NotPermitted { .. }));
    if leaves_it(&first) {
        answers.find(|answer| !leaves_it(answer)).unwrap_or(first)
    } else {
        first
    }
}

/// A command of a member of staff who sees the case, by his own authority or in another's place.
fn act_on<'a>(
    case: &Case,
    command: &Command,
    who: StaffId,
    place: Option<&Place>,
    context: &'a Context<'a>,
) -> Result<Book<'a>, Refusal> {
    let act = command.act();
    let target = target(command);
    // Whose authority it is: everything is asked of him, as if he stood here.
    let staff = place.map_or(who, |place| place.principal);
    let general = match place {
        Some(place) => permitted_in_place(act, target, case, who, place, context),
        None => permitted(act, target, case, who, context),
    };
    if let Permission::Unavailable(refusal) = general {
        return Err(refusal);
    }
    if let Some((field, thing)) = named(command)
        && !targets(case, act).contains(&Some(thing))
    {
        return Err(if case.knows(thing) {
            Refusal::AlreadyDone { deed: act.deed() }
        } else {
            Refusal::ReferenceUnknown { field }
        });
    }
    let deed = deed(command);
    let mut positions = match permitting(staff, deed, Some(case), context.rulebook, context.directory) {
        none if none.is_empty() && act.rests_on_another() => {
            positions_for(act, target, case, staff, context)?
        }
        positions => positions,
    };
    if let Some(place) = place {
        positions.retain(|position| place.positions.contains(position) && place.gives(deed));
    }
    if positions.is_empty() && act != Act::Recuse {
        return Err(not_permitted(deed, context));
    }
    let mut book = Book::of(case, !act.only_adds(), context);
    book.rests_on =
        ground_of(case, command, context).or_else(|| rests_on(case, act, deed, target, &positions, context));
    book.by = By::Staff {
        staff: who,
        positions,
        unit: context.directory.active(staff).and_then(|member| member.unit),
        acting_for: place.map(|place| place.principal),
    };
    // What stands in the way whatever is said, and what is wrong with what is said: the sooner one counts.
    let barred = match general {
        Permission::Blocked(refusal) => Some(refusal),
        Permission::Allowed(_) | Permission::Unavailable(_) => None,
    };
    let said = separate(case, act, target, deed, staff, context)
        .and_then(|()| separate(case, act, target, deed, who, context))
        .and_then(|()| judge(case, command, staff, context, &mut book))
        .and_then(|()| demand_facts(command, deed, &book, context));
    match (barred, said) {
        (None, Ok(())) => {}
        (Some(refusal), Ok(())) | (None, Err(refusal)) => return Err(refusal),
        // Of several grounds to pause on, the one that was named says why not.
        (Some(_), Err(wrong)) if act == Act::Suspend => return Err(wrong),
        (Some(barred), Err(wrong)) => return Err(barred.or_sooner(wrong)),
    }
    let mut closed = gate::closed_by(case, book.case(), context, deed, target);
    if let Command::Accept(acceptance) = command
        && !acceptance.screening.is_empty()
        && may_state_checks(act, case, staff, context)
    {
        closed.retain(|missing| !is_screening(missing));
    }
    if !closed.is_empty() {
        return Err(Refusal::GateClosed { missing: closed });
    }
    for deed in deeds_made(command) {
        book.follow_rules(Some(case), deed);
    }
    book.settle();
    Ok(book)
}

/// Every deed that a command makes: what was answered on the spot was accepted and answered, too.
pub(crate) fn deeds_made(command: &Command) -> Vec<Deed> {
    match command {
        Command::AnswerOnTheSpot(_) => vec![Deed::SpotAnswer, Deed::Reply],
        Command::Redispatch(_) => vec![Deed::Redispatch, Deed::Dispatch],
        Command::FormTeam(_) => vec![Deed::Team, Deed::Assignment],
        Command::CloseEarly(_) => vec![Deed::EarlyClosing, Deed::Closing],
        other => vec![deed(other)],
    }
}

/// What each command has to be asked besides, and the event it makes.
fn judge(
    case: &Case,
    command: &Command,
    staff: StaffId,
    context: &Context,
    book: &mut Book,
) -> Result<(), Refusal> {
    match command {
        // These open a case or are not a member of staff's to give; `decide` has dealt with them.
        Command::Receive { .. }
        | Command::Register { .. }
        | Command::RecordHistory { .. }
        | Command::LookAtTime
        | Command::TransferDuties(_)
        | Command::BreakGlass(_)
        | Command::MoveToVersion(_) => Err(Refusal::NotPermitted {
            deed: command.act().deed(),
            clause: None,
        }),
        Command::RegisterReceived { completion, case_no } => {
            coming_in::register_received(case, completion, case_no, staff, context, book)
        }
        Command::Screen(screening) => screening::screen(case, screening, context, book),
        Command::Accept(acceptance) => screening::accept(case, acceptance, context, book),
        Command::Decline(ending) => coming_in::decline(case, ending, context, book),
        Command::HandOver(it) => hand_over::hand_over(case, it, context, book),
        Command::Withdraw(ending) => coming_in::withdraw(case, ending, context, book),
        Command::Cancel(ending) => coming_in::cancel(case, ending, context, book),
        Command::Correct(correction) => coming_in::correct(correction, book),
        Command::Classify(classification) => coming_in::classify(classification, context, book),
        Command::LinkDuplicate(link) => coming_in::link_duplicate(case, link, book),
        Command::AnswerOnTheSpot(answer) => coming_in::answer_on_the_spot(case, answer, context, book),
        Command::ReassignFirstReceiver(it) => coming_in::reassign(case, it, context, book),
        Command::RequestInstruction(remark) => book.note(Event::InstructionRequested(remark.clone())),
        Command::GiveInstruction(instruction) => direction::instruct(case, instruction, context, book),
        Command::Dispatch(tasks) => direction::dispatch(case, tasks, context, book),
        Command::AddUnit(task) => direction::add_unit(case, task, context, book),
        Command::SignDispatch(signature) => direction::sign(case, signature, staff, context, book),
        Command::Return(given_back) => returns::give_back(given_back, context, book),
        Command::DecideReturn(decision) => returns::decide_return(decision, context, book),
        Command::Recall(recall) => book.note(Event::DispatchRecalled(recall.clone())),
        Command::AssignHandler(assignment) => assignment::assign(case, assignment, staff, context, book),
        Command::FormTeam(team) => assignment::form_team(case, team, staff, context, book),
        Command::Recuse(recusal) => direction::recuse(case, recusal, staff, context, book),
        Command::Redispatch(redispatch) => direction::redispatch(case, redispatch, context, book),
        Command::RecordWork(work) => handling::record_work(case, work, context, book),
        Command::TellProgress(progress) => book.note(Event::ProgressTold(progress.clone())),
        Command::CompleteInvestigation(found) => handling::complete_investigation(found, context, book),
        Command::DraftPlan(plan) => book.note(Event::PlanDrafted(plan.clone())),
        Command::DecideApproval(decision) => handling::decide_approval(case, decision, book),
        Command::RequestApproval(asked) => review::request_approval(case, asked, staff, context, book),
        Command::TakeMeasure(measure) => handling::take_measure(case, measure, context, book),
        Command::CompleteMeasures(remark) => book.note(Event::MeasuresCompleted(remark.clone())),
        Command::OrderRectification(order) => handling::order_rectification(order, context, book),
        Command::CheckRectification(check) => book.note(Event::RectificationChecked(check.clone())),
        Command::ReportBack(report) => book.note(Event::ReportedBack(report.clone())),
        Command::Reply(reply) => handling::reply(reply, context, book),
        Command::ServeNotice(notice) => book.note(Event::NoticeServed(notice.clone())),
        Command::ReportUpstream(remark) => book.note(Event::ReportedUpstream(remark.clone())),
        Command::FollowUp(follow_up) => book.note(Event::FollowedUp(follow_up.clone())),
        Command::JudgeFault(judgement) => book.note(Event::FaultJudged(judgement.clone())),
        Command::DecideSecondDispatch(decision) => {
            ending::decide_second_dispatch(case, decision, context, book)
        }
        Command::RequestLending(remark) => book.note(Event::LendingRequested(remark.clone())),
        Command::Urge(urge) => watching::urge(case, urge, book),
        Command::OrderSupervision(demand) => watching::order_supervision(case, demand, context, book),
        Command::AnswerSupervision(about) => book.note(Event::SupervisionAnswered(about.clone())),
        Command::LiftSupervision(about) => watching::lift_supervision(case, about, book),
        Command::ReportToLeader(report) => watching::report_to_leader(case, report, context, book),
        Command::Acknowledge(about) => book.note(Event::ReportAcknowledged(about.clone())),
        Command::OpenAccountability(record) => watching::open_accountability(record, context, book),
        Command::CloseAccountability(about) => book.note(Event::AccountabilityClosed(about.clone())),
        Command::RequestExtension(request) => time::request_extension(case, request, staff, context, book),
        Command::DecideExtension(decision) => time::decide_extension(case, decision, context, book),
        Command::Suspend(suspension) => pause::suspend(case, suspension, staff, context, book),
        Command::Resume(about) => pause::resume(case, about, book),
        Command::RequestSupplement(request) => book.note(Event::SupplementRequested(request.clone())),
        Command::RecordSupplement(supplement) => pause::supplement(case, supplement, context, book),
        Command::FileAppeal(appeal) => review::file_appeal(case, appeal, context, book),
        Command::DecideAppeal(decision) => review::decide_appeal(case, decision, context, book),
        Command::Close(closing) => book.note(Event::CaseClosed(closing.clone())),
        Command::CloseEarly(early) => keeping::close_early(case, early, context, book),
        Command::Reopen(reopening) => keeping::reopen(case, reopening, context, book),
        Command::Publish(publication) => keeping::publish(case, publication, context, book),
        Command::PlaceLegalHold(hold) => book.note(Event::LegalHoldPlaced(hold.clone())),
        Command::LiftLegalHold(about) => book.note(Event::LegalHoldLifted(about.clone())),
        Command::Erase => keeping::erase(case, context, book),
        Command::NameParticipant(naming) => secrecy::name_participant(case, naming, context, book),
        Command::RemoveParticipant(about) => book.note(Event::ParticipantRemoved(about.clone())),
        Command::Restrict(restriction) => secrecy::restrict(case, restriction, book),
        Command::Redact(redaction) => secrecy::redact(case, redaction, book),
        Command::ReviewReading(review) => book.note(Event::EmergencyReviewed(review.clone())),
        Command::RequestIdentity(asked) => book.note(Event::IdentityRequested(asked.clone())),
        Command::DecideIdentity(decision) => secrecy::decide_identity(decision, book),
        Command::Archive(remark) => book.note(Event::CaseArchived(remark.clone())),
    }
}

/// The exact deed that a command makes.
fn deed(command: &Command) -> Deed {
    match command {
        Command::RecordWork(work) => work.kind.deed(),
        Command::TakeMeasure(measure) => Deed::Measure(Some(measure.kind)),
        Command::ServeNotice(notice) => Deed::Notice(Some(notice.kind)),
        Command::DecideApproval(decision) => Deed::Approval(Some(decision.subject)),
        other => other.act().deed(),
    }
}

/// The thing a command names, which must be one it can be on, and the field that names it.
fn named(command: &Command) -> Option<(&'static str, ThingId)> {
    match command {
        Command::SignDispatch(signature) => Some(("dispatch_id", signature.dispatch)),
        Command::Return(given_back) => Some(("dispatch_id", given_back.dispatch)),
        Command::DecideReturn(decision) => Some(("dispatch_id", decision.dispatch)),
        Command::Recall(recall) => Some(("dispatch_id", recall.dispatch)),
        Command::ReportBack(report) => Some(("dispatch_id", report.dispatch)),
        Command::DecideExtension(decision) => Some(("extension_id", decision.extension)),
        Command::DecideApproval(decision) => Some(("approval_id", decision.about)),
        Command::AnswerSupervision(about) | Command::LiftSupervision(about) => {
            Some(("order_id", about.thing))
        }
        Command::Acknowledge(about) => Some(("report_id", about.thing)),
        Command::Resume(about) => Some(("suspension_id", about.thing)),
        Command::DecideAppeal(decision) => Some(("appeal_id", decision.appeal)),
        Command::LiftLegalHold(about) => Some(("hold_id", about.thing)),
        Command::RemoveParticipant(about) => Some(("participant_id", about.thing)),
        Command::ReviewReading(review) => Some(("reading_id", review.reading)),
        Command::DecideIdentity(decision) => Some(("request_id", decision.request)),
        Command::CloseAccountability(about) => Some(("record_id", about.thing)),
        _ => None,
    }
}

fn target(command: &Command) -> Option<ThingId> {
    named(command).map(|(_, thing)| thing)
}

/// The clause of the ground on which an exceptional deed is done.
fn ground_of(case: &Case, command: &Command, context: &Context) -> Option<ClauseId> {
    let name = match command {
        Command::Decline(ending) | Command::Withdraw(ending) | Command::Cancel(ending) => &ending.ground,
        Command::HandOver(hand_over) => &hand_over.on.ground,
        Command::AnswerOnTheSpot(answer) => &answer.ground,
        Command::CloseEarly(early) => &early.ground,
        Command::Reopen(reopening) => &reopening.ground,
        _ => return None,
    };
    let listed = grounds(case, command.act().deed(), context);
    let ground = listed.into_iter().find(|ground| ground.name == *name)?;
    Some(ground.clause.clone())
}

/// The clause that a deed rests on: of the duty it discharges, else of the position that permits it.
fn rests_on(
    case: &Case,
    act: Act,
    deed: Deed,
    target: Option<ThingId>,
    positions: &BTreeSet<PositionName>,
    context: &Context,
) -> Option<ClauseId> {
    let duty = case.duties.iter().find(|duty| {
        !duty::is_tracking(duty)
            && duty.terms.owes.covers(deed)
            && (duty.key.thing.is_none() || target.is_none() || duty.key.thing == target)
    });
    let by_duty = duty.map(|duty| duty.clause.clone());
    let by_position = || {
        context
            .rulebook
            .positions_that_may(act.deed())
            .find(|position| positions.contains(&position.name))
            .or_else(|| context.rulebook.positions_that_may(act.deed()).next())
            .map(|position| position.clause.clone())
    };
    by_duty.or_else(by_position)
}

fn not_permitted(deed: Deed, context: &Context) -> Refusal {
    let clause = clause_of(deed, context);
    Refusal::NotPermitted { deed, clause }
}

/// What the rulebook demands to be stated with this deed.
fn demand_facts(command: &Command, deed: Deed, book: &Book, context: &Context) -> Result<(), Refusal> {
    let after = book.case();
    let states = |field| after.states(field) || direction::states(command, field, after, context);
    let demanded = gate::facts_demanded(after, context, deed, states);
    let (gates, facts): (Vec<_>, Vec<_>) = demanded
        .into_iter()
        .partition(|missing| gate::is_of_the_office(missing.need));
    if !facts.is_empty() {
        return Err(Refusal::FactsMissing { missing: facts });
    }
    if !gates.is_empty() {
        return Err(Refusal::GateClosed { missing: gates });
    }
    Ok(())
}

//! Instruction, dispatch, receipt of the form, assignment, the next round.

use super::coming_in::usable_unit;
use super::{Book, By, Context, Event, Refusal};
use crate::authority::{kept_from_unit, permitting};
use crate::case::Case;
use crate::case::command::{
    Command, Ending, Instruction, Receipt, Recusal, Redispatch, Signature, Task, Transfer,
};
use crate::case::permitted::{joins, routed_to};
use crate::duty;
use crate::gate;
use crate::ids::{StaffId, UnitId};
use crate::responsibility::{accountable_position, answers_for};
use crate::rulebook::{Hands, Seat};
use crate::words::{Deed, DispatchRole, Field, PositionName};

pub(super) fn instruct(
    case: &Case,
    instruction: &Instruction,
    context: &Context,
    book: &mut Book,
) -> Result<(), Refusal> {
    if let Some(unit) = instruction.unit {
        usable_unit(unit, "unit_id", context)?;
        open_to_unit(case, unit, "unit_id", context)?;
        // Nothing is sent where nobody can receive it (R03-2.1.8).
        let received =
            |field| field != Field::AccountableOfficer || answers_for(unit, case, context).is_some();
        let missing: Vec<_> = gate::facts_demanded(case, context, Deed::Dispatch, received)
            .into_iter()
            .filter(|missing| gate::is_of_the_office(missing.need))
            .collect();
        if !missing.is_empty() {
            return Err(Refusal::GateClosed { missing });
        }
    }
    book.note(Event::InstructionGiven(instruction.clone()))
}

pub(super) fn dispatch(
    case: &Case,
    tasks: &[Task],
    context: &Context,
    book: &mut Book,
) -> Result<(), Refusal> {
    check_tasks(case, tasks, None, context)?;
    for task in tasks {
        book.note(Event::UnitDispatched(task.clone()))?;
    }
    Ok(())
}

pub(super) fn add_unit(case: &Case, task: &Task, context: &Context, book: &mut Book) -> Result<(), Refusal> {
    usable_unit(task.unit, "unit_id", context)?;
    open_to_unit(case, task.unit, "unit_id", context)?;
    if case
        .running_dispatches()
        .any(|dispatch| dispatch.unit == task.unit)
    {
        return Err(Refusal::AlreadyDone {
            deed: Deed::UnitAdded,
        });
    }
    if task.role == DispatchRole::Lead {
        return Err(Refusal::WrongState { field: "role" });
    }
    due_in_time(task, "due_on", context)?;
    book.note(Event::UnitAdded(task.clone()))
}

pub(super) fn redispatch(
    case: &Case,
    it: &Redispatch,
    context: &Context,
    book: &mut Book,
) -> Result<(), Refusal> {
    let former = case.lead().map(|lead| lead.unit);
    let rounds = context.rulebook.rounds.as_ref();
    // Where the rulebook wants nobody in particular to answer for a unit, its people are hands enough.
    let has_hands = |unit: UnitId| {
        accountable_position(unit, context).is_none() || answers_for(unit, case, context).is_some()
    };
    // The same hands, while there are any: a unit that was closed since leaves the matter to another.
    let same_hands = rounds
        .filter(|rounds| rounds.hands == Hands::Same)
        .and(former)
        .filter(|unit| usable_unit(*unit, "units", context).is_ok())
        .filter(|unit| has_hands(*unit));
    check_tasks(case, &it.tasks, same_hands, context)?;
    if let (Some(rounds), Some(former)) = (rounds, former) {
        let same = it
            .tasks
            .iter()
            .any(|task| task.role == DispatchRole::Lead && task.unit == former);
        let barred = match rounds.hands {
            Hands::Same => same_hands.is_some() && !same,
            Hands::Other => same,
            Hands::Any => false,
        };
        if barred {
            return Err(Refusal::UnitBarred {
                field: "units",
                clause: Some(rounds.clause.clone()),
            });
        }
    }
    // Whether a round is ordered stands among what must come before.
    let Some(order) = &case.round_ordered else {
        return Err(Refusal::GateClosed {
            missing: gate::missing(case, context, Deed::Redispatch, None),
        });
    };
    book.note(Event::RoundOpened {
        round: order.round,
        reason: it.reason.clone(),
    })?;
    for task in &it.tasks {
        book.note(Event::UnitDispatched(task.clone()))?;
    }
    Ok(())
}

/// A task is not due before it is sent.
fn due_in_time(task: &Task, field: &'static str, context: &Context) -> Result<(), Refusal> {
    let today = context.calendar.date_of(context.now);
    match task.due_on {
        Some(due) if due < today => Err(Refusal::TimesOutOfOrder { field }),
        Some(_) | None => Ok(()),
    }
}

/// A secret is not sent to a unit from which the rulebook keeps it (R03-2.1.5).
pub(super) fn open_to_unit(
    case: &Case,
    unit: UnitId,
    field: &'static str,
    context: &Context,
) -> Result<(), Refusal> {
    match kept_from_unit(case, unit, context) {
        Some(clause) => Err(Refusal::UnitBarred {
            field,
            clause: Some(clause),
        }),
        None => Ok(()),
    }
}

/// Exactly one unit leads, each is there, none twice, and the lead is one to which the rulebook sends it; the same
/// hands as before need no second routing.
fn check_tasks(
    case: &Case,
    tasks: &[Task],
    same_hands: Option<UnitId>,
    context: &Context,
) -> Result<(), Refusal> {
    for (at, task) in tasks.iter().enumerate() {
        usable_unit(task.unit, "units", context)?;
        due_in_time(task, "units", context)?;
        open_to_unit(case, task.unit, "units", context)?;
        if tasks[..at].iter().any(|other| other.unit == task.unit) {
            return Err(Refusal::WrongState { field: "units" });
        }
    }
    let leads: Vec<&Task> = tasks
        .iter()
        .filter(|task| task.role == DispatchRole::Lead)
        .collect();
    let [lead] = leads.as_slice() else {
        return Err(Refusal::WrongState { field: "units" });
    };
    if same_hands != Some(lead.unit) && !routed_to(case, lead.unit, context) {
        let facts = case.facts_without_route(context.rulebook, context.directory);
        let clause = context.rulebook.route(&facts).map(|route| route.clause.clone());
        return Err(Refusal::UnitBarred {
            field: "units",
            clause,
        });
    }
    let facts = case.facts_without_route(context.rulebook, context.directory);
    let joint = context
        .rulebook
        .route(&facts)
        .filter(|route| !route.jointly.is_empty());
    let joined = |task: &Task| task.role != DispatchRole::Lead && joins(case, task.unit, context);
    if let Some(route) = joint
        && !tasks.iter().any(joined)
    {
        return Err(Refusal::UnitBarred {
            field: "units",
            clause: Some(route.clause.clone()),
        });
    }
    Ok(())
}

pub(super) fn sign(
    case: &Case,
    signature: &Signature,
    staff: StaffId,
    context: &Context,
    book: &mut Book,
) -> Result<(), Refusal> {
    let unit = context.directory.active(staff).and_then(|member| member.unit);
    let Some(dispatch) = case.running_dispatch(signature.dispatch) else {
        return Err(Refusal::ReferenceUnknown { field: "dispatch_id" });
    };
    let at = signature.received_at.unwrap_or(context.now);
    if at > context.now || at < dispatch.sent_at {
        return Err(Refusal::TimesOutOfOrder { field: "received_at" });
    }
    let receipt = if unit == Some(dispatch.unit) {
        Receipt::ByUnit
    } else {
        Receipt::BySender
    };
    book.note_at(
        at,
        Event::DispatchSigned(Signature {
            receipt,
            ..signature.clone()
        }),
    );
    Ok(())
}

pub(super) fn recuse(
    case: &Case,
    recusal: &Recusal,
    staff: StaffId,
    context: &Context,
    book: &mut Book,
) -> Result<(), Refusal> {
    let told = !permitting(
        staff,
        Deed::Recusal,
        Some(case),
        context.rulebook,
        context.directory,
    )
    .is_empty();
    if recusal.staff != staff && !told {
        return Err(super::not_permitted(Deed::Recusal, context));
    }
    if !context.directory.staff.contains_key(&recusal.staff) {
        return Err(Refusal::ReferenceUnknown { field: "staff_id" });
    }
    if case.bars(recusal.staff) {
        return Err(Refusal::AlreadyDone { deed: Deed::Recusal });
    }
    // The first receiver stays on record for ever; another must take the tracking over first.
    if case.first_receiver.staff == recusal.staff {
        return Err(Refusal::NobodyLeft { field: "staff_id" });
    }
    if is_last_in_a_position(recusal.staff, case, context) {
        return Err(Refusal::NobodyLeft { field: "staff_id" });
    }
    let orphaned = {
        let mut after = case.clone();
        after.recused.insert(recusal.staff);
        let named = case.instructed_unit.filter(|_| case.dispatches.is_empty());
        let answers = |case| named.is_some_and(|unit| answers_for(unit, case, context).is_some());
        let (answered, answers) = (answers(case), answers(&after));
        (answered && !answers)
            || duty::owed(&after, context).values().any(|(_, terms)| {
                let nobodys = |case| duty::is_nobodys(&terms.holder, terms.owes, case, context);
                nobodys(&after) && !nobodys(case)
            })
    };
    if orphaned {
        return Err(Refusal::NobodyLeft { field: "staff_id" });
    }
    book.note(Event::PersonRecused(recusal.clone()))
}

/// What somebody who leaves answers for passes to another, who must be able to answer for it.
pub(super) fn transfer<'a>(
    case: &Case,
    transfer: &Transfer,
    administrator: StaffId,
    context: &'a Context<'a>,
) -> Result<Book<'a>, Refusal> {
    let from = context
        .directory
        .staff
        .get(&transfer.from)
        .ok_or(Refusal::ReferenceUnknown { field: "from" })?;
    let to = context
        .directory
        .active(transfer.to)
        .ok_or(Refusal::ReferenceUnknown { field: "to_staff_id" })?;
    if transfer.from == transfer.to {
        return Err(Refusal::AlreadyDone {
            deed: Deed::FirstReceiverChange,
        });
    }
    if case.bars(transfer.to) {
        return Err(Refusal::PersonBarred { field: "to_staff_id" });
    }
    if to.unit != from.unit
        || !from
            .positions
            .iter()
            .all(|position| to.positions.contains(position))
    {
        return Err(Refusal::PersonUnsuitable {
            field: "to_staff_id",
            clause: None,
        });
    }
    let mut book = Book::of(case, true, context);
    book.by = By::Administrator { staff: administrator };
    book.note(Event::DutiesTransferred(transfer.clone()))?;
    book.settle();
    Ok(book)
}

/// Whether nobody else on this case holds a position of the office that he holds: what the rulebook will ask of it
/// later, nobody could do.
fn is_last_in_a_position(staff: StaffId, case: &Case, context: &Context) -> bool {
    let Some(member) = context.directory.active(staff) else {
        return false;
    };
    let of_the_office = |name: &&PositionName| {
        context
            .rulebook
            .position(name)
            .is_some_and(|position| position.sits != Seat::Unit)
    };
    member.positions.iter().filter(of_the_office).any(|name| {
        !context.directory.staff.iter().any(|(other, colleague)| {
            *other != staff && colleague.active && colleague.positions.contains(name) && !case.bars(*other)
        })
    })
}

/// The facts that a command states itself and no case keeps.
pub(super) fn states(command: &Command, field: Field, case: &Case, context: &Context) -> bool {
    let tasks: &[Task] = match command {
        Command::Dispatch(tasks) => tasks,
        Command::AddUnit(task) => std::slice::from_ref(task),
        Command::Redispatch(it) => &it.tasks,
        _ => &[],
    };
    let all = |test: &dyn Fn(&Task) -> bool| !tasks.is_empty() && tasks.iter().all(test);
    let ends = |test: fn(&Ending) -> bool| match command {
        Command::Decline(ending) | Command::Withdraw(ending) | Command::Cancel(ending) => test(ending),
        Command::HandOver(hand_over) => test(&hand_over.on),
        _ => false,
    };
    match (field, command) {
        (Field::AccountableOfficer, _) => all(&|task| answers_for(task.unit, case, context).is_some()),
        (Field::Task, Command::AssignHandler(assignment)) => assignment.task.is_some(),
        (Field::Task, Command::FormTeam(team)) => team.task.is_some(),
        (Field::Task, _) => all(&|task| task.task.is_some()),
        (Field::TaskDue, _) => all(&|task| task.due_on.is_some()),
        (Field::TaskStandard, _) => all(&|task| task.standard.is_some()),
        (Field::MembersAtLeast2, Command::AssignHandler(assignment)) => {
            assignment.team.iter().any(|member| *member != assignment.handler)
        }
        (Field::MembersAtLeast2, Command::FormTeam(team)) => {
            team.members.iter().any(|member| *member != team.leader)
        }
        (Field::RecusalAsked, Command::AssignHandler(assignment)) => assignment.recusal_asked,
        (Field::RecusalAsked, Command::FormTeam(team)) => team.recusal_asked,
        (Field::ExpectedDate, Command::TellProgress(progress)) => progress.expected_on.is_some(),
        (Field::Reason, Command::Return(_) | Command::Recall(_)) => true,
        (Field::Explanation, _) => ends(|ending| ending.explanation.is_some()),
        (Field::Guidance, _) => ends(|ending| ending.guidance.is_some()),
        (Field::Reason, _) => ends(|ending| ending.reason.is_some()),
        _ => false,
    }
}

//! Taking a matter in: reception, registration, acceptance, and the ways it ends before that.

use super::{Book, By, Context, Event, Refusal};
use crate::authority::permitting;
use crate::case::Case;
use crate::case::command::{
    Classification, Completion, Correction, DuplicateLink, Ending, Matter, Reassignment, Respondent,
    SpotAnswer,
};
use crate::case::permitted::grounds;
use crate::case::refusal::Missing;
use crate::duty;
use crate::gate;
use crate::ids::{CaseId, StaffId, UnitId};
use crate::rulebook::{Anonymity, Need};
use crate::words::{AxisName, Deed, Field, IdentityMode, Satisfaction};

/// Takes a matter in, without a number.
pub(super) fn receive<'a>(
    case: CaseId,
    matter: &Matter,
    staff: StaffId,
    context: &'a Context<'a>,
) -> Result<Book<'a>, Refusal> {
    let mut book = opened(case, matter, staff, context, Deed::Receipt)?;
    book.follow_rules(None, Deed::Receipt);
    book.settle();
    Ok(book)
}

/// Takes a matter in and gives it a number, in one.
pub(super) fn register<'a>(
    case: CaseId,
    matter: &Matter,
    case_no: &str,
    staff: StaffId,
    context: &'a Context<'a>,
) -> Result<Book<'a>, Refusal> {
    let mut book = opened(case, matter, staff, context, Deed::Registration)?;
    book.follow_rules(None, Deed::Receipt);
    // The duty to register is opened and discharged, so that its verdict stands.
    book.settle();
    book.rests_on = context
        .rulebook
        .duties_owing(Deed::Registration)
        .next()
        .map(|rule| rule.clause.clone());
    book.note(Event::CaseRegistered {
        case_no: case_no.to_owned(),
        completion: Box::default(),
    })?;
    registered(&mut book, context)?;
    Ok(book)
}

pub(super) fn register_received(
    case: &Case,
    completion: &Completion,
    case_no: &str,
    staff: StaffId,
    context: &Context,
    book: &mut Book,
) -> Result<(), Refusal> {
    check_completion(completion, &[staff, case.first_receiver.staff], context)?;
    if completion.content.is_some() && case.content.is_some() {
        // The first words stay; what is to be added is an amendment (R03-1.7).
        return Err(Refusal::AlreadyDone { deed: Deed::Receipt });
    }
    book.note(Event::CaseRegistered {
        case_no: case_no.to_owned(),
        completion: Box::new(completion.clone()),
    })
}

fn opened<'a>(
    case: CaseId,
    matter: &Matter,
    staff: StaffId,
    context: &'a Context<'a>,
    deed: Deed,
) -> Result<Book<'a>, Refusal> {
    let positions = permitting(staff, deed, None, context.rulebook, context.directory);
    if positions.is_empty() {
        return Err(super::not_permitted(deed, context));
    }
    let receiver = matter.first_receiver.unwrap_or(staff);
    check_matter(matter, &[staff, receiver], context)?;
    let member = context
        .directory
        .active(receiver)
        .ok_or(Refusal::ReferenceUnknown {
            field: "first_receiver_id",
        })?;
    // Nothing is laid on the desk of somebody who takes nothing in.
    let takes_in =
        |staff| !permitting(staff, Deed::Receipt, None, context.rulebook, context.directory).is_empty();
    if receiver != staff && !takes_in(receiver) {
        return Err(Refusal::PersonUnsuitable {
            field: "first_receiver_id",
            clause: context
                .rulebook
                .channel(matter.channel)
                .map(|channel| channel.clause.clone()),
        });
    }
    let by_window = matter
        .window
        .and_then(|window| context.directory.windows.get(&window)?.unit);
    let unit = context.directory.active(staff).and_then(|member| member.unit);
    let mut book = Book::new(context);
    book.by = By::Staff {
        staff,
        positions,
        unit,
        // First contact is a person's own: nobody takes a matter in for another.
        acting_for: None,
    };
    book.rests_on = context
        .rulebook
        .channel(matter.channel)
        .map(|channel| channel.clause.clone());
    book.note_at(
        matter.received_at,
        Event::CaseReceived {
            case,
            office: context.directory.office,
            rulebook: context.rulebook.head.code.clone(),
            rulebook_version: context.rulebook.head.version.to_string(),
            matter: Box::new(matter.clone()),
            first_receiver: receiver,
            first_unit: member.unit.or(by_window),
        },
    );
    Ok(book)
}

fn registered(book: &mut Book, context: &Context) -> Result<(), Refusal> {
    let after = book.case();
    let missing = gate::facts_demanded(after, context, Deed::Registration, |field| after.states(field));
    if !missing.is_empty() {
        return Err(Refusal::FactsMissing { missing });
    }
    let closed = gate::closed_gates(after, context, Deed::Registration, None);
    if !closed.is_empty() {
        return Err(Refusal::GateClosed { missing: closed });
    }
    book.follow_rules(None, Deed::Registration);
    book.settle();
    Ok(())
}

/// What must be right about a matter whoever takes it in.
pub(super) fn check_matter(matter: &Matter, takers: &[StaffId], context: &Context) -> Result<(), Refusal> {
    let Some(channel) = context.rulebook.channel(matter.channel) else {
        return Err(not_listed("channel", matter.channel.to_string(), None));
    };
    // Of ratings only some open a case (R08-8).
    let opens = |rating: &Satisfaction| channel.opens_case.contains(rating);
    if !channel.opens_case.is_empty() && !matter.rating.as_ref().is_some_and(opens) {
        let word = matter
            .rating
            .map_or_else(String::new, |rating| rating.to_string());
        return Err(not_listed("rating", word, Some(channel.clause.clone())));
    }
    if let Some(kind) = &matter.complainant.kind {
        listed(
            "complainant.category",
            AxisName::Complainant,
            kind.as_str(),
            context,
        )?;
    }
    if let Some(window) = matter.window
        && !context
            .directory
            .windows
            .get(&window)
            .is_some_and(|window| window.active)
    {
        return Err(Refusal::ReferenceUnknown { field: "window_id" });
    }
    if matter.complainant.identity == IdentityMode::Anonymous
        && let Some(identity) = &context.rulebook.identity
        && identity.anonymous == Anonymity::Refused
    {
        return Err(Refusal::AnonymityNotAllowed {
            clause: identity.clause.clone(),
        });
    }
    if let Some(identity) = &context.rulebook.identity
        && let (Some(come), Some(bound)) = (
            matter.complainant.representatives,
            identity.representatives_at_most,
        )
        && come > bound
    {
        return Err(Refusal::BoundReached {
            clause: identity.clause.clone(),
            bound: bound.into(),
        });
    }
    check_completion(&matter.completion, takers, context)?;
    if matter.received_at > context.now {
        return Err(Refusal::TimesOutOfOrder { field: "received_at" });
    }
    Ok(())
}

fn check_completion(completion: &Completion, takers: &[StaffId], context: &Context) -> Result<(), Refusal> {
    for respondent in &completion.respondents {
        match respondent {
            Respondent::Unit { unit } if !context.directory.units.contains_key(unit) => {
                return Err(Refusal::ReferenceUnknown { field: "respondents" });
            }
            Respondent::Window { window } if !context.directory.windows.contains_key(window) => {
                return Err(Refusal::ReferenceUnknown { field: "respondents" });
            }
            Respondent::Person {
                staff: Some(person), ..
            } if !context.directory.staff.contains_key(person) => {
                return Err(Refusal::ReferenceUnknown { field: "respondents" });
            }
            Respondent::Unit { .. } | Respondent::Window { .. } | Respondent::Person { .. } => {}
        }
    }
    if let Some(case_type) = completion.case_type {
        listed("case_type", AxisName::CaseType, case_type.as_str(), context)?;
    }
    check_axes(&completion.axes, context)?;
    for flag in &completion.flags {
        listed("flags", AxisName::Flag, flag.as_str(), context)?;
    }
    // The person complained of is never the receiver.
    let complained_of = |respondent: &Respondent| match respondent {
        Respondent::Person { staff: person, .. } => person.is_some_and(|person| takers.contains(&person)),
        Respondent::Unit { .. } | Respondent::Window { .. } => false,
    };
    if completion.respondents.iter().any(complained_of) {
        return Err(Refusal::PersonBarred { field: "respondents" });
    }
    Ok(())
}

fn check_axes(
    axes: &std::collections::BTreeMap<AxisName, crate::words::Word>,
    context: &Context,
) -> Result<(), Refusal> {
    for (axis, word) in axes {
        listed(axis_field(*axis), *axis, word.as_str(), context)?;
    }
    Ok(())
}

fn axis_field(axis: AxisName) -> &'static str {
    match axis {
        AxisName::CaseType => "case_type",
        AxisName::Complainant => "complainant.category",
        AxisName::Category => "category",
        AxisName::Severity => "severity",
        AxisName::Urgency => "urgency",
        AxisName::Track => "track",
        AxisName::Mode => "mode",
        AxisName::Complexity => "complexity",
        AxisName::Cause => "cause",
        AxisName::Flag => "flags",
    }
}

/// Whether the rulebook lists a word on an axis.
fn listed(field: &'static str, axis: AxisName, word: &str, context: &Context) -> Result<(), Refusal> {
    let Some(axis) = context.rulebook.axis(axis) else {
        return Err(not_listed(field, word.to_owned(), None));
    };
    if axis.values.words().any(|value| value.as_str() == word) {
        Ok(())
    } else {
        Err(not_listed(field, word.to_owned(), Some(axis.clause.clone())))
    }
}

pub(super) fn not_listed(
    field: &'static str,
    word: String,
    clause: Option<crate::words::ClauseId>,
) -> Refusal {
    Refusal::NotListed { field, word, clause }
}

pub(super) fn decline(
    case: &Case,
    ending: &Ending,
    context: &Context,
    book: &mut Book,
) -> Result<(), Refusal> {
    check_ground(case, ending, Deed::Decline, context)?;
    book.note(Event::CaseDeclined(ending.clone()))
}

pub(super) fn withdraw(
    case: &Case,
    ending: &Ending,
    context: &Context,
    book: &mut Book,
) -> Result<(), Refusal> {
    check_ground(case, ending, Deed::Withdrawal, context)?;
    book.note(Event::CaseWithdrawn(ending.clone()))
}

/// What was ordered from above, or by the platform that sent it, to be given up.
pub(super) fn cancel(
    case: &Case,
    ending: &Ending,
    context: &Context,
    book: &mut Book,
) -> Result<(), Refusal> {
    check_ground(case, ending, Deed::Cancellation, context)?;
    book.note(Event::CaseCancelled(ending.clone()))
}

/// The ground must be listed for this case and get what it demands.
pub(super) fn check_ground(
    case: &Case,
    ending: &Ending,
    deed: Deed,
    context: &Context,
) -> Result<(), Refusal> {
    let grounds = grounds(case, deed, context);
    let Some(ground) = grounds.iter().find(|ground| ground.name == ending.ground) else {
        let clause = grounds.first().map(|ground| ground.clause.clone());
        return Err(not_listed("ground", ending.ground.to_string(), clause));
    };
    let missing = |need: Need| Missing {
        need,
        or: Vec::new(),
        clause: Some(ground.clause.clone()),
        by: None,
    };
    let mut facts = Vec::new();
    let mut deeds = Vec::new();
    for need in &ground.needs {
        match need {
            Need::Field(Field::Explanation) if ending.explanation.is_some() => {}
            Need::Field(Field::Guidance) if ending.guidance.is_some() => {}
            Need::Field(Field::Reason) if ending.reason.is_some() => {}
            Need::Field(field @ (Field::Explanation | Field::Guidance | Field::Reason)) => {
                facts.push(missing(Need::Field(*field)));
            }
            Need::Field(field) if case.states(*field) => {}
            Need::Deed(deed) if case.in_force(*deed, None).is_some() => {}
            Need::Axis(axis) if case.axes.contains_key(axis) => {}
            other => deeds.push(missing(*other)),
        }
    }
    if !facts.is_empty() {
        return Err(Refusal::FactsMissing { missing: facts });
    }
    if !deeds.is_empty() {
        return Err(Refusal::GateClosed { missing: deeds });
    }
    Ok(())
}

pub(super) fn correct(correction: &Correction, book: &mut Book) -> Result<(), Refusal> {
    if gate::stated_by(correction.field) != Some(Deed::Registration) {
        return Err(not_listed("field", correction.field.to_string(), None));
    }
    book.note(Event::FactCorrected(correction.clone()))
}

pub(super) fn classify(it: &Classification, context: &Context, book: &mut Book) -> Result<(), Refusal> {
    // The kind of matter and of complainant are facts of registration, not judgements on it.
    for axis in [AxisName::CaseType, AxisName::Complainant, AxisName::Flag] {
        if let Some(word) = it.axes.get(&axis) {
            return Err(not_listed(axis_field(axis), word.to_string(), None));
        }
    }
    check_axes(&it.axes, context)?;
    for flag in it.flags.iter().flatten() {
        listed("flags", AxisName::Flag, flag.as_str(), context)?;
    }
    book.note(Event::CaseClassified(it.clone()))
}

pub(super) fn link_duplicate(case: &Case, link: &DuplicateLink, book: &mut Book) -> Result<(), Refusal> {
    if link.of == case.id {
        return Err(Refusal::CircularLink);
    }
    if case.duplicates_of.contains(&link.of) {
        return Err(Refusal::AlreadyDone {
            deed: Deed::DuplicateLink,
        });
    }
    book.note(Event::DuplicateLinked(link.clone()))
}

pub(super) fn answer_on_the_spot(
    case: &Case,
    answer: &SpotAnswer,
    context: &Context,
    book: &mut Book,
) -> Result<(), Refusal> {
    let grounds = grounds(case, Deed::SpotAnswer, context);
    if !grounds.iter().any(|ground| ground.name == answer.ground) {
        let clause = grounds.first().map(|ground| ground.clause.clone());
        return Err(not_listed("ground", answer.ground.to_string(), clause));
    }
    book.note(Event::AnsweredOnTheSpot(answer.clone()))
}

pub(super) fn reassign(
    case: &Case,
    it: &Reassignment,
    context: &Context,
    book: &mut Book,
) -> Result<(), Refusal> {
    if context.directory.active(it.to).is_none() {
        return Err(Refusal::ReferenceUnknown { field: "staff_id" });
    }
    if it.to == case.first_receiver.staff {
        return Err(Refusal::AlreadyDone {
            deed: Deed::FirstReceiverChange,
        });
    }
    if case.bars(it.to) {
        return Err(Refusal::PersonBarred { field: "staff_id" });
    }
    if permitting(it.to, Deed::Receipt, None, context.rulebook, context.directory).is_empty() {
        return Err(Refusal::PersonUnsuitable {
            field: "staff_id",
            clause: context
                .rulebook
                .first_contact
                .as_ref()
                .map(|rule| rule.clause.clone()),
        });
    }
    if leaves_something_undone(it, case, context) {
        return Err(Refusal::PersonUnsuitable {
            field: "staff_id",
            clause: None,
        });
    }
    book.note(Event::FirstReceiverReassigned(it.clone()))
}

/// Whether something that the first receiver owes could be done by nobody once it is this one: who may take a matter
/// in need not be one who may register it.
fn leaves_something_undone(it: &Reassignment, case: &Case, context: &Context) -> bool {
    let mut after = case.clone();
    after.first_receiver.staff = it.to;
    let undone = |case: &Case| {
        duty::owed(case, context)
            .iter()
            .filter(|(key, (_, terms))| {
                key.name != "tracking" && duty::is_nobodys(&terms.holder, terms.owes, case, context)
            })
            .count()
    };
    undone(&after) > undone(case)
}

/// A unit that exists and can be sent something.
pub(super) fn usable_unit(unit: UnitId, field: &'static str, context: &Context) -> Result<(), Refusal> {
    match context.directory.units.get(&unit) {
        None => Err(Refusal::ReferenceUnknown { field }),
        Some(unit) if !unit.active => Err(Refusal::WrongState { field }),
        Some(_) => Ok(()),
    }
}

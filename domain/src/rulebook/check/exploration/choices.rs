//! Between what somebody can choose where a command names something: a ground, a value, a unit, a colleague.

use std::collections::{BTreeMap, BTreeSet};

use strum::IntoEnumIterator;

use super::commands::Scene;
use super::office::id;
use crate::approval;
use crate::authority::{kept_from_unit, permitting};
use crate::case::Case;
use crate::case::command::{
    Assignment, Classification, Ending, HandOver, HandedTo, Screening, Task, Team, Work, WorkKind,
};
use crate::case::permitted::{grounds, routed_to};
use crate::duty::is_tracking;
use crate::ids::{StaffId, TextId, UnitId};
use crate::rulebook::{Need, RouteTo, Seat, When};
use crate::text::Text;
use crate::time_limit::{Span, Unit};
use crate::words::{ActivityKind, AxisName, Deed, DispatchRole, MeasureKind, NoticeType, Subject, Word};

pub(super) fn endings(at: Scene<'_>, deed: Deed) -> impl Iterator<Item = Ending> {
    grounds(at.case, deed, at.context)
        .into_iter()
        .map(|ground| Ending {
            ground: ground.name.clone(),
            explanation: Some(text()),
            guidance: Some(text()),
            reason: Some(text()),
        })
}

/// What a screening can come to: every check passed, or one of them not.
pub(super) fn screenings(at: Scene<'_>) -> impl Iterator<Item = Screening> {
    let facts = at.case.facts(at.context.rulebook, at.context.directory);
    let form = at.context.rulebook.form(Deed::Screening, &facts);
    let checks: Vec<Word> = form
        .into_iter()
        .flat_map(|form| form.sections.words().cloned())
        .collect();
    let outcomes = if checks.is_empty() {
        vec![true]
    } else {
        vec![true, false]
    };
    outcomes.into_iter().map(move |passed| Screening {
        checks: checks
            .iter()
            .enumerate()
            .map(|(at, check)| (check.clone(), passed || at > 0))
            .collect(),
        note: None,
    })
}

/// To whom a ground lets it be handed over: a unit of each kind, each position, another body.
pub(super) fn hand_overs(at: Scene<'_>) -> impl Iterator<Item = HandOver> {
    let Scene { case, context, .. } = at;
    let listed = grounds(case, Deed::HandOver, context);
    endings(at, Deed::HandOver).flat_map(move |on| {
        let ground = listed.iter().find(|ground| ground.name == on.ground);
        let mut to: Vec<HandedTo> = Vec::new();
        for route in ground.into_iter().flat_map(|ground| &ground.to) {
            match route {
                RouteTo::Outside => to.push(HandedTo::Outside { body: text() }),
                RouteTo::OwnOffice => to.extend(
                    context
                        .rulebook
                        .positions
                        .iter()
                        .filter(|position| position.sits == Seat::OwnOffice)
                        .map(|position| HandedTo::Position {
                            position: position.name.clone(),
                        }),
                ),
                RouteTo::Kind(name) => {
                    let position = context
                        .rulebook
                        .positions
                        .iter()
                        .find(|position| position.name.as_str() == name.as_str());
                    to.extend(position.map(|position| HandedTo::Position {
                        position: position.name.clone(),
                    }));
                    let other = |unit: &UnitId| Some(*unit) != case.first_receiver.unit;
                    let of_kind = context.directory.units.iter().filter(|(_, it)| it.kind == *name);
                    let unit = of_kind.map(|(unit, _)| *unit).find(other);
                    to.extend(unit.map(|unit| HandedTo::Unit { unit }));
                }
                RouteTo::RespondentUnit => {
                    to.extend(
                        case.respondent_units(context.directory)
                            .map(|unit| HandedTo::Unit { unit }),
                    );
                }
                RouteTo::AsInstructed | RouteTo::AsAssigned => {
                    to.extend(units(at).map(|unit| HandedTo::Unit { unit }));
                }
            }
        }
        to.into_iter().map(move |to| HandOver { on: on.clone(), to })
    })
}

/// What can be asked for before it is waited for.
pub(super) fn asked_for(at: Scene<'_>) -> impl Iterator<Item = Subject> {
    let subjects: BTreeSet<Subject> = approval::called(at.context.rulebook)
        .map(|place| place.subject)
        .filter(|subject| approval::is_asked_for_by_itself(*subject))
        .filter(|subject| at.case.in_force(Deed::Approval(Some(*subject)), None).is_none())
        .collect();
    subjects.into_iter()
}

/// One axis at a time: each value that a rule can still ask for, or any where it only must be decided.
pub(super) fn classifications(at: Scene<'_>) -> impl Iterator<Item = Classification> {
    let rulebook = at.context.rulebook;
    let owed = owed(at.case).any(|deed| deed == Deed::Classification);
    let mut said: Vec<Classification> = Vec::new();
    for axis in &rulebook.axes {
        let words = |when: &'_ When| -> BTreeSet<Word> { when.words_on(axis.name).iter().cloned().collect() };
        let lists: Vec<BTreeSet<Word>> = at
            .live
            .iter()
            .map(words)
            .filter(|list| !list.is_empty())
            .collect();
        let told = |value: &Word| -> Vec<bool> { lists.iter().map(|list| list.contains(value)).collect() };
        let now = at.case.axes.get(&axis.name);
        let mut values: Vec<&Word> = Vec::new();
        for value in axis.values.words() {
            if values.iter().all(|known| told(known) != told(value)) {
                values.push(value);
            }
        }
        match axis.name {
            AxisName::CaseType | AxisName::Complainant => {}
            AxisName::Flag => said.extend(
                axis.values
                    .words()
                    .filter(|flag| lists.iter().any(|list| list.contains(*flag)))
                    .filter(|flag| !at.case.flags.contains(*flag))
                    .map(|flag| Classification {
                        flags: Some(at.case.flags.iter().chain([flag]).cloned().collect()),
                        ..Classification::default()
                    }),
            ),
            name => {
                let wanted = !lists.is_empty() || now.is_none() && (owed || at.axes.contains(&name));
                said.extend(
                    values
                        .into_iter()
                        .filter(|value| wanted && now.is_none_or(|now| told(now) != told(value)))
                        .map(|value| Classification {
                            axes: BTreeMap::from([(name, value.clone())]),
                            ..Classification::default()
                        }),
                );
            }
        }
    }
    if said.is_empty() && owed {
        said.push(Classification::default());
    }
    said.into_iter()
}

/// Whom a leader can name: nobody, or a unit where the route asks him.
pub(super) fn instructed(at: Scene<'_>) -> impl Iterator<Item = Option<UnitId>> {
    let facts = at
        .case
        .facts_without_route(at.context.rulebook, at.context.directory);
    let asked = at
        .context
        .rulebook
        .route(&facts)
        .is_some_and(|route| route.to.contains(&RouteTo::AsInstructed));
    let named: Vec<UnitId> = if asked { units(at).collect() } else { Vec::new() };
    std::iter::once(None).chain(named.into_iter().map(Some))
}

/// The units to which this may be sent, one for all that no rule can tell apart.
pub(super) fn leads(at: Scene<'_>) -> impl Iterator<Item = UnitId> {
    units(at).filter(move |unit| routed_to(at.case, *unit, at.context))
}

/// The units that may know of the matter: one of each kind that a rule names, and the one complained of.
pub(super) fn units(at: Scene<'_>) -> impl Iterator<Item = UnitId> {
    let mut seen = BTreeSet::new();
    let kind_in = move |kind: &Word| -> Vec<bool> {
        at.named
            .iter()
            .map(|when| when.unit_kind.contains(kind))
            .collect()
    };
    at.context
        .directory
        .units
        .iter()
        .filter(move |(unit, it)| {
            let complained_of = at
                .case
                .respondent_units(at.context.directory)
                .any(|respondent| respondent == **unit);
            let routed = routed_to(at.case, **unit, at.context);
            kept_from_unit(at.case, **unit, at.context).is_none()
                && seen.insert((kind_in(&it.kind), complained_of, routed))
        })
        .map(|(unit, _)| *unit)
}

/// A unit that can be added to those that have the matter: one that a rule tells from them, else one like them.
pub(super) fn another(at: Scene<'_>) -> Option<UnitId> {
    let is_free = |unit: &UnitId| at.case.running_dispatches().all(|sent| sent.unit != *unit);
    let mut alike = at.context.directory.units.keys().copied();
    units(at)
        .find(is_free)
        .or_else(|| alike.find(|unit| is_free(unit) && kept_from_unit(at.case, *unit, at.context).is_none()))
}

/// What is sent: to the lead, and to whom the route sends it jointly.
pub(super) fn tasks(at: Scene, lead: UnitId) -> Vec<Task> {
    let due_on = Some(at.context.calendar.date_of(at.context.now));
    let facts = at
        .case
        .facts_without_route(at.context.rulebook, at.context.directory);
    let mut tasks = vec![task(lead, DispatchRole::Lead)];
    let route = at.context.rulebook.route(&facts);
    for to in route.into_iter().flat_map(|route| &route.jointly) {
        let meant = |(unit, it): &(&UnitId, &crate::directory::Unit)| match to {
            RouteTo::Kind(kind) => it.kind == *kind,
            RouteTo::RespondentUnit => at
                .case
                .respondent_units(at.context.directory)
                .any(|respondent| respondent == **unit),
            RouteTo::OwnOffice | RouteTo::Outside | RouteTo::AsInstructed | RouteTo::AsAssigned => false,
        };
        let free = |unit: &UnitId| tasks.iter().all(|task| task.unit != *unit);
        let found = at
            .context
            .directory
            .units
            .iter()
            .filter(meant)
            .map(|(unit, _)| *unit)
            .find(free);
        tasks.extend(found.map(|unit| task(unit, DispatchRole::Joint)));
    }
    tasks.into_iter().map(|task| Task { due_on, ..task }).collect()
}

pub(super) fn task(unit: UnitId, role: DispatchRole) -> Task {
    Task {
        unit,
        role,
        task: Some(text()),
        standard: Some(text()),
        due_on: None,
        sent_through: word("in_system"),
    }
}

/// Who could handle it: one of each position that may bring it to an end.
pub(super) fn assignments(at: Scene<'_>) -> impl Iterator<Item = Assignment> {
    let dispatch = at.case.lead();
    let mut seen = BTreeSet::new();
    let fit = at.context.directory.staff.iter().filter(move |(staff, member)| {
        let there = dispatch.is_none_or(|sent| member.unit == Some(sent.unit));
        let may = [Deed::InvestigationEnd, Deed::Reply].into_iter().any(|deed| {
            !permitting(**staff, deed, None, at.context.rulebook, at.context.directory).is_empty()
        });
        there && may && !at.case.bars(**staff) && seen.insert(member.positions.clone())
    });
    fit.map(move |(staff, member)| Assignment {
        dispatch: dispatch.map(|sent| sent.id),
        handler: *staff,
        team: at
            .context
            .directory
            .staff
            .iter()
            .find(|(other, colleague)| {
                *other != staff
                    && colleague.unit == member.unit
                    && colleague.positions == member.positions
                    && !at.case.bars(**other)
            })
            .map(|(other, _)| *other)
            .into_iter()
            .collect(),
        recusal_asked: true,
        task: Some(text()),
    })
}

/// Who could handle it as a team, where the rulebook knows teams or nobody else.
pub(super) fn teams(at: Scene<'_>) -> impl Iterator<Item = Team> {
    let rulebook = at.context.rulebook;
    let known = rulebook.asks_for(Deed::Team)
        || !rulebook
            .positions
            .iter()
            .any(|position| position.may_do(Deed::Assignment));
    assignments(at).filter(move |_| known).map(|assignment| Team {
        dispatch: assignment.dispatch,
        leader: assignment.handler,
        members: assignment.team,
        recusal_asked: true,
        task: assignment.task,
    })
}

/// The pieces of work that are owed.
pub(super) fn works(at: Scene<'_>) -> impl Iterator<Item = Work> {
    let kinds = ActivityKind::iter().map(WorkKind::Activity).chain([
        WorkKind::Evidence,
        WorkKind::Opinion,
        WorkKind::FeasibilityStudy,
        WorkKind::Discussion,
        WorkKind::InvestigationPlan,
        WorkKind::InvestigationReport,
    ]);
    let wanted = particular(at, kinds.map(|kind| (kind.deed(), kind)).collect());
    wanted.into_iter().map(move |kind| Work {
        sections: sections(at, kind.deed()),
        kind,
        text: text(),
        happened_at: None,
    })
}

pub(super) fn measures(at: Scene<'_>) -> impl Iterator<Item = MeasureKind> {
    let kinds = MeasureKind::iter().map(|kind| (Deed::Measure(Some(kind)), kind));
    particular(at, kinds.collect()).into_iter()
}

pub(super) fn notices(at: Scene<'_>) -> impl Iterator<Item = NoticeType> {
    let kinds = NoticeType::iter().map(|kind| (Deed::Notice(Some(kind)), kind));
    particular(at, kinds.collect()).into_iter()
}

/// Of several kinds of one deed those that are owed: each that some gate names, and any other one for all the rest.
pub(super) fn particular<K: Clone>(at: Scene, kinds: Vec<(Deed, K)>) -> Vec<K> {
    let owed: Vec<Deed> = owed(at.case).chain(at.triggers.iter().copied()).collect();
    let gates = at.context.rulebook.gates.iter();
    let needed: BTreeSet<Need> = gates
        .flat_map(|gate| gate.needs.iter().chain(&gate.one_of))
        .copied()
        .collect();
    let mut rest = BTreeSet::new();
    kinds
        .into_iter()
        .filter(|(deed, _)| owed.iter().any(|owed| owed.covers(*deed)))
        .filter(|(deed, _)| {
            owed.contains(deed) || needed.contains(&Need::Deed(*deed)) || rest.insert(deed.bare())
        })
        .map(|(_, kind)| kind)
        .collect()
}

/// What is owed on a case, the first receiver's tracking aside.
pub(super) fn owed(case: &Case) -> impl Iterator<Item = Deed> {
    case.duties
        .iter()
        .filter(|duty| !is_tracking(duty))
        .map(|duty| duty.terms.owes)
}

/// Colleagues who may do a deed.
pub(super) fn others(at: Scene<'_>, deed: Deed) -> impl Iterator<Item = StaffId> {
    at.context
        .directory
        .staff
        .keys()
        .copied()
        .filter(move |staff| !at.case.bars(*staff))
        .filter(move |staff| {
            !permitting(*staff, deed, None, at.context.rulebook, at.context.directory).is_empty()
        })
}

/// What the form of a deed asks for, filled in.
pub(super) fn sections(at: Scene, deed: Deed) -> BTreeMap<Word, Text> {
    let facts = at.case.facts(at.context.rulebook, at.context.directory);
    let form = at.context.rulebook.form(deed, &facts);
    form.into_iter()
        .flat_map(|form| form.sections.words())
        .map(|section| (section.clone(), text()))
        .collect()
}

/// One of all the values that stand in the same lists of the conditions, for each such group.
pub(super) fn each<'w, T: PartialEq + 'w>(
    conditions: &'w [When],
    key: impl Fn(&'w When) -> &'w Vec<T>,
    all: impl Iterator<Item = T>,
) -> std::vec::IntoIter<T> {
    let mut groups: Vec<(Vec<bool>, T)> = Vec::new();
    for value in all {
        let lists: Vec<bool> = conditions.iter().map(|when| key(when).contains(&value)).collect();
        if groups.iter().all(|(known, _)| *known != lists) {
            groups.push((lists, value));
        }
    }
    let values: Vec<T> = groups.into_iter().map(|(_, value)| value).collect();
    values.into_iter()
}

/// The smallest extension of a limit.
pub(super) fn least(within: crate::time_limit::Within) -> Option<Span> {
    let unit = match within {
        crate::time_limit::Within::Span(span) => span.unit,
        _ => Unit::WorkingDay,
    };
    Span::new(1, unit).ok()
}

pub(super) fn text() -> Text {
    Text {
        id: TextId(id("words")),
        commitment: String::new(),
    }
}

pub(super) fn word(written: &str) -> Word {
    written.parse().expect("a word of this file is a word")
}

//! One recorded case under two rulebooks: what would have been owed when, judged how and escalated how far, had the
//! office gone by the other one.
//!
//! What people did stays as it was recorded. What rules and the clock added is derived anew under each of the two, by
//! the same machinery that decides live cases, so that whatever else has changed since (the directory, the calendar,
//! this program) makes no difference that is none.

use std::collections::{BTreeMap, BTreeSet};

use super::decide::replay::{Replayed, replay};
use super::{Context, Entry};
use crate::duty::{Due, DutyKey};
use crate::words::ClauseId;

/// What would differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Difference {
    /// A duty.
    Duty(Box<DutyDifference>),
    /// What the rulebook brings about after a deed.
    Effect(EffectDifference),
    /// Something that was recorded, and for which the other rulebook has no place.
    Lack(Lack),
}

/// A duty that only one of the two knows, or of which the due time, the verdict or the steps taken differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DutyDifference {
    /// Which duty. A thing that is on record has the id that it has there.
    pub key: DutyKey,
    /// As it is; none if it is not owed.
    pub now: Option<Standing>,
    /// As it would be.
    pub then: Option<Standing>,
}

/// How a duty stands, or ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The clause it rests on.
    pub clause: ClauseId,
    /// Until when; none without a number, and while the limit stands still.
    pub due: Option<Due>,
    /// The judgement.
    pub verdict: Judgement,
    /// The steps of its ladder that were taken: the clause, and when.
    pub steps: BTreeSet<String>,
}

/// The judgement on a duty, also on one that is still open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Judgement {
    /// It is open, and there is time.
    Open,
    /// It is open and late.
    Overdue,
    /// It was done in time.
    OnTime,
    /// It was done late.
    Late,
    /// It was done, and had no limit.
    Done,
    /// It fell away.
    Lapsed,
}

/// What a rule brings about after deeds, and how often it did in the life of the case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EffectDifference {
    /// The clause.
    pub clause: ClauseId,
    /// The kind of event.
    pub effect: &'static str,
    /// How often it happens as it is.
    pub now: u32,
    /// How often it would.
    pub then: u32,
}

/// What a recorded entry needs and a rulebook does not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lack {
    /// The first entry that needs it, by its recorded number.
    pub sequence: u64,
    /// What kind of thing.
    pub what: Lacking,
    /// Which one.
    pub name: String,
}

/// What a rulebook can lack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Lacking {
    /// A position in which somebody acted.
    Position,
    /// A deed that the position in which it was done may not do.
    Permission,
    /// A word by which the case was classified: the axis and the word.
    AxisWord,
    /// The channel by which it came.
    Channel,
    /// The ground on which limits stood still.
    SuspensionGround,
    /// The appeal that was filed.
    Appeal,
    /// The duty on which somebody asked for more time, or urged.
    Duty,
    /// The order, report or record of a rule that somebody answered: by what he did.
    Thing,
}

/// Compares a recorded case, all its entries in their order, under two rulebooks until the moment of the contexts.
#[must_use]
pub fn compare(record: &[Entry], now: &Context, then: &Context) -> Vec<Difference> {
    let (now, then) = (replay(record, now), replay(record, then));
    let mut differences = duties(&now, &then);
    differences.extend(effects(&now, &then));
    differences.extend(lacks(&now, &then));
    differences
}

fn duties(now: &Replayed, then: &Replayed) -> Vec<Difference> {
    let keys: BTreeSet<&DutyKey> = now.duties.keys().chain(then.duties.keys()).collect();
    keys.into_iter()
        .map(|key| (key, now.duties.get(key), then.duties.get(key)))
        .filter(|(_, now, then)| match (now, then) {
            (Some(now), Some(then)) => !alike(now, then),
            (Some(_), None) | (None, _) => true,
        })
        .map(|(key, now, then)| {
            Difference::Duty(Box::new(DutyDifference {
                key: key.clone(),
                now: now.cloned(),
                then: then.cloned(),
            }))
        })
        .collect()
}

/// Whether all that matters is the same; a clause with another number says nothing else by that.
fn alike(now: &Standing, then: &Standing) -> bool {
    let at = |standing: &Standing| standing.due.as_ref().map(|due| due.at);
    (at(now), now.verdict, &now.steps) == (at(then), then.verdict, &then.steps)
}

fn effects(now: &Replayed, then: &Replayed) -> Vec<Difference> {
    let of = |side: &Replayed, key| side.effects.get(key).copied().unwrap_or(0);
    let all: BTreeSet<_> = now.effects.keys().chain(then.effects.keys()).collect();
    all.into_iter()
        .map(|key| EffectDifference {
            clause: key.0.clone(),
            effect: key.1,
            now: of(now, key),
            then: of(then, key),
        })
        .filter(|effect| effect.now != effect.then)
        .map(Difference::Effect)
        .collect()
}

/// What only the other one lacks: who was moved on since is unknown to both.
fn lacks(now: &Replayed, then: &Replayed) -> Vec<Difference> {
    let missing: BTreeMap<_, _> = then
        .lacks
        .iter()
        .filter(|(lack, _)| !now.lacks.contains_key(*lack))
        .collect();
    missing
        .into_iter()
        .map(|((what, name), sequence)| {
            Difference::Lack(Lack {
                sequence: *sequence,
                what: *what,
                name: name.clone(),
            })
        })
        .collect()
}

//! What people did to a case, put once more under a rulebook: the same deeds at the same instants, and what this rulebook
//! brings about in between.

mod names;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use self::names::{Made, Names, Recorded, duty_in, made_by_a_rule, thing_in};
use super::{Actor, Book, Context, history, time};
use crate::case::Case;
use crate::case::comparison::{Judgement, Lacking, Standing};
use crate::case::event::{By, Entry, Event};
use crate::duty::{Duty, DutyKey, Verdict};
use crate::ids::{CaseId, DutyId, ThingId};
use crate::words::{ClauseId, Deed};

/// What became of a case under a rulebook.
#[derive(Default)]
pub(in crate::case) struct Replayed {
    /// Every duty there ever was.
    pub(in crate::case) duties: BTreeMap<DutyKey, Standing>,
    /// What rules brought about after deeds, by clause and kind, and how often.
    pub(in crate::case) effects: BTreeMap<(ClauseId, &'static str), u32>,
    /// What the rulebook lacks, and the first entry that needs it.
    pub(in crate::case) lacks: BTreeMap<(Lacking, String), u64>,
}

/// Puts the deeds of a record once more, until the moment of the context. Nothing comes of a record that opens no case.
pub(in crate::case) fn replay(record: &[Entry], context: &Context) -> Replayed {
    let Some(id) = record.first().and_then(opened) else {
        return Replayed::default();
    };
    let mut stage = Stage {
        id,
        case: None,
        at: DateTime::<Utc>::MIN_UTC,
        context: *context,
        recorded: Recorded::of(id, record),
        things: Names::default(),
        made: Made::new(),
        open: BTreeMap::new(),
        replayed: Replayed::default(),
    };
    for deeds in commands(record) {
        stage.put(deeds);
    }
    stage.look_until(context.now);
    stage.end(context.now)
}

fn opened(entry: &Entry) -> Option<CaseId> {
    match &entry.event {
        Event::CaseReceived { case, .. } => Some(*case),
        _ => None,
    }
}

/// What people did, command by command. Reception counts alone, as it does when a matter is received and registered in
/// one; but not in history, which is one with it.
fn commands(record: &[Entry]) -> impl Iterator<Item = &[Entry]> {
    let alone = |entry: &Entry| opened(entry).is_some() && entry.by != By::Import;
    record
        .chunk_by(move |one, next| {
            !alone(one)
                && (one.version, one.recorded_at, &one.by) == (next.version, next.recorded_at, &next.by)
        })
        .filter(|entries| entries.iter().all(by_somebody))
}

fn by_somebody(entry: &Entry) -> bool {
    match entry.by {
        By::Staff { .. } | By::Administrator { .. } | By::Import => true,
        By::Rule | By::Clock => false,
    }
}

struct Stage<'c> {
    id: CaseId,
    case: Option<Case>,
    /// The moment to which the case has come.
    at: DateTime<Utc>,
    context: Context<'c>,
    recorded: Recorded,
    /// From the names that both have to those of this replay.
    things: Names,
    /// How many things rules made.
    made: Made,
    /// The duties by their ids in this replay.
    open: BTreeMap<DutyId, DutyKey>,
    replayed: Replayed,
}

impl<'c> Stage<'c> {
    /// Puts what one command brought about, as it was recorded; what follows from it is this rulebook's to say.
    fn put(&mut self, deeds: &[Entry]) {
        let Some(first) = deeds.first() else { return };
        self.look_until(first.recorded_at);
        self.at = self.at.max(first.recorded_at);
        let context = self.context_at(self.at);
        let mut book = match &self.case {
            Some(case) => Book::of(case, true, &context),
            None => Book::new(&context),
        };
        for entry in deeds {
            let event = self.translated(entry);
            book.write(entry.occurred_at, entry.by.clone(), entry.clause.clone(), event);
            let (shared, own) = (self.id.thing(entry.sequence), self.id.thing(book.case().sequence));
            self.things.put(shared, own);
            self.look_for_lacks(entry, book.case());
        }
        match first.by {
            By::Staff { .. } => {
                let made = |done: &&crate::case::Done| done.sequence > book.sequence_before;
                let made: Vec<Deed> = book
                    .case()
                    .done
                    .iter()
                    .filter(made)
                    .map(|done| done.deed)
                    .collect();
                for deed in made {
                    book.follow_rules(self.case.as_ref(), deed);
                }
            }
            By::Import => history::judge_past(&mut book, &context),
            By::Administrator { .. } | By::Rule | By::Clock => {}
        }
        book.settle();
        let (case, entries) = (book.case.take(), book.close());
        self.case = case;
        self.tally(&entries);
    }

    /// Lets the clock bring about what became due until then, as it did when the case was live.
    fn look_until(&mut self, until: DateTime<Utc>) {
        self.at = self.at.max(until);
        let context = self.context_at(until);
        let Some(mut book) = self.case.as_ref().and_then(|case| time::look(case, &context)) else {
            return;
        };
        self.case = book.case.take();
        self.tally(&book.close());
    }

    /// Notes what rules and the clock brought about.
    fn tally(&mut self, entries: &[Entry]) {
        for entry in entries.iter().filter(|entry| !by_somebody(entry)) {
            match &entry.event {
                Event::DutyOpened(duty) => {
                    let key = self.shared_key(duty);
                    self.open.insert(duty.id, key.clone());
                    self.replayed.duties.insert(key, standing(duty));
                }
                Event::DutyMoved(duty) => {
                    if let Some(standing) = self.standing(duty.id) {
                        standing.clause = duty.clause.clone();
                        standing.due.clone_from(&duty.terms.due);
                    }
                }
                Event::StepTaken { duty, step } => {
                    if let Some(standing) = self.standing(*duty) {
                        standing.steps.insert(step.clone());
                    }
                }
                Event::DutyDischarged { duty, verdict } => {
                    if let Some(standing) = self.standing(*duty) {
                        standing.verdict = match verdict {
                            Some(Verdict::OnTime) => Judgement::OnTime,
                            Some(Verdict::Late) => Judgement::Late,
                            None => Judgement::Done,
                        };
                    }
                }
                Event::DutyLapsed { duty } => {
                    if let Some(standing) = self.standing(*duty) {
                        standing.verdict = Judgement::Lapsed;
                    }
                }
                other => self.effect(entry, other.into()),
            }
        }
    }

    /// The event with its references in the names of this replay.
    fn translated(&mut self, entry: &Entry) -> Event {
        let mut event = entry.event.clone();
        if let Some(thing) = thing_in(&mut event) {
            // An approval that a gate opened is named after its duty.
            let own = match self.recorded.duties.get(&DutyId(thing.0)) {
                Some(key) => self.duty_of(key).map(|duty| ThingId(duty.0)),
                None => self.things.own(self.recorded.things.shared(*thing)),
            };
            match own {
                Some(own) => *thing = own,
                None => self.lack(entry, Lacking::Thing, <&str>::from(&entry.event).to_owned()),
            }
        }
        if let Some(duty) = duty_in(&mut event)
            && let Some(key) = self.recorded.duties.get(duty).cloned()
        {
            match self.duty_of(&key) {
                Some(own) => *duty = own,
                None => self.lack(entry, Lacking::Duty, key.name),
            }
        }
        event
    }

    /// The open duty with this key.
    fn duty_of(&self, shared: &DutyKey) -> Option<DutyId> {
        let open = &self.case.as_ref()?.duties;
        let found = open.iter().find(|duty| self.open.get(&duty.id) == Some(shared))?;
        Some(found.id)
    }

    fn look_for_lacks(&mut self, entry: &Entry, case: &Case) {
        let rulebook = self.context.rulebook;
        if let By::Staff { positions, .. } = &entry.by {
            let known: Vec<_> = positions
                .iter()
                .filter_map(|name| rulebook.position(name))
                .collect();
            if known.is_empty() {
                for position in positions {
                    self.lack(entry, Lacking::Position, position.to_string());
                }
            }
            let made = case.done.iter().filter(|done| done.sequence == case.sequence);
            for deed in made.map(|done| done.deed) {
                if !known.is_empty() && !known.iter().any(|position| position.may_do(deed)) {
                    self.lack(entry, Lacking::Permission, deed.to_string());
                }
            }
        }
        for (axis, word) in &case.axes {
            let listed = rulebook
                .axis(*axis)
                .is_some_and(|axis| axis.values.contains(word));
            if !listed {
                self.lack(entry, Lacking::AxisWord, format!("{axis} {word}"));
            }
        }
        match &entry.event {
            Event::CaseReceived { matter, .. } if rulebook.channel(matter.channel).is_none() => {
                self.lack(entry, Lacking::Channel, matter.channel.to_string());
            }
            Event::LimitsSuspended { ground, .. } if rulebook.suspension(ground).is_none() => {
                self.lack(entry, Lacking::SuspensionGround, ground.to_string());
            }
            Event::AppealFiled { appeal, .. } if rulebook.appeal(&appeal.name).is_none() => {
                self.lack(entry, Lacking::Appeal, appeal.name.to_string());
            }
            _ => {}
        }
    }

    fn lack(&mut self, entry: &Entry, what: Lacking, name: String) {
        self.replayed.lacks.entry((what, name)).or_insert(entry.sequence);
    }

    fn effect(&mut self, entry: &Entry, kind: &'static str) {
        let shared = made_by_a_rule(self.id, entry, kind, &mut self.made);
        self.things.put(shared, self.id.thing(entry.sequence));
        // What the clock does shows in the steps of the duties.
        if let (By::Rule, Some(clause)) = (&entry.by, &entry.clause) {
            *self.replayed.effects.entry((clause.clone(), kind)).or_default() += 1;
        }
    }

    fn standing(&mut self, duty: DutyId) -> Option<&mut Standing> {
        self.replayed.duties.get_mut(self.open.get(&duty)?)
    }

    fn shared_key(&self, duty: &Duty) -> DutyKey {
        DutyKey {
            thing: duty.key.thing.map(|own| self.things.shared(own)),
            ..duty.key.clone()
        }
    }

    fn context_at(&self, now: DateTime<Utc>) -> Context<'c> {
        Context {
            now,
            actor: Actor::Clock,
            ..self.context
        }
    }

    fn end(mut self, now: DateTime<Utc>) -> Replayed {
        let open = self
            .case
            .as_ref()
            .map(|case| case.duties.clone())
            .unwrap_or_default();
        for duty in open {
            if duty.terms.verdict(now) == Some(Verdict::Late)
                && let Some(standing) = self.standing(duty.id)
            {
                standing.verdict = Judgement::Overdue;
            }
        }
        let recorded = |shared| self.recorded.things.own(shared).unwrap_or(shared);
        let duties = std::mem::take(&mut self.replayed.duties).into_iter();
        self.replayed.duties = duties
            .map(|(key, standing)| {
                let thing = key.thing.map(recorded);
                (DutyKey { thing, ..key }, standing)
            })
            .collect();
        self.replayed
    }
}

fn standing(duty: &Duty) -> Standing {
    Standing {
        clause: duty.clause.clone(),
        due: duty.terms.due.clone(),
        verdict: Judgement::Open,
        steps: duty.steps_taken.clone(),
    }
}

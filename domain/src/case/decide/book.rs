//! The book of a case while a command is written into it: the command's own event, what the rules
//! bring about, and the duties brought in line.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use super::Context;
use crate::case::command::About;
use crate::case::event::{By, Entry, Event};
use crate::case::{Case, Refusal, Suspension};
use crate::duty::{self, Duty, Terms};
use crate::escalation;
use crate::words::{ClauseId, Deed};

/// The book of a case while a command is written into it.
pub(super) struct Book<'a> {
    pub(super) case: Option<Case>,
    pub(super) entries: Vec<Entry>,
    pub(super) sequence_before: u64,
    pub(super) version: u64,
    pub(super) by: By,
    pub(super) rests_on: Option<ClauseId>,
    /// What it rests on; its moment is the one that is written about.
    pub(super) context: Context<'a>,
    recorded_at: DateTime<Utc>,
}

impl<'a> Book<'a> {
    /// The book of a case that is not there yet.
    pub(super) fn new(context: &Context<'a>) -> Self {
        Book {
            case: None,
            entries: Vec::new(),
            sequence_before: 0,
            version: 1,
            by: By::Rule,
            rests_on: None,
            context: *context,
            recorded_at: context.now,
        }
    }

    /// The book of a case; what changes decisions raises its version.
    pub(super) fn of(case: &Case, changes: bool, context: &Context<'a>) -> Self {
        Book {
            case: Some(case.clone()),
            entries: Vec::new(),
            sequence_before: case.sequence,
            version: case.version + u64::from(changes),
            by: By::Rule,
            rests_on: None,
            context: *context,
            recorded_at: context.now,
        }
    }

    /// The case as it is written so far.
    pub(super) fn case(&self) -> &Case {
        self.case.as_ref().expect("a book is read after its first entry")
    }

    /// Writes what the command itself brings about.
    #[expect(
        clippy::unnecessary_wraps,
        reason = "most commands are judged by nothing but their gates"
    )]
    pub(super) fn note(&mut self, event: Event) -> Result<(), Refusal> {
        self.note_at(self.context.now, event);
        Ok(())
    }

    pub(super) fn note_at(&mut self, at: DateTime<Utc>, event: Event) {
        let (by, clause) = (self.by.clone(), self.rests_on.clone());
        self.write(at, by, clause, event);
    }

    /// Writes what a rule brings about.
    pub(super) fn write(&mut self, at: DateTime<Utc>, by: By, clause: Option<ClauseId>, event: Event) {
        let sequence = self.case.as_ref().map_or(0, |case| case.sequence) + 1;
        let entry = Entry {
            sequence,
            version: self.version,
            occurred_at: at,
            recorded_at: self.recorded_at,
            by,
            clause,
            event,
        };
        self.case = match self.case.take() {
            Some(case) => Some(case.after(&entry)),
            None => Case::opened_by(&entry),
        };
        self.entries.push(entry);
    }

    /// What the rulebook brings about after a deed; `before` is the case as the deed found it.
    pub(super) fn follow_rules(&mut self, before: Option<&Case>, deed: Deed) {
        self.end_pauses(deed);
        for (clause, event) in escalation::after_deed(self.case(), before, deed, &self.context) {
            self.write(self.context.now, By::Rule, Some(clause), event);
        }
    }

    /// Limits that waited for this deed run on from when it was done.
    fn end_pauses(&mut self, deed: Deed) {
        let case = self.case();
        let Some(done_at) = case.in_force(deed, None).map(|done| done.at) else {
            return;
        };
        let waited = |pause: &&Suspension| {
            let rule = self.context.rulebook.suspension(&pause.ground);
            rule.is_some_and(|rule| rule.until.covers(deed) && done_at >= pause.from)
        };
        let over: Vec<_> = case
            .open_suspensions()
            .filter(waited)
            .map(|pause| (pause.id, pause.clause.clone()))
            .collect();
        for (thing, clause) in over {
            let event = Event::LimitsResumed(About { thing, text: None });
            self.write(done_at, By::Rule, clause, event);
        }
    }

    /// Brings the duties in line with what the case has become.
    pub(super) fn settle(&mut self) {
        self.settle_at(self.context.now);
    }

    pub(super) fn settle_at(&mut self, at: DateTime<Utc>) {
        let wanted = duty::owed(self.case(), &self.context);
        for open in self.case().duties.clone() {
            match wanted.get(&open.key) {
                Some((clause, terms)) => self.move_duty(at, &open, clause, terms),
                None => self.end_duty(at, &open),
            }
        }
        for (key, (clause, terms)) in wanted {
            if self.case().duties.iter().any(|open| open.key == key) {
                continue;
            }
            let duty = Duty {
                id: self.case().id.duty(self.case().sequence + 1),
                key,
                clause: clause.clone(),
                terms,
                opened_at: at,
                steps_taken: std::collections::BTreeSet::new(),
            };
            self.write(at, By::Rule, Some(clause), Event::DutyOpened(Box::new(duty)));
        }
    }

    /// Counts what is not yet due again, if the calendar is newer than the one it was counted with.
    pub(super) fn recount(&mut self) {
        let (calendar, now) = (self.context.calendar, self.context.now);
        for open in self.case().duties.clone() {
            if let Some(terms) = duty::recounted(&open.terms, calendar, now) {
                self.write_move(now, &open, &open.clause, terms);
            }
        }
    }

    fn move_duty(&mut self, at: DateTime<Utc>, open: &Duty, clause: &ClauseId, terms: &Terms) {
        let mut terms = Terms {
            calendar_version: open.terms.calendar_version,
            ..terms.clone()
        };
        // A newer calendar leaves what was over when it came, or would have been, unless the case itself gave another limit
        // since: of that only what else has changed is written.
        let alike = terms.is_counted_as(&open.terms);
        let (calendar, now) = (self.context.calendar, self.context.now);
        if alike && duty::is_left(&open.terms, terms.due.as_ref(), calendar, now) {
            terms.due.clone_from(&open.terms.due);
        }
        if terms == open.terms && *clause == open.clause {
            return;
        }
        if !alike || terms.due != open.terms.due {
            terms.calendar_version = self.context.calendar.version();
        }
        self.write_move(at, open, clause, terms);
    }

    fn write_move(&mut self, at: DateTime<Utc>, open: &Duty, clause: &ClauseId, terms: Terms) {
        let due_at = |terms: &Terms| terms.due.as_ref().map(|due| due.at);
        // A new due time that is still to come has its whole ladder before it.
        let anew =
            due_at(&terms) != due_at(&open.terms) && due_at(&terms).is_some_and(|due| due > self.context.now);
        let moved = Duty {
            clause: clause.clone(),
            terms,
            steps_taken: if anew {
                BTreeSet::new()
            } else {
                open.steps_taken.clone()
            },
            ..open.clone()
        };
        self.write(
            at,
            By::Rule,
            Some(clause.clone()),
            Event::DutyMoved(Box::new(moved)),
        );
    }

    fn end_duty(&mut self, at: DateTime<Utc>, open: &Duty) {
        let before = self.sequence_before;
        let done = self.case().done.iter().rev().find(|done| {
            done.sequence > before
                && open.terms.owes.covers(done.deed)
                && (done.dispatch.is_none() || open.key.thing.is_none() || done.dispatch == open.key.thing)
        });
        let (at, event) = match done {
            Some(done) => {
                let verdict = open.terms.verdict(done.at);
                (
                    done.at,
                    Event::DutyDischarged {
                        duty: open.id,
                        verdict,
                    },
                )
            }
            None => (at, Event::DutyLapsed { duty: open.id }),
        };
        self.write(at, By::Rule, Some(open.clause.clone()), event);
    }

    pub(super) fn close(self) -> Vec<Entry> {
        self.entries
    }
}

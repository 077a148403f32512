//! What can be done in a state: by whom, with which words, and what lateness brings about.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use strum::IntoEnumIterator;

use super::commands::{Scene, Worth, outcome, representative, worth};
use super::relevance::Relevant;
use super::state::{mark, mark_of_facts};
use super::{Asked, Move, Refused, Walk, fold};
use crate::authority::permitting;
use crate::case::decide::Actor;
use crate::case::event::{Entry, Event};
use crate::case::permitted::{Permission, deed_of, holds, permitted, targets};
use crate::case::status::statuses;
use crate::case::{Act, Case, Command, Dispatch, Refusal, decide};
use crate::duty::{Duty, is_tracking};
use crate::escalation::next_look;
use crate::gate;
use crate::ids::{StaffId, ThingId};
use crate::rulebook::{Escalation, Step};
use crate::words::Deed;

impl Walk<'_> {
    /// Everything that somebody can do, one command for all of its kind; what answers something that waits beside the
    /// matter, and nothing else, where there is such a thing.
    pub(super) fn moves(&mut self, case: &Case, now: DateTime<Utc>, refused: &mut Vec<Refused>) -> Vec<Move> {
        let relevant = self.relevance.at(case);
        for first in Self::first_of_all(case, &relevant) {
            let moves = self.moves_by(first, Asked::Waiting, case, now, &relevant, refused);
            if !moves.is_empty() {
                return moves;
            }
        }
        // A round that is to end is only brought to where the next one can begin.
        let asked = if case.round_ordered.is_some() {
            Asked::Owed
        } else {
            Asked::Any
        };
        self.all_moves(asked, case, now, refused)
    }

    pub(super) fn all_moves(
        &mut self,
        asked: Asked,
        case: &Case,
        now: DateTime<Utc>,
        refused: &mut Vec<Refused>,
    ) -> Vec<Move> {
        let relevant = self.relevance.at(case);
        Act::iter()
            .flat_map(|act| self.moves_by(&[act], asked, case, now, &relevant, refused))
            .collect()
    }

    /// The acts that come first where something beside the matter waits for its answer.
    fn first_of_all(case: &Case, relevant: &Relevant) -> Vec<&'static [Act]> {
        let supervised = case.is_supervised() && !relevant.supervised();
        let supplement = |deed| case.in_force(deed, None).is_some();
        let asked: [(bool, &'static [Act]); 10] = [
            (
                case.extensions.iter().any(|it| it.decided.is_none()),
                &[Act::DecideExtension],
            ),
            (
                case.lending_requests.iter().any(|it| it.decided.is_none())
                    || case.open_approval_requests().next().is_some(),
                &[Act::DecideApproval],
            ),
            (
                case.running_dispatches().any(Dispatch::awaits_decision_on_return),
                &[Act::DecideReturn],
            ),
            (case.open_suspensions().next().is_some(), &[Act::Resume]),
            (
                supplement(Deed::SupplementRequest) && !supplement(Deed::Supplement),
                &[Act::RecordSupplement],
            ),
            (case.open_appeals().next().is_some(), &[Act::DecideAppeal]),
            (
                case.leader_reports.iter().any(|it| it.acknowledged_at.is_none()),
                &[Act::Acknowledge],
            ),
            (
                case.accountability_records
                    .iter()
                    .any(|it| it.closed_at.is_none()),
                &[Act::CloseAccountability],
            ),
            (supervised, &[Act::AnswerSupervision, Act::LiftSupervision]),
            (case.round_ordered.is_some(), &[Act::Redispatch]),
        ];
        asked
            .into_iter()
            .filter_map(|(waits, acts)| waits.then_some(acts))
            .collect()
    }

    fn moves_by(
        &mut self,
        acts: &[Act],
        asked: Asked,
        case: &Case,
        now: DateTime<Utc>,
        relevant: &Relevant,
        refused: &mut Vec<Refused>,
    ) -> Vec<Move> {
        let mut moves = Vec::new();
        for act in acts.iter().copied() {
            if !statuses(act).contains(&case.status) {
                continue;
            }
            let aside = match (self.worth_here(act, case), asked) {
                (_, Asked::Waiting) | (Worth::WhereOwed, _) | (Worth::Always, Asked::Any) => false,
                (Worth::Aside, Asked::Any) => true,
                (Worth::Never, _) | (Worth::Always | Worth::Aside, Asked::Owed) => continue,
            };
            for target in targets(case, act) {
                for staff in self.actors(act, target, case, now, relevant, refused) {
                    self.act(
                        act, target, staff, case, now, relevant, aside, &mut moves, refused,
                    );
                }
            }
        }
        moves
    }

    /// Whether an act is worth trying here.
    fn worth_here(&self, act: Act, case: &Case) -> Worth {
        let owed = || {
            case.duties
                .iter()
                .filter(|duty| !is_tracking(duty))
                .any(|duty| discharges(act, duty.terms.owes))
        };
        match worth(act) {
            Worth::Never => Worth::Never,
            _ if owed() => Worth::WhereOwed,
            Worth::WhereOwed if self.triggers.iter().any(|deed| gate::makes(act, *deed)) => Worth::Aside,
            Worth::WhereOwed => Worth::Never,
            other => other,
        }
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "what is done by whom, and where it is noted"
    )]
    fn act(
        &mut self,
        act: Act,
        target: Option<ThingId>,
        staff: StaffId,
        case: &Case,
        now: DateTime<Utc>,
        relevant: &Relevant,
        aside: bool,
        moves: &mut Vec<Move>,
        refused: &mut Vec<Refused>,
    ) {
        let actor = Actor::Staff(staff);
        let commands = {
            let context = self.context(now, actor);
            let scene = Scene {
                case,
                context: &context,
                named: &self.named,
                live: &relevant.conditions,
                axes: &relevant.axes,
                triggers: &self.triggers,
            };
            representative(act, target, staff, scene)
        };
        for command in commands {
            if aside && !self.is_new_thread(act, &command, case, now, relevant) {
                continue;
            }
            let entries = match decide(Some(case), &command, &self.context(now, actor)) {
                Ok(entries) => entries,
                Err(refusal) => {
                    refused.push((act, staff, refusal));
                    continue;
                }
            };
            self.fire(case, &command, &entries, now);
            if let Some(after) = fold(Some(case), &entries) {
                let context = self.context(now, actor);
                let over = |open: &Duty| {
                    let noted = |entry: &Entry| matches!(&entry.event, Event::DutyDischarged { duty, .. } if *duty == open.id);
                    // Where several must say yes, the duty passes on to the next of them.
                    let stays = |duty: &Duty| duty.id == open.id && holds(duty, staff, &context);
                    let passed = discharges(act, open.terms.owes) && !after.duties.iter().any(stays);
                    entries.iter().any(noted) || passed
                };
                // What waits for a yes, such as a publication, is done as far as its holder can do it.
                let asks = after.open_approval_requests().count() > case.open_approval_requests().count();
                // Several axes are decided one after the other.
                let further = act == Act::Classify && after.axes.len() > case.axes.len();
                let discharges = case.duties.iter().any(|open| {
                    let nearer = (asks || further) && discharges(act, open.terms.owes);
                    !is_tracking(open) && holds(open, staff, &context) && (nearer || over(open))
                });
                moves.push(Move {
                    step: self.step(&command, &entries),
                    made_by: (now, actor, command),
                    case: after,
                    discharges,
                });
            }
        }
    }

    /// Whether a thread beside the matter was not yet followed from a case with these facts.
    fn is_new_thread(
        &mut self,
        act: Act,
        command: &Command,
        case: &Case,
        now: DateTime<Utc>,
        relevant: &Relevant,
    ) -> bool {
        let facts = mark_of_facts(case, relevant, &self.context(now, Actor::Clock));
        let about = match command {
            Command::RequestExtension(request) => case
                .duties
                .iter()
                .find(|duty| duty.id == request.duty)
                .map(|duty| duty.key.name.clone()),
            Command::ReportToLeader(report) => Some(report.to.to_string()),
            other => outcome(other),
        };
        self.followed.insert((act, about.unwrap_or_default(), facts))
    }

    /// Who does it: whoever owes it, if he may; one of each position where it matters who did it.
    fn actors(
        &self,
        act: Act,
        target: Option<ThingId>,
        case: &Case,
        now: DateTime<Utc>,
        relevant: &Relevant,
        refused: &mut Vec<Refused>,
    ) -> Vec<StaffId> {
        let deed = deed_of(case, act, target);
        let each = relevant.doer(deed);
        let owed = |staff: StaffId| {
            let context = self.context(now, Actor::Staff(staff));
            // One act records every kind of work, and not everybody in a unit may do each kind.
            let may = |deed| {
                act != Act::RecordWork
                    || !permitting(staff, deed, None, context.rulebook, context.directory).is_empty()
            };
            case.duties.iter().any(|duty| {
                !is_tracking(duty)
                    && discharges(act, duty.terms.owes)
                    && may(duty.terms.owes)
                    && holds(duty, staff, &context)
            })
        };
        let mut staff: Vec<(bool, StaffId)> = self
            .directory
            .staff
            .iter()
            .filter(|(_, member)| {
                let may = |position: &crate::words::PositionName| {
                    self.rulebook.position(position).is_some_and(|position| {
                        act == Act::RecordWork || position.may.deeds().iter().any(|may| may.meets(deed))
                    })
                };
                member.positions.iter().any(may)
            })
            .map(|(staff, _)| (!owed(*staff), *staff))
            .collect();
        staff.sort();
        let mut found: Vec<StaffId> = Vec::new();
        let mut classes = BTreeSet::new();
        for (_, staff) in staff {
            let class = self
                .directory
                .staff
                .get(&staff)
                .map(|member| (&member.positions, member.unit));
            if classes.contains(&class) {
                continue;
            }
            if self.barred.contains(&staff) {
                refused.push((act, staff, Refusal::NotVisible));
                continue;
            }
            match permitted(act, target, case, staff, &self.context(now, Actor::Staff(staff))) {
                Permission::Allowed(_) => {
                    found.push(staff);
                    if !each {
                        break;
                    }
                    classes.insert(class);
                }
                Permission::Blocked(refusal) | Permission::Unavailable(refusal) => {
                    let closed = matches!(refusal, Refusal::GateClosed { .. });
                    refused.push((act, staff, refusal));
                    // A closed gate is closed for everybody.
                    if closed {
                        break;
                    }
                }
            }
        }
        found
    }

    /// What lateness brings about, if it changes anything: the clock goes on until it does.
    pub(super) fn time_passes(&mut self, case: &Case, now: DateTime<Utc>) -> Option<Move> {
        let relevant = self.relevance.at(case);
        if !Self::first_of_all(case, &relevant).is_empty() {
            return None;
        }
        let before = mark(case, &relevant, &self.context(now, Actor::Clock));
        let facts = case.facts(self.rulebook, &self.directory);
        // Told in each state where it turns the case; once in each status where it only adds a thread beside it.
        let mut fresh = false;
        for duty in case.duties.iter().filter(|duty| duty.terms.due.is_some()) {
            for (rule, _) in self.rulebook.late_steps(&duty.key.name) {
                if !rule.when.matches(&facts) || !does_something(rule) {
                    continue;
                }
                let turns =
                    rule.new_round.is_some() || rule.supervised_by.is_some() || !rule.flags.is_empty();
                let name = format!("{} {}", duty.key.name, rule.line);
                let mark = if turns {
                    mark_of_facts(case, &relevant, &self.context(now, Actor::Clock))
                } else {
                    (case.status as u64, 0)
                };
                fresh |= self.followed.insert((Act::LookAtTime, name, mark));
            }
        }
        if !fresh {
            return None;
        }
        let (mut late, mut now) = (case.clone(), now);
        for _ in 0..LOOKS {
            now = next_look(&late, &self.context(now, Actor::Clock))?.max(now);
            let context = self.context(now, Actor::Clock);
            let entries = decide(Some(&late), &Command::LookAtTime, &context).ok()?;
            late = fold(Some(&late), &entries)?;
            let relevant = self.relevance.at(&late);
            if mark(&late, &relevant, &self.context(now, Actor::Clock)) != before {
                let taken = entries.iter().find_map(|entry| match &entry.event {
                    Event::StepTaken { duty, .. } => case.duties.iter().find(|open| open.id == *duty),
                    _ => None,
                });
                let what = taken.map_or("a limit", |duty| duty.key.name.as_str());
                return Some(Move {
                    step: Step {
                        deed: format!("lateness of {what}"),
                        by: "the clock".to_owned(),
                    },
                    made_by: (now, Actor::Clock, Command::LookAtTime),
                    case: late,
                    discharges: false,
                });
            }
        }
        None
    }
}

/// Whether an escalation does more than tell somebody.
pub(super) fn does_something(it: &Escalation) -> bool {
    it.report_to.is_some()
        || it.supervised_by.is_some()
        || it.new_round.is_some()
        || it.accountability.is_some()
        || it.serve.is_some()
        || !it.flags.is_empty()
}

/// How often the clock is looked at before it is held to change nothing.
const LOOKS: usize = 12;

/// Whether an act discharges what is owed.
fn discharges(act: Act, owes: Deed) -> bool {
    gate::makes(act, owes) || act == Act::AnswerOnTheSpot && matches!(owes, Deed::Acceptance | Deed::Reply)
}

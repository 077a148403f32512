//! Every state that a case can reach under a rulebook, breadth first, so that the first way found to a fault is a
//! shortest one.
//!
//! What is played is the machine itself ([`decide`]), in a made-up office where every position is staffed, with the
//! commands that stand for all others of their kind. What is a state is in [`state`]: two cases are one where no rule
//! can ask for their difference any more. So that it ends, and soon:
//!
//! - a deed that only opens doors is done when it is owed, not before: earlier it would change nothing but the order;
//! - what was asked beside the matter (more time, a loan of the records, a report) is followed to its answer first, and
//!   a further round that was ordered is opened before anything else is done in the one it ends;
//! - there are at most [`ROUNDS`] rounds, or as many as a rule names.
//!
//! The clock is no bound: states are counted, never seconds. Where the bound is hit, that is told.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use chrono::{DateTime, TimeZone, Utc};
use strum::IntoEnumIterator;

use crate::authority::{SightKey, keys, sight};
use crate::calendar::Calendar;
use crate::case::decide::{Actor, deeds_made};
use crate::case::event::{By, Entry, Event};
use crate::case::permitted::{Permission, deed_of, holds, permitted, targets};
use crate::case::status::statuses;
use crate::case::{Act, Case, Command, Context, Refusal, decide};
use crate::directory::Directory;
use crate::duty::is_tracking;
use crate::escalation::next_look;
use crate::gate;
use crate::ids::{CaseId, StaffId, ThingId};
use crate::rulebook::{Checked, Escalation, Flaw, FlawCode, Kind, Severity, Step, Trigger, When};
use crate::words::Deed;
use commands::{Scene, Worth, matters, outcome, representative, worth};
use office::{Hands, id, staffed};
use relevance::{Relevance, Relevant, triggers};
use state::{Mark, mark, mark_of_facts};

mod commands;
mod diagnosis;
mod office;
mod relevance;
mod state;
mod unused;

/// The most states that are looked at; the largest rulebook so far has a small part of them.
pub const STATES_MAX: usize = 40_000;

/// The most rounds that are played, unless a rule names a later one.
const ROUNDS: u8 = 4;

/// What playing a rulebook has shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exploration {
    /// What was found, each with the shortest way of a case to it; sorted by line.
    pub findings: Vec<Flaw>,
    /// How many states were looked at.
    pub states: usize,
    /// Whether these are all there are. Where they are not, `findings` says so, too.
    pub complete: bool,
}

/// Plays every case there can be under a rulebook.
///
/// A statute or a floor has no positions and nothing to play; its rules are played in its heirs.
#[must_use]
pub fn explore(rulebook: &Checked) -> Exploration {
    explore_up_to(rulebook, STATES_MAX)
}

/// As [`explore`], with another bound on the states.
pub(super) fn explore_up_to(rulebook: &Checked, states_max: usize) -> Exploration {
    if rulebook.head.kind != Kind::Regulation {
        return Exploration {
            findings: Vec::new(),
            states: 0,
            complete: true,
        };
    }
    let rulebook = bounded(rulebook);
    let calendar = Calendar::national();
    let mut walk = Walk::new(&rulebook, &calendar, Hands::Two, states_max);
    walk.run();
    let mut findings = walk.findings();
    let (states, complete) = (walk.nodes.len(), walk.complete);
    let stuck = walk.nodes.iter().any(|node| node.stuck);
    // Where two are enough, whether one would be, too: nobody decides on his own work.
    if !stuck && one_hand_may_meet_itself(&rulebook) {
        let mut alone = Walk::new(&rulebook, &calendar, Hands::One, states_max);
        alone.run();
        findings.extend(
            alone
                .findings
                .into_iter()
                .filter(|flaw| flaw.code == FlawCode::RecusalLeavesNobody)
                .map(|flaw| Flaw {
                    severity: Severity::Warning,
                    ..flaw
                }),
        );
    }
    findings.sort_by(|one, other| {
        (one.line, one.code, &one.reason).cmp(&(other.line, other.code, &other.reason))
    });
    Exploration {
        findings,
        states,
        complete,
    }
}

/// The same rulebook with no more rounds than are played.
fn bounded(rulebook: &Checked) -> Checked {
    let mut bounded = (**rulebook).clone();
    let named = bounded
        .provisions()
        .filter_map(|(_, when)| when?.round.iter().max().copied());
    let most = named.max().unwrap_or(0).max(ROUNDS);
    if let Some(rounds) = &mut bounded.rounds {
        rounds.rule.at_most = rounds.rule.at_most.min(most);
    }
    if let Some(returns) = &mut bounded.returns {
        returns.rule.at_most = returns.rule.at_most.min(ROUNDS);
    }
    Checked::new(bounded)
}

/// Whether one position may do what the house or the rulebook keeps apart.
fn one_hand_may_meet_itself(rulebook: &Checked) -> bool {
    let decided = [
        (Deed::Plan, Deed::Approval(Some(crate::words::Subject::Plan))),
        (Deed::ExtensionRequest, Deed::ExtensionDecision),
        (
            Deed::Lending,
            Deed::Approval(Some(crate::words::Subject::Lending)),
        ),
    ];
    !rulebook.apart.is_empty()
        || rulebook.positions.iter().any(|it| {
            decided
                .iter()
                .any(|(made, decision)| it.may_do(*made) && it.may_do(*decision))
        })
}

/// One state that was reached: how, and what was seen there.
struct Node {
    /// The state before it, and what was done there; none for a case just taken in.
    parent: Option<usize>,
    /// Who did what.
    step: Step,
    /// When, by whom and with which words, so that it can be done again.
    made_by: (DateTime<Utc>, Actor, Command),
    /// Whether the case is over there.
    ended: bool,
    /// Whether nobody could go on there as he owes it.
    stuck: bool,
    /// Whether what follows was looked at.
    expanded: bool,
}

/// What can be done in a state, and what becomes of it.
struct Move {
    step: Step,
    made_by: (DateTime<Utc>, Actor, Command),
    case: Case,
    /// Whether it discharges a duty of who does it.
    discharges: bool,
}

/// Which acts are asked for in a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    /// Those that answer something that waits.
    Waiting,
    /// Those that are owed.
    Owed,
    /// All that are worth trying.
    Any,
}

/// What was tried of an act in a state, as far as somebody could have done it.
type Refused = (Act, StaffId, Refusal);

struct Walk<'r> {
    rulebook: &'r Checked,
    calendar: &'r Calendar,
    directory: Directory,
    /// What opens cases to each member of staff.
    keys: BTreeMap<StaffId, BTreeSet<SightKey>>,
    /// From whom the case that is looked at is kept.
    barred: BTreeSet<StaffId>,
    relevance: Relevance<'r>,
    /// Every condition, each once.
    named: Vec<When>,
    /// The deeds that start a limit or set an escalation off.
    triggers: BTreeSet<Deed>,
    /// Whether lateness does more than tell somebody.
    time_acts: bool,
    states_max: usize,
    complete: bool,
    nodes: Vec<Node>,
    known: BTreeMap<Mark, usize>,
    edges: Vec<(usize, usize)>,
    queue: VecDeque<(usize, Case)>,
    /// Threads beside the matter that were followed once.
    followed: BTreeSet<(Act, String, Mark)>,
    seen: unused::Seen,
    findings: Vec<Flaw>,
}

impl<'r> Walk<'r> {
    fn new(rulebook: &'r Checked, calendar: &'r Calendar, hands: Hands, states_max: usize) -> Self {
        let mut named: Vec<When> = Vec::new();
        for when in rulebook.provisions().filter_map(|(_, when)| when) {
            if !named.contains(when) {
                named.push(when.clone());
            }
        }
        let directory = staffed(rulebook, hands);
        let keys = directory
            .staff
            .keys()
            .map(|staff| (*staff, keys(*staff, rulebook, &directory)));
        Self {
            rulebook,
            calendar,
            keys: keys.collect(),
            barred: BTreeSet::new(),
            directory,
            relevance: Relevance::of(rulebook),
            named,
            triggers: triggers(rulebook),
            time_acts: rulebook
                .escalations
                .iter()
                .any(|it| matches!(it.trigger, Trigger::Late { .. }) && does_something(it)),
            states_max,
            complete: true,
            nodes: Vec::new(),
            known: BTreeMap::new(),
            edges: Vec::new(),
            queue: VecDeque::new(),
            followed: BTreeSet::new(),
            seen: unused::Seen::default(),
            findings: Vec::new(),
        }
    }

    fn context(&self, now: DateTime<Utc>, actor: Actor) -> Context<'_> {
        Context {
            rulebook: self.rulebook,
            calendar: self.calendar,
            directory: &self.directory,
            cut_over: DateTime::<Utc>::MIN_UTC,
            now,
            actor,
        }
    }

    /// Looks at state after state until there is no new one, or too many.
    fn run(&mut self) {
        self.open();
        while let Some((at, case)) = self.queue.pop_front() {
            self.look_at(at, &case);
        }
    }

    /// The cases that can come in: by each channel, to each position that may take them.
    fn open(&mut self) {
        let now = beginning();
        let clock = self.context(now, Actor::Clock);
        let mut opened: Vec<Move> = Vec::new();
        for mut matter in matters(&self.named, &clock) {
            let desk = self
                .rulebook
                .channel(matter.channel)
                .and_then(|channel| channel.first_receiver.clone());
            matter.first_receiver = desk.and_then(|position| {
                let holds = |(_, member): &(&StaffId, &crate::directory::Member)| {
                    member.positions.contains(&position)
                };
                self.directory.staff.iter().find(holds).map(|(staff, _)| *staff)
            });
            let mut seen = BTreeSet::new();
            for (staff, member) in &self.directory.staff {
                let kind = member
                    .unit
                    .and_then(|unit| self.directory.units.get(&unit))
                    .map(|unit| &unit.kind);
                let command = Command::Receive {
                    case: CaseId(id("case")),
                    matter: matter.clone(),
                };
                // Where nobody sits it lands on the same desk, whoever records it.
                let alike = matter
                    .first_receiver
                    .is_none()
                    .then_some((kind, &member.positions));
                if seen.contains(&alike) {
                    continue;
                }
                let actor = Actor::Staff(*staff);
                if let Ok(entries) = decide(None, &command, &self.context(now, actor))
                    && let Some(case) = fold(None, &entries)
                {
                    seen.insert(alike);
                    opened.push(Move {
                        step: self.step(&command, &entries),
                        made_by: (now, actor, command),
                        case,
                        discharges: false,
                    });
                }
            }
        }
        if opened.is_empty() {
            let reason =
                "no matter can come in: there is no [[channel]] and position that takes one".to_owned();
            let flaw = self.at_the_head(FlawCode::NobodyCanAct, Severity::Error, reason);
            self.findings.push(flaw);
        }
        for it in opened {
            self.reach(None, it);
        }
    }

    /// Notes a state that was reached, if it is a new one.
    fn reach(&mut self, from: Option<usize>, it: Move) {
        let relevant = self.relevance.at(&it.case);
        let mark = mark(&it.case, &relevant, &self.context(it.made_by.0, Actor::Clock));
        if let Some(known) = self.known.get(&mark) {
            self.edges.extend(from.map(|from| (from, *known)));
            return;
        }
        let at = self.nodes.len();
        self.known.insert(mark, at);
        self.edges.extend(from.map(|from| (from, at)));
        let over = self.nodes.len() >= self.states_max;
        self.nodes.push(Node {
            parent: from,
            step: it.step,
            made_by: it.made_by,
            ended: !it.case.status.is_open(),
            stuck: false,
            expanded: false,
        });
        if over {
            self.complete = false;
        } else {
            self.queue.push_back((at, it.case));
        }
    }

    fn look_at(&mut self, at: usize, case: &Case) {
        self.nodes[at].expanded = true;
        let now = self.nodes[at].made_by.0;
        let open = sight(case, &self.context(now, Actor::Clock));
        self.barred = self
            .keys
            .iter()
            .filter(|(_, keys)| !open.admits(keys))
            .map(|(staff, _)| *staff)
            .collect();
        let mut refused = Vec::new();
        let moves = self.moves(case, now, &mut refused);
        self.see(at, case);
        self.hidden_duty(at, case, now);
        let goes_on = |moves: &[Move]| moves.iter().any(|it| it.discharges);
        if case.status.is_open()
            && !goes_on(&moves)
            && !goes_on(&self.all_moves(Asked::Owed, case, now, &mut refused))
        {
            self.nodes[at].stuck = true;
            let found = diagnosis::nobody_can_act(case, &self.context(now, Actor::Clock), &refused, &moves);
            self.find(at, found);
        }
        for it in moves {
            self.reach(Some(at), it);
        }
        if self.time_acts
            && let Some(late) = self.time_passes(case, now)
        {
            self.reach(Some(at), late);
        }
    }

    /// Everything that somebody can do, one command for all of its kind; what answers something that waits beside the
    /// matter, and nothing else, where there is such a thing.
    fn moves(&mut self, case: &Case, now: DateTime<Utc>, refused: &mut Vec<Refused>) -> Vec<Move> {
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

    fn all_moves(
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
        let asked: [(bool, &'static [Act]); 6] = [
            (
                case.extensions.iter().any(|it| it.decided.is_none()),
                &[Act::DecideExtension],
            ),
            (
                case.lending_requests.iter().any(|it| it.decided.is_none()),
                &[Act::DecideApproval],
            ),
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
            let discharges = entries.iter().any(|entry| match &entry.event {
                Event::DutyDischarged { duty, .. } => case.duties.iter().any(|open| {
                    open.id == *duty && !is_tracking(open) && holds(open, staff, &self.context(now, actor))
                }),
                _ => false,
            });
            if let Some(after) = fold(Some(case), &entries) {
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
            case.duties.iter().any(|duty| {
                !is_tracking(duty) && discharges(act, duty.terms.owes) && holds(duty, staff, &context)
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
    fn time_passes(&mut self, case: &Case, now: DateTime<Utc>) -> Option<Move> {
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

    /// What was done, for the path.
    fn step(&self, command: &Command, entries: &[Entry]) -> Step {
        let deed = deeds_made(command)
            .first()
            .map(Deed::to_string)
            .unwrap_or_default();
        let by = entries.iter().find_map(|entry| match &entry.by {
            By::Staff { positions, staff, .. } => positions.first().or_else(|| {
                self.directory
                    .staff
                    .get(staff)
                    .and_then(|member| member.positions.first())
            }),
            By::Administrator { .. } | By::Rule | By::Clock | By::Import => None,
        });
        Step {
            deed: match outcome(command) {
                Some(outcome) => format!("{deed} ({outcome})"),
                None => deed,
            },
            by: by.map_or_else(|| "a rule".to_owned(), ToString::to_string),
        }
    }

    /// The way to a state.
    fn path(&self, at: usize) -> Vec<Step> {
        let mut path = Vec::new();
        let mut next = Some(at);
        while let Some(at) = next {
            path.push(self.nodes[at].step.clone());
            next = self.nodes[at].parent;
        }
        path.reverse();
        path
    }

    /// The case in a state, played again from its beginning.
    fn replay(&self, at: usize) -> Option<Case> {
        let mut way = vec![at];
        while let Some(parent) = self.nodes[way[way.len() - 1]].parent {
            way.push(parent);
        }
        let mut case: Option<Case> = None;
        for at in way.into_iter().rev() {
            let (now, actor, command) = &self.nodes[at].made_by;
            // The clock may have looked several times before anything changed.
            let entries = decide(case.as_ref(), command, &self.context(*now, *actor)).ok()?;
            case = fold(case.as_ref(), &entries);
        }
        case
    }

    /// Notes a finding with the way to it, unless the same was found before on a shorter one.
    fn find(&mut self, at: usize, found: diagnosis::Found) {
        let known =
            |flaw: &Flaw| flaw.code == found.code && flaw.line == found.line && flaw.what == found.what;
        if self.findings.iter().any(known) {
            return;
        }
        let path = self.path(at);
        self.findings.push(Flaw { path, ..found });
    }

    fn at_the_head(&self, code: FlawCode, severity: Severity, reason: String) -> Flaw {
        Flaw {
            rulebook: Some(self.rulebook.head.code.clone()),
            line: self.rulebook.head.line,
            what: "rulebook".to_owned(),
            reason,
            closest: None,
            code,
            severity,
            path: Vec::new(),
        }
    }

    /// A duty that lies with somebody from whom the rulebook keeps the case.
    fn hidden_duty(&mut self, at: usize, case: &Case, now: DateTime<Utc>) {
        if case.duties.is_empty() {
            return;
        }
        let context = self.context(now, Actor::Clock);
        let facts = case.facts(self.rulebook, &self.directory);
        if !self.rulebook.secrecy(&facts).any(|rule| !rule.open_to.is_empty()) {
            return;
        }
        let open = sight(
            &Case {
                duties: Vec::new(),
                ..case.clone()
            },
            &context,
        );
        if let Some(found) = diagnosis::hidden_duty(case, &open, &context) {
            self.find(at, found);
        }
    }

    /// Everything that was found, with what can only be said at the end.
    fn findings(&mut self) -> Vec<Flaw> {
        self.no_closing();
        if self.complete {
            // Where a case is stuck, what comes after it was never seen.
            if !self.nodes.iter().any(|node| node.stuck) {
                self.unused();
            }
        } else {
            let reason = format!(
                "the checker stopped after {} states: what it has not seen may hold further faults",
                self.states_max
            );
            let flaw = self.at_the_head(FlawCode::OutOfBounds, Severity::Warning, reason);
            self.findings.push(flaw);
        }
        std::mem::take(&mut self.findings)
    }

    /// A state from which no end can be reached, where that is not told by somebody's being stuck after it.
    fn no_closing(&mut self) {
        let mut before: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (from, to) in &self.edges {
            before.entry(*to).or_default().push(*from);
        }
        let mut hopeful: Vec<bool> = self
            .nodes
            .iter()
            .map(|node| node.ended || node.stuck || !node.expanded)
            .collect();
        let mut next: Vec<usize> = (0..hopeful.len()).filter(|at| hopeful[*at]).collect();
        while let Some(at) = next.pop() {
            for from in before.get(&at).into_iter().flatten() {
                if !hopeful[*from] {
                    hopeful[*from] = true;
                    next.push(*from);
                }
            }
        }
        let Some(at) = hopeful.iter().position(|hopeful| !hopeful) else {
            return;
        };
        let now = self.nodes[at].made_by.0;
        let case = self.replay(at);
        let context = self.context(now, Actor::Clock);
        let found = diagnosis::no_closing(case.as_ref(), &context);
        self.find(at, found);
    }
}

/// Whether an escalation does more than tell somebody.
fn does_something(it: &Escalation) -> bool {
    it.report_to.is_some()
        || it.supervised_by.is_some()
        || it.new_round.is_some()
        || it.accountability.is_some()
        || it.serve.is_some()
        || !it.flags.is_empty()
}

/// How often the clock is looked at before it is held to change nothing.
const LOOKS: usize = 12;

/// An ordinary working morning; which one makes no difference, since states know no time.
fn beginning() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 9, 17, 1, 0, 0)
        .single()
        .expect("a morning that exists once")
}

/// Whether an act discharges what is owed.
fn discharges(act: Act, owes: Deed) -> bool {
    gate::makes(act, owes) || act == Act::AnswerOnTheSpot && matches!(owes, Deed::Acceptance | Deed::Reply)
}

fn fold(case: Option<&Case>, entries: &[Entry]) -> Option<Case> {
    let mut entries = entries.iter();
    let first = match case {
        Some(case) => case.clone(),
        None => Case::opened_by(entries.next()?)?,
    };
    Some(entries.fold(first, Case::after))
}

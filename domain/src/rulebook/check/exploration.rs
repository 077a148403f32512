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

use crate::authority::{SightKey, keys, sight};
use crate::calendar::Calendar;
use crate::case::decide::{Actor, deeds_made};
use crate::case::event::{By, Entry};
use crate::case::{Act, Case, Command, Context, Refusal, decide};
use crate::directory::Directory;
use crate::ids::{CaseId, StaffId};
use crate::rulebook::{Checked, Flaw, FlawCode, Kind, Severity, Step, Trigger, When};
use crate::words::Deed;
use commands::outcome;
use matters::matters;
use moves::does_something;
use office::{Hands, id, staffed};
use relevance::{Relevance, triggers};
use state::{Mark, mark};

mod choices;
mod commands;
mod diagnosis;
mod ends;
mod matters;
mod moves;
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

/// As [`explore`], with another bound on the states: for whoever cannot wait for all of them.
#[must_use]
pub fn explore_up_to(rulebook: &Checked, states_max: usize) -> Exploration {
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
                    reason: format!(
                        "{}; so it is where one person holds each position: two are needed, and in each unit two",
                        flaw.reason
                    ),
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
        rounds.rule.at_most = Some(rounds.rule.at_most.unwrap_or(most).min(most));
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
        let keys = directory.staff.keys().map(|staff| {
            (
                *staff,
                keys(*staff, rulebook, &directory, DateTime::<Utc>::MIN_UTC),
            )
        });
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
}

/// An ordinary working morning; which one makes no difference, since states know no time.
fn beginning() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 9, 17, 1, 0, 0)
        .single()
        .expect("a morning that exists once")
}

fn fold(case: Option<&Case>, entries: &[Entry]) -> Option<Case> {
    let mut entries = entries.iter();
    let first = match case {
        Some(case) => case.clone(),
        None => Case::opened_by(entries.next()?)?,
    };
    Some(entries.fold(first, Case::after))
}

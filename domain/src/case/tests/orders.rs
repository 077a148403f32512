//! Pauses, extensions, holidays, classifications, returns and rounds in random orders: the due date is what the facts
//! that they leave demand, whatever came first. What it means is said at the top of [`crate::duty`]'s `owed`.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use chrono::{DateTime, TimeDelta, Utc};

use super::dice::Dice;
use super::forms::*;
use super::world::{World, at, task, text, word};
use crate::calendar::{Calendar, LocalDay, LocalWork};
use crate::case::command::{
    About, ExtensionDecision, ExtensionRequest, Return, ReturnDecision, Supplement, Suspension, Urge, Work,
    WorkKind,
};
use crate::case::decide::Actor;
use crate::case::{Case, Command, Refusal, decide};
use crate::time_limit::{Counting, Limit, Pause, Span, Unit, Within, count};
use crate::words::{AxisName, CaseType, Deed, Satisfaction};

const UNITS: [&str; 2] = ["county_bureau.1", "county_bureau.2"];
/// Grounds of the rulebook, each with the duties that it stops.
const GROUNDS: [(&str, &[&str]); 2] = [
    ("waiting_for_material", &["handle"]),
    ("inspection", &["handle", "handle_major"]),
];

/// The facts on which the due date rests, kept by hand beside the case.
struct Facts {
    start: DateTime<Utc>,
    /// Working days granted on `handle` since it started.
    granted: Vec<u32>,
    pauses: Vec<(usize, DateTime<Utc>, Option<DateTime<Utc>>)>,
    major: bool,
    calendar: Calendar,
    /// The due date that was over before the newest calendar came, or would have been by it.
    stays: Option<DateTime<Utc>>,
    unit: usize,
    round: u8,
}

impl Facts {
    fn duty(&self) -> &'static str {
        if self.major { "handle_major" } else { "handle" }
    }

    /// What the facts demand: in whatever order they came about.
    fn due_at(&self) -> Option<DateTime<Utc>> {
        if self.stays.is_some() {
            return self.stays;
        }
        let limit = if self.major {
            Limit::from(Within::Span(days(5, Unit::Day)))
        } else {
            let all = 10 + self.granted.iter().sum::<u32>();
            Limit::from(Within::Span(days(all, Unit::WorkingDay)))
        };
        let pauses: Vec<Pause> = self
            .pauses
            .iter()
            .filter(|(ground, ..)| GROUNDS[*ground].1.contains(&self.duty()))
            .map(|(_, from, to)| Pause { from: *from, to: *to })
            .collect();
        let counted = count(self.start, &limit, &Counting::default(), &pauses, &self.calendar).unwrap();
        counted.paused_since.is_none().then_some(counted.due_at)
    }
}

fn days(amount: u32, unit: Unit) -> Span {
    Span::new(amount, unit).unwrap()
}

/// Versions of one office's calendar, each with other days of its own.
fn versions() -> &'static [Calendar] {
    static VERSIONS: OnceLock<Vec<Calendar>> = OnceLock::new();
    VERSIONS.get_or_init(|| {
        let national = Calendar::national();
        let mut dice = Dice::new(7);
        let mut version = |number: u32| {
            let chosen: BTreeSet<usize> = (0..14).map(|_| dice.below(90)).collect();
            let own = chosen.into_iter().map(|day| LocalDay {
                days: (at("2026-09-17T00:00").date_naive() + TimeDelta::days(i64::try_from(day).unwrap()))
                    .to_string()
                    .parse()
                    .unwrap(),
                name: "本地".to_owned(),
                work: dice.pick(&[LocalWork::Off, LocalWork::Working]),
            });
            let own: Vec<_> = own.collect();
            national.overlay(&own).unwrap().renamed("cn", number).unwrap()
        };
        (1..=40).map(&mut version).collect()
    })
}

/// A walk through one case, and the facts beside it.
struct Walk {
    world: World,
    facts: Facts,
    dice: Dice,
}

impl Walk {
    /// Puts a command without looking whether the whole house still stands: that is others' to test.
    fn put(&mut self, actor: Actor, command: &Command) -> Result<(), Refusal> {
        let entries = decide(self.world.case.as_ref(), command, &self.world.context(actor))?;
        for entry in &entries {
            self.world.case = self.world.case.take().map(|case| case.after(entry));
        }
        Ok(())
    }

    fn does(&mut self, who: &str, command: &Command) {
        if let Err(refusal) = self.put(Actor::Staff(World::staff(who)), command) {
            panic!("{who} may not {command:?}: {refusal:?}");
        }
    }

    fn officer(&self) -> String {
        format!("officer of {}", UNITS[self.facts.unit])
    }

    /// Time passes, and the clock looks: it ends the pauses that have lasted as long as they may.
    fn moves_on(&mut self) {
        self.world.now += TimeDelta::minutes(i64::try_from(self.dice.below(50 * 60)).unwrap());
        self.put(Actor::Clock, &Command::LookAtTime).unwrap();
        for (ground, from, to) in &mut self.facts.pauses {
            let ends = *from + TimeDelta::days(12);
            let midnight = self.world.calendar.end_of_day(self.world.calendar.date_of(ends));
            if to.is_none() && GROUNDS[*ground].0 == "waiting_for_material" {
                let mut kept = self.world.case().suspensions.iter();
                let name = GROUNDS[*ground].0;
                let kept = kept
                    .find(|it| it.from == *from && it.ground.as_str() == name)
                    .unwrap();
                let ends_at = kept.ends_at.unwrap();
                assert!(ends_at >= midnight, "a day of rest only makes it longer");
                *to = (ends_at <= self.world.now).then_some(ends_at);
            }
        }
    }

    fn pauses(&mut self) {
        let ground = self.dice.below(2);
        let open = self
            .facts
            .pauses
            .iter()
            .any(|(other, _, to)| *other == ground && to.is_none());
        let suspend = Command::Suspend(Suspension {
            ground: word(GROUNDS[ground].0),
            reason: Some(text("why")),
        });
        let answer = self.put(Actor::Staff(World::staff(INTAKE)), &suspend);
        let stops = GROUNDS[ground].1.contains(&self.facts.duty());
        match (open, stops) {
            (true, _) => assert!(matches!(answer, Err(Refusal::AlreadyDone { .. })), "{answer:?}"),
            (false, false) => assert!(
                matches!(&answer, Err(Refusal::NotProvided { clause: Some(clause), .. }) if clause.as_str() == "L-4"),
                "{answer:?}"
            ),
            (false, true) => {
                assert_eq!(answer, Ok(()));
                self.facts.pauses.push((ground, self.world.now, None));
            }
        }
    }

    /// Somebody ends a pause; or what was waited for came, some time ago perhaps, and ends its pauses then.
    fn resumes(&mut self) {
        let open = self.world.case().open_suspensions().next();
        let Some((thing, from)) = open.map(|pause| (pause.id, pause.from)) else {
            return;
        };
        let waits = self
            .world
            .case()
            .open_suspensions()
            .next()
            .unwrap()
            .ground
            .as_str()
            == GROUNDS[0].0;
        let ground = usize::from(!waits);
        let ended_at = if waits && self.dice.one_in(2) {
            let passed = (self.world.now - from).num_minutes();
            let earlier = TimeDelta::minutes(
                i64::try_from(self.dice.below(usize::try_from(passed).unwrap() + 1)).unwrap(),
            );
            let came_at = self.world.now - earlier;
            let supplement = Command::RecordSupplement(Supplement {
                text: text("more"),
                received_at: Some(came_at),
            });
            self.does(INTAKE, &supplement);
            came_at
        } else {
            let resume = Command::Resume(About { thing, text: None });
            self.does("intake_officer.2", &resume);
            self.world.now
        };
        let mut open = self
            .facts
            .pauses
            .iter_mut()
            .filter(|(other, _, to)| *other == ground && to.is_none());
        open.next().unwrap().2 = Some(ended_at);
    }

    fn extends(&mut self) {
        if self.facts.major {
            return;
        }
        let more = u32::try_from(1 + self.dice.below(12)).unwrap();
        let ask = Command::RequestExtension(ExtensionRequest {
            duty: self.world.duty("handle").id,
            amount: days(more, Unit::WorkingDay),
            reason: Some(text("why")),
        });
        let officer = self.officer();
        let answer = self.put(Actor::Staff(World::staff(&officer)), &ask);
        let late = self.facts.due_at().is_some_and(|due| due <= self.world.now);
        let beyond = 10 + self.facts.granted.iter().sum::<u32>() + more > 30;
        let of_its_own = |clause: &crate::words::ClauseId| clause.as_str() == "L-3";
        match answer {
            Ok(()) => assert!(self.facts.granted.len() < 3 && !late && !beyond),
            Err(Refusal::BoundReached { clause, .. }) => {
                return assert!(of_its_own(&clause) && self.facts.granted.len() == 3);
            }
            Err(Refusal::ExtensionTooLate { clause, .. }) => return assert!(of_its_own(&clause) && late),
            Err(Refusal::ExtensionBeyondCap { clause, .. }) => return assert!(of_its_own(&clause) && beyond),
            Err(refusal) => panic!("{refusal:?}"),
        }
        if self.dice.one_in(3) {
            self.moves_on();
        }
        let granted = (!self.dice.one_in(4)).then(|| {
            days(
                1 + u32::try_from(self.dice.below(usize::try_from(more).unwrap())).unwrap(),
                Unit::WorkingDay,
            )
        });
        let decision = Command::DecideExtension(ExtensionDecision {
            extension: self.world.case().extensions.last().unwrap().id,
            granted,
            reason: None,
        });
        self.does(LEADER, &decision);
        if let Some(granted) = granted {
            self.facts.granted.push(granted.amount.get());
            // More time is counted anew, also where the former due date has passed meanwhile.
            self.facts.stays = None;
            assert!(
                self.world.case().ordered_notices.iter().any(|(deed, clause)| {
                    matches!(deed, Deed::Notice(Some(_))) && clause.as_str() == "L-3"
                })
            );
        }
    }

    fn a_notice_comes(&mut self) {
        let newer = usize::try_from(self.world.calendar.version()).unwrap() + self.dice.below(3);
        let Some(calendar) = versions().get(newer) else {
            return;
        };
        let before = self.facts.due_at();
        self.facts.calendar = calendar.clone();
        self.facts.stays = None;
        let now = self.world.now;
        let is_over = |due: Option<DateTime<Utc>>| due.is_some_and(|due| due <= now);
        // What is over stays, and what would be over by it.
        if is_over(before) || (before.is_some() && is_over(self.facts.due_at())) {
            self.facts.stays = before;
        }
        self.world.calendar = calendar.clone();
        // The next entry in the book counts by it, whatever it is.
        self.is_commented_on();
    }

    fn is_classified(&mut self) {
        self.facts.major = !self.facts.major;
        self.facts.stays = None;
        let value = if self.facts.major { "major" } else { "general" };
        self.does(INTAKE, &classify(AxisName::Severity, value));
    }

    /// What is given back counts on; what is taken back is sent to the other unit, whose time begins with its form.
    fn is_given_back(&mut self) {
        let back = Command::Return(Return {
            dispatch: self.world.lead(),
            reason: text("not ours"),
        });
        let officer = self.officer();
        if self.put(Actor::Staff(World::staff(&officer)), &back).is_err() {
            return;
        }
        if self.dice.one_in(2) {
            self.moves_on();
        }
        let agreed = self.dice.one_in(2);
        let decision = Command::DecideReturn(ReturnDecision {
            dispatch: self.world.lead(),
            agreed,
            reason: Some(text("why")),
        });
        self.does(LEADER, &decision);
        if agreed {
            self.facts.unit = 1 - self.facts.unit;
            let again = dispatch(task(UNITS[self.facts.unit]));
            self.does(INTAKE, &again);
            self.is_signed();
        }
    }

    fn is_signed(&mut self) {
        let (sign, officer) = (self.world.sign(), self.officer());
        self.does(&officer, &sign);
        self.facts.start = self.world.now;
        self.facts.granted.clear();
        self.facts.stays = None;
    }

    fn begins_anew(&mut self) {
        if self.facts.round == 2 {
            return;
        }
        self.facts.round = 2;
        let (back, officer) = (report_back(&self.world), self.officer());
        self.does(&officer, &back);
        self.does(INTAKE, &reply());
        self.does(INTAKE, &follow_up(Satisfaction::Dissatisfied));
        self.moves_on();
        let again = redispatch(task(UNITS[self.facts.unit]));
        self.does(INTAKE, &again);
        self.is_signed();
    }

    /// What is no such fact.
    fn is_talked_about(&mut self) {
        let duty = self.world.duty(self.facts.duty()).id;
        let urge = Command::Urge(Urge { duty, text: None });
        let _ = self.put(Actor::Staff(World::staff(INTAKE)), &urge);
        self.is_commented_on();
    }

    fn is_commented_on(&mut self) {
        let comment = Command::RecordWork(Work {
            kind: WorkKind::Evidence,
            text: text("a comment"),
            happened_at: None,
            sections: std::collections::BTreeMap::new(),
        });
        let officer = self.officer();
        self.does(&officer, &comment);
    }

    fn step(&mut self) {
        match self.dice.below(14) {
            0 | 1 => self.pauses(),
            2..=4 => self.resumes(),
            5..=7 => self.extends(),
            8 | 9 => self.a_notice_comes(),
            10 => self.is_classified(),
            11 => self.is_given_back(),
            12 => self.begins_anew(),
            _ => self.is_talked_about(),
        }
    }
}

/// A matter signed for by its unit on 17 September.
fn signed() -> World {
    let mut world = World::of("test.orders_office");
    world.calendar = versions()[0].clone();
    let mut matter = world.matter(CaseType::Complaint, None);
    matter.completion.respondents.clear();
    world
        .does(INTAKE, World::register_matter(matter))
        .does(INTAKE, accept())
        .does(INTAKE, dispatch(task(UNITS[0])));
    let sign = world.sign();
    world.does("officer of county_bureau.1", sign);
    world
}

fn walks(first: u64, draws: u64) {
    let world = signed();
    let (case, start): (Case, _) = (world.case().clone(), world.now);
    let mut walk = Walk {
        facts: Facts {
            start,
            granted: Vec::new(),
            pauses: Vec::new(),
            major: false,
            calendar: versions()[0].clone(),
            stays: None,
            unit: 0,
            round: 1,
        },
        world,
        dice: Dice::new(0),
    };
    for seed in first..first + draws {
        walk.dice = Dice::new(seed);
        walk.world.case = Some(case.clone());
        walk.world.now = start;
        walk.world.calendar = versions()[0].clone();
        walk.facts = Facts {
            start,
            granted: Vec::new(),
            pauses: Vec::new(),
            major: false,
            calendar: versions()[0].clone(),
            stays: None,
            unit: 0,
            round: 1,
        };
        for step in 0..3 + walk.dice.below(8) {
            walk.step();
            let due_at = walk
                .world
                .duty(walk.facts.duty())
                .terms
                .due
                .as_ref()
                .map(|due| due.at);
            assert_eq!(due_at, walk.facts.due_at(), "seed {seed}, step {step}");
            walk.moves_on();
        }
    }
}

/// How many orders are drawn: some thousands take seconds, the longer run (`tests/full`) asks for more.
fn draws() -> u64 {
    option_env!("PROPTEST_CASES").map_or(2_000, |cases| cases.parse().expect("a number"))
}

#[test]
fn in_any_order_the_due_date_is_what_the_facts_demand() {
    let share = draws().div_ceil(4);
    std::thread::scope(|scope| {
        for part in 0..4 {
            scope.spawn(move || walks(part * share, share));
        }
    });
}

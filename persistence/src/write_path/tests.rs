//! What becomes of commands when a writer's connection, or a writer, fails. The writers here lead to no database: each
//! fails exactly where its test wants it to. Without an office nothing is ever decided, so that a command that came
//! through is told that its office is not active.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};

use chrono::DateTime;
use domain::case::Command;
use domain::case::decide::Actor;
use domain::ids::{CaseId, OfficeId};

use super::sweeper::Sweeper;
use super::*;
use crate::case::Accepted;
use crate::sweep::{Fault, Swept};
use crate::vault::MasterKeys;

type Told = Result<Accepted, NotAccepted>;

/// What happens to a transaction in which the bad case is.
#[derive(Clone, Copy)]
enum Trouble {
    Panic,
    Busy,
    /// The writer of this number loses its connection, and gets no other.
    Lost(usize),
}

const BAD: CaseId = CaseId(Uuid::from_u128(7));

struct Plan {
    trouble: Trouble,
    /// Whether each writer reaches the database.
    reached: [AtomicBool; 2],
    transactions: AtomicUsize,
    put_off: AtomicUsize,
}

struct Scripted {
    plan: Arc<Plan>,
    number: usize,
}

impl Writer for Scripted {
    fn connect(&mut self) -> Answer<()> {
        if self.plan.reached[self.number].load(Ordering::SeqCst) {
            Ok(())
        } else {
            Err(StoreError::Unavailable("nothing is there".into()))
        }
    }

    fn transaction(&mut self, work: &mut dyn FnMut(&mut dyn Transaction) -> Answer<()>) -> Answer<()> {
        self.connect()?;
        self.plan.transactions.fetch_add(1, Ordering::SeqCst);
        work(self)
    }
}

impl Transaction for Scripted {
    fn lock(&mut self, keys: &[ClaimedKey], _: &[Uuid]) -> Answer<Vec<bool>> {
        Ok(vec![true; keys.len()])
    }

    fn read(
        &mut self,
        _: &[ClaimedKey],
        _: &[Uuid],
        cases: &[(Uuid, Uuid)],
        _: &[(Uuid, Uuid)],
    ) -> Answer<Found> {
        if !cases.iter().any(|(_, case)| *case == BAD.0) {
            return Ok(Found::default());
        }
        match self.plan.trouble {
            Trouble::Panic => std::panic::resume_unwind(Box::new("a defect")),
            Trouble::Busy => Err(StoreError::Busy("somebody holds it".into())),
            Trouble::Lost(number) if number == self.number => {
                self.plan.reached[number].store(false, Ordering::SeqCst);
                Err(StoreError::Unavailable("it is gone".into()))
            }
            Trouble::Lost(_) => Ok(Found::default()),
        }
    }

    fn learn(&mut self, _: &str, _: &str) -> Answer<bool> {
        Ok(false)
    }

    fn claim(&mut self, now: DateTime<Utc>, _: u32) -> Answer<Vec<LookDue>> {
        let due = |case| LookDue {
            office: OfficeId(Uuid::nil()),
            case,
            since: now,
        };
        Ok(vec![due(CaseId(Uuid::nil())), due(BAD)])
    }

    fn put_off(&mut self, failures: &[Failure]) -> Answer<()> {
        self.plan.put_off.fetch_add(failures.len(), Ordering::SeqCst);
        Ok(())
    }

    fn write(&mut self, _: &Writes) -> Answer<()> {
        Ok(())
    }
}

/// A write path with as many writers as there are flags: whether each reaches the database.
fn path(trouble: Trouble, reached: &[bool]) -> (WritePath, Arc<Plan>) {
    path_with(Options::default(), trouble, reached)
}

fn path_with(options: Options, trouble: Trouble, reached: &[bool]) -> (WritePath, Arc<Plan>) {
    let plan = Arc::new(Plan {
        trouble,
        reached: [0, 1].map(|number| AtomicBool::new(reached.get(number) == Some(&true))),
        transactions: AtomicUsize::new(0),
        put_off: AtomicUsize::new(0),
    });
    let writers = (0..reached.len())
        .map(|number| -> Box<dyn Writer> {
            Box::new(Scripted {
                plan: Arc::clone(&plan),
                number,
            })
        })
        .collect();
    let (vault, _) = Vault::found(MasterKeys::of_demonstrations());
    let path = WritePath::start(
        writers,
        options,
        &Arc::default(),
        &Arc::new(vault),
        &Arc::default(),
    );
    (path.expect("threads can be started"), plan)
}

fn look_at(case: CaseId) -> Submission {
    Submission {
        office: OfficeId(Uuid::nil()),
        case,
        actor: Actor::Clock,
        command: Command::LookAtTime,
        texts: Vec::new(),
        expected_version: None,
        key: None,
        now: DateTime::UNIX_EPOCH,
    }
}

fn submit(path: &WritePath, case: CaseId) -> Receiver<Told> {
    let (tell, told) = mpsc::channel();
    path.submit(look_at(case), Box::new(move |answer| drop(tell.send(answer))));
    told
}

/// Keeps a writer busy with its answer until the gate is dropped.
fn pause(path: &WritePath) -> Sender<()> {
    let (gate, closed) = mpsc::channel();
    let (enter, entered) = mpsc::channel();
    let reply = Box::new(move |_| {
        enter.send(()).expect("the test waits");
        assert!(closed.recv().is_err(), "the gate is dropped");
    });
    path.submit(look_at(CaseId(Uuid::nil())), reply);
    entered.recv().expect("the writer answers");
    gate
}

/// Submits commands on these cases so that the one writer takes them together.
fn at_once(path: &WritePath, cases: &[CaseId]) -> Vec<Told> {
    let gate = pause(path);
    let told: Vec<_> = cases.iter().map(|case| submit(path, *case)).collect();
    drop(gate);
    told.into_iter()
        .map(|told| told.recv().expect("every command is answered"))
        .collect()
}

fn others(count: u128) -> Vec<CaseId> {
    (100..100 + count)
        .map(|number| CaseId(Uuid::from_u128(number)))
        .collect()
}

#[track_caller]
fn came_through(told: &Told) {
    assert!(matches!(told, Err(NotAccepted::OfficeNotActive)), "{told:?}");
}

#[test]
fn a_batch_holds_as_many_as_it_may() {
    for (most, transactions) in [(1, 7), (4, 3), (64, 2)] {
        let options = Options {
            batch: most.try_into().expect("not zero"),
            ..Options::default()
        };
        let (path, plan) = path_with(options, Trouble::Panic, &[true]);
        at_once(&path, &others(6)).iter().for_each(came_through);
        // One of them for the gate.
        assert_eq!(plan.transactions.load(Ordering::SeqCst), transactions, "{most}");
    }
}

#[test]
fn a_panic_harms_only_its_command() {
    let (path, _) = path(Trouble::Panic, &[true]);
    let mut cases = others(4);
    cases.insert(2, BAD);
    let mut told = at_once(&path, &cases);
    let bad = told.remove(2);
    assert!(
        matches!(bad, Err(NotAccepted::Store(StoreError::Failed(_)))),
        "{bad:?}"
    );
    told.iter().for_each(came_through);
    came_through(&submit(&path, others(1)[0]).recv().expect("the writer lives"));
    assert_eq!(path.measures.panicked.count(), 2, "in the batch, and alone");
    assert_eq!(path.measures.split.count(), 1);
}

#[test]
fn a_lock_is_waited_for_once() {
    let (path, plan) = path(Trouble::Busy, &[true]);
    let mut cases = vec![BAD; 20];
    cases.extend(others(2));
    let told = at_once(&path, &cases);
    let (bad, well) = told.split_at(20);
    for told in bad {
        assert!(
            matches!(told, Err(NotAccepted::Store(StoreError::Busy(_)))),
            "{told:?}"
        );
    }
    well.iter().for_each(came_through);
    // The gate, the batch, the first of those on the case, and the two others.
    assert_eq!(plan.transactions.load(Ordering::SeqCst), 5);
}

#[test]
fn a_writer_without_a_connection_leaves_the_work_to_the_other() {
    let (path, plan) = path(Trouble::Lost(0), &[false, true]);
    for _ in 0..200 {
        came_through(&submit(&path, others(1)[0]).recv().expect("answered"));
    }
    // Also what it already had in hand.
    plan.reached[0].store(true, Ordering::SeqCst);
    while plan.reached[0].load(Ordering::SeqCst) {
        came_through(&submit(&path, BAD).recv().expect("answered"));
    }
    for _ in 0..200 {
        came_through(&submit(&path, BAD).recv().expect("answered"));
    }
}

#[test]
fn when_no_writer_is_left_those_who_wait_are_told() {
    let (path, plan) = path(Trouble::Panic, &[false, false]);
    let unavailable = |told: &Told| matches!(told, Err(NotAccepted::Store(StoreError::Unavailable(_))));
    let waited: Vec<_> = (0..3).map(|_| submit(&path, others(1)[0])).collect();
    for told in waited {
        assert!(unavailable(&told.recv().expect("answered")));
    }
    // From now on without a wait.
    assert!(unavailable(
        &submit(&path, others(1)[0]).try_recv().expect("answered")
    ));
    plan.reached[1].store(true, Ordering::SeqCst);
    while unavailable(&submit(&path, others(1)[0]).recv().expect("answered")) {
        thread::yield_now();
    }
    let outcomes: Vec<_> = path
        .measures
        .outcomes()
        .filter(|(_, count)| *count > 0)
        .map(|(outcome, _)| <&str>::from(outcome))
        .collect();
    assert_eq!(outcomes, ["office_not_active", "unavailable"]);
}

#[test]
fn what_waits_is_answered_before_the_end() {
    let (path, _) = path(Trouble::Panic, &[true, false]);
    let gate = pause(&path);
    let told: Vec<_> = others(100).into_iter().map(|case| submit(&path, case)).collect();
    drop(gate);
    drop(path);
    for told in told {
        came_through(&told.recv().expect("answered"));
    }
}

/// A sweep over two cases, of which the bad one fails so.
fn swept(trouble: Trouble) -> (Answer<Swept>, Arc<Plan>) {
    let plan = Arc::new(Plan {
        trouble,
        reached: [true, false].map(AtomicBool::new),
        transactions: AtomicUsize::new(0),
        put_off: AtomicUsize::new(0),
    });
    let writer = Scripted {
        plan: Arc::clone(&plan),
        number: 0,
    };
    let (vault, _) = Vault::found(MasterKeys::of_demonstrations());
    let sweeper = Sweeper::new(Box::new(writer), &Arc::default(), &Arc::new(vault));
    (sweeper.sweep(DateTime::UNIX_EPOCH, 10), plan)
}

#[test]
fn a_case_that_fails_a_sweep_is_put_off_alone() {
    for trouble in [Trouble::Panic, Trouble::Busy] {
        let (swept, plan) = swept(trouble);
        let faults: Vec<_> = swept
            .expect("swept")
            .failures
            .into_iter()
            .map(|failure| (failure.due.case, failure.fault))
            .collect();
        // The other one has no office here, which is its own trouble.
        let other = CaseId(Uuid::nil());
        assert_eq!(faults, [(other, Fault::NoRulebook), (BAD, Fault::NotWritten)]);
        assert_eq!(plan.put_off.load(Ordering::SeqCst), 2);
    }
}

#[test]
fn a_sweep_that_loses_the_database_puts_nothing_off() {
    let (swept, plan) = swept(Trouble::Lost(0));
    assert!(matches!(swept, Err(StoreError::Unavailable(_))), "{swept:?}");
    assert_eq!(plan.put_off.load(Ordering::SeqCst), 0);
}

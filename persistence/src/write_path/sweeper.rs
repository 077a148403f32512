//! The sweep's own way through the write path: a batch of what is due, claimed, folded and written like any other, over a
//! connection of its own, so that no command waits in line behind it.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};
use domain::case::Command;
use domain::case::decide::Actor;
use uuid::Uuid;

use super::{Transaction, Writer, fold, know};
use crate::archive::Answer;
use crate::case::{Accepted, LookDue, Submission};
use crate::law::Shelf;
use crate::store_error::StoreError;
use crate::sweep::{Failure, Swept};
use crate::vault::Vault;

/// Whoever sweeps here; one batch at a time.
pub(crate) struct Sweeper {
    writer: Mutex<Box<dyn Writer>>,
    rulebooks: Arc<Shelf>,
    vault: Arc<Vault>,
}

/// The kinds of entries that are steps of their own.
const STEPS: [&str; 3] = ["StepTaken", "LimitsResumed", "DispatchSigned"];

impl Sweeper {
    pub(crate) fn new(writer: Box<dyn Writer>, rulebooks: &Arc<Shelf>, vault: &Arc<Vault>) -> Self {
        Self {
            writer: Mutex::new(writer),
            rulebooks: Arc::clone(rulebooks),
            vault: Arc::clone(vault),
        }
    }

    /// Looks at the cases that have been due for longest, `most` at the most, and leaves out those that somebody holds.
    /// If the batch fails, its cases are looked at one by one, and those at fault are put off.
    pub(crate) fn sweep(&self, now: DateTime<Utc>, most: u32) -> Answer<Swept> {
        let mut writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut claimed, mut swept) = (Vec::new(), Swept::default());
        let done = attempt(&mut **writer, |transaction| {
            claimed = transaction.claim(now, most)?;
            swept = self.look(transaction, &claimed, now)?;
            Ok(())
        });
        match done {
            Ok(()) => Ok(swept),
            Err(error @ StoreError::Unavailable(_)) => Err(error),
            Err(error) if claimed.is_empty() => Err(error),
            Err(_) => self.one_by_one(&mut **writer, &claimed, now),
        }
    }

    /// Looks at each case in a transaction of its own. One that another replica has looked at meanwhile is no longer due.
    fn one_by_one(&self, writer: &mut dyn Writer, claimed: &[LookDue], now: DateTime<Utc>) -> Answer<Swept> {
        let mut all = Swept::default();
        for due in claimed {
            let mut swept = Swept::default();
            let done = attempt(writer, |transaction| {
                swept = self.look(transaction, std::slice::from_ref(due), now)?;
                Ok(())
            });
            match done {
                Ok(()) => {}
                Err(error @ StoreError::Unavailable(_)) => return Err(error),
                Err(error) => {
                    let failure = Failure::not_written(*due, now, &error);
                    attempt(writer, |transaction| {
                        transaction.put_off(std::slice::from_ref(&failure))
                    })?;
                    swept = Swept::default();
                    swept.failed(failure);
                }
            }
            all.add(swept);
        }
        Ok(all)
    }

    /// Lets the clock look at these cases, and puts off those at which it cannot.
    fn look(
        &self,
        transaction: &mut dyn Transaction,
        claimed: &[LookDue],
        now: DateTime<Utc>,
    ) -> Answer<Swept> {
        let mut swept = Swept::default();
        if claimed.is_empty() {
            return Ok(swept);
        }
        let looks: Vec<Submission> = claimed.iter().map(|due| look_at(due, now)).collect();
        let looks: Vec<&Submission> = looks.iter().collect();
        let known = know(transaction, &looks, &self.rulebooks)?;
        let (answers, writes) = fold::fold(&looks, known, &self.rulebooks, &self.vault);
        if !writes.is_empty() {
            transaction.write(&writes)?;
        }
        let still_due: BTreeSet<Uuid> = writes
            .cases
            .iter()
            .filter(|row| row.next_look_at.is_some_and(|at| at <= now))
            .map(|row| row.id)
            .collect();
        for (due, answer) in claimed.iter().zip(answers) {
            match answer {
                Ok(Accepted::Done { remembered, .. } | Accepted::Replayed { remembered }) => {
                    let steps = remembered.entries.iter();
                    let steps = steps.filter(|(_, kind)| STEPS.contains(&kind.as_str())).count();
                    if remembered.entries.is_empty() && still_due.contains(&due.case.0) {
                        swept.failed(Failure::nothing_follows(*due, now));
                    } else {
                        swept.looked_at(due, steps as u64);
                    }
                }
                Err(reason) => swept.failed(Failure::of(*due, now, &reason)),
            }
        }
        if !swept.failures.is_empty() {
            transaction.put_off(&swept.failures)?;
        }
        Ok(swept)
    }
}

fn look_at(due: &LookDue, now: DateTime<Utc>) -> Submission {
    Submission {
        office: due.office,
        case: due.case,
        actor: Actor::Clock,
        command: Command::LookAtTime,
        texts: Vec::new(),
        expected_version: None,
        key: None,
        now,
    }
}

/// A transaction; a panic in it is an error like any other, and has cost the connection.
fn attempt(writer: &mut dyn Writer, mut work: impl FnMut(&mut dyn Transaction) -> Answer<()>) -> Answer<()> {
    writer.connect()?;
    catch_unwind(AssertUnwindSafe(|| writer.transaction(&mut work)))
        .unwrap_or_else(|_| Err(StoreError::Failed("the sweep panicked".into())))
}

//! Callers are looked up together: those who ask while a question about others is on its way share the next one.
//!
//! Every request is asked for anew, so a session that was ended, or somebody who has left, counts for nothing at once;
//! only the questions are fewer when many ask. Nobody waits for company: whoever comes first asks at once.

use std::collections::BTreeMap;
use std::mem::{replace, take};
use std::sync::{Arc, Mutex, PoisonError};

use persistence::law::Law;
use persistence::session::CallerRecord;
use persistence::{Archive, StoreError};
use tokio::sync::oneshot;
use uuid::Uuid;

use crate::desk::apart;
use crate::problem::{Kind, Problem};

/// A session's caller and the law of the office; none if there is no such session.
type Found = Option<(CallerRecord, Option<Arc<Law>>)>;

/// A session that is asked for, and where the answer goes.
type Waiter = (Uuid, oneshot::Sender<Result<Found, Problem>>);

/// How many are asked for at once: what an answer may weigh is bounded, too.
const TOGETHER_MAX: usize = 64;

/// Who waits to be recognised.
#[derive(Default)]
pub(crate) struct Callers(Mutex<Waiting>);

#[derive(Default)]
struct Waiting {
    sessions: Vec<Waiter>,
    /// Whether somebody asks for those who wait.
    asked_for: bool,
}

impl Callers {
    /// The caller of a session, as the archive has it now.
    ///
    /// # Errors
    /// What the archive's error becomes.
    pub(crate) async fn find(
        self: &Arc<Self>,
        archive: &Arc<dyn Archive>,
        session_id: Uuid,
    ) -> Result<Found, Problem> {
        let (reply, answer) = oneshot::channel();
        if self.wait((session_id, reply)) {
            let (callers, archive) = (Arc::clone(self), Arc::clone(archive));
            // Not this request's own doing: it may be dropped while others wait for the answer.
            actix_web::rt::spawn(async move {
                let asking = Asking { callers, done: false };
                // Whoever waited hears of a panic when their reply is dropped.
                drop(apart(move || asking.ask(&*archive)).await);
            });
        }
        answer
            .await
            .unwrap_or_else(|_| Err(Problem::internal("a question about a caller was given up")))
    }

    /// Waits; whether nobody asks yet.
    fn wait(&self, waiter: Waiter) -> bool {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.sessions.push(waiter);
        !replace(&mut waiting.asked_for, true)
    }
}

/// Somebody who asks for all that wait, until nobody does. However it ends, the next who comes finds nobody asking.
struct Asking {
    callers: Arc<Callers>,
    done: bool,
}

impl Asking {
    fn ask(mut self, archive: &dyn Archive) {
        while let Some(batch) = self.next() {
            answer(batch, archive);
        }
    }

    /// The next who wait; none if there are none, and then nobody asks any more.
    fn next(&mut self) -> Option<Vec<Waiter>> {
        let mut waiting = self.callers.0.lock().unwrap_or_else(PoisonError::into_inner);
        let some = waiting.sessions.len().min(TOGETHER_MAX);
        let rest = waiting.sessions.split_off(some);
        let batch = replace(&mut waiting.sessions, rest);
        waiting.asked_for = !batch.is_empty();
        self.done = batch.is_empty();
        (!self.done).then_some(batch)
    }
}

impl Drop for Asking {
    fn drop(&mut self) {
        if !self.done {
            let mut waiting = self.callers.0.lock().unwrap_or_else(PoisonError::into_inner);
            waiting.asked_for = false;
            // They came while the question was on its way; nobody would ask for them.
            drop(take(&mut waiting.sessions));
        }
    }
}

fn answer(batch: Vec<Waiter>, archive: &dyn Archive) {
    let mut ids: Vec<Uuid> = batch.iter().map(|(id, _)| *id).collect();
    ids.sort_unstable();
    ids.dedup();
    match archive.find_callers(&ids) {
        Ok(found) => {
            let found: BTreeMap<Uuid, _> = found.into_iter().map(|it| (it.0.session.id, it)).collect();
            for (id, reply) in batch {
                // Whoever asked may have gone.
                drop(reply.send(Ok(found.get(&id).cloned())));
            }
        }
        Err(StoreError::Unavailable(cause) | StoreError::Busy(cause)) => {
            let cause = cause.to_string();
            for (_, reply) in batch {
                let problem = Problem::from(Kind::Overloaded).retry_after(1);
                drop(reply.send(Err(problem.caused_by(cause.clone()))));
            }
        }
        // What is wrong with one of them is nothing to the others.
        Err(_) => {
            for (id, reply) in batch {
                drop(reply.send(archive.find_caller(id).map_err(Problem::from)));
            }
        }
    }
}

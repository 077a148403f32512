//! The desk: what every handler works with, which is the archive, the clock, the rulebooks and the keys.
//!
//! The archive blocks, so it is asked from a thread that may wait; a question that panics there is a failure of
//! ours like any other. Commands on cases go through [`Desk::submit`], and only a refusal costs a look at the
//! rulebook, whose words it is told in.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Arc, LazyLock};
use std::time::Instant;

use chrono::{DateTime, Datelike, Utc};
use domain::case::Case;
use domain::ids::OfficeId;
use domain::rulebook::{Checked, shipped};
use persistence::case::{Accepted, CaseArchive, NotAccepted, Submission};
use persistence::law::{Law, Rulebooks};
use persistence::{Answer, Archive};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::{Mutex, oneshot};

use crate::access::Readings;
use crate::callers::Callers;
use crate::clock::Clock;
use crate::guard::GuardKey;
use crate::page::{LIMIT, List, PageKey, cut};
use crate::problem::Problem;
use crate::rulebook::Comparisons;
use crate::settings::Mode;
use crate::sign_in::SignIn;
use crate::sign_in::provider::Provider;
use crate::streams::Streams;
use crate::sweep::Sweeps;
use crate::token::TokenKey;

/// How many case numbers are reserved at once: few enough that a restart loses little, many enough that hardly any
/// registration waits for a reservation.
const NUMBERS_AT_ONCE: u32 = 50;

/// What every handler works with. Clones share it.
#[derive(Clone)]
pub struct Desk {
    /// The archive: the register and the cases.
    pub archive: Arc<dyn Archive>,
    /// The rulebooks of this installation.
    pub rulebooks: Arc<Rulebooks>,
    /// The time of the cases.
    pub clock: Clock,
    /// The time by which log-ins, sessions, locks and secrets run: the machine's, even where the time of the cases is set by
    /// hand, or whoever sets it far ahead would be logged out, and a stolen token would live for ever on a clock that stands.
    pub watch: Clock,
    /// What signs and verifies access tokens.
    pub token_key: Arc<TokenKey>,
    /// Under what tries to log in are counted.
    pub(crate) guard_key: Arc<GuardKey>,
    /// What seals cursors.
    pub page_key: Arc<PageKey>,
    /// Who else vouches for people, and what seals a sign-in that is under way.
    pub sign_in: Arc<SignIn>,
    /// Demonstration or production.
    pub mode: Mode,
    /// What the sweep counts of itself.
    pub sweeps: Arc<Sweeps>,
    /// Who listens just now.
    pub streams: Arc<Streams>,
    /// Who asks just now.
    pub(crate) callers: Arc<Callers>,
    /// Readings that wait to be entered in the access log.
    pub(crate) readings: Arc<Readings>,
    /// Which offices compare just now.
    pub(crate) comparisons: Arc<Comparisons>,
    numbers: Arc<CaseNumbers>,
}

impl Desk {
    /// A desk before this archive. `secret` is what the keys of tokens and cursors are made of.
    pub fn new(
        archive: Arc<dyn Archive>,
        rulebooks: Rulebooks,
        clock: Clock,
        secret: &[u8],
        mode: Mode,
    ) -> Self {
        // A clock that is set by hand is the cases' alone: nobody's session ends because a demonstration moves on.
        let watch = match &clock {
            Clock::Manual(_) => Clock::System,
            Clock::System | Clock::Shared(_) => clock.clone(),
        };
        Self {
            archive,
            rulebooks: Arc::new(rulebooks),
            clock,
            watch,
            token_key: Arc::new(TokenKey::new(secret)),
            guard_key: Arc::new(GuardKey::new(secret)),
            page_key: Arc::new(PageKey::new(secret)),
            sign_in: Arc::new(SignIn::new(secret, Vec::new())),
            mode,
            sweeps: Arc::default(),
            streams: Arc::default(),
            callers: Arc::default(),
            readings: Arc::default(),
            comparisons: Arc::default(),
            numbers: Arc::default(),
        }
    }

    /// The same, with log-ins and sessions by another clock than the machine's; for tests.
    #[must_use]
    pub fn with_watch(self, watch: Clock) -> Self {
        Self { watch, ..self }
    }

    /// The same, with outside providers that vouch for people. `secret` is that of the desk.
    #[must_use]
    pub fn with_providers(self, secret: &[u8], providers: Vec<Provider>) -> Self {
        Self {
            sign_in: Arc::new(SignIn::new(secret, providers)),
            ..self
        }
    }

    /// The present instant of the cases.
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Asks the register something, on a thread that may wait.
    ///
    /// # Errors
    /// What the archive's error becomes; a panic is `internal_error`.
    pub async fn blocking<T: Send + 'static>(
        &self,
        ask: impl FnOnce(&dyn Archive) -> Answer<T> + Send + 'static,
    ) -> Result<T, Problem> {
        let archive = self.archive.clone();
        apart(move || ask(&*archive)).await?.map_err(Problem::from)
    }

    /// One page of a list: its rows, and the cursor of the page after it, if there is one. `read` is given where the page
    /// begins and how many rows are wanted, one of which only tells whether more follow; `place` says where a row stands.
    ///
    /// # Errors
    /// `cursor_invalid`, and as [`Desk::blocking`].
    pub async fn page<P: Serialize + DeserializeOwned + Send + 'static, R: Send + 'static>(
        &self,
        list: &List<'_, impl Serialize>,
        limit: Option<u32>,
        cursor: Option<&str>,
        read: impl FnOnce(&dyn Archive, Option<P>, u32) -> Answer<Vec<R>> + Send + 'static,
        place: impl FnOnce(&R) -> P,
    ) -> Result<(Vec<R>, Option<String>), Problem> {
        let limit = limit.unwrap_or(LIMIT);
        let after = self.page_key.start(list, cursor)?;
        let rows = self
            .blocking(move |archive| read(archive, after, limit + 1))
            .await?;
        let (rows, more) = cut(rows, limit);
        let end = rows.last().filter(|_| more).map(place);
        Ok((rows, end.map(|end| self.page_key.cursor(list, &end))))
    }

    /// Asks for cases, on a thread that may wait.
    ///
    /// # Errors
    /// As [`Desk::blocking`].
    pub async fn asking_for_cases<T: Send + 'static>(
        &self,
        ask: impl FnOnce(&dyn CaseArchive) -> Answer<T> + Send + 'static,
    ) -> Result<T, Problem> {
        let archive = self.archive.clone();
        apart(move || ask(&*archive)).await?.map_err(Problem::from)
    }

    /// Puts a command to the write path and waits for the commit.
    ///
    /// # Errors
    /// Every reason why it was not accepted; a refusal with its clause, in the words of the office's rulebook.
    pub async fn submit(&self, submission: Submission) -> Result<Accepted, Problem> {
        let (office, act) = (submission.office, submission.command.act());
        let (reply, answer) = oneshot::channel();
        // Whoever asked may have gone; what was committed stays so.
        let reply = Box::new(move |outcome| drop(reply.send(outcome)));
        self.archive.submit(submission, reply);
        match answer.await {
            Ok(Ok(accepted)) => Ok(accepted),
            Ok(Err(NotAccepted::Refused(refusal))) => {
                let law = self.law(office).await?;
                Err(Problem::refused(&refusal, act, &law.rulebook))
            }
            Ok(Err(reason)) => Err(reason.into()),
            Err(_) => Err(Problem::internal(
                "the write path dropped a command without an answer",
            )),
        }
    }

    /// What holds in an office now.
    ///
    /// # Errors
    /// `internal_error` when the office runs a rulebook that this installation does not have.
    pub async fn law(&self, office: OfficeId) -> Result<Arc<Law>, Problem> {
        self.asking_for_cases(move |cases| cases.law(office))
            .await?
            .ok_or_else(|| Problem::internal(NoLaw(office)))
    }

    /// Asks for the time where it is the database's, for [`Desk::now`] to go by.
    ///
    /// # Errors
    /// As [`Desk::blocking`].
    pub async fn set_clock(&self) -> Result<(), Problem> {
        let Clock::Shared(clock) = &self.clock else {
            return Ok(());
        };
        // Asked on the thread that waits, so that no time is lost on the way there.
        let (told, asked) = self
            .blocking(|archive| {
                let asked = Instant::now();
                Ok((archive.server_time()?, asked))
            })
            .await?;
        if let Some(time) = told
            && clock.set(time, asked)
        {
            tracing::warn!(now = %clock.now(), "the database's clock was set");
        }
        Ok(())
    }

    /// The rulebook of an approved version, whichever office runs it.
    ///
    /// # Errors
    /// As [`Desk::blocking`].
    pub async fn rulebook(&self, code: &str, version: &str) -> Result<Option<Arc<Checked>>, Problem> {
        if let Some(shipped) = self.rulebooks.get(code)
            && shipped.head.version.as_str() == version
        {
            return Ok(Some(Arc::clone(shipped)));
        }
        let (code, version) = (code.to_owned(), version.to_owned());
        self.blocking(move |archive| archive.find_rulebook(&code, &version))
            .await
    }

    /// What holds for a case in an office with this law: the case stays under the version it began with.
    ///
    /// # Errors
    /// As [`Desk::blocking`]; `internal_error` when the case's version is not kept.
    pub async fn law_of(&self, law: &Arc<Law>, case: &Case) -> Result<Arc<Law>, Problem> {
        let (code, version) = (case.rulebook.as_str(), case.rulebook_version.as_str());
        if law.runs(code, version) {
            return Ok(Arc::clone(law));
        }
        let rulebook = self.rulebook(code, version).await?;
        let rulebook = rulebook.ok_or_else(|| Problem::internal(NoLaw(case.office)))?;
        Ok(Arc::new(law.under(rulebook)))
    }

    /// A case number that nobody else gets: `2026-000123`, by the office's own year.
    ///
    /// # Errors
    /// As [`Desk::blocking`].
    pub async fn next_case_no(&self, office: OfficeId, law: &Law) -> Result<String, Problem> {
        let year = self.now().with_timezone(&law.calendar.utc_offset()).year();
        // One lock for all offices: it is held across a question only once in many numbers.
        let mut blocks = self.numbers.0.lock().await;
        let block = blocks.entry((office, year)).or_insert(0..0);
        if let Some(number) = block.next() {
            return Ok(format!("{year}-{number:06}"));
        }
        *block = self
            .blocking(move |archive| archive.reserve_case_numbers(office.0, year, NUMBERS_AT_ONCE))
            .await?;
        let number = block
            .next()
            .ok_or_else(|| Problem::internal("the archive reserved no case numbers"))?;
        Ok(format!("{year}-{number:06}"))
    }
}

/// Blocks of reserved case numbers, by office and year.
#[derive(Default)]
struct CaseNumbers(Mutex<BTreeMap<(OfficeId, i32), Range<i64>>>);

/// An office without law: its rulebook is not installed here.
#[derive(Debug, thiserror::Error)]
#[error("office {0} is unknown or runs a rulebook that this installation does not have")]
pub(crate) struct NoLaw(pub(crate) OfficeId);

/// The rulebooks that come with the service, ready to be shared.
///
/// # Panics
/// Never: a test of the domain holds that what is shipped has no flaw.
pub fn shipped_rulebooks() -> Rulebooks {
    shipped()
        .expect("the shipped rulebooks have no flaw")
        .into_iter()
        .map(|(code, rulebook)| (code, Arc::new(rulebook)))
        .collect()
}

/// How many threads may wait for the archive at once: some more than it lends connections. Others would only stand in
/// line there, each with a thread and memory of its own.
const THREADS_MAX: usize = 16;

/// The threads that wait for the archive: the same few for every worker of the server. If each worker kept its own, each
/// of them would in time hold as much memory as the largest answers took.
static THREADS: LazyLock<Runtime> = LazyLock::new(|| {
    Builder::new_current_thread()
        .max_blocking_threads(THREADS_MAX)
        .thread_name("archive")
        .build()
        .expect("threads that wait ask nothing of the system until they are needed")
});

/// Runs what blocks on a thread that may wait.
///
/// # Errors
/// `internal_error` when it panicked.
pub async fn apart<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Problem> {
    THREADS
        .spawn_blocking(work)
        .await
        .map_err(|_| Problem::internal("a question to the archive panicked"))
}

//! What the archive counts of itself: plain counters that anybody may read and nobody waits for.
//!
//! Counting is an addition to an atomic number. How the numbers are shown, and under which names, is not decided here.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use strum::VariantArray;

use crate::case::{Accepted, NotAccepted};
use crate::store_error::StoreError;

/// A number that only grows.
#[derive(Debug, Default)]
pub struct Counter(AtomicU64);

impl Counter {
    /// One more.
    pub fn increase(&self) {
        self.add(1);
    }

    /// So many more; answers how many there were before.
    pub fn add(&self, more: u64) -> u64 {
        self.0.fetch_add(more, Ordering::Relaxed)
    }

    /// How many there were.
    pub fn count(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// How often a value fell between which bounds.
#[derive(Debug)]
pub struct Histogram {
    /// The upper bounds, inclusive; what is above the last one is counted too.
    bounds: &'static [u64],
    /// What one of the values is in the unit that is shown.
    unit: f64,
    counts: Box<[AtomicU64]>,
    sum: AtomicU64,
}

/// What a [`Histogram`] holds, in the unit that is shown.
#[derive(Debug, Clone, PartialEq)]
pub struct Distribution {
    /// The sum of all values.
    pub sum: f64,
    /// Each upper bound with the number of values between it and the bound before; the last one is infinite.
    pub buckets: Vec<(f64, u64)>,
}

/// Bounds of durations, in nanoseconds: from a quarter of a millisecond to eight seconds, which is the longest that a
/// statement may take.
const DURATIONS: &[u64] = &[
    250_000,
    500_000,
    1_000_000,
    2_000_000,
    4_000_000,
    8_000_000,
    16_000_000,
    32_000_000,
    64_000_000,
    125_000_000,
    250_000_000,
    500_000_000,
    1_000_000_000,
    2_000_000_000,
    4_000_000_000,
    8_000_000_000,
];

/// Bounds of the number of commands in a batch.
const SIZES: &[u64] = &[1, 2, 4, 8, 16, 32, 64];

impl Histogram {
    /// Of durations, shown in seconds.
    pub fn of_durations() -> Self {
        Self::new(DURATIONS, 1e-9)
    }

    /// Of the sizes of batches.
    fn of_sizes() -> Self {
        Self::new(SIZES, 1.0)
    }

    fn new(bounds: &'static [u64], unit: f64) -> Self {
        Self {
            bounds,
            unit,
            counts: (0..=bounds.len()).map(|_| AtomicU64::new(0)).collect(),
            sum: AtomicU64::new(0),
        }
    }

    /// Counts a duration.
    pub fn took(&self, duration: Duration) {
        self.record(u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX));
    }

    fn record(&self, value: u64) {
        let place = self.bounds.partition_point(|bound| *bound < value);
        self.counts[place].fetch_add(1, Ordering::Relaxed);
        self.sum.fetch_add(value, Ordering::Relaxed);
    }

    /// What was counted so far.
    pub fn distribution(&self) -> Distribution {
        #[expect(clippy::cast_precision_loss, reason = "a sum of years keeps its milliseconds")]
        let shown = |value: u64| value as f64 * self.unit;
        let bounds = self.bounds.iter().copied().map(shown).chain([f64::INFINITY]);
        let counts = self.counts.iter().map(|count| count.load(Ordering::Relaxed));
        Distribution {
            sum: shown(self.sum.load(Ordering::Relaxed)),
            buckets: bounds.zip(counts).collect(),
        }
    }
}

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, VariantArray, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Outcome {
    /// It was done.
    Accepted,
    /// It was done before, under the same key.
    Replayed,
    /// The rules said no.
    Refused,
    /// Somebody had changed the case since.
    Stale,
    /// Its key was being worked on.
    KeyInProgress,
    /// Its key had been used for something else.
    KeyReused,
    /// There was no such case.
    CaseUnknown,
    /// The office was not active, or its rulebook was not there.
    OfficeNotActive,
    /// The queue was full.
    Overloaded,
    /// The database was gone.
    Unavailable,
    /// Somebody held a lock for too long.
    Busy,
    /// A defect.
    Failed,
}

impl Outcome {
    /// How this answer counts.
    pub(crate) fn of(answer: &Result<Accepted, NotAccepted>) -> Self {
        match answer {
            Ok(Accepted::Done { .. }) => Self::Accepted,
            Ok(Accepted::Replayed { .. }) => Self::Replayed,
            Err(NotAccepted::Refused(_)) => Self::Refused,
            Err(NotAccepted::Stale { .. }) => Self::Stale,
            Err(NotAccepted::KeyInProgress) => Self::KeyInProgress,
            Err(NotAccepted::KeyReused) => Self::KeyReused,
            Err(NotAccepted::CaseUnknown) => Self::CaseUnknown,
            Err(NotAccepted::OfficeNotActive) => Self::OfficeNotActive,
            Err(NotAccepted::Overloaded) => Self::Overloaded,
            Err(NotAccepted::Store(error)) => match error {
                StoreError::Unavailable(_) => Self::Unavailable,
                StoreError::Busy(_) => Self::Busy,
                StoreError::Conflict(_)
                | StoreError::Stale { .. }
                | StoreError::Missing(_)
                | StoreError::Corrupt { .. }
                | StoreError::KeyMissing { .. }
                | StoreError::Failed(_) => Self::Failed,
            },
        }
    }
}

/// The subjects of questions and acts: the tables they are about. Another one counts as the last.
const SUBJECTS: [&str; 19] = [
    "offices",
    "units",
    "windows",
    "staff",
    "sessions",
    "calendars",
    "case_numbers",
    "cases",
    "case_states",
    "case_texts",
    "case_keys",
    "case_search",
    "duties",
    "events",
    "remembered_answers",
    "sweeps",
    "outbox",
    "notifications",
    "other",
];

/// What is counted.
#[derive(Debug)]
pub struct Measures {
    /// How many commands each transaction of the write path was begun with.
    pub batch: Histogram,
    /// How long a command waited until a writer took it.
    pub waited: Histogram,
    /// How long a transaction of the write path took, from `BEGIN` to the end of `COMMIT` or `ROLLBACK`.
    pub transaction: Histogram,
    /// Batches that were tried again because their connection was lost.
    pub lost: Counter,
    /// Batches whose commands were run one by one because one of them failed.
    pub split: Counter,
    /// Panics in the write path, outside the rules.
    pub panicked: Counter,
    /// How long a question or an act waited for its connection.
    pub lent: Histogram,
    /// Cases that were indexed for the search.
    pub indexed: Counter,
    /// Keys of cases that were wrapped anew, by the master key in use.
    pub wrapped: Counter,
    to_index: AtomicU64,
    outcomes: [Counter; Outcome::VARIANTS.len()],
    questions: [Histogram; SUBJECTS.len()],
    acts: [Histogram; SUBJECTS.len()],
}

impl Default for Measures {
    fn default() -> Self {
        Self {
            batch: Histogram::of_sizes(),
            waited: Histogram::of_durations(),
            transaction: Histogram::of_durations(),
            lost: Counter::default(),
            split: Counter::default(),
            panicked: Counter::default(),
            lent: Histogram::of_durations(),
            indexed: Counter::default(),
            wrapped: Counter::default(),
            to_index: AtomicU64::new(0),
            outcomes: std::array::from_fn(|_| Counter::default()),
            questions: std::array::from_fn(|_| Histogram::of_durations()),
            acts: std::array::from_fn(|_| Histogram::of_durations()),
        }
    }
}

impl Measures {
    /// How many commands ended in which way.
    pub fn outcomes(&self) -> impl Iterator<Item = (Outcome, u64)> {
        Outcome::VARIANTS
            .iter()
            .zip(&self.outcomes)
            .map(|(outcome, counter)| (*outcome, counter.count()))
    }

    /// How long questions took, by the table they were about.
    pub fn questions(&self) -> impl Iterator<Item = (&'static str, Distribution)> {
        by_subject(&self.questions)
    }

    /// How long acts on the register took, by the table they were about.
    pub fn acts(&self) -> impl Iterator<Item = (&'static str, Distribution)> {
        by_subject(&self.acts)
    }

    /// How many cases wait to be indexed, as they were last counted here; with more than 10000 it is 10000.
    pub fn to_index(&self) -> u64 {
        self.to_index.load(Ordering::Relaxed)
    }

    pub(crate) fn wait_to_be_indexed(&self, cases: u32) {
        self.to_index.store(cases.into(), Ordering::Relaxed);
    }

    /// So many cases more were indexed; answers how many there were before, and are now.
    pub(crate) fn indexed(&self, cases: usize) -> (u64, u64) {
        let before = self.indexed.add(cases as u64);
        (before, before + cases as u64)
    }

    pub(crate) fn ended(&self, outcome: Outcome) {
        self.outcomes[outcome as usize].increase();
    }

    pub(crate) fn began(&self, commands: usize) {
        self.batch.record(commands as u64);
    }

    pub(crate) fn question(&self, table: &str) -> &Histogram {
        &self.questions[place(table)]
    }

    pub(crate) fn act(&self, table: &str) -> &Histogram {
        &self.acts[place(table)]
    }
}

fn place(table: &str) -> usize {
    let last = SUBJECTS.len() - 1;
    SUBJECTS
        .iter()
        .position(|subject| *subject == table)
        .unwrap_or(last)
}

fn by_subject(histograms: &[Histogram]) -> impl Iterator<Item = (&'static str, Distribution)> {
    SUBJECTS
        .iter()
        .zip(histograms)
        .map(|(subject, histogram)| (*subject, histogram.distribution()))
}

/// How many connections a pool has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PoolState {
    /// What it is for.
    pub name: &'static str,
    /// How many it may have.
    pub most: u32,
    /// How many are lent.
    pub lent: u32,
    /// How many there are.
    pub open: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_counts_below_its_bound() {
        let sizes = Histogram::of_sizes();
        for size in [1, 2, 3, 4, 64, 65] {
            sizes.record(size);
        }
        let found = sizes.distribution();
        let counts: Vec<u64> = found.buckets.iter().map(|(_, count)| *count).collect();
        assert_eq!(counts, [1, 1, 2, 0, 0, 0, 1, 1]);
        assert!((found.sum - 139.0).abs() < f64::EPSILON, "{}", found.sum);
    }

    #[test]
    fn durations_are_shown_in_seconds() {
        let durations = Histogram::of_durations();
        durations.took(Duration::from_millis(3));
        let found = durations.distribution();
        assert!((found.sum - 0.003).abs() < 1e-9, "{}", found.sum);
        let filled = found.buckets.iter().find(|(_, count)| *count > 0);
        assert_eq!(filled.map(|(bound, _)| (bound * 1000.0).round()), Some(4.0));
    }

    #[test]
    fn a_table_that_nobody_listed_counts_as_another() {
        let measures = Measures::default();
        measures.question("elsewhere").took(Duration::from_millis(1));
        let found: Vec<_> = measures
            .questions()
            .filter(|(_, found)| found.sum > 0.0)
            .map(|(subject, _)| subject)
            .collect();
        assert_eq!(found, ["other"]);
    }
}

//! The outbox: what was committed and is to be told outside.
//!
//! A command leaves one narrow row for each case it changed: between which numbers the new events stand. The events
//! themselves are the messages; nothing is written twice. What a person is told in the house
//! ([`crate::notification`]) hangs on such an event, so that it is in the outbox, too.
//!
//! **Order.** Whoever reads goes by [`Row::position`], and must be able to say "I have everything up to here". A number
//! that is drawn when the row is written cannot promise that on PostgreSQL: numbers are not committed in the order in
//! which they were drawn, and a reader who has seen 8 would never see a 7 that is committed later. Nor can a horizon of
//! transaction ids: a transaction may have its id before it waits for the lock on a case, so that of two changes of one
//! case the later one can have the earlier id. So a row has no position when it is committed. [`Outbox::number`] gives
//! it one afterwards: under one lock, to all rows that are committed then, those of one case in the order in which they
//! were written (which is that of their commits, since the case is locked from before the row is written until the
//! commit). A row that has a position was therefore committed before every row with a greater one was looked for:
//! nothing is skipped, the order of each case is kept, and a position is a place from which reading can be resumed.
//! Positions grow strictly; between two of them there may be a gap.
//!
//! Rows without a position lie in a table of their own, so that readers need not look past them, and giving one changes
//! no index that a command writes. Who reads numbers first: there is no clerk whom it would wait for. Where nobody
//! reads, what is pruned is numbered on that occasion.
//!
//! On SQLite one transaction at a time writes, so that rows get their position as they are written, and
//! [`Outbox::number`] has nothing to do.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use domain::authority::SightKey;
use domain::case::Entry;
use domain::ids::{CaseId, OfficeId};

use crate::archive::Answer;
use crate::case::DutyItem;

/// A place in the order of what was committed. Strictly growing; gaps mean nothing.
pub type Position = i64;

/// What was committed on one case together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its place in the order.
    pub position: Position,
    /// The office.
    pub office: OfficeId,
    /// The case.
    pub case: CaseId,
    /// The number of the first new event.
    pub first: u64,
    /// The number of the last new event.
    pub last: u64,
    /// When the first one was recorded.
    pub recorded_at: DateTime<Utc>,
}

/// A place in the order of events: a position, and the number of an event of that position, all of whose events up to
/// it are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The position.
    pub position: Position,
    /// The number of the event; [`Place::ALL`] when all of the position are read.
    pub sequence: i64,
}

impl Place {
    /// Beyond the number of every event.
    pub const ALL: i64 = i64::MAX;

    /// The end of a position.
    #[must_use]
    pub fn end_of(position: Position) -> Self {
        Self {
            position,
            sequence: Self::ALL,
        }
    }
}

/// What happened to a duty.
#[derive(Debug, Clone)]
pub struct DutyChange {
    /// Where it stands in the order.
    pub place: Place,
    /// The entry: opened, moved, discharged or lapsed.
    pub entry: Entry,
    /// The duty as the entry left it; of one that has ended, with how it did.
    pub duty: DutyItem,
}

/// What was read, and how far.
#[derive(Debug, Clone)]
pub enum Read<T> {
    /// These, in order; everything up to the place has been looked at.
    Through(Vec<T>, Place),
    /// Of what comes after the place that was asked for, some has been thrown away.
    Gone,
}

/// The outbox, on whichever engine it stands.
///
/// # Errors
///
/// As [`crate::Archive`].
pub trait Outbox: Send + Sync {
    /// Gives a position to what was committed and has none, some thousand rows at most; answers whether more wait. Any
    /// number of replicas may do so at the same time. Costs one question where nothing waits.
    ///
    /// # Errors
    /// See [`Outbox`].
    fn number(&self) -> Answer<bool>;

    /// The last position that was given; 0 before the first.
    ///
    /// # Errors
    /// See [`Outbox`].
    fn last_position(&self) -> Answer<Position>;

    /// The offices that have something after a position, each with its last position.
    ///
    /// # Errors
    /// See [`Outbox`].
    fn offices_after(&self, after: Position) -> Answer<Vec<(OfficeId, Position)>>;

    /// Up to `limit` rows after a position, of one office or of all, in order.
    ///
    /// # Errors
    /// See [`Outbox`].
    fn read_outbox(&self, office: Option<OfficeId>, after: Position, limit: u32) -> Answer<Read<Row>>;

    /// What happened to duties after a place, on cases that may be seen now, in order: what up to `limit` rows of the
    /// office's outbox hold of it. Where the answer ends at the place that was asked for, there is nothing after it.
    ///
    /// # Errors
    /// See [`Outbox`].
    fn read_duty_changes(
        &self,
        office: OfficeId,
        keys: &BTreeSet<SightKey>,
        after: Place,
        limit: u32,
    ) -> Answer<Read<DutyChange>>;

    /// Throws away some thousand rows at most that were recorded before an instant, oldest first; answers how many.
    ///
    /// # Errors
    /// See [`Outbox`].
    fn prune_outbox(&self, before: DateTime<Utc>) -> Answer<usize>;
}

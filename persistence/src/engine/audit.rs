//! Reading chains, a stretch at a time.

use chrono::{DateTime, Utc};
use diesel::Connection as _;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use uuid::Uuid;

use super::{Connection, checkpoint, snapshot};
use crate::Answer;
use crate::audit::{Anchor, CaseChain, Chains, EventLink, ReadingLink, Readings, Stretch};
use crate::chain::Hash;
use crate::checkpoint::CheckpointRecord;
use crate::schema::{access_log, case_states, cases, checkpoint_entries, checkpoints, events, offices};
use crate::sql_types::Bind;
use crate::store_error::Cause;

/// How many rows of each table a stretch reads; more where one case alone has as many.
const ROWS: usize = 4000;

/// Opens a connection that reads chains.
pub(in super::super) fn chains(url: &str, session: &str) -> Result<Box<dyn Chains>, Cause> {
    let mut connection = Connection::establish(url)?;
    connection.batch_execute(session)?;
    Ok(Box::new(Reading(connection)))
}

struct Reading(Connection);

impl Chains for Reading {
    fn offices(&mut self) -> Answer<Vec<(Uuid, Option<String>)>> {
        let known: Vec<(Uuid, String)> = offices::table
            .order(offices::id)
            .select((offices::id, offices::code))
            .load(&mut self.0)?;
        let signed: Vec<Uuid> = checkpoints::table
            .select(checkpoints::office_id)
            .distinct()
            .load(&mut self.0)?;
        let gone = signed
            .into_iter()
            .filter(|office| known.iter().all(|(id, _)| id != office))
            .collect::<Vec<_>>();
        let mut all: Vec<(Uuid, Option<String>)> =
            known.into_iter().map(|(id, code)| (id, Some(code))).collect();
        all.extend(gone.into_iter().map(|id| (id, None)));
        Ok(all)
    }

    fn checkpoints(&mut self, office: Uuid, after: i64, limit: u32) -> Answer<Vec<CheckpointRecord>> {
        checkpoint::following(&mut self.0, office, after, limit)
    }

    fn readings(&mut self, office: Uuid, after: i64) -> Answer<Readings> {
        snapshot(&mut self.0, |connection| {
            let rows: Vec<ReadingRow> = access_log::table
                .filter(access_log::office_id.eq(Bind(office)))
                .filter(access_log::sequence.gt(after))
                .order(access_log::sequence)
                .limit(i64::try_from(ROWS).unwrap_or(i64::MAX))
                .select((
                    access_log::sequence,
                    access_log::case_id,
                    access_log::staff_id,
                    access_log::kind,
                    access_log::at,
                    access_log::body,
                    access_log::previous_hash,
                    access_log::hash,
                ))
                .load(connection)?;
            let more = rows.len() == ROWS;
            let end = if more {
                None
            } else {
                checkpoint::log_end(connection, office)?
            };
            Ok(Readings {
                entries: rows.into_iter().map(reading).collect(),
                more,
                end,
            })
        })
    }

    fn stretch(&mut self, office: Uuid, after: Uuid, documents: bool) -> Answer<Stretch> {
        snapshot(&mut self.0, |connection| {
            let mut rows = ROWS;
            loop {
                let pages = Pages::read(connection, office, after, rows, documents)?;
                if let Some(stretch) = pages.stretch(rows) {
                    return Ok(stretch);
                }
                rows = rows.saturating_mul(4);
            }
        })
    }
}

/// What each table has from one case on, each in the order of the cases.
struct Pages {
    events: Vec<(Uuid, EventLink)>,
    anchors: Vec<(Uuid, Anchor)>,
    rows: Vec<(Uuid, i64)>,
    states: Vec<(Uuid, Vec<u8>, Option<String>)>,
}

type EventRow = (
    Uuid,
    i64,
    String,
    DateTime<Utc>,
    DateTime<Utc>,
    Vec<u8>,
    Vec<u8>,
    Vec<u8>,
);

impl Pages {
    fn read(
        connection: &mut Connection,
        office: Uuid,
        after: Uuid,
        rows: usize,
        documents: bool,
    ) -> Answer<Self> {
        let limit = i64::try_from(rows).unwrap_or(i64::MAX);
        let found: Vec<EventRow> = events::table
            .filter(events::office_id.eq(Bind(office)))
            .filter(events::case_id.gt(Bind(after)))
            .order((events::case_id, events::sequence))
            .limit(limit)
            .select((
                events::case_id,
                events::sequence,
                events::event_type,
                events::occurred_at,
                events::recorded_at,
                events::body,
                events::previous_hash,
                events::hash,
            ))
            .load(connection)?;
        let anchors: Vec<(Uuid, i64, i64, Vec<u8>)> = checkpoint_entries::table
            .filter(checkpoint_entries::office_id.eq(Bind(office)))
            .filter(checkpoint_entries::case_id.gt(Bind(after)))
            .order((checkpoint_entries::case_id, checkpoint_entries::number))
            .limit(limit)
            .select((
                checkpoint_entries::case_id,
                checkpoint_entries::number,
                checkpoint_entries::sequence,
                checkpoint_entries::head,
            ))
            .load(connection)?;
        let rows = cases::table
            .filter(cases::office_id.eq(Bind(office)))
            .filter(cases::id.gt(Bind(after)))
            .order(cases::id)
            .limit(limit)
            .select((cases::id, cases::sequence))
            .load(connection)?;
        let states = case_states::table
            .filter(case_states::office_id.eq(Bind(office)))
            .filter(case_states::case_id.gt(Bind(after)))
            .order(case_states::case_id)
            .limit(limit);
        let states = if documents {
            states
                .select((
                    case_states::case_id,
                    case_states::head,
                    case_states::document.nullable(),
                ))
                .load(connection)?
        } else {
            let heads: Vec<(Uuid, Vec<u8>)> = states
                .select((case_states::case_id, case_states::head))
                .load(connection)?;
            heads.into_iter().map(|(case, head)| (case, head, None)).collect()
        };
        Ok(Self {
            events: found.into_iter().map(event).collect(),
            anchors: anchors.into_iter().map(anchor).collect(),
            rows,
            states,
        })
    }

    /// The cases that are whole in all pages, of which none has more than so many rows; nothing if none is.
    fn stretch(self, most: usize) -> Option<Stretch> {
        // Of a page that is full, the last case may go on.
        let cut = |length: usize, last: Option<Uuid>| last.filter(|_| length == most);
        let bound = [
            cut(self.events.len(), self.events.last().map(|(case, _)| *case)),
            cut(self.anchors.len(), self.anchors.last().map(|(case, _)| *case)),
            cut(self.rows.len(), self.rows.last().map(|(case, _)| *case)),
            cut(self.states.len(), self.states.last().map(|(case, ..)| *case)),
        ];
        let bound = bound.into_iter().flatten().min();
        let whole = |case: Uuid| bound.is_none_or(|bound| case < bound);

        let mut events = self.events.into_iter().peekable();
        let mut anchors = self.anchors.into_iter().peekable();
        let mut rows = self.rows.into_iter().peekable();
        let mut states = self.states.into_iter().peekable();
        let mut cases = Vec::new();
        loop {
            let next = [
                events.peek().map(|(case, _)| *case),
                anchors.peek().map(|(case, _)| *case),
                rows.peek().map(|(case, _)| *case),
                states.peek().map(|(case, ..)| *case),
            ];
            let Some(id) = next.into_iter().flatten().min().filter(|case| whole(*case)) else {
                break;
            };
            let mut chain = CaseChain {
                id,
                anchors: Vec::new(),
                sequence: rows
                    .next_if(|(case, _)| *case == id)
                    .map(|(_, sequence)| sequence),
                head: None,
                document: None,
                events: Vec::new(),
            };
            while let Some((_, anchor)) = anchors.next_if(|(case, _)| *case == id) {
                chain.anchors.push(anchor);
            }
            while let Some((_, event)) = events.next_if(|(case, _)| *case == id) {
                chain.events.push(event);
            }
            if let Some((_, head, document)) = states.next_if(|(case, ..)| *case == id) {
                (chain.head, chain.document) = (Some(hash(head)), document);
            }
            cases.push(chain);
        }
        match (bound, cases.last().map(|case| case.id)) {
            (None, _) => Some(Stretch { cases, next: None }),
            (Some(_), Some(last)) => Some(Stretch {
                cases,
                next: Some(last),
            }),
            (Some(_), None) => None,
        }
    }
}

fn event(row: EventRow) -> (Uuid, EventLink) {
    let (case, sequence, event_type, occurred_at, recorded_at, body, previous, own) = row;
    let link = EventLink {
        sequence,
        event_type,
        occurred_at,
        recorded_at,
        body,
        previous_hash: hash(previous),
        hash: hash(own),
    };
    (case, link)
}

type ReadingRow = (i64, Uuid, Uuid, String, DateTime<Utc>, Vec<u8>, Vec<u8>, Vec<u8>);

fn reading(row: ReadingRow) -> ReadingLink {
    let (sequence, case_id, staff_id, kind, at, body, previous, own) = row;
    ReadingLink {
        sequence,
        case_id,
        staff_id,
        kind,
        at,
        body,
        previous_hash: hash(previous),
        hash: hash(own),
    }
}

fn anchor((case, checkpoint, sequence, head): (Uuid, i64, i64, Vec<u8>)) -> (Uuid, Anchor) {
    let anchor = Anchor {
        checkpoint,
        sequence,
        head: hash(head),
    };
    (case, anchor)
}

/// A hash as it is kept. One that is of another length is no entry's: it counts as zeros, which no link gives.
pub(super) fn hash(bytes: Vec<u8>) -> Hash {
    Hash::try_from(bytes).unwrap_or(Hash([0; 32]))
}

//! The outbox: giving positions, reading along them, and throwing away what is old.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use diesel::dsl::max;
use diesel::prelude::*;
use domain::authority::SightKey;
use domain::case::{Entry, Event};
use domain::ids::{CaseId, DutyId, OfficeId};
use uuid::Uuid;

use super::case::{corrupt, read};
use super::sight::Seen;
use super::{Connection, Store, duty_list, numbering};
use crate::archive::Answer;
use crate::case::{DutyItem, DutyState};
use crate::outbox::{DutyChange, Outbox, Place, Position, Read, Row};
use crate::schema::{cases, events, outbox, outbox_pruned};
use crate::sql_types::Bind;

/// How many rows get their positions, or are thrown away, in one transaction.
const AT_ONCE: i64 = 2000;

/// The kinds of events that say what happened to a duty.
const OF_DUTIES: [&str; 4] = ["DutyOpened", "DutyMoved", "DutyDischarged", "DutyLapsed"];

impl Outbox for Store {
    fn number(&self) -> Answer<bool> {
        if !self.read("outbox", |c| Ok(numbering::waits(c)?))? {
            return Ok(false);
        }
        let numbered = self.write("outbox", |c| Ok(numbering::number(c, AT_ONCE)?))?;
        Ok(i64::try_from(numbered).is_ok_and(|numbered| numbered >= AT_ONCE))
    }

    fn last_position(&self) -> Answer<Position> {
        self.read("outbox", |c| {
            // Where all was thrown away, the last one that was.
            let last: Option<Position> = outbox::table.select(max(outbox::position)).get_result(c)?;
            Ok(last.unwrap_or(0).max(pruned(c)?))
        })
    }

    fn offices_after(&self, after: Position) -> Answer<Vec<(OfficeId, Position)>> {
        self.read("outbox", |c| {
            let found: Vec<(Uuid, Option<Position>)> = outbox::table
                .filter(outbox::position.gt(after))
                .group_by(outbox::office_id)
                .select((outbox::office_id, max(outbox::position)))
                .load(c)?;
            let last = |(office, last): (Uuid, Option<Position>)| Some((OfficeId(office), last?));
            Ok(found.into_iter().filter_map(last).collect())
        })
    }

    fn read_outbox(&self, office: Option<OfficeId>, after: Position, limit: u32) -> Answer<Read<Row>> {
        self.read("outbox", |c| {
            let mut rows = outbox::table.filter(outbox::position.gt(after)).into_boxed();
            if let Some(office) = office {
                rows = rows.filter(outbox::office_id.eq(Bind(office.0)));
            }
            let found: Vec<(Position, Uuid, Uuid, i64, i64, DateTime<Utc>)> = rows
                .order(outbox::position)
                .limit(limit.into())
                .select(outbox::all_columns)
                .load(c)?;
            // Asked afterwards: what was thrown away in between is then noticed.
            if after < pruned(c)? {
                return Ok(Read::Gone);
            }
            let through = found.last().map_or(after, |row| row.0);
            let row = |(position, office, case, first, last, recorded_at): (_, _, _, i64, i64, _)| Row {
                position,
                office: OfficeId(office),
                case: CaseId(case),
                first: first.unsigned_abs(),
                last: last.unsigned_abs(),
                recorded_at,
            };
            Ok(Read::Through(
                found.into_iter().map(row).collect(),
                Place::end_of(through),
            ))
        })
    }

    fn read_duty_changes(
        &self,
        office: OfficeId,
        keys: &BTreeSet<SightKey>,
        after: Place,
        limit: u32,
    ) -> Answer<Read<DutyChange>> {
        self.read("outbox", |c| {
            let positions: Vec<Position> = outbox::table
                .filter(outbox::office_id.eq(Bind(office.0)))
                .filter(outbox::position.gt(begin(after)))
                .order(outbox::position)
                .limit(limit.into())
                .select(outbox::position)
                .load(c)?;
            let Some(through) = positions.last() else {
                return Ok(if begin(after) < pruned(c)? {
                    Read::Gone
                } else {
                    Read::Through(Vec::new(), after)
                });
            };
            let changes = duty_changes(c, office, keys, after, *through)?;
            Ok(if begin(after) < pruned(c)? {
                Read::Gone
            } else {
                Read::Through(changes, Place::end_of(*through))
            })
        })
    }

    fn prune_outbox(&self, before: DateTime<Utc>) -> Answer<usize> {
        while self.number()? {}
        // From the beginning on and none left out: what is newer ends it, whatever comes after.
        let oldest: Vec<(Position, DateTime<Utc>)> = self.read("outbox", |c| {
            Ok(outbox::table
                .order(outbox::position)
                .limit(AT_ONCE)
                .select((outbox::position, outbox::recorded_at))
                .load(c)?)
        })?;
        let old = oldest
            .into_iter()
            .take_while(|(_, recorded_at)| *recorded_at < before);
        let Some((through, _)) = old.last() else {
            return Ok(0);
        };
        self.write("outbox", |c| {
            // Said first: who reads while the rows go is told that they are gone.
            diesel::update(outbox_pruned::table.filter(outbox_pruned::through.lt(through)))
                .set(outbox_pruned::through.eq(through))
                .execute(c)?;
            Ok(diesel::delete(outbox::table.filter(outbox::position.le(through))).execute(c)?)
        })
    }
}

/// Up to where rows were thrown away.
fn pruned(connection: &mut Connection) -> Answer<Position> {
    Ok(outbox_pruned::table
        .select(outbox_pruned::through)
        .first(connection)?)
}

/// The position after which rows are of interest: of one that is read in part, the rest is.
fn begin(place: Place) -> Position {
    if place.sequence == Place::ALL {
        place.position
    } else {
        place.position - 1
    }
}

/// What an event of a duty is read from: position, case, the case's number, type and severity, the event's number and
/// bytes.
type Changed = (
    Position,
    Uuid,
    Option<String>,
    Option<String>,
    Option<String>,
    i64,
    Vec<u8>,
);

/// What happened to duties up to a position, on cases that may be seen.
fn duty_changes(
    connection: &mut Connection,
    office: OfficeId,
    keys: &BTreeSet<SightKey>,
    after: Place,
    through: Position,
) -> Answer<Vec<DutyChange>> {
    let of_row = events::office_id
        .eq(outbox::office_id)
        .and(events::case_id.eq(outbox::case_id))
        .and(events::sequence.ge(outbox::first_sequence))
        .and(events::sequence.le(outbox::last_sequence));
    let of_case = cases::office_id
        .eq(outbox::office_id)
        .and(cases::id.eq(outbox::case_id));
    let rows: Vec<Changed> = outbox::table
        .inner_join(events::table.on(of_row))
        .inner_join(cases::table.on(of_case))
        .filter(outbox::office_id.eq(Bind(office.0)))
        .filter(outbox::position.gt(begin(after)))
        .filter(outbox::position.le(through))
        .filter(
            outbox::position
                .gt(after.position)
                .or(events::sequence.gt(after.sequence)),
        )
        .filter(events::event_type.eq_any(OF_DUTIES))
        .filter(Seen::on("outbox.office_id", "outbox.case_id", keys))
        .order((outbox::position, events::sequence))
        .select((
            outbox::position,
            outbox::case_id,
            cases::case_no,
            cases::case_type,
            cases::severity,
            events::sequence,
            events::body,
        ))
        .load(connection)?;
    let mut read_rows = Vec::with_capacity(rows.len());
    let mut ended = Vec::new();
    for row in rows {
        let entry: Entry =
            serde_json::from_slice(&row.6).map_err(|error| corrupt("events", row.1, &error))?;
        if let Event::DutyDischarged { duty, .. } | Event::DutyLapsed { duty } = &entry.event {
            ended.push(*duty);
        }
        read_rows.push((row, entry));
    }
    // What has ended stands in its row for good; the event names it only.
    let ended: BTreeMap<DutyId, DutyItem> = duty_list::named(connection, office, &ended)?
        .into_iter()
        .map(|item| (item.duty.id, item))
        .collect();
    read_rows
        .into_iter()
        .filter_map(|(row, entry)| change(row, entry, &ended).transpose())
        .collect()
}

fn change(row: Changed, entry: Entry, ended: &BTreeMap<DutyId, DutyItem>) -> Answer<Option<DutyChange>> {
    let (position, case, case_no, case_type, severity, sequence, _) = row;
    let duty = match &entry.event {
        Event::DutyOpened(duty) | Event::DutyMoved(duty) => DutyItem {
            case: CaseId(case),
            case_no,
            case_type: read(case_type.as_deref()).map_err(|error| corrupt("cases", case, &error))?,
            severity: read(severity.as_deref()).map_err(|error| corrupt("cases", case, &error))?,
            duty: (**duty).clone(),
            state: DutyState::Open,
            ended_at: None,
            verdict: None,
        },
        Event::DutyDischarged { duty, .. } | Event::DutyLapsed { duty } => match ended.get(duty) {
            Some(item) => item.clone(),
            None => return Err(corrupt("duties", duty.0, &"a duty that has ended is not kept")),
        },
        _ => return Ok(None),
    };
    let place = Place { position, sequence };
    Ok(Some(DutyChange { place, entry, duty }))
}

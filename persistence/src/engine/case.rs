//! Reading a case: its newest state, its texts, its history, and which cases are in somebody's hands.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::authority::SightKey;
use domain::case::Case;
use domain::ids::{CaseId, OfficeId, StaffId, TextId};
use domain::words::Status;
use uuid::Uuid;

use super::Connection;
use super::case_filter::ids;
use super::keyset::{after, before};
use super::sight::Seen;
use crate::case::{CaseText, KeptEntry, Place, RecordedCase};
use crate::schema::{case_keys, case_states, case_texts, cases, erasures, events};
use crate::sql_types::Bind;
use crate::vault::{Vault, Wrapped, opened};
use crate::{Answer, StoreError};

pub(super) fn find(
    connection: &mut Connection,
    office: OfficeId,
    case: CaseId,
    keys: &BTreeSet<SightKey>,
) -> Answer<Option<Case>> {
    let document: Option<String> = case_states::table
        .filter(case_states::office_id.eq(Bind(office.0)))
        .filter(case_states::case_id.eq(Bind(case.0)))
        .filter(Seen::on("case_states.office_id", "case_states.case_id", keys))
        .select(case_states::document)
        .first(connection)
        .optional()?;
    document.map(|document| parsed(case.0, &document)).transpose()
}

fn parsed(case: Uuid, document: &str) -> Answer<Case> {
    serde_json::from_str(document).map_err(|error| corrupt("case_states", case, &error))
}

/// A row that does not say what it should.
pub(super) fn corrupt(table: &'static str, id: Uuid, error: &dyn std::fmt::Display) -> StoreError {
    StoreError::Corrupt {
        table,
        id: Some(id),
        reason: error.to_string(),
    }
}

/// A text and its key: id, kind, what is sealed, master key, wrapped key.
type Found = (Uuid, String, Vec<u8>, String, Vec<u8>);

pub(super) fn texts(
    connection: &mut Connection,
    vault: &Vault,
    office: OfficeId,
    case: CaseId,
    wanted: &[TextId],
) -> Answer<Vec<CaseText>> {
    let found: Vec<Found> = case_texts::table
        .inner_join(
            case_keys::table.on(case_keys::office_id
                .eq(case_texts::office_id)
                .and(case_keys::case_id.eq(case_texts::case_id))),
        )
        .filter(case_texts::office_id.eq(Bind(office.0)))
        .filter(case_texts::case_id.eq(Bind(case.0)))
        .filter(case_texts::id.eq_any(ids(wanted, |text| text.0)))
        .order(case_texts::id)
        .select((
            case_texts::id,
            case_texts::kind,
            case_texts::sealed,
            case_keys::master_key,
            case_keys::wrapped,
        ))
        .load(connection)?;
    let Some((.., master_key, wrapped)) = found.first() else {
        return Ok(Vec::new());
    };
    let kept = Wrapped {
        master_key: master_key.clone(),
        bytes: wrapped.clone(),
    };
    let key = vault.key(office.0, case.0, &kept)?;
    found
        .into_iter()
        .map(|(id, kind, sealed, ..)| opened(&key, id, kind, &sealed))
        .collect()
}

/// Along the index of statuses; what is erased has nothing left to look at.
pub(super) fn archived(
    connection: &mut Connection,
    office: OfficeId,
    keys: &BTreeSet<SightKey>,
    last: Option<&Place>,
    limit: u32,
) -> Answer<Vec<Case>> {
    let erased = erasures::table
        .filter(erasures::office_id.eq(cases::office_id))
        .filter(erasures::case_id.eq(cases::id));
    let mut kept = cases::table
        .inner_join(
            case_states::table.on(case_states::office_id
                .eq(cases::office_id)
                .and(case_states::case_id.eq(cases::id))),
        )
        .filter(cases::office_id.eq(Bind(office.0)))
        .filter(cases::status.eq(Status::Archived.as_str()))
        .filter(Seen::on("cases.office_id", "cases.id", keys))
        .filter(diesel::dsl::not(diesel::dsl::exists(erased)))
        .into_boxed();
    if let Some(Place { at: Some(at), id }) = last {
        kept = kept.filter(after((cases::received_at, cases::id), (Bind(*at), Bind(*id))));
    }
    let found: Vec<(Uuid, String)> = kept
        .order((cases::received_at, cases::id))
        .limit(limit.into())
        .select((cases::id, case_states::document))
        .load(connection)?;
    found.iter().map(|(id, document)| parsed(*id, document)).collect()
}

pub(super) fn entries(
    connection: &mut Connection,
    office: OfficeId,
    case: CaseId,
    after: u64,
    limit: u32,
) -> Answer<Vec<KeptEntry>> {
    let found: Vec<(Vec<u8>, Vec<u8>, Vec<u8>)> = events::table
        .filter(events::office_id.eq(Bind(office.0)))
        .filter(events::case_id.eq(Bind(case.0)))
        .filter(events::sequence.gt(i64::try_from(after).unwrap_or(i64::MAX)))
        .order(events::sequence)
        .limit(limit.into())
        .select((events::body, events::previous_hash, events::hash))
        .load(connection)?;
    let digest = |hash: Vec<u8>| {
        <[u8; 32]>::try_from(hash).map_err(|_| corrupt("events", case.0, &"a hash is not 32 bytes long"))
    };
    found
        .into_iter()
        .map(|(body, previous_hash, hash)| {
            Ok(KeptEntry {
                entry: serde_json::from_slice(&body).map_err(|error| corrupt("events", case.0, &error))?,
                body,
                previous_hash: digest(previous_hash)?,
                hash: digest(hash)?,
            })
        })
        .collect()
}

/// Along the index of receipt, backwards.
pub(super) fn recorded(
    connection: &mut Connection,
    office: OfficeId,
    (from, to): (Option<DateTime<Utc>>, Option<DateTime<Utc>>),
    last: Option<&Place>,
    limit: u32,
) -> Answer<Vec<RecordedCase>> {
    let mut all = cases::table
        .filter(cases::office_id.eq(Bind(office.0)))
        .into_boxed();
    if let Some(from) = from {
        all = all.filter(cases::received_at.ge(Bind(from)));
    }
    if let Some(to) = to {
        all = all.filter(cases::received_at.lt(Bind(to)));
    }
    if let Some(Place { at: Some(at), id }) = last {
        all = all.filter(before((cases::received_at, cases::id), (Bind(*at), Bind(*id))));
    }
    let found: Vec<(Uuid, Option<String>, DateTime<Utc>, bool)> = all
        .order((cases::received_at.desc(), cases::id.desc()))
        .limit(limit.into())
        .select((cases::id, cases::case_no, cases::received_at, cases::confidential))
        .load(connection)?;
    let recorded = |(id, case_no, received_at, confidential)| RecordedCase {
        id: CaseId(id),
        case_no,
        received_at,
        confidential,
    };
    Ok(found.into_iter().map(recorded).collect())
}

/// Cases that are in somebody's hands. The documents name him; what they name him as, only they can tell, so they are
/// asked twice: for his id anywhere, and then by a reader who understands them. Somebody leaves seldom.
pub(super) fn of_staff(
    connection: &mut Connection,
    office: OfficeId,
    staff: StaffId,
    limit: u32,
) -> Answer<Vec<CaseId>> {
    const PAGE: i64 = 200;
    let open: Vec<&str> = Status::WORDS
        .iter()
        .copied()
        .filter(|word| word.parse::<Status>().is_ok_and(Status::is_open))
        .collect();
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let mut found = Vec::new();
    let mut last = Uuid::nil();
    loop {
        let page: Vec<(Uuid, String)> = cases::table
            .inner_join(
                case_states::table.on(case_states::office_id
                    .eq(cases::office_id)
                    .and(case_states::case_id.eq(cases::id))),
            )
            .filter(cases::office_id.eq(Bind(office.0)))
            .filter(cases::status.eq_any(&open))
            .filter(case_states::document.like(format!("%{staff}%")))
            .filter(cases::id.gt(Bind(last)))
            .order(cases::id)
            .limit(PAGE)
            .select((cases::id, case_states::document))
            .load(connection)?;
        let Some((id, _)) = page.last() else {
            return Ok(found);
        };
        last = *id;
        for (id, document) in page {
            if in_hands_of(&parsed(id, &document)?, staff) {
                found.push(CaseId(id));
            }
            if found.len() >= limit {
                return Ok(found);
            }
        }
    }
}

fn in_hands_of(case: &Case, staff: StaffId) -> bool {
    case.first_receiver.staff == staff
        || case.handler == Some(staff)
        || case.team.contains(&staff)
        || case
            .dispatches
            .iter()
            .any(|sent| sent.handler == Some(staff) || sent.team.contains(&staff))
}

/// A word that may be absent.
pub(super) fn read<T: std::str::FromStr>(word: Option<&str>) -> Result<Option<T>, T::Err> {
    word.map(str::parse).transpose()
}

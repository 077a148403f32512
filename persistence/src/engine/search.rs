//! Finding cases by words: noting what they say, indexing it, and looking it up.
//!
//! A question is answered from three sources, cheapest first. Most words that people ask for are frequent, and then a
//! few hundred of the first cases of the list hold a page of hits. A rarer word is asked of the index, which names
//! candidates; beside them stand the newest cases that wait to be indexed. If there are too many of both, the word is
//! frequent after all, and the list is read on until the page is full. Whatever the source, a case is a hit only if
//! the words stand in what it says.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;
use domain::ids::OfficeId;
use domain::search::Question;
use uuid::Uuid;

use super::count::count;
use super::pool::Store;
use super::says::says;
use super::{Connection, batch, index, vault};
use crate::Answer;
use crate::schema::{case_search, case_search_backlog, case_texts, cases};
use crate::search::{KINDS, pieces, words};
use crate::sql_types::Bind;
use crate::vault::Vault;
use crate::write_path::rows::SearchRow;

/// How many candidates are looked at one by one; with more, reading on in the list is the shorter way.
const CANDIDATES: i64 = 2000;

/// How many of an office's cases that wait to be indexed a question reads: the newest ones. What lies beyond them is
/// found once it is indexed, or where the list is read on.
const BACKLOG_READ: i64 = 2000;

/// How many cases are indexed in one transaction.
const AT_ONCE: i64 = 20;

/// After how many cases the index is settled and the backlog counted, while more cases wait.
const SETTLED_EACH: u64 = 1000;

/// How many cases of the backlog are counted at most.
const COUNTED_MAX: i64 = 10_000;

/// What the tending is about, among what is measured.
const TABLE: &str = "case_search";

/// Which of these cases are hits.
pub(super) fn hits(
    connection: &mut Connection,
    office: OfficeId,
    among: Vec<Bind<Uuid>>,
    question: &Question,
) -> Answer<BTreeSet<Uuid>> {
    let found: Vec<Uuid> = case_search::table
        .filter(case_search::office_id.eq(Bind(office.0)))
        .filter(case_search::case_id.eq_any(among))
        .filter(says(question))
        .select(case_search::case_id)
        .load(connection)?;
    Ok(found.into_iter().collect())
}

/// Every case that may be a hit; none where there are too many of them. The backlog is asked first: a case that leaves
/// it meanwhile is in the index before the index is asked, and no case is between the two.
pub(super) fn candidates(
    connection: &mut Connection,
    office: OfficeId,
    question: &Question,
) -> Answer<Option<Vec<Bind<Uuid>>>> {
    let waiting: Vec<Uuid> = case_search_backlog::table
        .filter(case_search_backlog::office_id.eq(Bind(office.0)))
        .order(case_search_backlog::case_id.desc())
        .limit(BACKLOG_READ)
        .select(case_search_backlog::case_id)
        .load(connection)?;
    let mut found: BTreeSet<Uuid> = if waiting.is_empty() {
        BTreeSet::new()
    } else {
        // By their ids: joined to the backlog, the server would read what all cases of the office say.
        hits(
            connection,
            office,
            waiting.into_iter().map(Bind).collect(),
            question,
        )?
    };
    found.extend(index::candidates(connection, office.0, question, CANDIDATES + 1)?);
    let few = i64::try_from(found.len()).is_ok_and(|found| found <= CANDIDATES);
    Ok(few.then(|| found.into_iter().map(Bind).collect()))
}

/// Notes anew what these cases say. Whoever calls it holds them.
pub(super) fn note(connection: &mut Connection, vault: &Vault, mut noted: Vec<(Uuid, Uuid)>) -> Answer<()> {
    // Sorted, so that no two batches wait for each other in a circle.
    noted.sort_unstable();
    noted.dedup();
    if noted.is_empty() {
        return Ok(());
    }
    batch::leave(connection, &noted)?;
    let rows = from_texts(connection, vault, &noted)?;
    if !rows.is_empty() {
        batch::say(connection, &rows)?;
    }
    let secret = without(noted, &rows);
    for (office, case) in &secret {
        diesel::delete(
            case_search::table
                .filter(case_search::office_id.eq(Bind(*office)))
                .filter(case_search::case_id.eq(Bind(*case))),
        )
        .execute(connection)?;
    }
    index::drop_pieces(connection, &secret)?;
    Ok(())
}

/// Indexes some of the cases that wait for it; answers whether more wait.
///
/// Their pieces are cut before anything is held: whoever takes a case off the backlog keeps every command waiting that
/// has a text for it.
pub(super) fn tend(store: &Store) -> Answer<bool> {
    let measures = &store.measures;
    let (waiting, rows) = store.read(TABLE, |connection| {
        let waiting = index::waiting(connection, AT_ONCE)?;
        let (noted, older) = said_by(connection, &store.vault, &waiting)?;
        Ok((waiting, [noted, older].concat()))
    })?;
    if waiting.is_empty() {
        measures.wait_to_be_indexed(0);
        return Ok(false);
    }
    let cut: BTreeMap<(Uuid, Uuid), Cut> = rows
        .into_iter()
        .map(|row| ((row.office_id, row.case_id), Cut::of(row)))
        .collect();
    let indexed = store.write(TABLE, |connection| {
        index_these(connection, &store.vault, &waiting, &cut)
    })?;
    let more = i64::try_from(waiting.len()).is_ok_and(|waiting| waiting == AT_ONCE);
    let (before, after) = measures.indexed(indexed);
    if !more {
        measures.wait_to_be_indexed(0);
    } else if before.div_ceil(SETTLED_EACH) < after.div_ceil(SETTLED_EACH) {
        measures.wait_to_be_indexed(store.read(TABLE, |connection| {
            let some = case_search_backlog::table.select(case_search_backlog::case_id);
            count(connection, some.limit(COUNTED_MAX))
        })?);
    } else {
        return Ok(more);
    }
    // Apart from the cases, which nobody shall wait for meanwhile.
    store.write(TABLE, |connection| Ok(index::settle(connection)?))?;
    Ok(more)
}

/// What a case says, and its pieces.
struct Cut {
    words: String,
    pieces: String,
}

impl Cut {
    fn of(row: SearchRow) -> Self {
        Self {
            pieces: pieces(row.office_id, &row.words),
            words: row.words,
        }
    }
}

/// Takes these cases off the backlog, but for those that somebody is at, and keeps their pieces; answers how many it
/// took. What has been said since the pieces were cut is cut anew.
fn index_these(
    connection: &mut Connection,
    vault: &Vault,
    waiting: &[(Uuid, Uuid)],
    cut: &BTreeMap<(Uuid, Uuid), Cut>,
) -> Answer<usize> {
    let taken = index::take(connection, waiting)?;
    let indexed = taken.len();
    let (noted, older) = said_by(connection, vault, &taken)?;
    if !older.is_empty() {
        batch::say(connection, &older)?;
    }
    let rows = [noted, older].concat();
    let kept: Vec<(Uuid, Uuid, String)> = rows
        .iter()
        .map(|row| {
            let pieces = match cut.get(&(row.office_id, row.case_id)) {
                Some(cut) if cut.words == row.words => cut.pieces.clone(),
                Some(_) | None => pieces(row.office_id, &row.words),
            };
            (row.office_id, row.case_id, pieces)
        })
        .collect();
    index::keep(connection, &kept)?;
    index::drop_pieces(connection, &without(taken, &rows))?;
    Ok(indexed)
}

/// What these cases say: as it is noted, and, for those from before there was a search, as it is still to be noted.
fn said_by(
    connection: &mut Connection,
    vault: &Vault,
    cases: &[(Uuid, Uuid)],
) -> Answer<(Vec<SearchRow>, Vec<SearchRow>)> {
    let mut offices: Vec<Bind<Uuid>> = cases.iter().map(|(office, _)| Bind(*office)).collect();
    offices.dedup_by_key(|office| office.0);
    let ids: Vec<Bind<Uuid>> = cases.iter().map(|(_, case)| Bind(*case)).collect();
    let noted: Vec<(Uuid, Uuid, String)> = case_search::table
        .filter(case_search::office_id.eq_any(offices))
        .filter(case_search::case_id.eq_any(ids))
        .select((case_search::office_id, case_search::case_id, case_search::words))
        .load(connection)?;
    let noted: Vec<SearchRow> = noted
        .into_iter()
        .map(|(office_id, case_id, words)| SearchRow {
            office_id,
            case_id,
            words,
        })
        .collect();
    let older = from_texts(connection, vault, &without(cases.to_vec(), &noted))?;
    Ok((noted, older))
}

/// What these cases say, made of their texts; those that are confidential or erased say nothing.
fn from_texts(connection: &mut Connection, vault: &Vault, asked: &[(Uuid, Uuid)]) -> Answer<Vec<SearchRow>> {
    let mut offices: BTreeMap<Uuid, Vec<Bind<Uuid>>> = BTreeMap::new();
    for (office, case) in asked {
        offices.entry(*office).or_default().push(Bind(*case));
    }
    let mut rows = Vec::new();
    for (office, ids) in offices {
        let open: Vec<(Uuid, Option<String>)> = cases::table
            .filter(cases::office_id.eq(Bind(office)))
            .filter(cases::id.eq_any(ids.clone()))
            .filter(cases::confidential.eq(false))
            .order(cases::id)
            .select((cases::id, cases::case_no))
            .load(connection)?;
        let keys = vault::keys_of(
            connection,
            vault,
            office,
            &open.iter().map(|(case, _)| *case).collect::<Vec<_>>(),
        )?;
        let sealed: Vec<(Uuid, Uuid, String, Vec<u8>)> = case_texts::table
            .filter(case_texts::office_id.eq(Bind(office)))
            .filter(case_texts::case_id.eq_any(ids))
            .filter(case_texts::kind.eq_any(KINDS))
            .order((case_texts::created_at, case_texts::id))
            .select((
                case_texts::case_id,
                case_texts::id,
                case_texts::kind,
                case_texts::sealed,
            ))
            .load(connection)?;
        let mut said: Vec<(Uuid, String)> = Vec::with_capacity(sealed.len());
        for (case, id, kind, sealed) in sealed {
            if let Some(key) = keys.get(&case) {
                said.push((case, key.open(id, &kind, &sealed)?.1));
            }
        }
        let open = open.into_iter().filter(|(case, _)| keys.contains_key(case));
        rows.extend(open.map(|(case, case_no)| {
            let its = said.iter().filter(|(of, _)| *of == case);
            SearchRow {
                office_id: office,
                case_id: case,
                words: words(case_no.as_deref(), its.map(|(_, body)| body.as_str())),
            }
        }));
    }
    Ok(rows)
}

/// Those of the cases that say nothing in these rows.
fn without(mut cases: Vec<(Uuid, Uuid)>, rows: &[SearchRow]) -> Vec<(Uuid, Uuid)> {
    cases.retain(|(office, case)| {
        rows.iter()
            .all(|row| (row.office_id, row.case_id) != (*office, *case))
    });
    cases
}

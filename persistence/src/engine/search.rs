//! Finding cases by words: noting what they say, indexing it, and looking it up.
//!
//! A question is answered from three sources, cheapest first. Most words that people ask for are frequent, and then a
//! few hundred of the first cases of the list hold a page of hits. A rarer word is asked of the index, which names
//! candidates; beside them stand the cases that wait to be indexed. If there are too many of both, the word is
//! frequent after all, and the list is read on until the page is full. Whatever the source, a case is a hit only if
//! the words stand in what it says.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;
use domain::ids::OfficeId;
use domain::search::Question;
use uuid::Uuid;

use super::says::says;
use super::{Connection, batch, index, write};
use crate::Answer;
use crate::schema::{case_search, case_search_backlog, case_texts, cases};
use crate::search::{KINDS, pieces, words};
use crate::sql_types::Bind;
use crate::write_path::rows::SearchRow;

/// How many candidates are looked at one by one; with more, reading on in the list is the shorter way.
const CANDIDATES: i64 = 2000;

/// How many of an office's cases that wait to be indexed a question reads: the newest ones. What lies beyond them is
/// found once it is indexed, or where the list is read on.
const BACKLOG_READ: i64 = 2000;

/// How many cases are noted or indexed in one transaction.
const AT_ONCE: i64 = 100;

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
    let waiting = case_search_backlog::table
        .filter(case_search_backlog::office_id.eq(Bind(office.0)))
        .order(case_search_backlog::case_id.desc())
        .limit(BACKLOG_READ)
        .select(case_search_backlog::case_id);
    let mut found: Vec<Uuid> = case_search::table
        .filter(case_search::office_id.eq(Bind(office.0)))
        .filter(case_search::case_id.eq_any(waiting))
        .filter(says(question))
        .select(case_search::case_id)
        .load(connection)?;
    found.extend(index::candidates(connection, office.0, question, CANDIDATES + 1)?);
    found.sort_unstable();
    found.dedup();
    let few = i64::try_from(found.len()).is_ok_and(|found| found <= CANDIDATES);
    Ok(few.then(|| found.into_iter().map(Bind).collect()))
}

/// Notes anew what these cases say. Whoever calls it holds them.
pub(super) fn note(connection: &mut Connection, mut noted: Vec<(Uuid, Uuid)>) -> Answer<()> {
    // Sorted, so that no two batches wait for each other in a circle.
    noted.sort_unstable();
    noted.dedup();
    if noted.is_empty() {
        return Ok(());
    }
    batch::leave(connection, &noted)?;
    let mut offices: BTreeMap<Uuid, Vec<Bind<Uuid>>> = BTreeMap::new();
    for (office, case) in noted {
        offices.entry(office).or_default().push(Bind(case));
    }
    for (office, ids) in offices {
        let found: Vec<(Uuid, Option<String>, bool)> = cases::table
            .filter(cases::office_id.eq(Bind(office)))
            .filter(cases::id.eq_any(ids.clone()))
            .order(cases::id)
            .select((cases::id, cases::case_no, cases::confidential))
            .load(connection)?;
        let said: Vec<(Uuid, String)> = case_texts::table
            .filter(case_texts::office_id.eq(Bind(office)))
            .filter(case_texts::case_id.eq_any(ids))
            .filter(case_texts::kind.eq_any(KINDS))
            .order((case_texts::created_at, case_texts::id))
            .select((case_texts::case_id, case_texts::body))
            .load(connection)?;
        let (secret, open): (Vec<_>, Vec<_>) =
            found.into_iter().partition(|(_, _, confidential)| *confidential);
        let rows: Vec<SearchRow> = open
            .into_iter()
            .map(|(case, case_no, _)| {
                let its = said.iter().filter(|(of, _)| *of == case);
                SearchRow {
                    office_id: office,
                    case_id: case,
                    words: words(case_no.as_deref(), its.map(|(_, body)| body.as_str())),
                }
            })
            .collect();
        batch::say(connection, &rows)?;
        let secret: Vec<(Uuid, Uuid)> = secret.into_iter().map(|(case, _, _)| (office, case)).collect();
        for (office, case) in &secret {
            diesel::delete(
                case_search::table
                    .filter(case_search::office_id.eq(Bind(*office)))
                    .filter(case_search::case_id.eq(Bind(*case))),
            )
            .execute(connection)?;
        }
        index::drop_pieces(connection, &secret)?;
    }
    Ok(())
}

/// Notes what the cases say that are from before there was a search.
pub(in super::super) fn catch_up(connection: &mut Connection) -> Answer<()> {
    while write(connection, note_older)? {}
    Ok(())
}

/// Notes what some of those cases say that are from before there was a search; answers whether there were any.
fn note_older(connection: &mut Connection) -> Answer<bool> {
    let noted = case_search::table
        .filter(case_search::office_id.eq(case_search_backlog::office_id))
        .filter(case_search::case_id.eq(case_search_backlog::case_id));
    let older: Vec<(Uuid, Uuid)> = case_search_backlog::table
        .inner_join(
            cases::table.on(cases::office_id
                .eq(case_search_backlog::office_id)
                .and(cases::id.eq(case_search_backlog::case_id))),
        )
        .filter(cases::confidential.eq(false))
        .filter(diesel::dsl::not(diesel::dsl::exists(noted)))
        .order((case_search_backlog::office_id, case_search_backlog::case_id))
        .limit(AT_ONCE)
        .select((case_search_backlog::office_id, case_search_backlog::case_id))
        .load(connection)?;
    // Locked, as by a batch.
    batch::read(connection, &[], &[], &older)?;
    let any = !older.is_empty();
    note(connection, older)?;
    Ok(any)
}

/// Makes the pieces of some of the cases that wait for it; answers whether more wait.
pub(super) fn index_some(connection: &mut Connection) -> Answer<bool> {
    let mut taken = index::take(connection, AT_ONCE)?;
    let any = !taken.is_empty();
    let more = i64::try_from(taken.len()).is_ok_and(|taken| taken == AT_ONCE);
    let ids: Vec<Bind<Uuid>> = taken.iter().map(|(_, case)| Bind(*case)).collect();
    let mut offices: Vec<Bind<Uuid>> = taken.iter().map(|(office, _)| Bind(*office)).collect();
    offices.dedup_by_key(|office| office.0);
    let rows: Vec<(Uuid, Uuid, String)> = case_search::table
        .filter(case_search::office_id.eq_any(offices))
        .filter(case_search::case_id.eq_any(ids))
        .select((case_search::office_id, case_search::case_id, case_search::words))
        .load(connection)?;
    let rows: Vec<(Uuid, Uuid, String)> = rows
        .into_iter()
        .map(|(office, case, words)| (office, case, pieces(office, &words)))
        .collect();
    taken.retain(|(office, case)| !rows.iter().any(|row| (row.0, row.1) == (*office, *case)));
    index::keep(connection, &rows)?;
    index::drop_pieces(connection, &taken)?;
    if any && !more {
        index::settle(connection)?;
    }
    Ok(more)
}

//! Finding cases by who complained: by keyed hashes of numbers, never by the numbers.

use std::collections::BTreeSet;

use diesel::prelude::*;
use domain::ids::OfficeId;
use uuid::Uuid;

use super::Connection;
use crate::Answer;
use crate::case::CaseFilter;
use crate::schema::complainant_marks;
use crate::sql_types::Bind;
use crate::vault::Vault;

/// How many cases of one person are looked at: the newest ones.
const CASES_MAX: i64 = 2000;

/// The newest cases of whom the filter asks for; none where it asks for nobody.
pub(super) fn cases_of_somebody(
    connection: &mut Connection,
    vault: &Vault,
    office: OfficeId,
    filter: &CaseFilter,
) -> Answer<Option<Vec<Bind<Uuid>>>> {
    if !filter.asks_for_somebody() {
        return Ok(None);
    }
    let mut found: Option<BTreeSet<Uuid>> = None;
    let mut narrow = |cases: BTreeSet<Uuid>| {
        found = Some(match found.take() {
            Some(before) => before.intersection(&cases).copied().collect(),
            None => cases,
        });
    };
    for mark in &filter.marks {
        let hash = vault.hash(office, mark);
        narrow(with(connection, office, mark.kind.as_str(), hash)?);
    }
    if let Some(case) = filter.same_person_as {
        let own: Vec<(String, Vec<u8>)> = complainant_marks::table
            .filter(complainant_marks::office_id.eq(Bind(office.0)))
            .filter(complainant_marks::case_id.eq(Bind(case.0)))
            .select((complainant_marks::kind, complainant_marks::hash))
            .load(connection)?;
        let mut others = BTreeSet::new();
        for (kind, hash) in own {
            others.extend(with(connection, office, &kind, hash)?);
        }
        others.remove(&case.0);
        narrow(others);
    }
    Ok(found.map(|found| found.into_iter().map(Bind).collect()))
}

/// The newest cases that have this hash.
fn with(connection: &mut Connection, office: OfficeId, kind: &str, hash: Vec<u8>) -> Answer<BTreeSet<Uuid>> {
    let found: Vec<Uuid> = complainant_marks::table
        .filter(complainant_marks::office_id.eq(Bind(office.0)))
        .filter(complainant_marks::kind.eq(kind))
        .filter(complainant_marks::hash.eq(hash))
        .order(complainant_marks::case_id.desc())
        .limit(CASES_MAX)
        .select(complainant_marks::case_id)
        .load(connection)?;
    Ok(found.into_iter().collect())
}

//! Erasing a case: its key, its texts, what its complainant was found by, what was searched of it. What stays is its
//! record, its figures, and how much there was.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use domain::ids::{CaseId, OfficeId};
use uuid::Uuid;

use super::{Connection, ERASING, index};
use crate::Answer;
use crate::schema::{case_keys, case_search, case_search_backlog, case_texts, complainant_marks, erasures};
use crate::sql_types::Bind;
use crate::vault::Erasure;

/// Erases these cases. Whoever calls it holds them, and has written why.
pub(super) fn erase(connection: &mut Connection, cases: &[(Uuid, Uuid)]) -> Answer<()> {
    if cases.is_empty() {
        return Ok(());
    }
    if let Some([before, _]) = ERASING {
        connection.batch_execute(before)?;
    }
    for (office, case) in cases {
        let (office, case) = (Bind(*office), Bind(*case));
        let texts = diesel::delete(
            case_texts::table
                .filter(case_texts::office_id.eq(office))
                .filter(case_texts::case_id.eq(case)),
        )
        .execute(connection)?;
        let marks = diesel::delete(
            complainant_marks::table
                .filter(complainant_marks::office_id.eq(office))
                .filter(complainant_marks::case_id.eq(case)),
        )
        .execute(connection)?;
        diesel::delete(case_keys::table.find((office, case))).execute(connection)?;
        diesel::delete(case_search::table.find((office, case))).execute(connection)?;
        diesel::delete(case_search_backlog::table.find((office, case))).execute(connection)?;
        diesel::insert_into(erasures::table)
            .values((
                erasures::office_id.eq(office),
                erasures::case_id.eq(case),
                erasures::texts.eq(i32::try_from(texts).unwrap_or(i32::MAX)),
                erasures::marks.eq(i32::try_from(marks).unwrap_or(i32::MAX)),
            ))
            .execute(connection)?;
    }
    index::drop_pieces(connection, cases)?;
    if let Some([_, after]) = ERASING {
        connection.batch_execute(after)?;
    }
    Ok(())
}

pub(super) fn find(connection: &mut Connection, office: OfficeId, case: CaseId) -> Answer<Option<Erasure>> {
    let found: Option<(i32, i32)> = erasures::table
        .find((Bind(office.0), Bind(case.0)))
        .select((erasures::texts, erasures::marks))
        .first(connection)
        .optional()?;
    Ok(found.map(|(texts, marks)| Erasure {
        case,
        texts: texts.unsigned_abs(),
        marks: marks.unsigned_abs(),
    }))
}

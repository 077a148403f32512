//! Case numbers, in blocks.

use std::ops::Range;

use diesel::prelude::*;
use uuid::Uuid;

use super::Connection;
use crate::Answer;
use crate::schema::case_numbers;
use crate::sql_types::Bind;

pub(super) fn reserve(
    connection: &mut Connection,
    office_id: Uuid,
    year: i32,
    count: u32,
) -> Answer<Range<i64>> {
    let count = i64::from(count);
    // `next` is the first number that nobody has been given. The row is locked until the commit, so blocks never meet.
    let next: i64 = diesel::insert_into(case_numbers::table)
        .values((
            case_numbers::office_id.eq(Bind(office_id)),
            case_numbers::year.eq(year),
            case_numbers::next.eq(1 + count),
        ))
        .on_conflict((case_numbers::office_id, case_numbers::year))
        .do_update()
        .set(case_numbers::next.eq(case_numbers::next + count))
        .returning(case_numbers::next)
        .get_result(connection)?;
    Ok(next - count..next)
}

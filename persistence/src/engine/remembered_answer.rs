//! Remembered answers.

use diesel::prelude::*;
use uuid::Uuid;

use super::Connection;
use crate::remembered_answer::RememberedAnswer;
use crate::schema::remembered_answers;
use crate::sql_types::Bind;
use crate::store_error::taken;
use crate::{Answer, Conflict};

pub(super) fn find(
    connection: &mut Connection,
    office_id: Uuid,
    caller: &str,
    operation: &str,
    key: &str,
) -> Answer<Option<RememberedAnswer>> {
    Ok(remembered_answers::table
        .find((Bind(office_id), caller, operation, key))
        .select(RememberedAnswer::as_select())
        .first(connection)
        .optional()?)
}

/// Keeps an answer, if there is one to keep. Done before the act itself, so that the same call made twice at once
/// waits here and then finds the key used, whatever else it would have run into.
pub(super) fn keep(connection: &mut Connection, answer: Option<&RememberedAnswer>) -> Answer<()> {
    if let Some(answer) = answer {
        diesel::insert_into(remembered_answers::table)
            .values(answer.clone())
            .execute(connection)
            .map_err(|error| taken(error, Conflict::Key))?;
    }
    Ok(())
}

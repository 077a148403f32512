//! `strpos(case_search.words, $1) > 0 AND …`: that a case says every word of a question.

use diesel::backend::Backend;
use diesel::expression::{AppearsOnTable, Expression, ValidGrouping, is_aggregate};
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::serialize::ToSql;
use diesel::sql_types::{Bool, HasSqlType, Text};
use domain::search::Question;

use super::POSITION;
use crate::schema::case_search;

/// That every word stands in `case_search.words`.
#[derive(Debug, Clone)]
pub(super) struct Says(Vec<String>);

/// Asks for the rows that say every word of the question.
pub(super) fn says(question: &Question) -> Says {
    Says(question.words().to_vec())
}

impl<DB> QueryFragment<DB> for Says
where
    DB: Backend + HasSqlType<Text>,
    String: ToSql<Text, DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql("(");
        for (number, word) in self.0.iter().enumerate() {
            if number > 0 {
                out.push_sql(" AND ");
            }
            out.push_sql(POSITION);
            out.push_sql("(case_search.words, ");
            out.push_bind_param::<Text, String>(word)?;
            out.push_sql(") > 0");
        }
        out.push_sql(")");
        Ok(())
    }
}

/// Known by its text, not by its type: there are as many of it as a question has words.
impl QueryId for Says {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

/// A column and values alone: nothing is ever grouped by it.
impl ValidGrouping<()> for Says {
    type IsAggregate = is_aggregate::No;
}

impl Expression for Says {
    type SqlType = Bool;
}

impl<From> AppearsOnTable<From> for Says where case_search::words: AppearsOnTable<From> {}

//! A statement whose text never changes, so that it is prepared once per connection: `?` stands for each value.
//!
//! Diesel prepares an `INSERT` of many rows anew for each number of rows; measured, a quarter more of the server's
//! time. Here the rows are arrays on PostgreSQL, and one statement per row on SQLite, always with the same text.

use std::marker::PhantomData;

use diesel::RunQueryDsl;
use diesel::backend::Backend;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::serialize::ToSql;
use diesel::sql_types::{HasSqlType, Untyped};

/// A value that waits to be bound.
pub(crate) trait Bound<DB: Backend> {
    /// Hands it to the statement that is being put together.
    fn push<'b>(&'b self, out: AstPass<'_, 'b, DB>) -> QueryResult<()>;
}

/// A value, and as which SQL type it is bound.
pub(crate) struct As<ST, T> {
    value: T,
    sql_type: PhantomData<ST>,
}

impl<ST, T> As<ST, T> {
    pub(crate) fn new(value: T) -> Self {
        Self {
            value,
            sql_type: PhantomData,
        }
    }
}

impl<DB, ST, T> Bound<DB> for As<ST, T>
where
    DB: Backend + HasSqlType<ST>,
    T: ToSql<ST, DB>,
{
    fn push<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_bind_param::<ST, T>(&self.value)
    }
}

/// The values of one statement, in the order of its text.
pub(crate) type Values<'v, DB> = Vec<Box<dyn Bound<DB> + 'v>>;

/// A statement with its values; `Row` is the SQL type of what it answers.
pub(crate) struct Statement<'v, DB: Backend, Row = Untyped> {
    text: &'v str,
    values: Values<'v, DB>,
    row: PhantomData<Row>,
}

impl<'v, DB: Backend, Row> Statement<'v, DB, Row> {
    /// Every `?` of the text takes the next value; a literal must not hold one.
    pub(crate) fn new(text: &'v str, values: Values<'v, DB>) -> Self {
        debug_assert_eq!(text.matches('?').count(), values.len(), "{text}");
        Self {
            text,
            values,
            row: PhantomData,
        }
    }
}

impl<DB: Backend, Row> QueryFragment<DB> for Statement<'_, DB, Row> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        let mut pieces = self.text.split('?');
        out.push_sql(pieces.next().unwrap_or_default());
        for (value, piece) in self.values.iter().zip(pieces) {
            value.push(out.reborrow())?;
            out.push_sql(piece);
        }
        Ok(())
    }
}

/// Known by its text, not by its type.
impl<DB: Backend, Row> QueryId for Statement<'_, DB, Row> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<DB: Backend, Row> Query for Statement<'_, DB, Row> {
    type SqlType = Row;
}

impl<DB: Backend, Row, Connection> RunQueryDsl<Connection> for Statement<'_, DB, Row> {}

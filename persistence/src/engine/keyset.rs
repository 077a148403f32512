//! `(a, b) > ($1, $2)`: where the next page begins.
//!
//! The row comparison is an index condition on both engines. Diesel can only say `a >= $1 AND (a > $1 OR b > $2)`,
//! which walks through every tie of `a`: measured, a fifth of the speed where many rows share one.

use diesel::backend::Backend;
use diesel::expression::{
    AppearsOnTable, AsExpression, Expression, SelectableExpression, TypedExpressionType, ValidGrouping,
};
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::sql_types::{Bool, SqlType};

/// The rows after `(first, second)` in ascending order of the two columns.
#[derive(Debug, Clone, Copy, QueryId, ValidGrouping)]
pub(super) struct After<A, B, X, Y> {
    columns: (A, B),
    values: (X, Y),
}

/// Asks for the rows whose `columns` come after `values`.
pub(super) fn after<A, B, X, Y>(columns: (A, B), values: (X, Y)) -> After<A, B, X::Expression, Y::Expression>
where
    A: Expression<SqlType: SqlType + TypedExpressionType>,
    B: Expression<SqlType: SqlType + TypedExpressionType>,
    X: AsExpression<A::SqlType>,
    Y: AsExpression<B::SqlType>,
{
    After {
        columns,
        values: (values.0.as_expression(), values.1.as_expression()),
    }
}

impl<A, B, X, Y> Expression for After<A, B, X, Y>
where
    A: Expression,
    B: Expression,
    X: Expression,
    Y: Expression,
{
    type SqlType = Bool;
}

impl<A, B, X, Y, From> AppearsOnTable<From> for After<A, B, X, Y>
where
    A: AppearsOnTable<From>,
    B: AppearsOnTable<From>,
    X: AppearsOnTable<From>,
    Y: AppearsOnTable<From>,
{
}

impl<A, B, X, Y, From> SelectableExpression<From> for After<A, B, X, Y>
where
    A: SelectableExpression<From>,
    B: SelectableExpression<From>,
    X: SelectableExpression<From>,
    Y: SelectableExpression<From>,
{
}

impl<A, B, X, Y, DB> QueryFragment<DB> for After<A, B, X, Y>
where
    DB: Backend,
    A: QueryFragment<DB>,
    B: QueryFragment<DB>,
    X: QueryFragment<DB>,
    Y: QueryFragment<DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql("(");
        self.columns.0.walk_ast(out.reborrow())?;
        out.push_sql(", ");
        self.columns.1.walk_ast(out.reborrow())?;
        out.push_sql(") > (");
        self.values.0.walk_ast(out.reborrow())?;
        out.push_sql(", ");
        self.values.1.walk_ast(out.reborrow())?;
        out.push_sql(")");
        Ok(())
    }
}

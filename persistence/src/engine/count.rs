//! Counting what a query finds, without fetching it.

use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Nullable, Text};

use super::{Backend, Connection};
use crate::Answer;

/// How many rows the query finds; a limit of its own bounds the work.
pub(super) fn count<Q>(connection: &mut Connection, query: Q) -> Answer<u32>
where
    Q: QueryFragment<Backend>,
{
    let counted: i64 = Counted { query }.get_result(connection)?;
    Ok(u32::try_from(counted).unwrap_or(u32::MAX))
}

/// How many rows the query finds for each value of its column, which is called `grouped`; a limit of its own bounds
/// the work.
pub(super) fn count_by<Q>(connection: &mut Connection, query: Q) -> Answer<Vec<(Option<String>, u32)>>
where
    Q: QueryFragment<Backend>,
{
    let counted: Vec<(Option<String>, i64)> = Grouped { query }.load(connection)?;
    let mut groups: Vec<(Option<String>, u32)> = counted
        .into_iter()
        .map(|(group, counted)| (group, u32::try_from(counted).unwrap_or(u32::MAX)))
        .collect();
    // Where an absent value sorts differs between the engines.
    groups.sort_unstable();
    Ok(groups)
}

struct Counted<Q> {
    query: Q,
}

struct Grouped<Q> {
    query: Q,
}

impl<Q: QueryFragment<Backend>> QueryFragment<Backend> for Counted<Q> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Backend>) -> QueryResult<()> {
        out.push_sql("SELECT count(*) FROM (");
        self.query.walk_ast(out.reborrow())?;
        out.push_sql(") AS counted");
        Ok(())
    }
}

impl<Q: QueryFragment<Backend>> QueryFragment<Backend> for Grouped<Q> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Backend>) -> QueryResult<()> {
        out.push_sql("SELECT grouped, count(*) FROM (");
        self.query.walk_ast(out.reborrow())?;
        out.push_sql(") AS counted GROUP BY grouped");
        Ok(())
    }
}

impl<Q> QueryId for Counted<Q> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Q> QueryId for Grouped<Q> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Q> Query for Counted<Q> {
    type SqlType = BigInt;
}

impl<Q> Query for Grouped<Q> {
    type SqlType = (Nullable<Text>, BigInt);
}

impl<Q> RunQueryDsl<Connection> for Counted<Q> {}

impl<Q> RunQueryDsl<Connection> for Grouped<Q> {}

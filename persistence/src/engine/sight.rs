//! Which cases may be seen, as a condition on rows that name a case.
//!
//! `EXISTS` is written with an offset of nothing: PostgreSQL then asks it row by row, along the key of `case_sight`,
//! for the few rows a page needs. Left to itself it joins, and reads every sight there is for a page of twenty;
//! measured, 8 ms against 0.1 at thirteen thousand cases.

use std::collections::BTreeSet;

use diesel::expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate};
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::sql_types::Bool;
use domain::authority::SightKey;

use super::{Backend, Words};

/// The rows whose case somebody with these keys may see: one key opens it, none bars it.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    office: &'static str,
    case: &'static str,
    keys: Words,
}

impl Seen {
    /// A condition on rows with these columns for the office and the case.
    pub(super) fn on(office: &'static str, case: &'static str, keys: &BTreeSet<SightKey>) -> Self {
        Self {
            office,
            case,
            keys: Words::new(keys.iter().map(ToString::to_string)),
        }
    }
}

impl QueryFragment<Backend> for Seen {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Backend>) -> QueryResult<()> {
        let Self { office, case, keys } = self;
        let mut any = |before: &str, barred: &str| {
            out.push_sql(before);
            for piece in [
                "EXISTS (SELECT 1 FROM case_sight t WHERE t.office_id = ",
                office,
                " AND t.case_id = ",
                case,
                " AND t.barred = ",
                barred,
                " AND t.key ",
            ] {
                out.push_sql(piece);
            }
            keys.push_any_of(out.reborrow())?;
            out.push_sql(" LIMIT 1 OFFSET 0)");
            QueryResult::Ok(())
        };
        any("(", "FALSE")?;
        any(" AND NOT ", "TRUE")?;
        out.push_sql(")");
        Ok(())
    }
}

/// Known by its text, not by its type.
impl QueryId for Seen {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl ValidGrouping<()> for Seen {
    type IsAggregate = is_aggregate::No;
}

impl Expression for Seen {
    type SqlType = Bool;
}

impl<From> AppearsOnTable<From> for Seen {}

impl<From> SelectableExpression<From> for Seen {}

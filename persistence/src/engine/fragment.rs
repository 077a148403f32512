//! Pieces of SQL that are always the same, word for word, and that diesel cannot say.
//!
//! `diesel::dsl::sql` would do, but a statement that holds one is prepared anew each time it runs.

/// A piece of SQL without values: its name, its SQL type and its text, which names the tables it can be asked of.
macro_rules! fragment {
    ($(#[$about:meta])* $name:ident: $sql_type:ty, $text:expr) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, diesel::query_builder::QueryId)]
        pub(super) struct $name;

        impl<DB: diesel::backend::Backend> diesel::query_builder::QueryFragment<DB> for $name {
            fn walk_ast<'b>(
                &'b self,
                mut out: diesel::query_builder::AstPass<'_, 'b, DB>,
            ) -> diesel::result::QueryResult<()> {
                out.push_sql($text);
                Ok(())
            }
        }

        impl diesel::expression::ValidGrouping<()> for $name {
            type IsAggregate = diesel::expression::is_aggregate::No;
        }

        impl diesel::expression::Expression for $name {
            type SqlType = $sql_type;
        }

        impl<From> diesel::expression::AppearsOnTable<From> for $name {}

        impl<From> diesel::expression::SelectableExpression<From> for $name {}
    };
}

pub(super) use fragment;

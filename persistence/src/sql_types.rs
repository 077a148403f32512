//! The two SQL types whose form differs between the engines. With them one `schema.rs` and one set of queries
//! serve both: an [`Instant`] is `timestamptz` on PostgreSQL and text of fixed width on SQLite, an [`Id`] is `uuid`
//! and a blob of sixteen bytes. The Rust side is `DateTime<Utc>` and `Uuid` on either.
//!
//! Instants are cut to microseconds on writing, which is what PostgreSQL keeps. Documents are plain `Text` on both:
//! measured, `jsonb` costs more than it gives where nothing looks inside.

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql};
use diesel::expression::AsExpression;
use diesel::internal::derives::as_expression::Bound;
use diesel::pg::{Pg, PgValue};
use diesel::query_builder::QueryId;
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sql_types::{Binary, Nullable, SqlType, Text, Timestamptz, Uuid as PgUuid};
use diesel::sqlite::{Sqlite, SqliteValue};
use uuid::Uuid;

/// A point in time, in UTC, to the microsecond.
#[derive(Debug, Clone, Copy, Default, QueryId, SqlType)]
#[diesel(postgres_type(oid = 1184, array_oid = 1185))]
#[diesel(sqlite_type(name = "Text"))]
pub struct Instant;

/// The identity of a row.
#[derive(Debug, Clone, Copy, Default, QueryId, SqlType)]
#[diesel(postgres_type(oid = 2950, array_oid = 2951))]
#[diesel(sqlite_type(name = "Binary"))]
pub struct Id;

/// The form of an instant on SQLite. Its width is fixed, so that the order of the text is the order of time.
const INSTANT_TEXT: &str = "%Y-%m-%dT%H:%M:%S%.6fZ";

/// A value on its way into a query, where a column of one of these SQL types is compared or set. Reading needs no
/// wrapper; binding does, because diesel keeps its trait for foreign types to itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bind<T>(pub T);

impl<T> From<T> for Bind<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}

/// Binds a Rust type as an SQL type, and its option as the nullable one.
macro_rules! bind {
    ($rust:ty as $sql:ty) => {
        bind!(@expression Bind<$rust>, $sql);
        bind!(@expression Bind<$rust>, Nullable<$sql>);
        bind!(@expression Bind<Option<$rust>>, Nullable<$sql>);

        impl<DB: Backend> ToSql<$sql, DB> for Bind<$rust>
        where
            $rust: ToSql<$sql, DB>,
        {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
                self.0.to_sql(out)
            }
        }

        impl<DB: Backend> ToSql<Nullable<$sql>, DB> for Bind<$rust>
        where
            $rust: ToSql<$sql, DB>,
        {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
                self.0.to_sql(out)
            }
        }

        impl<DB: Backend> ToSql<Nullable<$sql>, DB> for Bind<Option<$rust>>
        where
            $rust: ToSql<$sql, DB>,
        {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
                match &self.0 {
                    Some(value) => value.to_sql(out),
                    None => Ok(IsNull::Yes),
                }
            }
        }
    };
    (@expression $bound:ty, $sql:ty) => {
        impl AsExpression<$sql> for $bound {
            type Expression = Bound<$sql, Self>;
            fn as_expression(self) -> Self::Expression {
                Bound::new(self)
            }
        }
    };
}

bind!(DateTime<Utc> as Instant);
bind!(Uuid as Id);

impl ToSql<Instant, Pg> for DateTime<Utc> {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        ToSql::<Timestamptz, Pg>::to_sql(self, out)
    }
}

impl FromSql<Instant, Pg> for DateTime<Utc> {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        FromSql::<Timestamptz, Pg>::from_sql(value)
    }
}

impl ToSql<Instant, Sqlite> for DateTime<Utc> {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.format(INSTANT_TEXT).to_string());
        Ok(IsNull::No)
    }
}

impl FromSql<Instant, Sqlite> for DateTime<Utc> {
    fn from_sql(value: SqliteValue<'_, '_, '_>) -> deserialize::Result<Self> {
        let text = <String as FromSql<Text, Sqlite>>::from_sql(value)?;
        Ok(NaiveDateTime::parse_from_str(&text, INSTANT_TEXT)?.and_utc())
    }
}

impl ToSql<Id, Pg> for Uuid {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        ToSql::<PgUuid, Pg>::to_sql(self, out)
    }
}

impl FromSql<Id, Pg> for Uuid {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        FromSql::<PgUuid, Pg>::from_sql(value)
    }
}

impl ToSql<Id, Sqlite> for Uuid {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.as_bytes().as_slice());
        Ok(IsNull::No)
    }
}

impl FromSql<Id, Sqlite> for Uuid {
    fn from_sql(value: SqliteValue<'_, '_, '_>) -> deserialize::Result<Self> {
        let bytes = <Vec<u8> as FromSql<Binary, Sqlite>>::from_sql(value)?;
        Ok(Uuid::from_slice(&bytes)?)
    }
}

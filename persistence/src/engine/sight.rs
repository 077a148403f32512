//! Which cases may be seen, as a condition on rows that name a case.
//!
//! `EXISTS` is written with an offset of nothing: PostgreSQL then asks it row by row, along the key of `case_sight`,
//! for the few rows a page needs. Left to itself it joins, and reads every sight there is for a page of twenty;
//! measured, 8 ms against 0.1 at thirteen thousand cases.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use diesel::expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate};
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::Bool;
use domain::authority::SightKey;
use domain::ids::OfficeId;
use uuid::Uuid;

use super::keyset::{after, before};
use super::{Backend, Connection, Words};
use crate::Answer;
use crate::schema::case_sight;
use crate::sql_types::Bind;

/// The rows whose case somebody with these keys may see: one key opens it, none bars it.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    office: &'static str,
    case: &'static str,
    keys: Words,
    opened: bool,
}

impl Seen {
    /// A condition on rows with these columns for the office and the case.
    pub(super) fn on(office: &'static str, case: &'static str, keys: &BTreeSet<SightKey>) -> Self {
        Self {
            office,
            case,
            keys: Words::new(keys.iter().map(ToString::to_string)),
            opened: true,
        }
    }

    /// The same, where nothing needs to open the case and only nothing may bar it.
    pub(super) fn not_barred(office: &'static str, case: &'static str, keys: &BTreeSet<SightKey>) -> Self {
        Self {
            opened: false,
            ..Self::on(office, case, keys)
        }
    }
}

impl QueryFragment<Backend> for Seen {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Backend>) -> QueryResult<()> {
        let Self {
            office,
            case,
            keys,
            opened,
        } = self;
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
        if *opened {
            any("(", "FALSE")?;
            any(" AND NOT ", "TRUE")?;
        } else {
            any("(NOT ", "TRUE")?;
        }
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

/// A place in the order in which cases are listed: when one was received, and its id.
pub(super) type InOrder = (DateTime<Utc>, Uuid);

/// What lies strictly between two places, or beyond one, or everything.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Between {
    /// The place after which it begins.
    pub(super) after: Option<InOrder>,
    /// The place before which it ends.
    pub(super) before: Option<InOrder>,
}

impl Between {
    /// What was received from the first instant on and before the second.
    pub(super) fn received(from: Option<DateTime<Utc>>, before: Option<DateTime<Utc>>) -> Self {
        Self {
            // The last place of the microsecond before: an instant is kept no finer.
            after: from.map(|from| (from - TimeDelta::microseconds(1), Uuid::max())),
            before: before.map(|before| (before, Uuid::nil())),
        }
    }

    /// What of it lies beyond a place, newest first or oldest first.
    pub(super) fn beyond(self, place: InOrder, newest_first: bool) -> Self {
        if newest_first {
            let before = self.before.map_or(place, |before| before.min(place));
            Self {
                before: Some(before),
                ..self
            }
        } else {
            let after = self.after.map_or(place, |after| after.max(place));
            Self {
                after: Some(after),
                ..self
            }
        }
    }
}

/// The keys to walk along, for somebody who sees only some of the office's cases; none for who sees the office's.
pub(super) fn own_keys(keys: &BTreeSet<SightKey>) -> Option<Vec<String>> {
    if keys.contains(&SightKey::Office) {
        None
    } else {
        Some(keys.iter().map(ToString::to_string).collect())
    }
}

/// How many cases are looked up together at most.
pub(super) const MOST_AT_ONCE: u32 = 2000;

/// Walks along the cases that these keys open and that lie in between, newest first or oldest first, and shows them
/// some at a time, `first` to begin with, for as long as `each` wants more. Whether another key bars one of them is
/// left to [`Seen`].
pub(super) fn walk(
    connection: &mut Connection,
    office: OfficeId,
    keys: &[String],
    newest_first: bool,
    mut between: Between,
    first: u32,
    mut each: impl FnMut(&mut Connection, Vec<Bind<Uuid>>) -> Answer<bool>,
) -> Answer<()> {
    let mut at_once = first;
    loop {
        let opened = opened_by(connection, office, keys, newest_first, between, at_once)?;
        let Some(last) = opened.last() else { return Ok(()) };
        between = between.beyond(*last, newest_first);
        let ended = u32::try_from(opened.len()).is_ok_and(|opened| opened < at_once);
        let more = each(connection, opened.into_iter().map(|(_, id)| Bind(id)).collect())?;
        if ended || !more {
            return Ok(());
        }
        at_once = at_once.saturating_mul(4).min(MOST_AT_ONCE);
    }
}

/// Up to `limit` cases in between that one of these keys opens.
fn opened_by(
    connection: &mut Connection,
    office: OfficeId,
    keys: &[String],
    newest_first: bool,
    between: Between,
    limit: u32,
) -> Answer<Vec<InOrder>> {
    let mut found = BTreeSet::new();
    for key in keys {
        let mut of_key = case_sight::table
            .filter(case_sight::office_id.eq(Bind(office.0)))
            .filter(case_sight::key.eq(key))
            .filter(case_sight::barred.eq(false))
            .limit(limit.into())
            .select((case_sight::received_at, case_sight::case_id))
            .into_boxed();
        let columns = (case_sight::received_at, case_sight::case_id);
        if let Some((at, id)) = between.after {
            of_key = of_key.filter(after(columns, (Bind(at), Bind(id))));
        }
        if let Some((at, id)) = between.before {
            of_key = of_key.filter(before(columns, (Bind(at), Bind(id))));
        }
        of_key = if newest_first {
            of_key.order((case_sight::received_at.desc(), case_sight::case_id.desc()))
        } else {
            of_key.order((case_sight::received_at, case_sight::case_id))
        };
        found.extend(of_key.load::<InOrder>(connection)?);
    }
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    Ok(if newest_first {
        found.into_iter().rev().take(limit).collect()
    } else {
        found.into_iter().take(limit).collect()
    })
}

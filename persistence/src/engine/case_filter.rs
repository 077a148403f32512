//! Which cases: those that may be seen, narrowed by a filter.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use diesel::dsl::exists;
use diesel::prelude::*;
use domain::authority::SightKey;
use domain::ids::OfficeId;
use uuid::Uuid;

use super::Backend;
use super::says::says;
use super::sight::Seen;
use crate::case::CaseFilter;
use crate::schema::{case_search, cases};
use crate::sql_types::Bind;

/// A question about cases that can still be narrowed.
pub(super) type Cases<'a> = cases::BoxedQuery<'a, Backend>;

/// The cases of an office that whoever holds these keys may see.
pub(super) fn visible<'a>(office: OfficeId, keys: &BTreeSet<SightKey>) -> Cases<'a> {
    cases::table
        .into_boxed()
        .filter(cases::office_id.eq(Bind(office.0)))
        .filter(Seen::on("cases.office_id", "cases.id", keys))
}

/// The cases that may be seen and match.
pub(super) fn matching<'a>(
    office: OfficeId,
    keys: &BTreeSet<SightKey>,
    filter: &CaseFilter,
    now: DateTime<Utc>,
) -> Cases<'a> {
    let mut query = visible(office, keys);
    if !filter.status.is_empty() {
        query = query.filter(cases::status.eq_any(strings(&filter.status)));
    }
    if !filter.case_type.is_empty() {
        query = query.filter(cases::case_type.eq_any(strings(&filter.case_type)));
    }
    if !filter.severity.is_empty() {
        query = query.filter(cases::severity.eq_any(strings(&filter.severity)));
    }
    if !filter.urgency.is_empty() {
        query = query.filter(cases::urgency.eq_any(strings(&filter.urgency)));
    }
    if !filter.category.is_empty() {
        query = query.filter(cases::category.eq_any(strings(&filter.category)));
    }
    if !filter.channel.is_empty() {
        query = query.filter(cases::channel.eq_any(strings(&filter.channel)));
    }
    if !filter.source.is_empty() {
        query = query.filter(cases::source.eq_any(strings(&filter.source)));
    }
    if let Some((first, others)) = filter.flag.split_first() {
        let held = |flag: &domain::words::Word| format!("%\"{}\"%", escaped(flag.as_str()));
        let mut any: Box<dyn BoxableExpression<cases::table, Backend, SqlType = diesel::sql_types::Bool>> =
            Box::new(cases::flags.like(held(first)).escape('!'));
        for flag in others {
            any = Box::new(any.or(cases::flags.like(held(flag)).escape('!')));
        }
        query = query.filter(any);
    }
    if !filter.unit.is_empty() {
        query = query.filter(cases::lead_unit_id.eq_any(ids(&filter.unit, |unit| unit.0)));
    }
    if !filter.first_receiver.is_empty() {
        query = query.filter(cases::first_receiver_id.eq_any(ids(&filter.first_receiver, |staff| staff.0)));
    }
    if !filter.handler.is_empty() {
        query = query.filter(cases::handler_id.eq_any(ids(&filter.handler, |staff| staff.0)));
    }
    if let Some(case_no) = &filter.case_no {
        query = query.filter(cases::case_no.eq(case_no.clone()));
    }
    if let Some(round) = filter.round {
        query = query.filter(cases::round.eq(i16::from(round)));
    }
    query = match filter.overdue {
        Some(true) => query.filter(
            cases::next_due_hard
                .eq(true)
                .and(cases::next_due_at.le(Bind(now))),
        ),
        Some(false) => query.filter(
            cases::next_due_hard
                .eq(false)
                .or(cases::next_due_at.gt(Bind(now))),
        ),
        None => query,
    };
    if let Some(confidential) = filter.confidential {
        query = query.filter(cases::confidential.eq(confidential));
    }
    if let Some(from) = filter.received_from {
        query = query.filter(cases::received_at.ge(Bind(from)));
    }
    if let Some(before) = filter.received_before {
        query = query.filter(cases::received_at.lt(Bind(before)));
    }
    if let Some(before) = filter.due_before {
        query = query.filter(cases::next_due_at.lt(Bind(before)));
    }
    if filter.asks_for_somebody() {
        query = query.filter(cases::confidential.eq(false));
    }
    if let Some(text) = &filter.text {
        // The limit changes nothing but the plan: case by case, which stops once a page is full.
        let said = case_search::table
            .filter(case_search::office_id.eq(cases::office_id))
            .filter(case_search::case_id.eq(cases::id))
            .filter(says(text))
            .limit(1);
        query = query.filter(cases::confidential.eq(false)).filter(exists(said));
    }
    query
}

/// The words as they are kept.
pub(super) fn strings<T: ToString>(words: &[T]) -> Vec<String> {
    words.iter().map(ToString::to_string).collect()
}

/// The ids as they are bound.
pub(super) fn ids<T>(all: &[T], id: impl Fn(&T) -> Uuid) -> Vec<Bind<Uuid>> {
    all.iter().map(|one| Bind(id(one))).collect()
}

/// A text for `LIKE … ESCAPE '!'` in which every sign stands for itself.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        if matches!(letter, '%' | '_' | '!') {
            escaped.push('!');
        }
        escaped.push(letter);
    }
    escaped
}

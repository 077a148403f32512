//! What must follow from a step, as a script says it in `then`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::Deserialize;
use serde_json::Value;

use super::told::wanted;

/// `then`: all of it must hold once the step was taken. Absent parts are not looked at.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expected {
    /// The status in which the case stands.
    pub status: Option<String>,
    /// Duties that must be open; others may be.
    #[serde(default)]
    pub owed: Vec<Owed>,
    /// Names of duties that must not be open.
    #[serde(default)]
    pub not_owed: Vec<String>,
    /// Duties that must be over.
    #[serde(default)]
    pub settled: Vec<Settled>,
    /// The step is refused, and the case stays as it is.
    pub refused: Option<Refused>,
    /// Events that must be among those since the step before (of this case).
    #[serde(default)]
    pub happened: Vec<Happened>,
    /// What must stand in the answer, by JSON pointer: in the case as the step left it, or in the answer itself where
    /// it is not about a case.
    #[serde(default)]
    pub reads: BTreeMap<String, toml::Value>,
}

/// An open duty. Every part that is given must fit one and the same duty.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Owed {
    /// The deed that is owed.
    pub owes: Option<String>,
    /// The name of the rule.
    pub duty: Option<String>,
    /// The holder: a position, a person, a unit.
    pub by: Option<String>,
    /// `2026-09-21` the last day in time; `2026-09-21 17:30` the first instant that is too late; `none` without a date.
    pub due: Option<String>,
    /// The clause.
    pub clause: Option<String>,
}

/// A duty that is over.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settled {
    /// The deed that was owed.
    pub owes: Option<String>,
    /// The name of the rule.
    pub duty: Option<String>,
    /// `on_time` or `late`; `none` where there was no date.
    pub verdict: Option<String>,
    /// The clause.
    pub clause: Option<String>,
}

/// A refusal.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Refused {
    /// The problem's code.
    pub code: String,
    /// Facts that must be among those it misses.
    #[serde(default)]
    pub missing: Vec<String>,
    /// Fields of the body that it must point at, by JSON pointer.
    #[serde(default)]
    pub fields: Vec<String>,
    /// A clause that must be cited: by the refusal, by what it misses, or by a field.
    pub clause: Option<String>,
}

/// An event, by its type alone or with more of it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Happened {
    /// Its type.
    Type(String),
    /// Its type and what else must fit.
    InDetail(InDetail),
}

/// An event with the clause it rests on, and when it happened.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InDetail {
    /// Its type.
    pub event: String,
    /// The clause.
    pub clause: Option<String>,
    /// When: `2026-09-21` or `2026-09-21 17:30`.
    pub at: Option<String>,
}

impl Expected {
    /// Whether nothing is expected at all.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Every clause it names.
    pub fn clauses(&self) -> BTreeSet<&str> {
        let owed = self.owed.iter().filter_map(|owed| owed.clause.as_deref());
        let settled = self.settled.iter().filter_map(|it| it.clause.as_deref());
        let refused = self.refused.iter().filter_map(|it| it.clause.as_deref());
        let happened = self.happened.iter().filter_map(|it| it.parts().1);
        owed.chain(settled).chain(refused).chain(happened).collect()
    }
}

impl Happened {
    /// Its type, the clause, and when.
    pub fn parts(&self) -> (&str, Option<&str>, Option<&str>) {
        match self {
            Self::Type(event) => (event, None, None),
            Self::InDetail(it) => (&it.event, it.clause.as_deref(), it.at.as_deref()),
        }
    }

    /// Whether an event of the history is this one.
    pub(super) fn fits(&self, event: &Value) -> bool {
        let (name, clause, at) = self.parts();
        event["event_type"] == name
            && clause.is_none_or(|clause| event["clause"]["number"] == clause)
            && at.is_none_or(|at| fits_time(at, &event["occurred_at"]))
    }
}

impl Owed {
    /// Whether a duty is this one; `names` are all that its holder may be called.
    pub(super) fn fits(&self, duty: &Value, names: &[String]) -> bool {
        let is = |wanted: &Option<String>, field: &Value| wanted.as_ref().is_none_or(|it| field == it);
        is(&self.owes, &duty["owes"])
            && is(&self.duty, &duty["kind"])
            && is(&self.clause, &duty["clause"]["number"])
            && self.by.as_ref().is_none_or(|by| names.contains(by))
            && self.due.as_ref().is_none_or(|due| match due.as_str() {
                "none" => duty["due_on"].is_null(),
                day if !day.contains(' ') => duty["due_on"] == day,
                time => fits_time(time, &duty["due_at"]),
            })
    }
}

impl Settled {
    /// Whether a duty that is over is this one.
    pub(super) fn fits(&self, duty: &Value) -> bool {
        let is = |wanted: &Option<String>, field: &Value| wanted.as_ref().is_none_or(|it| field == it);
        is(&self.owes, &duty["owes"])
            && is(&self.duty, &duty["kind"])
            && is(&self.clause, &duty["clause"]["number"])
            && self
                .verdict
                .as_ref()
                .is_none_or(|verdict| match verdict.as_str() {
                    "none" => duty["verdict"].is_null(),
                    verdict => duty["verdict"] == verdict,
                })
    }
}

impl fmt::Display for Owed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&wanted(&[
            ("owes", self.owes.as_deref()),
            ("duty", self.duty.as_deref()),
            ("by", self.by.as_deref()),
            ("due", self.due.as_deref()),
            ("clause", self.clause.as_deref()),
        ]))
    }
}

impl fmt::Display for Settled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&wanted(&[
            ("owes", self.owes.as_deref()),
            ("duty", self.duty.as_deref()),
            ("verdict", self.verdict.as_deref()),
            ("clause", self.clause.as_deref()),
        ]))
    }
}

impl fmt::Display for Happened {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (event, clause, at) = self.parts();
        f.write_str(&wanted(&[("event", Some(event)), ("clause", clause), ("at", at)]))
    }
}

/// Whether an instant of an answer begins with a day, or a day and a time, of a script.
fn fits_time(wanted: &str, instant: &Value) -> bool {
    let instant = instant.as_str().unwrap_or_default().replacen('T', " ", 1);
    instant.starts_with(wanted)
}

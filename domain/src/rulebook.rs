//! The vocabulary of rulebooks: one regulation, one TOML file, one [`Rulebook`].
//!
//! A rulebook is read in two steps. [`read`] turns the text into the types of this module and refuses what is not in
//! the vocabulary (an unknown key, an unknown word, a span of zero), with the line and the closest word that is.
//! [`check`] merges in the ancestors and refuses what does not fit together (a clause nobody listed, a position
//! nobody declared, a duty its holder may not discharge). Only what passed both, a [`Checked`] rulebook, can decide
//! anything.
//!
//! Four kinds of rule carry nearly everything:
//!
//! 1. [`Gate`]: before deed X, when M, these must be there (made by these).
//! 2. [`DutyRule`]: who owes deed Y, from deed X, within N.
//! 3. [`Escalation`]: after deed X, or when duty D is late, when M, this happens.
//! 4. [`Ground`]: deed X, an exceptional one, may be done only on these grounds, which demand these things.
//!
//! The rest are short lists and single facts. Every entry names the clause it rests on; `when` ([`When`]) says for
//! which cases it holds. Where to start reading: a file of `rulebooks/`, aloud, beside this page.

use std::{collections::BTreeMap, ops::Deref};

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::words::{Capability, ClauseId, Guarantee, RulebookCode, Version, words};

mod bites;
mod check;
mod checked;
mod condition;
mod flaw;
mod inheritance;
mod labels;
mod provision;
mod reader;
mod rule;
mod schema;
mod shipped;
mod who;

pub use bites::Bite;
pub use check::{Exploration, STATES_MAX, check, explore, explore_up_to, warnings};
pub use checked::Checked;
pub use condition::{Facts, When};
pub use flaw::{Flaw, FlawCode, Severity, Step};
pub use labels::Labels;
pub use provision::{
    Across, Anonymity, Apart, AppealRule, Axis, ChannelRule, CountingPart, CountingRule, Every, FirstContact,
    FirstLead, Form, Hands, IdentityRule, Kept, Opening, Party, Reads, Recurring, Retention, Returns, Rounds,
    Secrecy, SuspensionRule, Then,
};
pub use reader::{read, read_bytes};
pub use rule::{
    Ask, DutyRef, DutyRule, Escalation, Extension, Force, Gate, Ground, Lapse, Moment, Need, NewRound, Route,
    RouteTo, Trigger,
};
pub use schema::schema;
pub use shipped::{ancestry, examine, library, shipped, text_of};
pub use who::{Holder, May, Position, Powers, Reach, Seat, UnitKind};

/// One regulation, as its file says it: the sections in the order of a case's life.
#[derive(Debug, Clone, PartialEq)]
pub struct Rulebook {
    /// `[rulebook]`: the head.
    pub head: Entry<Head>,
    /// `[[legal_basis]]`: what the regulation rests on.
    pub legal_basis: Vec<Entry<LegalBasis>>,
    /// `[clauses]`: the register of clauses. A clause that is not listed cannot be cited.
    pub clauses: BTreeMap<ClauseId, Entry<Clause>>,
    /// `[[unit_kind]]`: kinds of unit.
    pub unit_kinds: Vec<Entry<UnitKind>>,
    /// `[[position]]`: who may do what.
    pub positions: Vec<Entry<Position>>,
    /// `[[axis]]`: how a case is classified.
    pub axes: Vec<Entry<Axis>>,
    /// `[[channel]]`: how matters come in.
    pub channels: Vec<Entry<ChannelRule>>,
    /// `[identity]`: whether a complainant may stay anonymous.
    pub identity: Option<Entry<IdentityRule>>,
    /// `[first_contact]`: how long the first receiver's tracking lasts.
    pub first_contact: Option<Entry<FirstContact>>,
    /// `[[form]]`: what the text of a deed must contain.
    pub forms: Vec<Entry<Form>>,
    /// `[[gate]]`: what must be there before a deed.
    pub gates: Vec<Entry<Gate>>,
    /// `[[ground]]`: the listed grounds of exceptional deeds.
    pub grounds: Vec<Entry<Ground>>,
    /// `[[route]]`: to whom; the first that matches wins.
    pub routes: Vec<Entry<Route>>,
    /// `[returns]`: whether and how a unit may return a dispatch. Absent: it cannot.
    pub returns: Option<Entry<Returns>>,
    /// `[[apart]]`: what may not be done by the same hand.
    pub apart: Vec<Entry<Apart>>,
    /// `[counting]`: how the days of every duty of this rulebook are counted.
    pub counting: Option<Entry<CountingRule>>,
    /// `[[duty]]`: who owes what, from when, within what.
    pub duties: Vec<Entry<DutyRule>>,
    /// `[[suspension]]`: what may pause which duties.
    pub suspensions: Vec<Entry<SuspensionRule>>,
    /// `[[escalation]]`: what happens after a deed or a lateness.
    pub escalations: Vec<Entry<Escalation>>,
    /// `[rounds]`: how often a case may be handled again. Absent: once only.
    pub rounds: Option<Entry<Rounds>>,
    /// `[[appeal]]`: what may be appealed against.
    pub appeals: Vec<Entry<AppealRule>>,
    /// `[[secrecy]]`: what is kept from whom.
    pub secrecy: Vec<Entry<Secrecy>>,
    /// `[[retention]]`: how long a case is kept.
    pub retention: Vec<Entry<Retention>>,
    /// `[[recurring]]`: what the office owes regardless of any case.
    pub recurring: Vec<Entry<Recurring>>,
}

/// One entry as it stands in a file: what it says, where, and whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry<T> {
    /// What the entry says.
    pub rule: T,
    /// The line on which it begins, from 1, in the file of its rulebook.
    pub line: usize,
    /// Whose entry it is.
    pub origin: Origin,
}

impl<T> Entry<T> {
    /// Whether it comes from a floor, and so holds only where nothing else does.
    pub fn is_of_a_floor(&self) -> bool {
        matches!(self.origin, Origin::Floor(_))
    }
}

impl<T> Deref for Entry<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.rule
    }
}

/// Whose an entry is, seen from the rulebook in which it stands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Origin {
    /// Written in the rulebook itself.
    Own,
    /// Inherited from a statute: it adds to the rulebook's own.
    Statute(RulebookCode),
    /// Inherited from a floor: a duty is silent where the rulebook itself has one for the same deed.
    Floor(RulebookCode),
}

/// `[rulebook]`: the head of the file.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// The code under which offices and other rulebooks name it.
    pub code: RulebookCode,
    /// Whether it is a regulation, a statute or a floor.
    pub kind: Kind,
    /// Its title.
    pub title: Title,
    /// Its version; a case keeps the version it began under.
    pub version: Version,
    /// The first day on which it holds.
    #[serde(deserialize_with = "reader::date")]
    #[schemars(schema_with = "schema::day")]
    pub effective_from: NaiveDate,
    /// Where the text comes from.
    pub source: String,
    /// Whether the text is there to its end. Where it is cut, nothing was invented.
    pub complete: bool,
    /// The rulebooks it stands on.
    #[serde(default)]
    pub inherits: Vec<Inherit>,
    /// Who interprets it, where the text says so.
    pub interpreted_by: Option<String>,
}

words! {
    /// What kind of rulebook it is.
    Kind {
        Regulation "regulation of an office" "制度",
        Statute "statute above the regulations" "法律法规",
        Floor "floor of the house" "底线",
    }
}

/// A title in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Title {
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
}

/// A rulebook that is inherited, and for which cases.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Inherit {
    /// Whose rules hold here too.
    pub rulebook: RulebookCode,
    /// The clause that refers to it, if the text does.
    pub clause: Option<ClauseId>,
    /// For which cases; added to each inherited rule's own condition.
    #[serde(default)]
    pub when: When,
}

/// `[[legal_basis]]`: a law the regulation rests on, and whether it still holds.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LegalBasis {
    /// The clause that names the law.
    pub clause: ClauseId,
    /// The law.
    pub title: String,
    /// Whether it still holds.
    pub status: LegalStatus,
    /// What took its place.
    pub replaced_by: Option<String>,
    /// By when somebody must look again.
    #[serde(default, deserialize_with = "reader::optional_date")]
    #[schemars(schema_with = "schema::day")]
    pub review_by: Option<NaiveDate>,
    /// How a silence or an ambiguity was read.
    pub reading: Option<String>,
}

words! {
    /// Whether a law still holds.
    LegalStatus {
        InForce "in force" "有效",
        Repealed "repealed" "已废止",
        Superseded "superseded" "已被替代",
        Unchecked "not checked" "未核实",
    }
}

/// One line of `[clauses]`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Clause {
    /// What the house can do with it.
    pub class: Class,
    /// Where it stands in the text, as the text numbers it.
    pub at: String,
    /// What it says, in Chinese.
    pub zh: String,
    /// What it says, in English.
    pub en: String,
    /// The guarantees of the house on which it rests: no rulebook can switch them off.
    #[serde(default)]
    pub always: Vec<Guarantee>,
    /// The capabilities for which it waits.
    #[serde(default)]
    pub waits: Vec<Capability>,
}

words! {
    /// What the house can do with a clause.
    Class {
        #[strum(serialize = "E")]
        Enforced "enforced by the house" "可执行",
        #[strum(serialize = "R")]
        Recorded "recorded; a person judges" "可记录",
        #[strum(serialize = "D")]
        Descriptive "descriptive only" "描述性",
    }
}

/// What every entry that rests on a clause has in common.
pub trait Provision {
    /// The section it stands in, as the file names it.
    const SECTION: &'static str;

    /// The clause it rests on.
    fn clause(&self) -> &ClauseId;

    /// For which cases it holds; `None` where a section knows no condition.
    fn when(&self) -> Option<&When>;

    /// Narrows it to cases of which `when` holds too; `None` if none are left.
    #[must_use]
    fn narrowed(self, when: &When) -> Option<Self>
    where
        Self: Sized;
}

/// States for each section its name and whether it has a `when`.
macro_rules! provisions {
    (@when $self:ident when) => { Some(&$self.when) };
    (@when $self:ident) => { None };
    (@narrowed $self:ident $with:ident when) => {{
        let when = $self.when.and($with)?;
        Some(Self { when, ..$self })
    }};
    (@narrowed $self:ident $with:ident) => { Some($self) };
    ($( $type:ty, $section:literal $(, $when:ident)?; )*) => { $(
        impl Provision for $type {
            const SECTION: &'static str = $section;

            fn clause(&self) -> &ClauseId {
                &self.clause
            }

            fn when(&self) -> Option<&When> {
                provisions!(@when self $($when)?)
            }

            fn narrowed(self, _with: &When) -> Option<Self> {
                provisions!(@narrowed self _with $($when)?)
            }
        }
    )* };
}

provisions! {
    LegalBasis, "legal_basis";
    UnitKind, "unit_kind";
    Position, "position";
    Axis, "axis";
    ChannelRule, "channel";
    IdentityRule, "identity";
    FirstContact, "first_contact";
    Form, "form", when;
    Gate, "gate", when;
    Ground, "ground", when;
    Route, "route", when;
    Returns, "returns";
    Apart, "apart", when;
    CountingRule, "counting";
    DutyRule, "duty", when;
    SuspensionRule, "suspension";
    Escalation, "escalation", when;
    Rounds, "rounds";
    AppealRule, "appeal";
    Secrecy, "secrecy", when;
    Retention, "retention", when;
    Recurring, "recurring";
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may stop where it stands")]
mod tests;

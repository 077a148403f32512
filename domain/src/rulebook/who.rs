//! Who may do what, and who is meant when a rule says "the handler".

use std::{collections::BTreeSet, fmt, str::FromStr};

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer};

use crate::words::{
    BadName, Bundle, ClauseId, Deed, PositionName, UnknownWord, Word, words, written_as_a_string,
};

/// `[[unit_kind]]`: a kind of unit that handles cases.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UnitKind {
    /// Its name.
    pub name: Word,
    /// What the regulation calls it.
    pub title: String,
    /// The clause it rests on.
    pub clause: ClauseId,
    /// The position that must be filled in every unit of this kind before anything is dispatched to it.
    pub accountable_officer: Option<PositionName>,
    /// How a silence or an ambiguity was read.
    pub reading: Option<String>,
}

/// `[[position]]`: what its holder may do, and how far he sees.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Position {
    /// Its name.
    pub name: PositionName,
    /// What the regulation calls it.
    pub title: String,
    /// The clause it rests on.
    pub clause: ClauseId,
    /// Where its holder sits.
    pub sits: Seat,
    /// Which cases he reaches.
    pub reach: Reach,
    /// What he may do.
    pub may: Powers,
    /// For whom he may stand in under a recorded delegation.
    #[serde(default)]
    pub acts_for: Vec<PositionName>,
    /// How a silence or an ambiguity was read.
    pub reading: Option<String>,
}

impl Position {
    /// Whether its holder may do `deed`. Who may the bare deed may every particular one; not the other way round.
    pub fn may_do(&self, deed: Deed) -> bool {
        self.may.cover(deed)
    }
}

words! {
    /// Where the holder of a position sits.
    Seat {
        OwnOffice "in the office itself" "本机构",
        Unit "in a handling unit" "承办单位",
        Window "at a window" "窗口",
        Oversight "in the body that oversees" "监督机构",
    }
}

words! {
    /// Which cases the holder of a position reaches.
    Reach {
        Assigned "what is assigned to him" "本人承办",
        OwnUnit "what his unit handles" "本单位",
        Office "everything of the office" "全机构",
        Figures "figures only" "仅统计数据",
    }
}

/// What a position may do: as the file says it, and expanded once into deeds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Powers {
    said: Vec<May>,
    deeds: BTreeSet<Deed>,
}

impl Powers {
    /// The words of the file, bundles unexpanded.
    pub fn said(&self) -> &[May] {
        &self.said
    }

    /// Every deed that is given, bundles expanded; a bare deed stands for its particular ones.
    pub fn deeds(&self) -> &BTreeSet<Deed> {
        &self.deeds
    }

    fn cover(&self, deed: Deed) -> bool {
        self.deeds.contains(&deed) || self.deeds.contains(&deed.bare())
    }
}

impl From<Vec<May>> for Powers {
    fn from(said: Vec<May>) -> Self {
        let deeds = said
            .iter()
            .flat_map(|may| match may {
                May::Deed(deed) => std::slice::from_ref(deed),
                May::Bundle(bundle) => bundle.deeds(),
            })
            .copied()
            .collect();
        Self { said, deeds }
    }
}

impl<'de> Deserialize<'de> for Powers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Vec::<May>::deserialize(deserializer).map(Self::from)
    }
}

/// One word of `may`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum May {
    /// A single deed.
    Deed(Deed),
    /// A bundle of deeds.
    Bundle(Bundle),
}

impl FromStr for May {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Self, UnknownWord> {
        if let Ok(bundle) = word.parse() {
            return Ok(Self::Bundle(bundle));
        }
        word.parse()
            .map(Self::Deed)
            .map_err(|unknown: UnknownWord| match unknown.closest {
                Some(_) => unknown,
                None => UnknownWord::among(word, Bundle::WORDS.iter().copied()),
            })
    }
}

impl fmt::Display for May {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Deed(deed) => deed.fmt(f),
            Self::Bundle(bundle) => bundle.fmt(f),
        }
    }
}

written_as_a_string!(May);

/// Who is meant by a rule: a declared position, or a relation to the case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Holder {
    /// Who took the matter in.
    FirstReceiver,
    /// To whom the case is assigned.
    Handler,
    /// The unit to which the case is dispatched: whoever in it may.
    HandlingUnit,
    /// Who fills the position of accountable officer in the handling unit.
    AccountableOfficer,
    /// The members of the team.
    Team,
    /// Who dispatched.
    Dispatcher,
    /// Who asked.
    Requester,
    /// Any position that may do the deed.
    WhoeverMay,
    /// In effects only: who holds the duty that is late.
    DutyHolder,
    /// In effects only: the superior of the holder.
    Superior,
    /// In effects only: the unit complained of.
    RespondentUnit,
    /// A position that the rulebook declares.
    Position(PositionName),
}

impl Holder {
    /// The relations, by their words, with what each means.
    const RELATIONS: [(&'static str, Self, &'static str); 11] = [
        (
            "first_receiver",
            Self::FirstReceiver,
            "who took the matter in, or who was named in his place",
        ),
        (
            "handler",
            Self::Handler,
            "the person to whom the case is assigned",
        ),
        (
            "handling_unit",
            Self::HandlingUnit,
            "the unit to which the case is dispatched: whoever in it may do the deed; in the office's own handling, \
             whoever in the office may",
        ),
        (
            "accountable_officer",
            Self::AccountableOfficer,
            "who answers for the handling unit: the person appointed there, as its [[unit_kind]] demands",
        ),
        (
            "team",
            Self::Team,
            "the members of the team that was formed on the case",
        ),
        (
            "dispatcher",
            Self::Dispatcher,
            "who dispatched the case to the unit",
        ),
        (
            "requester",
            Self::Requester,
            "who asked: for a return, for more time, for an approval",
        ),
        (
            "whoever_may",
            Self::WhoeverMay,
            "anybody whose position has the deed in its `may`",
        ),
        (
            "holder",
            Self::DutyHolder,
            "in effects of an escalation only: who holds the duty that is late",
        ),
        (
            "superior",
            Self::Superior,
            "in effects of an escalation only: the superior of who holds the duty that is late",
        ),
        (
            "respondent_unit",
            Self::RespondentUnit,
            "in effects of an escalation only: the unit complained of",
        ),
    ];

    /// The words of the relations, each with what it means; a position cannot have one of them as its name.
    pub fn relations() -> impl Iterator<Item = (&'static str, &'static str)> {
        Self::RELATIONS.iter().map(|(word, _, about)| (*word, *about))
    }

    /// The position, if it is one.
    pub fn position(&self) -> Option<&PositionName> {
        match self {
            Self::Position(name) => Some(name),
            _ => None,
        }
    }

    /// Whether it may stand only among the effects of an escalation, never as who owes something.
    pub fn is_for_effects_only(&self) -> bool {
        matches!(self, Self::DutyHolder | Self::Superior | Self::RespondentUnit)
    }
}

impl FromStr for Holder {
    type Err = BadName;

    fn from_str(written: &str) -> Result<Self, BadName> {
        let relation = Self::RELATIONS.into_iter().find(|(word, ..)| *word == written);
        relation.map_or_else(
            || written.parse().map(Self::Position),
            |(_, holder, _)| Ok(holder),
        )
    }
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::FirstReceiver => "first_receiver",
            Self::Handler => "handler",
            Self::HandlingUnit => "handling_unit",
            Self::AccountableOfficer => "accountable_officer",
            Self::Team => "team",
            Self::Dispatcher => "dispatcher",
            Self::Requester => "requester",
            Self::WhoeverMay => "whoever_may",
            Self::DutyHolder => "holder",
            Self::Superior => "superior",
            Self::RespondentUnit => "respondent_unit",
            Self::Position(name) => name.as_str(),
        })
    }
}

written_as_a_string!(Holder);

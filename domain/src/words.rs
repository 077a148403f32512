//! The closed lists of words that rulebooks, commands, events and the API share.
//!
//! A word is written in lower snake case (`receipt_of_form`), is an enum value in code, and has a label in English
//! and in Chinese where people read it. Whoever meets a word that is not in its list learns the closest one that is.
//! Words a rulebook brings along itself (an axis value, the name of a duty) are [`Word`]s and the other names of
//! its kind; they are checked for their form only, since only the rulebook knows them.

use std::fmt;

use schemars::{Schema, json_schema};

mod case;
mod deed;
mod kind;
mod name;
#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may stop where it stands")]
mod tests;

pub use case::{
    CaseType, Channel, ClosingReason, Fault, Field, Finding, IdentityMode, RouteKind, Satisfaction, Source,
    Status, YesNo,
};
pub use deed::{Bundle, Deed};
pub use kind::{
    ActivityKind, AxisName, Capability, DispatchRole, Guarantee, MeasureKind, NoticeType, RecurringWork,
    Subject,
};
pub use name::{BadName, ClauseId, DutyName, PositionName, RulebookCode, Version, Word};

/// A word that is not in its closed list, and the closest one that is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct UnknownWord {
    /// What was written.
    pub word: String,
    /// The word that was probably meant, if one is close enough.
    pub closest: Option<String>,
}

impl UnknownWord {
    /// Says that `word` is not one of `known`, and which of them it resembles.
    pub fn among<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> Self {
        Self {
            word: word.to_owned(),
            closest: closest(word, known),
        }
    }
}

impl fmt::Display for UnknownWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "unknown word `{}`", self.word)?;
        self.closest
            .iter()
            .try_for_each(|word| write!(f, ", closest `{word}`"))
    }
}

/// Words people write where the lists have another one, so that the hint is the meaning and not the spelling.
const OFTEN_MEANT: &[(&str, &str)] = &[
    ("answer", "reply"),
    ("response", "reply"),
    ("feedback", "report_back"),
    ("sign", "receipt_of_form"),
    ("signing", "receipt_of_form"),
    ("callback", "follow_up"),
    ("close", "closing"),
    ("refusal", "decline"),
    ("rejection", "decline"),
    ("transfer", "hand_over"),
    ("rework", "redispatch"),
    ("reminder", "urging"),
];

/// The word among `known` that `word` most resembles, if any resembles it enough to be worth a hint.
pub fn closest<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> Option<String> {
    let meant = OFTEN_MEANT
        .iter()
        .find(|(written, _)| *written == word)
        .map(|(_, meant)| *meant);
    let tolerated = (word.chars().count() / 3).min(6);
    let mut best: Option<(usize, &str)> = None;
    for candidate in known {
        if Some(candidate) == meant {
            return Some(candidate.to_owned());
        }
        let distance = distance(word, candidate);
        if distance <= tolerated && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate.to_owned())
}

/// How many letters must be put in, taken out or changed to turn one word into the other.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (above, letter) in one.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = above + 1;
        for (left, &against) in other.iter().enumerate() {
            let change = diagonal + usize::from(letter != against);
            diagonal = row[left + 1];
            row[left + 1] = change.min(row[left] + 1).min(diagonal + 1);
        }
    }
    row[other.len()]
}

/// Defines a closed list: the enum, its words (snake case unless a `#[strum(serialize = …)]` says otherwise), its
/// labels, and reading and writing as a string. The labels serve as the documentation of the values.
macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $( $(#[$about:meta])* $value:ident $en:literal $zh:literal, )* }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[derive(strum::EnumIter, strum::IntoStaticStr, strum::VariantNames)]
        #[strum(serialize_all = "snake_case")]
        pub enum $name {
            $( #[doc = concat!($en, " (", $zh, ")")] $(#[$about])* $value, )*
        }

        impl $name {
            /// Every word of the list, in its order.
            pub const WORDS: &'static [&'static str] = <Self as strum::VariantNames>::VARIANTS;

            /// The word, as rulebooks, the API and the database write it.
            pub fn as_str(self) -> &'static str {
                self.into()
            }

            /// The English label.
            pub fn en(self) -> &'static str {
                match self { $( Self::$value => $en, )* }
            }

            /// The Chinese label.
            pub fn zh(self) -> &'static str {
                match self { $( Self::$value => $zh, )* }
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::words::UnknownWord;

            fn from_str(word: &str) -> Result<Self, Self::Err> {
                <Self as strum::IntoEnumIterator>::iter()
                    .find(|value| value.as_str() == word)
                    .ok_or_else(|| $crate::words::UnknownWord::among(word, Self::WORDS.iter().copied()))
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        $crate::words::written_as_a_string!($name);

        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn schema_id() -> std::borrow::Cow<'static, str> {
                concat!(module_path!(), "::", stringify!($name)).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                let words = <Self as strum::IntoEnumIterator>::iter();
                $crate::words::listed(words.map(|word| (word, format!("{} ({})", word.en(), word.zh()))))
            }
        }
    };
}
pub(crate) use words;

/// One of these words, each with what an editor shows beside it.
pub(crate) fn listed(words: impl Iterator<Item = (impl fmt::Display, String)>) -> Schema {
    let (words, labels): (Vec<String>, Vec<String>) =
        words.map(|(word, label)| (word.to_string(), label)).unzip();
    let told: Vec<String> = words
        .iter()
        .zip(&labels)
        .map(|(word, label)| format!("`{word}`: {label}"))
        .collect();
    json_schema!({
        "type": "string",
        "enum": words,
        "description": told.join("\n"),
        "x-taplo": { "docs": { "enumValues": labels } },
    })
}

/// Gives a type with `Display` and `FromStr` the same form in serde: one string.
macro_rules! written_as_a_string {
    ($name:ty) => {
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let written = <std::borrow::Cow<'de, str> as serde::Deserialize>::deserialize(deserializer)?;
                written.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}
pub(crate) use written_as_a_string;

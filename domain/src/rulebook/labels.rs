//! The regulation's own words, with what people read for each.

use std::fmt;

use serde::{Deserialize, Deserializer, de};
use toml::Spanned;

use crate::words::Word;

/// A small table `word = "what people read"`, in the order of the file: a form lists its sections, and a severity
/// its grades, as the regulation does and not by the alphabet.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Labels(Vec<(Word, String)>);

impl Labels {
    /// What people read for `word`.
    pub fn get(&self, word: &Word) -> Option<&str> {
        self.iter()
            .find(|(known, _)| *known == word)
            .map(|(_, label)| label)
    }

    /// Whether the table has `word`.
    pub fn contains(&self, word: &Word) -> bool {
        self.get(word).is_some()
    }

    /// The words.
    pub fn words(&self) -> impl Iterator<Item = &Word> {
        self.0.iter().map(|(word, _)| word)
    }

    /// The words with their labels.
    pub fn iter(&self) -> impl Iterator<Item = (&Word, &str)> {
        self.0.iter().map(|(word, label)| (word, label.as_str()))
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<'de> Deserialize<'de> for Labels {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Table;

        impl<'de> de::Visitor<'de> for Table {
            type Value = Labels;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a table of words with their labels")
            }

            fn visit_map<A: de::MapAccess<'de>>(self, mut map: A) -> Result<Labels, A::Error> {
                let mut labels: Vec<(usize, Word, String)> = Vec::new();
                while let Some((word, label)) = map.next_entry::<Spanned<Word>, String>()? {
                    labels.push((word.span().start, word.into_inner(), label));
                }
                labels.sort_by_key(|(start, ..)| *start);
                Ok(Labels(
                    labels.into_iter().map(|(_, word, label)| (word, label)).collect(),
                ))
            }
        }

        deserializer.deserialize_map(Table)
    }
}

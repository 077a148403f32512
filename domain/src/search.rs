//! How texts are found by words, in any script.
//!
//! What is searched and what is asked are [normalised] in the same way; a word is found where it stands, as it is,
//! anywhere in a text. Most Chinese words have two characters and no blank beside them, so an index of words would
//! have to guess where they end. Here a text is cut into its [pieces]: every two neighbouring characters. Whatever
//! stands in a text has all its pieces there, so an index over pieces leaves nothing out; it may offer too much
//! (the pieces of a word can stand apart), so that whoever asks it looks at the text once more.

use std::collections::BTreeSet;
use std::fmt::{self, Write};

use unicode_normalization::UnicodeNormalization;

/// How long a question may be, in characters.
pub const CHARACTERS_MAX: usize = 100;

/// How many words a question may have.
pub const WORDS_MAX: usize = 8;

/// A text in the form in which it is compared: full and half width alike (NFKC), letters small, white space and
/// control characters one blank, none at the ends.
pub fn normalised(text: &str) -> String {
    let mut normalised = String::with_capacity(text.len());
    // Composed again at the end: a small letter may have a form of its own where the capital has none.
    for letter in text.nfkc().flat_map(char::to_lowercase).nfkc() {
        if !is_blank(letter) {
            normalised.push(letter);
        } else if !normalised.is_empty() && !normalised.ends_with(' ') {
            normalised.push(' ');
        }
    }
    if normalised.ends_with(' ') {
        normalised.pop();
    }
    normalised
}

fn is_blank(letter: char) -> bool {
    letter.is_whitespace() || letter.is_control()
}

/// Two neighbouring characters, or the last one before a blank; written in lower-case letters and digits, four for
/// each character, so that no engine takes one apart or changes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Piece(char, Option<char>);

impl fmt::Display for Piece {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        [Some(self.0), self.1]
            .into_iter()
            .flatten()
            .try_for_each(|letter| {
                // 36 to the power of four is more than there are characters.
                [46_656, 1296, 36, 1].into_iter().try_for_each(|place| {
                    let digit = u32::from(letter) / place % 36;
                    let digit =
                        char::from_digit(digit, 36).expect("a remainder of 36 is a digit to the base of 36");
                    f.write_char(digit)
                })
            })
    }
}

/// The pieces of a [normalised] text.
pub fn pieces(normalised: &str) -> BTreeSet<Piece> {
    let mut pieces: Vec<Piece> = normalised.split(is_blank).flat_map(pieces_of_run).collect();
    pieces.sort_unstable();
    pieces.dedup();
    pieces.into_iter().collect()
}

fn pieces_of_run(run: &str) -> impl Iterator<Item = Piece> + '_ {
    let next = run.chars().skip(1).map(Some).chain([None]);
    run.chars().zip(next).map(|(letter, next)| Piece(letter, next))
}

/// What is asked for: words that must all be found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question(Vec<String>);

/// Why something cannot be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QuestionFault {
    /// It has no word.
    Empty,
    /// It has more than [`CHARACTERS_MAX`] characters.
    TooLong,
    /// It has more than [`WORDS_MAX`] words.
    TooManyWords,
}

impl Question {
    /// The question for the words of a text, which are what white space divides.
    ///
    /// # Errors
    /// Why it cannot be asked.
    pub fn new(text: &str) -> Result<Self, QuestionFault> {
        if text.chars().count() > CHARACTERS_MAX {
            return Err(QuestionFault::TooLong);
        }
        let normalised = normalised(text);
        let mut words: Vec<String> = Vec::new();
        for word in normalised.split_whitespace() {
            if !words.iter().any(|known| known == word) {
                words.push(word.to_owned());
            }
        }
        match words.len() {
            0 => Err(QuestionFault::Empty),
            1..=WORDS_MAX => Ok(Self(words)),
            _ => Err(QuestionFault::TooManyWords),
        }
    }

    /// Its words, [normalised].
    pub fn words(&self) -> &[String] {
        &self.0
    }

    /// What an index over [pieces] is asked for: all of these are where all the words are.
    pub fn sought(&self) -> BTreeSet<Sought> {
        self.0.iter().flat_map(|word| sought(word)).collect()
    }

    /// How many of the words stand in a text, which need not be normalised.
    pub fn found_in(&self, text: &str) -> usize {
        let text = normalised(text);
        self.0.iter().filter(|word| text.contains(*word)).count()
    }
}

/// What an index is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sought {
    /// This piece.
    Whole(Piece),
    /// Any piece that is written with the same beginning: a word of one character may have a neighbour or none.
    Beginning(Piece),
}

fn sought(word: &str) -> Vec<Sought> {
    let mut pieces: Vec<Piece> = pieces_of_run(word).collect();
    if let [only] = pieces.as_slice() {
        return vec![Sought::Beginning(*only)];
    }
    // The last character of a word need not be the last one of the text.
    pieces.pop();
    pieces.into_iter().map(Sought::Whole).collect()
}

#[cfg(test)]
mod tests;

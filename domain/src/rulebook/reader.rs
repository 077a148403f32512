//! The first step: from a text to the types, or to everything in it that is not in the vocabulary.

use std::{collections::BTreeMap, fmt, ops::Range};

use chrono::NaiveDate;
use serde::{Deserialize, Deserializer, de};
use toml::{
    Spanned, Value,
    de::{DeTable, DeValue, ValueDeserializer},
    value::{Date, Datetime},
};

use crate::{
    rulebook::{Clause, Entry, Head, Origin, Provision, Rulebook},
    words::{ClauseId, RulebookCode, closest},
};

/// The longest text that is read, in bytes: many times the longest regulation.
const LONGEST_TEXT: usize = 512 * 1024;

/// Something in a rulebook that cannot stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flaw {
    /// The rulebook, where its code could be read.
    pub rulebook: Option<RulebookCode>,
    /// The line, from 1; 0 if the whole text is meant.
    pub line: usize,
    /// The section and what in it, such as `duty unit_handling`.
    pub what: String,
    /// Why it cannot stand, as a sentence for the person who writes the rulebook.
    pub reason: String,
    /// What was probably meant.
    pub closest: Option<String>,
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            rulebook,
            line,
            what,
            reason,
            closest,
        } = self;
        let rulebook = rulebook.as_ref().map_or("rulebook", RulebookCode::as_str);
        write!(f, "{rulebook}, line {line}, {what}: {reason}")?;
        closest
            .iter()
            .try_for_each(|word| write!(f, " (closest: `{word}`)"))
    }
}

impl std::error::Error for Flaw {}

/// Reads one rulebook. What it says need not make sense yet; see [`check`](super::check).
///
/// # Errors
/// Every entry that cannot be read, each with its line: an unknown section, key or word, a value of the wrong kind,
/// a text that is no TOML at all or longer than half a mebibyte.
pub fn read(text: &str) -> Result<Rulebook, Vec<Flaw>> {
    if text.len() > LONGEST_TEXT {
        let reason = format!("the text is longer than {LONGEST_TEXT} bytes");
        return Err(vec![Flaw {
            rulebook: None,
            line: 0,
            what: "rulebook".to_owned(),
            reason,
            closest: None,
        }]);
    }
    let mut reader = Reader {
        text,
        tables: BTreeMap::new(),
        flaws: Vec::new(),
    };
    match DeTable::parse(text) {
        Ok(table) => {
            for (name, value) in table.into_inner() {
                reader
                    .tables
                    .insert(name.get_ref().to_string(), (name.span(), value));
            }
        }
        Err(error) => reader.report("rulebook", 0..0, &error),
    }
    let rulebook = if reader.flaws.is_empty() {
        reader.rulebook()
    } else {
        None
    };
    match rulebook {
        Some(rulebook) if reader.flaws.is_empty() => Ok(rulebook),
        rulebook => {
            let code = rulebook.map(|rulebook| rulebook.head.rule.code);
            let mut flaws = reader.flaws;
            flaws.sort_by_key(|flaw| flaw.line);
            for flaw in &mut flaws {
                flaw.rulebook.clone_from(&code);
            }
            Err(flaws)
        }
    }
}

/// The text with the sections that were not yet taken, and what was found wrong so far.
struct Reader<'t> {
    text: &'t str,
    tables: BTreeMap<String, (Range<usize>, Spanned<DeValue<'t>>)>,
    flaws: Vec<Flaw>,
}

impl<'t> Reader<'t> {
    /// Takes section after section; what is left over is unknown. `None` if there is no head to it.
    fn rulebook(&mut self) -> Option<Rulebook> {
        let mut sections: Vec<&'static str> = vec!["rulebook", "clauses"];
        let head = self.head();
        let clauses = self.clauses();
        let mut known = |section: &'static str| sections.push(section);
        let rulebook = Rulebook {
            head: head?,
            clauses,
            legal_basis: self.many(&mut known),
            unit_kinds: self.many(&mut known),
            positions: self.many(&mut known),
            axes: self.many(&mut known),
            channels: self.many(&mut known),
            identity: self.one(&mut known),
            first_contact: self.one(&mut known),
            forms: self.many(&mut known),
            gates: self.many(&mut known),
            grounds: self.many(&mut known),
            routes: self.many(&mut known),
            returns: self.one(&mut known),
            apart: self.many(&mut known),
            counting: self.one(&mut known),
            duties: self.many(&mut known),
            suspensions: self.many(&mut known),
            escalations: self.many(&mut known),
            rounds: self.one(&mut known),
            appeals: self.many(&mut known),
            secrecy: self.many(&mut known),
            retention: self.many(&mut known),
            recurring: self.many(&mut known),
        };
        for (section, (span, _)) in std::mem::take(&mut self.tables) {
            let closest = closest(&section, sections.iter().copied());
            self.flaw(
                section.clone(),
                span,
                format!("unknown section `{section}`"),
                closest,
            );
        }
        Some(rulebook)
    }

    fn head(&mut self) -> Option<Entry<Head>> {
        let Some((_, value)) = self.tables.remove("rulebook") else {
            self.flaw(
                "rulebook".to_owned(),
                0..0,
                "there is no section [rulebook]".to_owned(),
                None,
            );
            return None;
        };
        self.entry("rulebook", value)
    }

    fn clauses(&mut self) -> BTreeMap<ClauseId, Entry<Clause>> {
        let mut clauses = BTreeMap::new();
        let Some((span, value)) = self.tables.remove("clauses") else {
            return clauses;
        };
        let DeValue::Table(table) = value.into_inner() else {
            self.flaw(
                "clauses".to_owned(),
                span,
                "[clauses] is a table of clauses".to_owned(),
                None,
            );
            return clauses;
        };
        for (name, value) in table {
            let what = format!("clause {}", name.get_ref());
            match name.get_ref().parse::<ClauseId>() {
                Ok(id) => {
                    // The clause begins where its number stands, not where its table opens.
                    let line = self.line(name.span().start);
                    if let Some(entry) = self.entry(&what, value) {
                        clauses.insert(id, Entry { line, ..entry });
                    }
                }
                Err(error) => self.flaw(what, name.span(), error.to_string(), None),
            }
        }
        clauses
    }

    /// The section `[x]` of this type, which occurs at most once.
    fn one<T>(&mut self, known: &mut impl FnMut(&'static str)) -> Option<Entry<T>>
    where
        T: Provision + for<'de> Deserialize<'de>,
    {
        known(T::SECTION);
        let (_, value) = self.tables.remove(T::SECTION)?;
        self.entry(T::SECTION, value)
    }

    /// The entries `[[x]]` of this type, in the order of the file.
    fn many<T>(&mut self, known: &mut impl FnMut(&'static str)) -> Vec<Entry<T>>
    where
        T: Provision + for<'de> Deserialize<'de>,
    {
        known(T::SECTION);
        let Some((span, value)) = self.tables.remove(T::SECTION) else {
            return Vec::new();
        };
        let DeValue::Array(entries) = value.into_inner() else {
            let reason = format!("write it as [[{}]]: there may be several", T::SECTION);
            self.flaw(T::SECTION.to_owned(), span, reason, None);
            return Vec::new();
        };
        entries
            .into_iter()
            .filter_map(|value| self.entry(T::SECTION, value))
            .collect()
    }

    fn entry<T: for<'de> Deserialize<'de>>(
        &mut self,
        what: &str,
        value: Spanned<DeValue<'t>>,
    ) -> Option<Entry<T>> {
        let span = value.span();
        let line = self.line(span.start);
        match T::deserialize(ValueDeserializer::from(value)) {
            Ok(rule) => Some(Entry {
                rule,
                line,
                origin: Origin::Own,
            }),
            Err(error) => {
                self.report(what, span, &error);
                None
            }
        }
    }

    /// Turns what the TOML reader says into a flaw, with the closest word among those it would have taken.
    fn report(&mut self, what: &str, entry: Range<usize>, error: &toml::de::Error) {
        let message = error.message();
        let mut quoted = message.split('`').skip(1).step_by(2);
        let written = quoted.next().unwrap_or_default();
        let (reason, closest) = if message.starts_with("unknown field") {
            (format!("unknown key `{written}`"), closest(written, quoted))
        } else if message.starts_with("unknown word") {
            (
                format!("unknown word `{written}`"),
                quoted.next().map(str::to_owned),
            )
        } else {
            (message.trim_end().replace('\n', "; "), None)
        };
        self.flaw(what.to_owned(), error.span().unwrap_or(entry), reason, closest);
    }

    fn flaw(&mut self, what: String, span: Range<usize>, reason: String, closest: Option<String>) {
        self.flaws.push(Flaw {
            rulebook: None,
            line: self.line(span.start),
            what,
            reason,
            closest,
        });
    }

    fn line(&self, at: usize) -> usize {
        let before = self.text.as_bytes().iter().take(at);
        before.filter(|byte| **byte == b'\n').count() + 1
    }
}

/// A TOML date, as a calendar day.
pub(super) fn date<'de, D: Deserializer<'de>>(deserializer: D) -> Result<NaiveDate, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::Datetime(Datetime {
            date: Some(Date { year, month, day }),
            time: None,
            offset: None,
        }) => NaiveDate::from_ymd_opt(i32::from(year), u32::from(month), u32::from(day)),
        _ => None,
    }
    .ok_or_else(|| de::Error::custom("a date is written as 2026-01-01, without quotes"))
}

/// A TOML date that may be left out.
pub(super) fn optional_date<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<NaiveDate>, D::Error> {
    date(deserializer).map(Some)
}

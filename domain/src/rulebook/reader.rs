//! The first step: from a text to the types, or to everything in it that is not in the vocabulary.

use std::{collections::BTreeMap, ops::Range};

use chrono::NaiveDate;
use serde::{Deserialize, Deserializer, de};
use toml::{
    Spanned, Value,
    de::{DeTable, DeValue, ValueDeserializer},
    value::{Date, Datetime},
};

use crate::{
    rulebook::{Clause, Entry, Flaw, FlawCode, Head, Origin, Provision, Rulebook, Severity},
    words::{ClauseId, closest},
};

/// The longest text that is read, in bytes: many times the longest regulation.
const LONGEST_TEXT: usize = 1024 * 1024;

/// Reads one rulebook from the bytes of a file or a body.
///
/// # Errors
/// As [`read`], and bytes that are no UTF-8, with the line on which the first of them stands.
pub fn read_bytes(bytes: &[u8]) -> Result<Rulebook, Vec<Flaw>> {
    if bytes.len() > LONGEST_TEXT {
        return Err(vec![too_long()]);
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => read(text),
        Err(error) => {
            let sound = &bytes[..error.valid_up_to()];
            let line = sound.split(|byte| *byte == b'\n').count();
            let byte = bytes.get(error.valid_up_to()).copied().unwrap_or_default();
            let reason = format!("the text is not UTF-8: the byte 0x{byte:02x} begins no character");
            Err(vec![whole(FlawCode::Malformed, line, reason)])
        }
    }
}

/// Reads one rulebook. What it says need not make sense yet; see [`check`](super::check).
///
/// # Errors
/// Every entry that cannot be read, each with its line: an unknown section, key or word, a value of the wrong kind,
/// a text that is no TOML at all longer than a mebibyte, or nested deeper than any rule is.
pub fn read(text: &str) -> Result<Rulebook, Vec<Flaw>> {
    if text.len() > LONGEST_TEXT {
        return Err(vec![too_long()]);
    }
    if let Some((line, what)) = nested_too_deep(text) {
        let reason = format!("the {what} are nested deeper than {DEEPEST}");
        return Err(vec![whole(FlawCode::OutOfBounds, line, reason)]);
    }
    let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
    let mut reader = Reader {
        line_starts: std::iter::once(0).chain(breaks.map(|(at, _)| at + 1)).collect(),
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
    line_starts: Vec<usize>,
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
        let code = if reason.starts_with("unknown") {
            FlawCode::UnknownWord
        } else {
            FlawCode::Malformed
        };
        if self.flaws.len() < FLAWS_MAX {
            self.flaws.push(Flaw {
                what: shortened(what),
                closest: closest.map(shortened),
                ..whole(code, self.line(span.start), shortened(reason))
            });
        }
    }

    fn line(&self, at: usize) -> usize {
        self.line_starts.partition_point(|start| *start <= at).max(1)
    }
}

/// Of so many flaws nobody reads the next one.
const FLAWS_MAX: usize = 1_000;

/// The longest sentence about a flaw, in characters: what was written is quoted, however long it is.
const SENTENCE_MAX: usize = 600;

fn shortened(sentence: String) -> String {
    match sentence.char_indices().nth(SENTENCE_MAX) {
        Some((end, _)) => format!("{}…", &sentence[..end]),
        None => sentence,
    }
}

fn too_long() -> Flaw {
    whole(
        FlawCode::OutOfBounds,
        0,
        format!("the text is longer than {LONGEST_TEXT} bytes"),
    )
}

/// How deep brackets and dotted names may be nested: a rule has three levels, a name two.
const DEEPEST: usize = 32;

/// The line on which brackets or a dotted name go deeper than any rule, if one does: asked before the text is parsed,
/// since a parser goes down with them.
fn nested_too_deep(text: &str) -> Option<(usize, &'static str)> {
    let (mut depth, mut quote) = (0_usize, None);
    for (no, line) in text.lines().enumerate() {
        let mut dots = 0_usize;
        let mut letters = line.chars();
        while let Some(letter) = letters.next() {
            match (letter, quote) {
                ('\\', Some('"')) => {
                    letters.next();
                }
                ('"' | '\'', None) => quote = Some(letter),
                (same, Some(open)) if same == open => quote = None,
                ('#', None) => break,
                ('[' | '{', None) => depth += 1,
                (']' | '}', None) => depth = depth.saturating_sub(1),
                ('.', None) => dots += 1,
                ('=' | ',', None) => dots = 0,
                _ => {}
            }
            if depth > DEEPEST {
                return Some((no + 1, "brackets"));
            }
            if dots > DEEPEST {
                return Some((no + 1, "names"));
            }
        }
        // A quotation ends with its line, but for those in three marks, in which brackets nest nothing; to count them
        // errs on the side of refusing.
        quote = None;
    }
    None
}

fn whole(code: FlawCode, line: usize, reason: String) -> Flaw {
    Flaw {
        rulebook: None,
        line,
        what: "rulebook".to_owned(),
        reason,
        closest: None,
        code,
        severity: Severity::Error,
        path: Vec::new(),
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

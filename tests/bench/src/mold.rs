//! A row of a whole life as a mold: what is the same in every copy, and the places where copies differ.
//!
//! Every id of the case's own, every day, and the case number are found wherever they stand, in columns as in
//! documents, so that a copy agrees with itself. The n-th copy has ids that end in n, so that anybody can say them.

use std::collections::BTreeSet;
use std::io::Write as _;

use chrono::{Days, NaiveDate};

use crate::texts::{self, Kind};

/// How the ids of all copied cases begin; the ordinal in twelve digits of hexadecimal follows.
pub(crate) const CASE_PREFIX: &str = "0197c0de-0000-7000-8000-";

/// What sets one copy apart from the others.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Copied {
    /// Its ordinal.
    pub(crate) ordinal: u64,
    /// By how many days it lies further back than what it is a copy of.
    pub(crate) days_back: u64,
    /// Which copy of the same life it is: the microseconds of each of its instants.
    pub(crate) turn: u64,
    /// What chance begins with.
    pub(crate) seed: u64,
}

/// A row to be copied.
#[derive(Debug)]
pub(crate) struct Mold(Vec<Piece>);

#[derive(Debug)]
enum Piece {
    /// The same in each copy.
    Same(Vec<u8>),
    /// Another in each copy; written in hexadecimal where the column holds bytes.
    Own(Own, Form),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Text,
    /// Bytes that say a text, in hexadecimal.
    Bytes,
    /// The bytes of an id, in hexadecimal.
    Id,
}

#[derive(Debug)]
enum Own {
    /// The id of the case.
    Case,
    /// An id of something of the case: its first 24 characters stay.
    Id([u8; 24]),
    /// A day.
    Day(NaiveDate),
    /// The fraction of a second of an instant.
    Fraction,
    /// The case number.
    Number,
    /// What somebody wrote.
    Words(Kind),
}

/// What is looked for in the rows of one case.
#[derive(Debug)]
pub(crate) struct Life<'a> {
    /// Its id.
    pub(crate) case: &'a str,
    /// Its number; empty if it has none.
    pub(crate) number: &'a str,
    /// Ids that are not its own: of offices, units and people.
    pub(crate) shared: &'a BTreeSet<String>,
    /// What people wrote about it: searched, so that it must not be the same in each copy.
    pub(crate) words: &'a [(Kind, String)],
}

impl Mold {
    /// Reads a row in the form of `COPY`; `bytes` tells which columns hold bytes.
    pub(crate) fn of(row: &str, bytes: &[bool], life: &Life) -> Self {
        let mut mold = Self(Vec::new());
        for (at, column) in row.split('\t').enumerate() {
            if at > 0 {
                mold.same(b"\t");
            }
            match column.strip_prefix("\\\\x").filter(|_| bytes[at]) {
                Some(digits) => {
                    mold.same(b"\\\\x");
                    mold.pour(&decoded(digits), Form::Bytes, life);
                }
                None => mold.pour(column.as_bytes(), Form::Text, life),
            }
        }
        mold.same(b"\n");
        mold
    }

    /// Reads a row of SQL literals, separated by tabulators; an id is 16 bytes.
    pub(crate) fn of_literals(row: &str, life: &Life) -> Self {
        let mut mold = Self(Vec::new());
        for (at, column) in row.split('\t').enumerate() {
            if at > 0 {
                mold.same(b"\t");
            }
            let digits = column.strip_prefix("X'").and_then(|rest| rest.strip_suffix('\''));
            match digits.map(|digits| decoded(&digits.to_lowercase())) {
                Some(bytes) => {
                    mold.same(b"X'");
                    match <[u8; 16]>::try_from(bytes.as_slice()) {
                        Ok(id) => mold.pour_id(uuid::Uuid::from_bytes(id), life),
                        Err(_) => mold.pour(&bytes, Form::Bytes, life),
                    }
                    mold.same(b"'");
                }
                None => mold.pour(column.as_bytes(), Form::Text, life),
            }
        }
        mold.same(b"\n");
        mold
    }

    fn pour_id(&mut self, id: uuid::Uuid, life: &Life) {
        let written = id.to_string();
        match own_at(written.as_bytes(), 0, life) {
            Some((own @ (Own::Case | Own::Id(_)), 36)) => self.0.push(Piece::Own(own, Form::Id)),
            _ => self.same(id.simple().to_string().as_bytes()),
        }
    }

    /// Writes a copy.
    pub(crate) fn cast(&self, copied: Copied, into: &mut Vec<u8>) {
        for piece in &self.0 {
            match piece {
                Piece::Same(bytes) => into.extend_from_slice(bytes),
                Piece::Own(own, Form::Text) => own.write(copied, into),
                Piece::Own(own, Form::Bytes) => {
                    let mut plain = Vec::with_capacity(40);
                    own.write(copied, &mut plain);
                    encode(&plain, into);
                }
                Piece::Own(own, Form::Id) => {
                    let mut plain = Vec::with_capacity(40);
                    own.write(copied, &mut plain);
                    into.extend(plain.iter().filter(|byte| **byte != b'-'));
                }
            }
        }
    }

    fn same(&mut self, bytes: &[u8]) {
        if let Some(Piece::Same(before)) = self.0.last_mut() {
            before.extend_from_slice(bytes);
        } else {
            self.0.push(Piece::Same(bytes.to_vec()));
        }
    }

    fn pour(&mut self, bytes: &[u8], form: Form, life: &Life) {
        let (mut at, mut kept) = (0, 0);
        while at < bytes.len() {
            let Some((owned, length)) = own_at(bytes, at, life) else {
                at += 1;
                continue;
            };
            self.keep(&bytes[kept..at], form);
            let day = matches!(owned, Own::Day(_));
            self.0.push(Piece::Own(owned, form));
            at += length;
            kept = at;
            if day && is_time(&bytes[at..]) {
                self.keep(&bytes[at..at + 9], form);
                self.0.push(Piece::Own(Own::Fraction, form));
                at += 9;
                kept = at;
            }
        }
        self.keep(&bytes[kept..], form);
    }

    fn keep(&mut self, bytes: &[u8], form: Form) {
        match form {
            Form::Text => self.same(bytes),
            Form::Bytes | Form::Id => {
                let mut digits = Vec::with_capacity(bytes.len() * 2);
                encode(bytes, &mut digits);
                self.same(&digits);
            }
        }
    }
}

impl Own {
    fn write(&self, copied: Copied, into: &mut Vec<u8>) {
        let written = match self {
            Self::Case => write!(into, "{CASE_PREFIX}{:012x}", copied.ordinal),
            Self::Id(begins) => {
                into.extend_from_slice(begins);
                write!(into, "{:012x}", copied.ordinal)
            }
            Self::Day(day) => write!(
                into,
                "{}",
                day.checked_sub_days(Days::new(copied.days_back)).unwrap_or(*day)
            ),
            Self::Fraction => write!(into, ".{:06}", copied.turn),
            Self::Number => write!(into, "{}", case_number(copied.ordinal)),
            Self::Words(kind) => write!(into, "{}", texts::own(*kind, copied.seed, copied.ordinal)),
        };
        written.expect("a vector takes what is written");
    }
}

/// The number of the n-th copied case.
pub(crate) fn case_number(ordinal: u64) -> String {
    format!("2001-{ordinal:09}")
}

/// The id of the n-th copied case.
pub(crate) fn case_id(ordinal: u64) -> String {
    format!("{CASE_PREFIX}{ordinal:012x}")
}

/// What of the case's own begins at this place, and how long it is.
fn own_at(bytes: &[u8], at: usize, life: &Life) -> Option<(Own, usize)> {
    let rest = &bytes[at..];
    if !rest.first()?.is_ascii() && (at == 0 || bytes[at - 1].is_ascii()) {
        let whole = |words: &&(Kind, String)| {
            rest.starts_with(words.1.as_bytes()) && rest.get(words.1.len()).is_none_or(u8::is_ascii)
        };
        return life
            .words
            .iter()
            .find(whole)
            .map(|(kind, words)| (Own::Words(*kind), words.len()));
    }
    let after_word = at > 0 && (bytes[at - 1].is_ascii_alphanumeric() || bytes[at - 1] == b'-');
    if after_word || !rest.first()?.is_ascii_hexdigit() {
        return None;
    }
    if !life.number.is_empty() && rest.starts_with(life.number.as_bytes()) {
        return Some((Own::Number, life.number.len()));
    }
    if let Some(id) = rest.get(..36).filter(|id| is_id(id)) {
        let id = str::from_utf8(id).ok()?;
        if id == life.case {
            return Some((Own::Case, 36));
        }
        let begins = id.as_bytes()[..24].try_into().expect("24 of 36");
        return (!life.shared.contains(id)).then_some((Own::Id(begins), 36));
    }
    let day = str::from_utf8(rest.get(..10)?).ok()?;
    let ends = !rest
        .get(10)
        .is_some_and(|next| next.is_ascii_digit() || *next == b'-');
    let day: NaiveDate = day.parse().ok().filter(|_| ends)?;
    Some((Own::Day(day), 10))
}

/// Whether a time in whole seconds stands here: `T01:12:00` or ` 01:12:00`.
fn is_time(bytes: &[u8]) -> bool {
    let shape = |(at, byte): (usize, &u8)| match at {
        0 => matches!(byte, b'T' | b' '),
        3 | 6 => *byte == b':',
        _ => byte.is_ascii_digit(),
    };
    bytes
        .get(..9)
        .is_some_and(|time| time.iter().enumerate().all(shape))
        && bytes.get(9) != Some(&b'.')
}

/// Whether this is an id as it is written: digits in groups of 8, 4, 4, 4, 12.
pub(crate) fn is_id(bytes: &[u8]) -> bool {
    bytes.len() == 36
        && bytes.iter().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => *byte == b'-',
            _ => byte.is_ascii_digit() || (b'a'..=b'f').contains(byte),
        })
}

fn decoded(digits: &str) -> Vec<u8> {
    let value = |digit: u8| match digit {
        b'0'..=b'9' => digit - b'0',
        _ => digit.wrapping_sub(b'a').wrapping_add(10),
    };
    let digits = digits.as_bytes();
    digits
        .chunks_exact(2)
        .map(|pair| value(pair[0]) << 4 | value(pair[1]))
        .collect()
}

fn encode(bytes: &[u8], into: &mut Vec<u8>) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    for byte in bytes {
        into.push(DIGITS[usize::from(byte >> 4)]);
        into.push(DIGITS[usize::from(byte & 15)]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CASE: &str = "019aab00-1111-7222-8333-444455556666";
    const OFFICE: &str = "019aab00-aaaa-7222-8333-444455556666";
    const TEXT: &str = "019aab00-bbbb-7222-8333-444455556666";

    fn cast(row: &str, bytes: &[bool]) -> String {
        let shared = BTreeSet::from([OFFICE.to_owned()]);
        let life = Life {
            case: CASE,
            number: "2026-000123",
            shared: &shared,
            words: &[(Kind::Content, "没有文字".to_owned())],
        };
        let copied = Copied {
            ordinal: 255,
            days_back: 1,
            turn: 7,
            seed: 1,
        };
        let mut out = Vec::new();
        Mold::of(row, bytes, &life).cast(copied, &mut out);
        String::from_utf8(out).expect("text in, text out")
    }

    #[test]
    fn what_is_the_cases_own_changes_and_nothing_else() {
        let row = format!(
            "{OFFICE}\t{CASE}\t2026-000123\t2026-03-01 01:12:00+00\t{{\"t\":\"{TEXT}\",\"on\":\"2026-03-01\"}}"
        );
        assert_eq!(
            cast(&row, &[false; 5]),
            format!(
                "{OFFICE}\t{CASE_PREFIX}0000000000ff\t2001-000000255\t2026-02-28 01:12:00.000007+00\t\
                 {{\"t\":\"019aab00-bbbb-7222-8333-0000000000ff\",\"on\":\"2026-02-28\"}}\n"
            )
        );
    }

    #[test]
    fn words_are_others_and_whole() {
        let said = cast("没有文字\\n没有文字的", &[false]);
        let (first, second) = said.trim_end().split_once("\\n").unwrap();
        assert_eq!(first, texts::own(Kind::Content, 1, 255));
        assert_eq!(second, "没有文字的", "another text that begins alike");
    }

    #[test]
    fn bytes_are_read_as_what_they_say() {
        let mut digits = Vec::new();
        encode(format!("[\"{CASE}\"]").as_bytes(), &mut digits);
        let said = cast(&format!("\\\\x{}", String::from_utf8(digits).unwrap()), &[true]);
        let said = decoded(said.trim_end().strip_prefix("\\\\x").unwrap());
        assert_eq!(
            String::from_utf8(said).unwrap(),
            format!("[\"{CASE_PREFIX}0000000000ff\"]")
        );
    }
}

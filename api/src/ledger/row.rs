//! One row of a ledger, understood by its map.

use std::collections::HashMap;

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, Utc};
use domain::case::command::Milestone;
use domain::words::{CaseType, Channel, Deed};

use super::map::{BadMap, LedgerMap};

/// The longest text that is taken from a cell, in characters; as long as a text through the API may be.
const LONGEST_TEXT: usize = 20_000;
const LONGEST_SUBJECT: usize = 200;
const LONGEST_KEY: usize = 100;
const LONGEST_NUMBER: usize = 40;

/// What a row says.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "each field is what its column is called")]
pub struct Row {
    /// Its number in the file, the header line being 1.
    pub number: u64,
    pub key: String,
    pub received_at: DateTime<Utc>,
    pub content: String,
    pub case_no: Option<String>,
    pub subject: Option<String>,
    pub reply: Option<String>,
    pub complainant_name: Option<String>,
    pub complainant_contact: Option<String>,
    pub case_type: Option<CaseType>,
    pub channel: Option<Channel>,
    pub milestones: Vec<Milestone>,
}

/// Why a row is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadRow {
    /// The file is damaged here.
    #[error("cannot be read: {0}")]
    Unreadable(String),
    /// A cell that must say something is empty.
    #[error("{0:?} is empty")]
    Empty(String),
    /// There is an answer, and no date on which it was given.
    #[error("there is an answer, but {0:?} is empty")]
    AnswerWithoutDate(String),
    /// A cell says more than a case may hold.
    #[error("{column:?} is longer than {at_most} characters")]
    TooLong {
        /// Which column.
        column: String,
        /// How much there may be.
        at_most: usize,
    },
    /// A cell is not a date in any of the map's formats.
    #[error("{column:?}: {value:?} is not a date in any of the map's formats")]
    NotADate {
        /// Which column.
        column: String,
        /// What stands there.
        value: String,
    },
    /// A cell holds a word that the map has no code for.
    #[error("{column:?}: the map has no code for {value:?}")]
    NoCode {
        /// Which column.
        column: String,
        /// What stands there.
        value: String,
    },
}

/// Reads a ledger row by row.
///
/// # Errors
///
/// [`BadMap::NoSuchColumn`] if the map names a column that the header does not have. What is wrong with a
/// row is the row's own error, and the next row is read.
pub fn read<'l>(
    ledger: &'l mut csv::Reader<impl std::io::Read>,
    map: &'l LedgerMap,
) -> Result<impl Iterator<Item = (u64, Result<Row, BadRow>)> + 'l, BadMap> {
    let offset = map.offset()?;
    let header = ledger
        .headers()
        .map_err(|error| BadMap::Unreadable(error.to_string()))?;
    // Spreadsheets like to begin a file with a byte order mark.
    let places: HashMap<String, usize> = header
        .iter()
        .enumerate()
        .map(|(place, name)| (name.trim_start_matches('\u{feff}').trim().to_owned(), place))
        .collect();
    if let Some(column) = map.columns.named().find(|column| !places.contains_key(*column)) {
        return Err(BadMap::NoSuchColumn(column.clone()));
    }
    Ok(ledger.records().zip(2_u64..).map(move |(record, number)| {
        let row = match &record {
            Ok(record) => Cells {
                record,
                places: &places,
            }
            .row(number, map, offset),
            Err(error) => Err(BadRow::Unreadable(error.to_string())),
        };
        (number, row)
    }))
}

struct Cells<'r> {
    record: &'r csv::StringRecord,
    places: &'r HashMap<String, usize>,
}

impl Cells<'_> {
    fn row(&self, number: u64, map: &LedgerMap, offset: FixedOffset) -> Result<Row, BadRow> {
        let columns = &map.columns;
        let mut milestones = Vec::new();
        for (deed, column) in columns.milestones() {
            if let Some(at) = self.date(column, map, offset)? {
                milestones.push(Milestone { deed, at });
            }
        }
        let received_at = self
            .date(&columns.received_at, map, offset)?
            .ok_or_else(|| BadRow::Empty(columns.received_at.clone()))?;
        let replied = milestones.iter().any(|milestone| milestone.deed == Deed::Reply);
        let reply = self.may(columns.reply.as_ref(), LONGEST_TEXT)?;
        if let (Some(_), Some(column), false) = (&reply, &columns.replied_at, replied) {
            return Err(BadRow::AnswerWithoutDate(column.clone()));
        }
        Ok(Row {
            number,
            key: self.must(&columns.key, LONGEST_KEY)?,
            received_at,
            content: self.must(&columns.content, LONGEST_TEXT)?,
            case_no: self.may(columns.case_no.as_ref(), LONGEST_NUMBER)?,
            subject: self.may(columns.subject.as_ref(), LONGEST_SUBJECT)?,
            reply,
            complainant_name: self.may(columns.complainant_name.as_ref(), LONGEST_KEY)?,
            complainant_contact: self.may(columns.complainant_contact.as_ref(), LONGEST_KEY)?,
            case_type: self.code(columns.case_type.as_ref(), &map.codes.case_type)?,
            channel: self.code(columns.channel.as_ref(), &map.codes.channel)?,
            milestones,
        })
    }

    fn cell(&self, column: &str) -> &str {
        self.places
            .get(column)
            .and_then(|place| self.record.get(*place))
            .unwrap_or_default()
            .trim()
    }

    fn may(&self, column: Option<&String>, at_most: usize) -> Result<Option<String>, BadRow> {
        let Some(column) = column else { return Ok(None) };
        let cell = self.cell(column);
        if cell.chars().count() > at_most {
            return Err(BadRow::TooLong {
                column: column.clone(),
                at_most,
            });
        }
        // Neither engine keeps it in a text, and no person wrote it.
        if cell.contains('\0') {
            return Err(BadRow::Unreadable(format!("{column:?} holds a NUL character")));
        }
        Ok((!cell.is_empty()).then(|| cell.to_owned()))
    }

    fn must(&self, column: &String, at_most: usize) -> Result<String, BadRow> {
        self.may(Some(column), at_most)?
            .ok_or_else(|| BadRow::Empty(column.clone()))
    }

    fn code<C: Copy>(
        &self,
        column: Option<&String>,
        codes: &std::collections::BTreeMap<String, C>,
    ) -> Result<Option<C>, BadRow> {
        let Some(column) = column else { return Ok(None) };
        let cell = self.cell(column);
        if cell.is_empty() {
            return Ok(None);
        }
        match codes.get(cell) {
            Some(code) => Ok(Some(*code)),
            None => Err(BadRow::NoCode {
                column: column.clone(),
                value: cell.chars().take(40).collect(),
            }),
        }
    }

    /// A date without a time of day counts as the beginning of that day; limits in days do not notice.
    fn date(
        &self,
        column: &str,
        map: &LedgerMap,
        offset: FixedOffset,
    ) -> Result<Option<DateTime<Utc>>, BadRow> {
        let cell = self.cell(column);
        if cell.is_empty() {
            return Ok(None);
        }
        let local = map.date_formats.iter().find_map(|format| {
            NaiveDateTime::parse_from_str(cell, format).ok().or_else(|| {
                NaiveDate::parse_from_str(cell, format)
                    .ok()
                    .and_then(|day| day.and_hms_opt(0, 0, 0))
            })
        });
        let at = local.and_then(|local| local.and_local_timezone(offset).single());
        match at {
            Some(at) => Ok(Some(at.to_utc())),
            None => Err(BadRow::NotADate {
                column: column.to_owned(),
                value: cell.chars().take(40).collect(),
            }),
        }
    }
}

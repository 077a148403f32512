//! What each column of a ledger is: a small TOML file that is part of an office's files.

use std::collections::BTreeMap;

use chrono::FixedOffset;
use domain::words::{CaseType, Channel, Deed, IdentityMode, Source, Word};
use serde::Deserialize;

/// A map from the columns of a ledger to what a case knows.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LedgerMap {
    /// The ledger's name, for ever: rows of two ledgers may have the same keys.
    pub ledger: Word,
    /// How dates are written, in the order in which they are tried (strftime: `%Y/%m/%d %H:%M:%S`).
    pub date_formats: Vec<String>,
    /// Where the ledger's clock stood: `+08:00`.
    #[serde(default = "eight_hours_east")]
    pub utc_offset: String,
    /// What is the same in every row.
    #[serde(default)]
    pub same: Same,
    /// The columns.
    pub columns: Columns,
    /// The ledger's words for the service's codes, column by column: `[codes.case_type]`.
    #[serde(default)]
    pub codes: Codes,
}

/// What is the same in every row, unless a column says otherwise.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Same {
    /// How the matters came.
    pub channel: Option<Channel>,
    /// Who passed them.
    pub source: Option<Source>,
    /// What kind of matter they are.
    pub case_type: Option<CaseType>,
    /// What kind of complainant.
    pub complainant_kind: Option<Word>,
    /// By name, anonymous, or under a name of the complainant's choice.
    pub identity: Option<IdentityMode>,
}

/// Which column holds what. Only the first three must be there.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "each field names the column of what it is called")]
pub struct Columns {
    /// What tells a row from every other, for ever: the import can be run again by it.
    pub key: String,
    pub received_at: String,
    pub content: String,
    pub case_no: Option<String>,
    pub subject: Option<String>,
    pub reply: Option<String>,
    pub registered_at: Option<String>,
    pub accepted_at: Option<String>,
    pub replied_at: Option<String>,
    pub closed_at: Option<String>,
    pub archived_at: Option<String>,
    pub complainant_name: Option<String>,
    pub complainant_contact: Option<String>,
    pub case_type: Option<String>,
    pub channel: Option<String>,
}

/// The ledger's own words for codes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Codes {
    /// Kinds of matter.
    pub case_type: BTreeMap<String, CaseType>,
    /// Channels.
    pub channel: BTreeMap<String, Channel>,
}

/// Why a map cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum BadMap {
    /// It is not in the form that a map has; the message names line and column.
    #[error("{0}")]
    Unreadable(String),
    /// The offset is not one.
    #[error("utc_offset {0:?} is not like +08:00")]
    Offset(String),
    /// A column is named that the ledger does not have.
    #[error("the ledger has no column {0:?}")]
    NoSuchColumn(String),
    /// Dates cannot be read without a format.
    #[error("date_formats is empty")]
    NoDateFormat,
}

fn eight_hours_east() -> String {
    "+08:00".to_owned()
}

impl LedgerMap {
    /// Reads a map.
    ///
    /// # Errors
    ///
    /// An unknown key or word, with line and column; an offset that is not one; no date format.
    pub fn read(text: &str) -> Result<Self, BadMap> {
        let map: LedgerMap = toml::from_str(text).map_err(|error| BadMap::Unreadable(error.to_string()))?;
        map.offset()?;
        if map.date_formats.is_empty() {
            return Err(BadMap::NoDateFormat);
        }
        Ok(map)
    }

    /// Where the ledger's clock stood.
    ///
    /// # Errors
    ///
    /// [`BadMap::Offset`].
    pub fn offset(&self) -> Result<FixedOffset, BadMap> {
        self.utc_offset
            .parse()
            .map_err(|_| BadMap::Offset(self.utc_offset.clone()))
    }
}

impl Columns {
    /// Every column that is named.
    pub fn named(&self) -> impl Iterator<Item = &String> {
        let optional = [
            &self.case_no,
            &self.subject,
            &self.reply,
            &self.complainant_name,
            &self.complainant_contact,
            &self.case_type,
            &self.channel,
        ];
        [&self.key, &self.received_at, &self.content]
            .into_iter()
            .chain(optional.into_iter().flatten())
            .chain(self.milestones().map(|(_, column)| column))
    }

    /// The columns that date a deed, in the order of a case's life.
    pub fn milestones(&self) -> impl Iterator<Item = (Deed, &String)> {
        [
            (Deed::Registration, &self.registered_at),
            (Deed::Acceptance, &self.accepted_at),
            (Deed::Reply, &self.replied_at),
            (Deed::Closing, &self.closed_at),
            (Deed::Archiving, &self.archived_at),
        ]
        .into_iter()
        .filter_map(|(deed, column)| column.as_ref().map(|column| (deed, column)))
    }
}

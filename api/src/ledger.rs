//! Ledgers: the spreadsheets that offices start with. A map says what each column is; a row becomes
//! recorded history, or is refused with its number and the reason. A refused row harms no other.
//!
//! Deliberately absent: decisions. What a row's history means, and whether it was in time, is the
//! core's to say ([`domain::case::command::History`]).

pub mod import;
pub mod map;
pub mod row;

pub use import::{Destination, Report, Verdicts, import};
pub use map::{BadMap, LedgerMap};
pub use row::{BadRow, Row, read};

//! The walk as a file: a line of JSON for each item, the first one naming the form, the last one counting them.
//!
//! It holds everything that a verification needs but the public key, and neither texts nor anybody's data.

use std::io::{BufRead, Write};

use serde::{Deserialize, Serialize};

use super::Item;

/// The form of the file; another one would have another number.
const FORM: &str = "huiyin audit export 1";

/// The longest line that is read, in bytes: a case with some hundred thousand events.
const LINE_MAX: u64 = 1 << 30;

/// A line.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Line {
    First {
        form: String,
        /// Whether all offices are in it.
        whole: bool,
    },
    Item(Item),
    Last {
        items: u64,
    },
}

/// Why a file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// It cannot be read or written.
    #[error("the export cannot be read or written")]
    Io(#[from] std::io::Error),
    /// It is no export.
    #[error("this is no audit export of this version")]
    NotOne,
    /// A line is not one.
    #[error("line {line} of the export cannot be read")]
    Line {
        /// Its number, from 1.
        line: u64,
        /// What is wrong.
        source: serde_json::Error,
    },
    /// Its end is missing.
    #[error("the export is cut off: its last line is missing or counts another number of items")]
    CutOff,
}

/// Writes items to a file.
pub struct Writer<W> {
    to: W,
    items: u64,
}

impl<W: Write> Writer<W> {
    /// Begins a file of all offices, or of some.
    ///
    /// # Errors
    /// What writing fails with.
    pub fn begin(to: W, whole: bool) -> Result<Self, FileError> {
        let mut writer = Self { to, items: 0 };
        writer.line(&Line::First {
            form: FORM.to_owned(),
            whole,
        })?;
        Ok(writer)
    }

    /// Writes an item.
    ///
    /// # Errors
    /// What writing fails with.
    pub fn item(&mut self, item: Item) -> Result<(), FileError> {
        self.items += 1;
        self.line(&Line::Item(item))
    }

    /// Ends; how many items were written.
    ///
    /// # Errors
    /// What writing fails with.
    pub fn end(mut self) -> Result<u64, FileError> {
        let items = self.items;
        self.line(&Line::Last { items })?;
        self.to.flush()?;
        Ok(items)
    }

    fn line(&mut self, line: &Line) -> Result<(), FileError> {
        serde_json::to_writer(&mut self.to, line).map_err(std::io::Error::from)?;
        self.to.write_all(b"\n")?;
        Ok(())
    }
}

/// Reads a file and gives its items; whether it claims to hold all offices.
///
/// # Errors
/// [`FileError`].
pub fn read(from: impl BufRead, mut give: impl FnMut(Item)) -> Result<bool, FileError> {
    let mut lines = Lines { from, number: 0 };
    let whole = match lines.next()? {
        Some(Line::First { form, whole }) if form == FORM => whole,
        Some(_) | None => return Err(FileError::NotOne),
    };
    let mut items = 0;
    loop {
        match lines.next()? {
            Some(Line::Item(item)) => {
                items += 1;
                give(item);
            }
            Some(Line::Last { items: counted }) if counted == items => return Ok(whole),
            Some(Line::First { .. } | Line::Last { .. }) | None => return Err(FileError::CutOff),
        }
    }
}

struct Lines<R> {
    from: R,
    number: u64,
}

impl<R: BufRead> Lines<R> {
    fn next(&mut self) -> Result<Option<Line>, FileError> {
        let mut text = Vec::new();
        self.number += 1;
        std::io::Read::take(&mut self.from, LINE_MAX).read_until(b'\n', &mut text)?;
        if text.is_empty() {
            return Ok(None);
        }
        serde_json::from_slice(&text).map(Some).map_err(|source| {
            if self.number == 1 {
                FileError::NotOne
            } else {
                FileError::Line {
                    line: self.number,
                    source,
                }
            }
        })
    }
}

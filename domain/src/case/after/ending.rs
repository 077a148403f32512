//! Closing and keeping.

use super::Case;
use crate::case::Entry;
use crate::case::command::{Closing, Remark};
use crate::words::{Deed, Status};

impl Case {
    pub(super) fn case_closed(&mut self, closing: &Closing, entry: &Entry) {
        self.status = Status::Closed;
        self.closing = Some(closing.clone());
        self.done(Deed::Closing, entry, None, closing.explanation.clone());
    }

    pub(super) fn case_archived(&mut self, remark: &Remark, entry: &Entry) {
        if self.status == Status::Closed {
            self.status = Status::Archived;
        }
        self.done(Deed::Archiving, entry, None, remark.text.clone());
    }
}

//! Closing and keeping.

use super::Case;
use crate::case::Entry;
use crate::case::command::{Closing, EarlyClosing, Remark, Reopening};
use crate::words::{Deed, Status};

impl Case {
    pub(super) fn case_closed(&mut self, closing: &Closing, entry: &Entry) {
        self.status = Status::Closed;
        self.closing = Some(closing.clone());
        self.done(Deed::Closing, entry, None, closing.explanation.clone());
    }

    /// A case that ends before its end is closed as well, with that ground as its reason.
    pub(super) fn case_closed_early(&mut self, early: &EarlyClosing, entry: &Entry) {
        self.status = Status::Closed;
        self.closing = Some(Closing {
            reason: early.ground.clone(),
            explanation: Some(early.explanation.clone()),
        });
        for deed in [Deed::EarlyClosing, Deed::Closing] {
            self.done(deed, entry, None, Some(early.explanation.clone()));
        }
    }

    pub(super) fn case_reopened(&mut self, reopening: &Reopening, round: u8, entry: &Entry) {
        self.taken_up_again(round, entry);
        self.done(Deed::Reopening, entry, None, Some(reopening.reason.clone()));
    }

    pub(super) fn case_archived(&mut self, remark: &Remark, entry: &Entry) {
        if self.status == Status::Closed {
            self.status = Status::Archived;
        }
        self.done(Deed::Archiving, entry, None, remark.text.clone());
    }
}

//! The time before the service.

use super::Case;
use crate::case::Entry;
use crate::case::command::Milestone;
use crate::text::Text;
use crate::words::{Deed, Status};

impl Case {
    pub(super) fn history_recorded(
        &mut self,
        case_no: Option<&String>,
        milestones: &[Milestone],
        reply: Option<&Text>,
        unrecorded: &[String],
        entry: &Entry,
    ) {
        self.case_no = case_no.cloned();
        self.imported = true;
        self.unrecorded = unrecorded.to_vec();
        for milestone in milestones {
            self.pass(milestone, entry, reply);
        }
    }

    /// Passes a milestone of the time before the service.
    fn pass(&mut self, milestone: &Milestone, entry: &Entry, reply: Option<&Text>) {
        let then = Entry {
            occurred_at: milestone.at,
            ..entry.clone()
        };
        let text = if milestone.deed == Deed::Reply {
            reply.cloned()
        } else {
            None
        };
        self.done(milestone.deed, &then, None, text);
        if let Some(status) = status_after(milestone.deed) {
            self.status = status;
        }
    }
}

/// The status that a milestone of a ledger leaves a case in, where it is one that does.
fn status_after(deed: Deed) -> Option<Status> {
    match deed {
        Deed::Receipt => Some(Status::Received),
        Deed::Registration => Some(Status::Registered),
        Deed::Acceptance => Some(Status::Accepted),
        Deed::Assignment => Some(Status::Investigating),
        Deed::InvestigationEnd => Some(Status::Disposing),
        Deed::Reply => Some(Status::Replied),
        Deed::Closing => Some(Status::Closed),
        Deed::Archiving => Some(Status::Archived),
        _ => None,
    }
}

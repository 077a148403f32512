//! More time.

use super::Case;
use crate::case::command::{ExtensionDecision, ExtensionRequest};
use crate::case::{Entry, Extension};
use crate::words::Deed;

impl Case {
    pub(super) fn extension_requested(&mut self, request: &ExtensionRequest, entry: &Entry) {
        if let Some(duty) = self.duties.iter().find(|duty| duty.id == request.duty) {
            self.extensions.push(Extension {
                id: self.id.thing(entry.sequence),
                duty: duty.key.clone(),
                clause: entry.clause.clone().unwrap_or_else(|| duty.clause.clone()),
                asked: request.amount,
                reason: request.reason.clone(),
                asked_at: entry.occurred_at,
                asked_by: entry.staff(),
                decided: None,
            });
        }
        self.done(Deed::ExtensionRequest, entry, None, request.reason.clone());
    }

    pub(super) fn extension_decided(&mut self, decision: &ExtensionDecision, entry: &Entry) {
        let at = entry.occurred_at;
        if let Some(asked) = self
            .extensions
            .iter_mut()
            .find(|asked| asked.id == decision.extension)
        {
            asked.decided = Some((at, decision.granted));
        }
        self.done(Deed::ExtensionDecision, entry, None, decision.reason.clone());
    }
}

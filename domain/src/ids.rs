//! Names of things. Every id is a UUID in its own type, made by the shell and passed in;
//! what a case's own events make is named after the event that made it, so that deciding
//! stays deterministic.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }
    )+};
}

ids! {
    /// An office (机构): the tenant.
    OfficeId
    /// A unit of an office (单位).
    UnitId
    /// A service window (窗口).
    WindowId
    /// A member of staff.
    StaffId
    /// A delegation (授权代理).
    DelegationId
    /// A case (案件).
    CaseId
    /// A text that a person wrote, kept beside the case and never in an event.
    TextId
    /// A duty (职责) of a case.
    DutyId
    /// A thing that an event of a case made: a dispatch, an extension, an order …
    ThingId
}

impl CaseId {
    /// The name of what the event with this number makes.
    #[must_use]
    pub fn thing(self, sequence: u64) -> ThingId {
        ThingId(Uuid::new_v5(&self.0, &sequence.to_be_bytes()))
    }

    /// The name of the duty that the event with this number opens.
    #[must_use]
    pub fn duty(self, sequence: u64) -> DutyId {
        DutyId(self.thing(sequence).0)
    }
}

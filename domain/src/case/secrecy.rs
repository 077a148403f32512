//! What is kept secret on a case: who is named on it, whether it was shut by hand, who opened it in an emergency, and
//! who asked to learn who reports.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::Case;
use crate::ids::{StaffId, ThingId};
use crate::text::Text;
use crate::words::Field;

/// How long an emergency reading lasts.
pub const EMERGENCY: TimeDelta = TimeDelta::hours(4);

/// The secrecy of one case.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Secrecy {
    /// Who is named on the case besides those whom the rulebook means.
    pub participants: Vec<Participant>,
    /// Whether somebody shut it, though the rulebook would leave it open.
    pub restricted: bool,
    /// Who opened it in an emergency.
    pub emergency_readings: Vec<EmergencyReading>,
    /// Who asked to learn who reports.
    pub identity_requests: Vec<IdentityRequest>,
    /// Versions of texts for those who may read the case and not know the person; of each fact the newest.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub redactions: Vec<Redaction>,
}

/// Somebody who is named on the case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Participant {
    /// The naming.
    pub id: ThingId,
    /// Who.
    pub staff: StaffId,
    /// Why.
    pub reason: Text,
    /// Since when.
    pub since: DateTime<Utc>,
    /// By whom.
    pub by: Option<StaffId>,
}

/// A version of a text in which nobody can be recognised (隐名文本).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Redaction {
    /// Which fact's.
    pub field: Field,
    /// The version.
    pub text: Text,
    /// Why.
    pub reason: Text,
    /// When.
    pub at: DateTime<Utc>,
    /// By whom.
    pub by: Option<StaffId>,
}

/// Somebody opened a case that is not open to him (紧急查阅).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmergencyReading {
    /// Its id.
    pub id: ThingId,
    /// Who.
    pub staff: StaffId,
    /// Why.
    pub reason: Text,
    /// Since when.
    pub at: DateTime<Utc>,
    /// The first instant at which it is shut again.
    pub until: DateTime<Utc>,
    /// Whether the clock has shut it.
    pub over: bool,
    /// When oversight judged it, and whether it was justified.
    pub reviewed: Option<(DateTime<Utc>, bool)>,
}

/// Somebody asked to learn who reports (申请查看身份).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdentityRequest {
    /// Its id.
    pub id: ThingId,
    /// Who asked.
    pub by: Option<StaffId>,
    /// Why.
    pub reason: Text,
    /// When.
    pub at: DateTime<Utc>,
    /// When the custodian decided, and until when it is open; none: refused.
    pub decided: Option<(DateTime<Utc>, Option<DateTime<Utc>>)>,
}

impl Secrecy {
    /// Whether nothing was ever done about it.
    pub(super) fn is_plain(&self) -> bool {
        *self == Self::default()
    }

    /// Whether it made the thing.
    pub(super) fn knows(&self, thing: ThingId) -> bool {
        self.participants.iter().any(|known| known.id == thing)
            || self.emergency_readings.iter().any(|known| known.id == thing)
            || self.identity_requests.iter().any(|known| known.id == thing)
    }
}

impl Case {
    /// Who opened it in an emergency that lasts at this moment.
    pub fn emergency_readers(&self, now: DateTime<Utc>) -> impl Iterator<Item = StaffId> {
        self.secrecy
            .emergency_readings
            .iter()
            .filter(move |reading| !reading.over && now < reading.until)
            .map(|reading| reading.staff)
    }

    /// The emergencies whose end nobody has noted yet.
    pub fn emergencies_not_over(&self) -> impl Iterator<Item = &EmergencyReading> {
        let readings = self.secrecy.emergency_readings.iter();
        readings.filter(|reading| !reading.over)
    }

    /// The emergency readings that oversight has not judged yet.
    pub fn unreviewed_readings(&self) -> impl Iterator<Item = &EmergencyReading> {
        let readings = self.secrecy.emergency_readings.iter();
        readings.filter(|reading| reading.reviewed.is_none())
    }

    /// The requests that wait for the custodian.
    pub fn open_identity_requests(&self) -> impl Iterator<Item = &IdentityRequest> {
        let requests = self.secrecy.identity_requests.iter();
        requests.filter(|request| request.decided.is_none())
    }

    /// Until when who reports may be read under this request; none where it was not granted.
    #[must_use]
    pub fn identity_open_until(&self, request: ThingId) -> Option<DateTime<Utc>> {
        let mut requests = self.secrecy.identity_requests.iter();
        requests.find(|known| known.id == request)?.decided?.1
    }
}

//! Notifications: who was told what about a case, and whether he has read it. Written with the command that caused
//! them; see [`domain::notification`].

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use domain::authority::SightKey;
use domain::ids::{CaseId, DutyId, OfficeId, StaffId};
use domain::notification::NotificationKind;
use domain::words::ClauseId;
use uuid::Uuid;

use crate::archive::Answer;
use crate::remembered_answer::RememberedAnswer;

/// A notification as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotificationItem {
    /// Its id; later ones are greater.
    pub id: Uuid,
    /// Why its addressee was told.
    pub kind: NotificationKind,
    /// The case.
    pub case: CaseId,
    /// The case's number, if it has one.
    pub case_no: Option<String>,
    /// The version of the rulebook that the case lives under: its code and its version.
    pub rulebook: (String, String),
    /// The number of the entry that it is about.
    pub sequence: u64,
    /// The clause that the entry rests on.
    pub clause: Option<ClauseId>,
    /// The duty that it is about.
    pub duty: Option<DutyId>,
    /// When it was written.
    pub told_at: DateTime<Utc>,
    /// When its addressee marked it as read.
    pub read_at: Option<DateTime<Utc>>,
}

/// Whose notifications: those of one person, on cases that may be seen with his keys.
#[derive(Debug, Clone)]
pub struct Addressee {
    /// The office.
    pub office: OfficeId,
    /// The person.
    pub staff: StaffId,
    /// What opens cases to him now.
    pub keys: BTreeSet<SightKey>,
}

/// Which notifications are marked as read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reading {
    /// These.
    Named(Vec<Uuid>),
    /// This one and every older one.
    UpTo(Uuid),
}

/// Up to where notifications were looked through for what was read long ago.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Looked {
    /// The office.
    pub office: OfficeId,
    /// The person whose notifications they are.
    pub staff: StaffId,
    /// The last of them that was looked at; none where all were that are old enough.
    pub last: Option<Uuid>,
}

/// Notifications, on whichever engine they stand.
///
/// # Errors
///
/// As [`crate::Archive`].
pub trait Notifications: Send + Sync {
    /// Somebody's notifications, newest first, after the id of one; all, only the unread, or only the read ones.
    ///
    /// # Errors
    /// See [`Notifications`].
    fn list_notifications(
        &self,
        to: &Addressee,
        unread: Option<bool>,
        after: Option<Uuid>,
        limit: u32,
    ) -> Answer<Vec<NotificationItem>>;

    /// Of the newest `cap` unread ones, how many there are of each kind.
    ///
    /// # Errors
    /// See [`Notifications`].
    fn count_unread_notifications(&self, to: &Addressee, cap: u32) -> Answer<Vec<(NotificationKind, u32)>>;

    /// Marks notifications as read; those that are not his, or read already, are left as they are.
    ///
    /// # Errors
    /// `Conflict::Key`.
    fn mark_notifications_read(
        &self,
        to: &Addressee,
        reading: &Reading,
        at: DateTime<Utc>,
        answer: Option<&RememberedAnswer>,
    ) -> Answer<()>;

    /// Throws away some of what was read before this instant: those of one person, a few hundred at once, the next
    /// behind where the last call ended. How many they were, and where to go on; none where nobody is left.
    ///
    /// # Errors
    /// See [`Notifications`].
    fn prune_notifications(
        &self,
        read_before: DateTime<Utc>,
        behind: Option<Looked>,
    ) -> Answer<(usize, Option<Looked>)>;
}

//! Every question and act about who somebody is: log-ins, sessions, machine clients, outside providers.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::archive::Answer;
use crate::client::{ClientChange, ClientRecord, ClientSecrets, NewClient, NextSecret};
use crate::guard::{Admission, LockRule};
use crate::remembered_answer::RememberedAnswer;
use crate::session::SessionRecord;
use crate::sign_in_link::SignInLink;
use crate::staff::{LogInRecord, NewStaffMember};

/// The part of the archive that knows who is who.
///
/// # Errors
///
/// As [`Archive`](crate::Archive).
pub trait IdentityArchive {
    /// Counts a try to log in under a name, given with its keyed hash, and finds whoever has it; refuses while it is
    /// locked. Whether anybody has the name changes nothing but `record`.
    ///
    /// # Errors
    /// See [`IdentityArchive`].
    fn admit_log_in(
        &self,
        name_hash: &[u8],
        user_name: &str,
        rule: LockRule,
        now: DateTime<Utc>,
    ) -> Answer<Admission>;

    /// Forgets the tries under a name.
    ///
    /// # Errors
    /// See [`IdentityArchive`].
    fn forget_tries(&self, name_hash: &[u8]) -> Answer<()>;

    /// Forgets all names under which the last try was before `before`; answers how many.
    ///
    /// # Errors
    /// See [`IdentityArchive`].
    fn forget_old_tries(&self, before: DateTime<Utc>) -> Answer<usize>;

    /// Lists the sessions of a member of staff that go on at `now`, the latest first, from the first one before
    /// `before`.
    ///
    /// # Errors
    /// See [`IdentityArchive`].
    fn list_sessions(
        &self,
        office_id: Uuid,
        staff_id: Uuid,
        now: DateTime<Utc>,
        before: Option<Uuid>,
        limit: u32,
    ) -> Answer<Vec<SessionRecord>>;

    /// Finds the session of a family that goes on at `now`.
    ///
    /// # Errors
    /// See [`IdentityArchive`].
    fn find_session_family(
        &self,
        office_id: Uuid,
        family_id: Uuid,
        now: DateTime<Utc>,
    ) -> Answer<Option<SessionRecord>>;

    /// Enters a machine client with the member of staff as whom it acts.
    ///
    /// # Errors
    /// `Conflict::{UserName, Id, Key}`, `Missing(Office)`, `Missing(Unit)`.
    fn create_client(
        &self,
        client: &NewClient,
        staff_member: &NewStaffMember,
        answer: Option<&RememberedAnswer>,
    ) -> Answer<ClientRecord>;

    /// Finds a machine client.
    ///
    /// # Errors
    /// See [`IdentityArchive`].
    fn find_client(&self, office_id: Uuid, id: Uuid) -> Answer<Option<ClientRecord>>;

    /// Lists an office's machine clients by age, from the first one after `after`.
    ///
    /// # Errors
    /// See [`IdentityArchive`].
    fn list_clients(&self, office_id: Uuid, after: Option<Uuid>, limit: u32) -> Answer<Vec<ClientRecord>>;

    /// Changes a machine client and ends its sessions at `at`.
    ///
    /// # Errors
    /// `Stale`, `Missing(Client)`.
    fn update_client(
        &self,
        office_id: Uuid,
        id: Uuid,
        version: i64,
        change: &ClientChange,
        at: DateTime<Utc>,
    ) -> Answer<ClientRecord>;

    /// Gives a machine client another secret. Unless the one before serves on for a while, its sessions end.
    ///
    /// # Errors
    /// `Stale`, `Missing(Client)`, `Conflict::Key`.
    fn rotate_client_secret(
        &self,
        office_id: Uuid,
        id: Uuid,
        version: i64,
        next: &NextSecret,
        answer: Option<&RememberedAnswer>,
    ) -> Answer<ClientRecord>;

    /// Finds what a machine client's secret is judged by, in whichever office it is.
    ///
    /// # Errors
    /// See [`IdentityArchive`].
    fn find_client_secrets(&self, id: Uuid) -> Answer<Option<ClientSecrets>>;

    /// Links a provider's subject with a member of staff.
    ///
    /// # Errors
    /// `Missing(StaffMember)`, `Conflict::{Subject, Key}`.
    fn link_sign_in(&self, link: &SignInLink, answer: Option<&RememberedAnswer>) -> Answer<SignInLink>;

    /// Lists the links of a member of staff.
    ///
    /// # Errors
    /// See [`IdentityArchive`].
    fn list_sign_in_links(&self, office_id: Uuid, staff_id: Uuid) -> Answer<Vec<SignInLink>>;

    /// Takes a link away.
    ///
    /// # Errors
    /// `Missing(SignInLink)`.
    fn unlink_sign_in(&self, office_id: Uuid, staff_id: Uuid, id: Uuid) -> Answer<()>;

    /// Finds whoever a provider's subject signs in as.
    ///
    /// # Errors
    /// See [`IdentityArchive`].
    fn find_linked(&self, issuer: &str, subject: &str) -> Answer<Option<LogInRecord>>;
}

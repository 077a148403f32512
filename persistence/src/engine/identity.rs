//! What is asked about who somebody is, each call lent a connection and taken to its room.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Store, client, guard, remembered_answer, session, sign_in_link};
use crate::Answer;
use crate::client::{ClientChange, ClientRecord, ClientSecrets, NewClient, NextSecret};
use crate::guard::{Admission, LockRule};
use crate::identity::IdentityArchive;
use crate::remembered_answer::RememberedAnswer;
use crate::session::SessionRecord;
use crate::sign_in_link::SignInLink;
use crate::staff::{LogInRecord, NewStaffMember};

impl IdentityArchive for Store {
    fn admit_log_in(
        &self,
        name_hash: &[u8],
        user_name: &str,
        rule: LockRule,
        now: DateTime<Utc>,
    ) -> Answer<Admission> {
        self.write("log_in_guards", |c| {
            guard::admit(c, name_hash, user_name, rule, now)
        })
    }

    fn forget_tries(&self, name_hash: &[u8]) -> Answer<()> {
        self.write("log_in_guards", |c| guard::forget(c, name_hash))
    }

    fn forget_old_tries(&self, before: DateTime<Utc>) -> Answer<usize> {
        self.write("log_in_guards", |c| guard::forget_old(c, before))
    }

    fn list_sessions(
        &self,
        office_id: Uuid,
        staff_id: Uuid,
        now: DateTime<Utc>,
        before: Option<Uuid>,
        limit: u32,
    ) -> Answer<Vec<SessionRecord>> {
        self.read("sessions", |c| {
            session::list(c, office_id, staff_id, now, before, limit)
        })
    }

    fn find_session_family(
        &self,
        office_id: Uuid,
        family_id: Uuid,
        now: DateTime<Utc>,
    ) -> Answer<Option<SessionRecord>> {
        self.read("sessions", |c| session::find_family(c, office_id, family_id, now))
    }

    fn create_client(
        &self,
        client: &NewClient,
        staff_member: &NewStaffMember,
        answer: Option<&RememberedAnswer>,
    ) -> Answer<ClientRecord> {
        self.write("clients", |c| {
            remembered_answer::keep(c, answer)?;
            client::create(c, client, staff_member)
        })
    }

    fn find_client(&self, office_id: Uuid, id: Uuid) -> Answer<Option<ClientRecord>> {
        self.read("clients", |c| client::find(c, office_id, id))
    }

    fn list_clients(&self, office_id: Uuid, after: Option<Uuid>, limit: u32) -> Answer<Vec<ClientRecord>> {
        self.read("clients", |c| client::list(c, office_id, after, limit))
    }

    fn update_client(
        &self,
        office_id: Uuid,
        id: Uuid,
        version: i64,
        change: &ClientChange,
        at: DateTime<Utc>,
    ) -> Answer<ClientRecord> {
        self.write("clients", |c| {
            client::update(c, office_id, id, version, change, at)
        })
    }

    fn rotate_client_secret(
        &self,
        office_id: Uuid,
        id: Uuid,
        version: i64,
        next: &NextSecret,
        answer: Option<&RememberedAnswer>,
    ) -> Answer<ClientRecord> {
        self.write("clients", |c| {
            remembered_answer::keep(c, answer)?;
            client::rotate(c, office_id, id, version, next)
        })
    }

    fn find_client_secrets(&self, id: Uuid) -> Answer<Option<ClientSecrets>> {
        self.read("clients", |c| client::find_secrets(c, id))
    }

    fn link_sign_in(&self, link: &SignInLink, answer: Option<&RememberedAnswer>) -> Answer<SignInLink> {
        self.write("sign_in_links", |c| {
            remembered_answer::keep(c, answer)?;
            sign_in_link::create(c, link)
        })
    }

    fn list_sign_in_links(&self, office_id: Uuid, staff_id: Uuid) -> Answer<Vec<SignInLink>> {
        self.read("sign_in_links", |c| sign_in_link::list(c, office_id, staff_id))
    }

    fn unlink_sign_in(&self, office_id: Uuid, staff_id: Uuid, id: Uuid) -> Answer<()> {
        self.write("sign_in_links", |c| {
            sign_in_link::delete(c, office_id, staff_id, id)
        })
    }

    fn find_linked(&self, issuer: &str, subject: &str) -> Answer<Option<LogInRecord>> {
        self.read("sign_in_links", |c| sign_in_link::find_log_in(c, issuer, subject))
    }
}

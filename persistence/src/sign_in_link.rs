//! As whom an outside provider's subject signs in: set by an administrator, never by the provider.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use crate::schema::sign_in_links;
use crate::sql_types::Bind;

/// A subject of a provider and the member of staff as whom it signs in.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = sign_in_links)]
pub struct SignInLink {
    /// The provider, by its issuer.
    pub issuer: String,
    /// Whom the provider means: its `sub`.
    pub subject: String,
    /// The office of the member of staff.
    #[diesel(serialize_as = Bind<Uuid>)]
    pub office_id: Uuid,
    /// As whom it signs in.
    #[diesel(serialize_as = Bind<Uuid>)]
    pub staff_id: Uuid,
    /// The identity of this link.
    #[diesel(serialize_as = Bind<Uuid>)]
    pub id: Uuid,
    /// Who linked them.
    #[diesel(serialize_as = Bind<Uuid>)]
    pub linked_by_id: Uuid,
    /// When.
    #[diesel(serialize_as = Bind<DateTime<Utc>>)]
    pub created_at: DateTime<Utc>,
}
